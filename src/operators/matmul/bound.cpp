#include "operators/matmul/bound.h"

#include "base/checked.h"
#include "contraction/tile.h"

namespace ottava {
namespace {

// Every row of one tile of channels, so that its weights pass through a cache once.
OTTAVA_INLINE void run_tile(const BoundPart& part, bool fuses, const TileArgs& tile, StageArgs* output) {
  if (!fuses) {
    part.run(&tile);
    part.stage(output);
  } else if (part.fused.fits(tile.n)) {
    part.fused.run(&tile, output);
  } else {
    run_narrow(part.fused, part.element_bytes, tile, output);
  }
}

}  // namespace

void run_bound(const BoundPart& part, const BoundMatmul& op, size_t rows, const uint8_t* lhs, ptrdiff_t lhs_stride,
               uint8_t* dst, ptrdiff_t dst_stride) {
  // A stage alone reads what a kernel has left in memory; a fused one writes there what is too narrow for it.
  const size_t tile_bytes = size_t{part.mr} * part.nr * sizeof(int32_t);
  TileArgs tile = {};
  StageArgs output = {};
  tile.acc = static_cast<int32_t*>(__builtin_alloca_with_align(tile_bytes, 8 * kAlignment));
  const uint8_t** const pointers =
      static_cast<const uint8_t**>(__builtin_alloca_with_align(part.mr * sizeof(void*), 8 * sizeof(void*)));
  tile.lhs = pointers;
  tile.depth = op.k;
  tile.positions = 1;
  tile.sign_flip = op.sign_flip;
  tile.panel_stride = op.panel_bytes;
  tile.width = part.nr;
  output.acc = tile.acc;
  output.acc_stride = part.nr;
  output.dst_row_stride = dst_stride;
  output.dst_column_stride = part.element_bytes;
  output.zero_point = op.zero_point;
  output.clamp_min = op.clamp_min;
  output.clamp_max = op.clamp_max;
  copy_bytes(&output.clamp_min_f32, &op.clamp_min_f32, sizeof(float));
  copy_bytes(&output.clamp_max_f32, &op.clamp_max_f32, sizeof(float));
  output.has_bias = static_cast<int32_t>(op.has_bias);
  const bool fuses = part.fused.run != nullptr && op.sign_flip == 0;

  for (size_t row = 0; row < rows; row += part.mr, dst += part.mr * dst_stride) {
    tile.m = output.m = smaller(rows - row, part.mr);
    for (size_t i = 0; i < tile.m; ++i, lhs += lhs_stride) pointers[i] = lhs;
    tile.rhs = op.weights;
    tile.bias = part.bias_initialized ? op.offset : nullptr;
    output.offset = part.bias_initialized ? nullptr : op.offset;
    output.multiplier = op.multiplier;
    output.exponent = op.exponent;
    output.scale = op.scale;
    output.bias = op.bias;
    output.dst = dst;
    for (size_t left = op.n;;) {
      tile.n = output.n = smaller(left, part.nr);
      run_tile(part, fuses, tile, &output);
      if (left <= part.nr) break;
      left -= part.nr;
      tile.rhs = static_cast<const uint8_t*>(tile.rhs) + op.panel_bytes;
      if (part.bias_initialized) tile.bias += part.nr;
      if (!part.bias_initialized) output.offset += part.nr;
      output.multiplier += part.nr;
      output.exponent += part.nr;
      output.scale += part.nr;
      output.bias += part.nr;
      output.dst += size_t{part.nr} * part.element_bytes;
    }
  }
}

}  // namespace ottava
