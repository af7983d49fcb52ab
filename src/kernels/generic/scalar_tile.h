// The portable kernels on CPUs without vectors, microcontrollers above all: the tile is cut into blocks
// of 2 x 2, or 1 x 4 where one row is left, and each runs through all depths. Its four accumulators, the
// pointers and the values of a depth fit the 13 registers of a 32-bit Arm; a whole tile would not.
#ifndef OTTAVA_SRC_KERNELS_GENERIC_SCALAR_TILE_H_
#define OTTAVA_SRC_KERNELS_GENERIC_SCALAR_TILE_H_

#include "kernels/generic/tile.h"
#include "kernels/unroll.h"

namespace ottava {
namespace generic {
namespace {

// Emits nothing. GCC would first add up the products of a step, which takes more registers and one
// addition more than multiplying into the sum; it cannot where the sum is used in between.
OTTAVA_INLINE void add_now(uint32_t& sum) {
#if defined(__GNUC__)
  __asm__("" : "+r"(sum));
#else
  static_cast<void>(sum);
#endif
}

// R rows by C channels. Unrolled by hand: firmware is compiled for size, and an array under a loop that
// stays one lies in memory.
template <size_t R, size_t C>
struct ScalarSums {
  uint32_t sums[R * C] = {};

  // Adds the first kDepths of the step that row[i] and rhs point to; `flip` is that of a raw byte.
  template <size_t kDepths>
  OTTAVA_INLINE void add(const int8_t* const (&row)[R], const int8_t* rhs, int32_t flip) {
    unroll<kDepths>([&](auto k) OTTAVA_INLINE_LAMBDA {
      int32_t a[R];
      unroll<R>([&](auto i) OTTAVA_INLINE_LAMBDA { a[i] = row[i][k] ^ flip; });
      unroll<C>([&](auto j) OTTAVA_INLINE_LAMBDA {
        const int32_t b = rhs[j * kKr + k];
        unroll<R>([&](auto i) OTTAVA_INLINE_LAMBDA {
          sums[i * C + j] += static_cast<uint32_t>(a[i] * b);
          add_now(sums[i * C + j]);
        });
      });
    });
  }

  // Adds so many steps of rows whose steps lie kLhsStep bytes apart, and moves on in both operands.
  template <size_t kLhsStep>
  OTTAVA_INLINE void add_steps(size_t steps, const int8_t* (&row)[R], const int8_t*& rhs, int32_t flip) {
    for (; steps != 0; --steps, rhs += kRhsStep) {
      add<kKr>(row, rhs, flip);
      unroll<R>([&](auto i) OTTAVA_INLINE_LAMBDA { row[i] += kLhsStep; });
    }
  }

  // Writes the block, whose place in the tile is `to`.
  OTTAVA_INLINE void store(int32_t* to, bool accumulate) const {
    unroll<R * C>([&](auto at) OTTAVA_INLINE_LAMBDA {
      int32_t& acc = to[at / C * kNr + at % C];
      acc = static_cast<int32_t>((accumulate ? static_cast<uint32_t>(acc) : 0) + sums[at]);
    });
  }
};

// Tile::run<R, C>(args, row, channel) multiplies a block of the valid part of the tile.
template <class Tile>
void run_tile(const TileArgs* args) {
  size_t i = 0;
  for (; i + 2 <= args->m; i += 2) {
    for (size_t j = 0; j < args->n; j += 2) Tile::template run<2, 2>(*args, i, j);
  }
  if (i < args->m) {
    for (size_t j = 0; j < args->n; j += 4) Tile::template run<1, 4>(*args, i, j);
  }
}

}  // namespace
}  // namespace generic
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_GENERIC_SCALAR_TILE_H_
