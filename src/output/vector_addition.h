// The sum of two tensors as vectors, written once over the vector operations V of an instruction set, as
// output/vector_stage.h writes the output stage. The reference is output/portable_addition.cpp.
//
// Everything here is a template on V, which a file of an ISA folder keeps in an anonymous namespace: no code is shared
// between files with different ISA flags. Beyond what the rules of vector_rules.h use, V provides load_s8 and load_u8
// of vector_quantize.h, TwoRows of vector_stage.h, and
//   bits_of_both(x, y)                     x and y, bit by bit
//   any_below(x, y) -> bool                x < y in some lane
// Tails go through a small buffer.
#ifndef OTTAVA_SRC_OUTPUT_VECTOR_ADDITION_H_
#define OTTAVA_SRC_OUTPUT_VECTOR_ADDITION_H_

#include "output/addition.h"
#include "output/vector_rules.h"

namespace ottava {

template <class V, bool kUnsigned>
OTTAVA_INLINE typename V::I load_8(const uint8_t* from) {
  if constexpr (kUnsigned) {
    return V::load_u8(from);
  } else {
    return V::load_s8(from);
  }
}

// y of N vectors of elements.
template <class V, bool kUnsigned, class Rule, size_t N>
OTTAVA_INLINE void apply_each(const Rule& rule, const uint8_t* a, const uint8_t* b, typename V::I (&y)[N]) {
  for (size_t i = 0; i < N; ++i) {
    y[i] = rule.apply(load_8<V, kUnsigned>(a + i * V::lanes), load_8<V, kUnsigned>(b + i * V::lanes));
  }
}

// One rounding at the end: zero points, and the half of rounding half up, are one offset.
template <class V, bool kHalfAway>
struct AddOnce {
  typename V::I first, second, offset, shift;

  OTTAVA_INLINE AddOnce(const AddTerm& a, const AddTerm& b, int32_t right) {
    const int32_t half = kHalfAway ? 0 : int32_t{1} << (right - 1);
    first = V::broadcast(a.multiplier);
    second = V::broadcast(b.multiplier);
    offset = V::broadcast(half - (a.zero_point * a.multiplier + b.zero_point * b.multiplier));
    shift = V::broadcast(right);
  }
  OTTAVA_INLINE typename V::I apply(typename V::I a, typename V::I b) const {
    const auto x = V::add(V::add(V::multiply(a, first), offset), V::multiply(b, second));
    if constexpr (kHalfAway) {
      return V::divide_half_away(x, shift);
    } else {
      return V::shift_right(x, shift);
    }
  }
  template <bool kUnsigned, size_t N>
  OTTAVA_INLINE void run(const uint8_t* a, const uint8_t* b, typename V::I (&y)[N]) const {
    apply_each<V, kUnsigned>(*this, a, b, y);
  }
};

// tflite as it is written. The multiplier of the larger scale is +-2^30: its term is a * +-2^19. For the other, with
// m = high * 2^11 + low,
//     floor((b * 2^20 * m + 2^30) / 2^31) = b * high + floor((b * low + 2^10) / 2^11),
// where nothing leaves int32.
template <class V>
struct AddTflite {
  typename V::I larger, high, low, offset, high_offset, low_offset, eleven, smaller_shift, multiplier, shift;
  bool second_is_larger;

  OTTAVA_INLINE explicit AddTflite(const AddParameters& p) {
    const AddTerm& more = p.second_is_larger ? p.second : p.first;
    const AddTerm& less = p.second_is_larger ? p.first : p.second;
    const int32_t factor = more.multiplier / (1 << 11);
    const int32_t above = less.multiplier >> 11, below = less.multiplier & 0x7ff;
    larger = V::broadcast(factor);
    offset = V::broadcast(-more.zero_point * factor);
    high = V::broadcast(above);
    high_offset = V::broadcast(-less.zero_point * above);
    low = V::broadcast(below);
    low_offset = V::broadcast((1 << 10) - less.zero_point * below);
    eleven = V::broadcast(11);
    smaller_shift = V::broadcast(less.shift);
    multiplier = V::broadcast(p.multiplier);
    shift = V::broadcast(p.shift);
    second_is_larger = p.second_is_larger;
  }
  // Of a, which has the larger scale, and b.
  OTTAVA_INLINE typename V::I apply(typename V::I a, typename V::I b) const {
    const auto lost = V::shift_right(V::add(V::multiply(b, low), low_offset), eleven);
    const auto term = V::divide_half_away(V::add(V::add(V::multiply(b, high), high_offset), lost), smaller_shift);
    const auto x = V::add(V::add(V::multiply(a, larger), offset), term);
    return TwoRoundingsRight::rounded<V>(x, multiplier, shift);
  }
  template <bool kUnsigned, size_t N>
  OTTAVA_INLINE void run(const uint8_t* a, const uint8_t* b, typename V::I (&y)[N]) const {
    apply_each<V, kUnsigned>(*this, second_is_larger ? b : a, second_is_larger ? a : b, y);
  }
};

template <class V, bool kUnsigned, size_t N>
OTTAVA_NOINLINE void run_tflite(const AddParameters& p, const uint8_t* a, const uint8_t* b, typename V::I (&y)[N]) {
  AddTflite<V>(p).template run<kUnsigned>(a, b, y);
}

// tflite by its estimate, and as it is written where an element is doubtful: v with the error and a half added is then
// beyond an integer by twice the error or less.
template <class V>
struct AddEstimated {
  const AddParameters& parameters;
  typename V::I first, second, offset, shift, fraction, doubtless;

  OTTAVA_INLINE explicit AddEstimated(const AddParameters& p) : parameters(p) {
    const AddEstimate& e = p.estimate;
    const int32_t one = int32_t{1} << e.shift;
    first = V::broadcast(e.first.multiplier);
    second = V::broadcast(e.second.multiplier);
    offset = V::broadcast(one / 2 + e.error -
                          (e.first.zero_point * e.first.multiplier + e.second.zero_point * e.second.multiplier));
    shift = V::broadcast(e.shift);
    fraction = V::broadcast(one - 1);
    doubtless = V::broadcast(2 * e.error + 1);
  }
  template <bool kUnsigned, size_t N>
  OTTAVA_INLINE void run(const uint8_t* a, const uint8_t* b, typename V::I (&y)[N]) const {
    auto beyond = fraction;
    for (size_t i = 0; i < N; ++i) {
      const auto x = V::multiply(load_8<V, kUnsigned>(a + i * V::lanes), first);
      const auto z = V::multiply(load_8<V, kUnsigned>(b + i * V::lanes), second);
      const auto v = V::add(V::add(x, offset), z);
      beyond = V::min(beyond, V::bits_of_both(v, fraction));
      y[i] = V::shift_right(v, shift);
    }
    if (!V::any_below(beyond, doubtless)) return;
    typename V::I exact[N];  // another array, so that y may stay in registers
    run_tflite<V, kUnsigned, N>(parameters, a, b, exact);
    for (size_t i = 0; i < N; ++i) y[i] = exact[i];
  }
};

// All loads of a round come before its stores, so that the sum may be either tensor.
template <class V, bool kUnsigned, class Rule>
void add_rows(const AddArgs args, const Rule rule) {
  constexpr size_t lanes = V::lanes;
  const AddParameters& p = *args.parameters;
  const typename V::TwoRows two_rows(p.zero_point, p.clamp_min, p.clamp_max);
  const auto low = V::broadcast(p.clamp_min - p.zero_point), high = V::broadcast(p.clamp_max - p.zero_point);
  const auto zero_point = V::broadcast(p.zero_point);
  const auto store_one = [&](uint8_t* to, const uint8_t* x, const uint8_t* z) OTTAVA_INLINE_LAMBDA {
    typename V::I y[1];
    rule.template run<kUnsigned>(x, z, y);
    V::store_8(to, V::add(V::min(V::max(y[0], low), high), zero_point));
  };
  const uint8_t *a = args.first, *b = args.second;
  uint8_t* to = args.sum;
  for (size_t row = 0; row < args.rows; ++row) {
    size_t i = 0;
    for (; args.count - i >= 4 * lanes; i += 4 * lanes) {
      typename V::I y[4];
      rule.template run<kUnsigned>(a + i, b + i, y);
      two_rows.store(to + i, to + i + 2 * lanes, y[0], y[1], y[2], y[3]);
    }
    for (; args.count - i >= lanes; i += lanes) store_one(to + i, a + i, b + i);
    if (i != args.count) {
      uint8_t x[lanes] = {}, z[lanes] = {}, sum[lanes];
      __builtin_memcpy(x, a + i, args.count - i);
      __builtin_memcpy(z, b + i, args.count - i);
      store_one(sum, x, z);
      __builtin_memcpy(to + i, sum, args.count - i);
    }
    a += args.first_stride;
    b += args.second_stride;
    to += args.sum_stride;
  }
}

template <class V, class Rule>
void add_rows_by(const AddArgs& args, const Rule& rule) {
  args.parameters->is_unsigned ? add_rows<V, true>(args, rule) : add_rows<V, false>(args, rule);
}

template <class V>
void vector_addition(const AddArgs* args) {
  const AddParameters& p = *args->parameters;
  const AddEstimate& e = p.estimate;
  if (p.arithmetic == AddArithmetic::qnnpack) {
    add_rows_by<V>(*args, AddOnce<V, true>(p.first, p.second, p.shift));
  } else if (p.arithmetic == AddArithmetic::xnnpack) {
    add_rows_by<V>(*args, AddOnce<V, false>(p.first, p.second, p.shift));
  } else if (e.error == 0) {
    add_rows_by<V>(*args, AddOnce<V, true>(e.first, e.second, e.shift));
  } else if (e.error == kNoEstimate) {
    add_rows_by<V>(*args, AddTflite<V>(p));
  } else {
    add_rows_by<V>(*args, AddEstimated<V>(p));
  }
}

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_VECTOR_ADDITION_H_
