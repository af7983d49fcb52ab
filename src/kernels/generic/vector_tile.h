// The accumulators of the portable kernels in vectors of 128 bits: one step at a time, row by row.
//
// A step is two depths. With a0, a1 of one row in every lane and b0, b1 of channel j in lane j,
//
//     t = a0 * b0 + a1 * b1     -32512 <= t <= 32768
//
// in lanes of 16 bits. 32768, where all four are -128, is the one sum that int16 does not hold, so a bias
// goes with it: t - 1 always fits int16, t + 32767 always fits uint16. Odd channels take the first, even
// channels the second. Two neighbours are then one lane of 32 bits with the value
//
//     (t_odd - 1) * 2^16 + (t_even + 32767)
//
// whose arithmetic shift by 16 is t_odd - 1. Summing both the lane and its shift, modulo 2^32, needs no
// unpacking to 32 bits inside the loop and loses nothing: store() takes the pairs apart.
//
// Registers: two accumulators a row, b0 and b1, the bias, products. Two multiplications of 8 lanes, two
// additions of 8 and two of 4, and one shift per 16 MAC; every baseline multiplies lanes of 16 bits fast.
#ifndef OTTAVA_SRC_KERNELS_GENERIC_VECTOR_TILE_H_
#define OTTAVA_SRC_KERNELS_GENERIC_VECTOR_TILE_H_

#include "kernels/generic/tile.h"
#include "kernels/unroll.h"

namespace ottava {
namespace generic {
namespace {

// Unsigned lanes wrap; the signed ones are there to be shifted arithmetically.
using U8x16 = uint8_t __attribute__((vector_size(16)));
using U16x8 = uint16_t __attribute__((vector_size(16)));
using S16x8 = int16_t __attribute__((vector_size(16)));
using U32x4 = uint32_t __attribute__((vector_size(16)));
using S32x4 = int32_t __attribute__((vector_size(16)));
using U64x2 = uint64_t __attribute__((vector_size(16)));

OTTAVA_INLINE U16x8 shift_right_signed(U16x8 lanes, int bits) {
  return reinterpret_cast<U16x8>(reinterpret_cast<S16x8>(lanes) >> bits);
}

// 8 values of s8, widened.
OTTAVA_INLINE U16x8 load_widened(const void* from) {
  uint64_t bytes;
  __builtin_memcpy(&bytes, from, sizeof bytes);
  const U8x16 once = reinterpret_cast<U8x16>(U64x2{bytes, 0});
  const U8x16 twice = __builtin_shufflevector(once, once, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
  return shift_right_signed(reinterpret_cast<U16x8>(twice), 8);
}

// Lane kLane in every lane.
template <int kLane>
OTTAVA_INLINE U16x8 broadcast(U16x8 v) {
  return __builtin_shufflevector(v, v, kLane, kLane, kLane, kLane, kLane, kLane, kLane, kLane);
}

// One step of the rhs: lane j of depth[k] is depth k of channel j.
struct RhsStep {
  U16x8 depth[kKr];
};

OTTAVA_INLINE RhsStep load_rhs(const int8_t* from) {
  U16x8 pairs;
  __builtin_memcpy(&pairs, from, sizeof pairs);
  return {{shift_right_signed(pairs << 8, 8), shift_right_signed(pairs, 8)}};
}

template <size_t M>
struct VectorSums {
  U32x4 pairs[M] = {};
  U32x4 odd[M] = {};

  // a0 and a1 hold a depth of the row in every lane.
  OTTAVA_INLINE void add(size_t row, U16x8 a0, U16x8 a1, const RhsStep& rhs) {
    const U16x8 bias = {32767, 65535, 32767, 65535, 32767, 65535, 32767, 65535};
    const U16x8 sum = a0 * rhs.depth[0] + a1 * rhs.depth[1] + bias;
    pairs[row] += reinterpret_cast<U32x4>(sum);
    odd[row] += reinterpret_cast<U32x4>(reinterpret_cast<S32x4>(sum) >> 16);
  }

  // Writes the tile after so many steps.
  OTTAVA_INLINE void store(uint32_t steps, const TileArgs& args) const {
    unroll<M>([&](auto row) OTTAVA_INLINE_LAMBDA {
      const U32x4 even_sums = pairs[row] - (odd[row] << 16) - 32767 * steps;
      const U32x4 odd_sums = odd[row] + steps;
      U32x4 sums[2] = {__builtin_shufflevector(even_sums, odd_sums, 0, 4, 1, 5),
                       __builtin_shufflevector(even_sums, odd_sums, 2, 6, 3, 7)};
      int32_t* to = args.acc + row * kNr;
      if (args.accumulate != 0) {
        U32x4 before[2];
        __builtin_memcpy(before, to, sizeof before);
        sums[0] += before[0];
        sums[1] += before[1];
      }
      __builtin_memcpy(to, sums, sizeof sums);
    });
  }
};

// Tile::run<M>(args) multiplies M rows.
template <class Tile>
void run_tile(const TileArgs* args) {
  switch (args->m) {
    case 1: return Tile::template run<1>(*args);
    case 2: return Tile::template run<2>(*args);
    case 3: return Tile::template run<3>(*args);
    default: return Tile::template run<4>(*args);
  }
}

}  // namespace
}  // namespace generic
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_GENERIC_VECTOR_TILE_H_
