// The output stage in portable C++: the normative arithmetic, element by element. Each stage copies its
// arguments: a store of bytes may alias them, and every element would load them again.
#include "base/memory.h"
#include "output/arithmetic.h"
#include "output/stage.h"

namespace ottava {
namespace {

// Calls `element(x, channel)` for each valid element of the tile and stores what it returns.
template <class Stored, class Element>
OTTAVA_INLINE void for_each_element(const StageArgs& args, Element element) {
  for (size_t row = 0; row < args.m; ++row) {
    uint8_t* to = args.dst + static_cast<ptrdiff_t>(row) * args.dst_row_stride;
    const int32_t* acc = args.acc + row * args.acc_stride;
    for (size_t channel = 0; channel < args.n; ++channel) {
      int32_t x = wrap_add(acc[channel], args.offset[channel]);
      if (args.rhs_zero != nullptr) {
        x = wrap_add(x, wrap_multiply(wrap_multiply(args.row_sum[row], args.rhs_zero[channel]), -1));
      }
      const Stored stored = static_cast<Stored>(element(x, channel));
      copy_bytes(to + static_cast<ptrdiff_t>(channel) * args.dst_column_stride, &stored, sizeof stored);
    }
  }
}

template <class Stored, int64_t (*kRule)(int32_t, FixedPoint)>
void run_fixed(const StageArgs* stage_args) {
  const StageArgs args = *stage_args;
  for_each_element<Stored>(args, [&args](int32_t x, size_t n) {
    const int64_t y = kRule(x, {args.multiplier[n], args.exponent[n]});
    return clamp(y + args.zero_point, args.clamp_min, args.clamp_max);
  });
}

template <class Stored>
void run_float_nearest_even(const StageArgs* stage_args) {
  const StageArgs args = *stage_args;
  const int32_t low = args.clamp_min - args.zero_point;
  const int32_t high = args.clamp_max - args.zero_point;
  for_each_element<Stored>(args, [&args, low, high](int32_t x, size_t n) {
    return float_nearest_even(x, args.scale[n], low, high) + args.zero_point;
  });
}

void run_plain_s32(const StageArgs* stage_args) {
  const StageArgs args = *stage_args;
  for_each_element<int32_t>(args, [&args](int32_t x, size_t) { return clamp(x, args.clamp_min, args.clamp_max); });
}

void run_scaled_f32(const StageArgs* stage_args) {
  const StageArgs args = *stage_args;
  for_each_element<float>(args, [&args](int32_t x, size_t n) {
    return scaled_f32(x, args.scale[n], args.bias[n], args.clamp_min_f32, args.clamp_max_f32);
  });
}

// In the order of Stage.
#define OTTAVA_REQUANTIZING_STAGES(stored)                                                    \
  run_fixed<stored, fixed_two_roundings>, run_fixed<stored, fixed_two_roundings_saturating>,  \
      run_fixed<stored, fixed_one_rounding>, run_fixed<stored, fixed_one_rounding_away>,      \
      run_fixed<stored, fixed_acl_fused>, run_fixed<stored, multiply_shift_floor>,            \
      run_fixed<stored, multiply_shift_half_up>, run_fixed<stored, multiply_shift_half_away>, \
      run_float_nearest_even<stored>

}  // namespace

const StageTable portable_stages = {
    1,
    {OTTAVA_REQUANTIZING_STAGES(uint8_t), run_plain_s32, run_scaled_f32},
    {OTTAVA_REQUANTIZING_STAGES(int16_t)},
};

}  // namespace ottava
