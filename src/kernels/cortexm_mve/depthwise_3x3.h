// What the assembly of the depthwise kernel 3 x 3 is told: plain numbers where it finds each field, and for C++ the
// structure itself, which depthwise_3x3.cpp fills.
#ifndef OTTAVA_SRC_KERNELS_CORTEXM_MVE_DEPTHWISE_3X3_H_
#define OTTAVA_SRC_KERNELS_CORTEXM_MVE_DEPTHWISE_3X3_H_

#define LINE_TO 0
#define LINE_TO_STRIDE 4
#define LINE_TABLE 8
#define LINE_TABLE_STEP 12
#define LINE_WEIGHTS 16
#define LINE_BIAS 20
#define LINE_MULTIPLIER 24
#define LINE_EXPONENT 28
#define LINE_CHANNEL 32
#define LINE_PIXELS 36
#define LINE_BEFORE 40
#define LINE_AFTER 44
#define LINE_LOW 48

#if !defined(__ASSEMBLER__)
#include "base/platform.h"

namespace ottava {

// A line of pixels of output, 16 channels of it.
struct Line {
  void* to;             // sums or elements of the first pixel
  ptrdiff_t to_stride;  // bytes from pixel to pixel
  // The nine inputs of a window, one behind the other, column by column; and how far, in bytes, the first of the next
  // window lies behind the last of this one.
  const uint8_t* const* table;
  size_t table_step;
  const int8_t* weights;  // [column][row][channel]
  const int32_t* bias;
  const int32_t* multiplier;
  const int32_t* exponent;
  size_t channel;  // first one, of an input
  size_t pixels;   // at least 1
  // As in rows.h.
  int32_t before;
  int32_t after;
  int32_t low;
};

#define OTTAVA_ASSERT_OFFSET(field, offset) \
  static_assert(offsetof(Line, field) == (offset), "assembly reads this field")
OTTAVA_ASSERT_OFFSET(to, LINE_TO);
OTTAVA_ASSERT_OFFSET(to_stride, LINE_TO_STRIDE);
OTTAVA_ASSERT_OFFSET(table, LINE_TABLE);
OTTAVA_ASSERT_OFFSET(table_step, LINE_TABLE_STEP);
OTTAVA_ASSERT_OFFSET(weights, LINE_WEIGHTS);
OTTAVA_ASSERT_OFFSET(bias, LINE_BIAS);
OTTAVA_ASSERT_OFFSET(multiplier, LINE_MULTIPLIER);
OTTAVA_ASSERT_OFFSET(exponent, LINE_EXPONENT);
OTTAVA_ASSERT_OFFSET(channel, LINE_CHANNEL);
OTTAVA_ASSERT_OFFSET(pixels, LINE_PIXELS);
OTTAVA_ASSERT_OFFSET(before, LINE_BEFORE);
OTTAVA_ASSERT_OFFSET(after, LINE_AFTER);
OTTAVA_ASSERT_OFFSET(low, LINE_LOW);
#undef OTTAVA_ASSERT_OFFSET

}  // namespace ottava
#endif

#endif  // OTTAVA_SRC_KERNELS_CORTEXM_MVE_DEPTHWISE_3X3_H_
