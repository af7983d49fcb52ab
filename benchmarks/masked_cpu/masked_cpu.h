// The program on a CPU that shows nothing beyond a lower tier, to it and to all libraries that it uses.
#ifndef OTTAVA_BENCHMARKS_MASKED_CPU_MASKED_CPU_H_
#define OTTAVA_BENCHMARKS_MASKED_CPU_MASKED_CPU_H_

#include <string>

namespace bench {

// Starts the program again, with the same arguments, on a CPU masked as `tier`; does nothing where it is so already.
// Ends the program with a reason where that cannot be had.
void mask_cpu(const std::string& tier, char** arguments);

// What the CPU is masked as, to follow its name: ", as x86_avx2"; nothing if it is not.
std::string as_masked();

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_MASKED_CPU_MASKED_CPU_H_
