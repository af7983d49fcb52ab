// onnxruntime: a model of one node that quantizes a float lhs, all rows with one scale, multiplies it by s8 weights
// with a scale for each channel, and makes floats of the result.
#include <cstring>
#include <memory>

#include "peers/float_peer.h"
#include "peers/onnxruntime.h"

namespace bench {
namespace {

class OnnxRuntimeFloat : public FloatPeer {
 public:
  explicit OnnxRuntimeFloat(std::unique_ptr<OnnxSession> session) : session_(std::move(session)) {}
  void run() override { session_->run(); }
  const std::uint8_t* dst() const override { return session_->output(0); }

 private:
  std::unique_ptr<OnnxSession> session_;
};

std::unique_ptr<FloatPeer> make(const Problem& problem, const std::vector<float>& lhs) {
  const std::int64_t m = problem.shape.m, n = problem.shape.n, k = problem.shape.k;
  OnnxModel model;
  model.input("lhs", OnnxType::kF32, {m, k});
  model.constant(OnnxType::kS8, {k, n}, problem.rhs);
  model.constant(OnnxType::kF32, {n}, problem.scales);
  model.node("DynamicQuantizeMatMul", "com.microsoft", "dst", OnnxType::kF32, {m, n});
  std::unique_ptr<OnnxSession> session = OnnxSession::open(model, 1);
  if (!session) return nullptr;
  std::vector<std::uint8_t> bytes(lhs.size() * sizeof(float));
  std::memcpy(bytes.data(), lhs.data(), bytes.size());
  session->input("lhs", {m, k}, bytes, OnnxType::kF32);
  session->output("dst", {m, n}, elements(m, n) * sizeof(float), OnnxType::kF32);
  return std::make_unique<OnnxRuntimeFloat>(std::move(session));
}

}  // namespace

const FloatLibrary kOnnxRuntimeFloat = {
    "onnxruntime DynamicQuantizeMatMul, f32 x s8 to f32, float scale per channel, one for all rows", make};

}  // namespace bench
