// Opens onnxruntime's library and calls it. Of its C interface this file declares what it calls. OrtApi is a table of
// functions to which versions only append.
#include "peers/onnxruntime.h"

#include <dlfcn.h>

#include <iostream>

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

}  // namespace

std::unique_ptr<OnnxSession> OnnxSession::open(const OnnxModel& model, std::uint32_t threads) {
  const Runtime* runtime = Runtime::get();
  if (runtime == nullptr) return nullptr;
  constexpr int kAllOptimizations = 99;
  const std::string bytes = model.serialize();
  void *options = nullptr, *session = nullptr;
  runtime->need(kCreateSessionOptions, &options);
  runtime->need(kSetIntraOpNumThreads, options, static_cast<int>(threads));
  runtime->need(kSetSessionGraphOptimizationLevel, options, kAllOptimizations);
  const Status status = runtime->call(kCreateSessionFromArray, runtime->environment(),
                                      static_cast<const void*>(bytes.data()), bytes.size(), options, &session);
  runtime->release(kReleaseSessionOptions, options);
  if (status != nullptr) {
    std::cerr << "onnxruntime: " << runtime->message(status) << "\n";
    return nullptr;
  }
  return std::unique_ptr<OnnxSession>(new OnnxSession(session));
}

OnnxSession::~OnnxSession() {
  for (const Tensors* tensors : {&inputs_, &outputs_}) {
    for (void* value : tensors->values) Runtime::get()->release(kReleaseValue, value);
  }
  Runtime::get()->release(kReleaseSession, session_);
}

void OnnxSession::run() {
  Runtime::get()->need(kRun, session_, static_cast<void*>(nullptr), inputs_.names.data(), inputs_.values.data(),
                       inputs_.values.size(), outputs_.names.data(), outputs_.values.size(), outputs_.values.data());
}

void OnnxSession::add(Tensors* tensors, const std::string& name, OnnxType type, const std::vector<std::int64_t>& dims,
                      const std::vector<std::uint8_t>& bytes) {
  const Runtime* runtime = Runtime::get();
  tensors->owned_names.push_back(name);
  tensors->names.push_back(tensors->owned_names.back().c_str());
  tensors->bytes.push_back(bytes);
  void* value = nullptr;
  runtime->need(kCreateTensorWithDataAsOrtValue, runtime->memory_info(),
                static_cast<void*>(tensors->bytes.back().data()), bytes.size(), dims.data(), dims.size(),
                static_cast<int>(type), &value);
  tensors->values.push_back(value);
}

std::string onnxruntime_version() { return Runtime::get() != nullptr ? Runtime::get()->version() : "not to be opened"; }

}  // namespace bench
