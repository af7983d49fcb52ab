// The fixed-point output stages to 8 bits of Cortex-M cores with the DSP extension: those of factors below 1/2, or 1/4,
// in a few instructions each, whatever else there is by the reference arithmetic.
//
// The rule with two roundings, M being the multiplier, 2^30 or more, and s > 0 the shift to the right:
//
//     smmlar y, x, 2 M - 2^32, x    floor((x * M + 2^30) / 2^31): a product with 2 M in 33 bits, its upper word rounded
//     add y, y, y, asr #31          1 less where it is negative, so that half up becomes half away from zero
//     asrs y, y, s                  the last bit that goes is the carry,
//     adc y, y, zero_point          which rounds
//
// y is never -2^31, as M is below 2^31. The rule with one rounding, for s > 1:
//
//     smmul y, x, M                 floor(x * M / 2^32); what that leaves out has no say in the sum with half of
//     2^(s-1) asrs y, y, s - 1 adc y, y, zero_point
#if !defined(__ARM_FEATURE_DSP) || !defined(__thumb2__)
#error "this is code for Cortex-M with the DSP extension: compile it with -mcpu=cortex-m4 or the like"
#endif

#include "kernels/cortexm_dsp/output_stage.h"
#include "kernels/unroll.h"
#include "output/element.h"

namespace ottava {
namespace {

// Each says whether a factor is one of its own, computes `rule + offset` for those, and knows the reference.
template <int64_t (*kReference)(int32_t, FixedPoint)>
struct TwoRoundings {
  static constexpr auto reference = kReference;
  int32_t multiplier, shift;
  OTTAVA_INLINE bool take(FixedPoint factor) {
    multiplier = wrap_shift_left(factor.multiplier, 1);
    shift = -factor.exponent;
    return multiplier < 0 && shift > 0;
  }
  OTTAVA_INLINE int32_t apply(int32_t x, int32_t offset) const {
    int32_t y;
    asm("smmlar %0, %1, %2, %1\n\tadd %0, %0, %0, asr #31\n\tasrs %0, %0, %3\n\tadc %0, %0, %4"
        : "=&r"(y)
        : "r"(x), "r"(multiplier), "r"(shift), "r"(offset)
        : "cc");
    return y;
  }
};

struct OneRounding {
  static constexpr auto reference = fixed_one_rounding;
  int32_t multiplier, shift;
  OTTAVA_INLINE bool take(FixedPoint factor) {
    multiplier = factor.multiplier;
    shift = -1 - factor.exponent;
    return shift > 0;
  }
  OTTAVA_INLINE int32_t apply(int32_t x, int32_t offset) const {
    int32_t y;
    asm("smmul %0, %1, %2\n\tasrs %0, %0, %3\n\tadc %0, %0, %4"
        : "=&r"(y)
        : "r"(x), "r"(multiplier), "r"(shift), "r"(offset)
        : "cc");
    return y;
  }
};

// What is added to the rule's value, and how it becomes an element.
struct Signed8 {  // -128 to 127
  int32_t offset;
  OTTAVA_INLINE explicit Signed8(const StageArgs& args) : offset(args.zero_point) {}
  OTTAVA_INLINE uint8_t clamp(int32_t y) const {
    int32_t bounded;
    asm("ssat %0, #8, %1" : "=r"(bounded) : "r"(y));
    return static_cast<uint8_t>(bounded);
  }
};
struct Bounded {  // any bounds: the offset takes y to 0 at the upper one
  int32_t offset, range, low;
  OTTAVA_INLINE explicit Bounded(const StageArgs& args)
      : offset(args.zero_point - args.clamp_max), range(args.clamp_max - args.clamp_min), low(args.clamp_min) {}
  OTTAVA_INLINE uint8_t clamp(int32_t y) const {
    asm("and %0, %0, %0, asr #31\n\tadd %0, %0, %1\n\tbic %0, %0, %0, asr #31" : "+r"(y) : "r"(range));
    return static_cast<uint8_t>(y + low);
  }
};

template <class Rule>
OTTAVA_NOINLINE void run_reference(const StageArgs& args, size_t row, size_t channel) {
  const int64_t y =
      Rule::reference(full_accumulator(args, row, channel), {args.multiplier[channel], args.exponent[channel]}) +
      args.zero_point;
  args.dst[static_cast<ptrdiff_t>(row) * args.dst_row_stride +
           static_cast<ptrdiff_t>(channel) * args.dst_column_stride] =
      static_cast<uint8_t>(clamp(y, args.clamp_min, args.clamp_max));
}

// kRows rows, whose channels lie side by side in dst, without terms of the operands' zero points.
template <class Rule, class Bounds, size_t kRows>
OTTAVA_INLINE void run_rows(const StageArgs& args, const Bounds& bounds, size_t row) {
  const int32_t* acc = args.acc + row * args.acc_stride;
  uint8_t* dst = args.dst + static_cast<ptrdiff_t>(row) * args.dst_row_stride;
  for (size_t n = 0; n < args.n; ++n) {
    Rule rule;
    if (rule.take({args.multiplier[n], args.exponent[n]})) {
      unroll<kRows>([&](auto i) OTTAVA_INLINE_LAMBDA {
        dst[static_cast<ptrdiff_t>(i) * args.dst_row_stride] =
            bounds.clamp(rule.apply(acc[i * args.acc_stride], bounds.offset));
      });
    } else {
      unroll<kRows>([&](auto i) OTTAVA_INLINE_LAMBDA { run_reference<Rule>(args, row + i, n); });
    }
    ++acc;
    ++dst;
  }
}

template <class Rule, class Bounds>
void run_plain(const StageArgs& args) {
  const Bounds bounds(args);
  size_t row = 0;
  for (; row + 2 <= args.m; row += 2) run_rows<Rule, Bounds, 2>(args, bounds, row);
  if (row < args.m) run_rows<Rule, Bounds, 1>(args, bounds, row);
}

template <class Rule>
OTTAVA_INLINE void run(const StageArgs* stage_args) {
  const StageArgs args = *stage_args;
  const bool terms = args.offset != nullptr || args.rhs_zero != nullptr || args.row_zero != nullptr;
  if (terms || args.dst_column_stride != 1) {
    for (size_t row = 0; row < args.m; ++row) {
      for (size_t n = 0; n < args.n; ++n) run_reference<Rule>(args, row, n);
    }
  } else if (args.clamp_min == -128 && args.clamp_max == 127) {
    run_plain<Rule, Signed8>(args);
  } else {
    run_plain<Rule, Bounded>(args);
  }
}

}  // namespace

void fixed_two_roundings_cortexm_dsp(const StageArgs* args) { run<TwoRoundings<fixed_two_roundings>>(args); }
void fixed_two_roundings_saturating_cortexm_dsp(const StageArgs* args) {
  run<TwoRoundings<fixed_two_roundings_saturating>>(args);
}
void fixed_one_rounding_cortexm_dsp(const StageArgs* args) { run<OneRounding>(args); }

}  // namespace ottava
