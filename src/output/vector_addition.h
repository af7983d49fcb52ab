// The sum of two tensors as vectors, written once over the vector operations V of an instruction set, as
// output/vector_stage.h writes the output stage. The reference is output/portable_addition.cpp.
//
// Everything here is a template on V, which a file of an ISA folder keeps in an anonymous namespace: no code is shared
// between files with different ISA flags. Beyond what the rules of vector_rules.h use, V provides load_s8 and load_u8
// of vector_quantize.h and TwoRows of vector_stage.h. Tails go through a small buffer.
#ifndef OTTAVA_SRC_OUTPUT_VECTOR_ADDITION_H_
#define OTTAVA_SRC_OUTPUT_VECTOR_ADDITION_H_

#include "output/addition.h"
#include "output/vector_rules.h"

namespace ottava {

// One rounding at the end: zero points, and the half of rounding half up, are one offset.
template <class V, bool kHalfAway>
struct AddOnce {
  typename V::I first, second, offset, shift;

  OTTAVA_INLINE explicit AddOnce(const AddParameters& p) {
    const int32_t half = kHalfAway ? 0 : int32_t{1} << (p.shift - 1);
    first = V::broadcast(p.first.multiplier);
    second = V::broadcast(p.second.multiplier);
    offset = V::broadcast(half - (p.first.zero_point * p.first.multiplier + p.second.zero_point * p.second.multiplier));
    shift = V::broadcast(p.shift);
  }
  OTTAVA_INLINE typename V::I apply(typename V::I a, typename V::I b) const {
    const auto x = V::add(V::add(V::multiply(a, first), offset), V::multiply(b, second));
    if constexpr (kHalfAway) {
      return V::divide_half_away(x, shift);
    } else {
      return V::shift_right(x, shift);
    }
  }
};

// The multiplier of the larger scale is +-2^30: its term is a * +-2^19. For the other, with m = high * 2^11 + low,
//     floor((b * 2^20 * m + 2^30) / 2^31) = b * high + floor((b * low + 2^10) / 2^11),
// where nothing leaves int32.
template <class V, bool kShifts>
struct AddTflite {
  typename V::I larger, high, low, offset, high_offset, low_offset, eleven, smaller_shift, multiplier, shift;

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
  }
  OTTAVA_INLINE typename V::I apply(typename V::I a, typename V::I b) const {
    const auto lost = V::shift_right(V::add(V::multiply(b, low), low_offset), eleven);
    auto term = V::add(V::add(V::multiply(b, high), high_offset), lost);
    if constexpr (kShifts) term = V::divide_half_away(term, smaller_shift);
    const auto x = V::add(V::add(V::multiply(a, larger), offset), term);
    return TwoRoundingsRight::rounded<V>(x, multiplier, shift);
  }
};

template <class V, bool kUnsigned>
OTTAVA_INLINE typename V::I load_8(const uint8_t* from) {
  if constexpr (kUnsigned) {
    return V::load_u8(from);
  } else {
    return V::load_s8(from);
  }
}

// All loads of a round come before its stores, so that the sum may be either tensor.
template <class V, bool kUnsigned, class Rule>
void add_rows(const AddArgs args, const uint8_t* a, ptrdiff_t a_stride, const uint8_t* b, ptrdiff_t b_stride) {
  constexpr size_t lanes = V::lanes;
  const AddParameters& p = *args.parameters;
  const Rule rule(p);
  const typename V::TwoRows two_rows(p.zero_point, p.clamp_min, p.clamp_max);
  const auto low = V::broadcast(p.clamp_min - p.zero_point), high = V::broadcast(p.clamp_max - p.zero_point);
  const auto zero_point = V::broadcast(p.zero_point);
  const auto apply = [&](const uint8_t* x, const uint8_t* y)
                         OTTAVA_INLINE_LAMBDA { return rule.apply(load_8<V, kUnsigned>(x), load_8<V, kUnsigned>(y)); };
  const auto store_one = [&](uint8_t* to, const uint8_t* x, const uint8_t* y) OTTAVA_INLINE_LAMBDA {
    V::store_8(to, V::add(V::min(V::max(apply(x, y), low), high), zero_point));
  };
  uint8_t* to = args.sum;
  for (size_t row = 0; row < args.rows; ++row, a += a_stride, b += b_stride, to += args.sum_stride) {
    size_t i = 0;
    for (; args.count - i >= 4 * lanes; i += 4 * lanes) {
      const auto y0 = apply(a + i, b + i), y1 = apply(a + i + lanes, b + i + lanes);
      const auto y2 = apply(a + i + 2 * lanes, b + i + 2 * lanes), y3 = apply(a + i + 3 * lanes, b + i + 3 * lanes);
      two_rows.store(to + i, to + i + 2 * lanes, y0, y1, y2, y3);
    }
    for (; args.count - i >= lanes; i += lanes) store_one(to + i, a + i, b + i);
    if (i == args.count) continue;
    uint8_t x[lanes] = {}, y[lanes] = {}, sum[lanes];
    __builtin_memcpy(x, a + i, args.count - i);
    __builtin_memcpy(y, b + i, args.count - i);
    store_one(sum, x, y);
    __builtin_memcpy(to + i, sum, args.count - i);
  }
}

template <class V, class Rule>
void add_rows_by(const AddArgs& args, bool swapped) {
  const uint8_t* const a = swapped ? args.second : args.first;
  const uint8_t* const b = swapped ? args.first : args.second;
  const ptrdiff_t a_stride = swapped ? args.second_stride : args.first_stride;
  const ptrdiff_t b_stride = swapped ? args.first_stride : args.second_stride;
  args.parameters->is_unsigned ? add_rows<V, true, Rule>(args, a, a_stride, b, b_stride)
                               : add_rows<V, false, Rule>(args, a, a_stride, b, b_stride);
}

template <class V>
void vector_addition(const AddArgs* args) {
  const AddParameters& p = *args->parameters;
  if (p.arithmetic == AddArithmetic::qnnpack) return add_rows_by<V, AddOnce<V, true>>(*args, false);
  if (p.arithmetic == AddArithmetic::xnnpack) return add_rows_by<V, AddOnce<V, false>>(*args, false);
  const bool shifts = (p.second_is_larger ? p.first : p.second).shift != 0;
  shifts ? add_rows_by<V, AddTflite<V, true>>(*args, p.second_is_larger)
         : add_rows_by<V, AddTflite<V, false>>(*args, p.second_is_larger);
}

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_VECTOR_ADDITION_H_
