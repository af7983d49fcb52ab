// onnxruntime: models of one node each, u8 activations, NHWC as its own optimizer would have them: QLinearConv with
// channels last, QLinearAdd, QLinearGlobalAveragePool, NhwcMaxPool. The weights are s8, or (onnxruntime_u8) the same
// plus 128 as u8, which takes other kernels.
#include <memory>
#include <string>

#include "peers/layer_peer.h"
#include "peers/onnxruntime.h"
#include "support.h"

namespace bench {
namespace {

constexpr OnnxType kU8 = OnnxType::kU8, kF32 = OnnxType::kF32;

std::vector<std::int64_t> input_dims(const Layer& l) { return {1, l.height, l.width, l.channels}; }
std::vector<std::int64_t> output_dims(const Layer& l) { return {1, l.output_height(), l.output_width(), l.outputs}; }

// O I H W from O H W I.
std::vector<std::int8_t> channels_before_taps(const LayerProblem& p) {
  const std::size_t taps = index(p.layer.kernel * p.layer.kernel), channels = index(p.layer.group_channels());
  std::vector<std::int8_t> weights(p.weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::size_t o = i / (taps * channels), tap = i / channels % taps, c = i % channels;
    weights[(o * channels + c) * taps + tap] = p.weights[i];
  }
  return weights;
}

// The inputs of QLinearConv after those of its first tensor.
void write_weights(const LayerProblem& p, bool unsigned_weights, OnnxModel* model) {
  const Layer& l = p.layer;
  const std::vector<std::int8_t> weights = channels_before_taps(p);
  const std::vector<std::int64_t> dims = {l.outputs, l.group_channels(), l.kernel, l.kernel};
  if (unsigned_weights) {
    model->constant(kU8, dims, as_unsigned(weights));
  } else {
    model->constant(OnnxType::kS8, dims, weights);
  }
  model->constant(kF32, {l.outputs}, p.scales);
  model->scalar(unsigned_weights ? kU8 : OnnxType::kS8, static_cast<std::uint8_t>(unsigned_weights ? 128 : 0));
}

// The node of a layer: inputs "a" and "b", output "y", each followed by `suffix`.
void write_layer(const LayerProblem& p, const std::string& suffix, bool unsigned_weights, OnnxModel* model) {
  const Layer& l = p.layer;
  const auto zero = static_cast<std::uint8_t>(p.input_zero_point + 128);
  const bool windowed = l.convolves() || l.kind == Layer::Kind::kMaximum;
  const char *op = "NhwcMaxPool", *domain = "com.microsoft";
  model->input("a" + suffix, kU8, input_dims(l));
  if (l.kind != Layer::Kind::kMaximum) {
    model->scalar(kF32, p.input_scale);
    model->scalar(kU8, zero);
    op = "QLinearGlobalAveragePool";
    if (l.convolves()) {
      write_weights(p, unsigned_weights, model);
      op = "QLinearConv";
    } else if (l.kind == Layer::Kind::kAdd) {
      model->input("b" + suffix, kU8, input_dims(l));
      model->scalar(kF32, p.second_scale);
      model->scalar(kU8, zero);
      op = "QLinearAdd";
    }
    model->scalar(kF32, p.output_scale);
    model->scalar(kU8, static_cast<std::uint8_t>(p.output_zero_point + 128));
    if (l.convolves()) model->constant(OnnxType::kS32, {l.outputs}, p.bias);
    if (l.kind != Layer::Kind::kAdd) model->attribute("channels_last", 1);
  }
  if (l.convolves()) model->attribute("group", l.groups);
  if (windowed) {
    model->attribute("kernel_shape", {l.kernel, l.kernel});
    model->attribute("strides", {l.stride, l.stride});
    model->attribute("dilations", {l.dilation, l.dilation});
    model->attribute("pads", {l.top, l.left, l.bottom, l.right});
  }
  model->node(op, domain, "y" + suffix, kU8, output_dims(l));
}

class OnnxRuntimeLayers : public RunnableLayers {
 public:
  explicit OnnxRuntimeLayers(std::unique_ptr<OnnxSession> session) : session_(std::move(session)) {}
  void run() override { session_->run(); }
  const std::uint8_t* output(std::size_t layer) const override { return session_->output(layer); }

 private:
  std::unique_ptr<OnnxSession> session_;
};

template <bool kUnsignedWeights>
std::unique_ptr<RunnableLayers> make(const std::vector<const LayerProblem*>& problems, std::uint32_t threads) {
  OnnxModel model;
  for (std::size_t i = 0; i < problems.size(); ++i)
    write_layer(*problems[i], std::to_string(i), kUnsignedWeights, &model);
  std::unique_ptr<OnnxSession> session = OnnxSession::open(model, threads);
  if (!session) return nullptr;
  for (std::size_t i = 0; i < problems.size(); ++i) {
    const LayerProblem& p = *problems[i];
    session->input("a" + std::to_string(i), input_dims(p.layer), as_unsigned(p.input));
    if (!p.second.empty()) session->input("b" + std::to_string(i), input_dims(p.layer), as_unsigned(p.second));
    session->output("y" + std::to_string(i), output_dims(p.layer), p.output_size());
  }
  return std::make_unique<OnnxRuntimeLayers>(std::move(session));
}

}  // namespace

const LayerLibrary kOnnxRuntimeLayers = {
    "onnxruntime",
    "onnxruntime, QLinearConv and the like, u8 x s8 to u8, float scale per channel, "
    "NHWC",
    true,
    ZeroPoint::kAfterRounding,
    onnxruntime_version,
    make<false>};
const LayerLibrary kOnnxRuntimeU8Layers = {"onnxruntime_u8",
                                           "the same with u8 weights, their zero point 128",
                                           true,
                                           ZeroPoint::kAfterRounding,
                                           onnxruntime_version,
                                           make<true>};

}  // namespace bench
