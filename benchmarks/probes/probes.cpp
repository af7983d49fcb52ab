// Times the loops: the best of several slices, as a limit is what nothing else disturbs.
#include "probes/probes.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <utility>

#include "probes/loops.h"

namespace bench {
namespace {

// Short slices, of which some are not interrupted on a busy machine.
constexpr int kSlices = 100;
constexpr double kSliceSeconds = 0.0003;
constexpr int kTries = 5;  // at how long a slice is

// Ways to read: one stream is the fastest from caches, several at once keep more of memory's lines on their way.
struct Pattern {
  std::uint64_t streams, step;  // a step is so many bytes of a stream, then comes the next one's
};
constexpr Pattern kPatterns[] = {{1, 16384}, {4, 512}, {8, 512}};

// A loop of words, for CPUs without one of their own.
void read_words(const void* memory, std::size_t bytes) {
  const auto* word = static_cast<const std::uint64_t*>(memory);
  for (const std::uint64_t* const end = word + bytes / 8; word != end; word += 8) {
    for (int i = 0; i < 8; ++i) {
      std::uint64_t loaded = word[i];
      asm volatile("" : "+r"(loaded));
    }
  }
}

const ProbeLoops* loops_of(const std::string& tier) {
  const std::vector<const ProbeLoops*> all = {
#if defined(OTTAVA_PROBE_X86_AVX2)
    &kProbeX86Avx2,
    &kProbeX86Avx2Quads,
#endif
#if defined(OTTAVA_PROBE_X86_AVXVNNI)
    &kProbeX86AvxVnni,
#endif
#if defined(OTTAVA_PROBE_X86_AVX512VNNI)
    &kProbeX86Avx512Vnni,
#endif
#if defined(OTTAVA_PROBE_X86_AMX)
    &kProbeX86Amx,
#endif
#if defined(OTTAVA_PROBE_ARM_NEON)
    &kProbeArmNeon,
#endif
#if defined(OTTAVA_PROBE_ARM_DOTPROD)
    &kProbeArmDotprod,
#endif
#if defined(OTTAVA_PROBE_ARM_I8MM)
    &kProbeArmI8mm,
#endif
#if defined(OTTAVA_PROBE_ARMV7_NEON)
    &kProbeArmv7Neon,
#endif
  };
  for (const ProbeLoops* loops : all) {
    if (tier == loops->tier) return loops;
  }
  return nullptr;
}

// Seconds until `threads` threads, started together, have each done work(thread).
double together(std::uint32_t threads, const std::function<void(std::uint32_t)>& work) {
  using Clock = std::chrono::steady_clock;
  std::atomic<std::uint32_t> waiting{threads};
  const auto wait_and_work = [&](std::uint32_t thread) {
    waiting.fetch_sub(1);
    while (waiting.load() != 0) std::this_thread::yield();
    work(thread);
  };
  std::vector<std::thread> others;
  for (std::uint32_t i = 1; i < threads; ++i) others.emplace_back(wait_and_work, i);
  waiting.fetch_sub(1);
  while (waiting.load() != 0) std::this_thread::yield();
  const auto start = Clock::now();
  work(0);
  for (std::thread& other : others) other.join();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// The best rate of work(thread, repeats), where one repeat of one thread counts `amount`.
double best_rate(std::uint32_t threads, double amount, const std::function<void(std::uint32_t, std::uint64_t)>& work) {
  std::uint64_t repeats = 1;
  const auto best_seconds = [&](int slices) {
    double best = together(threads, [&](std::uint32_t thread) { work(thread, repeats); });
    for (int slice = 1; slice < slices; ++slice)
      best = std::min(best, together(threads, [&](std::uint32_t thread) { work(thread, repeats); }));
    return best;
  };
  while (best_seconds(kTries) < kSliceSeconds) repeats *= 2;
  const double best = best_seconds(kSlices);
  return amount * static_cast<double>(repeats) * threads / best;
}

constexpr std::uint64_t kBlock = 512;  // the loops read multiples of it

std::uint64_t whole_blocks(std::uint64_t bytes) { return std::max<std::uint64_t>(bytes / kBlock, 1) * kBlock; }

}  // namespace

Probes::Probes(const ottava_cpu_info& cpu, const std::vector<std::string>& usable_tiers) : cpu_(cpu) {
  for (const std::string& tier : usable_tiers) {
    for (const std::string& name : {tier, tier + "/u8s8s32"}) {
      if (loops_of(name) != nullptr) names_.push_back(name);
    }
  }
}

std::vector<Level> Probes::levels(std::uint32_t threads) const {
  const std::uint64_t n = threads;
  std::vector<Level> levels = {{"L1", cpu_.l1d_bytes * n, whole_blocks(cpu_.l1d_bytes / 2)},
                               {"L2", cpu_.l2_bytes * n, whole_blocks(cpu_.l2_bytes / 2)}};
  std::uint64_t last = cpu_.l2_bytes;
  if (cpu_.l3_bytes > cpu_.l2_bytes * n) {
    last = cpu_.l3_bytes;
    const std::uint64_t some = std::max(cpu_.l3_bytes / 4, 2 * cpu_.l2_bytes * n);
    levels.push_back({"L3", cpu_.l3_bytes, whole_blocks(std::min(some, cpu_.l3_bytes) / n)});
  }
  const std::uint64_t beyond = std::min(std::max<std::uint64_t>(4 * last, 64u << 20), std::uint64_t{512} << 20);
  levels.push_back({"memory", UINT64_MAX, whole_blocks(beyond / n)});
  return levels;
}

double Probes::peak(const std::string& tier, const std::string& kernel, std::uint32_t threads) {
  const std::string operands = tier + "/" + kernel.substr(0, kernel.find('_'));
  return peak(loops_of(operands) != nullptr ? operands : tier, threads);
}

double Probes::peak(const std::string& name, std::uint32_t threads) {
  const ProbeLoops* loops = loops_of(name);
  if (loops == nullptr) return 0;
  double& found = found_[name + "/" + std::to_string(threads)];
  if (found > 0) return found;
  const double amount = 2.0 * static_cast<double>(loops->multiply_add(1));
  return found = best_rate(threads, amount,
                           [loops](std::uint32_t, std::uint64_t repeats) { loops->multiply_add(repeats); });
}

double Probes::read(std::uint64_t bytes, std::uint32_t threads, std::string* level) {
  const std::vector<Level> all = levels(threads);
  const Level& fitting =
      *std::find_if(all.begin(), all.end(), [bytes](const Level& candidate) { return bytes <= candidate.fits; });
  if (level != nullptr) *level = fitting.name;
  double& found = found_[fitting.name + "/" + std::to_string(threads)];
  if (found > 0) return found;
  const auto loop = names_.empty() ? read_words : loops_of(names_[0])->read;
  constexpr std::size_t kLine = 64;
  std::vector<std::unique_ptr<std::uint8_t[]>> memory;
  for (std::uint32_t i = 0; i < threads; ++i) {
    memory.emplace_back(new std::uint8_t[fitting.read + kLine]);
    std::fill_n(memory.back().get(), fitting.read + kLine, std::uint8_t{1});
  }
  for (const Pattern& pattern : kPatterns) {
    // The loops read whole blocks.
    const std::uint64_t streams = std::min(pattern.streams, fitting.read / kBlock);
    const std::uint64_t step = whole_blocks(std::min(fitting.read / streams, pattern.step));
    const std::uint64_t steps = fitting.read / streams / step;  // of a stream
    std::vector<std::uint64_t> at(threads);  // the step that comes next: slices go on where the one before has ended
    const double rate = best_rate(threads, static_cast<double>(step), [&](std::uint32_t i, std::uint64_t repeats) {
      const auto address = reinterpret_cast<std::uintptr_t>(memory[i].get());
      const std::uint8_t* aligned = memory[i].get() + (kLine - address % kLine);
      std::uint64_t next = at[i];
      for (std::uint64_t repeat = 0; repeat < repeats; ++repeat) {
        loop(aligned + (next % streams * steps + next / streams) * step, step);
        if (++next == steps * streams) next = 0;
      }
      at[i] = next;
    });
    found = std::max(found, rate);
  }
  return found;
}

}  // namespace bench
