// `ottava bench`: how fast products run here, and how far that is from the limit and from what was predicted.
#ifndef OTTAVA_CAPI_TOOLS_BENCH_H_
#define OTTAVA_CAPI_TOOLS_BENCH_H_

#include "machine.h"
#include "operands.h"

namespace ottava::tools {

struct BenchOptions {
  std::vector<std::string> shapes;
  std::string file;    // of shapes, or empty
  double seconds = 0;  // in all; 0: a quarter of a second for each shape
  OperandOptions operands;
  MachineOptions machine;
  KnobOptions knobs;
  TuningOptions tuning;
  bool kernels = false;  // each that takes the shape
  bool json = false;
};

// Throws Misused and Refused.
void bench(const BenchOptions& options);

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_BENCH_H_
