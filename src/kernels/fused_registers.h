// The output stage on a tile that a kernel still holds in registers, for tiles whose channels are all valid and whose
// dst is dense: the rules of vector_rules.h, or others that equal them. Included by kernels, with the vector operations
// V of their instruction set; vector_stage.h says what V is, and does the same for any tile.
//
// Every number of rows and vectors of every kernel is code of its own, whose registers a rule with constants of its own
// would have to share. So the rule is chosen behind the loop over the depth, and only that which nearly all that runs
// asks for, the float rule to 8 bits, takes the accumulators from registers, and TFLite's and floats where they are
// few. Before any other they are spilled, and a loop over rows that is compiled once for all numbers of them reads them
// from the first-level cache. Read finish_registers.
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
//   store_halves<n>(row_of, a, b, c, d)    n rows of one vector each, the first n of these, to row_of(0) and so on
#ifndef OTTAVA_SRC_KERNELS_FUSED_REGISTERS_H_
#define OTTAVA_SRC_KERNELS_FUSED_REGISTERS_H_

#include "kernels/kernel.h"
#include "kernels/prepared_channels.h"
#include "kernels/row_terms.h"
#include "kernels/unroll.h"
#include "output/vector_stage.h"

namespace ottava {

// What a kernel has spilled of a tile: `count` rows of W vectors of accumulators, those of the channels from `channel`
// on, the first of which goes to `dst`; `first` is its row among those that the stage is told of.
template <class V, size_t W>
struct SpilledRows {
  int32_t* acc;
  size_t count;
  size_t channel;
  size_t first;
  uint8_t* dst;
  ptrdiff_t stride;

  // Of rows behind the last, the last.
  OTTAVA_INLINE size_t at_most_last(size_t row) const { return row < count ? row : count - 1; }
  OTTAVA_INLINE uint8_t* to(size_t row) const { return dst + static_cast<ptrdiff_t>(row) * stride; }
  OTTAVA_INLINE const int32_t* at(size_t row, size_t v) const { return acc + (row * W + v) * V::lanes; }
  OTTAVA_INLINE typename V::I load(size_t row, size_t v) const { return V::load(at(row, v)); }
};

template <class V, size_t W>
OTTAVA_NOINLINE void take_row_terms(const StageArgs& args, const SpilledRows<V, W>& rows) {
  const RowTerms<V, W> terms(args, rows.channel);
  for (size_t i = 0; i < rows.count; ++i) {
    unroll<W>([&](auto v) OTTAVA_INLINE_LAMBDA {
      V::store_32(rows.acc + (i * W + v) * V::lanes, terms.taken_from(rows.load(i, v), rows.first + i, v));
    });
  }
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
  template <size_t W>
  static OTTAVA_INLINE bool serves(const TileArgs&, const StageArgs& args, size_t channel) {
    const auto first = unserved(args, channel);
    return !V::any_above_zero(W == 2 ? V::max(first, unserved(args, channel + V::lanes)) : first);
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

  template <size_t W>
  static OTTAVA_INLINE bool serves(const TileArgs& tile, const StageArgs& args, size_t channel) {
    if (tile.depth * tile.positions > (has_row_terms(args) ? kMostDepthOfRowTerms : kMostDepth)) return false;
    const auto beyond = [&](size_t at) OTTAVA_INLINE_LAMBDA {  // the magnitude of INT32_MIN wraps around, to above 0
      return V::subtract(V::absolute(V::load(tile.bias + at)), V::broadcast(kMostOffset));
    };
    const auto first = beyond(channel);
    return !V::any_above_zero(W == 2 ? V::max(first, beyond(channel + V::lanes)) : first) &&
           ShiftedProduct<V, true>::template serves<W>(tile, args, channel);
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
constexpr float kMostScale = 0.5f;
constexpr float kMostBias = 0x1p29f;

template <class V, size_t W>
OTTAVA_INLINE bool any_of_channels_above(const float* values, float most) {
  bool above = V::any_above_f32(V::load_f32(values), V::broadcast_f32(most));
  if constexpr (W == 2) above = above || V::any_above_f32(V::load_f32(values + V::lanes), V::broadcast_f32(most));
  return above;
}

template <class V>
struct NearestEven {
  typename V::F scale, bias;

  template <size_t W>
  static OTTAVA_INLINE bool serves(const TileArgs&, const StageArgs& args, size_t channel) {
    return !any_of_channels_above<V, W>(args.scale + channel, kMostScale) &&
           (args.has_bias == 0 || !any_of_channels_above<V, W>(args.bias + channel, kMostBias));
  }
  OTTAVA_INLINE NearestEven(const StageArgs& args, size_t channel, Stage)
      : scale(V::load_f32(args.scale + channel)), bias(V::load_f32(args.bias + channel)) {}
  OTTAVA_INLINE typename V::I of(typename V::I x) const {
    return V::round_half_even(V::add_f32(V::multiply_f32(V::to_f32(x), scale), bias));
  }
};

struct ServesAll {
  template <size_t W>
  static OTTAVA_INLINE bool serves(const TileArgs&, const StageArgs&, size_t) {
    return true;
  }
};

template <class V, class Rule>
struct MultiplyShift : ServesAll {
  typename V::I multiplier, exponent;

  OTTAVA_INLINE MultiplyShift(const StageArgs& args, size_t channel, Stage)
      : multiplier(V::load(args.multiplier + channel)), exponent(V::load(args.exponent + channel)) {}
  OTTAVA_INLINE typename V::I of(typename V::I x) const { return Rule::template apply<V>(x, multiplier, exponent); }
};

template <class V>
struct Unrounded : ServesAll {
  OTTAVA_INLINE Unrounded(const StageArgs&, size_t, Stage) {}
  OTTAVA_INLINE typename V::I of(typename V::I x) const { return x; }
};

template <class Form>
struct FormOf {
  using Type = Form;
};

// What a form makes of spilled accumulators, and how that is clamped and stored: a prepared form has added the zero
// point.
template <class V, class Form>
OTTAVA_INLINE typename V::I rounded(const Form& form, const int32_t* acc) {
  if constexpr (kPrepared<Form>) {
    return form.of(V::load(acc), V::load_odd_lanes(acc));
  } else {
    return form.of(V::load(acc));
  }
}
template <class V, class Form>
OTTAVA_INLINE auto two_rows_of(const StageArgs& args) {
  if constexpr (kPrepared<Form>) {
    return typename V::TwoFinishedRows(0, args.clamp_min, args.clamp_max);
  } else {
    return typename V::TwoRows(args.zero_point, args.clamp_min, args.clamp_max);
  }
}
template <class V>
struct FinishedBounds {
  typename V::I low, high;

  OTTAVA_INLINE explicit FinishedBounds(const StageArgs& args)
      : low(V::broadcast(args.clamp_min)), high(V::broadcast(args.clamp_max)) {}
  OTTAVA_INLINE typename V::I stored(typename V::I y) const { return V::min(V::max(y, low), high); }
};
template <class V, size_t kBytes, class Form>
OTTAVA_INLINE auto bounds_of(const StageArgs& args) {
  if constexpr (kPrepared<Form>) {
    return FinishedBounds<V>(args);
  } else {
    return Bounds<V, kBytes>(args);
  }
}

// The rounded values as bytes: two rows of two vectors at once, or four rows of one. What there is no row for is the
// last row again.
template <class V, class Form>
OTTAVA_INLINE void store_bytes(const StageArgs& args, Stage stage, const SpilledRows<V, 2>& rows) {
  const auto two_rows = two_rows_of<V, Form>(args);
  const Form first(args, rows.channel, stage), second(args, rows.channel + V::lanes, stage);
  for (size_t i = 0; i < rows.count; i += 2) {
    const size_t j = rows.at_most_last(i + 1);
    two_rows.store(rows.to(i), rows.to(j), rounded<V>(first, rows.at(i, 0)), rounded<V>(second, rows.at(i, 1)),
                   rounded<V>(first, rows.at(j, 0)), rounded<V>(second, rows.at(j, 1)));
  }
}
template <class V, class Form>
OTTAVA_INLINE void store_bytes(const StageArgs& args, Stage stage, const SpilledRows<V, 1>& rows) {
  const auto two_rows = two_rows_of<V, Form>(args);
  const Form form(args, rows.channel, stage);
  for (size_t i = 0; i < rows.count; i += 4) {
    const auto row = [&](size_t of_four) OTTAVA_INLINE_LAMBDA { return rows.at_most_last(i + of_four); };
    const auto value = [&](size_t of_four) OTTAVA_INLINE_LAMBDA { return rounded<V>(form, rows.at(row(of_four), 0)); };
    two_rows.template store_halves<4>([&](size_t of_four) OTTAVA_INLINE_LAMBDA { return rows.to(row(of_four)); },
                                      value(0), value(1), value(2), value(3));
  }
}

template <class V, size_t kBytes, class Form, size_t W>
OTTAVA_INLINE void store_words(const StageArgs& args, Stage stage, const SpilledRows<V, W>& rows) {
  const auto bounds = bounds_of<V, kBytes, Form>(args);
  const Form first(args, rows.channel, stage), second(args, rows.channel + (W - 1) * V::lanes, stage);
  for (size_t i = 0; i < rows.count; ++i) {
    const auto value = bounds.stored(rounded<V>(first, rows.at(i, 0)));
    if constexpr (W == 1) {
      store_narrow<V, kBytes>(rows.to(i), value);
    } else {
      const auto next = bounds.stored(rounded<V>(second, rows.at(i, 1)));
      if constexpr (kBytes == 2) {
        V::store_16_two(rows.to(i), value, next);
      } else {
        store_narrow<V, kBytes>(rows.to(i), value);
        store_narrow<V, kBytes>(rows.to(i) + V::lanes * kBytes, next);
      }
    }
  }
}

// The stage of V's table, on accumulators to which nothing is to be added. Row by row, as the contract has it.
template <class V, size_t W>
OTTAVA_NOINLINE void run_stage_of_table(const StageArgs& stage_args, Stage stage, const SpilledRows<V, W>& rows) {
  StageArgs args = stage_args;
  args.acc_stride = args.n = W * V::lanes;
  args.m = 1;
  args.offset = args.rhs_zero = args.row_zero = nullptr;
  args.multiplier += rows.channel;
  args.exponent += rows.channel;
  args.scale += rows.channel;
  args.bias += rows.channel;
  const StageTable& table = *V::stages;
  const size_t index = static_cast<size_t>(stage);
  const StageFn run = args.dst_column_stride == 1   ? table.run[index]
                      : args.dst_column_stride == 2 ? table.run_s16[index]
                                                    : table.run_s32[index];
  for (size_t i = 0; i < rows.count; ++i) {
    args.acc = rows.acc + i * args.n;
    args.dst = rows.to(i);
    run(&args);
  }
}

// What a rule makes of spilled rows, in one of few forms that say of which channels they are true.
template <class V, class Form>
struct FinishRounded {
  template <size_t W>
  static void finish(const TileArgs& tile, const StageArgs& args, Stage stage, const SpilledRows<V, W>& of) {
    const SpilledRows<V, W> rows = of;  // which nothing that is stored may change
    if (has_row_terms(args)) take_row_terms(args, of);
    if constexpr (!kPrepared<Form>) {
      if (!Form::template serves<W>(tile, args, rows.channel)) {  // an unusual scale, such as above 1/2, or depth
        return run_stage_of_table(args, stage, of);
      }
    }
    if (args.dst_column_stride == 1) return store_bytes<V, Form>(args, stage, rows);
    if (args.dst_column_stride == 2) return store_words<V, 2, Form>(args, stage, rows);
    store_words<V, 4, Form>(args, stage, rows);
  }
};

// Rows as floats.
template <class V, size_t W>
class FloatStore {
 public:
  OTTAVA_INLINE FloatStore(const StageArgs& args, size_t channel)
      : terms_(args, channel), rules_{ScaledF32<V, false>(&args), ScaledF32<V, false>(&args)} {
    unroll<W>([&](auto v) OTTAVA_INLINE_LAMBDA { rules_[v].begin_channels(channel + v * V::lanes); });
  }
  OTTAVA_INLINE void store(uint8_t* to, size_t row, const typename V::I (&acc)[W]) {
    unroll<W>([&](auto v) OTTAVA_INLINE_LAMBDA {
      rules_[v].begin_row(row);
      rules_[v].store(to + v * V::lanes * sizeof(float), terms_.taken_from(acc[v], row, v));
    });
  }

 private:
  RowTerms<V, W> terms_;
  ScaledF32<V, false> rules_[2];
};

template <class V>
struct FinishFloats {
  template <size_t W>
  static void finish(const TileArgs&, const StageArgs& args, Stage, const SpilledRows<V, W>& of) {
    const SpilledRows<V, W> rows = of;
    FloatStore<V, W> floats(args, rows.channel);
    for (size_t i = 0; i < rows.count; ++i) {
      typename V::I acc[W];
      unroll<W>([&](auto v) OTTAVA_INLINE_LAMBDA { acc[v] = rows.load(i, v); });
      floats.store(rows.to(i), rows.first + i, acc);
    }
  }
};

// By Stage, all but those that add to dst, and behind them the prepared forms.
constexpr size_t finish_of(PreparedChannels::Form form) {
  return static_cast<size_t>(Stage::scaled_f32) + 1 + static_cast<size_t>(form);
}

template <class V, size_t W>
struct FinishTable {
  using Finish = void (*)(const TileArgs&, const StageArgs&, Stage, const SpilledRows<V, W>&);
  template <class Form>
  static constexpr Finish in_form = FinishRounded<V, Form>::template finish<W>;

  static constexpr Finish finish[] = {
      in_form<TwoRoundingsOfSmall<V>>,
      in_form<TwoRoundingsOfSmall<V>>,
      in_form<ShiftedProduct<V, false>>,
      in_form<ShiftedProduct<V, true>>,
      in_form<ShiftedProduct<V, false>>,
      in_form<MultiplyShift<V, MultiplyShiftFloor>>,
      in_form<MultiplyShift<V, MultiplyShiftHalfUp>>,
      in_form<MultiplyShift<V, MultiplyShiftHalfAway>>,
      in_form<NearestEven<V>>,
      in_form<Unrounded<V>>,
      FinishFloats<V>::template finish<W>,
      in_form<PreparedOneRounding<V>>,
      in_form<PreparedTwoRoundings<V>>,
      in_form<PreparedMultiplyShift<V, false>>,
      in_form<PreparedMultiplyShift<V, true>>,
  };
  static_assert(sizeof finish / sizeof finish[0] == finish_of(PreparedChannels::Form::multiply_shift_half_away) + 1,
                "one for each");
};

// float_nearest_even with nothing to add: what nearly all that runs asks for.
template <class V>
struct NearestEvenUnbiased {
  typename V::F scale;

  template <size_t W>
  static OTTAVA_INLINE bool serves(const TileArgs&, const StageArgs& args, size_t channel) {
    return args.has_bias == 0 && !any_of_channels_above<V, W>(args.scale + channel, kMostScale);
  }
  OTTAVA_INLINE NearestEvenUnbiased(const StageArgs& args, size_t channel, Stage)
      : scale(V::load_f32(args.scale + channel)) {}
  OTTAVA_INLINE typename V::I of(typename V::I x) const {
    return V::round_half_even(V::multiply_f32(V::to_f32(x), scale));
  }
};

// The rows of a tile as bytes, all at once as above; row(i) is where row i goes.
template <class V, class Form, size_t M, size_t W, class Row>
OTTAVA_INLINE void store_registers(const StageArgs& args, Stage stage, size_t channel, Row row,
                                   const typename V::I (&acc)[M][W]) {
  const Form forms[] = {Form(args, channel, stage), Form(args, channel + (W - 1) * V::lanes, stage)};
  const auto two_rows = two_rows_of<V, Form>(args);
  const auto y = [&](size_t i, size_t v) OTTAVA_INLINE_LAMBDA {
    if constexpr (kPrepared<Form>) {
      return forms[v].of(acc[i][v], V::odd_lanes(acc[i][v]));
    } else {
      return forms[v].of(acc[i][v]);
    }
  };
  if constexpr (W == 2) {
    unroll<(M + 1) / 2>([&](auto pair) OTTAVA_INLINE_LAMBDA {
      constexpr size_t i = 2 * decltype(pair)::value;
      if constexpr (i + 1 < M) {
        two_rows.store(row(i), row(i + 1), y(i, 0), y(i, 1), y(i + 1, 0), y(i + 1, 1));
      } else {
        two_rows.store_row(row(i), y(i, 0), y(i, 1));
      }
    });
  } else {
    unroll<(M + 3) / 4>([&](auto four) OTTAVA_INLINE_LAMBDA {
      constexpr size_t i = 4 * decltype(four)::value;
      constexpr size_t rows = M - i < 4 ? M - i : 4;
      const auto at = [&](size_t k) OTTAVA_INLINE_LAMBDA { return y(i + (k < rows ? k : rows - 1), 0); };
      two_rows.template store_halves<rows>([&](size_t k) OTTAVA_INLINE_LAMBDA { return row(i + k); }, at(0), at(1),
                                           at(2), at(3));
    });
  }
}

template <class V, class Form, size_t M, size_t W>
OTTAVA_INLINE void store_registers(const StageArgs& args, Stage stage, size_t channel, uint8_t* to, ptrdiff_t stride,
                                   const typename V::I (&acc)[M][W]) {
  const auto row = [&](size_t i) OTTAVA_INLINE_LAMBDA { return to + static_cast<ptrdiff_t>(i) * stride; };
  store_registers<V, Form>(args, stage, channel, row, acc);
}

// So few accumulators leave registers to what other rules take, and a lone row has not the time to be spilled.
constexpr size_t kFewAccumulators = 6;

// For bias-initialized accumulators, of the channels from `channel` on and the rows from `first` on. `dst` is where the
// first of them goes, elements of it are as large as its columns are apart.
template <class V, bool kWholeTile = false, size_t M, size_t W>
OTTAVA_INLINE void finish_registers(const TileArgs& tile, const StageArgs& args, Stage stage, size_t channel,
                                    size_t first, uint8_t* dst, ptrdiff_t stride, typename V::I (&acc)[M][W]) {
  const auto stored = [&](auto form) OTTAVA_INLINE_LAMBDA {
    using Form = typename decltype(form)::Type;
    if (!Form::template serves<W>(tile, args, channel)) return false;
    store_registers<V, Form>(args, stage, channel, dst, stride, acc);
    return true;
  };
  const bool bytes = args.dst_column_stride == 1 && !has_row_terms(args);
  if (stage == Stage::float_nearest_even && bytes && stored(FormOf<NearestEvenUnbiased<V>>())) return;
  if constexpr (M * W <= kFewAccumulators) {
    const bool two_roundings = stage == Stage::fixed_two_roundings || stage == Stage::fixed_two_roundings_saturating;
    if (two_roundings && bytes && stored(FormOf<TwoRoundingsOfSmall<V>>())) return;
    if (stage == Stage::scaled_f32) {
      FloatStore<V, W> floats(args, channel);
      return unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA {
        floats.store(dst + static_cast<ptrdiff_t>(i) * stride, first + i, acc[i]);
      });
    }
  }
  size_t finish = static_cast<size_t>(stage);
  if (is_prepared<V, W>(args, channel)) finish = finish_of(args.prepared->form);
  if constexpr (kWholeTile) {
    using Prepared = PreparedChannels::Form;
    if (bytes && finish == finish_of(Prepared::two_roundings)) {
      return store_registers<V, PreparedTwoRoundings<V>>(args, stage, channel, dst, stride, acc);
    }
    if (bytes && finish == finish_of(Prepared::one_rounding)) {
      return store_registers<V, PreparedOneRounding<V>>(args, stage, channel, dst, stride, acc);
    }
  }
  alignas(V::bytes) int32_t spilled[M][W][V::lanes];
  unroll<M * W>([&](auto v) OTTAVA_INLINE_LAMBDA { V::store_32(spilled[v / W][v % W], acc[v / W][v % W]); });
  FinishTable<V, W>::finish[finish](tile, args, stage, {spilled[0][0], M, channel, first, dst, stride});
}

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_FUSED_REGISTERS_H_
