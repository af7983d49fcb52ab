#include "operators/matmul/bound.h"

#include "base/checked.h"
#include "contraction/tile.h"

namespace ottava {
namespace {

constexpr size_t kTileAlignment = 16;  // kernels that have parts want no more, and each byte of stack counts

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

uint32_t run_bound(const BoundPart& part, const BoundMatmul& op, size_t rows, const uint8_t* lhs, ptrdiff_t lhs_stride,
                   uint8_t* dst, ptrdiff_t dst_stride) {
  const bool fuses = part.fused.run != nullptr && op.sign_flip == 0;
  // A stage alone reads what a kernel has left in memory; a fused one writes there what is too narrow for it.
  const size_t bytes = !fuses ? sizeof(int32_t) : part.fused.fits(1) ? 0 : part.element_bytes;
  const size_t tile_bytes = smaller(part.mr, rows) * part.width * bytes;
  TileArgs tile = {};
  StageArgs output = {};
  tile.acc = static_cast<int32_t*>(__builtin_alloca_with_align(tile_bytes, 8 * kTileAlignment));
  const uint8_t** const pointers = static_cast<const uint8_t**>(
      __builtin_alloca_with_align(smaller(part.mr, rows) * sizeof(void*), 8 * sizeof(void*)));
  tile.lhs = pointers;
  tile.depth = op.k;
  tile.positions = 1;
  tile.sign_flip = op.sign_flip;
  tile.panel_stride = op.panel_bytes;
  tile.width = part.width;
  output.acc = tile.acc;
  output.acc_stride = part.width;
  output.dst_row_stride = dst_stride;
  output.dst_column_stride = part.element_bytes;
  output.zero_point = op.zero_point;
  output.clamp_min = op.clamp_min;
  output.clamp_max = op.clamp_max;
  copy_bytes(&output.clamp_min_f32, &op.clamp_min_f32, sizeof(float));
  copy_bytes(&output.clamp_max_f32, &op.clamp_max_f32, sizeof(float));
  output.has_bias = static_cast<int32_t>(op.has_bias);

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
      tile.n = output.n = smaller(left, part.width);
      run_tile(part, fuses, tile, &output);
      if (left <= part.width) break;
      left -= part.width;
      tile.rhs = static_cast<const uint8_t*>(tile.rhs) + size_t{part.panels} * op.panel_bytes;
      if (part.bias_initialized) tile.bias += part.width;
      if (!part.bias_initialized) output.offset += part.width;
      output.multiplier += part.width;
      output.exponent += part.width;
      output.scale += part.width;
      output.bias += part.width;
      output.dst += size_t{part.width} * part.element_bytes;
    }
  }
  return 0;
}

}  // namespace ottava
