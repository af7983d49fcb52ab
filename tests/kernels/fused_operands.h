// What the tests of fused epilogues draw: operands, and what the channels of a tile are finished with.
#ifndef OTTAVA_TESTS_KERNELS_FUSED_OPERANDS_H_
#define OTTAVA_TESTS_KERNELS_FUSED_OPERANDS_H_

#include <algorithm>
#include <cmath>
#include <vector>

#include "fitting_weights.h"
#include "support.h"

namespace ottava {

inline std::int8_t extreme_or_random(Random& random, bool extremes) {
  if (extremes) return static_cast<std::int8_t>(random.chance(2) ? -128 : 127);
  return static_cast<std::int8_t>(random.bits());
}

inline std::vector<std::uint8_t> random_operand(Random& random, std::size_t bytes, Weights wants) {
  const bool extremes = random.chance(3);
  std::vector<std::uint8_t> operand(bytes);
  for (std::size_t i = 0; i < bytes; i += 2) {
    std::int64_t first = extreme_or_random(random, extremes), second = extreme_or_random(random, extremes);
    make_fit(wants, &first, &second);
    operand[i] = static_cast<std::uint8_t>(first);
    if (i + 1 < bytes) operand[i + 1] = static_cast<std::uint8_t>(second);
  }
  return operand;
}

// Of rows: what is 16 bits wide has the value of 8.
inline std::vector<std::uint8_t> random_lhs(Random& random, std::size_t bytes, Element element) {
  std::vector<std::uint8_t> operand = random_operand(random, bytes, Weights::any);
  for (std::size_t i = 1; element == Element::s16 && i < bytes; i += 2) operand[i] = operand[i - 1] < 128 ? 0 : 255;
  return operand;
}

inline std::vector<std::int32_t> random_words(Random& random, std::size_t count, std::int64_t magnitude) {
  std::vector<std::int32_t> words(count);
  for (std::int32_t& word : words) word = static_cast<std::int32_t>(random.between(-magnitude, magnitude));
  return words;
}

// What a tile is finished with.
struct Channels {
  std::vector<std::int32_t> offset, rhs_zero, weight_sum, multiplier, exponent;
  std::vector<float> scale, bias;
};

// A factor of the rule; `wild` ones shift left too.
inline void add_factor(Random& random, Stage stage, bool wild, Channels* channels) {
  const bool multiply_shift = stage >= Stage::multiply_shift_floor;
  const std::int64_t kMultipliers[] = {0, INT64_C(1) << 30, INT32_MAX, (INT64_C(1) << 30) + (INT64_C(1) << 15)};
  const std::int64_t multiplier = multiply_shift     ? random.between(wild ? INT32_MIN : -300, wild ? INT32_MAX : 300)
                                  : random.chance(2) ? kMultipliers[random.bits() % 4]
                                                     : random.between(INT64_C(1) << 30, INT32_MAX);
  const std::int64_t most = multiply_shift ? 0 : wild ? 30 : -2;
  const bool near = random.chance(3);  // the shifts at which rules change their form, and their neighbours
  std::int64_t exponent = near ? random.between(-4, std::min<std::int64_t>(most, 2)) : random.between(-31, most);
  if (multiplier == 0 && !multiply_shift) exponent = 0;
  channels->multiplier.push_back(static_cast<std::int32_t>(multiplier));
  channels->exponent.push_back(static_cast<std::int32_t>(exponent));
}

// With depths of none, and of few, they leave accumulators at the ends of int32 and, under factors that are powers of
// two, at ties.
inline std::int32_t extreme_offset(Random& random) {
  const std::int64_t kOffsets[] = {INT32_MIN, INT32_MIN + 1, INT32_MAX,       INT32_MAX - 1,  0, -1, 1,
                                   1 << 30,   -(1 << 30),    (1 << 28) - 600, 600 - (1 << 28)};
  const std::int64_t kPowers[] = {1 << 29, 1 << 28};  // beyond the second some rules multiply in another way
  if (random.chance(4)) {
    const std::int64_t near = kPowers[random.bits() % 2] + random.between(-1, 1);
    return static_cast<std::int32_t>(random.chance(2) ? near : -near);
  }
  if (random.chance(2)) return static_cast<std::int32_t>(kOffsets[random.bits() % 11]);
  const std::int64_t odd = random.between(-64, 63) * 2 + 1;
  return static_cast<std::int32_t>(odd * (INT64_C(1) << random.between(0, 24)));
}

// The accumulator whose product with an odd multiplier has these low 32 bits: such as lie at a tie, or beside it.
inline std::int32_t offset_of_product(std::int32_t multiplier, std::uint32_t low) {
  const std::uint32_t factor = static_cast<std::uint32_t>(multiplier);
  std::uint32_t inverse = factor;  // right in 3 bits, then in twice as many at each step
  for (int step = 0; step < 4; ++step) inverse *= 2 - factor * inverse;
  return static_cast<std::int32_t>(low * inverse);
}

inline Channels random_channels(Random& random, Stage stage, std::size_t width) {
  const bool wild = random.chance(4);
  const bool biased = !random.chance(3);
  Channels channels;
  channels.offset = random_words(random, width, wild ? INT32_MAX : 100000);
  if (random.chance(2)) {
    for (std::int32_t& offset : channels.offset) offset = extreme_offset(random);
  }
  channels.rhs_zero = random_words(random, width, 255);
  channels.weight_sum = random_words(random, width, 100000);
  for (std::size_t i = 0; i < width; ++i) {
    const int exponent =
        wild ? static_cast<int>(random.between(-140, 103)) : static_cast<int>(random.between(-40, -24));
    channels.scale.push_back(std::ldexp(static_cast<float>(random.between(1, 1 << 24)), exponent));
    add_factor(random, stage, wild, &channels);
    if (channels.multiplier.back() % 2 != 0 && random.chance(2)) {
      const std::uint32_t near = static_cast<std::uint32_t>(random.between(-1, 1));
      const std::uint32_t quarters = static_cast<std::uint32_t>(random.between(0, 3));
      channels.offset[i] = offset_of_product(channels.multiplier.back(), (quarters << 30) + near);
      if (random.chance(2)) channels.exponent.back() = -2;  // the nearest that these bits can be to the last
    }
    const bool none = !biased || random.chance(2);
    channels.bias.push_back(none ? 0.0f : static_cast<float>(random.between(-1000, 1000)) / (wild ? 1e-30f : 3.0f));
  }
  return channels;
}

}  // namespace ottava

#endif  // OTTAVA_TESTS_KERNELS_FUSED_OPERANDS_H_
