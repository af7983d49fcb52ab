// One output pixel of a pooling layer, channel by channel: loops over channels that lie side by side, which compilers
// turn into vectors.
#ifndef OTTAVA_SRC_OPERATORS_POOL2D_PIXELS_H_
#define OTTAVA_SRC_OPERATORS_POOL2D_PIXELS_H_

#include "base/platform.h"

namespace ottava {

// The taps of a window that lie within the image: at least one.
struct TapGrid {
  const uint8_t* first;
  size_t rows;
  size_t columns;
  ptrdiff_t row_step;  // bytes
  ptrdiff_t column_step;

  size_t count() const { return rows * columns; }
};

void max_of_taps(const TapGrid& taps, size_t channels, bool is_unsigned, uint8_t* to);

// start + the sum; no sum may leave int32.
void sum_of_taps(const TapGrid& taps, size_t channels, bool is_unsigned, int32_t start, int32_t* sums);

// sums / count, half away from zero, clamped; |sum| <= 255 * count.
void divide_sums(const int32_t* sums, size_t channels, size_t count, int32_t clamp_min, int32_t clamp_max, uint8_t* to);

void clamp_elements(uint8_t* elements, size_t channels, bool is_unsigned, int32_t clamp_min, int32_t clamp_max);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_POOL2D_PIXELS_H_
