// oneDNN 2.x: u8 layers, s8 weights reordered beforehand into the layout that it asks for.
//
// Output scales in float32 per channel; the zero point of the output is added before the rounding. The input's is 0
// where there is padding, and elsewhere it is folded into the bias, which is never slower than giving it as an
// attribute.
#include <dlfcn.h>

#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>

#include "peers/layer_peer.h"
#include "support.h"

namespace bench {
namespace {

using dnnl::memory;

constexpr auto kU8 = memory::data_type::u8;

class OneDnnLayer : public RunnableLayers {
 public:
  explicit OneDnnLayer(const LayerProblem& problem)
      : p_(problem), engine_(dnnl::engine::kind::cpu, 0), stream_(engine_), output_(problem.output_size(), 0x55) {
    const Layer& l = p_.layer;
    input_ = as_unsigned(p_.input);
    second_ = as_unsigned(p_.second);
    const memory::desc src({1, l.channels, l.height, l.width}, kU8, memory::format_tag::nhwc);
    const memory::desc dst({1, l.outputs, l.output_height(), l.output_width()}, kU8, memory::format_tag::nhwc);
    arguments_ = {{DNNL_ARG_SRC, view(src, input_.data())}, {DNNL_ARG_DST, view(dst, output_.data())}};
    if (l.convolves()) {
      convolve(src, dst);
    } else if (l.kind == Layer::Kind::kAdd) {
      add(src, dst);
    } else {
      pool(src, dst);
    }
  }

  void run() override {
    primitive_.execute(stream_, arguments_);
    stream_.wait();
  }
  const std::uint8_t* output(std::size_t) const override { return output_.data(); }

 private:
  memory view(const memory::desc& desc, const void* data) const {
    return memory(desc, engine_, const_cast<void*>(data));
  }
  memory::dims before() const { return {p_.layer.top, p_.layer.left}; }
  memory::dims behind() const { return {p_.layer.bottom, p_.layer.right}; }

  void convolve(const memory::desc& src, const memory::desc& dst) {
    const Layer& l = p_.layer;
    const bool grouped = l.groups > 1;
    memory::dims dims = {l.outputs / l.groups, l.group_channels(), l.kernel, l.kernel};
    if (grouped) dims.insert(dims.begin(), l.groups);
    const auto tag = grouped ? memory::format_tag::gohwi : memory::format_tag::ohwi;
    const memory::desc given(dims, memory::data_type::s8, tag);
    const memory::desc chosen(dims, memory::data_type::s8, memory::format_tag::any);
    const memory::desc bias({l.outputs}, memory::data_type::s32, memory::format_tag::a);
    std::vector<float> scales = p_.scales;
    for (float& scale : scales) scale = p_.input_scale * scale / p_.output_scale;
    dnnl::primitive_attr attributes;
    attributes.set_output_scales(2, scales);
    attributes.set_zero_points(DNNL_ARG_DST, 0, {p_.output_zero_point + 128});
    const dnnl::convolution_forward::desc desc(dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct,
                                               src, chosen, bias, dst, {l.stride, l.stride},
                                               {l.dilation - 1, l.dilation - 1}, before(), behind());
    const dnnl::convolution_forward::primitive_desc primitive(desc, attributes, engine_);
    primitive_ = dnnl::convolution_forward(primitive);

    bias_ = p_.bias;
    for (std::size_t i = 0; i < p_.weights.size(); ++i)
      bias_[i / index(l.depth())] -= (p_.input_zero_point + 128) * p_.weights[i];
    memory weights = view(given, p_.weights.data());
    if (primitive.weights_desc() != given) {
      memory packed(primitive.weights_desc(), engine_);
      dnnl::reorder(weights, packed).execute(stream_, weights, packed);
      stream_.wait();
      weights = packed;
    }
    arguments_.insert({DNNL_ARG_WEIGHTS, weights});
    arguments_.insert({DNNL_ARG_BIAS, view(bias, bias_.data())});
  }

  // It has scales and no zero points: (a - z) * s + (b - z) * t is the sum less a constant, which a linear
  // post-operation adds together with the output's zero point.
  void add(const memory::desc& src, const memory::desc& dst) {
    const float a = p_.input_scale / p_.output_scale, b = p_.second_scale / p_.output_scale;
    const auto zero = static_cast<float>(p_.input_zero_point + 128);
    dnnl::post_ops after;
    after.append_eltwise(1.0f, dnnl::algorithm::eltwise_linear, 1.0f,
                         static_cast<float>(p_.output_zero_point + 128) - zero * (a + b));
    dnnl::primitive_attr attributes;
    attributes.set_scales(DNNL_ARG_SRC_0, 0, {a});
    attributes.set_scales(DNNL_ARG_SRC_1, 0, {b});
    attributes.set_post_ops(after);
    const dnnl::binary::desc desc(dnnl::algorithm::binary_add, src, src, dst);
    primitive_ = dnnl::binary(dnnl::binary::primitive_desc(desc, attributes, engine_));
    arguments_.insert({DNNL_ARG_SRC_1, view(src, second_.data())});
  }

  void pool(const memory::desc& src, const memory::desc& dst) {
    const Layer& l = p_.layer;
    const auto algorithm =
        l.kind == Layer::Kind::kMaximum ? dnnl::algorithm::pooling_max : dnnl::algorithm::pooling_avg_include_padding;
    const dnnl::pooling_forward::desc desc(dnnl::prop_kind::forward_inference, algorithm, src, dst,
                                           {l.stride, l.stride}, {l.kernel, l.kernel}, before(), behind());
    primitive_ = dnnl::pooling_forward(dnnl::pooling_forward::primitive_desc(desc, engine_));
  }

  const LayerProblem& p_;
  dnnl::engine engine_;
  dnnl::stream stream_;
  std::vector<std::uint8_t> input_, second_, output_;
  std::vector<std::int32_t> bias_;
  dnnl::primitive primitive_;
  std::unordered_map<int, memory> arguments_;
};

std::unique_ptr<RunnableLayers> make(const std::vector<const LayerProblem*>& problems, std::uint32_t threads) {
  // Of the OpenMP that oneDNN has brought along, not one of this compiler. The number holds for the calling thread.
  using SetThreads = void (*)(int);
  const auto set = reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"));
  if (set != nullptr) set(static_cast<int>(threads));
  try {
    return LayerSequence::make(problems,
                               [](const LayerProblem& problem) { return std::make_unique<OneDnnLayer>(problem); });
  } catch (const dnnl::error&) {
    return nullptr;
  }
}

std::string version() {
  const dnnl_version_t* found = dnnl_version();
  return std::to_string(found->major) + "." + std::to_string(found->minor) + "." + std::to_string(found->patch);
}

}  // namespace

const LayerLibrary kOneDnnLayers = {
    "onednn", "oneDNN, u8 x s8 to u8, float scale per channel, NHWC", true, ZeroPoint::kBeforeRounding, version, make};

}  // namespace bench
