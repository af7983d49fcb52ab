// What the assembly of fused_rows.h is told: plain numbers where it finds each field, and for C++ the structure itself,
// which fused.cpp fills.
#ifndef OTTAVA_SRC_KERNELS_CORTEXM_MVE_ROWS_H_
#define OTTAVA_SRC_KERNELS_CORTEXM_MVE_ROWS_H_

#define ROWS_CURSOR 0
#define ROWS_STEP 16
#define ROWS_OFFSETS 32
#define ROWS_BEFORE 48
#define ROWS_AFTER 52
#define ROWS_LOW 56
#define ROWS_POSITIONS 60
#define ROWS_TABLE 64
#define ROWS_SECOND_PAIR 68
#define ROWS_LAST 72
#define ROWS_DST 76
#define ROWS_DST_STRIDE 80
#define ROWS_PANELS 84

#if !defined(__ASSEMBLER__)
#include "base/platform.h"

namespace ottava {

// Two rows or more by whole panels, beside their TileArgs.
struct Rows {
  // Of the first panel, and how far each of the four goes on, in bytes, to the next one.
  const int32_t* multiplier;
  const int32_t* exponent;
  const void* rhs;
  const int32_t* bias;
  size_t step[4];
  int32_t row_offset[4];  // of dst: where four rows begin, from the first of them
  // y + before, saturated to s8, is at most 127 where y + zero point is at the upper bound. The larger one of that and
  // `low`, plus `after` modulo 2^8, is the element.
  int32_t before;
  int32_t after;
  int32_t low;
  size_t positions;
  const void* table;   // pointers to rows of the lhs, as in TileArgs
  size_t second_pair;  // bytes from the pointer of the first of four rows to that of the third: fewer where rows repeat
  size_t last;         // the row that the last four begin with
  uint8_t* dst;
  ptrdiff_t dst_stride;
  size_t panels;
};

#define OTTAVA_ASSERT_OFFSET(field, offset) \
  static_assert(offsetof(Rows, field) == (offset), "assembly reads this field")
OTTAVA_ASSERT_OFFSET(multiplier, ROWS_CURSOR);
OTTAVA_ASSERT_OFFSET(step, ROWS_STEP);
OTTAVA_ASSERT_OFFSET(row_offset, ROWS_OFFSETS);
OTTAVA_ASSERT_OFFSET(before, ROWS_BEFORE);
OTTAVA_ASSERT_OFFSET(after, ROWS_AFTER);
OTTAVA_ASSERT_OFFSET(low, ROWS_LOW);
OTTAVA_ASSERT_OFFSET(positions, ROWS_POSITIONS);
OTTAVA_ASSERT_OFFSET(table, ROWS_TABLE);
OTTAVA_ASSERT_OFFSET(second_pair, ROWS_SECOND_PAIR);
OTTAVA_ASSERT_OFFSET(last, ROWS_LAST);
OTTAVA_ASSERT_OFFSET(dst, ROWS_DST);
OTTAVA_ASSERT_OFFSET(dst_stride, ROWS_DST_STRIDE);
OTTAVA_ASSERT_OFFSET(panels, ROWS_PANELS);
#undef OTTAVA_ASSERT_OFFSET

}  // namespace ottava
#endif

#endif  // OTTAVA_SRC_KERNELS_CORTEXM_MVE_ROWS_H_
