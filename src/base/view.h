// A matrix in the caller's memory: element (row, column) lies at
// data + row * row_stride + column * column_stride, strides in bytes.
#ifndef OTTAVA_SRC_BASE_VIEW_H_
#define OTTAVA_SRC_BASE_VIEW_H_

#include "base/platform.h"

namespace ottava {

struct ConstView {
  const uint8_t* data;
  ptrdiff_t row_stride;
  ptrdiff_t column_stride;

  const uint8_t* at(size_t row, size_t column) const {
    return data + static_cast<ptrdiff_t>(row) * row_stride + static_cast<ptrdiff_t>(column) * column_stride;
  }
  ConstView transposed() const { return {data, column_stride, row_stride}; }
};

struct View {
  uint8_t* data;
  ptrdiff_t row_stride;
  ptrdiff_t column_stride;

  uint8_t* at(size_t row, size_t column) const {
    return data + static_cast<ptrdiff_t>(row) * row_stride + static_cast<ptrdiff_t>(column) * column_stride;
  }
};

}  // namespace ottava

#endif  // OTTAVA_SRC_BASE_VIEW_H_
