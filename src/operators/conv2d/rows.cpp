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

// One line of taps for `rows` neighbouring outputs: `bytes` of each, `from_step` and `to_step` apart. How many they are
// is tested once and not for each row, which has few of them.
template <size_t kBytes>
void copy_ends_of_rows(uint8_t* to, size_t to_step, const uint8_t* from, ptrdiff_t from_step, size_t bytes,
                       size_t rows) {
  for (; rows != 0; --rows, to += to_step, from += from_step) copy_ends<kBytes>(to, from, bytes);
}

void copy_rows(uint8_t* to, size_t to_step, const uint8_t* from, ptrdiff_t from_step, size_t bytes, size_t rows) {
  if (bytes >= 8 && bytes <= 16) {
    copy_ends_of_rows<8>(to, to_step, from, from_step, bytes, rows);
  } else if (bytes >= 4 && bytes < 8) {
    copy_ends_of_rows<4>(to, to_step, from, from_step, bytes, rows);
  } else {
    for (; rows != 0; --rows, to += to_step, from += from_step) copy_few(to, from, bytes);
  }
}

// One line of taps of the outputs from..end, the first of which begins at `column`: tap by tap, some may be outside.
void assemble_edge(const ImageGeometry& at, const uint8_t* line, int64_t column, size_t from, size_t end, uint8_t* to) {
  const WindowAxis& across = at.window.x;
  for (size_t row = from; row < end; ++row) {
    uint8_t* tap = to + row * at.row_depth;
    int64_t pixel = column + static_cast<int64_t>(row) * across.stride;
    for (int64_t j = 0; j < across.kernel; ++j, pixel += across.dilation, tap += at.depth) {
      if (static_cast<size_t>(pixel) < at.width) {
        copy_few(tap, line + static_cast<ptrdiff_t>(pixel) * at.pixel, at.depth);
      } else {
        set_bytes(tap, at.padding, at.depth);
      }
    }
  }
}

// How many of `count` steps of `stride` from `column` on are below `limit`.
size_t steps_below(int64_t column, int64_t stride, int64_t limit, size_t count) {
  if (column >= limit) return 0;
  return smaller(count, static_cast<size_t>((limit - column + stride - 1) / stride));
}

void assemble_image_rows(const void* geometry, const uint8_t* image, size_t first, size_t rows, uint8_t* to) {
  const ImageGeometry& at = *static_cast<const ImageGeometry*>(geometry);
  const WindowAxis &down = at.window.y, &across = at.window.x;
  const int64_t width = static_cast<int64_t>(at.width);
  const ptrdiff_t line_step = static_cast<ptrdiff_t>(at.width) * at.pixel;
  const size_t line_bytes = static_cast<size_t>(across.kernel) * at.depth;
  // Zeros behind the taps reach to the next multiple of 16 bytes: the last 16, over some of which taps are copied then.
  if (at.row_depth != static_cast<size_t>(down.kernel) * line_bytes) {
    for (size_t row = 1; row <= rows; ++row) zero_bytes(to + row * at.row_depth - 16, 16);
  }
  // Neighbouring taps whose pixels lie side by side are copied together.
  const bool dense = across.dilation == 1 && at.pixel == static_cast<ptrdiff_t>(at.depth);
  for_each_line(at, first, rows, [&](int64_t y, int64_t x, size_t done, size_t count) {
    const int64_t column = x * across.stride - across.before;
    const size_t whole = dense ? steps_below(column, across.stride, 0, count) : count;
    const size_t edge =
        dense ? larger(whole, steps_below(column, across.stride, width - across.extent() + 1, count)) : count;
    uint8_t* taps = to + done * at.row_depth;
    for (int64_t i = 0; i < down.kernel; ++i, taps += line_bytes) {
      const int64_t line = y * down.stride + i * down.dilation - down.before;
      if (static_cast<size_t>(line) >= at.height) {
        for (size_t row = 0; row < count; ++row) set_bytes(taps + row * at.row_depth, at.padding, line_bytes);
        continue;
      }
      const uint8_t* const pixels = image + static_cast<ptrdiff_t>(line) * line_step;
      assemble_edge(at, pixels, column, 0, whole, taps);
      if (whole < edge) {
        const int64_t pixel = column + static_cast<int64_t>(whole) * across.stride;
        copy_rows(taps + whole * at.row_depth, at.row_depth, pixels + static_cast<ptrdiff_t>(pixel) * at.pixel,
                  static_cast<ptrdiff_t>(across.stride) * at.pixel, line_bytes, edge - whole);
      }
      assemble_edge(at, pixels, column, edge, count, taps);
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
