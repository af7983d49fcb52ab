// The addition of two NHWC tensors of one size, pixel by pixel.
//
//     made   AddProblem -> checked -> Add
//     run    LayerRequest -> runs of pixels, which threads share -> the AddFn of the instruction set
#ifndef OTTAVA_SRC_OPERATORS_ADD_ADD_H_
#define OTTAVA_SRC_OPERATORS_ADD_ADD_H_

#include "base/checked.h"
#include "operators/layer.h"
#include "output/addition_plan.h"
#include "output/stage.h"

namespace ottava {

struct AddProblem {
  int64_t channels = 0;
  Addition addition;
};

struct Add : Layer {
  AddFn add;
  AddParameters parameters;
  Isa isa;
  AddProblem problem;  // as it was asked for: what a packed file says
};

Status validate(const AddProblem& problem, Error* error);

Size add_bytes();

// `memory` holds add_bytes(), aligned to kAlignment, and stays with the layer. The stages are those of `isa`.
const Layer* prepare_add(const AddProblem& problem, const StageTable& stages, Isa isa, uint32_t threads,
                         uint8_t* memory);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_ADD_ADD_H_
