#include "convolution_case.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <sstream>

#include "catch.h"
#include "drawn_sum.h"
#include "image_tensor.h"
#include "layer_file.h"
#include "oracle_values.h"

namespace ottava {
namespace {

std::int64_t lowest(std::uint32_t type) { return type == OTTAVA_TYPE_S8 ? -128 : 0; }

std::size_t bytes_of(std::uint32_t type) {
  return type == OTTAVA_TYPE_S8 || type == OTTAVA_TYPE_U8 ? 1 : type == OTTAVA_TYPE_S16 ? 2 : 4;
}

struct Values {
  oracle::Image input;
  oracle::Convolution convolution;
  oracle::Stage stage;
  std::vector<float> weights_scales;
  std::vector<std::int32_t> zero_points;
  std::vector<std::int32_t> bias;
};

Values draw_values(const ConvolutionCase& c, Random& random) {
  Values v;
  const auto value = [&](std::uint32_t type, bool narrow) {
    const std::int64_t low = lowest(type) + (narrow ? 1 : 0), high = lowest(type) + 255;
    return c.extremes ? (random.chance(2) ? low : high) : random.between(low, high);
  };
  v.input = {c.batch, c.height, c.width, c.input_channels, {}};
  for (std::int64_t i = 0; i < c.batch * c.height * c.width * c.input_channels; ++i) {
    v.input.values.push_back(value(c.input_type, false));
  }
  oracle::Convolution& o = v.convolution;
  o.kernel_height = c.window.kernel_height, o.kernel_width = c.window.kernel_width;
  o.stride_height = c.window.stride_height, o.stride_width = c.window.stride_width;
  o.dilation_height = c.window.dilation_height, o.dilation_width = c.window.dilation_width;
  o.groups = c.groups;
  o.output_channels = c.output_channels;
  o.input_zero_point = c.input_zero_point;
  o.transposed = c.kind == ConvolutionKind::transposed;
  const std::int64_t weights = c.output_channels * o.kernel_height * o.kernel_width * (c.input_channels / c.groups);
  const auto bounded = [&] {
    const std::int64_t canonical = c.extremes ? (random.chance(2) ? -c.weight_bound : c.weight_bound)
                                              : random.between(-c.weight_bound, c.weight_bound);
    return lowest(c.weights_type) + 128 + canonical;
  };
  for (std::int64_t i = 0; i < weights; ++i) {
    o.weights.push_back(c.weight_bound != 0 ? bounded() : value(c.weights_type, c.narrow_weights));
  }
  for (std::int64_t n = 0; n < c.output_channels; ++n) {
    const bool first = n == 0 || c.per_channel;
    v.weights_scales.push_back(first ? std::ldexp(static_cast<float>(random.between(200, 400)), -16)
                                     : v.weights_scales[0]);
    // Narrow weights lie within 127 of the middle of their type, with it as zero point: u8 as some systems store them.
    const std::int64_t drawn = c.narrow_weights ? lowest(c.weights_type) + 128 : value(c.weights_type, false);
    const std::int64_t zero = !c.zero_points ? 0 : first ? drawn : v.zero_points[0];
    v.zero_points.push_back(static_cast<std::int32_t>(zero));
    o.weights_zero_points.push_back(zero);
    v.bias.push_back(static_cast<std::int32_t>(random.between(-20000, 20000)));
  }
  return v;
}

// The output that goes with a case, for the library and for the oracle.
ottava_output make_output(const ConvolutionCase& c, const Values& values, Random& random, oracle::Stage* stage) {
  ottava_output output = OTTAVA_OUTPUT_INIT;
  output.type = c.output_type;
  output.requantization = c.rule;
  const bool requantizes = c.rule != OTTAVA_REQUANTIZE_NONE;
  output.scale = requantizes ? std::ldexp(static_cast<float>(random.between(64, 1000)), -8) : 1.0f;
  stage->output = oracle_output(c.output_type);
  stage->rule = oracle_rule(c.rule);
  stage->lhs_scale = 0.5f;
  stage->rhs_scales = values.weights_scales;
  stage->dst_scale = output.scale;
  stage->clamp_min_f32 = -INFINITY, stage->clamp_max_f32 = INFINITY;
  const std::int64_t low[] = {-128, 0, -32768, INT32_MIN, INT32_MIN}, high[] = {127, 255, 32767, INT32_MAX, INT32_MAX};
  stage->clamp_min = low[c.output_type - 1], stage->clamp_max = high[c.output_type - 1];
  if (requantizes) {
    output.zero_point = static_cast<std::int32_t>(random.between(low[c.output_type - 1], high[c.output_type - 1]));
    if (c.output_type == OTTAVA_TYPE_S32) output.zero_point = static_cast<std::int32_t>(random.between(-99, 99));
    if (random.chance(2) && c.output_type != OTTAVA_TYPE_S32) {
      stage->clamp_min = output.clamp_min = static_cast<std::int32_t>(low[c.output_type - 1] + 20);
      stage->clamp_max = output.clamp_max = static_cast<std::int32_t>(high[c.output_type - 1] - 30);
    }
  }
  stage->zero_point = output.zero_point;
  if (c.bias) {
    output.bias = values.bias.data();
    stage->bias.assign(values.bias.begin(), values.bias.end());
  }
  return output;
}

std::vector<std::uint8_t> raw_weights(const ConvolutionCase& c, const oracle::Convolution& o) {
  const std::int64_t depth = c.input_channels / c.groups;
  const std::int64_t taps = o.kernel_height * o.kernel_width;
  std::vector<std::uint8_t> raw(o.weights.size());
  for (std::int64_t n = 0; n < c.output_channels; ++n) {
    for (std::int64_t t = 0; t < taps * depth; ++t) {
      const std::int64_t from = n * taps * depth + t;
      const std::int64_t to = c.layout == OTTAVA_WEIGHTS_OHWI ? from : t * c.output_channels + n;
      raw[static_cast<std::size_t>(to)] = static_cast<std::uint8_t>(o.weights[static_cast<std::size_t>(from)]);
    }
  }
  return raw;
}

template <class Desc>
void fill_desc(const ConvolutionCase& c, const Values& v, Desc* desc) {
  desc->window = c.window;
  desc->flags = OTTAVA_CONV2D_ALLOW_WRAP;
  desc->input_type = c.input_type;
  desc->input_zero_point = c.input_zero_point;
  desc->input_scale = 0.5f;
  desc->weights_type = c.weights_type;
  desc->weights_layout = c.layout;
  desc->weights_zero_point = v.zero_points.empty() ? 0 : v.zero_points[0];
  desc->weights_scale = v.weights_scales.empty() ? 1.0f : v.weights_scales[0];
}

ottava_status make_layer(const ConvolutionCase& c, const Values& v, const ottava_context* context,
                         const ottava_output& output, const ottava_conv2d_constants& constants, ottava_layer** layer,
                         ottava_error* error) {
  if (c.kind == ConvolutionKind::depthwise) {
    ottava_depthwise_conv2d_desc desc = OTTAVA_DEPTHWISE_CONV2D_DESC_INIT;
    fill_desc(c, v, &desc);
    desc.channels = c.input_channels;
    desc.multiplier = c.output_channels / c.input_channels;
    return ottava_depthwise_conv2d_create(context, &desc, &output, &constants, layer, error);
  }
  if (c.kind == ConvolutionKind::transposed) {
    ottava_transposed_conv2d_desc desc = OTTAVA_TRANSPOSED_CONV2D_DESC_INIT;
    fill_desc(c, v, &desc);
    desc.input_channels = c.input_channels;
    desc.output_channels = c.output_channels;
    desc.groups = c.groups;
    desc.adjustment_height = c.adjustment_height;
    desc.adjustment_width = c.adjustment_width;
    return ottava_transposed_conv2d_create(context, &desc, &output, &constants, layer, error);
  }
  ottava_conv2d_desc desc = OTTAVA_CONV2D_DESC_INIT;
  fill_desc(c, v, &desc);
  desc.input_channels = c.input_channels;
  desc.output_channels = c.output_channels;
  desc.groups = c.groups;
  return ottava_conv2d_create(context, &desc, &output, &constants, layer, error);
}

// One direction of a transposed convolution, by the words of the header.
bool resolve_transposed_axis(std::int64_t size, std::int64_t kernel, std::int64_t stride, std::int64_t dilation,
                             std::int32_t adjustment, std::uint32_t padding, std::int32_t* before, std::int32_t* after,
                             std::int64_t* output) {
  const std::int64_t spanned = (size - 1) * stride + (kernel - 1) * dilation + 1;
  if (padding == OTTAVA_PADDING_SAME) {
    const std::int64_t total = std::max<std::int64_t>(0, spanned - size * stride);
    *before = static_cast<std::int32_t>(total / 2);
    *after = static_cast<std::int32_t>(total - total / 2);
    *output = size * stride;
  } else if (padding == OTTAVA_PADDING_VALID) {
    *output = std::max(spanned, size * stride);
  } else {
    *output = spanned - *before - *after + adjustment;
  }
  return *output > 0;
}

ottava_status resolve_transposed(const ConvolutionCase& c, ottava_window* w, std::int64_t* height,
                                 std::int64_t* width) {
  const bool down = resolve_transposed_axis(c.height, w->kernel_height, w->stride_height, w->dilation_height,
                                            c.adjustment_height, w->padding, &w->pad_top, &w->pad_bottom, height);
  const bool across = resolve_transposed_axis(c.width, w->kernel_width, w->stride_width, w->dilation_width,
                                              c.adjustment_width, w->padding, &w->pad_left, &w->pad_right, width);
  return down && across ? OTTAVA_OK : OTTAVA_BAD_SHAPE;
}

}  // namespace

ConvolutionCase draw_convolution(Random& random, ConvolutionKind kind) {
  ConvolutionCase c;
  c.kind = kind;
  const bool small = random.chance(2);
  ottava_window& w = c.window;
  w.kernel_height = static_cast<std::int32_t>(random.between(1, small ? 3 : 7));
  w.kernel_width = static_cast<std::int32_t>(random.chance(2) ? w.kernel_height : random.between(1, small ? 3 : 7));
  w.stride_height = static_cast<std::int32_t>(random.between(1, 3));
  w.stride_width = static_cast<std::int32_t>(random.chance(2) ? w.stride_height : random.between(1, 3));
  w.dilation_height = static_cast<std::int32_t>(random.chance(2) ? 1 : random.between(1, 3));
  w.dilation_width = static_cast<std::int32_t>(random.chance(2) ? w.dilation_height : random.between(1, 3));
  if (random.chance(8)) w.kernel_height = w.kernel_width = w.stride_height = w.stride_width = 1;
  w.padding = static_cast<std::uint32_t>(random.between(0, 2));
  const std::int64_t down = (w.kernel_height - 1) * w.dilation_height + 1;
  const std::int64_t across = (w.kernel_width - 1) * w.dilation_width + 1;
  if (w.padding == OTTAVA_PADDING_EXPLICIT && !random.chance(4)) {
    w.pad_top = static_cast<std::int32_t>(random.between(0, down));
    w.pad_bottom = static_cast<std::int32_t>(random.between(0, down));
    w.pad_left = static_cast<std::int32_t>(random.between(0, across));
    w.pad_right = static_cast<std::int32_t>(random.between(0, across));
  }
  if (kind == ConvolutionKind::transposed) {
    if (random.chance(4)) w.stride_height = static_cast<std::int32_t>(random.between(3, 9));
    if (w.padding == OTTAVA_PADDING_EXPLICIT && random.chance(2)) {
      c.adjustment_height = static_cast<std::int32_t>(random.between(0, 4));
      c.adjustment_width = static_cast<std::int32_t>(random.between(0, 4));
    }
  }
  c.batch = random.chance(3) ? random.between(0, 3) : 1;
  c.height = random.between(1, small ? 12 : 7);
  c.width = random.between(1, small ? 12 : 7);
  if (kind == ConvolutionKind::depthwise && random.chance(2)) {
    w.kernel_height = w.kernel_width = random.chance(2) ? 3 : 5;
    w.stride_height = w.stride_width = random.chance(2) ? 1 : 2;
    w.dilation_height = w.dilation_width = 1;
  }
  const std::int64_t edges[] = {1, 2, 3, 4, 7, 8, 9, 12, 15, 16, 17, 24, 31, 32, 33};
  if (kind == ConvolutionKind::depthwise) {
    c.input_channels = c.groups = random.chance(8) ? random.between(60, 140) : random.between(1, 40);
    c.output_channels = c.input_channels * (random.chance(4) ? random.between(2, 4) : 1);
  } else if (random.chance(3)) {
    c.groups = random.between(2, 9);
    c.input_channels = c.groups * random.between(1, 9);
    c.output_channels = c.groups * random.between(1, random.chance(2) ? 5 : 18);
  } else {
    c.input_channels = random.pick(edges);
    c.output_channels = random.pick(edges);
  }
  c.input_type = random.chance(2) ? OTTAVA_TYPE_S8 : OTTAVA_TYPE_U8;
  c.weights_type = random.chance(2) ? OTTAVA_TYPE_S8 : OTTAVA_TYPE_U8;
  c.layout = random.chance(2) ? OTTAVA_WEIGHTS_OHWI : OTTAVA_WEIGHTS_HWIO;
  const std::int64_t low = lowest(c.input_type);
  c.input_zero_point =
      static_cast<std::int32_t>(random.chance(3) ? low + (random.chance(2) ? 0 : 255) : random.between(low, low + 255));
  const std::uint32_t types[] = {OTTAVA_TYPE_S8,  OTTAVA_TYPE_S8,  OTTAVA_TYPE_U8,
                                 OTTAVA_TYPE_S16, OTTAVA_TYPE_S32, OTTAVA_TYPE_F32};
  c.output_type = random.pick(types);
  const std::uint32_t rules[] = {OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS, OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING,
                                 OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN, OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING_AWAY,
                                 OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS_SATURATING};
  c.rule = c.output_type == OTTAVA_TYPE_S32 && random.chance(2) ? OTTAVA_REQUANTIZE_NONE : random.pick(rules);
  if (c.output_type == OTTAVA_TYPE_F32) c.rule = OTTAVA_REQUANTIZE_NONE;
  c.per_channel = random.chance(2);
  c.zero_points = random.chance(3);
  c.narrow_weights = random.chance(2);
  c.extremes = random.chance(4);
  c.bias = !random.chance(4);
  c.accumulate = c.rule == OTTAVA_REQUANTIZE_NONE && random.chance(2);
  c.counters = random.chance(3);
  c.input_gap = random.chance(3) ? random.between(1, 9) : 0;
  c.output_gap = random.chance(3) ? random.between(1, 9) : 0;
  const bool to_8_bits = c.output_type == OTTAVA_TYPE_S8 || c.output_type == OTTAVA_TYPE_U8;
  c.adds = kind == ConvolutionKind::conv2d && to_8_bits && random.chance(3);
  c.in_place = c.adds && random.chance(3);
  c.seed = random.bits();
  return c;
}

std::string describe(const ConvolutionCase& c) {
  std::ostringstream text;
  const ottava_window& w = c.window;
  const char* const kinds[] = {"conv2d", "depthwise", "transposed"};
  text << kinds[static_cast<int>(c.kind)] << " batch " << c.batch << " " << c.height << "x" << c.width << "x"
       << c.input_channels << " to " << c.output_channels << ", groups " << c.groups << ", kernel " << w.kernel_height
       << "x" << w.kernel_width << ", stride " << w.stride_height << "x" << w.stride_width << ", dilation "
       << w.dilation_height << "x" << w.dilation_width << ", pads " << w.pad_top << " " << w.pad_left << " "
       << w.pad_bottom << " " << w.pad_right << " mode " << w.padding << ", adjustment " << c.adjustment_height << " "
       << c.adjustment_width << ", types " << c.input_type << " " << c.weights_type << " " << c.output_type << ", rule "
       << c.rule << ", layout " << c.layout << ", input zero " << c.input_zero_point << ", weight zeros "
       << c.zero_points << ", per channel " << c.per_channel << ", narrow " << c.narrow_weights << ", bound "
       << c.weight_bound << ", gaps " << c.input_gap << " " << c.output_gap << ", adds " << c.adds << " in place "
       << c.in_place << ", seed " << c.seed << ", way " << static_cast<int>(c.way);
  return text.str();
}

std::string check_convolution(const ConvolutionCase& c, const ottava_context* context) {
  INFO(describe(c));
  Random random(c.seed);
  Values values = draw_values(c, random);
  ottava_output output = make_output(c, values, random, &values.stage);
  const DrawnSum drawn = draw_sum(random, c.output_type, output.scale, output.zero_point);
  if (c.adds) output.addition = &drawn.desc;
  const std::vector<std::uint8_t> weights = raw_weights(c, values.convolution);
  ottava_conv2d_constants constants = OTTAVA_CONV2D_CONSTANTS_INIT;
  constants.weights = weights.data();
  if (c.per_channel) constants.weights_scales = values.weights_scales.data();
  if (c.per_channel && c.zero_points) constants.weights_zero_points = values.zero_points.data();
  ottava_layer* layer = nullptr;
  ottava_error error = OTTAVA_ERROR_INIT;
  const ottava_status made = make_layer(c, values, context, output, constants, &layer, &error);
  INFO(error.argument << ": " << error.message);
  REQUIRE(made == OTTAVA_OK);
  std::vector<std::unique_ptr<GuardedBuffer>> kept;
  if (c.way != Way::direct) kept = send_through_file(context, c.way, c.seed % 2 != 0, &layer);

  ottava_layer_run_desc run = OTTAVA_LAYER_RUN_DESC_INIT;
  run.batch = c.batch, run.height = c.height, run.width = c.width;
  run.flags = c.accumulate ? OTTAVA_RUN_ACCUMULATE : 0;
  ottava_layer_info info = OTTAVA_LAYER_INFO_INIT;
  const ottava_status queried = ottava_layer_query(layer, &run, &info, &error);
  ottava_window resolved = c.window;
  std::int64_t height = 0, width = 0;
  const ottava_status fits =
      c.kind == ConvolutionKind::transposed
          ? resolve_transposed(c, &resolved, &height, &width)
          : ottava_window_resolve(&c.window, c.height, c.width, &resolved, &height, &width, nullptr);
  REQUIRE(queried == fits);  // a kernel larger than the padded input
  if (queried != OTTAVA_OK) {
    CHECK(queried == OTTAVA_BAD_SHAPE);
    ottava_layer_destroy(layer);
    return "";
  }
  CHECK(info.output_height == height);
  CHECK(info.output_width == width);
  values.convolution.pad_top = resolved.pad_top;
  values.convolution.pad_left = resolved.pad_left;
  values.convolution.output_height = info.output_height;
  values.convolution.output_width = info.output_width;

  Tensor input(values.input, c.input_gap, 1, random);
  input.store();
  input.memory().make_read_only();
  oracle::Image previous = {c.batch, info.output_height, info.output_width, c.output_channels, {}};
  for (std::int64_t i = 0; i < c.batch * info.output_height * info.output_width * c.output_channels; ++i) {
    const float number = static_cast<float>(random.between(-3000, 3000));
    std::uint32_t bits = 0;
    std::memcpy(&bits, &number, sizeof bits);
    previous.values.push_back(c.output_type == OTTAVA_TYPE_F32 ? bits : random.between(-100000, 100000));
  }
  Tensor dst(previous, c.output_gap, bytes_of(c.output_type), random);
  dst.store();
  oracle::Counts counts;
  oracle::Image expected =
      convolve(values.input, values.convolution, values.stage, c.accumulate ? &previous : nullptr, &counts);
  oracle::Image second_image = previous;
  for (std::int64_t& value : second_image.values) {
    value = random.between(lowest(c.output_type), lowest(c.output_type) + 255);
  }
  Tensor second(second_image, c.in_place ? c.output_gap : random.between(0, 5), 1, random);
  second.store();
  Tensor& stored = c.in_place ? second : dst;
  for (std::size_t i = 0; c.adds && i < expected.values.size(); ++i) {
    expected.values[i] = oracle::add(drawn.oracle, expected.values[i], second_image.values[i]);
  }
  const std::vector<std::uint8_t> wanted = stored.with(expected);

  GuardedBuffer workspace(static_cast<std::size_t>(info.workspace_bytes), Side::upper);
  std::uint64_t saturated[2] = {7, 7};
  ottava_layer_operands operands = OTTAVA_LAYER_OPERANDS_INIT;
  operands.input = input.memory().data();
  operands.output = stored.memory().data();
  if (c.adds) {
    if (!c.in_place) second.memory().make_read_only();
    operands.second = second.memory().data();
    run.second_pixel_stride = second.stride();
  }
  operands.workspace = workspace.data();
  operands.workspace_bytes = workspace.size();
  if (c.counters) operands.saturated = saturated;
  if (c.input_gap != 0) run.input_pixel_stride = input.stride();
  if (c.output_gap != 0) run.output_pixel_stride = stored.stride();
  const ottava_status ran = ottava_layer_run(layer, &run, &operands, &error);
  ottava_layer_destroy(layer);
  INFO(error.argument << ": " << error.message << "; kernel " << info.kernel << ", " << info.route);
  REQUIRE(ran == OTTAVA_OK);
  CHECK((wanted.empty() || std::memcmp(stored.memory().data(), wanted.data(), wanted.size()) == 0));
  CHECK(stored.memory().check());
  CHECK(workspace.check());
  if (c.counters) {
    CHECK(saturated[0] == counts.below);
    CHECK(saturated[1] == counts.above);
  }
  return info.kernel;
}

}  // namespace ottava
