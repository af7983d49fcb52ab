// A fully-connected layer by ottava, u8 by s8 with a scale per channel, compared bit for bit with the arithmetic of Arm
// Compute Library's fused output stage, written out. docs/migration/arm_compute_library.md shows it beside that
// library's calls.
//
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <ottava/ottava.hpp>
#include <vector>

#include "support.h"

namespace {

constexpr std::size_t kRows = 21, kDepth = 90, kChannels = 26;

// QASYMM8 by QSYMM8_PER_CHANNEL to QASYMM8.
struct Layer {
  std::vector<std::uint8_t> input;   // kRows x kDepth
  std::vector<std::int8_t> weights;  // kDepth x kChannels
  std::vector<std::int32_t> bias;    // kChannels
  float input_scale = 0.025f, output_scale = 0.5f;
  std::vector<float> weights_scales;
  std::int32_t input_offset = 131, output_offset = 118;
  std::int32_t min_bound = 118, max_bound = 255;  // RELU
};

// The real multiplier of a channel, in float32 as the library forms it.
float real_multiplier(const Layer& layer, std::size_t channel) {
  const float product = layer.input_scale * layer.weights_scales[channel];
  return product / layer.output_scale;
}

std::vector<std::uint8_t> by_arm_compute_library(const Layer& layer) {
  std::vector<std::uint8_t> result(kRows * kChannels);
  for (std::size_t row = 0; row < kRows; ++row) {
    for (std::size_t channel = 0; channel < kChannels; ++channel) {
      int exponent = 0;
      const double fraction = std::frexp(static_cast<double>(real_multiplier(layer, channel)), &exponent);
      const std::int64_t multiplier = std::llround(std::ldexp(fraction, 31));  // of 24 bits, so below 2^31
      std::int64_t sum = layer.bias[channel];
      for (std::size_t k = 0; k < kDepth; ++k)
        sum += (layer.input[row * kDepth + k] - layer.input_offset) * layer.weights[k * kChannels + channel];
      // A doubling multiplication that keeps the high half, floored, and then a shift that rounds half up. Where the
      // shift goes to the left it comes first, and nothing rounds.
      const int left = std::max(exponent, 0), right = std::max(-exponent, 0);
      std::int64_t scaled = ((sum * (std::int64_t{1} << left)) * multiplier) >> 31;
      if (right > 0) scaled = (scaled + (std::int64_t{1} << (right - 1))) >> right;
      scaled = std::clamp<std::int64_t>(scaled + layer.output_offset, layer.min_bound, layer.max_bound);
      result[row * kChannels + channel] = static_cast<std::uint8_t>(scaled);
    }
  }
  return result;
}

std::vector<std::uint8_t> by_ottava(const Layer& layer) {
  std::vector<std::int32_t> multipliers(kChannels), shifts(kChannels);
  ottava_error error = OTTAVA_ERROR_INIT;
  for (std::size_t channel = 0; channel < kChannels; ++channel) {
    const double real = static_cast<double>(real_multiplier(layer, channel));
    if (ottava_form_multiplier(OTTAVA_FORM_TFLITE, real, &multipliers[channel], &shifts[channel], nullptr, &error) !=
        OTTAVA_OK)
      throw ottava::Error(error);
  }
  ottava::MatmulDesc desc;
  desc.n = kChannels;
  desc.k = kDepth;
  desc.lhs_type = OTTAVA_TYPE_U8;  // rhs is s8 with zero point 0
  desc.lhs_zero_point = layer.input_offset;
  ottava::Output output;
  output.type = OTTAVA_TYPE_U8;
  output.requantization = OTTAVA_REQUANTIZE_FIXED_ACL_FUSED;
  output.parameters = OTTAVA_PARAMETERS_INTEGER;
  output.multipliers = multipliers.data();
  output.shifts = shifts.data();  // left positive: minus the gemmlowp_shifts
  output.bias = layer.bias.data();
  output.zero_point = layer.output_offset;
  output.clamp_min = layer.min_bound;
  output.clamp_max = layer.max_bound;
  ottava::MatmulConstants constants;
  constants.rhs = layer.weights.data();
  const ottava::Context context = ottava::Context::create();
  const ottava::Matmul matmul = ottava::Matmul::create(context, desc, output, constants);  // configure() and prepare()
  std::vector<std::uint8_t> result(kRows * kChannels);
  matmul.run(kRows, layer.input.data(), 0, result.data(), 0);  // run()
  return result;
}

}  // namespace

int main() try {
  Layer layer;
  layer.input.resize(kRows * kDepth);
  layer.weights.resize(kDepth * kChannels);
  layer.bias.resize(kChannels);
  layer.weights_scales.resize(kChannels);
  fill_8(1, layer.input_offset, 100, layer.input.data(), layer.input.size());
  fill_8(2, 0, 1, layer.weights.data(), layer.weights.size());
  fill_s32(3, 300, layer.bias.data(), kChannels);
  for (std::size_t channel = 0; channel < kChannels; ++channel)  // the last ones shift to the left
    layer.weights_scales[channel] = channel < 20 ? 2.0f + 0.3f * static_cast<float>(channel) : 30.0f;
  const std::vector<std::uint8_t> expected = by_arm_compute_library(layer), result = by_ottava(layer);
  return compare("fully connected", "the arithmetic of Arm Compute Library", result.data(), expected.data(),
                 result.size());
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
