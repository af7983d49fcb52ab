// What the assembly of the fused epilogues is told: plain numbers where it finds each field, and for C++ the structure
// itself, which fused.cpp fills.
#ifndef OTTAVA_SRC_KERNELS_CORTEXM_MVE_ROWS_H_
#define OTTAVA_SRC_KERNELS_CORTEXM_MVE_ROWS_H_

#define ROWS_CURSOR 0
#define ROWS_STEP 16
#define ROWS_OFFSETS 32
#define ROWS_BEFORE 48
#define ROWS_AFTER 52
#define ROWS_LOW 56
#define ROWS_HIGH 60
#define ROWS_DEPTH 64
#define ROWS_POSITIONS 68
#define ROWS_TABLE 72
#define ROWS_TABLE_STRIDE 76
#define ROWS_SECOND_PAIR 80
#define ROWS_LAST 84
#define ROWS_DST 88
#define ROWS_DST_STRIDE 92
#define ROWS_GROUPS 96

#if !defined(__ASSEMBLER__)
#include "base/platform.h"

namespace ottava {

// Rows by panels, both at least one, of accumulators that begin with the bias and go through an output stage.
struct Rows {
  // Of the first channel, and how far each of the four goes on, in bytes, to the next group of channels.
  const int32_t* multiplier;
  const int32_t* exponent;
  const void* rhs;
  const int32_t* bias;
  size_t step[4];
  // Four rows at once: where each begins, from the first of them.
  int32_t row_offset[4];
  // y + before, saturated to s8, is at most 127 where y + zero point is at the upper bound. The larger one of that and
  // `low`, plus `after` modulo 2^8, is the element. One row: before is the zero point, low and high are the bounds.
  int32_t before;
  int32_t after;
  int32_t low;
  int32_t high;
  size_t depth;  // at least 1
  size_t positions;
  const void* table;    // pointers to rows of the lhs, as in TileArgs
  size_t table_stride;  // bytes from the pointers of one position to those of the next
  size_t second_pair;  // bytes from the pointer of the first of four rows to that of the third: fewer where rows repeat
  size_t last;         // the row that the last four begin with
  uint8_t* dst;
  ptrdiff_t dst_stride;
  size_t groups;  // of channels: of 4, or of 8 for one row
};

#define OTTAVA_ASSERT_OFFSET(field, offset) \
  static_assert(offsetof(Rows, field) == (offset), "assembly reads this field")
OTTAVA_ASSERT_OFFSET(multiplier, ROWS_CURSOR);
OTTAVA_ASSERT_OFFSET(step, ROWS_STEP);
OTTAVA_ASSERT_OFFSET(row_offset, ROWS_OFFSETS);
OTTAVA_ASSERT_OFFSET(before, ROWS_BEFORE);
OTTAVA_ASSERT_OFFSET(after, ROWS_AFTER);
OTTAVA_ASSERT_OFFSET(low, ROWS_LOW);
OTTAVA_ASSERT_OFFSET(high, ROWS_HIGH);
OTTAVA_ASSERT_OFFSET(depth, ROWS_DEPTH);
OTTAVA_ASSERT_OFFSET(positions, ROWS_POSITIONS);
OTTAVA_ASSERT_OFFSET(table, ROWS_TABLE);
OTTAVA_ASSERT_OFFSET(table_stride, ROWS_TABLE_STRIDE);
OTTAVA_ASSERT_OFFSET(second_pair, ROWS_SECOND_PAIR);
OTTAVA_ASSERT_OFFSET(last, ROWS_LAST);
OTTAVA_ASSERT_OFFSET(dst, ROWS_DST);
OTTAVA_ASSERT_OFFSET(dst_stride, ROWS_DST_STRIDE);
OTTAVA_ASSERT_OFFSET(groups, ROWS_GROUPS);
#undef OTTAVA_ASSERT_OFFSET

}  // namespace ottava
#endif

#endif  // OTTAVA_SRC_KERNELS_CORTEXM_MVE_ROWS_H_
