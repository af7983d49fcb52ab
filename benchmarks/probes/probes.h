// The limits of this machine, found in the same run as the figures that are compared with them: the peak rate of
// multiply-adds of a tier, and the rate of reading from each level of memory.
#ifndef OTTAVA_BENCHMARKS_PROBES_PROBES_H_
#define OTTAVA_BENCHMARKS_PROBES_PROBES_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "ottava/ottava.h"

namespace bench {

// A level of memory that can be read from.
struct Level {
  std::string name;    // L1, L2, L3, memory
  std::uint64_t fits;  // what fits in it, of all threads together
  std::uint64_t read;  // how much of it the probe reads, each thread
};

class Probes {
 public:
  Probes(const ottava_cpu_info& cpu, const std::vector<std::string>& usable_tiers);

  // What has a probe of its peak: tiers, and those operands of one that an instruction of their own multiplies.
  const std::vector<std::string>& names() const { return names_; }
  std::vector<Level> levels(std::uint32_t threads) const;

  // Operations per second, two for a multiply-add, of so many threads at once; 0 for what has no probe. Measured when
  // first asked for. Of a kernel of a tier, or by name.
  double peak(const std::string& tier, const std::string& kernel, std::uint32_t threads);
  double peak(const std::string& name, std::uint32_t threads);
  // Bytes per second from the level that `bytes` fit in, and the level's name.
  double read(std::uint64_t bytes, std::uint32_t threads, std::string* level = nullptr);

 private:
  ottava_cpu_info cpu_;
  std::vector<std::string> names_;  // best first
  std::map<std::string, double> found_;
};

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_PROBES_PROBES_H_
