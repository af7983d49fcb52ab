// ottava beside gemmlowp: every output stage of gemmlowp on random problems, equal bit for bit on every tier.
//
//   gemmlowp                                       ottava
//   lhs_offset, rhs_offset                         minus the zero point
//   the weights on the left (or on the right)      rhs
//   no stage, int32 result                         OTTAVA_RULE_NONE, s32
//   OutputStageBiasAddition                        bias (vectors along the channels)
//   OutputStageQuantizeDownInt32ToUint8Scale[PC]   OTTAVA_RULE_MULTIPLY_SHIFT_HALF_AWAY, result_offset in the bias
//   OutputStageQuantizeDownInt32ByFixedPoint       OTTAVA_RULE_GEMMLOWP_BY_FIXED_POINT, result_offset_after_shift the
//                                                  dst zero point, shift negated
//   OutputStageScaleInt32ByFixedPointAndExponent[PC]  OTTAVA_RULE_FIXED_TWO_ROUNDINGS_SATURATING, likewise
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
#include <type_traits>

#include "peers/peer_support.h"
#include "public/gemmlowp.h"

namespace {

using gemmlowp::MapOrder;
using gemmlowp::MatrixMap;
using gemmlowp::VectorMap;
using gemmlowp::VectorShape;
using peers::Random;

#if defined(GEMMLOWP_SSE4) || defined(GEMMLOWP_NEON) || defined(GEMMLOWP_AVX2) || defined(GEMMLOWP_MSA)
constexpr int kMostLeftShift = 8;  // |accumulator| < 2^23
#else
constexpr int kMostLeftShift = 30;
#endif

constexpr int kLargest = 70;
constexpr MapOrder kRowMajor = MapOrder::RowMajor;
constexpr MapOrder kColMajor = MapOrder::ColMajor;

std::uint32_t order_of(MapOrder order) { return order == kRowMajor ? OTTAVA_ORDER_ROW : OTTAVA_ORDER_COLUMN; }
std::uint32_t flipped(std::uint32_t order) {
  return order == OTTAVA_ORDER_ROW ? OTTAVA_ORDER_COLUMN : OTTAVA_ORDER_ROW;
}

template <class Element>
struct Bounds;
template <>
struct Bounds<std::uint8_t> {
  static constexpr std::uint32_t type = OTTAVA_TYPE_U8;
  static constexpr std::int32_t low = 0, high = 255;
};
template <>
struct Bounds<std::int8_t> {
  static constexpr std::uint32_t type = OTTAVA_TYPE_S8;
  static constexpr std::int32_t low = -128, high = 127;
};
template <>
struct Bounds<std::int16_t> {
  static constexpr std::uint32_t type = OTTAVA_TYPE_S16;
  static constexpr std::int32_t low = -32768, high = 32767;
};
template <>
struct Bounds<std::int32_t> {
  static constexpr std::uint32_t type = OTTAVA_TYPE_S32;
  static constexpr std::int32_t low = INT32_MIN, high = INT32_MAX;
};

// A product in gemmlowp's words: result[rows x cols] = lhs[rows x depth] * rhs[depth x cols].
struct Problem {
  int rows, cols, depth;
  bool weights_left;
  int lhs_gap, rhs_gap, result_gap;
  std::int32_t activations_offset;
  std::vector<std::int32_t> weights_offsets;  // one per channel, all equal unless per_channel
  bool per_channel;
  std::vector<std::uint8_t> lhs, rhs;

  int channels() const { return weights_left ? rows : cols; }
  static int stride(MapOrder order, int rows, int cols, int gap) { return (order == kRowMajor ? cols : rows) + gap; }
  static std::size_t elements(MapOrder order, int rows, int cols, int gap) {
    return static_cast<std::size_t>(stride(order, rows, cols, gap) * (order == kRowMajor ? rows : cols));
  }
};

Problem draw_problem(Random& random, MapOrder lhs_order, MapOrder rhs_order, bool weights_left) {
  Problem p;
  p.rows = random.between(1, kLargest);
  p.cols = random.chance(6) ? 1 : random.between(1, kLargest);
  p.depth = random.between(1, kLargest);
  p.weights_left = weights_left;
  p.lhs_gap = random.between(0, 3);
  p.rhs_gap = random.between(0, 3);
  p.result_gap = random.between(0, 3);
  p.activations_offset = -random.between(0, 255);
  p.per_channel = random.chance(2);
  p.weights_offsets = random.some(p.channels(), -255, 0);
  if (!p.per_channel) std::fill(p.weights_offsets.begin(), p.weights_offsets.end(), p.weights_offsets[0]);
  const bool extremes = random.chance(4);
  const auto fill = [&](std::vector<std::uint8_t>& values, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      values.push_back(static_cast<std::uint8_t>(extremes ? 255 * random.between(0, 1) : random.between(0, 255)));
  };
  fill(p.lhs, Problem::elements(lhs_order, p.rows, p.depth, p.lhs_gap));
  fill(p.rhs, Problem::elements(rhs_order, p.depth, p.cols, p.rhs_gap));
  return p;
}

// The whole buffer of the result, gaps included, which nobody may write.
template <class Out, MapOrder kLhs, MapOrder kRhs, MapOrder kResult, class Pipeline>
std::vector<Out> run_gemmlowp(const Problem& p, const Pipeline& pipeline) {
  std::vector<Out> result(Problem::elements(kResult, p.rows, p.cols, p.result_gap), Out{77});
  const MatrixMap<const std::uint8_t, kLhs> lhs(p.lhs.data(), p.rows, p.depth,
                                                Problem::stride(kLhs, p.rows, p.depth, p.lhs_gap));
  const MatrixMap<const std::uint8_t, kRhs> rhs(p.rhs.data(), p.depth, p.cols,
                                                Problem::stride(kRhs, p.depth, p.cols, p.rhs_gap));
  MatrixMap<Out, kResult> map(result.data(), p.rows, p.cols, Problem::stride(kResult, p.rows, p.cols, p.result_gap));
  gemmlowp::GemmContext context;
  context.set_max_num_threads(1);
  using Depth = gemmlowp::DefaultL8R8BitDepthParams;
  if constexpr (kLhs == kRhs) {  // either call would do for all: half the instances to compile
    if (!p.per_channel) {
      const int lhs_offset = p.weights_left ? p.weights_offsets[0] : p.activations_offset;
      const int rhs_offset = p.weights_left ? p.activations_offset : p.weights_offsets[0];
      gemmlowp::GemmWithOutputPipeline<std::uint8_t, Out, Depth>(&context, lhs, rhs, &map, lhs_offset, rhs_offset,
                                                                 pipeline);
      return result;
    }
  }
  std::vector<std::int32_t> lhs_offsets(static_cast<std::size_t>(p.rows), p.activations_offset);
  std::vector<std::int32_t> rhs_offsets(static_cast<std::size_t>(p.cols), p.activations_offset);
  (p.weights_left ? lhs_offsets : rhs_offsets) = p.weights_offsets;
  const VectorMap<const std::int32_t, VectorShape::Col> lhs_vector(lhs_offsets.data(), p.rows);
  const VectorMap<const std::int32_t, VectorShape::Row> rhs_vector(rhs_offsets.data(), p.cols);
  gemmlowp::GemmWithOutputPipelinePC<std::uint8_t, Out, Depth>(&context, lhs, rhs, &map, lhs_vector, rhs_vector,
                                                               pipeline);
  return result;
}

// What ottava is to do with the accumulator. Vectors: one per channel, or empty.
struct Stage {
  std::uint32_t rule = OTTAVA_RULE_NONE;
  std::int32_t multiplier = 0, shift = 0;
  std::vector<std::int32_t> multipliers, shifts, bias;
  std::int32_t zero_point = 0, clamp_min = INT32_MIN, clamp_max = INT32_MAX;
  std::int32_t tanh_zero = 0, tanh_amplitude = 0;
  bool weights_left_flag = false;  // let the flag turn the product over
};

// gemmlowp's lhs and rhs with their orders, as ottava's operands. The flag does what the flipping does: a matrix read
// in the other order is its transpose.
struct Placed {
  const std::uint8_t* activations;
  const std::uint8_t* weights;
  std::int64_t m, n, activations_stride, weights_stride;
};
Placed place(const Problem& p, MapOrder lhs_order, MapOrder rhs_order, MapOrder result_order, bool use_flag,
             ottava_matmul_desc& desc) {
  const int lhs_stride = Problem::stride(lhs_order, p.rows, p.depth, p.lhs_gap);
  const int rhs_stride = Problem::stride(rhs_order, p.depth, p.cols, p.rhs_gap);
  if (!p.weights_left) {
    desc.lhs_order = order_of(lhs_order);
    desc.rhs_order = order_of(rhs_order);
    desc.dst_order = order_of(result_order);
    return {p.lhs.data(), p.rhs.data(), p.rows, p.cols, lhs_stride, rhs_stride};
  }
  const auto order = [use_flag](MapOrder o) { return use_flag ? order_of(o) : flipped(order_of(o)); };
  if (use_flag) desc.flags |= OTTAVA_MATMUL_WEIGHTS_LEFT;
  desc.lhs_order = order(rhs_order);
  desc.rhs_order = order(lhs_order);
  desc.dst_order = order(result_order);
  return {p.rhs.data(), p.lhs.data(), p.cols, p.rows, rhs_stride, lhs_stride};
}

template <class Out>
std::vector<Out> run_ottava(const ottava_context* context, const Problem& p, MapOrder lhs_order, MapOrder rhs_order,
                            MapOrder result_order, const Stage& stage) {
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  const Placed placed = place(p, lhs_order, rhs_order, result_order, stage.weights_left_flag, desc);
  desc.n = placed.n;
  desc.k = p.depth;
  desc.rhs_stride = placed.weights_stride;
  desc.lhs_type = OTTAVA_TYPE_U8;
  desc.rhs_type = OTTAVA_TYPE_U8;
  desc.dst_type = Bounds<Out>::type;
  desc.lhs_zero_point = -p.activations_offset;
  desc.rhs_zero_point = -p.weights_offsets[0];
  desc.dst_zero_point = stage.zero_point;
  desc.rule = stage.rule;
  desc.clamp_min = std::max(stage.clamp_min, Bounds<Out>::low);
  desc.clamp_max = std::min(stage.clamp_max, Bounds<Out>::high);
  if (stage.rule != OTTAVA_RULE_NONE) {
    desc.parameters = OTTAVA_PARAMETERS_INTEGER;
    desc.multiplier = stage.multiplier;
    desc.shift = stage.shift;
  }
  if (stage.tanh_amplitude != 0) {
    desc.activation = OTTAVA_ACTIVATION_GEMMLOWP_TANH;
    desc.tanh_zero = stage.tanh_zero;
    desc.tanh_amplitude = stage.tanh_amplitude;
  }
  std::vector<std::int32_t> zero_points;
  for (std::int32_t offset : p.weights_offsets) zero_points.push_back(-offset);
  constants.rhs = placed.weights;
  constants.rhs_zero_points = p.per_channel ? zero_points.data() : nullptr;
  constants.bias = stage.bias.empty() ? nullptr : stage.bias.data();
  constants.multipliers = stage.multipliers.empty() ? nullptr : stage.multipliers.data();
  constants.shifts = stage.shifts.empty() ? nullptr : stage.shifts.data();
  std::vector<Out> dst(Problem::elements(result_order, p.rows, p.cols, p.result_gap), Out{77});
  peers::run_ottava(context, desc, constants, placed.m, placed.activations, placed.activations_stride, dst.data(),
                    Problem::stride(result_order, p.rows, p.cols, p.result_gap));
  return dst;
}

// One vector per channel, in the shape that gemmlowp wants for that side.
template <VectorShape kShape>
VectorMap<const std::int32_t, kShape> vector_of(const std::vector<std::int32_t>& values) {
  return VectorMap<const std::int32_t, kShape>(values.data(), static_cast<int>(values.size()));
}
template <VectorShape kShape>
gemmlowp::OutputStageBiasAddition<VectorMap<const std::int32_t, kShape>> bias_stage(
    const std::vector<std::int32_t>& values) {
  gemmlowp::OutputStageBiasAddition<VectorMap<const std::int32_t, kShape>> stage;
  stage.bias_vector = vector_of<kShape>(values);
  return stage;
}

template <VectorShape kShape>
using Shape = std::integral_constant<VectorShape, kShape>;

// Problems of one combination of orders. `prepare(random, problem, stage)` draws the parameters; `pipeline(stage,
// shape)` is gemmlowp's tuple for them; `finish` turns an element of ottava's into one of gemmlowp's.
template <class Out, class OttavaOut, MapOrder kLhs, MapOrder kRhs, MapOrder kResult, class Prepare, class Pipeline,
          class Finish>
void compare_orders(std::uint64_t seed, Prepare prepare, Pipeline pipeline, Finish finish) {
  const peers::Contexts contexts;
  for (int round = 0; round < 16; ++round) {
    Random random(seed + static_cast<std::uint64_t>(round));
    const Problem p = draw_problem(random, kLhs, kRhs, random.chance(2));
    Stage stage;
    prepare(random, p, stage);
    const std::vector<Out> expected =
        p.weights_left ? run_gemmlowp<Out, kLhs, kRhs, kResult>(p, pipeline(stage, Shape<VectorShape::Col>()))
                       : run_gemmlowp<Out, kLhs, kRhs, kResult>(p, pipeline(stage, Shape<VectorShape::Row>()));
    for (std::size_t i = 0; i < contexts.size(); ++i) {
      std::vector<Out> found;
      for (OttavaOut element : run_ottava<OttavaOut>(contexts[i], p, kLhs, kRhs, kResult, stage))
        found.push_back(finish(element));
      INFO(contexts.name(i) << ", round " << round << ": " << p.rows << " x " << p.cols << " x " << p.depth
                            << (p.weights_left ? ", weights left" : ", weights right") << ", multiplier "
                            << stage.multiplier << ", shift " << stage.shift);
      REQUIRE(peers::difference(expected, found) == "");
    }
  }
}

template <class Out, class OttavaOut, class Prepare, class Pipeline, class Finish>
void compare_all_orders(std::uint64_t seed, Prepare prepare, Pipeline pipeline, Finish finish) {
  compare_orders<Out, OttavaOut, kRowMajor, kRowMajor, kRowMajor>(seed + 1000, prepare, pipeline, finish);
  compare_orders<Out, OttavaOut, kRowMajor, kRowMajor, kColMajor>(seed + 2000, prepare, pipeline, finish);
  compare_orders<Out, OttavaOut, kRowMajor, kColMajor, kRowMajor>(seed + 3000, prepare, pipeline, finish);
  compare_orders<Out, OttavaOut, kRowMajor, kColMajor, kColMajor>(seed + 4000, prepare, pipeline, finish);
  compare_orders<Out, OttavaOut, kColMajor, kRowMajor, kRowMajor>(seed + 5000, prepare, pipeline, finish);
  compare_orders<Out, OttavaOut, kColMajor, kRowMajor, kColMajor>(seed + 6000, prepare, pipeline, finish);
  compare_orders<Out, OttavaOut, kColMajor, kColMajor, kRowMajor>(seed + 7000, prepare, pipeline, finish);
  compare_orders<Out, OttavaOut, kColMajor, kColMajor, kColMajor>(seed + 8000, prepare, pipeline, finish);
}

template <class Out, class Prepare, class Pipeline>
void compare(std::uint64_t seed, Prepare prepare, Pipeline pipeline) {
  compare_all_orders<Out, Out>(seed, prepare, pipeline, [](Out element) { return element; });
}
// Where the orders have been through another pipeline of the same form.
template <class Out, class OttavaOut, class Prepare, class Pipeline, class Finish>
void compare_two_orders(std::uint64_t seed, Prepare prepare, Pipeline pipeline, Finish finish) {
  // These two are each other's transposes, into which gemmlowp turns wide results: fewer instances to compile.
  compare_orders<Out, OttavaOut, kRowMajor, kRowMajor, kRowMajor>(seed + 1000, prepare, pipeline, finish);
  compare_orders<Out, OttavaOut, kColMajor, kColMajor, kColMajor>(seed + 2000, prepare, pipeline, finish);
}
template <class Out, class Prepare, class Pipeline>
void compare_two_orders(std::uint64_t seed, Prepare prepare, Pipeline pipeline) {
  compare_two_orders<Out, Out>(seed, prepare, pipeline, [](Out element) { return element; });
}

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
  stage.rule = OTTAVA_RULE_MULTIPLY_SHIFT_HALF_AWAY;
  stage.multiplier = random.chance(4) ? random.between(-200, 200) : random.between(1, 250);
  stage.shift = -(random.chance(6) ? random.between(0, 31) : random.between(8, 22));
  draw_bias(random, p, stage);
}

template <class Out>
void draw_by_fixed_point(Random& random, const Problem& p, Stage& stage) {
  stage.rule = OTTAVA_RULE_GEMMLOWP_BY_FIXED_POINT;
  stage.multiplier = draw_fixed_multiplier(random);
  stage.shift = std::min(draw_exponent(random), 0);
  stage.zero_point = random.between(std::max(Bounds<Out>::low, -1000), std::min(Bounds<Out>::high, 1000));
  draw_bias(random, p, stage);
  draw_clamp<Out>(random, stage);
}

template <class Out>
void draw_with_exponent(Random& random, const Problem& p, Stage& stage) {
  draw_by_fixed_point<Out>(random, p, stage);
  stage.rule = OTTAVA_RULE_FIXED_TWO_ROUNDINGS_SATURATING;
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
