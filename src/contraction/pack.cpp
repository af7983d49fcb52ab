// With canonical values l, r and zero points lz (one) and rz[n], the sum a user asks for is
//
//     sum_k (l - lz) (r - rz[n]) + bias[n]
//         = sum_k l r                                               the kernel
//         + bias[n] - lz * sum_k r + K * lz * rz[n]                 offset[n], folded here
//         - rz[n] * sum_k l                                         the row term, at run time
//
// Where each row has its own lz[m], offset[n] is bias[n] alone and the run takes away lz[m] * weight_sum[n], with
// weight_sum[n] = sum_k r - K * rz[n]. All modulo 2^32: the terms alone may leave int32 even where the sum does not.
#include "contraction/pack.h"

#include "base/memory.h"
#include "contraction/small_m.h"
#include "contraction/tile.h"
#include "output/arithmetic.h"

namespace ottava {
namespace {

// Weights of channels that take only a part of the depths: those of one position and of `rows` channels from n0 on,
// whole, channel by channel, with the zero point where a channel has none.
void expand_parts(const ContractionPlan& plan, const RhsView& rhs, size_t position, size_t n0, size_t rows,
                  const int32_t* rhs_zero, uint8_t* to) {
  const ConstView at = rhs.at_position(position);
  for (size_t i = 0; i < rows; ++i, to += plan.k) {
    set_bytes(to, static_cast<uint8_t>(rhs_zero[n0 + i] - plan.rhs.zero_shift), plan.k);
    uint8_t* const part = to + (n0 + i) / rhs.part_channels * rhs.part_depth;
    for (size_t k = 0; k < rhs.part_depth; ++k) part[k] = *at.at(k, n0 + i);
  }
}

// Sums of the canonical elements of each channel go to channel_sums.
void pack_channels(const ContractionPlan& plan, const ContractionSizes& sizes, const uint8_t* channels,
                   const RhsView& rhs, size_t first, size_t end, uint8_t* to, int32_t* channel_sums) {
  const size_t n0 = first * plan.nr;
  PackArgs args = {};
  args.rows = smaller(sizes.n, end * plan.nr) - n0;
  args.panel_rows = plan.nr;
  args.depth = sizes.k;
  args.kr = plan.routes.many.tile.kr;
  args.flip = plan.rhs.flip;
  args.panel_stride = sizes.packed.panel_bytes;
  args.row_sum = channel_sums;
  zero_bytes(channel_sums, (end - first) * plan.nr * sizeof(int32_t));
  // What packing may leave unwritten, padded channels and the gap to the next panel, would otherwise make the packed
  // bytes depend on old memory.
  const size_t written = sizes.packed_k * plan.nr;
  for (size_t panel = 0; panel < end - first; ++panel) {
    const bool full = (panel + 1) * plan.nr <= args.rows;
    const size_t kept = full ? written : 0;
    if (kept < sizes.packed.panel_bytes) {
      zero_bytes(to + panel * sizes.packed.panel_bytes + kept, sizes.packed.panel_bytes - kept);
    }
  }
  if (sizes.k == 0 || first == end) return;
  for (size_t position = 0; position < plan.positions; ++position) {
    args.to = to + position * sizes.padded_k * plan.nr;
    if (rhs.part_channels == 0) {
      const ConstView at = rhs.at_position(position);
      args.from = at.at(0, n0);
      args.row_stride = at.column_stride;  // a channel of the rhs is a row of its panel
      args.depth_stride = at.row_stride;
      plan.pack_rhs(&args);
      continue;
    }
    uint8_t whole[kMostBytesOfParts];
    args.from = whole;
    args.row_stride = static_cast<ptrdiff_t>(sizes.k);
    args.depth_stride = 1;
    const int32_t* const rhs_zero = channel_array<int32_t>(channels, plan.channels.rhs_zero, 0);
    for (size_t n = n0; n < smaller(sizes.n, end * plan.nr); n += plan.nr) {
      args.rows = smaller(sizes.n - n, plan.nr);
      expand_parts(plan, rhs, position, n, args.rows, rhs_zero, whole);
      args.row_sum = channel_sums + (n - n0);
      plan.pack_rhs(&args);
      args.to = static_cast<uint8_t*>(args.to) + sizes.packed.panel_bytes;
    }
  }
}

// What the constants make of channel n.
void fill_channel(const ContractionPlan& plan, const Contraction& problem, const Constants& constants, size_t n,
                  uint8_t* memory) {
  const ChannelLayout& layout = plan.channels;
  const auto put = [memory, n](size_t offset, auto value) {
    copy_bytes(memory + offset + n * sizeof value, &value, sizeof value);
  };
  put(layout.bias_s32, constants.output.bias != nullptr ? constants.output.bias[n] : 0);
  put(layout.rhs_zero, rhs_zero_point(problem, constants, n) + plan.rhs.zero_shift);
  const double scale = plan.row_scales ? static_cast<double>(rhs_scale(problem, constants, n))
                                       : accumulator_scale(problem, constants, n);
  const ChannelValues values = channel_values(plan.output, problem.output, constants.output, scale, n);
  // An array that the stage does not use has no place of its own.
  if (layout.multiplier != 0) put(layout.multiplier, values.multiplier);
  if (layout.exponent != 0) put(layout.exponent, values.exponent);
  if (layout.scale != 0) put(layout.scale, values.scale);
  if (layout.bias != 0) put(layout.bias, values.bias);
}

}  // namespace

Size operator_bytes(const ContractionPlan& plan) {
  return Size(plan.channels.total) + Size(plan.runtime_rhs ? 0 : plan.packed.total);
}

void pack_rhs_panels(const ContractionPlan& plan, const ContractionSizes& sizes, const uint8_t* channels,
                     const RhsView& rhs, size_t first, size_t end, uint8_t* packed) {
  int32_t* const offset = reinterpret_cast<int32_t*>(packed + sizes.packed.offset);
  int32_t* const small_m_offset = reinterpret_cast<int32_t*>(packed + sizes.packed.small_m_offset);
  int32_t* const weight_sum = reinterpret_cast<int32_t*>(packed + sizes.packed.weight_sum);
  const int32_t* const bias = channel_array<int32_t>(channels, plan.channels.bias_s32, 0);
  const int32_t* const rhs_zero = channel_array<int32_t>(channels, plan.channels.rhs_zero, 0);
  const Routes& routes = plan.routes;
  const int32_t lhs_zero = routes.many.lhs_zero_point;
  const int32_t small_m_zero = routes.small_m.kernel != nullptr ? routes.small_m.lhs_zero_point : lhs_zero;
  const int32_t depth = static_cast<int32_t>(static_cast<uint32_t>(plan.positions * sizes.k));
  // The sums lie in weight_sum, or where the offsets will.
  const size_t n0 = first * plan.nr;
  pack_channels(plan, sizes, channels, rhs, first, end, packed + first * sizes.packed.panel_bytes, weight_sum + n0);
  for (size_t n = n0; n < end * plan.nr; ++n) {
    const int32_t sum = wrap_add(weight_sum[n], wrap_multiply(-1, wrap_multiply(depth, rhs_zero[n])));
    weight_sum[n] = sum;
    offset[n] = wrap_add(bias[n], wrap_multiply(-lhs_zero, sum));
    small_m_offset[n] = wrap_add(bias[n], wrap_multiply(-small_m_zero, sum));
  }
}

void prepare(const ContractionPlan& plan, const Contraction& problem, const Constants& constants, uint8_t* memory,
             PreparedContraction* op) {
  zero_bytes(memory, plan.channels.total);
  for (size_t n = 0; n < plan.n; ++n) fill_channel(plan, problem, constants, n, memory);
  if (plan.channels.table != 0) copy_bytes(memory + plan.channels.table, constants.output.table, 256);

  uint8_t* const packed = plan.runtime_rhs ? nullptr : memory + plan.channels.total;
  if (packed != nullptr) {
    zero_bytes(packed + plan.packed.offset, plan.packed.total - plan.packed.offset);
    pack_rhs_panels(plan, plan, memory, constants.rhs, 0, plan.panels(), packed);
  }
  assemble(plan, memory, packed, constants.output.bias_f32 != nullptr, op);
}

void assemble(const ContractionPlan& plan, const uint8_t* channels, const uint8_t* packed, bool float_bias,
              PreparedContraction* op) {
  op->plan = plan;
  op->packed = packed;
  op->channels = channels;
  const int32_t* const rhs_zero = channel_array<int32_t>(channels, plan.channels.rhs_zero, 0);
  op->row_term = false;
  for (size_t n = 0; n < plan.n; ++n) op->row_term = op->row_term || rhs_zero[n] != 0;
  begin_first_tile(*op, op->plan, op->plan.routes.many, packed, float_bias, &op->many);
  op->small_m = op->many;
  if (op->plan.routes.small_m.kernel != nullptr) {
    begin_first_tile(*op, op->plan, op->plan.routes.small_m, packed, float_bias, &op->small_m);
  }
  prepare_lone_tile(op);
}

}  // namespace ottava
