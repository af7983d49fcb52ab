// Writes models in the wire format of protocol buffers: fields of a number and a type, which is a variable-length
// integer or bytes after their length. The numbers are those of onnx.proto.
#include "peers/onnx_model.h"

namespace bench {
namespace {

std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 128; value >>= 7) bytes += static_cast<char>(value | 128);
  return bytes + static_cast<char>(value);
}

std::string number(unsigned field, std::int64_t value) {
  return varint(field << 3) + varint(static_cast<std::uint64_t>(value));
}

std::string bytes(unsigned field, const std::string& value) {
  return varint(field << 3 | 2) + varint(value.size()) + value;
}

std::string numbers(unsigned field, const std::vector<std::int64_t>& values) {
  std::string all;
  for (std::int64_t value : values) all += number(field, value);
  return all;
}

// A ValueInfoProto: the name, type and shape of an input or output of the graph.
std::string value_info(const std::string& name, OnnxType type, const std::vector<std::int64_t>& dims) {
  std::string shape;
  for (std::int64_t dim : dims) shape += bytes(1, number(1, dim));
  const std::string tensor = number(1, static_cast<std::int64_t>(type)) + bytes(2, shape);
  return bytes(1, name) + bytes(2, bytes(1, tensor));
}

// An operator set of the model: a domain and its version.
std::string operators(const std::string& domain, std::int64_t version) {
  return bytes(8, bytes(1, domain) + number(2, version));
}

enum AttributeType { kInt = 2, kInts = 7 };

}  // namespace

void OnnxModel::input(const std::string& name, OnnxType type, const std::vector<std::int64_t>& dims) {
  node_inputs_ += bytes(1, name);
  graph_inputs_ += bytes(11, value_info(name, type, dims));
}

void OnnxModel::constant(OnnxType type, const std::vector<std::int64_t>& dims, const std::string& data) {
  const std::string name = "constant" + std::to_string(constant_count_++);
  node_inputs_ += bytes(1, name);
  constants_ +=
      bytes(5, numbers(1, dims) + number(2, static_cast<std::int64_t>(type)) + bytes(8, name) + bytes(9, data));
}

void OnnxModel::attribute(const std::string& name, std::int64_t value) {
  node_attributes_ += bytes(5, bytes(1, name) + number(3, value) + number(20, kInt));
}

void OnnxModel::attribute(const std::string& name, const std::vector<std::int64_t>& values) {
  node_attributes_ += bytes(5, bytes(1, name) + numbers(8, values) + number(20, kInts));
}

void OnnxModel::node(const std::string& op, const std::string& domain, const std::string& output, OnnxType output_type,
                     const std::vector<std::int64_t>& output_dims) {
  nodes_ += bytes(1, node_inputs_ + bytes(2, output) + bytes(4, op) + node_attributes_ + bytes(7, domain));
  graph_outputs_ += bytes(12, value_info(output, output_type, output_dims));
  node_inputs_.clear();
  node_attributes_.clear();
}

std::string OnnxModel::serialize() const {
  constexpr std::int64_t kFormat = 7, kOnnxOperators = 13, kMicrosoftOperators = 1;
  const std::string graph = nodes_ + bytes(2, "layers") + constants_ + graph_inputs_ + graph_outputs_;
  return number(1, kFormat) + bytes(7, graph) + operators("", kOnnxOperators) +
         operators("com.microsoft", kMicrosoftOperators);
}

}  // namespace bench
