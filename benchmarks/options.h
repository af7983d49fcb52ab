// The options of ottava_bench beside those of Google Benchmark.
#ifndef OTTAVA_BENCHMARKS_OPTIONS_H_
#define OTTAVA_BENCHMARKS_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "ottava/ottava.h"

namespace bench {

struct Options {
  std::vector<std::string> shapes;     // as usage() has them; networks if none is given
  std::vector<std::string> networks;   // files; none: shapes
  std::vector<std::string> tiers;      // by name; all usable ones if none is given
  std::string cpu;                     // the tier that the CPU is masked as; none if empty
  std::vector<std::uint32_t> threads;  // counts; 1 if none is given
  std::uint32_t rule = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN;
  std::string rule_name = "float_nearest_even";
  int turns = 101;
  bool best = false;  // the best slice instead of the median
  bool help = false;
};

// Takes its options out of the arguments.
Options take_options(int* argc, char** argv);

const char* usage();

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_OPTIONS_H_
