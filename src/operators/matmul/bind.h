// From a packed file to a bound matmul (bound.h): on the machine that writes programs, not on the one that runs them.
#ifndef OTTAVA_SRC_OPERATORS_MATMUL_BIND_H_
#define OTTAVA_SRC_OPERATORS_MATMUL_BIND_H_

#include "operators/matmul/bound.h"
#include "operators/matmul/packed.h"

namespace ottava {

struct Binding {
  const char* kernel;  // of the part
  const char* stage;
  BoundMatmul op;  // its part null, its arrays in the file
};

// Refuses what a bound matmul cannot do, and kernels that have no part.
Status bind(const StoredMatmul& stored, Binding* binding, Error* error);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_MATMUL_BIND_H_
