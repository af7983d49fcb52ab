// The contract of pooling kernels: what a kernel is given, what it must do. Each channel is by itself, so their vectors
// are vectors of channels. For pixels p of a line of output, which have all their taps, and channels c,
//
//     tap(p, i, j) = first + p * pixel_step + i * row_step + j * column_step + c,  i < rows, j < columns
//     max          dst[p][c] = clamp(largest of the taps)
//     average      dst[p][c] = clamp(sum of the taps / (rows * columns)), half away from zero
//     sum          sums[p][c] = start + sum of the taps
//
// No byte but these is read or written.
#ifndef OTTAVA_SRC_KERNELS_POOLING_H_
#define OTTAVA_SRC_KERNELS_POOLING_H_

#include "cpu/isa.h"

namespace ottava {

struct PoolingArgs {
  const uint8_t* first;
  size_t pixels;  // 1 or more, as are all sizes
  size_t rows;
  size_t columns;  // rows * columns <= kMostSummed but for max
  size_t channels;
  ptrdiff_t pixel_step;  // bytes
  ptrdiff_t row_step;
  ptrdiff_t column_step;
  uint8_t* dst;
  ptrdiff_t dst_step;  // bytes from pixel to pixel
  int32_t clamp_min;   // within the type
  int32_t clamp_max;
  int32_t* sums;
  size_t sums_step;  // elements from pixel to pixel
  int32_t start;     // 0 but for sum; start + a sum stays in int32
};

// 255 for each, and half of their number, stay in int32.
constexpr int32_t kMostSummed = INT32_MAX / 256;

// Up to so many taps float32 divides exactly: magnitude + half + 1/2 is below 2^21 and exact, and the quotient, below
// 257, is at least 1 / (2 * count) >= 2^-13 from any integer, while a rounded reciprocal and product move it by no more
// than 257 * 2^-23 < 2^-14. With more the quotient is wrong by 1 at most.
constexpr size_t kMostFloatTaps = 4096;

using PoolingFn = void (*)(const PoolingArgs*);

// One kernel: constant data, defined in its file.
struct PoolingKernel {
  const char* name;
  Isa isa;
  // By sign of the elements: s8, u8.
  struct Entry {
    PoolingFn max, average, sum;
  } by_sign[2];
};

struct PoolingKernelList {
  const PoolingKernel* const* kernels;
  size_t count;
};

// Those compiled into this library, best first: pooling_kernels.inc.
PoolingKernelList built_pooling_kernels();

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_POOLING_H_
