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
  } else {
    V::store_16(to, y);
  }
}

// What the fixed-point rules share: `Rule::apply<V>(x, multiplier, exponent)` before the zero point, then
// clamp, zero point and store. Clamped first: y + zero_point could leave int32.
template <class V, class Rule, size_t kBytes>
struct Fixed {
  static constexpr size_t element_bytes = kBytes;
  typename V::I low, high, zero_point;
  const StageArgs* args;

  OTTAVA_INLINE explicit Fixed(const StageArgs* stage_args) : args(stage_args) {
    low = V::broadcast(args->clamp_min - args->zero_point);
    high = V::broadcast(args->clamp_max - args->zero_point);
    zero_point = V::broadcast(args->zero_point);
  }
  OTTAVA_INLINE void store(uint8_t* to, typename V::I x, size_t channel) const {
    const auto y = Rule::template apply<V>(x, V::load(args->multiplier + channel), V::load(args->exponent + channel));
    store_narrow<V, kBytes>(to, V::add(V::min(V::max(y, low), high), zero_point));
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
struct FloatNearestEven {
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
    const auto bounded = V::min_f32(high, V::max_f32(low, product));
    store_narrow<V, kBytes>(to, V::add(V::round_half_even(bounded), zero_point));
  }
};

template <class V>
struct PlainS32 {
  static constexpr size_t element_bytes = 4;
  typename V::I low, high;

  OTTAVA_INLINE explicit PlainS32(const StageArgs* args) {
    low = V::broadcast(args->clamp_min);
    high = V::broadcast(args->clamp_max);
  }
  OTTAVA_INLINE void store(uint8_t* to, typename V::I x, size_t) const {
    V::store_32(to, V::min(V::max(x, low), high));
  }
};

template <class V>
struct ScaledF32 {
  static constexpr size_t element_bytes = 4;
  typename V::F low, high;
  const StageArgs* args;

  OTTAVA_INLINE explicit ScaledF32(const StageArgs* stage_args) : args(stage_args) {
    low = V::broadcast_f32(args->clamp_min_f32);
    high = V::broadcast_f32(args->clamp_max_f32);
  }
  OTTAVA_INLINE void store(uint8_t* to, typename V::I x, size_t channel) const {
    const auto product = V::multiply_f32(V::to_f32(x), V::load_f32(args->scale + channel));
    const auto sum = V::add_f32(product, V::load_f32(args->bias + channel));
    V::store_f32(to, V::min_f32(high, V::max_f32(low, sum)));
  }
};

template <class V, class Rule>
OTTAVA_INLINE void run_rows(const StageArgs* args, const Rule& rule) {
  constexpr size_t lanes = V::lanes;
  constexpr size_t element_bytes = Rule::element_bytes;
  const bool dense = args->dst_column_stride == static_cast<ptrdiff_t>(element_bytes);
  for (size_t row = 0; row < args->m; ++row) {
    const int32_t* acc = args->acc + row * args->acc_stride;
    uint8_t* to = args->dst + static_cast<ptrdiff_t>(row) * args->dst_row_stride;
    for (size_t channel = 0; channel < args->n; channel += lanes) {
      auto x = V::add(V::load(acc + channel), V::load(args->offset + channel));
      if (args->rhs_zero != nullptr) {
        const auto row_sum = V::broadcast(args->row_sum[row]);
        x = V::subtract(x, V::multiply(row_sum, V::load(args->rhs_zero + channel)));
      }
      const size_t left = args->n - channel;
      uint8_t* element = to + static_cast<ptrdiff_t>(channel) * args->dst_column_stride;
      if (dense && left >= lanes) {
        rule.store(element, x, channel);
        continue;
      }
      alignas(64) uint8_t buffer[lanes * element_bytes];
      rule.store(buffer, x, channel);
      for (size_t i = 0; i < (left < lanes ? left : lanes); ++i) {
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

// In the order of Stage; `scaled_f32` may come from elsewhere, see armv7_neon.
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

template <class V>
constexpr StageTable make_vector_stages(StageFn scaled_f32) {
  StageTable table = {V::lanes, {}, {}};
  for (int i = 0; i <= static_cast<int>(Stage::float_nearest_even); ++i) {
    table.run[i] = requantizing_stage<V, 1>(static_cast<Stage>(i));
    table.run_s16[i] = requantizing_stage<V, 2>(static_cast<Stage>(i));
  }
  table.run[static_cast<int>(Stage::plain_s32)] = run_vector_stage<V, PlainS32<V>>;
  table.run[static_cast<int>(Stage::scaled_f32)] = scaled_f32;
  return table;
}
template <class V>
constexpr StageTable make_vector_stages() {
  return make_vector_stages<V>(run_vector_stage<V, ScaledF32<V>>);
}

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_VECTOR_STAGE_H_
