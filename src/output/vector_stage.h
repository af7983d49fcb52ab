// The output stage as vectors, written once over the vector operations V of an instruction set. A file
// of an ISA folder includes this, defines V and calls make_vector_stages<V>(). Here are the walk over the tile and the
// tables; the rules that they put together are in vector_rules.h.
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
// and may provide, where 64-bit lanes are cheap, besides any_above_zero, with W for two vectors of them that cover the
// lanes of an I
//   OneRounding(multiplier, exponent)       of some channels, 0 <= multiplier, -31 <= exponent <= 30
//     half_up(x), half_away(x) -> W         x * multiplier / 2^(31 - exponent), rounded so
//   bounded(W, int64_t low, int64_t high)
//   low_halves(W) -> I                      the low 32 bits of each lane
// and, each by itself, where it takes fewer instructions than what it stands for
//   divide_f32(a, b)                        then rows with scales of their own want no factors
//   two_roundings(a, b, s)                  divide_half_away(multiply_high_rounded(a, b), s), for b >= 0
//   any_above_zero(x) -> bool
//   round_half_even_saturating(F) -> I      any value but NaN, saturated to int32
//   TwoRows(zero_point, min, max)           how 8-bit elements are stored from two rows and two neighbouring vectors of
//     store(first, second, a0, a1, b0, b1)  each: any y, to which the zero point is added, clamped. With it
//                                           round_half_even takes any value below 2^31, and makes of one below -2^22 a
//                                           y that is not above -2^22; and
//   any_above_f32(a, b) -> bool             |a| > b in some lane; or in its place
//   rounds_any = true                       round_half_even takes any value, saturated to int32; or
//   rounds_bounded = true                   it takes what it takes without TwoRows: values are bounded first
// Tails and strided dst go through a small buffer, here and nowhere else.
#ifndef OTTAVA_SRC_OUTPUT_VECTOR_STAGE_H_
#define OTTAVA_SRC_OUTPUT_VECTOR_STAGE_H_

#include "output/stage.h"
#include "output/vector_addition.h"
#include "output/vector_rules.h"

namespace ottava {

// An element of the tile, zero points of the operands taken into account.
template <class V>
struct Accumulators {
  typename V::I offset, rhs_zero, weight_sum;
  const int32_t* acc;
  const int32_t* row_sum;
  const int32_t* row_zero;
  size_t stride;

  OTTAVA_INLINE Accumulators(const StageArgs& args, size_t channel)
      : offset(args.offset != nullptr ? V::load(args.offset + channel) : V::broadcast(0)),
        rhs_zero(offset),
        weight_sum(offset),
        acc(args.acc + channel),
        row_sum(args.rhs_zero != nullptr ? args.row_sum : nullptr),
        row_zero(args.row_zero),
        stride(args.acc_stride) {
    if (row_sum != nullptr) rhs_zero = V::load(args.rhs_zero + channel);
    if (row_zero != nullptr) weight_sum = V::load(args.weight_sum + channel);
  }
  OTTAVA_INLINE typename V::I of_row(size_t row) const {
    auto x = V::add(V::load(acc + row * stride), offset);
    if (row_sum != nullptr) x = V::subtract(x, V::multiply(V::broadcast(row_sum[row]), rhs_zero));
    if (row_zero != nullptr) x = V::subtract(x, V::multiply(V::broadcast(row_zero[row]), weight_sum));
    return x;
  }
};

// The same where nothing is to be added: the kernel began with the offset, and there are no row terms, as in most
// operators.
template <class V>
struct PlainAccumulators {
  const int32_t* acc;
  size_t stride;

  OTTAVA_INLINE PlainAccumulators(const StageArgs& args, size_t channel)
      : acc(args.acc + channel), stride(args.acc_stride) {}
  OTTAVA_INLINE typename V::I of_row(size_t row) const { return V::load(acc + row * stride); }
};
OTTAVA_INLINE bool is_plain(const StageArgs& args) {
  return args.offset == nullptr && args.row_zero == nullptr && (args.rhs_zero == nullptr || args.row_sum == nullptr);
}

// The first `bytes` of the buffer, fewer than kBytes or all: words of halving sizes.
template <class V, size_t kBytes>
OTTAVA_INLINE void copy_tail(uint8_t* to, const uint8_t* from, size_t bytes) {
  if (bytes == kBytes) {
    __builtin_memcpy(to, from, kBytes);
    return;
  }
  if constexpr (kBytes > 1) {
    if ((bytes & kBytes / 2) != 0) {
      __builtin_memcpy(to, from, kBytes / 2);
      to += kBytes / 2;
      from += kBytes / 2;
    }
    copy_tail<V, kBytes / 2>(to, from, bytes & (kBytes / 2 - 1));
  }
}

// Whether a rule has a simpler twin that does for some channels, and V can tell which.
template <class V, class Rule, class = void>
constexpr bool kHasTwin = false;
template <class V, class Rule, size_t kBytes>
constexpr bool kHasTwin<V, Fixed<V, Rule, kBytes>,
                        decltype(static_cast<void>(sizeof(typename Rule::WithoutLeftShift)),
                                 static_cast<void>(&V::any_above_zero))> = true;

// Calls body(left, right), rules at two neighbouring vectors of channels, or their simpler twins where both are such.
template <class V, class Rule, class Body>
OTTAVA_INLINE void with_twins(const Rule& left, const Rule& right, Body body) {
  body(left, right);
}
template <class V, class Rule, size_t kBytes, class Body>
OTTAVA_INLINE void with_twins(const Fixed<V, Rule, kBytes>& left, const Fixed<V, Rule, kBytes>& right, Body body) {
  if constexpr (kHasTwin<V, Fixed<V, Rule, kBytes>>) {
    if (!V::any_above_zero(V::max(left.exponent, right.exponent))) {
      return body(left.without_left_shift(), right.without_left_shift());
    }
  }
  body(left, right);
}
template <class V, class Body>
OTTAVA_INLINE void with_twins(const FloatNearestEven<V, 1>& left, const FloatNearestEven<V, 1>& right, Body body) {
  if constexpr (!kRoundsAny<V> && !kRoundsBounded<V>) {
    if (left.is_below_2_to_31() && right.is_below_2_to_31()) {
      if (left.args->has_bias == 0) {
        return body(left.template below_2_to_31<false>(), right.template below_2_to_31<false>());
      }
      return body(left.template below_2_to_31<true>(), right.template below_2_to_31<true>());
    }
  }
  body(left, right);
}

template <class Source, class Rule>
OTTAVA_INLINE void run_dense_rows(const StageArgs& args, const Source& accumulators, uint8_t* to, Rule rule) {
  for (size_t row = 0; row < args.m; ++row, to += args.dst_row_stride) {
    rule.begin_row(row);
    rule.store(to, accumulators.of_row(row));
  }
}

template <class V, class Rule>
OTTAVA_INLINE void run_dense(const StageArgs& args, size_t channel, uint8_t* to, const Rule& rule) {
  if (is_plain(args)) {
    run_dense_rows(args, PlainAccumulators<V>(args, channel), to, rule);
  } else {
    run_dense_rows(args, Accumulators<V>(args, channel), to, rule);
  }
}

// Whether V stores 8-bit elements of two rows at once.
template <class V, class Rule, class = void>
constexpr bool kStoresTwoRows = false;
template <class V, class Rule>
constexpr bool kStoresTwoRows<
    V, Rule, decltype(static_cast<void>(sizeof(typename V::TwoRows)), static_cast<void>(&Rule::unbounded))> =
    Rule::element_bytes == 1;

// A rule at some channels, and what it is applied to.
template <class Source, class Rule>
struct Columns {
  Rule rule;
  Source accumulators;

  OTTAVA_INLINE auto unbounded(size_t row) const { return rule.unbounded(accumulators.of_row(row)); }
  OTTAVA_INLINE void store(uint8_t* to, size_t row) const { rule.store(to, accumulators.of_row(row)); }
};

template <class V, class Source, class Rule>
OTTAVA_INLINE void run_row_pairs(const StageArgs& args, size_t channel, const Rule& left_rule, const Rule& right_rule) {
  const Columns<Source, Rule> left = {left_rule, Source(args, channel)};
  const Columns<Source, Rule> right = {right_rule, Source(args, channel + V::lanes)};
  uint8_t* to = args.dst + channel;
  const typename V::TwoRows two_rows(args.zero_point, args.clamp_min, args.clamp_max);
  size_t row = 0;
  for (; row + 2 <= args.m; row += 2, to += 2 * args.dst_row_stride) {
    two_rows.store(to, to + args.dst_row_stride, left.unbounded(row), right.unbounded(row), left.unbounded(row + 1),
                   right.unbounded(row + 1));
  }
  if (row < args.m) {
    left.store(to, row);
    right.store(to + V::lanes, row);
  }
}

// The channels from `channel` on, as many as two vectors hold.
template <class V, class Rule>
OTTAVA_INLINE void run_two_vectors(const StageArgs& args, size_t channel, Rule left) {
  constexpr size_t lanes = V::lanes;
  Rule right = left;
  left.begin_channels(channel);
  right.begin_channels(channel + lanes);
  with_twins<V>(left, right, [&](const auto& l, const auto& r) OTTAVA_INLINE_LAMBDA {
    if (is_plain(args)) {
      run_row_pairs<V, PlainAccumulators<V>>(args, channel, l, r);
    } else {
      run_row_pairs<V, Accumulators<V>>(args, channel, l, r);
    }
  });
}

// One row, from `channel` on as many channels as four vectors hold: its halves are stored as two rows are.
template <class V, class Rule>
OTTAVA_INLINE void run_four_vectors(const StageArgs& args, size_t channel, const Rule& rule) {
  constexpr size_t lanes = V::lanes;
  const auto at = [&](size_t vector) OTTAVA_INLINE_LAMBDA {
    const size_t first = channel + vector * lanes;
    Rule own = rule;
    own.begin_channels(first);
    return own.unbounded(is_plain(args) ? PlainAccumulators<V>(args, first).of_row(0)
                                        : Accumulators<V>(args, first).of_row(0));
  };
  uint8_t* const to = args.dst + channel;
  typename V::TwoRows(args.zero_point, args.clamp_min, args.clamp_max)
      .store(to, to + 2 * lanes, at(0), at(1), at(2), at(3));
}

// The arguments come by value: a store of bytes may alias those of the caller, which would be loaded again at every
// row. The rule holds a pointer to them, for its channels alone.
template <class V, class Rule>
OTTAVA_INLINE void run_channels(const StageArgs args, Rule rule) {
  constexpr size_t lanes = V::lanes;
  constexpr size_t element_bytes = Rule::element_bytes;
  const ptrdiff_t row_stride = args.dst_row_stride;
  const ptrdiff_t column_stride = args.dst_column_stride;
  const bool dense = column_stride == static_cast<ptrdiff_t>(element_bytes);
  size_t channel = 0;
  if constexpr (kStoresTwoRows<V, Rule>) {
    if (dense && args.m > 1) {
      for (; args.n - channel >= 2 * lanes; channel += 2 * lanes) run_two_vectors<V>(args, channel, rule);
    } else if (dense) {
      for (; args.n - channel >= 4 * lanes; channel += 4 * lanes) run_four_vectors<V>(args, channel, rule);
    }
  }
  for (; channel < args.n; channel += lanes) {
    rule.begin_channels(channel);
    uint8_t* to = args.dst + static_cast<ptrdiff_t>(channel) * column_stride;
    const size_t left = args.n - channel;
    if (dense && left >= lanes) {
      if constexpr (kHasTwin<V, Rule>) {
        if (!V::any_above_zero(rule.exponent)) {
          run_dense<V>(args, channel, to, rule.without_left_shift());
          continue;
        }
      }
      run_dense<V>(args, channel, to, rule);
      continue;
    }
    const Accumulators<V> accumulators(args, channel);
    const size_t valid = left < lanes ? left : lanes;
    size_t row = 0;
    // Rows shorter than a vector, side by side: what a whole vector puts behind its row, the next row replaces.
    if (!Rule::accumulates && dense && row_stride == static_cast<ptrdiff_t>(args.n * element_bytes) && left < lanes) {
      for (; channel == 0 && (args.m - row) * args.n >= lanes; ++row, to += row_stride) {
        rule.begin_row(row);
        rule.store(to, accumulators.of_row(row));
      }
    }
    for (; row < args.m; ++row, to += row_stride) {
      alignas(64) uint8_t buffer[lanes * element_bytes];
      if constexpr (Rule::accumulates) {
        __builtin_memset(buffer, 0, sizeof buffer);
        for (size_t i = 0; i < valid; ++i) {
          __builtin_memcpy(buffer + i * element_bytes, to + static_cast<ptrdiff_t>(i) * column_stride, element_bytes);
        }
      }
      rule.begin_row(row);
      rule.store(buffer, accumulators.of_row(row));
      if (dense) {
        copy_tail<V, lanes * element_bytes>(to, buffer, valid * element_bytes);
        continue;
      }
      for (size_t i = 0; i < valid; ++i) {
        __builtin_memcpy(to + static_cast<ptrdiff_t>(i) * column_stride, buffer + i * element_bytes, element_bytes);
      }
    }
  }
}

template <class V, class Rule>
void run_vector_stage(const StageArgs* args) {
  run_channels<V>(*args, Rule(args));
}

// Rules whose y can leave int32 before it is clamped are left to 64-bit scalars where dst is s32 and V has nothing for
// them.
template <class V, Stage kStage>
void run_portable_s32(const StageArgs* args) {
  run_portable_stage_s32(kStage, args);
}
template <class V>
void run_float_s32(const StageArgs* args) {
  if constexpr (kRoundsSaturating<V>) {
    if (args->zero_point == 0) return run_channels<V>(*args, FloatNearestEvenS32<V>(args));
  }
  run_portable_stage_s32(Stage::float_nearest_even, args);
}
template <class V, bool kAway, size_t kBytes>
constexpr StageFn one_rounding_stage() {
  if constexpr (kHasWideLanes<V>) {
    return run_vector_stage<V, WideOneRounding<V, kAway, kBytes>>;
  } else if constexpr (kBytes == 4) {
    return run_portable_s32 < V, kAway ? Stage::fixed_one_rounding_away : Stage::fixed_one_rounding > ;
  } else if constexpr (kAway) {
    return run_vector_stage<V, Fixed<V, OneRoundingAway, kBytes>>;
  } else {
    return run_vector_stage<V, Fixed<V, OneRounding, kBytes>>;
  }
}

template <class V>
constexpr StageFn requantizing_stage_s32(Stage stage) {
  switch (stage) {
    case Stage::fixed_two_roundings: return run_vector_stage<V, Fixed<V, TwoRoundings, 4>>;
    case Stage::fixed_two_roundings_saturating: return run_vector_stage<V, Fixed<V, TwoRoundingsSaturating, 4>>;
    case Stage::fixed_one_rounding: return one_rounding_stage<V, false, 4>();
    case Stage::fixed_one_rounding_away: return one_rounding_stage<V, true, 4>();
    case Stage::fixed_acl_fused: return run_vector_stage<V, Fixed<V, AclFused, 4>>;
    case Stage::multiply_shift_floor: return run_vector_stage<V, Fixed<V, MultiplyShiftFloor, 4>>;
    case Stage::multiply_shift_half_up: return run_vector_stage<V, Fixed<V, MultiplyShiftHalfUp, 4>>;
    case Stage::multiply_shift_half_away: return run_vector_stage<V, Fixed<V, MultiplyShiftHalfAway, 4>>;
    default: return run_float_s32<V>;
  }
}

// In the order of Stage.
template <class V, size_t kBytes>
constexpr StageFn requantizing_stage(Stage stage) {
  switch (stage) {
    case Stage::fixed_two_roundings: return run_vector_stage<V, Fixed<V, TwoRoundings, kBytes>>;
    case Stage::fixed_two_roundings_saturating: return run_vector_stage<V, Fixed<V, TwoRoundingsSaturating, kBytes>>;
    case Stage::fixed_one_rounding: return one_rounding_stage<V, false, kBytes>();
    case Stage::fixed_one_rounding_away: return one_rounding_stage<V, true, kBytes>();
    case Stage::fixed_acl_fused: return run_vector_stage<V, Fixed<V, AclFused, kBytes>>;
    case Stage::multiply_shift_floor: return run_vector_stage<V, Fixed<V, MultiplyShiftFloor, kBytes>>;
    case Stage::multiply_shift_half_up: return run_vector_stage<V, Fixed<V, MultiplyShiftHalfUp, kBytes>>;
    case Stage::multiply_shift_half_away: return run_vector_stage<V, Fixed<V, MultiplyShiftHalfAway, kBytes>>;
    default: return run_vector_stage<V, FloatNearestEven<V, kBytes>>;
  }
}

template <class V>
constexpr StageFn float_rows_stage() {
  if constexpr (kDivides<V>) return run_vector_stage<V, FloatRows<V>>;
  return nullptr;
}

// The f32 stages may come from elsewhere, see armv7_neon.
template <class V>
constexpr StageTable make_vector_stages(StageFn scaled_f32, StageFn scaled_f32_accumulate) {
  StageTable table = {V::lanes, {}, {}, {}, vector_addition<V>, float_rows_stage<V>()};
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

constexpr StageTable with_look_up(StageTable table, LookUpFn look_up, LookUpFn with_vbmi = nullptr) {
  table.look_up = look_up;
  table.look_up_with_vbmi = with_vbmi;
  return table;
}

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_VECTOR_STAGE_H_
