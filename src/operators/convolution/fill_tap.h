// The inner loop of every row table of pixels.
#ifndef OTTAVA_SRC_OPERATORS_CONVOLUTION_FILL_TAP_H_
#define OTTAVA_SRC_OPERATORS_CONVOLUTION_FILL_TAP_H_

#include "base/platform.h"

namespace ottava {

// A line of an image, whose pixels lie `pixel` bytes apart, and what stands for the pixels beyond it.
struct PixelLine {
  const uint8_t* begin;
  size_t width;
  ptrdiff_t pixel;
  const uint8_t* padding;
};

// One tap of neighbouring outputs: pointers to input pixels `step` apart, of which the first is column `column`.
// Padding stands at both ends, so that what lies between is stepped through without a test per pixel.
inline void fill_tap(const PixelLine& line, int64_t column, int64_t step, size_t count, const uint8_t** to) {
  size_t i = 0;
  for (; i < count && column < 0; ++i, column += step) to[i] = line.padding;
  size_t end = count;
  for (int64_t last = column + (static_cast<int64_t>(count - i) - 1) * step;
       end > i && static_cast<size_t>(last) >= line.width; last -= step) {
    to[--end] = line.padding;
  }
  if (i == end) return;
  const uint8_t* from = line.begin + static_cast<ptrdiff_t>(column) * line.pixel;
  for (; i < end; ++i, from += static_cast<ptrdiff_t>(step) * line.pixel) to[i] = from;
}

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_CONVOLUTION_FILL_TAP_H_
