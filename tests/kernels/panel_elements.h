// Elements of packed operands as the sweeps of kernels and of packing draw and lay them out.
#ifndef OTTAVA_TESTS_PANEL_ELEMENTS_H_
#define OTTAVA_TESTS_PANEL_ELEMENTS_H_

#include <cstring>

#include "kernels/kernel.h"
#include "random.h"

namespace ottava {

enum class Fill { random, lowest, highest, mixed_extremes };

inline std::int64_t draw(Random& random, Element element, Fill fill) {
  const std::int64_t low = element == Element::u8 ? 0 : -128;
  const std::int64_t high = low + 255;
  switch (fill) {
    case Fill::lowest: return low;
    case Fill::highest: return high;
    case Fill::mixed_extremes: return random.chance(2) ? low : high;
    case Fill::random: break;
  }
  return random.between(low, high);
}

inline void put(std::uint8_t* panel, std::size_t index, Element element, std::int64_t value) {
  if (element == Element::s16) {
    const std::int16_t stored = static_cast<std::int16_t>(value);
    memcpy(panel + index * 2, &stored, 2);
  } else {
    panel[index] = static_cast<std::uint8_t>(value);
  }
}

}  // namespace ottava

#endif  // OTTAVA_TESTS_PANEL_ELEMENTS_H_
