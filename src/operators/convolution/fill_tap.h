// The inner loop of every row table of pixels.
#ifndef OTTAVA_SRC_OPERATORS_CONVOLUTION_FILL_TAP_H_
#define OTTAVA_SRC_OPERATORS_CONVOLUTION_FILL_TAP_H_

#include "base/platform.h"

namespace ottava {

// One tap of neighbouring outputs: pointers to input pixels `step` apart, of which the first is column `column`.
inline void fill_tap(const uint8_t* line, size_t width, int64_t column, int64_t step, ptrdiff_t pixel, size_t count,
                     const uint8_t* padding, const uint8_t** to) {
  for (size_t i = 0; i < count; ++i, column += step) {
    // A column before the image is, as an unsigned number, beyond it.
    to[i] = static_cast<size_t>(column) < width ? line + static_cast<ptrdiff_t>(column) * pixel : padding;
  }
}

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_CONVOLUTION_FILL_TAP_H_
