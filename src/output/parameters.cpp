#include "output/parameters.h"

namespace ottava {
namespace {

double absolute(double x) { return x < 0.0 ? -x : x; }

// x rounded half away from zero, within [low, high]. The fraction is looked at by itself: x + 0.5 would round.
int32_t round_half_away(double x, int32_t low, int32_t high) {
  if (x <= low) return low;
  if (x >= high) return high;
  const int32_t whole = static_cast<int32_t>(x);
  const double fraction = x - whole;
  return fraction >= 0.5 ? whole + 1 : fraction <= -0.5 ? whole - 1 : whole;
}

}  // namespace

FormedMultiplier form_tflite_multiplier(double scale) {
  const FixedPoint factor = fixed_point(scale);
  if (scale >= 0x1p30) return {factor, __builtin_inf()};
  if (factor.multiplier == 0) return {factor, scale > 0.0 ? 1.0 : 0.0};
  return {factor, 0x1p-31};
}

bool form_tflite_default_multiplier(double scale, FormedMultiplier* formed) {
  const FixedPoint factor = unsaturated_fixed_point(scale);
  if (factor.exponent > 31) return false;
  *formed = {factor, factor.multiplier != 0 ? 0x1p-31 : scale > 0.0 ? 1.0 : 0.0};
  return true;
}

bool form_qnnpack_multiplier(double scale, FormedMultiplier* formed) {
  if (!(scale > 0.0 && scale < 1.0)) return false;
  const float rounded = static_cast<float>(scale);
  if (rounded < 0x1p-32f || rounded >= 1.0f) return false;
  uint32_t bits;
  __builtin_memcpy(&bits, &rounded, sizeof bits);
  const uint32_t significand = (bits & 0x7fffffu) | 0x800000u;
  // rounded = significand * 2^(biased - 150), and the shift by 7 takes the place of 2^7.
  const int32_t biased = static_cast<int32_t>(bits >> 23);
  formed->factor = {static_cast<int32_t>(significand << 7), biased - 126};
  formed->relative_error = rounded == scale ? 0.0 : 0x1p-24;
  return true;
}

ScaleAndZeroPoint choose_asymmetric(CodeRange codes, float smallest, float largest) {
  const double low = smallest < 0.0f ? smallest : 0.0;
  const double high = largest > 0.0f ? largest : 0.0;
  if (low == high) return {1.0f, 0};
  const double scale = (high - low) / (codes.high - codes.low);
  // Either end gives the zero point; the smaller magnitudes give it with the smaller error.
  const double low_codes = low / scale;
  const double high_codes = high / scale;
  const bool from_low = absolute(codes.low) + absolute(low_codes) < absolute(codes.high) + absolute(high_codes);
  const double zero_point = from_low ? codes.low - low_codes : codes.high - high_codes;
  return {static_cast<float>(scale), round_half_away(zero_point, codes.low, codes.high)};
}

ScaleAndZeroPoint choose_symmetric(int32_t largest_code, int32_t zero_point, float smallest, float largest) {
  const double below = absolute(smallest);
  const double above = absolute(largest);
  const double magnitude = below > above ? below : above;
  if (magnitude == 0.0) return {1.0f, zero_point};
  return {static_cast<float>(magnitude / largest_code), zero_point};
}

void fill_table(Function function, CodeRange codes, ScaleAndZeroPoint from, ScaleAndZeroPoint to, uint8_t* table) {
  for (int32_t q = codes.low; q <= codes.high; ++q) {
    // The product is exact: 24 bits times 9.
    const double x = static_cast<double>(from.scale) * (q - from.zero_point);
    const double y = evaluate(function, x) / static_cast<double>(to.scale);
    // Rounded before the zero point is added, and bounded first, without effect on the rest.
    const int32_t rounded = round_half_away(y, -512, 512);
    table[static_cast<uint8_t>(q)] = static_cast<uint8_t>(clamp(rounded + to.zero_point, codes.low, codes.high));
  }
}

}  // namespace ottava
