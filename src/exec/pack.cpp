// With canonical values l, r and zero points lz (one) and rz[n], the sum a user asks for is
//
//     sum_k (l - lz) (r - rz[n]) + bias[n]
//         = sum_k l r                                               the kernel
//         + bias[n] - lz * sum_k r + K * lz * rz[n]                 offset[n], folded here
//         - rz[n] * sum_k l                                         the row term, at run time
//
// Where each row has its own lz[m], offset[n] is bias[n] alone and the run takes away lz[m] * weight_sum[n], with
// weight_sum[n] = sum_k r - K * rz[n]. All modulo 2^32: the terms alone may leave int32 even where the sum does not.
#include "exec/pack.h"

#include "base/checked.h"
#include "base/memory.h"
#include "exec/few_rows.h"
#include "output/arithmetic.h"
#include "plan/factor.h"

namespace ottava {
namespace {

// Sums of the canonical elements of each channel go to channel_sums.
void pack_channels(const Plan& plan, ConstView rhs, size_t first, size_t end, uint8_t* to, int32_t* channel_sums) {
  const size_t n0 = first * plan.nr;
  PackArgs args = {};
  args.rows = smaller(plan.n, end * plan.nr) - n0;
  args.panel_rows = plan.nr;
  args.depth = plan.k;
  args.kr = plan.kernel->kr;
  args.flip = plan.rhs_flip;
  args.to = to;
  args.panel_stride = plan.packed.panel_bytes;
  args.row_sum = channel_sums;
  zero_bytes(channel_sums, (end - first) * plan.nr * sizeof(int32_t));
  // What packing may leave unwritten, padded channels and the gap to the next panel, would otherwise make the packed
  // bytes depend on old memory.
  const size_t written = plan.packed_k * plan.nr;
  for (size_t panel = 0; panel < end - first; ++panel) {
    const bool full = (panel + 1) * plan.nr <= args.rows;
    const size_t kept = full ? written : 0;
    if (kept < plan.packed.panel_bytes) {
      zero_bytes(to + panel * plan.packed.panel_bytes + kept, plan.packed.panel_bytes - kept);
    }
  }
  if (plan.k == 0) return;
  args.from = rhs.at(0, n0);
  args.row_stride = rhs.column_stride;  // a channel of the rhs is a row of its panel
  args.depth_stride = rhs.row_stride;
  plan.kernel->pack_rhs(&args);
}

// What the constants make of channel n.
void fill_channel(const Plan& plan, const Problem& problem, const Constants& constants, size_t n, uint8_t* memory) {
  const ChannelLayout& layout = plan.channels;
  const auto put = [memory, n](size_t offset, auto value) {
    copy_bytes(memory + offset + n * sizeof value, &value, sizeof value);
  };
  put(layout.bias_s32, constants.bias != nullptr ? constants.bias[n] : 0);
  put(layout.rhs_zero, rhs_zero_point(problem, constants, n) + plan.rhs_zero_shift);
  const float bias = constants.bias_f32 != nullptr ? constants.bias_f32[n] : 0.0f;
  if (plan.stage == Stage::float_nearest_even) put(layout.bias, bias / problem.dst.scale);
  if (plan.stage == Stage::scaled_f32) put(layout.bias, bias);
  if (plan.row_scales) {
    put(layout.scale, rhs_scale(problem, constants, n));
  } else if (is_fixed(plan.stage)) {
    const FixedPoint factor = factor_of_rule(problem, constants, n);
    put(layout.multiplier, factor.multiplier);
    put(layout.exponent, factor.exponent);
  } else if (plan.stage == Stage::float_nearest_even) {
    put(layout.scale, effective_scale_f32(problem, constants, n));
  } else if (plan.stage == Stage::scaled_f32) {
    put(layout.scale, problem.lhs.scale * rhs_scale(problem, constants, n));
  }
}

}  // namespace

Size operator_bytes(const Plan& plan) {
  return Size(plan.channels.total) + Size(plan.runtime_rhs ? 0 : plan.packed.total);
}

void pack_panels(const Plan& plan, const uint8_t* channels, ConstView rhs, size_t first, size_t end, uint8_t* packed) {
  int32_t* const offset = reinterpret_cast<int32_t*>(packed + plan.packed.offset);
  int32_t* const few_offset = reinterpret_cast<int32_t*>(packed + plan.packed.few_offset);
  int32_t* const weight_sum = reinterpret_cast<int32_t*>(packed + plan.packed.weight_sum);
  const int32_t* const bias = channel_array<int32_t>(channels, plan.channels.bias_s32, 0);
  const int32_t* const rhs_zero = channel_array<int32_t>(channels, plan.channels.rhs_zero, 0);
  const int32_t few_zero_point = plan.few_rows != nullptr ? plan.few_lhs.zero_point : plan.lhs.zero_point;
  const int32_t depth = static_cast<int32_t>(static_cast<uint32_t>(plan.k));
  // The sums lie in weight_sum, or where the offsets will.
  const size_t n0 = first * plan.nr;
  pack_channels(plan, rhs, first, end, packed + first * plan.packed.panel_bytes, weight_sum + n0);
  for (size_t n = n0; n < end * plan.nr; ++n) {
    const int32_t sum = wrap_add(weight_sum[n], wrap_multiply(-1, wrap_multiply(depth, rhs_zero[n])));
    weight_sum[n] = sum;
    offset[n] = wrap_add(bias[n], wrap_multiply(-plan.lhs.zero_point, sum));
    few_offset[n] = wrap_add(bias[n], wrap_multiply(-few_zero_point, sum));
  }
}

void pack_operator(const Plan& plan, const Problem& problem, const Constants& constants, const Exactness& exactness,
                   uint8_t* memory, Operator* op) {
  zero_bytes(memory, plan.channels.total);
  bool row_term = false;
  for (size_t n = 0; n < plan.n; ++n) {
    fill_channel(plan, problem, constants, n, memory);
    row_term = row_term || rhs_zero_point(problem, constants, n) + plan.rhs_zero_shift != 0;
  }
  if (plan.activation == Activation::table) copy_bytes(memory + plan.channels.table, constants.table, 256);

  uint8_t* const packed = plan.runtime_rhs ? nullptr : memory + plan.channels.total;
  if (packed != nullptr) {
    zero_bytes(packed + plan.packed.offset, plan.packed.total - plan.packed.offset);
    pack_panels(plan, memory, rhs_view(problem, constants.rhs), 0, plan.panels(), packed);
  }
  op->plan = plan;
  op->packed = packed;
  op->channels = memory;
  op->float_bias = constants.bias_f32 != nullptr;
  op->row_term = row_term;
  op->max_exact_k = max_exact_depth(problem, constants);
  op->exactness = exactness;
  prepare_few_rows(op);
}

}  // namespace ottava
