// The fixed-point output stages to 8 bits of Cortex-M cores with the DSP extension: factors below 1/2, or 1/4, which
// almost all are, by the loops of fixed_point.S, whatever else there is by the reference arithmetic.
#include "kernels/cortexm_dsp/output_stage.h"
#include "output/element.h"

namespace {

// As the assembly loads it, in this order.
struct Rows {
  const int32_t* acc;
  uint8_t* dst;
  const int32_t* multiplier;
  const int32_t* exponent;
  size_t channels;
  size_t acc_stride;  // bytes
  ptrdiff_t dst_stride;
  int32_t offset;
  int32_t range;
  int32_t low;
};
static_assert(sizeof(Rows) == 10 * sizeof(uint32_t), "ten registers");

}  // namespace

extern "C" {
size_t ottava_two_roundings_cortexm_dsp(const Rows* rows, size_t kind);
size_t ottava_one_rounding_cortexm_dsp(const Rows* rows, size_t kind);
}

namespace ottava {
namespace {

using RowsFn = size_t (*)(const Rows* rows, size_t kind);
using RuleFn = int64_t (*)(int32_t x, FixedPoint factor);

template <RuleFn kRule>
OTTAVA_NOINLINE void run_reference(const StageArgs& args, size_t row, size_t channel) {
  const int32_t x = full_accumulator(args, row, channel);
  const int64_t y = kRule(x, {args.multiplier[channel], args.exponent[channel]}) + args.zero_point;
  uint8_t* const line = args.dst + static_cast<ptrdiff_t>(row) * args.dst_row_stride;
  line[static_cast<ptrdiff_t>(channel) * args.dst_column_stride] =
      static_cast<uint8_t>(clamp(y, args.clamp_min, args.clamp_max));
}

// The loops know neither terms of zero points nor dst that is not dense.
bool is_plain(const StageArgs& args) {
  return args.offset == nullptr && args.rhs_zero == nullptr && args.row_zero == nullptr && args.dst_column_stride == 1;
}

template <RowsFn kRows, RuleFn kRule>
OTTAVA_INLINE void run(const StageArgs& args) {
  const bool plain = is_plain(args);
  const bool all = args.clamp_min == -128 && args.clamp_max == 127;
  Rows rows;
  rows.acc_stride = args.acc_stride * sizeof(int32_t);
  rows.dst_stride = args.dst_row_stride;
  rows.offset = all ? args.zero_point : args.zero_point - args.clamp_max;
  rows.range = args.clamp_max - args.clamp_min;
  rows.low = args.clamp_min;
  for (size_t row = 0, count = 2; row < args.m; row += count) {
    if (row + 1 == args.m) count = 1;
    for (size_t n = 0; n < args.n; ++n) {
      if (plain) {
        rows.acc = args.acc + row * args.acc_stride + n;
        rows.dst = args.dst + static_cast<ptrdiff_t>(row) * args.dst_row_stride + n;
        rows.multiplier = args.multiplier + n;
        rows.exponent = args.exponent + n;
        rows.channels = args.n - n;
        n = args.n - kRows(&rows, (all ? 0u : 1u) + (count == 1 ? 2u : 0u));
        if (n == args.n) break;
      }
      for (size_t i = 0; i < count; ++i) run_reference<kRule>(args, row + i, n);
    }
  }
}

}  // namespace

void fixed_two_roundings_cortexm_dsp(const StageArgs* args) {
  run<ottava_two_roundings_cortexm_dsp, fixed_two_roundings>(*args);
}
void fixed_two_roundings_saturating_cortexm_dsp(const StageArgs* args) {
  run<ottava_two_roundings_cortexm_dsp, fixed_two_roundings_saturating>(*args);
}
void fixed_one_rounding_cortexm_dsp(const StageArgs* args) {
  run<ottava_one_rounding_cortexm_dsp, fixed_one_rounding>(*args);
}

}  // namespace ottava
