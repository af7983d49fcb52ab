// A fully-connected layer of s8 with a multiplier per channel by ottava, compared bit for bit with the arithmetic of
// ruy, written out. docs/migration/ruy.md shows it beside the calls of ruy.
//
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <ottava/ottava.hpp>
#include <vector>

#include "support.h"

namespace {

constexpr std::size_t kChannels = 20, kDepth = 88, kPixels = 33;

// As a program for ruy keeps it: weights on the left, channels along the rows of dst.
struct Layer {
  std::vector<std::int8_t> weights, activations;           // kChannels x kDepth by rows, kDepth x kPixels by columns
  std::vector<std::int32_t> bias, multipliers, exponents;  // kChannels
  std::int32_t activations_zero_point = 7, dst_zero_point = -20;
  std::int8_t clamp_min = -110, clamp_max = 100;
};

std::vector<std::int8_t> by_ruy(const Layer& layer) {
  std::vector<std::int8_t> result(kChannels * kPixels);
  for (std::size_t pixel = 0; pixel < kPixels; ++pixel) {
    for (std::size_t channel = 0; channel < kChannels; ++channel) {
      std::int32_t sum = layer.bias[channel];
      for (std::size_t k = 0; k < kDepth; ++k)
        sum += layer.weights[channel * kDepth + k] *
               (layer.activations[pixel * kDepth + k] - layer.activations_zero_point);
      // In 64 bits, rounded once, half up; a shift to the right floors.
      const int shift = 31 - layer.exponents[channel];
      const std::int64_t product = std::int64_t{sum} * layer.multipliers[channel];
      const std::int64_t scaled = (product + (std::int64_t{1} << (shift - 1))) >> shift;
      result[pixel * kChannels + channel] = static_cast<std::int8_t>(
          std::clamp<std::int64_t>(scaled + layer.dst_zero_point, layer.clamp_min, layer.clamp_max));
    }
  }
  return result;
}

std::vector<std::int8_t> by_ottava(const Layer& layer) {
  ottava::MatmulDesc desc;                  // s8 by s8
  desc.flags = OTTAVA_MATMUL_WEIGHTS_LEFT;  // ChannelDimension::kRow
  desc.n = kChannels;
  desc.k = kDepth;
  desc.rhs_order = OTTAVA_ORDER_ROW;                      // the weights, ruy's lhs
  desc.lhs_order = desc.dst_order = OTTAVA_ORDER_COLUMN;  // the activations, ruy's rhs
  desc.lhs_zero_point = layer.activations_zero_point;
  ottava::Output output;
  output.requantization = OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING;
  output.parameters = OTTAVA_PARAMETERS_INTEGER;
  output.multipliers = layer.multipliers.data();
  output.shifts = layer.exponents.data();  // left shifts positive here and there
  output.bias = layer.bias.data();
  output.zero_point = layer.dst_zero_point;
  output.clamp_min = layer.clamp_min;
  output.clamp_max = layer.clamp_max;
  ottava::MatmulConstants constants;
  constants.rhs = layer.weights.data();
  const ottava::Context context = ottava::Context::create();
  const ottava::Matmul matmul = ottava::Matmul::create(context, desc, output, constants);  // once: packs the weights
  std::vector<std::int8_t> result(kChannels * kPixels);
  matmul.run(kPixels, layer.activations.data(), 0, result.data(), 0);  // as often as wanted
  return result;
}

}  // namespace

int main() try {
  Layer layer;
  layer.weights.resize(kChannels * kDepth);
  layer.activations.resize(kDepth * kPixels);
  layer.bias.resize(kChannels);
  layer.multipliers.resize(kChannels);
  layer.exponents.resize(kChannels);
  fill_8(1, 0, 1, layer.weights.data(), layer.weights.size());
  fill_8(2, 0, 127, layer.activations.data(), layer.activations.size());
  fill_s32(3, 300, layer.bias.data(), kChannels);
  std::uint32_t state = 4;
  for (std::size_t channel = 0; channel < kChannels; ++channel) {
    layer.multipliers[channel] =
        channel % 2 == 0 ? 1 << 30 : static_cast<std::int32_t>((next_number(&state) >> 2) | 0x40000000u);
    layer.exponents[channel] = -1 - static_cast<std::int32_t>(channel % 5);
  }
  const std::vector<std::int8_t> expected = by_ruy(layer), result = by_ottava(layer);
  return compare("fully connected", "the arithmetic of ruy", result.data(), expected.data(), result.size());
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
