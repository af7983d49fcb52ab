// The convolution of NHWC images: a contraction of as many positions as the kernel has taps, or several of them side by
// side where there are groups. Start reading here, then conv2d.cpp.
//
//     made   ConvolutionProblem -> checked -> Conv2dPlan -> Conv2d
//     run    LayerRequest -> a RunRequest for each contraction -> the engine
//
// Where the depths of a row and tap lie (the way is chosen when the layer is made):
//   strides    one tap, stride 1, no padding: pixels are rows
//   table      pointers to pixels, made for a tile of rows at a time (conv2d/rows.h)
//   assembled  few channels, so that the depth of a tap, rounded up to what a kernel takes at a time, would be mostly
//              zeros: the taps of a row are copied side by side, and the whole is one position
//
// Groups of few channels: as many as fill the panel of a kernel are one contraction, whose weights are zero points but
// where a channel meets its own group. A tile that held one group alone would multiply as many columns of nothing.
#ifndef OTTAVA_SRC_OPERATORS_CONV2D_CONV2D_H_
#define OTTAVA_SRC_OPERATORS_CONV2D_CONV2D_H_

#include "base/checked.h"
#include "contraction/prepared.h"
#include "contraction/repack.h"
#include "operators/convolution/problem.h"
#include "operators/layer.h"

namespace ottava {

// How the convolution is cut into contractions.
struct Conv2dSplit {
  RowsFrom rows_from;
  size_t count;      // contractions
  size_t merged;     // groups in each
  size_t row_depth;  // bytes of an assembled row: its taps, and zeros up to whole vectors where these are few; else 0
};

struct Conv2dPlan : Conv2dSplit {
  ContractionPlan contraction;  // of each
};

struct Conv2d : Layer, Conv2dSplit {
  const PreparedContraction* contractions;
  size_t depth;                // bytes of input pixels that belong to a contraction
  size_t channels;             // of output of a contraction
  uint8_t padding;             // the raw zero point of the input
  ConvolutionProblem problem;  // as it was asked for: what a packed file says
};

Status plan_conv2d(const ConvolutionProblem& problem, const Machine& machine, const Choice& choice, uint32_t threads,
                   Conv2dPlan* plan, Error* error);

// After the weights have been looked at: may choose another kernel for the same sizes.
Status settle_conv2d(const ConvolutionProblem& problem, const ConvolutionConstants& constants, const Machine& machine,
                     const Choice& choice, uint32_t threads, Conv2dPlan* plan, Error* error);

// Of one of the contractions, and where it has its weights.
Contraction contraction_of(const ConvolutionProblem& problem, const Conv2dSplit& split);
WeightRuns weight_runs_of(const ConvolutionProblem& problem, const Conv2dSplit& split);

// Whether rows may be read and channels shared out like this, whoever decided it.
bool may_be_split(const ConvolutionProblem& problem, const Conv2dSplit& split);

// The contraction of a plan that is split already.
Status plan_split(const ConvolutionProblem& problem, bool weights_unfit, const Machine& machine, const Choice& choice,
                  uint32_t threads, Conv2dPlan* plan, Error* error);

Size conv2d_bytes(const Conv2dPlan& plan);
// But for arrays and weights, which lie behind it, or elsewhere.
Size conv2d_bytes_alone(const Conv2dSplit& split);
PreparedContraction* contractions_of(uint8_t* memory);  // of the layer in it
// All but the contractions, which are ready.
const Layer* finish_conv2d(const Conv2dPlan& plan, const ConvolutionProblem& problem, uint8_t* memory);

// `memory` holds conv2d_bytes(plan), aligned to kAlignment, and stays with the layer.
const Layer* prepare_conv2d(const Conv2dPlan& plan, const ConvolutionProblem& problem,
                            const ConvolutionConstants& constants, uint8_t* memory);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_CONV2D_CONV2D_H_
