#include "operators/pool2d/pixels.h"

namespace ottava {
namespace {

constexpr size_t kAtOnce = 4;  // taps that are read for each pass over the channels

// Calls group(pointers, count) for up to kAtOnce taps at a time.
template <class Group>
void for_each_group(const TapGrid& taps, Group group) {
  const uint8_t* pointers[kAtOnce];
  size_t count = 0;
  for (size_t row = 0; row < taps.rows; ++row) {
    const uint8_t* tap = taps.first + static_cast<ptrdiff_t>(row) * taps.row_step;
    for (size_t column = 0; column < taps.columns; ++column, tap += taps.column_step) {
      pointers[count++] = tap;
      if (count < kAtOnce) continue;
      group(pointers, count);
      count = 0;
    }
  }
  if (count != 0) group(pointers, count);
}

template <class Element>
Element greater(Element a, Element b) {
  return a > b ? a : b;
}

template <class Element>
void max_of_four(const uint8_t* const* taps, size_t channels, bool first, uint8_t* result) {
  const Element* __restrict__ a = reinterpret_cast<const Element*>(taps[0]);
  const Element* __restrict__ b = reinterpret_cast<const Element*>(taps[1]);
  const Element* __restrict__ c = reinterpret_cast<const Element*>(taps[2]);
  const Element* __restrict__ d = reinterpret_cast<const Element*>(taps[3]);
  Element* __restrict__ to = reinterpret_cast<Element*>(result);
  if (first) {
    for (size_t i = 0; i < channels; ++i) to[i] = greater(greater(a[i], b[i]), greater(c[i], d[i]));
  } else {
    for (size_t i = 0; i < channels; ++i) to[i] = greater(to[i], greater(greater(a[i], b[i]), greater(c[i], d[i])));
  }
}

template <class Element>
void max_of(const TapGrid& taps, size_t channels, uint8_t* to) {
  bool first = true;
  for_each_group(taps, [&](const uint8_t** pointers, size_t count) {
    for (; count < kAtOnce; ++count) pointers[count] = pointers[0];  // once more: the same maximum
    max_of_four<Element>(pointers, channels, first, to);
    first = false;
  });
}

template <class Element>
void sum_of(const TapGrid& taps, size_t channels, int32_t* __restrict__ sums) {
  for_each_group(taps, [&](const uint8_t** pointers, size_t count) {
    if (count == kAtOnce) {
      const Element* __restrict__ a = reinterpret_cast<const Element*>(pointers[0]);
      const Element* __restrict__ b = reinterpret_cast<const Element*>(pointers[1]);
      const Element* __restrict__ c = reinterpret_cast<const Element*>(pointers[2]);
      const Element* __restrict__ d = reinterpret_cast<const Element*>(pointers[3]);
      // Summed in 16 bits, which hold it.
      for (size_t i = 0; i < channels; ++i) sums[i] += static_cast<int16_t>(a[i] + b[i] + c[i] + d[i]);
      return;
    }
    for (size_t tap = 0; tap < count; ++tap) {
      const Element* __restrict__ from = reinterpret_cast<const Element*>(pointers[tap]);
      for (size_t i = 0; i < channels; ++i) sums[i] += from[i];
    }
  });
}

int32_t bounded(int32_t value, int32_t low, int32_t high) { return value < low ? low : value > high ? high : value; }

// Up to so many taps float32 divides exactly: magnitude + half + 1/2 is below 2^21 and exact, and the quotient, below
// 257, is at least 1 / (2 * count) >= 2^-13 from any integer, while a rounded reciprocal and product move it by no more
// than 257 * 2^-23 < 2^-14.
constexpr size_t kMostFloatTaps = 4096;

template <class Element>
void clamp_to(uint8_t* elements, size_t channels, int32_t clamp_min, int32_t clamp_max) {
  Element* const values = reinterpret_cast<Element*>(elements);
  const Element low = static_cast<Element>(clamp_min), high = static_cast<Element>(clamp_max);
  for (size_t i = 0; i < channels; ++i) values[i] = values[i] < low ? low : values[i] > high ? high : values[i];
}

}  // namespace

void max_of_taps(const TapGrid& taps, size_t channels, bool is_unsigned, uint8_t* to) {
  is_unsigned ? max_of<uint8_t>(taps, channels, to) : max_of<int8_t>(taps, channels, to);
}

void sum_of_taps(const TapGrid& taps, size_t channels, bool is_unsigned, int32_t start, int32_t* sums) {
  for (size_t i = 0; i < channels; ++i) sums[i] = start;
  is_unsigned ? sum_of<uint8_t>(taps, channels, sums) : sum_of<int8_t>(taps, channels, sums);
}

void divide_sums(const int32_t* __restrict__ sums, size_t channels, size_t count, int32_t clamp_min, int32_t clamp_max,
                 uint8_t* __restrict__ to) {
  const int32_t taps = static_cast<int32_t>(count), half = taps / 2;
  if (count <= kMostFloatTaps) {
    const float reciprocal = 1.0f / static_cast<float>(taps);
    const float added = static_cast<float>(half) + 0.5f;
    for (size_t i = 0; i < channels; ++i) {
      const int32_t magnitude = sums[i] < 0 ? -sums[i] : sums[i];
      const int32_t quotient = static_cast<int32_t>((static_cast<float>(magnitude) + added) * reciprocal);
      to[i] = static_cast<uint8_t>(bounded(sums[i] < 0 ? -quotient : quotient, clamp_min, clamp_max));
    }
  } else {
    for (size_t i = 0; i < channels; ++i) {
      const int32_t quotient = (sums[i] + (sums[i] < 0 ? -half : half)) / taps;
      to[i] = static_cast<uint8_t>(bounded(quotient, clamp_min, clamp_max));
    }
  }
}

void clamp_elements(uint8_t* elements, size_t channels, bool is_unsigned, int32_t clamp_min, int32_t clamp_max) {
  is_unsigned ? clamp_to<uint8_t>(elements, channels, clamp_min, clamp_max)
              : clamp_to<int8_t>(elements, channels, clamp_min, clamp_max);
}

}  // namespace ottava
