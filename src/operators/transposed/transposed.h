// Transposed convolution by sub-convolutions, so that nothing is multiplied by the zeros between the pixels of an
// upsampled input. Start reading here, then transposed.cpp.
//
// Tap i of input line l adds to output line l * stride + i * dilation - pad. Seen from output line y, the taps that
// reach it are those with (y + pad - i * dilation) divisible by the stride: lines whose y + pad leave the same
// remainder have the same taps, and are a phase. Within a phase tap i reads line (y + pad - i * dilation) / stride, one
// further for each next line of the phase: a convolution of stride 1. Taps of a phase are step = stride / gcd(stride,
// dilation) apart. Each pair of phases, down and across, that has taps is a contraction of so many positions.
// Remainders that no tap leaves are the output of the bias alone, a contraction without depth; as there may be far more
// of them than phases, neighbouring ones are computed together: see Span.
#ifndef OTTAVA_SRC_OPERATORS_TRANSPOSED_TRANSPOSED_H_
#define OTTAVA_SRC_OPERATORS_TRANSPOSED_TRANSPOSED_H_

#include "base/checked.h"
#include "contraction/prepared.h"
#include "operators/convolution/problem.h"
#include "operators/layer.h"

namespace ottava {

// One direction of the window.
struct PhaseAxis {
  size_t step;    // taps from one of a phase to its next
  size_t phases;  // that have taps: phase f begins with tap f
  // Phases whose next line has no taps: so many from first_open on.
  size_t first_open;
  size_t open;
};

struct TransposedPlan {
  PhaseAxis y;
  PhaseAxis x;
  bool weights_unfit;  // for a kernel that asks something of them
  size_t bytes;        // of all packed contractions
};

struct TransposedProblem : ConvolutionProblem {
  int64_t adjustment_height = 0;
  int64_t adjustment_width = 0;
};

struct Transposed : Layer {
  int64_t adjustment_height;
  int64_t adjustment_width;
  PhaseAxis y;
  PhaseAxis x;
  const PreparedContraction* contractions;  // of each group: its phases, y by x, and one without depth
  size_t groups;
  size_t depth;               // bytes of an input pixel that belong to a group
  size_t channels;            // of output of a group
  TransposedProblem problem;  // as it was asked for: what a packed file says
};

Status plan_transposed(const TransposedProblem& problem, const Machine& machine, const Choice& choice, uint32_t threads,
                       TransposedPlan* plan, Error* error);

// After the weights have been looked at.
Status settle_transposed(const TransposedProblem& problem, const ConvolutionConstants& constants,
                         const Machine& machine, const Choice& choice, TransposedPlan* plan, Error* error);

// What the numbers alone can show.
Status validate(const TransposedProblem& problem, Error* error);

PhaseAxis phases_of(const WindowAxis& axis);
inline size_t contractions_of_group(const PhaseAxis& y, const PhaseAxis& x) { return y.phases * x.phases + 1; }

// The contraction of a pair of phases; behind the last pair the one without depth.
Contraction contraction_of_phase(const TransposedProblem& problem, const TransposedPlan& plan, size_t number);

Size transposed_bytes(const TransposedProblem& problem, const TransposedPlan& plan);

// `memory` holds transposed_bytes(problem, plan), aligned to kAlignment, and stays with the layer.
const Layer* prepare_transposed(const TransposedPlan& plan, const TransposedProblem& problem,
                                const ConvolutionConstants& constants, const Machine& machine, const Choice& choice,
                                uint32_t threads, uint8_t* memory);

// But for arrays and weights, which lie behind it, or elsewhere.
Size transposed_bytes_alone(const TransposedProblem& problem, const TransposedPlan& plan);
PreparedContraction* phases_in(uint8_t* memory);  // of the layer in it
// All but the contractions, which are ready.
const Layer* finish_transposed(const TransposedPlan& plan, const TransposedProblem& problem, uint32_t threads,
                               uint8_t* memory);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_TRANSPOSED_TRANSPOSED_H_
