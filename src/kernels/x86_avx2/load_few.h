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

// The last bytes of rows of so many, those behind their last 16 or a multiple of them: zeros fill the vector. Of rows
// that have 16, these are loaded up to the end of the row, and moved to where they belong.
class LoadLastFew {
 public:
  explicit OTTAVA_INLINE LoadLastFew(size_t depth)
      : depth_(depth), order_(load_whole(kOrder + kBytes - depth % kBytes)) {}
  OTTAVA_INLINE __m128i of(const uint8_t* row) const {
    if (depth_ < kBytes) return load_few(row, depth_);
    return _mm_shuffle_epi8(load_whole(row + depth_ - kBytes), order_);
  }

 private:
  static constexpr size_t kBytes = 16;
  // From 16 - n on: the last n bytes first, then zeros.
  static constexpr uint8_t kOrder[2 * kBytes] = {0,    1,    2,    3,    4,    5,    6,    7,    8,    9,    10,
                                                 11,   12,   13,   14,   15,   0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
                                                 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80};
  static OTTAVA_INLINE __m128i load_whole(const uint8_t* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  }

  size_t depth_;
  __m128i order_;
};

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_X86_AVX2_LOAD_FEW_H_
