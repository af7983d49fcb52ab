// Loops that are unrolled before any optimization: `unroll<N>(body)` calls body(Index<0>{}) to
// body(Index<N - 1>{}). Arrays of accumulators indexed that way become registers from the first pass on;
// a loop that the compiler unrolls late can leave them in memory.
//
// Only for bodies that are lambdas of a function in an anonymous namespace: the instantiation then has
// internal linkage, and files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_UNROLL_H_
#define OTTAVA_SRC_KERNELS_UNROLL_H_

#include "base/platform.h"

namespace ottava {

template <size_t I>
struct Index {
  static constexpr size_t value = I;
  OTTAVA_INLINE constexpr operator size_t() const { return I; }
};

template <size_t N, size_t I = 0, class Body>
OTTAVA_INLINE constexpr void unroll(Body body) {
  if constexpr (I < N) {
    body(Index<I>{});
    unroll<N, I + 1>(body);
  }
}

// Hides a bound from the compiler, which would unroll a loop of so few rounds and add up their sums before it adds them
// to the accumulators: more values than there are registers.
OTTAVA_INLINE void keep_loop(size_t* end) { __asm__("" : "+r"(*end)); }

// Hides a value likewise, and keeps what is made of it inside the loop: what few rounds want is not made before, where
// it would take a register in all of them.
OTTAVA_INLINE void keep_inside(size_t* value) { __asm__ volatile("" : "+r"(*value)); }

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_UNROLL_H_
