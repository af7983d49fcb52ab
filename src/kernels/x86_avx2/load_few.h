// The end of a row that is read in place, or a short row: a vector of which memory has only the first bytes.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_X86_AVX2_LOAD_FEW_H_
#define OTTAVA_SRC_KERNELS_X86_AVX2_LOAD_FEW_H_

#include <immintrin.h>

#include "base/platform.h"

namespace ottava {
namespace {

// n bytes, 0 to 15: zeros fill the vector, and nothing behind them is read.
OTTAVA_INLINE __m128i load_few(const uint8_t* from, size_t n) {
  uint64_t low = 0, high = 0;
  if (n >= 8) {
    __builtin_memcpy(&low, from, 8);
    __builtin_memcpy(&high, from + n - 8, 8);
    high = n == 8 ? 0 : high >> 8 * (16 - n);
  } else if (n >= 4) {
    uint32_t first, last;
    __builtin_memcpy(&first, from, 4);
    __builtin_memcpy(&last, from + n - 4, 4);
    low = first | uint64_t{last} << 8 * (n - 4);
  } else if (n != 0) {
    low = uint64_t{from[0]} | uint64_t{from[n / 2]} << 8 * (n / 2) | uint64_t{from[n - 1]} << 8 * (n - 1);
  }
  return _mm_set_epi64x(static_cast<int64_t>(high), static_cast<int64_t>(low));
}

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_X86_AVX2_LOAD_FEW_H_
