// What the portable kernels share: one tile of MR x NR over s8 operands, KR depths a step, in plain C++
// that compilers vectorize for the baseline CPU. Accumulators are unsigned: they wrap, as every other
// tier's do, and are exact wherever the sum fits int32.
#ifndef OTTAVA_SRC_KERNELS_GENERIC_TILE_H_
#define OTTAVA_SRC_KERNELS_GENERIC_TILE_H_

#include "kernels/kernel.h"

namespace ottava {
namespace generic {

constexpr size_t kMr = 4;
constexpr size_t kNr = 8;
constexpr size_t kKr = 2;

// acc += one step: lhs holds M rows of kKr values, rhs kNr channels of kKr values.
template <size_t M>
OTTAVA_INLINE void add_step(uint32_t (&acc)[M][kNr], const int8_t (&lhs)[M][kKr], const int8_t* rhs) {
  for (size_t i = 0; i < M; ++i) {
    for (size_t j = 0; j < kNr; ++j) {
      int32_t sum = 0;
      for (size_t k = 0; k < kKr; ++k) sum += lhs[i][k] * rhs[j * kKr + k];
      acc[i][j] += static_cast<uint32_t>(sum);
    }
  }
}

template <size_t M>
OTTAVA_INLINE void store(const uint32_t (&acc)[M][kNr], const TileArgs& args) {
  for (size_t i = 0; i < M; ++i) {
    for (size_t j = 0; j < kNr; ++j) {
      int32_t* to = args.acc + i * kNr + j;
      const uint32_t before = args.accumulate != 0 ? static_cast<uint32_t>(*to) : 0;
      *to = static_cast<int32_t>(before + acc[i][j]);
    }
  }
}

}  // namespace generic
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_GENERIC_TILE_H_
