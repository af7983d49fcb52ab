// A tuning: for one machine and one table of kernels, the knobs of those matmuls that were measured. Looked up when an
// operator is planned. src/tuning/text.h writes and reads it; capi/tune.cpp measures.
#ifndef OTTAVA_SRC_TUNING_TUNING_H_
#define OTTAVA_SRC_TUNING_TUNING_H_

#include "contraction/knobs.h"
#include "contraction/route.h"
#include "tuning/problem.h"

namespace ottava {

// What a tuning holds for, one text for each line that names it.
struct TuningLine {
  const char* name;
  const char* characters;  // that its value is made of; null: any that can be printed
};
constexpr size_t kKeyLines = 7;
extern const TuningLine key_lines[kKeyLines];

struct TuningKey {
  char values[kKeyLines][104];
};
// `library`: the version as 0x00aabbcc.
TuningKey make_key(const Machine& machine, const Choice& choice, uint32_t threads, uint32_t library);

// Appends what `other` has otherwise; nothing if the two are the same.
void explain_difference(const TuningKey& key, const TuningKey& other, Text& words);

struct TunedLine {
  TunedProblem problem;
  Knobs knobs;
  char kernel[64] = {};              // the name of knobs.kernel, which is null if this build has none of that name
  uint64_t default_picoseconds = 0;  // of a run: the geometric mean over the numbers of rows that were measured
  uint64_t tuned_picoseconds = 0;
  uint64_t noise_millionths = 0;
  uint32_t turns = 0;

  bool has_knobs() const;
  bool has_knobs_of(const TunedLine& other) const;
  void drop_knobs();
};

// More than any program has matmuls; lines are compared with each other.
constexpr uint32_t kMostTunedLines = 16384;

struct TunedLines {
  TuningKey key;
  TunedLine* lines;
  uint32_t count;
};

// The line of the same problem and class of M, or null.
TunedLine* line_of(const TunedLines& tuning, const TunedProblem& problem);

// Puts a line behind the others, for which there is room; or in the place of one of the same problem that was measured
// for fewer turns.
void add_line(const TunedLine& line, TunedLines* tuning);

// Whether there are knobs for a matmul: fills in those that are not set in *knobs.
bool find_tuned(const TunedLines& tuning, const MatmulProblem& problem, Knobs* knobs);

}  // namespace ottava

#endif  // OTTAVA_SRC_TUNING_TUNING_H_
