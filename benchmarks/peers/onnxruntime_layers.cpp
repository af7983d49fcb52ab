// onnxruntime: models of one node each, u8 activations, NHWC as its own optimizer would have them: QLinearConv with
// channels last, QLinearAdd, QLinearGlobalAveragePool, NhwcMaxPool. The weights are s8, or (onnxruntime_u8) the same
// plus 128 as u8, which takes other kernels.
//
// Of its C interface this file declares what it calls. OrtApi is a table of functions to which versions only append.
#include <dlfcn.h>

#include <deque>
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
  const char* version() const { return version_; }
  void* environment() const { return environment_; }
  void* memory_info() const { return memory_info_; }

 private:
  Runtime() {
    constexpr int kErrorsOnly = 3, kDeviceAllocator = 0, kDefaultMemory = 0;
    constexpr std::uint32_t kVersion = 1;  // has all these entries
    void* library = dlopen(OTTAVA_ONNXRUNTIME, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return;
    const auto base = reinterpret_cast<const ApiBase* (*)()>(dlsym(library, "OrtGetApiBase"));
    if (base == nullptr) return;
    version_ = base()->version();
    api_ = base()->get_api(kVersion);
    if (api_ == nullptr) return;
    need(kCreateEnv, kErrorsOnly, "ottava_bench", &environment_);
    need(kCreateCpuMemoryInfo, kDeviceAllocator, kDefaultMemory, &memory_info_);
  }

  void* const* api_ = nullptr;
  const char* version_ = nullptr;
  void* environment_ = nullptr;
  void* memory_info_ = nullptr;
};

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
  OnnxRuntimeLayers(const Runtime& runtime, const std::vector<const LayerProblem*>& problems, std::uint32_t threads,
                    bool unsigned_weights)
      : runtime_(runtime) {
    OnnxModel model;
    for (std::size_t i = 0; i < problems.size(); ++i)
      write_layer(*problems[i], std::to_string(i), unsigned_weights, &model);
    if (!open(model.serialize(), threads)) return;
    for (std::size_t i = 0; i < problems.size(); ++i) {
      const LayerProblem& p = *problems[i];
      add(&inputs_, "a" + std::to_string(i), as_unsigned(p.input), input_dims(p.layer));
      if (!p.second.empty()) add(&inputs_, "b" + std::to_string(i), as_unsigned(p.second), input_dims(p.layer));
      add(&outputs_, "y" + std::to_string(i), std::vector<std::uint8_t>(p.output_size(), 0x55), output_dims(p.layer));
    }
  }
  ~OnnxRuntimeLayers() override {
    for (const Tensors* tensors : {&inputs_, &outputs_}) {
      for (void* value : tensors->values) runtime_.release(kReleaseValue, value);
    }
    if (session_ != nullptr) runtime_.release(kReleaseSession, session_);
  }

  bool ready() const { return session_ != nullptr; }
  void run() override {
    runtime_.need(kRun, session_, static_cast<void*>(nullptr), inputs_.names.data(), inputs_.values.data(),
                  inputs_.values.size(), outputs_.names.data(), outputs_.values.size(), outputs_.values.data());
  }
  const std::uint8_t* output(std::size_t layer) const override { return outputs_.bytes[layer].data(); }

 private:
  struct Tensors {
    std::deque<std::string> owned_names;
    std::vector<const char*> names;
    std::deque<std::vector<std::uint8_t>> bytes;
    std::vector<void*> values;
  };

  bool open(const std::string& model, std::uint32_t threads) {
    constexpr int kAllOptimizations = 99;
    void* options = nullptr;
    runtime_.need(kCreateSessionOptions, &options);
    runtime_.need(kSetIntraOpNumThreads, options, static_cast<int>(threads));
    runtime_.need(kSetSessionGraphOptimizationLevel, options, kAllOptimizations);
    const Status status = runtime_.call(kCreateSessionFromArray, runtime_.environment(),
                                        static_cast<const void*>(model.data()), model.size(), options, &session_);
    runtime_.release(kReleaseSessionOptions, options);
    if (status != nullptr) std::cerr << "onnxruntime: " << runtime_.message(status) << "\n";
    return status == nullptr;
  }

  void add(Tensors* tensors, const std::string& name, const std::vector<std::uint8_t>& bytes,
           const std::vector<std::int64_t>& dims) const {
    tensors->owned_names.push_back(name);
    tensors->names.push_back(tensors->owned_names.back().c_str());
    tensors->bytes.push_back(bytes);
    void* value = nullptr;
    runtime_.need(kCreateTensorWithDataAsOrtValue, runtime_.memory_info(),
                  static_cast<void*>(tensors->bytes.back().data()), bytes.size(), dims.data(), dims.size(),
                  static_cast<int>(kU8), &value);
    tensors->values.push_back(value);
  }

  const Runtime& runtime_;
  void* session_ = nullptr;
  Tensors inputs_, outputs_;
};

template <bool kUnsignedWeights>
std::unique_ptr<RunnableLayers> make(const std::vector<const LayerProblem*>& problems, std::uint32_t threads) {
  const Runtime* runtime = Runtime::get();
  if (runtime == nullptr) return nullptr;
  auto layers = std::make_unique<OnnxRuntimeLayers>(*runtime, problems, threads, kUnsignedWeights);
  if (!layers->ready()) return nullptr;
  return layers;
}

std::string version() { return Runtime::get() != nullptr ? Runtime::get()->version() : "not to be opened"; }

}  // namespace

const LayerLibrary kOnnxRuntimeLayers = {
    "onnxruntime",
    "onnxruntime, QLinearConv and the like, u8 x s8 to u8, float scale per channel, "
    "NHWC",
    true,
    ZeroPoint::kAfterRounding,
    version,
    make<false>};
const LayerLibrary kOnnxRuntimeU8Layers = {
    "onnxruntime_u8", "the same with u8 weights, their zero point 128", true, ZeroPoint::kAfterRounding, version,
    make<true>};

}  // namespace bench
