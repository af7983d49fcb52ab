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
// and may provide, where 64-bit lanes are cheap, besides any_above_zero, with W for two vectors of them that cover the
// lanes of an I
//   OneRounding(multiplier, exponent)       of some channels, 0 <= multiplier, -31 <= exponent <= 30
//     half_up(x), half_away(x) -> W         x * multiplier / 2^(31 - exponent), rounded so
//   bounded(W, int64_t low, int64_t high)
//   low_halves(W) -> I                      the low 32 bits of each lane
// and, each by itself, where it takes fewer instructions than what it stands for
//   two_roundings(a, b, s)                  divide_half_away(multiply_high_rounded(a, b), s), for b >= 0
//   any_above_zero(x) -> bool
//   round_half_even_saturating(F) -> I      any value but NaN, saturated to int32
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

// What a rule does at new channels and at a new row, and whether it reads dst, unless it says otherwise: nothing, and
// no. A rule is told of its channels before their rows, so that what depends on the channel alone is computed once for
// all rows of the tile.
template <class V>
struct Stateless {
  static constexpr bool accumulates = false;
  OTTAVA_INLINE void begin_channels(size_t) {}
  OTTAVA_INLINE void begin_row(size_t) {}
};

// What the fixed-point rules share: `Rule::apply<V>(x, multiplier, exponent)` before the zero point, then
// clamp, zero point and store. Clamped first: y + zero_point could leave int32.
template <class V, class Rule, size_t kBytes>
struct Fixed : Stateless<V> {
  static constexpr size_t element_bytes = kBytes;
  typename V::I low, high, zero_point, multiplier, exponent;
  bool bounds_left_int32;
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
    multiplier = exponent = V::broadcast(0);
    const int64_t least = static_cast<int64_t>(args->clamp_min) - args->zero_point;
    const int64_t most = static_cast<int64_t>(args->clamp_max) - args->zero_point;
    bounds_left_int32 = least < INT32_MIN || most > INT32_MAX;
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
  OTTAVA_INLINE void store(uint8_t* to, typename V::I x) const {
    const auto y = Rule::template apply<V>(x, multiplier, exponent);
    auto stored = V::add(V::min(V::max(y, low), high), zero_point);
    if constexpr (kBytes == 4) {  // a bound that left int32 is still to be reached
      if (bounds_left_int32)
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
  OTTAVA_INLINE void store(uint8_t* to, typename V::I x) const {
    if constexpr (kBytes == 4) {
      V::store_32(to, V::add(V::low_halves(V::bounded(rounded(x), low_y, high_y)), zero_point));
    } else {
      if (bounds_x) x = V::min(V::max(x, least_x), most_x);
      const auto y = V::low_halves(rounded(x));
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

template <class V, size_t kBytes>
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
  OTTAVA_INLINE void store(uint8_t* to, typename V::I x) const {
    const auto value = V::add_f32(V::multiply_f32(V::to_f32(x), scale), bias);
    const auto bounded = V::min_f32(high, V::max_f32(low, value));
    store_narrow<V, kBytes>(to, V::add(V::round_half_even(bounded), zero_point));
  }
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

// An element of the tile, zero points of the operands taken into account.
template <class V>
struct Accumulators {
  typename V::I offset, rhs_zero, weight_sum;
  const int32_t* acc;
  const int32_t* row_sum;
  const int32_t* row_zero;
  size_t stride;

  OTTAVA_INLINE Accumulators(const StageArgs& args, size_t channel)
      : offset(V::load(args.offset + channel)),
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

template <class V, class Rule>
OTTAVA_INLINE void run_dense(const StageArgs& args, const Accumulators<V>& accumulators, uint8_t* to, Rule rule) {
  for (size_t row = 0; row < args.m; ++row, to += args.dst_row_stride) {
    rule.begin_row(row);
    rule.store(to, accumulators.of_row(row));
  }
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
  for (size_t channel = 0; channel < args.n; channel += lanes) {
    rule.begin_channels(channel);
    const Accumulators<V> accumulators(args, channel);
    uint8_t* to = args.dst + static_cast<ptrdiff_t>(channel) * column_stride;
    const size_t left = args.n - channel;
    if (dense && left >= lanes) {
      if constexpr (kHasTwin<V, Rule>) {
        if (!V::any_above_zero(rule.exponent)) {
          run_dense<V>(args, accumulators, to, rule.without_left_shift());
          continue;
        }
      }
      run_dense<V>(args, accumulators, to, rule);
      continue;
    }
    const size_t valid = left < lanes ? left : lanes;
    for (size_t row = 0; row < args.m; ++row, to += row_stride) {
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
