// What kernels ask of the weights, looked up in the weights when an operator is created.
#ifndef OTTAVA_SRC_CONTRACTION_WEIGHTS_H_
#define OTTAVA_SRC_CONTRACTION_WEIGHTS_H_

#include "contraction/contraction.h"
#include "kernels/kernel.h"

namespace ottava {

// Whether `kernel`, chosen before anybody looked at the weights, does not take these; the zero points that stand where
// a channel has none count among them.
bool weights_rule_out(const Kernel& kernel, const Contraction& problem, const Constants& constants);

// Whether two canonical weights of a channel, at depths 2 i and 2 i + 1 of a position, are as a kernel wants them; a
// depth without a partner has a weight of 0 beside it.
bool pair_fits(Weights wants, int16_t first, int16_t second);

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
