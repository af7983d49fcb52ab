#include "oracle/elementwise.h"

#include <algorithm>
#include <cmath>

namespace oracle {
namespace {

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  const std::int64_t quotient = a / b;
  return a % b < 0 ? quotient - 1 : quotient;  // b is above 0
}

std::int64_t nearest_away(std::int64_t a, std::int64_t b) {
  const std::int64_t magnitude = (2 * std::abs(a) + b) / (2 * b);
  return a < 0 ? -magnitude : magnitude;
}

float quotient_of(float a, float b) {
  const volatile float quotient = a / b;
  return quotient;
}

// What becomes of a rescaled sum: the stage with the scale of the sums.
std::int64_t rescaled(const Pool& p, Stage stage, std::int64_t sum) {
  const std::int64_t taps = p.kernel_height * p.kernel_width;
  const double scale = static_cast<double>(p.input_scale) / static_cast<double>(taps);
  if (stage.rule == Rule::float_nearest_even) {
    const volatile float divisor = stage.dst_scale * static_cast<float>(taps);
    stage.lhs_scale = p.input_scale;
    stage.dst_scale = divisor;
  } else if (stage.rule == Rule::none) {
    stage.lhs_scale = static_cast<float>(scale);
  } else if (stage.integers.empty()) {
    stage.integers = {multiplier_of(scale / static_cast<double>(stage.dst_scale))};
  }
  return apply_stage(stage, sum, 0);
}

}  // namespace

Image pool(const Image& input, const Pool& p, const Stage& stage) {
  Image output = {input.batch, p.output_height, p.output_width, input.channels, {}};
  for (std::int64_t b = 0; b < output.batch; ++b) {
    for (std::int64_t y = 0; y < output.height; ++y) {
      for (std::int64_t x = 0; x < output.width; ++x) {
        for (std::int64_t c = 0; c < output.channels; ++c) {
          std::vector<std::int64_t> met;
          for (std::int64_t i = 0; i < p.kernel_height; ++i) {
            for (std::int64_t j = 0; j < p.kernel_width; ++j) {
              const std::int64_t line = y * p.stride_height + i * p.dilation_height - p.pad_top;
              const std::int64_t column = x * p.stride_width + j * p.dilation_width - p.pad_left;
              if (line < 0 || line >= input.height || column < 0 || column >= input.width) continue;
              met.push_back(input.values[input.index(b, line, column, c)]);
            }
          }
          const std::int64_t count = static_cast<std::int64_t>(met.size());
          std::int64_t sum = 0;
          for (const std::int64_t value : met) sum += value;
          if (p.kind == Pooling::average_rescaled) {
            output.values.push_back(rescaled(p, stage, sum - count * p.input_zero_point));
            continue;
          }
          // C's division: towards zero.
          const std::int64_t half = sum < 0 ? -(count / 2) : count / 2;
          const std::int64_t value =
              p.kind == Pooling::max ? *std::max_element(met.begin(), met.end()) : (sum + half) / count;
          output.values.push_back(std::min(std::max(value, stage.clamp_min), stage.clamp_max));
        }
      }
    }
  }
  return output;
}

std::int64_t add(const Sum& s, std::int64_t first, std::int64_t second) {
  const std::int64_t a = first - s.first_zero_point, b = second - s.second_zero_point;
  const std::int64_t sign = s.subtract ? -1 : 1;
  std::int64_t y = 0;
  if (s.arithmetic == Adding::tflite) {
    const double twice = 2.0 * static_cast<double>(std::max(s.first_scale, s.second_scale));
    const auto times = [](std::int64_t x, std::int64_t multiplier, int exponent) {
      const std::int64_t high = floor_divide(x * multiplier + (std::int64_t{1} << 30), std::int64_t{1} << 31);
      return nearest_away(high, std::int64_t{1} << -exponent);
    };
    const Multiplier m1 = multiplier_of(static_cast<double>(s.first_scale) / twice);
    const Multiplier m2 = multiplier_of(static_cast<double>(s.second_scale) / twice);
    const Multiplier m = multiplier_of(twice / (1048576.0 * static_cast<double>(s.scale)));
    const std::int64_t sum =
        times(a * 1048576, m1.multiplier, m1.exponent) + times(b * 1048576, sign * m2.multiplier, m2.exponent);
    y = times(sum, m.multiplier, m.exponent);
  } else {
    const float r1 = quotient_of(s.first_scale, s.scale), r2 = quotient_of(s.second_scale, s.scale);
    const int bits = s.arithmetic == Adding::qnnpack ? 21 : 20;
    const int shift = bits - std::ilogb(std::max(r1, r2));
    const auto nearest = [shift](float ratio) {  // ties to even, the default of the C library
      return static_cast<std::int64_t>(std::nearbyint(std::ldexp(static_cast<double>(ratio), shift)));
    };
    const std::int64_t sum = a * nearest(r1) + sign * b * nearest(r2);
    const std::int64_t divisor = std::int64_t{1} << shift;
    y = s.arithmetic == Adding::qnnpack ? nearest_away(sum, divisor) : floor_divide(sum + divisor / 2, divisor);
  }
  return std::min(std::max(y + s.zero_point, s.clamp_min), s.clamp_max);
}

}  // namespace oracle
