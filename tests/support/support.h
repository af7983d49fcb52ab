// What the sweeps share: random numbers with a seed that is printed, the tiers of this machine, and the
// record of which of them were really exercised.
#ifndef OTTAVA_TESTS_SUPPORT_H_
#define OTTAVA_TESTS_SUPPORT_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "kernels/depthwise.h"
#include "kernels/kernel.h"
#include "kernels/pooling.h"
#include "kernels/tile_shape.h"
#include "ottava/ottava.h"
#include "random.h"

namespace ottava {

// Whether this is a core without an operating system, with a few MiB of memory.
#if defined(OTTAVA_HOSTED) && !OTTAVA_HOSTED
constexpr bool kSmallMemory = true;
#else
constexpr bool kSmallMemory = false;
#endif

// Whether the tests of this build run under an emulator. What portable code shares out among threads, or places in a
// workspace, is then tried with fewer sizes and numbers of threads: native runs have all of them.
#if defined(OTTAVA_TEST_EMULATED) && OTTAVA_TEST_EMULATED
constexpr bool kEmulated = true;
#else
constexpr bool kEmulated = false;
#endif

// So many cases; on an emulated core a sixteenth of them, unless it is to take none but all (OTTAVA_TEST_SAMPLE 1).
int fewer(int cases);

const Machine& this_machine();

// The tile of a kernel on this machine.
TileShape tile_here(const Kernel& kernel);

// OTTAVA_TEST_SEED from the environment, or a fixed one; a sweep prints it when it fails.
std::uint64_t test_seed();

// How many cases of an exhaustive sweep stand for one that runs: OTTAVA_TEST_SAMPLE from the environment, or 1, all of
// them. Emulated runs take a sample.
std::size_t test_sample();

// Prints a line, and appends it to the file that OTTAVA_TEST_REPORT_FILE names: what a sweep has covered.
void report(const std::string& line);

// Every kernel of this build that this machine can run, best first: those that take all weights, then all.
std::vector<const Kernel*> runnable_kernels();
std::vector<const Kernel*> runnable_kernels_for_some_weights();
// The first of each tier: where the tier is the cap, the one that is asked before all others, but for matrices of few
// channels.
std::vector<const Kernel*> first_kernels();
std::vector<const DepthwiseKernel*> runnable_depthwise_kernels();
std::vector<const PoolingKernel*> runnable_pooling_kernels();
const char* tier_name(const Kernel& kernel);

// For sweeps of kernels alone: these, without the tiers that another run has swept, whose names OTTAVA_TEST_SWEPT holds
// with spaces between them; then the stand-ins for kernels that this machine may not be able to run (stand_ins.h).
std::vector<const Kernel*> kernels_to_sweep();

// For sweeps of the tables of functions that kernels share: for each table one kernel that has it, without the tables
// that another run has swept.
template <typename Table>
std::vector<const Kernel*> kernels_by_table(Table Kernel::*table);

// Notes that a kernel of this tier was held against the oracle: appended to the file that
// OTTAVA_TEST_TIERS_FILE names. A stand-in says nothing of its tier.
void record_exercised(const Kernel& kernel);
void record_exercised(Isa tier);

// A context that runs one kernel alone, or what it chooses of the tiers up to a cap. Fails the test if it cannot be
// had. Without an operating system it is built in memory of the caller.
class KernelContext {
 public:
  explicit KernelContext(const char* kernel, std::uint32_t threads = 1, ottava_parallel_for_fn parallel_for = nullptr,
                         std::uint32_t tier_cap = OTTAVA_TIER_ANY);
  explicit KernelContext(Isa cap);
  ~KernelContext();
  KernelContext(const KernelContext&) = delete;
  KernelContext& operator=(const KernelContext&) = delete;
  ottava_context* get() const { return context_; }

 private:
  std::vector<std::uint8_t> memory_;
  ottava_context* context_ = nullptr;
};

bool swept_elsewhere(const Kernel& kernel);

template <typename Table>
std::vector<const Kernel*> kernels_by_table(Table Kernel::*table) {
  std::vector<const Kernel*> chosen;
  std::vector<Table> known;
  const std::vector<const Kernel*> kernels = runnable_kernels();
  for (const Kernel* kernel : kernels) {
    if (swept_elsewhere(*kernel)) known.push_back(kernel->*table);
  }
  for (const Kernel* kernel : kernels) {
    if (std::find(known.begin(), known.end(), kernel->*table) != known.end()) continue;
    known.push_back(kernel->*table);
    chosen.push_back(kernel);
  }
  return chosen;
}

}  // namespace ottava

#endif  // OTTAVA_TESTS_SUPPORT_H_
