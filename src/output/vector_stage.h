// The output stage as vectors, written once over the vector operations V of an instruction set. A file
// of an ISA folder includes this, defines V and calls make_vector_stages<V>().
//
// Everything here is a template on V, which that file keeps in an anonymous namespace: no code is
// shared between files with different ISA flags.
//
// V provides, over int vectors I and float vectors F of `lanes` lanes:
//   load, load_f32, store_32(uint8_t*, I), store_f32(uint8_t*, F), store_8(uint8_t*, I): low bytes
//   broadcast, broadcast_f32, add, subtract, multiply (low 32 bits), min, max
//   shift_left(x, s)                        x << s per lane, wrapping; 0 <= s <= 31
//   shift_left_saturating(x, s)             the same for s <= 30, but an x that does not fit becomes a
//                                           value of its sign whose magnitude is at least 2^30
//   multiply_high_rounded(a, b)             floor((a * b + 2^30) / 2^31), b >= 0
//   multiply_high_floor(a, b)               floor(a * b / 2^31), b >= 0
//   divide_half_away(x, s)                  x / 2^s, half away from zero; 0 <= s <= 31
//   divide_half_up(x, s)                    floor((x + 2^(s-1)) / 2^s) without overflow; 1 <= s <= 31
//   to_f32, multiply_f32, add_f32
//   max_f32(bound, value), min_f32(bound, value): value unless it lies beyond the bound, so -0.0 stays
//                                           -0.0 at a bound of 0.0; value is never NaN
//   round_half_even(F) -> I                 |value| <= 2^22
// Tails and strided dst go through a small buffer, here and nowhere else.
#ifndef OTTAVA_SRC_OUTPUT_VECTOR_STAGE_H_
#define OTTAVA_SRC_OUTPUT_VECTOR_STAGE_H_

#include "output/stage.h"

namespace ottava {

template <class V>
struct FixedTwoRoundings {
  static constexpr size_t element_bytes = 1;
  typename V::I low, high, zero_point;
  const StageArgs* args;

  OTTAVA_INLINE explicit FixedTwoRoundings(const StageArgs* stage_args) : args(stage_args) {
    low = V::broadcast(args->clamp_min - args->zero_point);
    high = V::broadcast(args->clamp_max - args->zero_point);
    zero_point = V::broadcast(args->zero_point);
  }
  OTTAVA_INLINE void store(uint8_t* to, typename V::I x, size_t channel) const {
    const auto multiplier = V::load(args->multiplier + channel);
    const auto exponent = V::load(args->exponent + channel);
    const auto none = V::broadcast(0);
    const auto left = V::max(exponent, none);
    const auto right = V::subtract(left, exponent);
    const auto high_half = V::multiply_high_rounded(V::shift_left(x, left), multiplier);
    const auto y = V::divide_half_away(high_half, right);
    // Clamped first: y + zero_point could leave int32.
    V::store_8(to, V::add(V::min(V::max(y, low), high), zero_point));
  }
};

// The rule with one rounding: the flooring multiplication drops bits that the rounding shift after it
// (by at least 1) would drop too. A left shift that saturates, or that is one short at the largest exponent,
// still gives |y| >= 2^28, which every 8-bit clamp turns into the bound that the exact y would give.
template <class V>
struct FixedOneRounding {
  static constexpr size_t element_bytes = 1;
  typename V::I low, high, zero_point;
  const StageArgs* args;

  OTTAVA_INLINE explicit FixedOneRounding(const StageArgs* stage_args) : args(stage_args) {
    low = V::broadcast(args->clamp_min - args->zero_point);
    high = V::broadcast(args->clamp_max - args->zero_point);
    zero_point = V::broadcast(args->zero_point);
  }
  OTTAVA_INLINE void store(uint8_t* to, typename V::I x, size_t channel) const {
    const auto multiplier = V::load(args->multiplier + channel);
    const auto exponent = V::load(args->exponent + channel);
    const auto one = V::broadcast(1);
    const auto none = V::broadcast(0);
    const auto left = V::min(V::max(V::add(exponent, one), none), V::broadcast(30));
    const auto right = V::max(V::subtract(none, exponent), one);
    const auto high_half = V::multiply_high_floor(V::shift_left_saturating(x, left), multiplier);
    const auto y = V::divide_half_up(high_half, right);
    V::store_8(to, V::add(V::min(V::max(y, low), high), zero_point));
  }
};

template <class V>
struct FloatNearestEven {
  static constexpr size_t element_bytes = 1;
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
    V::store_8(to, V::add(V::round_half_even(bounded), zero_point));
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

template <class V, template <class> class Rule>
void run_vector_stage(const StageArgs* args) {
  run_rows<V>(args, Rule<V>(args));
}

template <class V>
constexpr StageTable make_vector_stages() {
  return {V::lanes,
          {run_vector_stage<V, FixedTwoRoundings>, run_vector_stage<V, FixedOneRounding>,
           run_vector_stage<V, FloatNearestEven>, run_vector_stage<V, PlainS32>, run_vector_stage<V, ScaledF32>}};
}

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_VECTOR_STAGE_H_
