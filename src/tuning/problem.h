// What a line of a tuning is of: a matmul, by what of its descriptor decides about time, and a class of M. A table says
// which choices of a descriptor these are and how a line spells them.
#ifndef OTTAVA_SRC_TUNING_PROBLEM_H_
#define OTTAVA_SRC_TUNING_PROBLEM_H_

#include "base/text.h"
#include "operators/matmul/problem.h"

namespace ottava {

struct ProblemWord {
  const char* name;
  const char* const* values;  // null: the word is a flag, there or not
  uint8_t count;              // of values
  bool always;                // written even where it has its first value
};

enum ProblemWordIndex : size_t {
  kWordLhs,
  kWordRhs,
  kWordDst,
  kWordRule,
  kWordQuantization,
  kWordLhsOrder,
  kWordRhsOrder,
  kWordDstOrder,
  kWordRuntimeRhs,
  kWordRowScales,
  kWordRowZeroPoints,
  kWordRhsZeroPoint,
  kWordUnfitWeights,
  kWordActivation,
  kWordAddition,
  kProblemWords,
};
extern const ProblemWord problem_words[kProblemWords];

struct TunedProblem {
  int64_t most_rows = 0;  // the class of M, a power of two: runs of so many rows, and of fewer
  int64_t n = 0;
  int64_t k = 0;
  uint8_t words[kProblemWords] = {};  // which of the values each has
};

// Of a matmul; its most_rows is 0.
TunedProblem tuned_problem(const MatmulProblem& problem);

// The class of runs of at most so many rows, 1 or more.
int64_t class_of_rows(int64_t rows);

// Whether both are of the same matmul, whatever their class of M.
bool is_same_matmul(const TunedProblem& a, const TunedProblem& b);

// Appends its words as a line begins with them.
void write_problem(const TunedProblem& problem, Text& text);

}  // namespace ottava

#endif  // OTTAVA_SRC_TUNING_PROBLEM_H_
