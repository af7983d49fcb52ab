// Which kernel ran how often, by test case: told by the library itself at each run. The linker puts these counting
// functions (--wrap) before those of the library.
#ifndef OTTAVA_TESTS_FIRMWARE_SWEEP_RUNS_H_
#define OTTAVA_TESTS_FIRMWARE_SWEEP_RUNS_H_

#include <map>
#include <string>

namespace ottava {

// Kernel, or function of a tensor -> runs, since the last call.
std::map<std::string, unsigned long> take_runs();

}  // namespace ottava

#endif  // OTTAVA_TESTS_FIRMWARE_SWEEP_RUNS_H_
