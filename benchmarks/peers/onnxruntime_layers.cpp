// onnxruntime: models of one node each, u8 activations, NHWC as its own optimizer would have them: QLinearConv with
// channels last, QLinearAdd, QLinearGlobalAveragePool, NhwcMaxPool. The weights are s8, or (onnxruntime_u8) the same
// plus 128 as u8, which takes other kernels.
//
// Of its C interface this file declares what it calls. OrtApi is a table of functions to which versions only append.
#include <dlfcn.h>

#include <memory>
#include <string>

#include "peers/layer_peer.h"
#include "peers/onnx_model.h"
#include "support.h"

namespace bench {
namespace {

using Status = void*;
struct ApiBase {
  void* const* (*get_api)(std::uint32_t version);
  const char* (*version)();
};

// Places in OrtApi.
enum Entry {
  kGetErrorMessage = 2,
  kCreateEnv = 3,
  kCreateSessionFromArray = 8,
  kRun = 9,
  kCreateSessionOptions = 10,
  kSetSessionGraphOptimizationLevel = 23,
  kSetIntraOpNumThreads = 24,
  kCreateTensorWithDataAsOrtValue = 49,
  kCreateCpuMemoryInfo = 69,
  kReleaseSession = 95,
  kReleaseValue = 96,
  kReleaseSessionOptions = 100,
  kAddSessionConfigEntry = 130,
};

class Runtime {
 public:
  // NULL where the library is not there.
  static const Runtime* get() {
    static const Runtime runtime;
    return runtime.api_ != nullptr ? &runtime : nullptr;
  }

  template <class... Arguments>
  Status call(Entry entry, Arguments... arguments) const {
    return reinterpret_cast<Status (*)(Arguments...)>(api_[entry])(arguments...);
  }
  // The same for what must not fail.
  template <class... Arguments>
  void need(Entry entry, Arguments... arguments) const {
    const Status status = call(entry, arguments...);
    if (status != nullptr) fail(std::string("onnxruntime: ") + message(status));
  }
  void release(Entry entry, void* object) const { reinterpret_cast<void (*)(void*)>(api_[entry])(object); }
  const char* message(Status status) const {
    return reinterpret_cast<const char* (*)(Status)>(api_[kGetErrorMessage])(status);
  }
  void* environment() const { return environment_; }
  void* memory_info() const { return memory_info_; }

 private:
  Runtime() {
    constexpr int kErrorsOnly = 3, kDeviceAllocator = 0, kDefaultMemory = 0;
    constexpr std::uint32_t kVersion = 5;  // the first with all these entries
    void* library = dlopen(OTTAVA_ONNXRUNTIME, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return;
    const auto base = reinterpret_cast<const ApiBase* (*)()>(dlsym(library, "OrtGetApiBase"));
    if (base == nullptr) return;
    api_ = base()->get_api(kVersion);
    if (api_ == nullptr) return;
    need(kCreateEnv, kErrorsOnly, "ottava_bench", &environment_);
    need(kCreateCpuMemoryInfo, kDeviceAllocator, kDefaultMemory, &memory_info_);
  }

  void* const* api_ = nullptr;
  void* environment_ = nullptr;
  void* memory_info_ = nullptr;
};

class OnnxRuntimeLayer : public LayerPeer {
 public:
  OnnxRuntimeLayer(const Runtime& runtime, const LayerProblem& problem, std::uint32_t threads, bool unsigned_weights)
      : runtime_(runtime), p_(problem), output_(problem.output_size(), 0x55) {
    const Layer& l = p_.layer;
    const std::vector<std::int64_t> in = {1, l.height, l.width, l.channels};
    const std::vector<std::int64_t> out = {1, l.output_height(), l.output_width(), l.outputs};
    const std::string model = write(in, out, unsigned_weights);
    void* options = nullptr;
    runtime_.need(kCreateSessionOptions, &options);
    runtime_.need(kSetIntraOpNumThreads, options, static_cast<int>(threads));
    constexpr int kAllOptimizations = 99;
    runtime_.need(kSetSessionGraphOptimizationLevel, options, kAllOptimizations);
    // Or its threads would keep the CPUs from those who come next.
    runtime_.need(kAddSessionConfigEntry, options, "session.force_spinning_stop", "1");
    const Status status = runtime_.call(kCreateSessionFromArray, runtime_.environment(),
                                        static_cast<const void*>(model.data()), model.size(), options, &session_);
    runtime_.release(kReleaseSessionOptions, options);
    if (status != nullptr) {
      std::cerr << "onnxruntime: " << runtime_.message(status) << "\n";
      return;
    }
    input_ = as_unsigned(p_.input);
    values_.push_back(tensor(&input_, in));
    if (l.kind == Layer::Kind::kAdd) {
      second_ = as_unsigned(p_.second);
      values_.push_back(tensor(&second_, in));
    }
    result_ = tensor(&output_, out);
  }
  ~OnnxRuntimeLayer() override {
    for (void* value : values_) runtime_.release(kReleaseValue, value);
    if (result_ != nullptr) runtime_.release(kReleaseValue, result_);
    if (session_ != nullptr) runtime_.release(kReleaseSession, session_);
  }

  bool ready() const { return result_ != nullptr; }
  void run() override {
    static const char* const kInputs[] = {"a", "b"};
    static const char* const kOutput = "y";
    runtime_.need(kRun, session_, static_cast<void*>(nullptr), &kInputs[0], values_.data(), values_.size(), &kOutput,
                  std::size_t{1}, &result_);
  }
  const std::uint8_t* output() const override { return output_.data(); }

 private:
  void* tensor(std::vector<std::uint8_t>* bytes, const std::vector<std::int64_t>& dims) const {
    void* value = nullptr;
    runtime_.need(kCreateTensorWithDataAsOrtValue, runtime_.memory_info(), static_cast<void*>(bytes->data()),
                  bytes->size(), dims.data(), dims.size(), static_cast<int>(OnnxType::kU8), &value);
    return value;
  }

  std::string write(const std::vector<std::int64_t>& in, const std::vector<std::int64_t>& out,
                    bool unsigned_weights) const {
    constexpr OnnxType kU8 = OnnxType::kU8, kF32 = OnnxType::kF32;
    const Layer& l = p_.layer;
    const auto zero = static_cast<std::uint8_t>(p_.input_zero_point + 128);
    const auto output_zero = static_cast<std::uint8_t>(p_.output_zero_point + 128);
    OnnxModel model;
    model.input("a", kU8, in);
    if (l.kind != Layer::Kind::kMaximum) {
      model.scalar(kF32, p_.input_scale);
      model.scalar(kU8, zero);
    }
    if (l.convolves() || l.kind == Layer::Kind::kMaximum) {
      model.attribute("kernel_shape", {l.kernel, l.kernel});
      model.attribute("strides", {l.stride, l.stride});
      model.attribute("dilations", {l.dilation, l.dilation});
      model.attribute("pads", {l.top, l.left, l.bottom, l.right});
    }
    switch (l.kind) {
      case Layer::Kind::kConv:
      case Layer::Kind::kDepthwise: {
        const std::vector<std::int8_t> weights = channels_before_taps();
        const std::vector<std::int64_t> dims = {l.outputs, l.group_channels(), l.kernel, l.kernel};
        if (unsigned_weights) {
          model.constant(kU8, dims, as_unsigned(weights));
        } else {
          model.constant(OnnxType::kS8, dims, weights);
        }
        model.constant(kF32, {l.outputs}, p_.scales);
        model.scalar(unsigned_weights ? kU8 : OnnxType::kS8, static_cast<std::uint8_t>(unsigned_weights ? 128 : 0));
        model.scalar(kF32, p_.output_scale);
        model.scalar(kU8, output_zero);
        model.constant(OnnxType::kS32, {l.outputs}, p_.bias);
        model.attribute("group", l.groups);
        model.attribute("channels_last", 1);
        return model.serialize("QLinearConv", "com.microsoft", kU8, out);
      }
      case Layer::Kind::kAdd:
        model.input("b", kU8, in);
        model.scalar(kF32, p_.second_scale);
        model.scalar(kU8, zero);
        model.scalar(kF32, p_.output_scale);
        model.scalar(kU8, output_zero);
        return model.serialize("QLinearAdd", "com.microsoft", kU8, out);
      case Layer::Kind::kAverage:
        model.scalar(kF32, p_.output_scale);
        model.scalar(kU8, output_zero);
        model.attribute("channels_last", 1);
        return model.serialize("QLinearGlobalAveragePool", "com.microsoft", kU8, out);
      case Layer::Kind::kMaximum: return model.serialize("NhwcMaxPool", "com.microsoft", kU8, out);
    }
    return "";
  }

  // O I H W from O H W I.
  std::vector<std::int8_t> channels_before_taps() const {
    const std::size_t taps = index(p_.layer.kernel * p_.layer.kernel), channels = index(p_.layer.group_channels());
    std::vector<std::int8_t> weights(p_.weights.size());
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const std::size_t o = i / (taps * channels), tap = i / channels % taps, c = i % channels;
      weights[(o * channels + c) * taps + tap] = p_.weights[i];
    }
    return weights;
  }

  const Runtime& runtime_;
  const LayerProblem& p_;
  std::vector<std::uint8_t> input_, second_, output_;
  void* session_ = nullptr;
  std::vector<void*> values_;
  void* result_ = nullptr;
};

std::unique_ptr<LayerPeer> make_with(const LayerProblem& problem, std::uint32_t threads, bool unsigned_weights) {
  const Runtime* runtime = Runtime::get();
  if (runtime == nullptr) return nullptr;
  auto peer = std::make_unique<OnnxRuntimeLayer>(*runtime, problem, threads, unsigned_weights);
  if (!peer->ready()) return nullptr;
  return peer;
}

std::unique_ptr<LayerPeer> make(const LayerProblem& problem, std::uint32_t threads) {
  return make_with(problem, threads, false);
}

std::unique_ptr<LayerPeer> make_u8(const LayerProblem& problem, std::uint32_t threads) {
  return make_with(problem, threads, true);
}

}  // namespace

const LayerLibrary kOnnxRuntimeLayers = {
    "onnxruntime",
    "onnxruntime, QLinearConv and the like, u8 x s8 to u8, float scale per channel, "
    "NHWC",
    true, ZeroPoint::kAfterRounding, make};
const LayerLibrary kOnnxRuntimeU8Layers = {"onnxruntime_u8", "the same with u8 weights, their zero point 128", true,
                                           ZeroPoint::kAfterRounding, make_u8};

}  // namespace bench
