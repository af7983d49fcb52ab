// The output stage on a tile that a kernel still holds in registers, for tiles whose channels are all valid and whose
// dst is dense: the rules of vector_rules.h without the way through memory. Included by kernels, with the vector
// operations V of their instruction set; vector_stage.h says what V is, and does the same for any tile.
//
// Every number of rows and vectors of every kernel is code of its own, and its loop over the depth is larger than any
// rule. So the rule is chosen behind the loop: what is common to several is written once, the accumulators are first
// rounded where they are, by one of few forms, and then stored, by the size of an element. Read finish_registers.
//
// V has, besides what vector_stage.h says, with 64-bit lanes in an I, each of an even lane below an odd one,
//   multiply_even(a, b)             the products of even lanes
//   odd_lanes(x)                    odd lanes as even ones
//   broadcast_64(int64_t)
//   add_by_sign(p, a, b)            64-bit lanes: p + a, or p + b where p < 0
//   by_sign(x, a, b)                a, or b where x < 0
//   times_four(x)
//   shift_left, shift_right         of any count as well, as unsigned: above 31 zeros, the sign, come in
//   high_halves(even, odd)          of 64-bit lanes
//   store_16_two(to, I, I)          both to 16 bits, one behind the other
// and TwoRows has, besides store(...),
//   store_row(to, a0, a1)           a single row
//   store_halves<n>(to, stride, a, b, c, d)    n rows of one vector each, the first n of these
#ifndef OTTAVA_SRC_KERNELS_FUSED_REGISTERS_H_
#define OTTAVA_SRC_KERNELS_FUSED_REGISTERS_H_

#include "kernels/kernel.h"
#include "kernels/unroll.h"
#include "output/vector_stage.h"

namespace ottava {

// Row i of the tile is acc[i], W vectors of it: one or two.
template <class V, size_t M, size_t W>
OTTAVA_INLINE void add_row_terms(const StageArgs& args, size_t first, typename V::I (&acc)[M][W]) {
  unroll<W>([&](auto v) OTTAVA_INLINE_LAMBDA {
    const size_t channel = first + v * V::lanes;
    if (args.rhs_zero != nullptr && args.row_sum != nullptr) {
      const auto rhs_zero = V::load(args.rhs_zero + channel);
      unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA {
        acc[i][v] = V::subtract(acc[i][v], V::multiply(V::broadcast(args.row_sum[i]), rhs_zero));
      });
    }
    if (args.row_zero != nullptr) {
      const auto weight_sum = V::load(args.weight_sum + channel);
      unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA {
        acc[i][v] = V::subtract(acc[i][v], V::multiply(V::broadcast(args.row_zero[i]), weight_sum));
      });
    }
  });
}

// The fixed-point rules where a channel shifts right alone, by s = -exponent, are one shift of a sum of 64 bits:
//
//   y = floor((x * multiplier + r + 2^(30 + s)) / 2^(31 + s))
//
// Rounded once, half up, r is 0; so it is for fixed_acl_fused, whose two steps are one floor. Half away from zero takes
// 1 where the product is below 0. With two roundings v = floor((x * multiplier + 2^30) / 2^31) is rounded half away,
// y = floor((v + 2^(s - 1) - (v < 0 ? 1 : 0)) / 2^s): in units of v's divisor r is 2^30, less 2^31 where v < 0. There
// the sign of the product serves: where they differ v is 0, and so is y either way.
//
// From s = 2 on 2^(30 + s) has no bits in the low half of the sum: it is added to the high half, which is then shifted.
template <class V, bool kBySign>
struct ShiftedProduct {
  typename V::I multiplier, odd_multiplier, half, shift;
  typename V::I added, added_below_zero;

  // Above 0 in a lane whose exponent is above -2, but for a multiplier of 0: its product, and so y, is 0 with any.
  static OTTAVA_INLINE typename V::I unserved(const StageArgs& args, size_t channel) {
    return V::min(V::load(args.multiplier + channel), V::add(V::load(args.exponent + channel), V::broadcast(2)));
  }
  static OTTAVA_INLINE bool serves(const StageArgs& args, size_t channel, size_t vectors) {
    const auto first = unserved(args, channel);
    return !V::any_above_zero(vectors == 2 ? V::max(first, unserved(args, channel + V::lanes)) : first);
  }
  OTTAVA_INLINE ShiftedProduct(const StageArgs& args, size_t channel, Stage stage)
      : multiplier(V::load(args.multiplier + channel)), odd_multiplier(V::odd_lanes(multiplier)) {
    const bool two = stage != Stage::fixed_one_rounding_away;
    shift = V::subtract(V::broadcast(-1), V::load(args.exponent + channel));
    half = V::shift_left(V::broadcast(1), V::add(shift, V::broadcast(-1)));
    added = V::broadcast_64(two ? INT64_C(1) << 30 : 0);
    added_below_zero = V::broadcast_64(two ? -(INT64_C(1) << 30) : -1);
  }
  OTTAVA_INLINE typename V::I of(typename V::I x) const {
    auto even = V::multiply_even(x, multiplier);
    auto odd = V::multiply_even(V::odd_lanes(x), odd_multiplier);
    if constexpr (kBySign) {
      even = V::add_by_sign(even, added, added_below_zero);
      odd = V::add_by_sign(odd, added, added_below_zero);
    }
    return V::shift_right(V::add(V::high_halves(even, odd), half), shift);
  }
};

// Two roundings of accumulators below 2^29 in magnitude, which may be multiplied by four: all that is added to the
// product then has its bits in the high half,
//
//   y = floor((h + 1 - (x < 0 ? 2 : 0) + 2^s) / 2^(s + 1)),   h = floor(4 * x * multiplier / 2^32)
//
// v stays below 2^29, so that from s = 30 on y is 0.
template <class V>
struct TwoRoundingsOfSmall {
  typename V::I multiplier, odd_multiplier, shift, added, added_below_zero;

  // Half of 2^29 is for the offset, half for the products: for each depth one of u8 by s8, and two terms of rows.
  static constexpr int32_t kMostOffset = INT32_C(1) << 28;
  static constexpr size_t kMostDepth = kMostOffset / (255 * 128);
  static constexpr size_t kMostDepthOfRowTerms = kMostOffset / (255 * 128 + 2 * 255 * 255);

  static OTTAVA_INLINE bool serves(const TileArgs& tile, const StageArgs& args, size_t channel, size_t vectors) {
    const bool has_row_terms = args.row_sum != nullptr || args.row_zero != nullptr;
    if (tile.depth * tile.positions > (has_row_terms ? kMostDepthOfRowTerms : kMostDepth)) return false;
    const auto beyond = [&](size_t at) OTTAVA_INLINE_LAMBDA {  // the magnitude of INT32_MIN wraps around, to above 0
      return V::subtract(V::absolute(V::load(tile.bias + at)), V::broadcast(kMostOffset));
    };
    const auto first = beyond(channel);
    return !V::any_above_zero(vectors == 2 ? V::max(first, beyond(channel + V::lanes)) : first) &&
           ShiftedProduct<V, true>::serves(args, channel, vectors);
  }
  OTTAVA_INLINE TwoRoundingsOfSmall(const StageArgs& args, size_t channel, Stage)
      : multiplier(V::load(args.multiplier + channel)), odd_multiplier(V::odd_lanes(multiplier)) {
    const auto one = V::broadcast(1);
    // With a multiplier of 0, of any exponent, y is 0 from s = 1 on.
    shift = V::subtract(one, V::load(args.exponent + channel));
    shift = V::max(V::min(shift, V::broadcast(31)), V::broadcast(2));
    const auto half = V::shift_left(one, V::subtract(shift, one));
    added = V::add(half, one);
    added_below_zero = V::subtract(half, one);
  }
  OTTAVA_INLINE typename V::I of(typename V::I x) const {
    const auto four = V::times_four(x);
    const auto high =
        V::high_halves(V::multiply_even(four, multiplier), V::multiply_even(V::odd_lanes(four), odd_multiplier));
    return V::shift_right(V::add(high, V::by_sign(x, added, added_below_zero)), shift);
  }
};

// For scales and biases that leave no value at 2^31 or above, where the conversion ends: nearly all.
template <class V>
struct NearestEven {
  typename V::F scale, bias;

  static OTTAVA_INLINE bool serves(const StageArgs& args, size_t channel, size_t vectors) {
    return !any_above(args.scale + channel, 0.5f, vectors) &&
           (args.has_bias == 0 || !any_above(args.bias + channel, 0x1p29f, vectors));
  }
  static OTTAVA_INLINE bool any_above(const float* values, float most, size_t vectors) {
    return V::any_above_f32(V::load_f32(values), V::broadcast_f32(most)) ||
           (vectors == 2 && V::any_above_f32(V::load_f32(values + V::lanes), V::broadcast_f32(most)));
  }
  OTTAVA_INLINE NearestEven(const StageArgs& args, size_t channel, Stage)
      : scale(V::load_f32(args.scale + channel)), bias(V::load_f32(args.bias + channel)) {}
  OTTAVA_INLINE typename V::I of(typename V::I x) const {
    return V::round_half_even(V::add_f32(V::multiply_f32(V::to_f32(x), scale), bias));
  }
};

template <class V, class Rule>
struct MultiplyShift {
  typename V::I multiplier, exponent;

  OTTAVA_INLINE MultiplyShift(const StageArgs& args, size_t channel, Stage)
      : multiplier(V::load(args.multiplier + channel)), exponent(V::load(args.exponent + channel)) {}
  OTTAVA_INLINE typename V::I of(typename V::I x) const { return Rule::template apply<V>(x, multiplier, exponent); }
};

template <class Form>
struct FormOf {
  using Type = Form;
};

// A vector of channels after the other: the constants of one take registers, those of two too many.
template <class V, class Form, size_t M, size_t W>
OTTAVA_INLINE void round_in_place(const StageArgs& args, Stage stage, size_t channel, typename V::I (&acc)[M][W]) {
  unroll<W>([&](auto v) OTTAVA_INLINE_LAMBDA {
    const Form form(args, channel + v * V::lanes, stage);
    unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA { acc[i][v] = form.of(acc[i][v]); });
  });
}

// What a requantizing rule makes of the accumulators, short of zero point and clamp; or false, and nothing is done.
template <class V, size_t M, size_t W>
OTTAVA_INLINE bool round_registers(const TileArgs& tile, const StageArgs& args, Stage stage, size_t channel,
                                   typename V::I (&acc)[M][W]) {
  const auto round = [&](auto form) OTTAVA_INLINE_LAMBDA {
    round_in_place<V, typename decltype(form)::Type>(args, stage, channel, acc);
    return true;
  };
  if (stage == Stage::float_nearest_even) {  // sooner than by the table of a switch
    return NearestEven<V>::serves(args, channel, W) && round(FormOf<NearestEven<V>>());
  }
  switch (stage) {
    case Stage::fixed_two_roundings:
    case Stage::fixed_two_roundings_saturating:
      return TwoRoundingsOfSmall<V>::serves(tile, args, channel, W) && round(FormOf<TwoRoundingsOfSmall<V>>());
    case Stage::fixed_one_rounding_away:
      return ShiftedProduct<V, true>::serves(args, channel, W) && round(FormOf<ShiftedProduct<V, true>>());
    case Stage::fixed_one_rounding:
    case Stage::fixed_acl_fused:
      return ShiftedProduct<V, false>::serves(args, channel, W) && round(FormOf<ShiftedProduct<V, false>>());
    case Stage::multiply_shift_floor: return round(FormOf<MultiplyShift<V, MultiplyShiftFloor>>());
    case Stage::multiply_shift_half_up: return round(FormOf<MultiplyShift<V, MultiplyShiftHalfUp>>());
    case Stage::multiply_shift_half_away: return round(FormOf<MultiplyShift<V, MultiplyShiftHalfAway>>());
    default: return true;
  }
}

// The rounded values as bytes: two rows of two vectors at once, or four rows of one.
template <class V, size_t M>
OTTAVA_INLINE void store_bytes(const StageArgs& args, uint8_t* to, ptrdiff_t stride, const typename V::I (&y)[M][2]) {
  const typename V::TwoRows two_rows(args.zero_point, args.clamp_min, args.clamp_max);
  unroll<(M + 1) / 2>([&](auto pair) OTTAVA_INLINE_LAMBDA {
    constexpr size_t i = 2 * decltype(pair)::value;
    uint8_t* const row = to + static_cast<ptrdiff_t>(i) * stride;
    if constexpr (i + 1 < M) {
      two_rows.store(row, row + stride, y[i][0], y[i][1], y[i + 1][0], y[i + 1][1]);
    } else {
      two_rows.store_row(row, y[i][0], y[i][1]);
    }
  });
}
template <class V, size_t M>
OTTAVA_INLINE void store_bytes(const StageArgs& args, uint8_t* to, ptrdiff_t stride, const typename V::I (&y)[M][1]) {
  const typename V::TwoRows two_rows(args.zero_point, args.clamp_min, args.clamp_max);
  unroll<(M + 3) / 4>([&](auto four) OTTAVA_INLINE_LAMBDA {
    constexpr size_t i = 4 * decltype(four)::value;
    constexpr size_t rows = M - i < 4 ? M - i : 4;
    const auto at = [&](size_t row) OTTAVA_INLINE_LAMBDA { return y[i + (row < rows ? row : rows - 1)][0]; };
    two_rows.template store_halves<rows>(to + static_cast<ptrdiff_t>(i) * stride, stride, at(0), at(1), at(2), at(3));
  });
}

template <class V, size_t kBytes, size_t M, size_t W>
OTTAVA_INLINE void store_words(const StageArgs& args, uint8_t* to, ptrdiff_t stride, const typename V::I (&y)[M][W]) {
  const Bounds<V, kBytes> bounds(args);
  unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA {
    uint8_t* const row = to + static_cast<ptrdiff_t>(size_t{i}) * stride;
    if constexpr (kBytes == 2 && W == 2) {
      V::store_16_two(row, bounds.stored(y[i][0]), bounds.stored(y[i][1]));
    } else {
      unroll<W>([&](auto v) OTTAVA_INLINE_LAMBDA {
        store_narrow<V, kBytes>(row + v * V::lanes * kBytes, bounds.stored(y[i][v]));
      });
    }
  });
}

template <class V, size_t M, size_t W>
OTTAVA_INLINE void store_floats(const StageArgs& args, size_t channel, uint8_t* to, ptrdiff_t stride,
                                const typename V::I (&acc)[M][W]) {
  ScaledF32<V, false> rules[] = {ScaledF32<V, false>(&args), ScaledF32<V, false>(&args)};
  unroll<W>([&](auto v) OTTAVA_INLINE_LAMBDA { rules[v].begin_channels(channel + v * V::lanes); });
  unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA {
    uint8_t* const row = to + static_cast<ptrdiff_t>(size_t{i}) * stride;
    unroll<W>([&](auto v) OTTAVA_INLINE_LAMBDA {
      rules[v].begin_row(i);
      rules[v].store(row + v * V::lanes * sizeof(float), acc[i][v]);
    });
  });
}

// The stage of V's table on rows of n accumulators, from `channel` on, to which nothing is to be added. Row by row, as
// the contract has it.
template <class V>
OTTAVA_NOINLINE void run_stage_of_table(const StageArgs* stage_args, Stage stage, size_t channel, uint8_t* dst,
                                        ptrdiff_t dst_row_stride, const int32_t* acc, size_t rows, size_t n) {
  StageArgs args = *stage_args;
  args.acc_stride = args.n = n;
  args.m = 1;
  args.offset = args.rhs_zero = args.row_zero = nullptr;
  args.multiplier += channel;
  args.exponent += channel;
  args.scale += channel;
  args.bias += channel;
  const StageTable& table = *V::stages;
  const size_t index = static_cast<size_t>(stage);
  const StageFn run = args.dst_column_stride == 1   ? table.run[index]
                      : args.dst_column_stride == 2 ? table.run_s16[index]
                                                    : table.run_s32[index];
  for (size_t i = 0; i < rows; ++i) {
    args.acc = acc + i * n;
    args.dst = dst + static_cast<ptrdiff_t>(i) * dst_row_stride;
    run(&args);
  }
}

// For bias-initialized accumulators, of the channels from `channel` on. `dst` is where the first of them goes, elements
// of it are as large as its columns are apart.
template <class V, size_t M, size_t W>
OTTAVA_INLINE void finish_registers(const TileArgs& tile, const StageArgs& args, Stage stage, size_t channel,
                                    uint8_t* dst, ptrdiff_t stride, typename V::I (&acc)[M][W]) {
  add_row_terms<V>(args, channel, acc);
  if (stage == Stage::scaled_f32) return store_floats<V>(args, channel, dst, stride, acc);
  if (!round_registers<V>(tile, args, stage, channel, acc)) {  // of an unusual scale, such as above 1/2, or depth
    alignas(V::bytes) int32_t buffer[M][W][V::lanes];
    unroll<M * W>([&](auto v) OTTAVA_INLINE_LAMBDA { V::store_32(buffer[v / W][v % W], acc[v / W][v % W]); });
    return run_stage_of_table<V>(&args, stage, channel, dst, stride, buffer[0][0], M, W * V::lanes);
  }
  if (args.dst_column_stride == 1) return store_bytes<V>(args, dst, stride, acc);
  if (args.dst_column_stride == 2) return store_words<V, 2>(args, dst, stride, acc);
  store_words<V, 4>(args, dst, stride, acc);
}

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_FUSED_REGISTERS_H_
