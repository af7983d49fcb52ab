// A fully-connected layer of u8 by gemmlowp and by ottava, compared bit for bit. docs/migration/gemmlowp.md shows it.
//
// SPDX-License-Identifier: Apache-2.0
#include <public/gemmlowp.h>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <ottava/ottava.hpp>
#include <tuple>
#include <vector>

#include "support.h"

namespace {

constexpr int kChannels = 24, kDepth = 96, kPixels = 35;

// As a program for gemmlowp keeps it: weights on the left, offsets that are minus the zero points.
struct Layer {
  std::vector<std::uint8_t> weights, activations;  // kChannels x kDepth by rows, kDepth x kPixels by columns
  std::vector<std::int32_t> bias;                  // kChannels
  std::int32_t lhs_offset = -121, rhs_offset = -128;
  std::int32_t multiplier = 1518500250, right_shift = 3, result_offset = 117;
  std::int32_t clamp_min = 12, clamp_max = 240;
};

std::vector<std::uint8_t> by_gemmlowp(const Layer& layer) {
  using namespace gemmlowp;
  std::vector<std::uint8_t> result(kChannels * kPixels);
  const MatrixMap<const std::uint8_t, MapOrder::RowMajor> lhs(layer.weights.data(), kChannels, kDepth);
  const MatrixMap<const std::uint8_t, MapOrder::ColMajor> rhs(layer.activations.data(), kDepth, kPixels);
  MatrixMap<std::uint8_t, MapOrder::ColMajor> dst(result.data(), kChannels, kPixels);
  using Bias = VectorMap<const std::int32_t, VectorShape::Col>;
  const OutputStageBiasAddition<Bias> bias = {Bias(layer.bias.data(), kChannels)};
  const OutputStageQuantizeDownInt32ByFixedPoint scale = {layer.multiplier, layer.right_shift, layer.result_offset};
  const OutputStageClamp clamp = {layer.clamp_min, layer.clamp_max};
  GemmContext context;
  GemmWithOutputPipeline<std::uint8_t, std::uint8_t, DefaultL8R8BitDepthParams>(
      &context, lhs, rhs, &dst, layer.lhs_offset, layer.rhs_offset,
      std::make_tuple(bias, scale, clamp, OutputStageSaturatingCastToUint8()));
  return result;
}

std::vector<std::uint8_t> by_ottava(const Layer& layer) {
  ottava::MatmulDesc desc;
  desc.flags = OTTAVA_MATMUL_WEIGHTS_LEFT;
  desc.n = kChannels;
  desc.k = kDepth;
  desc.rhs_order = OTTAVA_ORDER_ROW;                      // the weights, gemmlowp's lhs
  desc.lhs_order = desc.dst_order = OTTAVA_ORDER_COLUMN;  // the activations, gemmlowp's rhs
  ottava::Output output;
  desc.lhs_type = desc.rhs_type = output.type = OTTAVA_TYPE_U8;  // before the parameters are imported
  output.bias = layer.bias.data();

  ottava::ForeignParameters gemmlowp;
  gemmlowp.system = OTTAVA_SYSTEM_GEMMLOWP;
  gemmlowp.lhs_offset = layer.rhs_offset;  // lhs are the activations here
  gemmlowp.rhs_offset = layer.lhs_offset;
  gemmlowp.dst_offset = layer.result_offset;
  gemmlowp.multiplier = layer.multiplier;
  gemmlowp.shift = layer.right_shift;
  gemmlowp.clamp_min = layer.clamp_min;
  gemmlowp.clamp_max = layer.clamp_max;
  ottava_error error = OTTAVA_ERROR_INIT;
  if (ottava_import_parameters(&gemmlowp, &desc, &output, &error) != OTTAVA_OK) throw ottava::Error(error);

  ottava::MatmulConstants constants;
  constants.rhs = layer.weights.data();
  const ottava::Context context = ottava::Context::create();
  const ottava::Matmul matmul = ottava::Matmul::create(context, desc, output, constants);  // once: packs the weights
  std::vector<std::uint8_t> result(kChannels * kPixels);
  matmul.run(kPixels, layer.activations.data(), 0, result.data(), 0);  // as often as wanted
  return result;
}

}  // namespace

int main() try {
  Layer layer;
  layer.weights.resize(kChannels * kDepth);
  layer.activations.resize(kDepth * kPixels);
  layer.bias.resize(kChannels);
  fill_8(1, -layer.lhs_offset, 2, layer.weights.data(), layer.weights.size());
  fill_8(2, 128, 127, layer.activations.data(), layer.activations.size());
  fill_s32(3, 300, layer.bias.data(), layer.bias.size());
  const std::vector<std::uint8_t> expected = by_gemmlowp(layer), result = by_ottava(layer);
  return compare("fully connected", "gemmlowp", result.data(), expected.data(), result.size());
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
