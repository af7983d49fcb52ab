// The rows of a convolution, for the engine: row number y * output_width + x is output pixel (y, x).
#ifndef OTTAVA_SRC_OPERATORS_CONV2D_ROWS_H_
#define OTTAVA_SRC_OPERATORS_CONV2D_ROWS_H_

#include "operators/window.h"

namespace ottava {

struct ImageGeometry {
  Window window;  // its pads explicit
  size_t height;  // of the input
  size_t width;
  size_t output_width;
  ptrdiff_t pixel;  // bytes from one input pixel to the next
  size_t depth;     // bytes that are taken of each
  uint8_t padding;  // what padding holds
};

// See FillRowTable and AssembleRows in contraction/row_table.h; `geometry` is an ImageGeometry.
void fill_image_rows(const void* geometry, const uint8_t* image, size_t matrix, size_t first, size_t rows,
                     const uint8_t* padding, const uint8_t** table);
void assemble_image_rows(const void* geometry, const uint8_t* image, size_t first, size_t rows, uint8_t* to);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_CONV2D_ROWS_H_
