// A product in gemmlowp's words, drawn at random, run by gemmlowp and by ottava on every tier, and the two results
// compared. What is drawn for the output stage, and gemmlowp's pipeline for it, are the test's. For one source file of
// a program: all is in an anonymous namespace, as gemmlowp's code depends on how that file is compiled.
#ifndef OTTAVA_TESTS_PEERS_GEMMLOWP_PROBLEM_H_
#define OTTAVA_TESTS_PEERS_GEMMLOWP_PROBLEM_H_

#include <algorithm>
#include <type_traits>

#include "peers/peer_support.h"
#include "public/gemmlowp.h"

namespace {

using gemmlowp::MapOrder;
using gemmlowp::MatrixMap;
using gemmlowp::VectorMap;
using gemmlowp::VectorShape;
using peers::Random;

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
  std::uint32_t rule = OTTAVA_REQUANTIZE_NONE;
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
  ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  const Placed placed = place(p, lhs_order, rhs_order, result_order, stage.weights_left_flag, desc);
  desc.n = placed.n;
  desc.k = p.depth;
  desc.rhs_stride = placed.weights_stride;
  desc.lhs_type = OTTAVA_TYPE_U8;
  desc.rhs_type = OTTAVA_TYPE_U8;
  output.type = Bounds<Out>::type;
  desc.lhs_zero_point = -p.activations_offset;
  desc.rhs_zero_point = -p.weights_offsets[0];
  output.zero_point = stage.zero_point;
  output.requantization = stage.rule;
  output.clamp_min = std::max(stage.clamp_min, Bounds<Out>::low);
  output.clamp_max = std::min(stage.clamp_max, Bounds<Out>::high);
  if (stage.rule != OTTAVA_REQUANTIZE_NONE) {
    output.parameters = OTTAVA_PARAMETERS_INTEGER;
    output.multiplier = stage.multiplier;
    output.shift = stage.shift;
  }
  if (stage.tanh_amplitude != 0) {
    output.activation = OTTAVA_ACTIVATION_GEMMLOWP_TANH;
    output.tanh_zero = stage.tanh_zero;
    output.tanh_amplitude = stage.tanh_amplitude;
  }
  std::vector<std::int32_t> zero_points;
  for (std::int32_t offset : p.weights_offsets) zero_points.push_back(-offset);
  constants.rhs = placed.weights;
  constants.rhs_zero_points = p.per_channel ? zero_points.data() : nullptr;
  output.bias = stage.bias.empty() ? nullptr : stage.bias.data();
  output.multipliers = stage.multipliers.empty() ? nullptr : stage.multipliers.data();
  output.shifts = stage.shifts.empty() ? nullptr : stage.shifts.data();
  std::vector<Out> dst(Problem::elements(result_order, p.rows, p.cols, p.result_gap), Out{77});
  peers::run_ottava(context, desc, output, constants, placed.m, placed.activations, placed.activations_stride,
                    dst.data(), Problem::stride(result_order, p.rows, p.cols, p.result_gap));
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

}  // namespace

#endif  // OTTAVA_TESTS_PEERS_GEMMLOWP_PROBLEM_H_
