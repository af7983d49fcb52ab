// Quantizing, dequantizing and measuring as vectors, written once over the vector operations V of an instruction set,
// as output/vector_stage.h writes the output stage. The reference is output/portable_quantize.cpp.
//
// Everything here is a template on V, which a file of an ISA folder keeps in an anonymous namespace: no code is shared
// between files with different ISA flags.
//
// Beyond broadcast, broadcast_f32, add, subtract, load_f32, store_8, store_f32, to_f32, multiply_f32, add_f32, max_f32,
// min_f32 and round_half_even, as vector_stage.h describes them, V provides
//   divide_f32(a, b)                       (for make_vector_quantize alone)
//   zero_if_nan(F)
//   round_half_away(F) -> I                |value| <= 2^22
//   store_8_four(uint8_t*, I, I, I, I)     the low bytes of four vectors, one after the other
//   load_s8, load_u8, load_s16, load_s32(const uint8_t*) -> I     of any alignment, widened
//   load_f32_bytes(const uint8_t*) -> F    likewise of any alignment
//   Extent                                 per lane the smallest and the largest value so far, NaN left out:
//     no_extent()                          of no value: they are infinity and -infinity
//     extend(Extent, F)                    one more value per lane
//     both(Extent, Extent)                 those of either
//     reduce(Extent, float* smallest, float* largest)
// Tails go through a small buffer: no byte beyond the elements is touched.
#ifndef OTTAVA_SRC_OUTPUT_VECTOR_QUANTIZE_H_
#define OTTAVA_SRC_OUTPUT_VECTOR_QUANTIZE_H_

#include "output/quantize.h"

namespace ottava {

constexpr ptrdiff_t kDense = sizeof(float);

// Floats i and those that follow it, whatever their alignment.
template <class V>
OTTAVA_INLINE typename V::F load_at(const uint8_t* from, size_t i) {
  return V::load_f32_bytes(from + i * sizeof(float));
}

// Elements that a strided row is gathered into at a time.
template <class V>
constexpr size_t kGathered = 8 * V::lanes;

template <class V>
OTTAVA_INLINE size_t gather(const uint8_t* from, ptrdiff_t stride, size_t first, size_t count, float* to) {
  const size_t part = count - first < kGathered<V> ? count - first : kGathered<V>;
  for (size_t i = 0; i < part; ++i) {
    __builtin_memcpy(to + i, from + static_cast<ptrdiff_t>(first + i) * stride, sizeof(float));
  }
  return part;
}

// One row's parameters, in all lanes.
template <class V, QuantizeStep kStep>
struct Quantizer {
  static constexpr bool kAddsFirst = kStep == QuantizeStep::add_multiply_away;
  typename V::F factor, low, high, zero_point_f32;
  typename V::I zero_point;

  OTTAVA_INLINE explicit Quantizer(const RowQuantization& row) {
    const int32_t added_later = kAddsFirst ? 0 : row.zero_point;
    factor = V::broadcast_f32(row.factor);
    low = V::broadcast_f32(static_cast<float>(row.low - added_later));
    high = V::broadcast_f32(static_cast<float>(row.high - added_later));
    zero_point = V::broadcast(row.zero_point);
    zero_point_f32 = V::broadcast_f32(static_cast<float>(row.zero_point));
  }

  OTTAVA_INLINE typename V::I apply(typename V::F element) const {
    const auto x = V::zero_if_nan(element);
    if constexpr (kStep == QuantizeStep::divide_even) {
      return V::add(V::round_half_even(bounded(V::divide_f32(x, factor))), zero_point);
    } else if constexpr (kStep == QuantizeStep::multiply_even) {
      return V::add(V::round_half_even(bounded(V::multiply_f32(x, factor))), zero_point);
    } else if constexpr (kStep == QuantizeStep::multiply_away) {
      return V::add(V::round_half_away(bounded(V::multiply_f32(x, factor))), zero_point);
    } else {
      return V::round_half_away(bounded(V::add_f32(zero_point_f32, V::multiply_f32(x, factor))));
    }
  }
  OTTAVA_INLINE typename V::F bounded(typename V::F value) const { return V::min_f32(high, V::max_f32(low, value)); }
};

// All loads of a round come before its stores, so that `to` may be `from` itself.
template <class V, QuantizeStep kStep>
void quantize_dense(const void* floats, size_t count, uint8_t* to, const RowQuantization& row) {
  constexpr size_t lanes = V::lanes;
  const uint8_t* const from = static_cast<const uint8_t*>(floats);
  const Quantizer<V, kStep> quantizer(row);
  size_t i = 0;
  for (; count - i >= 4 * lanes; i += 4 * lanes) {
    const auto q0 = quantizer.apply(load_at<V>(from, i));
    const auto q1 = quantizer.apply(load_at<V>(from, i + lanes));
    const auto q2 = quantizer.apply(load_at<V>(from, i + 2 * lanes));
    const auto q3 = quantizer.apply(load_at<V>(from, i + 3 * lanes));
    V::store_8_four(to + i, q0, q1, q2, q3);
  }
  for (; count - i >= lanes; i += lanes) V::store_8(to + i, quantizer.apply(load_at<V>(from, i)));
  if (i < count) {
    alignas(64) float elements[lanes] = {};
    alignas(64) uint8_t values[lanes];
    __builtin_memcpy(elements, from + i * sizeof(float), (count - i) * sizeof(float));
    V::store_8(values, quantizer.apply(V::load_f32(elements)));
    __builtin_memcpy(to + i, values, count - i);
  }
}

template <class V, QuantizeStep kStep>
void quantize_row(const QuantizeArgs* args) {
  const RowQuantization row = args->row;
  const uint8_t* const from = static_cast<const uint8_t*>(args->from);
  if (args->stride == kDense) {
    quantize_dense<V, kStep>(from, args->count, args->to, row);
    return;
  }
  alignas(64) float elements[kGathered<V>];
  for (size_t i = 0; i < args->count; i += kGathered<V>) {
    const size_t part = gather<V>(from, args->stride, i, args->count, elements);
    quantize_dense<V, kStep>(elements, part, args->to + i, row);
  }
}

template <class V>
void vector_quantize(const QuantizeArgs* args) {
  switch (args->row.step) {
    case QuantizeStep::divide_even: return quantize_row<V, QuantizeStep::divide_even>(args);
    case QuantizeStep::multiply_even: return quantize_row<V, QuantizeStep::multiply_even>(args);
    case QuantizeStep::multiply_away: return quantize_row<V, QuantizeStep::multiply_away>(args);
    case QuantizeStep::add_multiply_away: return quantize_row<V, QuantizeStep::add_multiply_away>(args);
  }
}

// Four extents side by side: one would wait for itself.
template <class V>
OTTAVA_INLINE typename V::Extent extent_of(typename V::Extent start, const void* floats, size_t count) {
  constexpr size_t lanes = V::lanes;
  const uint8_t* const from = static_cast<const uint8_t*>(floats);
  auto e0 = start, e1 = start, e2 = start, e3 = start;
  size_t i = 0;
  for (; count - i >= 4 * lanes; i += 4 * lanes) {
    e0 = V::extend(e0, load_at<V>(from, i));
    e1 = V::extend(e1, load_at<V>(from, i + lanes));
    e2 = V::extend(e2, load_at<V>(from, i + 2 * lanes));
    e3 = V::extend(e3, load_at<V>(from, i + 3 * lanes));
  }
  for (; count - i >= lanes; i += lanes) e0 = V::extend(e0, load_at<V>(from, i));
  if (i < count) {
    alignas(64) float elements[lanes];
    for (size_t lane = 0; lane < lanes; ++lane) elements[lane] = __builtin_nanf("");
    __builtin_memcpy(elements, from + i * sizeof(float), (count - i) * sizeof(float));
    e0 = V::extend(e0, V::load_f32(elements));
  }
  return V::both(V::both(e0, e1), V::both(e2, e3));
}

template <class V>
Extremes vector_extremes(const void* floats, ptrdiff_t stride, size_t count) {
  const uint8_t* const from = static_cast<const uint8_t*>(floats);
  auto extent = V::no_extent();
  if (stride == kDense) {
    extent = extent_of<V>(extent, from, count);
  } else {
    alignas(64) float elements[kGathered<V>];
    for (size_t i = 0; i < count; i += kGathered<V>) {
      extent = extent_of<V>(extent, elements, gather<V>(from, stride, i, count, elements));
    }
  }
  Extremes found;
  V::reduce(extent, &found.smallest, &found.largest);
  if (found.smallest > found.largest) return {0.0f, 0.0f};
  return {found.smallest + 0.0f, found.largest + 0.0f};  // -0.0 + 0.0 is 0.0
}

// The elements of a tensor of integers, by their load.
template <class V>
struct S8 {
  static constexpr size_t bytes = 1;
  static OTTAVA_INLINE typename V::I load(const uint8_t* from) { return V::load_s8(from); }
};
template <class V>
struct U8 {
  static constexpr size_t bytes = 1;
  static OTTAVA_INLINE typename V::I load(const uint8_t* from) { return V::load_u8(from); }
};
template <class V>
struct S16 {
  static constexpr size_t bytes = 2;
  static OTTAVA_INLINE typename V::I load(const uint8_t* from) { return V::load_s16(from); }
};
template <class V>
struct S32 {
  static constexpr size_t bytes = 4;
  static OTTAVA_INLINE typename V::I load(const uint8_t* from) { return V::load_s32(from); }
};

template <class V, class Element>
void vector_dequantize(const DequantizeArgs* args) {
  constexpr size_t lanes = V::lanes;
  const uint8_t* from = static_cast<const uint8_t*>(args->from);
  uint8_t* to = static_cast<uint8_t*>(args->to);
  const size_t count = args->count;
  const auto zero_point = V::broadcast(args->zero_point);
  const auto scale = V::broadcast_f32(args->scale);
  size_t i = 0;
  for (; count - i >= lanes; i += lanes) {
    const auto q = Element::load(from + i * Element::bytes);
    V::store_f32(to + i * sizeof(float), V::multiply_f32(V::to_f32(V::subtract(q, zero_point)), scale));
  }
  if (i < count) {
    alignas(64) uint8_t values[lanes * Element::bytes] = {};
    alignas(64) uint8_t floats[lanes * sizeof(float)];
    __builtin_memcpy(values, from + i * Element::bytes, (count - i) * Element::bytes);
    V::store_f32(floats, V::multiply_f32(V::to_f32(V::subtract(Element::load(values), zero_point)), scale));
    __builtin_memcpy(to + i * sizeof(float), floats, (count - i) * sizeof(float));
  }
}

template <class V>
constexpr QuantizeTable make_vector_quantize() {
  return {vector_extremes<V>,          vector_quantize<V>,           vector_dequantize<V, S8<V>>,
          vector_dequantize<V, U8<V>>, vector_dequantize<V, S16<V>>, vector_dequantize<V, S32<V>>};
}

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_VECTOR_QUANTIZE_H_
