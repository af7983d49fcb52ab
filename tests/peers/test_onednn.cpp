// ottava beside oneDNN (2.x): its matmul primitive on random problems, equal bit for bit on every tier.
//
// oneDNN 2.x computes, with float32 f, output scales s and half-to-even rounding,
//
//   a = sum (src - src_zero_point) * (weights - weights_zero_point)      in int32
//   y = (f(a) + f(bias)) * s                                             each operation rounded to float32
//   dst = y (f32), or sat(RNE(y + f(dst_zero_point)))                    the zero point before the rounding
//
// so ottava equals it thus:
//
//   s32, no scales                      OTTAVA_REQUANTIZE_NONE
//   f32, no bias                        OTTAVA_REQUANTIZE_NONE with rhs_scales = s
//   s8, u8, s32 with scales             OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN with rhs_scales = s, the other scales 1
//     with a zero point of dst          the zero point given as bias_f32: ottava's own dst_zero_point is added after
//                                       the rounding, which for ties and an odd zero point is another number
//
// Where they part, the problems here stay with what is equal. oneDNN adds its bias in float32, ottava in int32: equal
// below 2^24, which these sums never reach. For an f32 dst ottava takes its bias after the scale: equal where the
// scales are powers of two, so problems with such a bias have those. ottava's dst_zero_point is even in the problems
// that use it, and the scales powers of two, so that neither ties nor the float sum tell the orders apart.
//
// Without VNNI oneDNN sums pairs of u8 x s8 products with saturation; weights within +-63 never reach it.
// With a single channel it takes s8 operands the other way round, so there src stays within +-63 as well.
#if !__has_include(<catch2/catch_all.hpp>)
#define CATCH_CONFIG_MAIN
#endif
#include <cmath>
#include <cstring>
#include <oneapi/dnnl/dnnl.hpp>

#include "peers/peer_support.h"

namespace {

using dnnl::memory;
using peers::Random;

constexpr int kLargest = 70;

enum class Scales { none, one, per_channel };

// src[m x k] * weights[k x n]; each matrix in row or in column order, dense.
struct Problem {
  int m = 0, n = 0, k = 0;
  bool src_signed = false, src_by_row = true, weights_by_row = true, dst_by_row = true;
  std::vector<std::uint8_t> src, weights;  // bytes; weights are s8
  std::int32_t src_zero_point = 0, weights_zero_point = 0, dst_zero_point = 0;
  std::vector<std::int32_t> bias;  // one per channel, or none
  Scales kind = Scales::none;
  std::vector<float> scales;  // one, or one per channel
};

float draw_scale(Random& random, bool power_of_two) {
  const int exponent = random.between(-16, -6);
  const float significand = static_cast<float>(random.between(8388608, 16777215)) / 8388608.0f;
  return std::ldexp(power_of_two ? 1.0f : significand, exponent);
}

Problem draw_problem(Random& random, Scales kind, bool power_of_two, bool with_bias) {
  Problem p;
  p.m = random.chance(5) ? 1 : random.between(1, kLargest);
  p.n = random.chance(8) ? 1 : random.between(1, kLargest);
  p.k = random.between(1, kLargest);
  p.src_signed = random.chance(2);
  // With a single row or column both orders say the same; oneDNN is sure of its way in row order alone.
  const bool thin = p.m == 1 || p.n == 1 || p.k == 1;
  p.src_by_row = thin || !random.chance(3);
  p.weights_by_row = thin || random.chance(2);
  p.dst_by_row = thin || !random.chance(4);
  const bool extremes = random.chance(4);
  const int low = !p.src_signed ? 0 : p.n == 1 ? -63 : -128;
  const int high = !p.src_signed ? 255 : p.n == 1 ? 63 : 127;
  for (int i = 0; i < p.m * p.k; ++i) {
    const int value = extremes && random.chance(2) ? low : extremes ? high : random.between(low, high);
    p.src.push_back(static_cast<std::uint8_t>(value));
  }
  for (int i = 0; i < p.k * p.n; ++i)
    p.weights.push_back(
        static_cast<std::uint8_t>(extremes ? 126 * random.between(0, 1) - 63 : random.between(-63, 63)));
  if (random.chance(2)) p.src_zero_point = p.src_signed ? random.between(-128, 127) : random.between(0, 255);
  if (random.chance(4)) p.weights_zero_point = random.between(-20, 20);
  if (with_bias) p.bias = random.some(p.n, -100000, 100000);
  p.kind = kind;
  for (int i = 0; i < (kind == Scales::per_channel ? p.n : 1); ++i)
    p.scales.push_back(draw_scale(random, power_of_two));
  return p;
}

template <class Element>
struct Names;
template <>
struct Names<std::uint8_t> {
  static constexpr memory::data_type peer = memory::data_type::u8;
  static constexpr std::uint32_t ottava = OTTAVA_TYPE_U8;
};
template <>
struct Names<std::int8_t> {
  static constexpr memory::data_type peer = memory::data_type::s8;
  static constexpr std::uint32_t ottava = OTTAVA_TYPE_S8;
};
template <>
struct Names<std::int32_t> {
  static constexpr memory::data_type peer = memory::data_type::s32;
  static constexpr std::uint32_t ottava = OTTAVA_TYPE_S32;
};
template <>
struct Names<float> {
  static constexpr memory::data_type peer = memory::data_type::f32;
  static constexpr std::uint32_t ottava = OTTAVA_TYPE_F32;
};

memory::format_tag tag(bool by_row) { return by_row ? memory::format_tag::ab : memory::format_tag::ba; }

template <class Out>
std::vector<Out> run_onednn(Problem& p) {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  static dnnl::stream stream(engine);
  const auto src_type = p.src_signed ? memory::data_type::s8 : memory::data_type::u8;
  const memory::desc src_desc({p.m, p.k}, src_type, tag(p.src_by_row));
  const memory::desc weights_desc({p.k, p.n}, memory::data_type::s8, tag(p.weights_by_row));
  const memory::desc bias_desc({1, p.n}, memory::data_type::s32, memory::format_tag::ab);
  const memory::desc dst_desc({p.m, p.n}, Names<Out>::peer, tag(p.dst_by_row));
  dnnl::primitive_attr attributes;
  if (p.kind != Scales::none) attributes.set_output_scales(p.kind == Scales::per_channel ? 2 : 0, p.scales);
  if (p.src_zero_point != 0) attributes.set_zero_points(DNNL_ARG_SRC, 0, {p.src_zero_point});
  if (p.weights_zero_point != 0) attributes.set_zero_points(DNNL_ARG_WEIGHTS, 0, {p.weights_zero_point});
  if (p.dst_zero_point != 0) attributes.set_zero_points(DNNL_ARG_DST, 0, {p.dst_zero_point});
  const auto description = p.bias.empty() ? dnnl::matmul::desc(src_desc, weights_desc, dst_desc)
                                          : dnnl::matmul::desc(src_desc, weights_desc, bias_desc, dst_desc);
  const dnnl::matmul::primitive_desc primitive(description, attributes, engine);
  std::vector<Out> dst(static_cast<std::size_t>(p.m * p.n), Out{77});
  std::unordered_map<int, memory> arguments;
  arguments.emplace(DNNL_ARG_SRC, memory(src_desc, engine, p.src.data()));
  arguments.emplace(DNNL_ARG_WEIGHTS, memory(weights_desc, engine, p.weights.data()));
  arguments.emplace(DNNL_ARG_DST, memory(dst_desc, engine, dst.data()));
  if (!p.bias.empty()) arguments.emplace(DNNL_ARG_BIAS, memory(bias_desc, engine, p.bias.data()));
  dnnl::matmul(primitive).execute(stream, arguments);
  stream.wait();
  return dst;
}

// What ottava is to do with the accumulator.
struct Stage {
  std::uint32_t rule = OTTAVA_REQUANTIZE_NONE;
  std::int32_t dst_zero_point = 0;
  std::vector<float> bias_f32;
  bool integer_bias = true;
};

template <class Out>
std::vector<Out> run_ottava(const ottava_context* context, const Problem& p, const Stage& stage) {
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  const auto order = [](bool by_row) { return by_row ? OTTAVA_ORDER_ROW : OTTAVA_ORDER_COLUMN; };
  desc.n = p.n;
  desc.k = p.k;
  desc.lhs_type = p.src_signed ? OTTAVA_TYPE_S8 : OTTAVA_TYPE_U8;
  desc.lhs_order = order(p.src_by_row);
  desc.lhs_zero_point = p.src_zero_point;
  desc.rhs_order = order(p.weights_by_row);
  desc.rhs_zero_point = p.weights_zero_point;
  output.type = Names<Out>::ottava;
  desc.dst_order = order(p.dst_by_row);
  output.zero_point = stage.dst_zero_point;
  output.requantization = stage.rule;
  constants.rhs = p.weights.data();
  if (stage.integer_bias && !p.bias.empty()) output.bias = p.bias.data();
  if (!stage.bias_f32.empty()) output.bias_f32 = stage.bias_f32.data();
  if (p.kind == Scales::one) desc.rhs_scale = p.scales[0];
  if (p.kind == Scales::per_channel) constants.rhs_scales = p.scales.data();
  std::vector<Out> dst(static_cast<std::size_t>(p.m * p.n), Out{77});
  peers::run_ottava(context, desc, output, constants, p.m, p.src.data(), 0, dst.data(), 0);
  return dst;
}

template <class Out>
void compare(Problem& p, const Stage& stage) {
  static const peers::Contexts contexts;
  const std::vector<Out> expected = run_onednn<Out>(p);
  for (std::size_t i = 0; i < contexts.size(); ++i) {
    INFO(contexts.name(i) << ": " << p.m << " x " << p.n << " x " << p.k << ", src " << (p.src_signed ? "s8" : "u8")
                          << ", zero points " << p.src_zero_point << " " << p.weights_zero_point << " "
                          << p.dst_zero_point << (p.bias.empty() ? "" : ", bias"));
    REQUIRE(peers::difference(expected, run_ottava<Out>(contexts[i], p, stage)) == "");
  }
}

Scales kind_of(int round) { return round % 2 == 0 ? Scales::one : Scales::per_channel; }

constexpr int kRounds = 120;

TEST_CASE("s32 without scales is OTTAVA_REQUANTIZE_NONE") {
  for (int round = 0; round < kRounds; ++round) {
    Random random(1000 + static_cast<std::uint64_t>(round));
    Problem p = draw_problem(random, Scales::none, false, random.chance(2));
    compare<std::int32_t>(p, Stage());
  }
}

TEST_CASE("f32 without a bias is OTTAVA_REQUANTIZE_NONE with scales") {
  for (int round = 0; round < kRounds; ++round) {
    Random random(2000 + static_cast<std::uint64_t>(round));
    Problem p = draw_problem(random, kind_of(round), false, false);
    compare<float>(p, Stage());
  }
}

TEST_CASE("f32 with a bias and scales that are powers of two: bias_f32 is the scaled bias") {
  for (int round = 0; round < kRounds; ++round) {
    Random random(3000 + static_cast<std::uint64_t>(round));
    Problem p = draw_problem(random, kind_of(round), true, true);
    Stage stage;
    stage.integer_bias = false;
    for (std::size_t i = 0; i < p.bias.size(); ++i)
      stage.bias_f32.push_back(static_cast<float>(p.bias[i]) * p.scales[p.kind == Scales::one ? 0 : i]);
    compare<float>(p, stage);
  }
}

template <class Out>
void compare_float_rule(std::uint64_t seed) {
  for (int round = 0; round < kRounds; ++round) {
    Random random(seed + static_cast<std::uint64_t>(round));
    Problem p = draw_problem(random, kind_of(round), random.chance(3), random.chance(2));
    Stage stage;
    stage.rule = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN;
    compare<Out>(p, stage);
  }
}

TEST_CASE("s8 and u8 with scales are OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN") {
  compare_float_rule<std::int8_t>(4000);
  compare_float_rule<std::uint8_t>(5000);
}

TEST_CASE("s32 with scales is OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN") { compare_float_rule<std::int32_t>(6000); }

template <class Out>
void compare_even_zero_points(std::uint64_t seed, int low, int high) {
  for (int round = 0; round < kRounds; ++round) {
    Random random(seed + static_cast<std::uint64_t>(round));
    Problem p = draw_problem(random, kind_of(round), true, random.chance(2));
    Stage stage;
    stage.rule = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN;
    stage.dst_zero_point = p.dst_zero_point = 2 * random.between(low / 2, high / 2);
    compare<Out>(p, stage);
  }
}

TEST_CASE("an even zero point of dst and scales that are powers of two: dst_zero_point") {
  compare_even_zero_points<std::int8_t>(7000, -128, 126);
  compare_even_zero_points<std::uint8_t>(8000, 0, 254);
}

template <class Out>
void compare_zero_points(std::uint64_t seed, int low, int high) {
  for (int round = 0; round < kRounds; ++round) {
    Random random(seed + static_cast<std::uint64_t>(round));
    Problem p = draw_problem(random, kind_of(round), random.chance(3), random.chance(2));
    Stage stage;
    stage.rule = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN;
    p.dst_zero_point = random.between(low, high);
    stage.bias_f32.assign(static_cast<std::size_t>(p.n), static_cast<float>(p.dst_zero_point));
    compare<Out>(p, stage);
  }
}

TEST_CASE("any zero point of dst and any scales: bias_f32") {
  compare_zero_points<std::int8_t>(9000, -128, 127);
  compare_zero_points<std::uint8_t>(10000, 0, 255);
}

// The same without the rule's bias_f32: an f32 dst, rounded here.
TEST_CASE("a zero point of dst is added before the rounding") {
  for (int round = 0; round < kRounds; ++round) {
    Random random(11000 + static_cast<std::uint64_t>(round));
    Problem p = draw_problem(random, kind_of(round), random.chance(3), false);
    p.dst_zero_point = random.between(-128, 127);
    Stage stage;
    stage.bias_f32.assign(static_cast<std::size_t>(p.n), static_cast<float>(p.dst_zero_point));
    const peers::Contexts contexts;
    std::vector<std::int8_t> rounded;
    for (float y : run_ottava<float>(contexts[0], p, stage))
      rounded.push_back(static_cast<std::int8_t>(std::nearbyint(y < -128 ? -128 : y > 127 ? 127 : y)));
    REQUIRE(peers::difference(run_onednn<std::int8_t>(p), rounded) == "");
  }
}

}  // namespace
