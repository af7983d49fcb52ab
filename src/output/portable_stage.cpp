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
    for (size_t channel = 0; channel < args.n; ++channel, to += args.dst_column_stride) {
      int32_t x = wrap_add(acc[channel], args.offset[channel]);
      if (args.rhs_zero != nullptr) {
        x = wrap_add(x, wrap_multiply(wrap_multiply(args.row_sum[row], args.rhs_zero[channel]), -1));
      }
      const Stored stored = static_cast<Stored>(element(x, channel));
      copy_bytes(to, &stored, sizeof stored);
    }
  }
}

void run_fixed_two_roundings(const StageArgs* args) {
  for_each_element<uint8_t>(*args, [args](int32_t x, size_t n) {
    const int64_t y = fixed_two_roundings(x, {args->multiplier[n], args->exponent[n]});
    return clamp(y + args->zero_point, args->clamp_min, args->clamp_max);
  });
}

void run_fixed_one_rounding(const StageArgs* args) {
  for_each_element<uint8_t>(*args, [args](int32_t x, size_t n) {
    const int64_t y = fixed_one_rounding(x, {args->multiplier[n], args->exponent[n]});
    return clamp(y + args->zero_point, args->clamp_min, args->clamp_max);
  });
}

void run_float_nearest_even(const StageArgs* args) {
  const int32_t low = args->clamp_min - args->zero_point;
  const int32_t high = args->clamp_max - args->zero_point;
  for_each_element<uint8_t>(*args, [args, low, high](int32_t x, size_t n) {
    return float_nearest_even(x, args->scale[n], low, high) + args->zero_point;
  });
}

void run_plain_s32(const StageArgs* args) {
  for_each_element<int32_t>(*args,
                            [args](int32_t x, size_t) { return clamp(x, args->clamp_min, args->clamp_max); });
}

void run_scaled_f32(const StageArgs* args) {
  for_each_element<float>(*args, [args](int32_t x, size_t n) {
    return scaled_f32(x, args->scale[n], args->bias[n], args->clamp_min_f32, args->clamp_max_f32);
  });
}

}  // namespace

const StageTable portable_stages = {
    1,
    {run_fixed_two_roundings, run_fixed_one_rounding, run_float_nearest_even, run_plain_s32, run_scaled_f32},
};

}  // namespace ottava
