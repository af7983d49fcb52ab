// The rules of the output stage as vectors: what becomes of an int32 accumulator on its way to dst, a struct for each
// rule, over the vector operations V that vector_stage.h describes. That file walks the tile with them and is the one
// to include.
//
// Everything here is a template on V, which a file of an ISA folder keeps in an anonymous namespace: no code is shared
// between files with different ISA flags.
//
// A rule tells the size of an element of dst and whether it reads dst, and is told of channels, of rows, and of what to
// store:
//   element_bytes, accumulates
//   begin_channels(channel), begin_row(row)
//   store(uint8_t* to, I x)                 a full vector of dst from a full vector of accumulators
#ifndef OTTAVA_SRC_OUTPUT_VECTOR_RULES_H_
#define OTTAVA_SRC_OUTPUT_VECTOR_RULES_H_

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

// What a rule does at new channels and at a new row, and whether it reads dst, unless it says otherwise: nothing, and
// no. A rule is told of its channels before their rows, so that what depends on the channel alone is computed once for
// all rows of the tile.
template <class V>
struct Stateless {
  static constexpr bool accumulates = false;
  OTTAVA_INLINE void begin_channels(size_t) {}
  OTTAVA_INLINE void begin_row(size_t) {}
};

// What is stored of a y that is yet without the zero point. Clamped first: y + zero_point could leave int32.
template <class V, size_t kBytes>
struct Bounds {
  typename V::I low, high, zero_point;
  int32_t clamp_min, clamp_max;
  bool left_int32;

  // A bound less the zero point. For s32 it may leave int32: then no y, or every y, is beyond it, and the end
  // of int32 says the same.
  static OTTAVA_INLINE int32_t before_zero_point(int64_t bound) {
    return static_cast<int32_t>(bound < INT32_MIN ? INT32_MIN : bound > INT32_MAX ? INT32_MAX : bound);
  }
  OTTAVA_INLINE explicit Bounds(const StageArgs& args) : clamp_min(args.clamp_min), clamp_max(args.clamp_max) {
    const int64_t least = static_cast<int64_t>(clamp_min) - args.zero_point;
    const int64_t most = static_cast<int64_t>(clamp_max) - args.zero_point;
    low = V::broadcast(before_zero_point(least));
    high = V::broadcast(before_zero_point(most));
    zero_point = V::broadcast(args.zero_point);
    left_int32 = least < INT32_MIN || most > INT32_MAX;
  }
  OTTAVA_INLINE typename V::I stored(typename V::I y) const {
    const auto sum = V::add(V::min(V::max(y, low), high), zero_point);
    if constexpr (kBytes == 4) {  // a bound that left int32 is still to be reached
      if (left_int32) return V::min(V::max(sum, V::broadcast(clamp_min)), V::broadcast(clamp_max));
    }
    return sum;
  }
};

// What the fixed-point rules share: `Rule::apply<V>(x, multiplier, exponent)` before the zero point.
template <class V, class Rule, size_t kBytes>
struct Fixed : Stateless<V> {
  static constexpr size_t element_bytes = kBytes;
  Bounds<V, kBytes> bounds;
  typename V::I multiplier, exponent;
  const StageArgs* args;

  OTTAVA_INLINE explicit Fixed(const StageArgs* stage_args) : bounds(*stage_args), args(stage_args) {
    multiplier = exponent = V::broadcast(0);
  }
  OTTAVA_INLINE void begin_channels(size_t channel) {
    multiplier = V::load(args->multiplier + channel);
    exponent = V::load(args->exponent + channel);
  }
  OTTAVA_INLINE auto without_left_shift() const {
    Fixed<V, typename Rule::WithoutLeftShift, kBytes> twin(args);
    twin.multiplier = multiplier;
    twin.exponent = exponent;
    return twin;
  }
  OTTAVA_INLINE typename V::I unbounded(typename V::I x) const {
    return Rule::template apply<V>(x, multiplier, exponent);
  }
  OTTAVA_INLINE void store(uint8_t* to, typename V::I x) const {
    store_narrow<V, kBytes>(to, bounds.stored(unbounded(x)));
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

template <class V, class = void>
constexpr bool kHasTwoRoundings = false;
template <class V>
constexpr bool kHasTwoRoundings<V, decltype(static_cast<void>(&V::two_roundings))> = true;

// The rules that shift left first name one that does not, for channels that have no left shift: nearly all.
struct TwoRoundingsRight {
  template <class V>
  static OTTAVA_INLINE typename V::I apply(typename V::I x, typename V::I multiplier, typename V::I exponent) {
    const auto right = V::subtract(V::broadcast(0), exponent);
    return rounded<V>(x, multiplier, right);
  }
  template <class V>
  static OTTAVA_INLINE typename V::I rounded(typename V::I x, typename V::I multiplier, typename V::I right) {
    if constexpr (kHasTwoRoundings<V>) {
      return V::two_roundings(x, multiplier, right);
    } else {
      return V::divide_half_away(V::multiply_high_rounded(x, multiplier), right);
    }
  }
};

struct TwoRoundings {
  using WithoutLeftShift = TwoRoundingsRight;
  template <class V>
  static OTTAVA_INLINE typename V::I apply(typename V::I x, typename V::I multiplier, typename V::I exponent) {
    const auto shifted = V::shift_left(x, left_shift_of<V>(exponent));
    return TwoRoundingsRight::rounded<V>(shifted, multiplier, right_shift_of<V>(exponent));
  }
};

struct TwoRoundingsSaturating {
  using WithoutLeftShift = TwoRoundingsRight;
  template <class V>
  static OTTAVA_INLINE typename V::I apply(typename V::I x, typename V::I multiplier, typename V::I exponent) {
    const auto shifted = V::shift_left_saturating(x, left_shift_of<V>(exponent));
    return TwoRoundingsRight::rounded<V>(shifted, multiplier, right_shift_of<V>(exponent));
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

// The two above in 64-bit lanes, where V has them. An 8- or 16-bit dst bounds x instead of y: to +-2^(30 - e) if e is
// not negative. There |y| lies between 2^29 and 2^30, since the multiplier is normalized: in int32 and beyond every
// bound.
template <class V, class = void>
constexpr bool kHasWideLanes = false;
template <class V>
constexpr bool kHasWideLanes<V, decltype(static_cast<void>(sizeof(typename V::OneRounding)))> = true;

template <class V, bool kAway, size_t kBytes>
struct WideOneRounding : Stateless<V> {
  static constexpr size_t element_bytes = kBytes;
  typename V::I low, high, zero_point, least_x, most_x;
  int64_t low_y, high_y;
  bool bounds_x;
  typename V::OneRounding rounding;
  const StageArgs* args;

  OTTAVA_INLINE explicit WideOneRounding(const StageArgs* stage_args)
      : rounding(V::broadcast(0), V::broadcast(0)), args(stage_args) {
    low_y = static_cast<int64_t>(args->clamp_min) - args->zero_point;
    high_y = static_cast<int64_t>(args->clamp_max) - args->zero_point;
    low = V::broadcast(static_cast<int32_t>(low_y));
    high = V::broadcast(static_cast<int32_t>(high_y));
    zero_point = V::broadcast(args->zero_point);
    least_x = most_x = V::broadcast(0);
    bounds_x = true;
  }
  OTTAVA_INLINE void begin_channels(size_t channel) {
    const auto exponent = V::load(args->exponent + channel);
    rounding = typename V::OneRounding(V::load(args->multiplier + channel), exponent);
    const auto left = V::max(V::add(exponent, V::broadcast(1)), V::broadcast(0));
    bounds_x = V::any_above_zero(left);
    least_x = V::shift_right(V::broadcast(INT32_MIN), left);
    most_x = V::add(V::shift_right(V::broadcast(INT32_MAX), left), V::min(left, V::broadcast(1)));
  }
  OTTAVA_INLINE auto rounded(typename V::I x) const {
    if constexpr (kAway) {
      return rounding.half_away(x);
    } else {
      return rounding.half_up(x);
    }
  }
  OTTAVA_INLINE typename V::I unbounded(typename V::I x) const {
    if (bounds_x) x = V::min(V::max(x, least_x), most_x);
    return V::low_halves(rounded(x));
  }
  OTTAVA_INLINE void store(uint8_t* to, typename V::I x) const {
    if constexpr (kBytes == 4) {
      V::store_32(to, V::add(V::low_halves(V::bounded(rounded(x), low_y, high_y)), zero_point));
    } else {
      const auto y = unbounded(x);
      store_narrow<V, kBytes>(to, V::add(V::min(V::max(y, low), high), zero_point));
    }
  }
};

struct AclFusedRight {
  template <class V>
  static OTTAVA_INLINE typename V::I apply(typename V::I x, typename V::I multiplier, typename V::I exponent) {
    return V::divide_half_up(V::multiply_high_floor(x, multiplier), V::subtract(V::broadcast(0), exponent));
  }
};

struct AclFused {
  using WithoutLeftShift = AclFusedRight;
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

// What V says of round_half_even, see vector_stage.h.
template <class V, class = void>
constexpr bool kRoundsAny = false;
template <class V>
constexpr bool kRoundsAny<V, decltype(static_cast<void>(V::rounds_any))> = V::rounds_any;
template <class V, class = void>
constexpr bool kRoundsBounded = false;
template <class V>
constexpr bool kRoundsBounded<V, decltype(static_cast<void>(V::rounds_bounded))> = V::rounds_bounded;

// kBelow2To31: the channels' scales and biases leave no value at 2^31 or above, where the conversion of some V ends.
// Without kHasBias all biases are 0.0, of which a value that is rounded to an integer has nothing.
template <class V, size_t kBytes, bool kBelow2To31 = false, bool kHasBias = true>
struct FloatNearestEven : Stateless<V> {
  static constexpr size_t element_bytes = kBytes;
  typename V::F low, high, scale, bias;
  typename V::I zero_point;
  const StageArgs* args;

  OTTAVA_INLINE explicit FloatNearestEven(const StageArgs* stage_args) : args(stage_args) {
    low = V::broadcast_f32(static_cast<float>(args->clamp_min - args->zero_point));
    high = V::broadcast_f32(static_cast<float>(args->clamp_max - args->zero_point));
    zero_point = V::broadcast(args->zero_point);
    scale = bias = low;
  }
  OTTAVA_INLINE void begin_channels(size_t channel) {
    scale = V::load_f32(args->scale + channel);
    bias = V::load_f32(args->bias + channel);
  }
  OTTAVA_INLINE typename V::F scaled(typename V::I x) const {
    const auto product = V::multiply_f32(V::to_f32(x), scale);
    if constexpr (kHasBias) return V::add_f32(product, bias);
    return product;
  }
  // Bounded as far as the conversion does not do it.
  OTTAVA_INLINE typename V::I unbounded(typename V::I x) const {
    if constexpr (kBelow2To31 || kRoundsAny<V>) return V::round_half_even(scaled(x));
    if constexpr (kRoundsBounded<V>) return V::round_half_even(V::min_f32(high, V::max_f32(low, scaled(x))));
    return V::round_half_even(V::min_f32(high, scaled(x)));
  }
  // Nearly all channels are such: |x| <= 2^31.
  OTTAVA_INLINE bool is_below_2_to_31() const {
    return !V::any_above_f32(scale, V::broadcast_f32(0.5f)) && !V::any_above_f32(bias, V::broadcast_f32(0x1p29f));
  }
  template <bool kTwinHasBias>
  OTTAVA_INLINE auto below_2_to_31() const {
    FloatNearestEven<V, kBytes, true, kTwinHasBias> twin(args);
    twin.scale = scale;
    twin.bias = bias;
    return twin;
  }
  OTTAVA_INLINE void store(uint8_t* to, typename V::I x) const {
    const auto bounded = V::min_f32(high, V::max_f32(low, scaled(x)));
    store_narrow<V, kBytes>(to, V::add(V::round_half_even(bounded), zero_point));
  }
};

template <class V, class = void>
constexpr bool kDivides = false;
template <class V>
constexpr bool kDivides<V, decltype(static_cast<void>(&V::divide_f32))> = true;

// For rows with scales of their own, which make a scale with those of channels and of dst.
template <class V>
struct FloatRows : Stateless<V> {
  static constexpr size_t element_bytes = 1;
  FloatNearestEven<V, 1> rule;
  typename V::F channel_scale, dst_scale;

  OTTAVA_INLINE explicit FloatRows(const StageArgs* args)
      : rule(args), channel_scale(rule.scale), dst_scale(V::broadcast_f32(args->dst_scale)) {}
  OTTAVA_INLINE void begin_channels(size_t channel) {
    rule.begin_channels(channel);
    channel_scale = rule.scale;
  }
  OTTAVA_INLINE void begin_row(size_t row) {
    const auto most = V::broadcast_f32(kLargestScale);
    const auto product = V::multiply_f32(V::broadcast_f32(rule.args->row_scale[row]), channel_scale);
    rule.scale = V::min_f32(most, V::divide_f32(V::min_f32(most, product), dst_scale));
  }
  OTTAVA_INLINE void store(uint8_t* to, typename V::I x) const { rule.store(to, x); }
};

// The same for s32, for a dst without a zero point: then what saturates is clamped as the exact y would be.
template <class V>
struct FloatNearestEvenS32 : Stateless<V> {
  static constexpr size_t element_bytes = 4;
  typename V::F scale, bias;
  typename V::I low, high;
  const StageArgs* args;

  OTTAVA_INLINE explicit FloatNearestEvenS32(const StageArgs* stage_args) : args(stage_args) {
    low = V::broadcast(args->clamp_min);
    high = V::broadcast(args->clamp_max);
    scale = bias = V::broadcast_f32(0.0f);
  }
  OTTAVA_INLINE void begin_channels(size_t channel) {
    scale = V::load_f32(args->scale + channel);
    bias = V::load_f32(args->bias + channel);
  }
  OTTAVA_INLINE void store(uint8_t* to, typename V::I x) const {
    const auto y = V::round_half_even_saturating(V::add_f32(V::multiply_f32(V::to_f32(x), scale), bias));
    V::store_32(to, V::min(V::max(y, low), high));
  }
};
template <class V, class = void>
constexpr bool kRoundsSaturating = false;
template <class V>
constexpr bool kRoundsSaturating<V, decltype(static_cast<void>(&V::round_half_even_saturating))> = true;

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
  OTTAVA_INLINE void store(uint8_t* to, typename V::I x) const {
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
  typename V::F low, high, channel_scale, bias, row_scale;
  bool scaled_rows;
  const StageArgs* args;

  OTTAVA_INLINE explicit ScaledF32(const StageArgs* stage_args) : args(stage_args) {
    low = V::broadcast_f32(args->clamp_min_f32);
    high = V::broadcast_f32(args->clamp_max_f32);
    scaled_rows = args->row_scale != nullptr;
    row_scale = channel_scale = bias = V::broadcast_f32(1.0f);
  }
  OTTAVA_INLINE void begin_channels(size_t channel) {
    channel_scale = V::load_f32(args->scale + channel);
    bias = V::load_f32(args->bias + channel);
  }
  OTTAVA_INLINE void begin_row(size_t row) {
    if (scaled_rows) row_scale = V::broadcast_f32(args->row_scale[row]);
  }
  OTTAVA_INLINE void store(uint8_t* to, typename V::I x) const {
    auto scale = channel_scale;
    if (scaled_rows) scale = V::min_f32(V::broadcast_f32(kLargestScale), V::multiply_f32(row_scale, scale));
    auto sum = V::add_f32(V::multiply_f32(V::to_f32(x), scale), bias);
    if constexpr (kAccumulate) {
      float buffer[V::lanes];
      sum = V::add_f32(V::load_f32(aligned_copy<V>(to, buffer)), sum);
      V::store_f32(to, V::canonical_nan(V::min_f32(high, V::max_f32(low, sum))));
    } else {
      V::store_f32(to, V::min_f32(high, V::max_f32(low, sum)));
    }
  }
};

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_VECTOR_RULES_H_
