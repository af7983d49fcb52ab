// The proof that an int32 accumulator cannot overflow: from K, the types, the zero points and the bias, and where those
// do not show it, from the weights of each channel.
#ifndef OTTAVA_SRC_CONTRACTION_EXACTNESS_H_
#define OTTAVA_SRC_CONTRACTION_EXACTNESS_H_

#include "base/status.h"
#include "contraction/contraction.h"

namespace ottava {

// Bounds of what the lhs contributes to a product: element minus zero point. least <= 0 <= most.
struct LhsSpan {
  int32_t least;
  int32_t most;
};
LhsSpan lhs_span(const Contraction& problem);

// Largest sums that one depth can add to an accumulator, from the ranges of the types around their zero
// points.
struct ProductBounds {
  uint64_t positive;
  uint64_t negative;  // magnitude
};
ProductBounds product_bounds(LhsSpan lhs, Type rhs_type, int32_t rhs_zero_point);

// Largest K for which no accumulator can leave int32, bias apart; of all channels the smallest.
uint64_t max_exact_depth(ProductBounds bounds);
uint64_t max_exact_depth(const Contraction& problem, const Constants& constants);

// Values are those of the public header.
enum class Exact : uint32_t { by_types = 1, by_weights = 2, may_wrap = 3 };
struct Exactness {
  Exact kind;
  uint64_t wrapping_channels;  // 0 unless may_wrap
};

// Refuses a problem whose accumulator could overflow, unless that is allowed. Only after validate().
Status prove_exactness(const Contraction& problem, const Constants& constants, Exactness* exactness, Error* error);

// How many channels differ in their constants: all where there is an array, one where there is none, so that an absurd
// N without arrays costs nothing.
size_t distinct_channels(const Contraction& problem, const Constants& constants);

}  // namespace ottava

#endif  // OTTAVA_SRC_CONTRACTION_EXACTNESS_H_
