// A tuning as text. A first line names the format, then a line stands for each part of the key and one for the number
// of problems, then one line for each problem:
//
//     ottava-tuning 1
//     library=0.1.0
//     ...
//     problems=1
//     m=8 n=1536 k=64 lhs=s8 rhs=s8 dst=s8 rule=fixed_two_roundings small_m_rows=16 default=9100.000ns ...
//
// There is one text for a tuning and no other: words stand in one order, and what has its usual value is left out. So
// whatever is read is written again byte by byte, and what has been damaged or cut off does not pass for another.
#ifndef OTTAVA_SRC_TUNING_TEXT_H_
#define OTTAVA_SRC_TUNING_TEXT_H_

#include "tuning/tuning.h"

namespace ottava {

// Returns the bytes of the text and of a 0 behind it. Writes as many as fit, then the 0.
uint64_t write_tuning(const TunedLines& tuning, char* text, uint64_t bytes);

// What stands before the problems.
struct TuningHead {
  TuningKey key;
  uint32_t problems;
  uint64_t bytes;  // of it
};
Status read_head(const char* text, uint64_t bytes, TuningHead* head, Error* error);

// The rest, into *tuning, which has room for so many lines. Kernels are looked for by name.
Status read_lines(const char* text, uint64_t bytes, const TuningHead& head, const KernelList& kernels,
                  TunedLines* tuning, Error* error);

}  // namespace ottava

#endif  // OTTAVA_SRC_TUNING_TEXT_H_
