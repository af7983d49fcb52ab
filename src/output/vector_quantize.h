// Quantizing, dequantizing and measuring as vectors, written once over the vector operations V of an instruction set,
// as output/vector_stage.h writes the output stage. The reference is output/portable_quantize.cpp.
//
// Everything here is a template on V, which a file of an ISA folder keeps in an anonymous namespace: no code is shared
// between files with different ISA flags.
//
// Beyond broadcast, broadcast_f32, add, subtract, load_f32, store_8, store_f32, to_f32, multiply_f32, add_f32, max_f32,
// min_f32 and round_half_even, as vector_stage.h describes them, V provides
//   divide_f32(a, b)                       or leaves the rule that wants it to scalars
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
// and may provide
//     Unordered, none_unordered(), or_unordered(Unordered, F, F), any_unordered(Unordered) -> bool    with TwoRows of
//                                          vector_stage.h: whether something was NaN
//     load_part(const uint8_t*, size_t count) -> F    with zeros where there are no more
//     reduce_rows(const Extent[kRowsAtOnce], float* smallest, float* largest)    one of each for each
// Tails go through a small buffer: no byte beyond the elements is touched.
#ifndef OTTAVA_SRC_OUTPUT_VECTOR_QUANTIZE_H_
#define OTTAVA_SRC_OUTPUT_VECTOR_QUANTIZE_H_

#include "output/dynamic_quantization.h"
#include "output/quantize.h"
#include "output/vector_stage.h"

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

// One row's parameters, in all lanes; and what they do to an element before and after it is bounded.
template <class V, QuantizeStep kStep>
struct Scaling {
  using F = typename V::F;
  static constexpr bool kAddsFirst = kStep == QuantizeStep::add_multiply_away;
  F factor, zero_point_f32;

  OTTAVA_INLINE Scaling(float row_factor, int32_t zero_point)
      : factor(V::broadcast_f32(row_factor)), zero_point_f32(V::broadcast_f32(static_cast<float>(zero_point))) {}
  OTTAVA_INLINE F scaled(F x) const {
    if constexpr (kStep == QuantizeStep::divide_even) return V::divide_f32(x, factor);
    if constexpr (kAddsFirst) return V::add_f32(zero_point_f32, V::multiply_f32(x, factor));
    return V::multiply_f32(x, factor);
  }
  static OTTAVA_INLINE typename V::I rounded(F value) {
    constexpr bool kEven = kStep == QuantizeStep::divide_even || kStep == QuantizeStep::multiply_even;
    if constexpr (kEven) return V::round_half_even(value);
    return V::round_half_away(value);
  }
};

template <class V, QuantizeStep kStep>
struct Quantizer : Scaling<V, kStep> {
  using F = typename V::F;
  F low, high;
  typename V::I zero_point;

  OTTAVA_INLINE explicit Quantizer(const RowQuantization& row) : Scaling<V, kStep>(row.factor, row.zero_point) {
    const int32_t added_later = this->kAddsFirst ? 0 : row.zero_point;
    low = V::broadcast_f32(static_cast<float>(row.low - added_later));
    high = V::broadcast_f32(static_cast<float>(row.high - added_later));
    zero_point = V::broadcast(added_later);
  }
  OTTAVA_INLINE typename V::I apply(F element) const {
    const F value = this->scaled(V::zero_if_nan(element));
    return V::add(this->rounded(V::min_f32(high, V::max_f32(low, value))), zero_point);
  }
};

// All loads of a round come before its stores, so that `to` may be `from` itself. What is left beside whole vectors is
// the last vector once more, read before anything is stored.
template <class V, QuantizeStep kStep>
OTTAVA_INLINE void quantize_dense(const uint8_t* from, size_t count, uint8_t* to, const RowQuantization& row) {
  constexpr size_t lanes = V::lanes;
  const Quantizer<V, kStep> quantizer(row);
  if (count < lanes) {
    alignas(64) float elements[lanes] = {};
    alignas(64) uint8_t values[lanes];
    __builtin_memcpy(elements, from, count * sizeof(float));
    V::store_8(values, quantizer.apply(V::load_f32(elements)));
    __builtin_memcpy(to, values, count);
    return;
  }
  const auto last = load_at<V>(from, count - lanes);
  size_t i = 0;
  for (; count - i >= 4 * lanes; i += 4 * lanes) {
    const auto q0 = quantizer.apply(load_at<V>(from, i));
    const auto q1 = quantizer.apply(load_at<V>(from, i + lanes));
    const auto q2 = quantizer.apply(load_at<V>(from, i + 2 * lanes));
    const auto q3 = quantizer.apply(load_at<V>(from, i + 3 * lanes));
    V::store_8_four(to + i, q0, q1, q2, q3);
  }
  for (; count - i >= lanes; i += lanes) V::store_8(to + i, quantizer.apply(load_at<V>(from, i)));
  if (i < count) V::store_8(to + (count - lanes), quantizer.apply(last));
}

template <class V, QuantizeStep kStep>
OTTAVA_INLINE void quantize_row(const void* floats, ptrdiff_t stride, size_t count, uint8_t* to,
                                const RowQuantization& row) {
  const uint8_t* const from = static_cast<const uint8_t*>(floats);
  if (stride == kDense) return quantize_dense<V, kStep>(from, count, to, row);
  alignas(64) float elements[kGathered<V>];
  for (size_t i = 0; i < count; i += kGathered<V>) {
    const size_t part = gather<V>(from, stride, i, count, elements);
    quantize_dense<V, kStep>(reinterpret_cast<const uint8_t*>(elements), part, to + i, row);
  }
}
template <class V, QuantizeStep kStep>
void quantize_row(const QuantizeArgs* args) {
  quantize_row<V, kStep>(args->from, args->stride, args->count, args->to, args->row);
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
  if (i < count && count >= lanes) {  // what has been seen may be seen again
    e0 = V::extend(e0, load_at<V>(from, count - lanes));
  } else if (i < count) {
    alignas(64) float elements[lanes];
    for (size_t lane = 0; lane < lanes; ++lane) elements[lane] = __builtin_nanf("");
    __builtin_memcpy(elements, from, count * sizeof(float));
    e0 = V::extend(e0, V::load_f32(elements));
  }
  return V::both(V::both(e0, e1), V::both(e2, e3));
}

template <class V>
OTTAVA_INLINE typename V::Extent extent_of_row(const uint8_t* from, ptrdiff_t stride, size_t count) {
  if (stride == kDense) return extent_of<V>(V::no_extent(), from, count);
  auto extent = V::no_extent();
  alignas(64) float elements[kGathered<V>];
  for (size_t i = 0; i < count; i += kGathered<V>) {
    extent = extent_of<V>(extent, elements, gather<V>(from, stride, i, count, elements));
  }
  return extent;
}

template <class V>
Extremes vector_extremes(const void* floats, ptrdiff_t stride, size_t count) {
  Extremes found;
  V::reduce(extent_of_row<V>(static_cast<const uint8_t*>(floats), stride, count), &found.smallest, &found.largest);
  if (found.smallest > found.largest) return {0.0f, 0.0f};
  return {found.smallest + 0.0f, found.largest + 0.0f};  // -0.0 + 0.0 is 0.0
}

// All rows of some that go together, whatever they hold.
template <class V>
void find_extremes(const QuantizeRowsArgs& args, const uint8_t* from, size_t rows, RowQuantizations* found) {
  for (size_t i = 0; i < kRowsAtOnce; ++i) found->smallest[i] = found->largest[i] = 0.0f;
  for (size_t i = 0; i < rows; ++i, from += args.row_stride) {
    V::reduce(extent_of_row<V>(from, args.stride, args.count), &found->smallest[i], &found->largest[i]);
  }
}

template <class V, QuantizeStep kStep>
void quantize_each(const QuantizeRowsArgs& args, const uint8_t* from, uint8_t* to, size_t rows,
                   const RowQuantizations& found) {
  for (size_t i = 0; i < rows; ++i, from += args.row_stride, to += args.to_stride) {
    const RowQuantization row = {found.step, found.factor[i], found.zero_point[i],
                                 found.low,  found.high,      found.scale[i]};
    if constexpr (kStep == QuantizeStep::divide_even && !kDivides<V>) {
      const QuantizeArgs one = {from, args.stride, args.count, to, row};
      portable_quantize.quantize(&one);
    } else {
      quantize_row<V, kStep>(from, args.stride, args.count, to, row);
    }
  }
}

// Ordinary rows: dense ones, apart from where they go, without NaN and without what lies beyond the bounds of a range.
// Nothing of theirs need be bounded before it is rounded, for V that stores what nobody has bounded.
//
// They go in rounds of four vectors. What is left of a row is the last round once more; in a row that is shorter than
// one, a round is of two or four vectors that overlap. One shorter than a vector ends with zeros, which every range
// holds.
template <class V, class = void>
constexpr bool kHasOrdinaryRows = false;
template <class V>
constexpr bool kHasOrdinaryRows<V, decltype(static_cast<void>(sizeof(typename V::Unordered)))> = true;

template <class V, bool = kHasOrdinaryRows<V>>
class OrdinaryRows {
 public:
  OTTAVA_INLINE explicit OrdinaryRows(const QuantizeRowsArgs&) {}
};
template <class V>
class OrdinaryRows<V, true> {
 public:
  static constexpr size_t kRound = 4 * V::lanes;

  OTTAVA_INLINE explicit OrdinaryRows(const QuantizeRowsArgs& args)
      : row_stride_(args.row_stride),
        to_stride_(args.to_stride),
        count_(args.count),
        whole_(count_ - count_ % kRound),
        short_(count_ < kRound),
        two_(count_ <= 2 * V::lanes),
        part_(count_ < V::lanes) {
    const size_t last = count_ - V::lanes;
    for (size_t vector = 0; vector < 4 && !part_; ++vector) {
      const size_t at = short_ ? vector * V::lanes : count_ - kRound + vector * V::lanes;
      last_[vector] = at < last ? at : last;
    }
  }

  // Returns whether none has NaN; if not, the extremes are nothing.
  OTTAVA_INLINE bool find_extremes(const uint8_t* from, size_t rows, RowQuantizations* found) const {
    auto unordered = V::none_unordered();
    typename V::Extent extents[kRowsAtOnce];
    for (size_t row = 0; row < rows; ++row, from += row_stride_) {
      auto extent = V::no_extent();
      for (size_t i = 0; i < whole_; i += kRound) {
        see(from, i, i + V::lanes, i + 2 * V::lanes, i + 3 * V::lanes, &extent, &unordered);
      }
      if (part_) {
        const auto x = V::load_part(from, count_);
        unordered = V::or_unordered(unordered, x, x);
        extent = {x, x};
      } else if (two_) {
        const auto a = load_at<V>(from, last_[0]), b = load_at<V>(from, last_[1]);
        unordered = V::or_unordered(unordered, a, b);
        extent = {V::min_f32(a, b), V::max_f32(a, b)};
      } else if (whole_ < count_) {
        see(from, last_[0], last_[1], last_[2], last_[3], &extent, &unordered);
      }
      extents[row] = extent;
    }
    if (rows == 1) {
      V::reduce(extents[0], &found->smallest[0], &found->largest[0]);
    } else {
      for (size_t row = rows; row < kRowsAtOnce; ++row) extents[row] = extents[0];
      V::reduce_rows(extents, found->smallest, found->largest);
    }
    return !V::any_unordered(unordered);
  }

  template <QuantizeStep kStep>
  OTTAVA_INLINE void quantize(const uint8_t* from, uint8_t* to, size_t rows, const RowQuantizations& found) const {
    constexpr size_t lanes = V::lanes;
    const int32_t low = found.low, high = found.high;
    for (size_t row = 0; row < rows; ++row, from += row_stride_, to += to_stride_) {
      const Scaling<V, kStep> scaling(found.factor[row], found.zero_point[row]);
      const typename V::TwoRows halves(scaling.kAddsFirst ? 0 : found.zero_point[row], low, high);
      const auto value_of = [&](typename V::F x) OTTAVA_INLINE_LAMBDA { return scaling.rounded(scaling.scaled(x)); };
      if (part_) {
        alignas(64) uint8_t values[kRound];
        const auto y = value_of(V::load_part(from, count_));
        halves.store(values, values + 2 * lanes, y, y, y, y);
        copy_tail<V, lanes>(to, values, count_);
        continue;
      }
      const auto at = [&](size_t i) OTTAVA_INLINE_LAMBDA { return value_of(load_at<V>(from, i)); };
      if (short_) {  // vector by vector: what is read back from `values` in other parts than it was stored arrives late
        const int32_t added_later = scaling.kAddsFirst ? 0 : found.zero_point[row];
        const auto least = V::broadcast(low - added_later), most = V::broadcast(high - added_later);
        const auto zero_point = V::broadcast(added_later);
        const auto put = [&](size_t i, typename V::I y) OTTAVA_INLINE_LAMBDA {
          V::store_8(to + i, V::add(V::min(V::max(y, least), most), zero_point));
        };
        const auto y0 = at(last_[0]), y1 = at(last_[1]);
        put(last_[0], y0);
        put(last_[1], y1);
        if (two_) continue;
        const auto y2 = at(last_[2]), y3 = at(last_[3]);
        put(last_[2], y2);
        put(last_[3], y3);
        continue;
      }
      const auto store = [&](size_t to_at, size_t i0, size_t i1, size_t i2, size_t i3) OTTAVA_INLINE_LAMBDA {
        halves.store(to + to_at, to + to_at + 2 * lanes, at(i0), at(i1), at(i2), at(i3));
      };
      for (size_t i = 0; i < whole_; i += kRound) store(i, i, i + lanes, i + 2 * lanes, i + 3 * lanes);
      if (whole_ != count_) store(count_ - kRound, last_[0], last_[1], last_[2], last_[3]);
    }
  }

 private:
  static OTTAVA_INLINE void see(const uint8_t* from, size_t i0, size_t i1, size_t i2, size_t i3,
                                typename V::Extent* extent, typename V::Unordered* unordered) {
    const auto a = load_at<V>(from, i0), b = load_at<V>(from, i1), c = load_at<V>(from, i2), d = load_at<V>(from, i3);
    *unordered = V::or_unordered(V::or_unordered(*unordered, a, b), c, d);
    extent->smallest = V::min_f32(extent->smallest, V::min_f32(V::min_f32(a, b), V::min_f32(c, d)));
    extent->largest = V::max_f32(extent->largest, V::max_f32(V::max_f32(a, b), V::max_f32(c, d)));
  }

  ptrdiff_t row_stride_, to_stride_;
  size_t count_;
  size_t whole_;    // elements of whole rounds
  size_t last_[4];  // of the last round
  bool short_;      // than a round
  bool two_;        // vectors hold it
  bool part_;       // of a vector
};

// Some rows between what is measured and what is stored.
struct RowsAtOnce {
  size_t first, rows;
  bool ordinary;
  RowQuantizations found;
};

template <class V>
class RowsQuantizer {
 public:
  OTTAVA_INLINE explicit RowsQuantizer(const QuantizeRowsArgs& args)
      : args_(args),
        may_be_ordinary_(args.stride == kDense && args.count != 0 && args.to != args.from),
        ordinary_(args) {}

  OTTAVA_INLINE void measure(size_t first, size_t rows, RowsAtOnce* some) const {
    some->first = first;
    some->rows = rows;
    RowQuantizations& found = some->found;
    bool ordinary = false;
    if constexpr (kHasOrdinaryRows<V>) {
      if (may_be_ordinary_) ordinary = ordinary_.find_extremes(from(first), rows, &found);
    }
    if (!ordinary) find_extremes<V>(args_, from(first), rows, &found);
    some->ordinary = (rows == 1 ? form_one(&found) : form_dynamic_quantizations(args_.rule, &found)) && ordinary;
    for (size_t i = 0; i < rows; ++i) args_.scales[first + i] = found.scale[i];
    for (size_t i = 0; args_.zero_points != nullptr && i < rows; ++i)
      args_.zero_points[first + i] = found.zero_point[i];
  }

  OTTAVA_INLINE void quantize(const RowsAtOnce& some) const {
    switch (some.found.step) {
      case QuantizeStep::divide_even: return quantize<QuantizeStep::divide_even>(some);
      case QuantizeStep::multiply_even: return quantize<QuantizeStep::multiply_even>(some);
      case QuantizeStep::multiply_away: return quantize<QuantizeStep::multiply_away>(some);
      case QuantizeStep::add_multiply_away: return quantize<QuantizeStep::add_multiply_away>(some);
    }
  }

 private:
  // A row alone has none whose parameters are worth a vector.
  OTTAVA_INLINE bool form_one(RowQuantizations* found) const {
    const float smallest = found->smallest[0], largest = found->largest[0];
    const RowQuantization row = dynamic_quantization(args_.rule, {smallest, largest});
    found->step = row.step;
    found->low = row.low;
    found->high = row.high;
    found->factor[0] = row.factor;
    found->zero_point[0] = row.zero_point;
    found->scale[0] = row.scale;
    return smallest >= -kMostMagnitude && largest <= kMostMagnitude;
  }

  OTTAVA_INLINE const uint8_t* from(size_t row) const {
    return static_cast<const uint8_t*>(args_.from) + static_cast<ptrdiff_t>(row) * args_.row_stride;
  }
  template <QuantizeStep kStep>
  void quantize(const RowsAtOnce& some) const {
    uint8_t* const to = args_.to + static_cast<ptrdiff_t>(some.first) * args_.to_stride;
    if constexpr (kHasOrdinaryRows<V>) {
      if (some.ordinary) return ordinary_.template quantize<kStep>(from(some.first), to, some.rows, some.found);
    }
    quantize_each<V, kStep>(args_, from(some.first), to, some.rows, some.found);
  }

  const QuantizeRowsArgs args_;
  const bool may_be_ordinary_;
  const OrdinaryRows<V> ordinary_;
};

// Elements of rows that are read twice: the first-level cache holds them and those that come next.
constexpr size_t kElementsAtOnce = 2048;

// Rows are measured before those ahead of them are stored: what a division takes is spent on these.
template <class V>
void vector_quantize_rows(const QuantizeRowsArgs* args) {
  const size_t all = args->rows;
  size_t at_once = kRowsAtOnce;
  while (at_once > 1 && args->count > kElementsAtOnce / kRowsAtOnce * (kRowsAtOnce / at_once)) at_once /= 2;
  const auto rows_from = [&](size_t first)
                             OTTAVA_INLINE_LAMBDA { return all - first < at_once ? all - first : at_once; };
  if (all == 0) return;
  const RowsQuantizer<V> quantizer(*args);
  RowsAtOnce turns[2];
  size_t turn = 0;
  quantizer.measure(0, rows_from(0), &turns[0]);
  for (size_t first = at_once; first < all; first += at_once, turn ^= 1) {
    quantizer.measure(first, rows_from(first), &turns[turn ^ 1]);
    quantizer.quantize(turns[turn]);
  }
  quantizer.quantize(turns[turn]);
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
  return {vector_extremes<V>,          vector_quantize<V>,          vector_quantize_rows<V>,
          vector_dequantize<V, S8<V>>, vector_dequantize<V, U8<V>>, vector_dequantize<V, S16<V>>,
          vector_dequantize<V, S32<V>>};
}

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_VECTOR_QUANTIZE_H_
