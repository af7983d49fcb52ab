// The 8-bit types and their ranges.
#ifndef OTTAVA_TESTS_EIGHT_BIT_H_
#define OTTAVA_TESTS_EIGHT_BIT_H_

#include <cstdint>

#include "ottava/ottava.h"

namespace ottava {

struct Codes {
  std::uint32_t type;
  std::int32_t low;
  std::int32_t high;
};
inline constexpr Codes kEightBit[] = {{OTTAVA_TYPE_S8, -128, 127}, {OTTAVA_TYPE_U8, 0, 255}};

}  // namespace ottava

#endif  // OTTAVA_TESTS_EIGHT_BIT_H_
