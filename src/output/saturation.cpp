#include "output/saturation.h"

#include "base/memory.h"
#include "output/element.h"

namespace ottava {
namespace {

int64_t before_clamp(Stage stage, const StageArgs& args, int32_t x, size_t row, size_t n) {
  const FixedPoint factor = is_fixed(stage) ? FixedPoint{args.multiplier[n], args.exponent[n]} : FixedPoint{0, 0};
  int64_t y = x;
  switch (stage) {
    case Stage::fixed_two_roundings: y = fixed_two_roundings(x, factor); break;
    case Stage::fixed_two_roundings_saturating: y = fixed_two_roundings_saturating(x, factor); break;
    case Stage::fixed_one_rounding: y = fixed_one_rounding(x, factor); break;
    case Stage::fixed_one_rounding_away: y = fixed_one_rounding_away(x, factor); break;
    case Stage::fixed_acl_fused: y = fixed_acl_fused(x, factor); break;
    case Stage::multiply_shift_floor: y = multiply_shift_floor(x, factor); break;
    case Stage::multiply_shift_half_up: y = multiply_shift_half_up(x, factor); break;
    case Stage::multiply_shift_half_away: y = multiply_shift_half_away(x, factor); break;
    case Stage::float_nearest_even: y = float_nearest_even_s32(x, dst_scale_of(args, row, n), args.bias[n]); break;
    default: return x;
  }
  return y + args.zero_point;
}

template <class Value>
Value load(const StageArgs& args, size_t row, size_t n) {
  Value value;
  const uint8_t* from =
      args.dst + static_cast<ptrdiff_t>(row) * args.dst_row_stride + static_cast<ptrdiff_t>(n) * args.dst_column_stride;
  copy_bytes(&value, from, sizeof value);
  return value;
}

}  // namespace

void count_saturated(const StageArgs& args, Stage stage, bool accumulate, Saturation* saturation) {
  for (size_t row = 0; row < args.m; ++row) {
    for (size_t n = 0; n < args.n; ++n) {
      const int32_t x = full_accumulator(args, row, n);
      if (stage == Stage::scaled_f32) {
        float y = scaled(x, scale_of(args, row, n), args.bias[n]);
        if (accumulate) y = load<float>(args, row, n) + y;
        saturation->below += y < args.clamp_min_f32 ? 1 : 0;
        saturation->above += y > args.clamp_max_f32 ? 1 : 0;
        continue;
      }
      const int64_t y = accumulate ? wrap_add(load<int32_t>(args, row, n), x) : before_clamp(stage, args, x, row, n);
      saturation->below += y < args.clamp_min ? 1 : 0;
      saturation->above += y > args.clamp_max ? 1 : 0;
    }
  }
}

void add_counts(const uint8_t* slices, size_t slice_bytes, uint32_t workers, Saturation* saturation) {
  if (saturation == nullptr) return;
  for (uint32_t worker = 0; worker < workers; ++worker) {
    Saturation counted;
    copy_bytes(&counted, slices + worker * slice_bytes, sizeof counted);
    saturation->below += counted.below;
    saturation->above += counted.above;
  }
}

}  // namespace ottava
