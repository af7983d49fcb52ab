// What the detection of every architecture shares. Private to src/cpu.
#ifndef OTTAVA_SRC_CPU_DETECT_FINISH_H_
#define OTTAVA_SRC_CPU_DETECT_FINISH_H_

#include "cpu/detect.h"

namespace ottava {

// A machine without features, with cores, caches and name from `topology`, or safe assumptions.
Machine machine_from(Architecture architecture, const RawTopology& topology);

// Replaces the name by `words` (up to `length` of them, up to a NUL), reduced to printable characters
// with single spaces between words; leaves it alone where nothing remains.
void set_name(const char* words, size_t length, Machine* machine);

}  // namespace ottava

#endif  // OTTAVA_SRC_CPU_DETECT_FINISH_H_
