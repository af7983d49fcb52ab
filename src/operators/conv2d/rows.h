// The rows of a convolution, for the engine: row number y * output_width + x is output pixel (y, x).
#ifndef OTTAVA_SRC_OPERATORS_CONV2D_ROWS_H_
#define OTTAVA_SRC_OPERATORS_CONV2D_ROWS_H_

#include "contraction/contraction.h"
#include "contraction/row_table.h"
#include "operators/window.h"

namespace ottava {

struct ImageGeometry {
  Window window;  // its pads explicit
  size_t height;  // of the input
  size_t width;
  size_t output_width;
  ptrdiff_t pixel;   // bytes from one input pixel to the next
  size_t depth;      // bytes that are taken of each
  size_t row_depth;  // bytes of an assembled row, zeros behind its taps
  uint8_t padding;   // what padding holds
};

// The function that goes with a way of reading rows, the other is null; their `geometry` is an ImageGeometry.
struct ImageRows {
  FillRowTable fill;
  AssembleRows assemble;
};
ImageRows image_rows(RowsFrom from);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_CONV2D_ROWS_H_
