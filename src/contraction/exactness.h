// The proof that an int32 accumulator cannot overflow: from K, the types, the zero points and the bias, and where those
// do not show it, from the weights of each channel.
//
// Where rows have zero points of their own, each row has one, z, anywhere in the range [min, max] of the lhs type: its
// elements contribute min - z to max - z to a product, never both signs at full length. For given signs of the weights
// what a row can reach, upwards or downwards, is a sum of multiples of these two ends, so linear in z, and greatest at
// z = min or z = max. (Bounds from types are the larger of two such sums.) What neither of these two z can overflow no
// z can, and both are zero points that a row may have.
#ifndef OTTAVA_SRC_CONTRACTION_EXACTNESS_H_
#define OTTAVA_SRC_CONTRACTION_EXACTNESS_H_

#include "base/status.h"
#include "contraction/contraction.h"

namespace ottava {

// Largest K for which no accumulator can leave int32, bias apart; of all channels the smallest.
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
