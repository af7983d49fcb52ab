#include "operators/conv2d/rows.h"

#include "base/checked.h"
#include "base/memory.h"
#include "operators/convolution/fill_tap.h"

namespace ottava {
namespace {

// Calls body(y, x, done, count) for each run of rows that are neighbours in a line of output, `done` rows being before
// it.
template <class Body>
void for_each_line(const ImageGeometry& image, size_t first, size_t rows, Body body) {
  size_t y = first / image.output_width;
  size_t x = first - y * image.output_width;
  for (size_t done = 0; done < rows; ++y, x = 0) {
    const size_t count = smaller(rows - done, image.output_width - x);
    body(static_cast<int64_t>(y), static_cast<int64_t>(x), done, count);
    done += count;
  }
}

// The taps of one line of a window, each `rows` pointers behind the one before it. Out of line, where it has the
// registers to itself.
OTTAVA_NOINLINE void fill_taps(const PixelLine& line, const WindowAxis& across, int64_t column, size_t count,
                               size_t rows, const uint8_t** to) {
  const PixelLine pixels = line;
  const int64_t step = across.stride, dilation = across.dilation;
  for (int64_t left = across.kernel; left > 0; --left, to += rows, column += dilation) {
    fill_tap(pixels, column, step, count, to);
  }
}

// The pixel of the first tap of row `first` if so many rows from it on are neighbours in one line of output and none of
// them meets padding; else null.
const uint8_t* even_rows(const ImageGeometry& at, const uint8_t* image, size_t first, size_t rows) {
  const WindowAxis &down = at.window.y, &across = at.window.x;
  const size_t y = first / at.output_width;
  const size_t x = first - y * at.output_width;
  if (x + rows > at.output_width) return nullptr;
  const int64_t line = static_cast<int64_t>(y) * down.stride - down.before;
  const int64_t column = static_cast<int64_t>(x) * across.stride - across.before;
  const int64_t last_column = column + static_cast<int64_t>(rows - 1) * across.stride;
  if (line < 0 || line + down.extent() > static_cast<int64_t>(at.height)) return nullptr;
  if (column < 0 || last_column + across.extent() > static_cast<int64_t>(at.width)) return nullptr;
  return image +
         (static_cast<ptrdiff_t>(line) * static_cast<ptrdiff_t>(at.width) + static_cast<ptrdiff_t>(column)) * at.pixel;
}

ptrdiff_t fill_image_rows(const void* geometry, const uint8_t* image, size_t, size_t first, size_t rows,
                          const uint8_t* padding, bool even, const uint8_t** table) {
  const ImageGeometry& at = *static_cast<const ImageGeometry*>(geometry);
  const WindowAxis &down = at.window.y, &across = at.window.x;
  const ptrdiff_t line_bytes = static_cast<ptrdiff_t>(at.width) * at.pixel;
  if (even) {
    const uint8_t* const begin = even_rows(at, image, first, rows);
    if (begin != nullptr) {
      for (int64_t i = 0; i < down.kernel; ++i) {
        const uint8_t* from = begin + static_cast<ptrdiff_t>(i * down.dilation) * line_bytes;
        for (int64_t j = 0; j < across.kernel; ++j, table += rows, from += across.dilation * at.pixel) *table = from;
      }
      return static_cast<ptrdiff_t>(across.stride) * at.pixel;
    }
  }
  for_each_line(at, first, rows, [&](int64_t y, int64_t x, size_t done, size_t count) {
    const uint8_t** to = table + done;
    for (int64_t i = 0; i < down.kernel; ++i, to += static_cast<size_t>(across.kernel) * rows) {
      const int64_t line = y * down.stride + i * down.dilation - down.before;
      const bool inside = static_cast<size_t>(line) < at.height;
      const PixelLine pixels = {inside ? image + static_cast<ptrdiff_t>(line) * line_bytes : padding,
                                inside ? at.width : 0, at.pixel, padding};
      fill_taps(pixels, across, x * across.stride - across.before, count, rows, to);
    }
  });
  return 0;
}

void assemble_image_rows(const void* geometry, const uint8_t* image, size_t first, size_t rows, uint8_t* to) {
  const ImageGeometry& at = *static_cast<const ImageGeometry*>(geometry);
  const WindowAxis &down = at.window.y, &across = at.window.x;
  const auto pixel_at = [&at, image](int64_t line, int64_t column) {
    return image + (static_cast<ptrdiff_t>(line) * static_cast<ptrdiff_t>(at.width) + static_cast<ptrdiff_t>(column)) *
                       at.pixel;
  };
  const size_t taps = static_cast<size_t>(across.kernel);
  const size_t zeros = at.row_depth - static_cast<size_t>(at.window.taps()) * at.depth;
  // Neighbouring taps whose pixels lie side by side are copied together.
  const bool dense = across.dilation == 1 && at.pixel == static_cast<ptrdiff_t>(at.depth);
  for_each_line(at, first, rows, [&](int64_t y, int64_t x, size_t, size_t count) {
    for (size_t row = 0; row < count; ++row) {
      const int64_t column = (x + static_cast<int64_t>(row)) * across.stride - across.before;
      const bool whole = column >= 0 && column + across.extent() <= static_cast<int64_t>(at.width);
      for (int64_t i = 0; i < down.kernel; ++i) {
        const int64_t line = y * down.stride + i * down.dilation - down.before;
        if (static_cast<size_t>(line) >= at.height) {
          set_bytes(to, at.padding, taps * at.depth);
          to += taps * at.depth;
        } else if (whole && dense) {
          copy_few(to, pixel_at(line, column), taps * at.depth);
          to += taps * at.depth;
        } else {
          for (int64_t j = 0; j < across.kernel; ++j, to += at.depth) {
            const int64_t from = column + j * across.dilation;
            if (static_cast<size_t>(from) < at.width) {
              copy_few(to, pixel_at(line, from), at.depth);
            } else {
              set_bytes(to, at.padding, at.depth);
            }
          }
        }
      }
      if (zeros != 0) zero_bytes(to, zeros);
      to += zeros;
    }
  });
}

}  // namespace

ImageRows image_rows(RowsFrom from) {
  ImageRows rows = {nullptr, nullptr};
  if (from == RowsFrom::table) rows.fill = fill_image_rows;
  if (from == RowsFrom::assembled) rows.assemble = assemble_image_rows;
  return rows;
}

}  // namespace ottava
