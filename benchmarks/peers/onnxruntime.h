// onnxruntime: sessions of models of this program, with tensors that are made once.
#ifndef OTTAVA_BENCHMARKS_PEERS_ONNXRUNTIME_H_
#define OTTAVA_BENCHMARKS_PEERS_ONNXRUNTIME_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "peers/onnx_model.h"

namespace bench {

class OnnxSession {
 public:
  // NULL where the library is not there or declines the model; then it says why.
  static std::unique_ptr<OnnxSession> open(const OnnxModel& model, std::uint32_t threads);
  ~OnnxSession();
  OnnxSession(const OnnxSession&) = delete;
  OnnxSession& operator=(const OnnxSession&) = delete;

  // The inputs and outputs of the model.
  void input(const std::string& name, const std::vector<std::int64_t>& dims, const std::vector<std::uint8_t>& bytes,
             OnnxType type = OnnxType::kU8) {
    add(&inputs_, name, type, dims, bytes);
  }
  void output(const std::string& name, const std::vector<std::int64_t>& dims, std::size_t size,
              OnnxType type = OnnxType::kU8) {
    add(&outputs_, name, type, dims, std::vector<std::uint8_t>(size, 0x55));
  }

  void run();
  const std::uint8_t* output(std::size_t i) const { return outputs_.bytes[i].data(); }

 private:
  struct Tensors {
    std::deque<std::string> owned_names;
    std::vector<const char*> names;
    std::deque<std::vector<std::uint8_t>> bytes;
    std::vector<void*> values;
  };

  explicit OnnxSession(void* session) : session_(session) {}
  static void add(Tensors* tensors, const std::string& name, OnnxType type, const std::vector<std::int64_t>& dims,
                  const std::vector<std::uint8_t>& bytes);

  void* session_;
  Tensors inputs_, outputs_;
};

std::string onnxruntime_version();

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_PEERS_ONNXRUNTIME_H_
