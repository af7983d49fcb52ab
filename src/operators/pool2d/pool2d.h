// Pooling: what the pixels of a window have for maximum or average, for each channel by itself. Start reading here,
// then pool2d.cpp, then kernels/pooling.h.
//
//     made   Pool2dProblem -> checked -> Pool2d
//     run    LayerRequest -> lines of output, which threads share -> pixels with the same taps -> the kernel
#ifndef OTTAVA_SRC_OPERATORS_POOL2D_POOL2D_H_
#define OTTAVA_SRC_OPERATORS_POOL2D_POOL2D_H_

#include "base/checked.h"
#include "contraction/route.h"
#include "kernels/pooling.h"
#include "operators/layer.h"
#include "output/output_plan.h"

namespace ottava {

// Values are those of the public header.
enum class PoolKind : uint32_t { max = 0, average = 1, average_rescaled = 2 };

struct Pool2dProblem {
  int64_t channels = 0;
  Window window;
  bool global = false;  // the window is the whole input
  PoolKind kind = PoolKind::max;
  Type type = Type::s8;
  int32_t zero_point = 0;
  float scale = 1.0f;
  Output output;  // but for a rescaled average, that of the input with a clamp
};

struct Pool2d : Layer {
  Pool2dProblem problem;
  OutputPlan output;
  const PoolingKernel* kernel;
  PoolingFn pooling;  // of that kernel
};

// What the numbers alone can show. What is chosen from a list holds known values already, and so does the window.
Status validate(const Pool2dProblem& problem, Error* error);

Size pool2d_bytes();

// The first of the list that may run.
const PoolingKernel& pooling_kernel(const Machine& machine, const Choice& choice);

// `memory` holds pool2d_bytes(), aligned to kAlignment, and stays with the layer.
const Layer* prepare_pool2d(const Pool2dProblem& problem, const StageTable& stages, const PoolingKernel& kernel,
                            uint32_t threads, uint8_t* memory);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_POOL2D_POOL2D_H_
