// One element of a tile in portable scalars: what the portable stages and the count of saturated outputs share.
#ifndef OTTAVA_SRC_OUTPUT_ELEMENT_H_
#define OTTAVA_SRC_OUTPUT_ELEMENT_H_

#include "output/arithmetic.h"
#include "output/stage.h"

namespace ottava {

// The accumulator with all that the operator adds to it, see output/stage.h.
inline int32_t full_accumulator(const StageArgs& args, size_t row, size_t channel) {
  int32_t x = args.acc[row * args.acc_stride + channel];
  if (args.offset != nullptr) x = wrap_add(x, args.offset[channel]);
  if (args.rhs_zero != nullptr) {
    x = wrap_add(x, wrap_multiply(wrap_multiply(args.row_sum[row], args.rhs_zero[channel]), -1));
  }
  if (args.row_zero != nullptr) {
    x = wrap_add(x, wrap_multiply(wrap_multiply(args.row_zero[row], args.weight_sum[channel]), -1));
  }
  return x;
}

inline float scale_of(const StageArgs& args, size_t row, size_t channel) {
  return args.row_scale == nullptr ? args.scale[channel] : row_channel_scale(args.row_scale[row], args.scale[channel]);
}

// Of float_nearest_even.
inline float dst_scale_of(const StageArgs& args, size_t row, size_t channel) {
  return args.row_scale == nullptr ? args.scale[channel] : finite_scale(scale_of(args, row, channel) / args.dst_scale);
}

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_ELEMENT_H_
