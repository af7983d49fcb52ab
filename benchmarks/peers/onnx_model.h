// ONNX models, serialized (as protocol buffers): as much of the format as layers need. Nodes are written one by one:
// the inputs and attributes of a node, in order, then its operator.
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
  // An input that each run gives, of the node and the graph.
  void input(const std::string& name, OnnxType type, const std::vector<std::int64_t>& dims);
  template <class T>
  void constant(OnnxType type, const std::vector<std::int64_t>& dims, const std::vector<T>& values) {
    constant(type, dims, std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)));
  }
  template <class T>
  void scalar(OnnxType type, T value) {
    constant(type, {}, std::vector<T>{value});
  }
  void attribute(const std::string& name, std::int64_t value);
  void attribute(const std::string& name, const std::vector<std::int64_t>& values);

  // Ends a node. `domain`: "" for ONNX's own operators. `output`: its name, of the node and the graph.
  void node(const std::string& op, const std::string& domain, const std::string& output, OnnxType output_type,
            const std::vector<std::int64_t>& output_dims);

  std::string serialize() const;

 private:
  void constant(OnnxType type, const std::vector<std::int64_t>& dims, const std::string& bytes);

  std::string node_inputs_, node_attributes_;                     // of the node that is being written
  std::string nodes_, graph_inputs_, graph_outputs_, constants_;  // of the graph
  int constant_count_ = 0;
};

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_PEERS_ONNX_MODEL_H_
