// The output stage in portable C++: the reference arithmetic, element by element. Each stage copies its
// arguments: a store of bytes may alias them, and every element would load them again.
#include "base/memory.h"
#include "output/element.h"

namespace ottava {
namespace {

// Calls `element(x, row, channel, to)` for each valid element of the tile and stores what it returns at `to`.
template <class Stored, class Element>
OTTAVA_INLINE void for_each_element(const StageArgs& args, Element element) {
  for (size_t row = 0; row < args.m; ++row) {
    uint8_t* line = args.dst + static_cast<ptrdiff_t>(row) * args.dst_row_stride;
    for (size_t channel = 0; channel < args.n; ++channel) {
      uint8_t* to = line + static_cast<ptrdiff_t>(channel) * args.dst_column_stride;
      const Stored stored = static_cast<Stored>(element(full_accumulator(args, row, channel), row, channel, to));
      copy_bytes(to, &stored, sizeof stored);
    }
  }
}

template <class Value>
OTTAVA_INLINE Value load(const uint8_t* from) {
  Value value;
  copy_bytes(&value, from, sizeof value);
  return value;
}

template <class Stored, int64_t (*kRule)(int32_t, FixedPoint)>
void run_fixed(const StageArgs* stage_args) {
  const StageArgs args = *stage_args;
  for_each_element<Stored>(args, [&args](int32_t x, size_t, size_t n, const uint8_t*) {
    const int64_t y = kRule(x, {args.multiplier[n], args.exponent[n]});
    return clamp(y + args.zero_point, args.clamp_min, args.clamp_max);
  });
}

template <class Stored>
void run_float_nearest_even(const StageArgs* stage_args) {
  const StageArgs args = *stage_args;
  const int32_t low = args.clamp_min - args.zero_point;
  const int32_t high = args.clamp_max - args.zero_point;
  for_each_element<Stored>(args, [&args, low, high](int32_t x, size_t, size_t n, const uint8_t*) {
    return float_nearest_even(x, args.scale[n], args.bias[n], low, high) + args.zero_point;
  });
}

template <>
void run_float_nearest_even<int32_t>(const StageArgs* stage_args) {
  const StageArgs args = *stage_args;
  for_each_element<int32_t>(args, [&args](int32_t x, size_t, size_t n, const uint8_t*) {
    const int64_t y = float_nearest_even_s32(x, args.scale[n], args.bias[n]);
    return clamp(y + args.zero_point, args.clamp_min, args.clamp_max);
  });
}

}  // namespace

#define OTTAVA_DEFINE_STAGE(rule) \
  void portable_##rule(const StageArgs* args) { run_fixed<uint8_t, rule>(args); }
OTTAVA_FIXED_STAGES(OTTAVA_DEFINE_STAGE)
#undef OTTAVA_DEFINE_STAGE
void portable_float_nearest_even(const StageArgs* args) { run_float_nearest_even<uint8_t>(args); }

void portable_plain_s32(const StageArgs* stage_args) {
  const StageArgs args = *stage_args;
  for_each_element<int32_t>(
      args, [&args](int32_t x, size_t, size_t, const uint8_t*) { return clamp(x, args.clamp_min, args.clamp_max); });
}

void portable_scaled_f32(const StageArgs* stage_args) {
  const StageArgs args = *stage_args;
  for_each_element<float>(args, [&args](int32_t x, size_t row, size_t n, const uint8_t*) {
    return scaled_f32(x, scale_of(args, row, n), args.bias[n], args.clamp_min_f32, args.clamp_max_f32);
  });
}

namespace {

void run_plain_s32_accumulate(const StageArgs* stage_args) {
  const StageArgs args = *stage_args;
  for_each_element<int32_t>(args, [&args](int32_t x, size_t, size_t, const uint8_t* to) {
    return clamp(wrap_add(load<int32_t>(to), x), args.clamp_min, args.clamp_max);
  });
}

void run_scaled_f32_accumulate(const StageArgs* stage_args) {
  const StageArgs args = *stage_args;
  for_each_element<float>(args, [&args](int32_t x, size_t row, size_t n, const uint8_t* to) {
    return scaled_f32_accumulate(load<float>(to), x, scale_of(args, row, n), args.bias[n], args.clamp_min_f32,
                                 args.clamp_max_f32);
  });
}

void run_float_rows(const StageArgs* stage_args) {
  const StageArgs args = *stage_args;
  const int32_t low = args.clamp_min - args.zero_point;
  const int32_t high = args.clamp_max - args.zero_point;
  for_each_element<uint8_t>(args, [&args, low, high](int32_t x, size_t row, size_t n, const uint8_t*) {
    return float_nearest_even(x, dst_scale_of(args, row, n), args.bias[n], low, high) + args.zero_point;
  });
}

// In the order of Stage.
#define OTTAVA_WIDE_STAGES(stored)                                                            \
  run_fixed<stored, fixed_two_roundings>, run_fixed<stored, fixed_two_roundings_saturating>,  \
      run_fixed<stored, fixed_one_rounding>, run_fixed<stored, fixed_one_rounding_away>,      \
      run_fixed<stored, fixed_acl_fused>, run_fixed<stored, multiply_shift_floor>,            \
      run_fixed<stored, multiply_shift_half_up>, run_fixed<stored, multiply_shift_half_away>, \
      run_float_nearest_even<stored>

}  // namespace

const StageTable portable_stages = {
    1,
#define OTTAVA_NAME_STAGE(stage) portable_##stage,
    {OTTAVA_PART_STAGES(OTTAVA_NAME_STAGE) run_plain_s32_accumulate, run_scaled_f32_accumulate},
#undef OTTAVA_NAME_STAGE
    {OTTAVA_WIDE_STAGES(int16_t)},
    {OTTAVA_WIDE_STAGES(int32_t)},
    portable_addition,
    run_float_rows,
};

void run_portable_stage_s32(Stage stage, const StageArgs* args) {
  portable_stages.run_s32[static_cast<size_t>(stage)](args);
}

}  // namespace ottava
