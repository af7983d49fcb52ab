// An addition drawn at random, for the library and for the oracle.
#ifndef OTTAVA_TESTS_DRAWN_SUM_H_
#define OTTAVA_TESTS_DRAWN_SUM_H_

#include <cmath>
#include <sstream>
#include <string>

#include "oracle/elementwise.h"
#include "ottava/ottava.h"
#include "random.h"

namespace ottava {

struct DrawnSum {
  ottava_add_desc desc = OTTAVA_ADD_DESC_INIT;
  oracle::Sum oracle;
};

// Scales within what every arithmetic takes, often with much in common, so that ties are met; zero points often at an
// end. `first_scale` is given where the first tensor is the output of something else; 0: it is drawn.
inline DrawnSum draw_sum(Random& random, std::uint32_t type, float first_scale = 0.0f, std::int32_t first_zero = 0) {
  DrawnSum s;
  const std::int64_t low = type == OTTAVA_TYPE_S8 ? -128 : 0;
  const auto zero_point = [&] {
    return static_cast<std::int32_t>(random.chance(3) ? low + (random.chance(2) ? 0 : 255)
                                                      : random.between(low, low + 255));
  };
  const bool simple = random.chance(3);  // powers of two
  const auto scale = [&](float unit, int least, int most) {
    const float significand = simple ? 1.0f : std::ldexp(static_cast<float>(random.between(4096, 8191)), -12);
    return std::ldexp(unit * significand, static_cast<int>(random.between(least, most)));
  };
  ottava_add_desc& d = s.desc;
  const bool given = first_scale != 0.0f;
  d.flags = random.chance(3) ? OTTAVA_ADD_SUBTRACT : 0u;
  d.arithmetic = static_cast<std::uint32_t>(random.between(0, 2));
  d.type = type;
  const float unit = given ? first_scale : std::ldexp(1.0f, static_cast<int>(random.between(-20, 5)));
  const bool near = given || random.chance(2);
  d.scale = given ? scale(unit, -4, 4) : scale(unit, 0, 0);
  d.first_scale = given ? first_scale : near ? scale(unit, -1, 1) : scale(unit, -9, 7);
  d.second_scale = random.chance(6) ? d.first_scale : near ? scale(unit, -2, 2) : scale(unit, -9, 7);
  d.first_zero_point = given ? first_zero : zero_point();
  d.second_zero_point = zero_point();
  d.zero_point = zero_point();
  oracle::Sum& o = s.oracle;
  const oracle::Adding ways[] = {oracle::Adding::tflite, oracle::Adding::qnnpack, oracle::Adding::xnnpack};
  o.arithmetic = ways[d.arithmetic];
  o.subtract = d.flags != 0;
  o.first_zero_point = d.first_zero_point, o.second_zero_point = d.second_zero_point, o.zero_point = d.zero_point;
  o.first_scale = d.first_scale, o.second_scale = d.second_scale, o.scale = d.scale;
  o.clamp_min = low, o.clamp_max = low + 255;
  if (random.chance(2)) {
    o.clamp_min = d.clamp_min = static_cast<std::int32_t>(random.between(low, low + 100));
    o.clamp_max = d.clamp_max = static_cast<std::int32_t>(random.between(low + 101, low + 255));
  }
  return s;
}

inline std::string describe(const ottava_add_desc& d) {
  std::ostringstream text;
  text << "addition " << d.arithmetic << " flags " << d.flags << " type " << d.type << ", zero points "
       << d.first_zero_point << " " << d.second_zero_point << " " << d.zero_point << ", scales " << d.first_scale << " "
       << d.second_scale << " " << d.scale << ", clamp " << d.clamp_min << " " << d.clamp_max;
  return text.str();
}

}  // namespace ottava

#endif  // OTTAVA_TESTS_DRAWN_SUM_H_
