// The output stage as vectors, written once over the vector operations V of an instruction set. A file
// of an ISA folder includes this, defines V and calls make_vector_stages<V>().
//
// Everything here is a template on V, which that file keeps in an anonymous namespace: no code is
// shared between files with different ISA flags.
//
// V provides, over int vectors I and float vectors F of `lanes` lanes:
//   load, load_f32, store_32(uint8_t*, I), store_f32(uint8_t*, F)
//   store_8, store_16(uint8_t*, I)          the low byte, the low two bytes of each lane
//   broadcast, broadcast_f32, add, subtract, multiply (low 32 bits), min, max
//   shift_left(x, s), shift_right(x, s)     per lane, wrapping, arithmetic; 0 <= s <= 31
//   shift_left_saturating(x, s)             saturated to int32; 0 <= s <= 31
//   multiply_high_rounded(a, b)             floor((a * b + 2^30) / 2^31), b >= 0
//   multiply_high_floor(a, b)               floor(a * b / 2^31), b >= 0
//   divide_half_away(x, s)                  x / 2^s, half away from zero; 0 <= s <= 31
//   divide_half_up(x, s)                    floor(x / 2^s + 1/2), without overflow; 0 <= s <= 31
//   absolute(x)                             INT32_MIN stays itself
//   top_bit(x), half_of_unsigned(x)         x as unsigned, shifted right by 31, by 1
//   with_sign_of(x, y)                      -y where x < 0, else y; y >= 0
//   to_f32, multiply_f32, add_f32
//   canonical_nan(F)                        0x7FC00000 where the lane is NaN
//   max_f32(bound, value), min_f32(bound, value): value unless it lies beyond the bound, so -0.0 stays
//                                           -0.0 at a bound of 0.0; value is never NaN
//   round_half_even(F) -> I                 |value| <= 2^22
// Tails and strided dst go through a small buffer, here and nowhere else.
#ifndef OTTAVA_SRC_OUTPUT_VECTOR_STAGE_H_
#define OTTAVA_SRC_OUTPUT_VECTOR_STAGE_H_

#include "output/stage.h"

namespace ottava {

template <class V, size_t kBytes>
OTTAVA_INLINE void store_narrow(uint8_t* to, typename V::I y) {
  if constexpr (kBytes == 1) {
    V::store_8(to, y);
  } else if constexpr (kBytes == 2) {
    V::store_16(to, y);
  } else {
    V::store_32(to, y);
  }
}

// What a rule does at a new row, and whether it reads dst, unless it says otherwise: nothing, and no.
template <class V>
struct Stateless {
  static constexpr bool accumulates = false;
  OTTAVA_INLINE void begin_row(size_t) {}
};

// What the fixed-point rules share: `Rule::apply<V>(x, multiplier, exponent)` before the zero point, then
// clamp, zero point and store. Clamped first: y + zero_point could leave int32.
template <class V, class Rule, size_t kBytes>
struct Fixed : Stateless<V> {
  static constexpr size_t element_bytes = kBytes;
  typename V::I low, high, zero_point;
  const StageArgs* args;

  // A bound less the zero point. For s32 it may leave int32: then no y, or every y, is beyond it, and the end
  // of int32 says the same.
  static OTTAVA_INLINE int32_t before_zero_point(int32_t bound, int32_t zero_point) {
    const int64_t y = static_cast<int64_t>(bound) - zero_point;
    return static_cast<int32_t>(y < INT32_MIN ? INT32_MIN : y > INT32_MAX ? INT32_MAX : y);
  }
  OTTAVA_INLINE explicit Fixed(const StageArgs* stage_args) : args(stage_args) {
    low = V::broadcast(before_zero_point(args->clamp_min, args->zero_point));
    high = V::broadcast(before_zero_point(args->clamp_max, args->zero_point));
    zero_point = V::broadcast(args->zero_point);
  }
  OTTAVA_INLINE void store(uint8_t* to, typename V::I x, size_t channel) const {
    const auto y = Rule::template apply<V>(x, V::load(args->multiplier + channel), V::load(args->exponent + channel));
    auto stored = V::add(V::min(V::max(y, low), high), zero_point);
    if constexpr (kBytes == 4) {  // where a bound left int32, it is still to be reached
      stored = V::min(V::max(stored, V::broadcast(args->clamp_min)), V::broadcast(args->clamp_max));
    }
    store_narrow<V, kBytes>(to, stored);
  }
};

template <class V>
OTTAVA_INLINE typename V::I left_shift_of(typename V::I exponent) {
  return V::max(exponent, V::broadcast(0));
}
template <class V>
OTTAVA_INLINE typename V::I right_shift_of(typename V::I exponent) {
  return V::max(V::subtract(V::broadcast(0), exponent), V::broadcast(0));
}

struct TwoRoundings {
  template <class V>
  static OTTAVA_INLINE typename V::I apply(typename V::I x, typename V::I multiplier, typename V::I exponent) {
    const auto shifted = V::shift_left(x, left_shift_of<V>(exponent));
    return V::divide_half_away(V::multiply_high_rounded(shifted, multiplier), right_shift_of<V>(exponent));
  }
};

struct TwoRoundingsSaturating {
  template <class V>
  static OTTAVA_INLINE typename V::I apply(typename V::I x, typename V::I multiplier, typename V::I exponent) {
    const auto shifted = V::shift_left_saturating(x, left_shift_of<V>(exponent));
    return V::divide_half_away(V::multiply_high_rounded(shifted, multiplier), right_shift_of<V>(exponent));
  }
};

// The flooring multiplication drops bits that the rounding shift after it (by at least 1) would drop too. A
// left shift that saturates, with a normalized multiplier, gives |y| >= 2^28, which every clamp to 16 bits or
// fewer turns into the bound that the exact y would give.
struct OneRounding {
  template <class V>
  static OTTAVA_INLINE typename V::I apply(typename V::I x, typename V::I multiplier, typename V::I exponent) {
    const auto one = V::broadcast(1);
    const auto left = left_shift_of<V>(V::add(exponent, one));
    const auto right = V::max(V::subtract(V::broadcast(0), exponent), one);
    return V::divide_half_up(V::multiply_high_floor(V::shift_left_saturating(x, left), multiplier), right);
  }
};

// The same on the magnitude. That of INT32_MIN, 2^31, does not fit: 2^31 - 1 takes its place, and what the
// high product then lacks, exactly 1 for any multiplier but 0, is added.
struct OneRoundingAway {
  template <class V>
  static OTTAVA_INLINE typename V::I apply(typename V::I x, typename V::I multiplier, typename V::I exponent) {
    const auto one = V::broadcast(1);
    const auto left = left_shift_of<V>(V::add(exponent, one));
    const auto right = V::max(V::subtract(V::broadcast(0), exponent), one);
    const auto magnitude = V::absolute(x);
    const auto excess = V::top_bit(magnitude);
    const auto shifted = V::shift_left_saturating(V::subtract(magnitude, excess), left);
    const auto lacking = V::min(excess, multiplier);
    const auto high = V::add(V::multiply_high_floor(shifted, multiplier), lacking);
    return V::with_sign_of(x, V::divide_half_up(high, right));
  }
};

struct AclFused {
  template <class V>
  static OTTAVA_INLINE typename V::I apply(typename V::I x, typename V::I multiplier, typename V::I exponent) {
    const auto shifted = V::shift_left(x, left_shift_of<V>(exponent));
    return V::divide_half_up(V::multiply_high_floor(shifted, multiplier), right_shift_of<V>(exponent));
  }
};

struct MultiplyShiftFloor {
  template <class V>
  static OTTAVA_INLINE typename V::I apply(typename V::I x, typename V::I multiplier, typename V::I exponent) {
    return V::shift_right(V::multiply(x, multiplier), right_shift_of<V>(exponent));
  }
};

struct MultiplyShiftHalfUp {
  template <class V>
  static OTTAVA_INLINE typename V::I apply(typename V::I x, typename V::I multiplier, typename V::I exponent) {
    const auto shift = right_shift_of<V>(exponent);
    const auto half = V::half_of_unsigned(V::shift_left(V::broadcast(1), shift));
    return V::shift_right(V::add(V::multiply(x, multiplier), half), shift);
  }
};

struct MultiplyShiftHalfAway {
  template <class V>
  static OTTAVA_INLINE typename V::I apply(typename V::I x, typename V::I multiplier, typename V::I exponent) {
    return V::divide_half_away(V::multiply(x, multiplier), right_shift_of<V>(exponent));
  }
};

template <class V, size_t kBytes>
struct FloatNearestEven : Stateless<V> {
  static constexpr size_t element_bytes = kBytes;
  typename V::F low, high;
  typename V::I zero_point;
  const StageArgs* args;

  OTTAVA_INLINE explicit FloatNearestEven(const StageArgs* stage_args) : args(stage_args) {
    low = V::broadcast_f32(static_cast<float>(args->clamp_min - args->zero_point));
    high = V::broadcast_f32(static_cast<float>(args->clamp_max - args->zero_point));
    zero_point = V::broadcast(args->zero_point);
  }
  OTTAVA_INLINE void store(uint8_t* to, typename V::I x, size_t channel) const {
    const auto product = V::multiply_f32(V::to_f32(x), V::load_f32(args->scale + channel));
    const auto value = V::add_f32(product, V::load_f32(args->bias + channel));
    const auto bounded = V::min_f32(high, V::max_f32(low, value));
    store_narrow<V, kBytes>(to, V::add(V::round_half_even(bounded), zero_point));
  }
};

// The elements that dst holds, at any alignment.
template <class V, class Element>
OTTAVA_INLINE const Element* aligned_copy(const uint8_t* from, Element* buffer) {
  __builtin_memcpy(buffer, from, V::lanes * sizeof(Element));
  return buffer;
}

template <class V, bool kAccumulate>
struct PlainS32 : Stateless<V> {
  static constexpr size_t element_bytes = 4;
  static constexpr bool accumulates = kAccumulate;
  typename V::I low, high;

  OTTAVA_INLINE explicit PlainS32(const StageArgs* args) {
    low = V::broadcast(args->clamp_min);
    high = V::broadcast(args->clamp_max);
  }
  OTTAVA_INLINE void store(uint8_t* to, typename V::I x, size_t) const {
    if constexpr (kAccumulate) {
      int32_t buffer[V::lanes];
      x = V::add(V::load(aligned_copy<V>(to, buffer)), x);
    }
    V::store_32(to, V::min(V::max(x, low), high));
  }
};

template <class V, bool kAccumulate>
struct ScaledF32 : Stateless<V> {
  static constexpr size_t element_bytes = 4;
  static constexpr bool accumulates = kAccumulate;
  typename V::F low, high, row_scale;
  bool scaled_rows;
  const StageArgs* args;

  OTTAVA_INLINE explicit ScaledF32(const StageArgs* stage_args) : args(stage_args) {
    low = V::broadcast_f32(args->clamp_min_f32);
    high = V::broadcast_f32(args->clamp_max_f32);
    scaled_rows = args->row_scale != nullptr;
    row_scale = V::broadcast_f32(1.0f);
  }
  OTTAVA_INLINE void begin_row(size_t row) {
    if (scaled_rows) row_scale = V::broadcast_f32(args->row_scale[row]);
  }
  OTTAVA_INLINE void store(uint8_t* to, typename V::I x, size_t channel) const {
    auto scale = V::load_f32(args->scale + channel);
    if (scaled_rows) scale = V::min_f32(V::broadcast_f32(kMostFinite), V::multiply_f32(row_scale, scale));
    const auto product = V::multiply_f32(V::to_f32(x), scale);
    auto sum = V::add_f32(product, V::load_f32(args->bias + channel));
    if constexpr (kAccumulate) {
      float buffer[V::lanes];
      sum = V::add_f32(V::load_f32(aligned_copy<V>(to, buffer)), sum);
      V::store_f32(to, V::canonical_nan(V::min_f32(high, V::max_f32(low, sum))));
    } else {
      V::store_f32(to, V::min_f32(high, V::max_f32(low, sum)));
    }
  }
  static constexpr float kMostFinite = 3.40282346638528859812e+38f;
};

template <class V, class Rule>
OTTAVA_INLINE void run_rows(const StageArgs* args, Rule rule) {
  constexpr size_t lanes = V::lanes;
  constexpr size_t element_bytes = Rule::element_bytes;
  const bool dense = args->dst_column_stride == static_cast<ptrdiff_t>(element_bytes);
  for (size_t row = 0; row < args->m; ++row) {
    const int32_t* acc = args->acc + row * args->acc_stride;
    uint8_t* to = args->dst + static_cast<ptrdiff_t>(row) * args->dst_row_stride;
    rule.begin_row(row);
    for (size_t channel = 0; channel < args->n; channel += lanes) {
      auto x = V::add(V::load(acc + channel), V::load(args->offset + channel));
      if (args->rhs_zero != nullptr) {
        const auto row_sum = V::broadcast(args->row_sum[row]);
        x = V::subtract(x, V::multiply(row_sum, V::load(args->rhs_zero + channel)));
      }
      if (args->row_zero != nullptr) {
        const auto row_zero = V::broadcast(args->row_zero[row]);
        x = V::subtract(x, V::multiply(row_zero, V::load(args->weight_sum + channel)));
      }
      const size_t left = args->n - channel;
      uint8_t* element = to + static_cast<ptrdiff_t>(channel) * args->dst_column_stride;
      if (dense && left >= lanes) {
        rule.store(element, x, channel);
        continue;
      }
      alignas(64) uint8_t buffer[lanes * element_bytes];
      const size_t valid = left < lanes ? left : lanes;
      if constexpr (Rule::accumulates) {
        __builtin_memset(buffer, 0, sizeof buffer);
        for (size_t i = 0; i < valid; ++i) {
          __builtin_memcpy(buffer + i * element_bytes, element + static_cast<ptrdiff_t>(i) * args->dst_column_stride,
                           element_bytes);
        }
      }
      rule.store(buffer, x, channel);
      for (size_t i = 0; i < valid; ++i) {
        __builtin_memcpy(element + static_cast<ptrdiff_t>(i) * args->dst_column_stride, buffer + i * element_bytes,
                         element_bytes);
      }
    }
  }
}

template <class V, class Rule>
void run_vector_stage(const StageArgs* args) {
  run_rows<V>(args, Rule(args));
}

// Rules whose y can leave int32 before it is clamped are left to 64-bit scalars where dst is s32.
template <class V, Stage kStage>
void run_portable_s32(const StageArgs* args) {
  run_portable_stage_s32(kStage, args);
}
template <class V>
constexpr StageFn requantizing_stage_s32(Stage stage) {
  switch (stage) {
    case Stage::fixed_two_roundings: return run_vector_stage<V, Fixed<V, TwoRoundings, 4>>;
    case Stage::fixed_two_roundings_saturating: return run_vector_stage<V, Fixed<V, TwoRoundingsSaturating, 4>>;
    case Stage::fixed_one_rounding: return run_portable_s32<V, Stage::fixed_one_rounding>;
    case Stage::fixed_one_rounding_away: return run_portable_s32<V, Stage::fixed_one_rounding_away>;
    case Stage::fixed_acl_fused: return run_vector_stage<V, Fixed<V, AclFused, 4>>;
    case Stage::multiply_shift_floor: return run_vector_stage<V, Fixed<V, MultiplyShiftFloor, 4>>;
    case Stage::multiply_shift_half_up: return run_vector_stage<V, Fixed<V, MultiplyShiftHalfUp, 4>>;
    case Stage::multiply_shift_half_away: return run_vector_stage<V, Fixed<V, MultiplyShiftHalfAway, 4>>;
    default: return run_portable_s32<V, Stage::float_nearest_even>;
  }
}

// In the order of Stage.
template <class V, size_t kBytes>
constexpr StageFn requantizing_stage(Stage stage) {
  switch (stage) {
    case Stage::fixed_two_roundings: return run_vector_stage<V, Fixed<V, TwoRoundings, kBytes>>;
    case Stage::fixed_two_roundings_saturating: return run_vector_stage<V, Fixed<V, TwoRoundingsSaturating, kBytes>>;
    case Stage::fixed_one_rounding: return run_vector_stage<V, Fixed<V, OneRounding, kBytes>>;
    case Stage::fixed_one_rounding_away: return run_vector_stage<V, Fixed<V, OneRoundingAway, kBytes>>;
    case Stage::fixed_acl_fused: return run_vector_stage<V, Fixed<V, AclFused, kBytes>>;
    case Stage::multiply_shift_floor: return run_vector_stage<V, Fixed<V, MultiplyShiftFloor, kBytes>>;
    case Stage::multiply_shift_half_up: return run_vector_stage<V, Fixed<V, MultiplyShiftHalfUp, kBytes>>;
    case Stage::multiply_shift_half_away: return run_vector_stage<V, Fixed<V, MultiplyShiftHalfAway, kBytes>>;
    default: return run_vector_stage<V, FloatNearestEven<V, kBytes>>;
  }
}

// The f32 stages may come from elsewhere, see armv7_neon.
template <class V>
constexpr StageTable make_vector_stages(StageFn scaled_f32, StageFn scaled_f32_accumulate) {
  StageTable table = {V::lanes, {}, {}, {}};
  for (int i = 0; i < kRequantizations; ++i) {
    table.run[i] = requantizing_stage<V, 1>(static_cast<Stage>(i));
    table.run_s16[i] = requantizing_stage<V, 2>(static_cast<Stage>(i));
    table.run_s32[i] = requantizing_stage_s32<V>(static_cast<Stage>(i));
  }
  table.run[static_cast<int>(Stage::plain_s32)] = run_vector_stage<V, PlainS32<V, false>>;
  table.run[static_cast<int>(Stage::plain_s32_accumulate)] = run_vector_stage<V, PlainS32<V, true>>;
  table.run[static_cast<int>(Stage::scaled_f32)] = scaled_f32;
  table.run[static_cast<int>(Stage::scaled_f32_accumulate)] = scaled_f32_accumulate;
  return table;
}
template <class V>
constexpr StageTable make_vector_stages() {
  return make_vector_stages<V>(run_vector_stage<V, ScaledF32<V, false>>, run_vector_stage<V, ScaledF32<V, true>>);
}

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_VECTOR_STAGE_H_
