// The floats that tests name, and floats as bits.
#ifndef OTTAVA_TESTS_FLOATS_H_
#define OTTAVA_TESTS_FLOATS_H_

#include <cstdint>
#include <cstring>
#include <limits>

namespace ottava {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kLargest = std::numeric_limits<float>::max();
constexpr float kDenormal = std::numeric_limits<float>::denorm_min();

inline std::uint32_t bits_of(float x) {
  std::uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}
inline float float_of(std::uint32_t bits) {
  float x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

}  // namespace ottava

#endif  // OTTAVA_TESTS_FLOATS_H_
