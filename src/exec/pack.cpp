// With canonical values l, r and zero points lz (one) and rz[n], the sum a user asks for is
//
//     sum_k (l - lz) (r - rz[n]) + bias[n]
//         = sum_k l r                                               the kernel
//         + bias[n] - lz * sum_k r + K * lz * rz[n]                 offset[n], folded here
//         - rz[n] * sum_k l                                         the row term, at run time
//
// all modulo 2^32: the terms alone may leave int32 even where the sum does not.
#include "exec/pack.h"

#include "base/memory.h"
#include "base/view.h"
#include "output/arithmetic.h"
#include "plan/factor.h"
#include "plan/validate.h"

namespace ottava {
namespace {

ConstView rhs_view(const Plan& plan, const Problem& problem, const Constants& constants) {
  const bool by_row = problem.rhs.order == Order::row;
  const int64_t dense = static_cast<int64_t>(by_row ? plan.n : plan.k);
  const ptrdiff_t stride = static_cast<ptrdiff_t>(problem.rhs_stride != 0 ? problem.rhs_stride : dense);
  return {constants.rhs, by_row ? stride : 1, by_row ? 1 : stride};
}

void pack_panels(const Plan& plan, ConstView rhs, uint8_t* memory, int32_t* channel_sums) {
  for (size_t panel = 0; panel < plan.panels(); ++panel) {
    const size_t n0 = panel * plan.nr;
    PackArgs args = {};
    args.rows = plan.n - n0 < plan.nr ? plan.n - n0 : plan.nr;
    args.panel_rows = plan.nr;
    args.depth = plan.k;
    args.kr = plan.kernel->kr;
    args.flip = plan.rhs_flip;
    args.to = memory + panel * plan.packed.panel_bytes;
    args.row_sum = channel_sums + n0;
    // What packing leaves unwritten, padded channels and the gap to the next panel, would otherwise make the
    // packed bytes depend on old memory.
    if (args.rows < plan.nr || plan.packed.panel_bytes != plan.packed_k * plan.nr)
      zero_bytes(args.to, plan.packed.panel_bytes);
    if (plan.k == 0) {
      zero_bytes(args.row_sum, args.rows * sizeof(int32_t));
      continue;
    }
    args.from = rhs.at(0, n0);
    args.row_stride = rhs.column_stride;  // a channel of the rhs is a row of its panel
    args.depth_stride = rhs.row_stride;
    plan.kernel->pack_rhs(&args);
  }
}

}  // namespace

void pack_operator(const Plan& plan, const Problem& problem, const Constants& constants, uint8_t* memory,
                   Operator* op) {
  const PackedLayout& layout = plan.packed;
  int32_t* offset = reinterpret_cast<int32_t*>(memory + layout.offset);
  int32_t* rhs_zero = reinterpret_cast<int32_t*>(memory + layout.rhs_zero);
  int32_t* multiplier = reinterpret_cast<int32_t*>(memory + layout.multiplier);
  int32_t* exponent = reinterpret_cast<int32_t*>(memory + layout.exponent);
  float* scale = reinterpret_cast<float*>(memory + layout.scale);
  float* bias = reinterpret_cast<float*>(memory + layout.bias);
  zero_bytes(memory + layout.offset, layout.total - layout.offset);

  pack_panels(plan, rhs_view(plan, problem, constants), memory, offset);

  bool row_term = false;
  for (size_t n = 0; n < plan.n; ++n) {
    const int32_t zero = rhs_zero_point(problem, constants, n) + plan.rhs_zero_shift;
    const uint32_t lhs_zero = static_cast<uint32_t>(plan.lhs_zero_point);
    const uint32_t depth = static_cast<uint32_t>(plan.k);
    const uint32_t channel_sum = static_cast<uint32_t>(offset[n]);
    const uint32_t channel_bias = constants.bias != nullptr ? static_cast<uint32_t>(constants.bias[n]) : 0;
    offset[n] =
        static_cast<int32_t>(channel_bias - lhs_zero * channel_sum + depth * lhs_zero * static_cast<uint32_t>(zero));
    rhs_zero[n] = zero;
    row_term = row_term || zero != 0;

    if (is_fixed(plan.stage)) {
      const FixedPoint factor = factor_of_rule(problem, constants, n);
      multiplier[n] = factor.multiplier;
      exponent[n] = factor.exponent;
    } else if (plan.stage == Stage::float_nearest_even) {
      scale[n] = effective_scale_f32(problem, constants, n);
    } else if (plan.stage == Stage::scaled_f32) {
      scale[n] = problem.lhs.scale * rhs_scale(problem, constants, n);
      bias[n] = constants.bias_f32 != nullptr ? constants.bias_f32[n] : 0.0f;
    }
  }
  op->plan = plan;
  op->packed = memory;
  op->row_term = row_term;
  op->max_exact_k = max_exact_depth(problem, constants);
}

}  // namespace ottava
