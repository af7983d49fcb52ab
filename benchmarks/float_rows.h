// float/<tier>/<f32|s8|rows|peer>/<shape>: a lhs of floats, quantized row by row on the way.
#ifndef OTTAVA_BENCHMARKS_FLOAT_ROWS_H_
#define OTTAVA_BENCHMARKS_FLOAT_ROWS_H_

#include "options.h"
#include "registration.h"
#include "shapes.h"

namespace bench {

// Registers the matmul of the shape with a float lhs, to f32 and to s8, the quantization of its rows alone, and another
// library's matmul to f32.
void register_float_rows(const Shape& shape, const Tier& tier, const Options& options);

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_FLOAT_ROWS_H_
