// Registers benchmarks.
#include "registration.h"

#include <regex>
#include <utility>

namespace bench {
namespace {

bool all_counters = false;

}  // namespace

// As Google Benchmark reads its filter.
bool chosen(const std::string& name) {
  std::string filter = benchmark::GetBenchmarkFilter();
  const bool negative = !filter.empty() && filter[0] == '-';
  if (negative) filter.erase(0, 1);
  if (filter == "all") filter = ".";
  return std::regex_search(name, std::regex(filter, std::regex::extended)) != negative;
}

void set_all_counters() { all_counters = true; }

void register_reported(const std::string& name, std::function<void(benchmark::State&)> report) {
  auto* timed = benchmark::RegisterBenchmark(name.c_str(), [report = std::move(report)](benchmark::State& state) {
    if (all_counters) {
      for (const char* counter : {"GOPS", "peak", "weights_B/s", "read", "read_B/s", "wrong", "ratio", "ns_per_row"})
        state.counters[counter] = 0;
    }
    report(state);
  });
  timed->UseManualTime();
  timed->Iterations(1);
  timed->Unit(benchmark::kMicrosecond);
}

}  // namespace bench
