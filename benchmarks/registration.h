// What the benchmarks that compare share when they are registered with Google Benchmark.
#ifndef OTTAVA_BENCHMARKS_REGISTRATION_H_
#define OTTAVA_BENCHMARKS_REGISTRATION_H_

#include <benchmark/benchmark.h>

#include <cstdint>
#include <functional>
#include <string>

namespace bench {

struct Tier {
  std::string name;
  std::uint32_t value;
};

// Whether Google Benchmark's filter lets the name pass.
bool chosen(const std::string& name);

inline std::string threads_suffix(std::uint32_t threads) {
  return threads == 1 ? "" : "/threads:" + std::to_string(threads);
}

// Google Benchmark's CSV has the columns of the first benchmark and ends the program at any other: give all to each.
void set_all_counters();

// A benchmark whose time is known already, or found by `report`.
void register_reported(const std::string& name, std::function<void(benchmark::State&)> report);

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_REGISTRATION_H_
