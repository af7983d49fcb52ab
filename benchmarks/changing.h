// changing/<tier>/<exact|largest>/<shape>: a rhs that each run brings.
#ifndef OTTAVA_BENCHMARKS_CHANGING_H_
#define OTTAVA_BENCHMARKS_CHANGING_H_

#include "options.h"
#include "registration.h"
#include "shapes.h"

namespace bench {

// Registers runs of the shape, by an operator that was made for it and by one of larger sizes.
void register_changing(const Shape& shape, const Tier& tier, const Options& options);

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_CHANGING_H_
