// ONNX models of one node, serialized (as protocol buffers): as much of the format as a layer needs.
#ifndef OTTAVA_BENCHMARKS_PEERS_ONNX_MODEL_H_
#define OTTAVA_BENCHMARKS_PEERS_ONNX_MODEL_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace bench {

enum class OnnxType { kF32 = 1, kU8 = 2, kS8 = 3, kS32 = 6 };

class OnnxModel {
 public:
  // Inputs of the node, in its order: given with each run, or constants. An optional one that is left out is `absent`.
  void input(const std::string& name, OnnxType type, const std::vector<std::int64_t>& dims);
  template <class T>
  void constant(OnnxType type, const std::vector<std::int64_t>& dims, const std::vector<T>& values) {
    constant(type, dims, std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)));
  }
  template <class T>
  void scalar(OnnxType type, T value) {
    constant(type, {}, std::vector<T>{value});
  }
  void absent() { node_inputs_.emplace_back(); }
  void attribute(const std::string& name, std::int64_t value);
  void attribute(const std::string& name, const std::vector<std::int64_t>& values);

  // The model whose node has these inputs and attributes and the output "y". `domain`: "" for ONNX's own operators.
  std::string serialize(const std::string& op, const std::string& domain, OnnxType output_type,
                        const std::vector<std::int64_t>& output_dims) const;

 private:
  void constant(OnnxType type, const std::vector<std::int64_t>& dims, const std::string& bytes);

  std::vector<std::string> node_inputs_;
  std::string inputs_, constants_, attributes_;  // as they stand in the graph or the node
};

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_PEERS_ONNX_MODEL_H_
