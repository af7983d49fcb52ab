#include "support.h"

#include <cstdio>
#include <cstdlib>
#include <sstream>

#include "catch.h"
#include "cpu/detect.h"
#include "cpu/tiers.h"
#include "kernels/registry.h"
#include "stand_ins.h"
#if OTTAVA_HOSTED
#include "hosted/probe.h"
#else
#include "firmware/sweep/heap.h"
#endif

namespace ottava {

std::uint64_t test_seed() {
  const char* text = std::getenv("OTTAVA_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 0) : 20260708u;
}

std::size_t test_sample() {
  const char* text = std::getenv("OTTAVA_TEST_SAMPLE");
  const unsigned long long sample = text != nullptr ? std::strtoull(text, nullptr, 0) : 1;
  return sample < 1 ? 1 : static_cast<std::size_t>(sample);
}

int fewer(int cases) { return kSmallMemory && test_sample() > 1 ? (cases + 15) / 16 : cases; }

void report(const std::string& line) {
  std::printf("%s\n", line.c_str());
  const char* path = std::getenv("OTTAVA_TEST_REPORT_FILE");
  if (path == nullptr) return;
  std::FILE* file = std::fopen(path, "a");
  REQUIRE(file != nullptr);
  std::fprintf(file, "%s\n", line.c_str());
  std::fclose(file);
}

const Machine& this_machine() {
#if OTTAVA_HOSTED
  static const Machine machine = [] {
    Machine probed;
    probe_machine(&probed);
    return probed;
  }();
#else
  static const Machine machine = detect_compiled();
#endif
  return machine;
}

TileShape tile_here(const Kernel& kernel) { return resolve(kernel, this_machine()); }

std::vector<const Kernel*> runnable_kernels() {
  std::vector<const Kernel*> for_all;
  for (const Kernel* kernel : runnable_kernels_for_some_weights()) {
    if (kernel->weights == Weights::any) for_all.push_back(kernel);
  }
  return for_all;
}

std::vector<const Kernel*> runnable_kernels_for_some_weights() {
  std::vector<const Kernel*> runnable;
  const KernelList list = built_kernels();
  for (std::size_t i = 0; i < list.count; ++i) {
    if (machine_has_tier(this_machine(), *tier_of(list.kernels[i]->isa))) runnable.push_back(list.kernels[i]);
  }
  return runnable;
}

std::vector<const Kernel*> first_kernels() {
  std::vector<const Kernel*> best;
  for (const Kernel* kernel : runnable_kernels_for_some_weights()) {
    if (kernel->min_depth_per_channel != 0) continue;
    if (best.empty() || best.back()->isa != kernel->isa) best.push_back(kernel);
  }
  return best;
}

std::vector<const DepthwiseKernel*> runnable_depthwise_kernels() {
  std::vector<const DepthwiseKernel*> runnable;
  const DepthwiseKernelList list = built_depthwise_kernels();
  for (std::size_t i = 0; i < list.count; ++i) {
    if (machine_has_tier(this_machine(), *tier_of(list.kernels[i]->isa))) runnable.push_back(list.kernels[i]);
  }
  return runnable;
}

std::vector<const PoolingKernel*> runnable_pooling_kernels() {
  std::vector<const PoolingKernel*> runnable;
  const PoolingKernelList list = built_pooling_kernels();
  for (std::size_t i = 0; i < list.count; ++i) {
    if (machine_has_tier(this_machine(), *tier_of(list.kernels[i]->isa))) runnable.push_back(list.kernels[i]);
  }
  return runnable;
}

bool swept_elsewhere(const Kernel& kernel) {
  const char* swept = std::getenv("OTTAVA_TEST_SWEPT");
  std::istringstream names(swept != nullptr ? swept : "");
  for (std::string name; names >> name;) {
    if (name == tier_name(kernel)) return true;
  }
  return false;
}

std::vector<const Kernel*> kernels_to_sweep() {
  std::vector<const Kernel*> kernels;
  for (const Kernel* kernel : runnable_kernels_for_some_weights()) {
    if (!swept_elsewhere(*kernel)) kernels.push_back(kernel);
  }
  for (const StandIn& stand_in : stand_ins()) kernels.push_back(&stand_in.kernel);
  return kernels;
}

const char* tier_name(const Kernel& kernel) { return tier_of(kernel.isa)->name; }

void record_exercised(const Kernel& kernel) {
  if (stand_in_of(kernel) == nullptr) record_exercised(kernel.isa);
}

void record_exercised(Isa tier) {
  const char* path = std::getenv("OTTAVA_TEST_TIERS_FILE");
  if (path == nullptr) return;
  std::FILE* file = std::fopen(path, "a");
  REQUIRE(file != nullptr);
  std::fprintf(file, "%s\n", tier_of(tier)->name);
  std::fclose(file);
}

KernelContext::KernelContext(Isa cap) : KernelContext(nullptr, 1, nullptr, static_cast<std::uint32_t>(cap)) {}

KernelContext::KernelContext(const char* kernel, std::uint32_t threads, ottava_parallel_for_fn parallel_for,
                             std::uint32_t tier_cap) {
  ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  options.threads = threads;
  options.tier_cap = tier_cap;
  ottava_context_host host = OTTAVA_CONTEXT_HOST_INIT;
  host.kernel = kernel;
  host.parallel_for = parallel_for;
  ottava_error error = OTTAVA_ERROR_INIT;
#if OTTAVA_HOSTED
  const ottava_status status = ottava_context_create(&options, &host, &context_, &error);
#else  // what is created without memory of the caller takes some of the C library's
  host.allocate = heap_allocate;
  host.release = heap_release;
  std::uint64_t bytes = 0;
  REQUIRE(ottava_context_size(&bytes) == OTTAVA_OK);
  memory_.resize(static_cast<std::size_t>(bytes));
  const ottava_status status = ottava_context_init_at(memory_.data(), bytes, &options, &host, &context_, &error);
#endif
  INFO(error.argument << ": " << error.message);
  REQUIRE(status == OTTAVA_OK);
}

KernelContext::~KernelContext() { ottava_context_destroy(context_); }

}  // namespace ottava
