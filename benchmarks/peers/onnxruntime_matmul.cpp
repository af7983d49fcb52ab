// onnxruntime: a model of one node, a 1x1 convolution over M pixels with channels last, u8 activations: up to twice as
// fast as QGemm, which computes the same (QLinearMatMul has no bias). The weights are s8, or (onnxruntime_u8) the same
// plus 128 as u8, which takes other kernels.
#include <memory>
#include <string>

#include "peers/onnxruntime.h"
#include "peers/peer.h"

namespace bench {
namespace {

constexpr std::uint8_t kDstZeroPoint = Problem::dst_zero_point + 128;

class OnnxRuntime : public Peer {
 public:
  explicit OnnxRuntime(std::unique_ptr<OnnxSession> session) : session_(std::move(session)) {}
  void run() override { session_->run(); }
  const std::uint8_t* dst() const override { return session_->output(0); }
  void describe_equal(const Problem&, Description* equal) const override {
    equal->output.requantization = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN;
    equal->output.type = OTTAVA_TYPE_U8;
    equal->output.zero_point = kDstZeroPoint;
  }

 private:
  std::unique_ptr<OnnxSession> session_;
};

template <bool kUnsignedWeights>
std::unique_ptr<Peer> make(const Problem& problem, std::uint32_t threads) {
  const std::int64_t m = problem.shape.m, n = problem.shape.n, k = problem.shape.k;
  const std::vector<std::int64_t> pixels = {1, m, 1, k}, results = {1, m, 1, n};  // NHWC
  constexpr std::uint8_t kWeightZeroPoint = kUnsignedWeights ? 128 : 0;
  const OnnxType weight_type = kUnsignedWeights ? OnnxType::kU8 : OnnxType::kS8;
  std::vector<std::uint8_t> weights(problem.rhs.size());  // N x K
  for (std::int64_t depth = 0; depth < k; ++depth) {
    for (std::int64_t channel = 0; channel < n; ++channel) {
      weights[index(channel * k + depth)] =
          static_cast<std::uint8_t>(problem.rhs[index(depth * n + channel)] + kWeightZeroPoint);
    }
  }
  OnnxModel model;
  model.input("lhs", OnnxType::kU8, pixels);
  model.scalar(OnnxType::kF32, 1.0f);
  model.scalar(OnnxType::kU8, static_cast<std::uint8_t>(Problem::lhs_zero_point));
  model.constant(weight_type, {n, k, 1, 1}, weights);
  model.constant(OnnxType::kF32, {n}, problem.scales);
  model.scalar(weight_type, kWeightZeroPoint);
  model.scalar(OnnxType::kF32, Problem::dst_scale);
  model.scalar(OnnxType::kU8, kDstZeroPoint);
  model.constant(OnnxType::kS32, {n}, problem.bias);
  model.attribute("channels_last", 1);
  model.attribute("kernel_shape", {1, 1});
  model.node("QLinearConv", "com.microsoft", "dst", OnnxType::kU8, results);
  std::unique_ptr<OnnxSession> session = OnnxSession::open(model, threads);
  if (!session) return nullptr;
  session->input("lhs", pixels, problem.lhs);
  session->output("dst", results, elements(m, n));
  return std::make_unique<OnnxRuntime>(std::move(session));
}

}  // namespace

const PeerLibrary kOnnxRuntime = {"onnxruntime",
                                  "onnxruntime QLinearConv 1x1, u8 x s8 to u8, float scale per channel, weights packed "
                                  "beforehand",
                                  make<false>, nullptr};
const PeerLibrary kOnnxRuntimeU8 = {"onnxruntime_u8", "the same with u8 weights, their zero point 128", make<true>,
                                    nullptr};

}  // namespace bench
