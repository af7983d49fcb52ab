// What kernels ask of the weights, looked up in the weights when an operator is created.
#ifndef OTTAVA_SRC_CONTRACTION_WEIGHTS_H_
#define OTTAVA_SRC_CONTRACTION_WEIGHTS_H_

#include "contraction/contraction.h"
#include "kernels/kernel.h"

namespace ottava {

// Whether `kernel`, chosen before anybody looked at the weights, does not take these; the zero points that stand where
// a channel has none count among them.
bool weights_rule_out(const Kernel& kernel, const Contraction& problem, const Constants& constants);

// Why `kernel` declines such weights, those that are known at run time alone, and why it was chosen; null where it
// takes all.
struct WeightsWords {
  const char* unfit;
  const char* unknown;
  const char* fit;
};
WeightsWords words_of(Weights weights);

}  // namespace ottava

#endif  // OTTAVA_SRC_CONTRACTION_WEIGHTS_H_
