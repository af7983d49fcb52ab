// ottava beside gemmlowp: every output stage of gemmlowp on random problems, equal bit for bit on every tier.
//
//   gemmlowp                                       ottava
//   lhs_offset, rhs_offset                         minus the zero point
//   the weights on the left (or on the right)      rhs
//   no stage, int32 result                         OTTAVA_REQUANTIZE_NONE, s32
//   OutputStageBiasAddition                        bias (vectors along the channels)
//   OutputStageQuantizeDownInt32ToUint8Scale[PC]   OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_AWAY, result_offset in the
//   bias OutputStageQuantizeDownInt32ByFixedPoint       OTTAVA_REQUANTIZE_GEMMLOWP_BY_FIXED_POINT,
//   result_offset_after_shift the
//                                                  dst zero point, shift negated
//   OutputStageScaleInt32ByFixedPointAndExponent[PC]  OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS_SATURATING, likewise
//   OutputStageClamp                               clamp
//   OutputStageSaturatingCastTo...                 dst of that type
//   OutputStageTruncatingCastToUint8               the low byte of an s32 dst
//   OutputStageTanh                                OTTAVA_ACTIVATION_GEMMLOWP_TANH on an s32 dst
//
// Compiled twice on x86: gemmlowp's scalar code and its SSE4 code. The scalar code saturates left shifts as its
// comments say; the vector code lets them wrap, so that program shifts no further than every accumulator allows. Its
// SSE4 code lacks the stage with exponents per channel and the casts to int8 and by truncation. Parameters for which
// gemmlowp's own int32 arithmetic would overflow are left out.
#if !__has_include(<catch2/catch_all.hpp>)
#define CATCH_CONFIG_MAIN
#endif
#include <algorithm>
#include <tuple>

#include "peers/gemmlowp_problem.h"

namespace {

#if defined(GEMMLOWP_SSE4) || defined(GEMMLOWP_NEON) || defined(GEMMLOWP_AVX2) || defined(GEMMLOWP_MSA)
constexpr int kMostLeftShift = 8;  // |accumulator| < 2^23
#else
constexpr int kMostLeftShift = 30;
#endif

// ---- Parameters: |accumulator| with its bias stays below 2^23 -------------------------------------------------------

void draw_bias(Random& random, const Problem& p, Stage& stage) {
  stage.bias = random.some(p.channels(), -100000, 100000);
}

std::int32_t draw_fixed_multiplier(Random& random) {
  // Below 2^31 by so much that a saturated value and an offset fit into int32.
  return random.chance(8) ? random.between(0, 1000) : random.between(1 << 30, 0x7F000000);
}
std::int32_t draw_exponent(Random& random) {
  if (random.chance(6)) return random.between(-31, kMostLeftShift);
  return random.between(-16, std::min(kMostLeftShift, -4));
}

template <class Out>
void draw_clamp(Random& random, Stage& stage) {
  stage.clamp_min = random.chance(2) ? random.between(-300, 100) : -40000;
  stage.clamp_max = random.chance(2) ? random.between(120, 300) : 40000;
  // gemmlowp clamps the int32, and casts then; ottava takes bounds of the stored type.
  stage.clamp_min = std::min(std::max(stage.clamp_min, Bounds<Out>::low), Bounds<Out>::high);
  stage.clamp_max = std::max(std::min(stage.clamp_max, Bounds<Out>::high), Bounds<Out>::low);
}

void draw_multiply_shift(Random& random, const Problem& p, Stage& stage) {
  stage.rule = OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_AWAY;
  stage.multiplier = random.chance(4) ? random.between(-200, 200) | 1 : random.between(1, 250);  // 0 is refused
  stage.shift = -(random.chance(6) ? random.between(0, 31) : random.between(8, 22));
  draw_bias(random, p, stage);
}

template <class Out>
void draw_by_fixed_point(Random& random, const Problem& p, Stage& stage) {
  stage.rule = OTTAVA_REQUANTIZE_GEMMLOWP_BY_FIXED_POINT;
  stage.multiplier = draw_fixed_multiplier(random);
  stage.shift = std::min(draw_exponent(random), 0);
  stage.zero_point = random.between(std::max(Bounds<Out>::low, -1000), std::min(Bounds<Out>::high, 1000));
  draw_bias(random, p, stage);
  draw_clamp<Out>(random, stage);
}

template <class Out>
void draw_with_exponent(Random& random, const Problem& p, Stage& stage) {
  draw_by_fixed_point<Out>(random, p, stage);
  stage.rule = OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS_SATURATING;
  stage.shift = draw_exponent(random);
}

bool just_below_power_of_two(std::int32_t x) {
  std::int32_t power = 1;
  while (power < x) power *= 2;
  return x > 1 && power - x <= power / 50;
}

gemmlowp::OutputStageClamp clamp_stage(const Stage& stage) { return {stage.clamp_min, stage.clamp_max}; }
gemmlowp::OutputStageQuantizeDownInt32ByFixedPoint by_fixed_point_stage(const Stage& stage) {
  return {stage.multiplier, -stage.shift, stage.zero_point};
}
gemmlowp::OutputStageScaleInt32ByFixedPointAndExponent exponent_stage(const Stage& stage) {
  return {stage.multiplier, stage.shift, stage.zero_point};
}

// ---- Cases ---------------------------------------------------------------------------------------------------------

TEST_CASE("no stage: the int32 result") {
  compare<std::int32_t>(
      1, [](Random&, const Problem&, Stage&) {}, [](const Stage&, auto) { return std::make_tuple(); });
}

TEST_CASE("bias addition and clamp, int32 result") {
  const auto prepare = [](Random& random, const Problem& p, Stage& stage) {
    draw_bias(random, p, stage);
    stage.clamp_min = random.between(-3000000, 0);
    stage.clamp_max = random.between(0, 3000000);
  };
  compare_two_orders<std::int32_t>(2, prepare, [](const Stage& stage, auto shape) {
    return std::make_tuple(bias_stage<decltype(shape)::value>(stage.bias), clamp_stage(stage));
  });
}

TEST_CASE("OutputStageQuantizeDownInt32ToUint8Scale") {
  const auto prepare = [](Random& random, const Problem& p, Stage& stage) {
    draw_multiply_shift(random, p, stage);
    std::fill(stage.bias.begin(), stage.bias.end(), stage.bias[0]);  // its one result_offset
  };
  const auto quantize = [](const Stage& stage) {
    return gemmlowp::OutputStageQuantizeDownInt32ToUint8Scale{stage.bias[0], stage.multiplier, -stage.shift};
  };
  compare<std::uint8_t>(3, prepare, [quantize](const Stage& stage, auto) {
    return std::make_tuple(quantize(stage), gemmlowp::OutputStageSaturatingCastToUint8());
  });
#ifndef GEMMLOWP_SSE4
  compare_two_orders<std::int8_t>(4, prepare, [quantize](const Stage& stage, auto) {
    return std::make_tuple(quantize(stage), gemmlowp::OutputStageSaturatingCastToInt8());
  });
#endif
}

TEST_CASE("OutputStageQuantizeDownInt32ToUint8ScalePC, after a bias of its own") {
  std::vector<std::int32_t> offsets, own_bias;
  const auto prepare = [&](Random& random, const Problem& p, Stage& stage) {
    draw_multiply_shift(random, p, stage);
    stage.multipliers = random.some(p.channels(), -100, 200);
    offsets = random.some(p.channels(), -50000, 50000);
    own_bias = stage.bias;
    for (std::size_t i = 0; i < offsets.size(); ++i) stage.bias[i] = own_bias[i] + offsets[i];
  };
  compare_two_orders<std::uint8_t>(5, prepare, [&](const Stage& stage, auto shape) {
    constexpr VectorShape kShape = decltype(shape)::value;
    gemmlowp::OutputStageQuantizeDownInt32ToUint8ScalePC<kShape> quantize;
    quantize.result_offset = vector_of<kShape>(offsets);
    quantize.result_mult_int = vector_of<kShape>(stage.multipliers);
    quantize.result_shift = -stage.shift;
    return std::make_tuple(bias_stage<kShape>(own_bias), quantize, gemmlowp::OutputStageSaturatingCastToUint8());
  });
}

TEST_CASE("OutputStageQuantizeDownInt32ByFixedPoint: bias, clamp, each saturating cast") {
  compare<std::uint8_t>(6, draw_by_fixed_point<std::uint8_t>, [](const Stage& stage, auto shape) {
    return std::make_tuple(bias_stage<decltype(shape)::value>(stage.bias), by_fixed_point_stage(stage),
                           clamp_stage(stage), gemmlowp::OutputStageSaturatingCastToUint8());
  });
#ifndef GEMMLOWP_SSE4
  compare_two_orders<std::int8_t>(7, draw_by_fixed_point<std::int8_t>, [](const Stage& stage, auto shape) {
    return std::make_tuple(bias_stage<decltype(shape)::value>(stage.bias), by_fixed_point_stage(stage),
                           clamp_stage(stage), gemmlowp::OutputStageSaturatingCastToInt8());
  });
#endif
  compare_two_orders<std::int16_t>(8, draw_by_fixed_point<std::int16_t>, [](const Stage& stage, auto shape) {
    return std::make_tuple(bias_stage<decltype(shape)::value>(stage.bias), by_fixed_point_stage(stage),
                           clamp_stage(stage), gemmlowp::OutputStageSaturatingCastToInt16());
  });
}

TEST_CASE("OutputStageScaleInt32ByFixedPointAndExponent: bias, clamp, each saturating cast") {
  compare<std::uint8_t>(9, draw_with_exponent<std::uint8_t>, [](const Stage& stage, auto shape) {
    return std::make_tuple(bias_stage<decltype(shape)::value>(stage.bias), exponent_stage(stage), clamp_stage(stage),
                           gemmlowp::OutputStageSaturatingCastToUint8());
  });
#ifndef GEMMLOWP_SSE4
  compare_two_orders<std::int8_t>(10, draw_with_exponent<std::int8_t>, [](const Stage& stage, auto shape) {
    return std::make_tuple(bias_stage<decltype(shape)::value>(stage.bias), exponent_stage(stage), clamp_stage(stage),
                           gemmlowp::OutputStageSaturatingCastToInt8());
  });
#endif
  compare_two_orders<std::int16_t>(11, draw_with_exponent<std::int16_t>, [](const Stage& stage, auto shape) {
    return std::make_tuple(bias_stage<decltype(shape)::value>(stage.bias), exponent_stage(stage), clamp_stage(stage),
                           gemmlowp::OutputStageSaturatingCastToInt16());
  });
}

#ifndef GEMMLOWP_SSE4
TEST_CASE("OutputStageScaleInt32ByFixedPointAndExponentPC") {
  const auto prepare = [](Random& random, const Problem& p, Stage& stage) {
    draw_with_exponent<std::uint8_t>(random, p, stage);
    for (int channel = 0; channel < p.channels(); ++channel) {
      stage.multipliers.push_back(draw_fixed_multiplier(random));
      stage.shifts.push_back(draw_exponent(random));
    }
  };
  const auto scale = [](const Stage& stage, auto shape) {
    constexpr VectorShape kShape = decltype(shape)::value;
    gemmlowp::OutputStageScaleInt32ByFixedPointAndExponentPC<kShape> scaling;
    scaling.result_fixedpoint_multiplier = vector_of<kShape>(stage.multipliers);
    scaling.result_exponent = vector_of<kShape>(stage.shifts);
    scaling.result_offset_after_shift = stage.zero_point;
    return scaling;
  };
  compare_two_orders<std::uint8_t>(12, prepare, [scale](const Stage& stage, auto shape) {
    return std::make_tuple(bias_stage<decltype(shape)::value>(stage.bias), scale(stage, shape), clamp_stage(stage),
                           gemmlowp::OutputStageSaturatingCastToUint8());
  });
}
#endif

TEST_CASE("a rule without a cast: the int32 result") {
  const auto by_fixed_point = [](Random& random, const Problem& p, Stage& stage) {
    draw_by_fixed_point<std::int32_t>(random, p, stage);
  };
  compare_two_orders<std::int32_t>(13, by_fixed_point, [](const Stage& stage, auto shape) {
    return std::make_tuple(bias_stage<decltype(shape)::value>(stage.bias), by_fixed_point_stage(stage),
                           clamp_stage(stage));
  });
  const auto with_exponent = [](Random& random, const Problem& p, Stage& stage) {
    draw_with_exponent<std::int32_t>(random, p, stage);
    stage.clamp_min = INT32_MIN;
    stage.clamp_max = INT32_MAX;
  };
  compare_two_orders<std::int32_t>(14, with_exponent, [](const Stage& stage, auto shape) {
    return std::make_tuple(bias_stage<decltype(shape)::value>(stage.bias), exponent_stage(stage));
  });
  compare_two_orders<std::int32_t>(15, draw_multiply_shift, [](const Stage& stage, auto shape) {
    return std::make_tuple(bias_stage<decltype(shape)::value>(stage.bias),
                           gemmlowp::OutputStageQuantizeDownInt32ToUint8Scale{0, stage.multiplier, -stage.shift});
  });
}

#ifndef GEMMLOWP_SSE4
TEST_CASE("OutputStageTruncatingCastToUint8 is the low byte of ottava's s32") {
  const auto low_byte = [](std::int32_t element) { return static_cast<std::uint8_t>(element & 255); };
  const auto prepare = [](Random& random, const Problem& p, Stage& stage) {
    draw_bias(random, p, stage);
    if (random.chance(2)) {  // as the stage is meant
      stage.clamp_min = 0;
      stage.clamp_max = 255;
    }
  };
  compare_two_orders<std::uint8_t, std::int32_t>(
      16, prepare,
      [](const Stage& stage, auto shape) {
        return std::make_tuple(bias_stage<decltype(shape)::value>(stage.bias), clamp_stage(stage),
                               gemmlowp::OutputStageTruncatingCastToUint8());
      },
      low_byte);
}
#endif

TEST_CASE("OutputStageTanh on the int32 result") {
  const auto draw_tanh = [](Random& random, Stage& stage, int most_amplitude) {
    stage.tanh_zero = random.chance(2) ? 0 : random.between(-most_amplitude, most_amplitude);
    stage.tanh_amplitude = random.chance(6) ? random.between(1, 10) : random.between(1, most_amplitude);
    // With an amplitude at or just below a power of two, vector code lets zero + 8 * amplitude - 1 wrap to the other
    // end.
    while (kMostLeftShift != 30 && just_below_power_of_two(stage.tanh_amplitude)) --stage.tanh_amplitude;
  };
  const auto tanh_stage = [](const Stage& stage) {
    return gemmlowp::OutputStageTanh{stage.tanh_zero, stage.tanh_amplitude};
  };
  const auto prepare = [draw_tanh](Random& random, const Problem& p, Stage& stage) {
    draw_bias(random, p, stage);
    draw_tanh(random, stage, 1500000);
  };
  compare_two_orders<std::int32_t>(18, prepare, [tanh_stage](const Stage& stage, auto shape) {
    return std::make_tuple(bias_stage<decltype(shape)::value>(stage.bias), tanh_stage(stage));
  });
  const auto prepare_scaled = [draw_tanh](Random& random, const Problem& p, Stage& stage) {
    draw_by_fixed_point<std::int32_t>(random, p, stage);
    stage.clamp_min = random.between(-30000, -10000);
    stage.clamp_max = random.between(10000, 30000);
    draw_tanh(random, stage, 4000);
  };
  compare_two_orders<std::int32_t>(19, prepare_scaled, [tanh_stage](const Stage& stage, auto shape) {
    return std::make_tuple(bias_stage<decltype(shape)::value>(stage.bias), by_fixed_point_stage(stage),
                           clamp_stage(stage), tanh_stage(stage));
  });
}

TEST_CASE("OTTAVA_MATMUL_WEIGHTS_LEFT is gemmlowp's own arrangement") {
  const auto prepare = [](Random& random, const Problem& p, Stage& stage) {
    draw_with_exponent<std::uint8_t>(random, p, stage);
    stage.weights_left_flag = true;
  };
  compare<std::uint8_t>(20, prepare, [](const Stage& stage, auto shape) {
    return std::make_tuple(bias_stage<decltype(shape)::value>(stage.bias), exponent_stage(stage), clamp_stage(stage),
                           gemmlowp::OutputStageSaturatingCastToUint8());
  });
}

}  // namespace
