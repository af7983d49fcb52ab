#include "pool_case.h"

#include <cmath>
#include <sstream>

#include "catch.h"
#include "image_tensor.h"
#include "layer_file.h"

namespace ottava {
namespace {

// The rescaled output: any type and rule.
void draw_output(Random& random, PoolCase* c) {
  ottava_output& o = c->output;
  oracle::Stage& stage = c->stage;
  const std::int64_t low[] = {-128, 0, -32768, INT32_MIN, INT32_MIN}, high[] = {127, 255, 32767, INT32_MAX, INT32_MAX};
  const oracle::Output outputs[] = {oracle::Output::s8, oracle::Output::u8, oracle::Output::s16, oracle::Output::s32,
                                    oracle::Output::f32};
  const std::uint32_t rules[] = {OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS, OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN,
                                 OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING, OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING_AWAY};
  const oracle::Rule oracle_rules[] = {oracle::Rule::fixed_two_roundings, oracle::Rule::float_nearest_even,
                                       oracle::Rule::fixed_one_rounding, oracle::Rule::fixed_one_rounding_away};
  const bool rescaled = c->desc.kind == OTTAVA_POOL_AVERAGE_RESCALED;
  o.type = !rescaled ? c->desc.input_type
                     : static_cast<std::uint32_t>(random.chance(4) ? random.between(3, 5) : random.between(1, 2));
  const std::size_t type = o.type - 1;
  stage.output = outputs[type];
  stage.clamp_min = low[type], stage.clamp_max = high[type];
  stage.clamp_min_f32 = -INFINITY, stage.clamp_max_f32 = INFINITY;
  if (rescaled) {
    const std::size_t rule = static_cast<std::size_t>(random.between(0, 3));
    const bool none = o.type == OTTAVA_TYPE_F32 || (o.type == OTTAVA_TYPE_S32 && random.chance(2));
    o.requantization = none ? OTTAVA_REQUANTIZE_NONE : rules[rule];
    stage.rule = none ? oracle::Rule::none : oracle_rules[rule];
    if (!none) {
      o.scale = std::ldexp(static_cast<float>(random.between(64, 1000)), -9);
      o.zero_point = static_cast<std::int32_t>(random.between(-20, 100));
      if (o.type == OTTAVA_TYPE_U8 && o.zero_point < 0) o.zero_point = 0;
    }
    if (!none && random.chance(4)) {  // as integers; QNNPACK's come this way
      o.parameters = OTTAVA_PARAMETERS_INTEGER;
      o.multiplier = static_cast<std::int32_t>(random.between(1 << 30, INT32_MAX));
      o.shift = static_cast<std::int32_t>(random.between(-8, -1));
      if (o.requantization == OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN) {
        o.requantization = OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING_AWAY;
        stage.rule = oracle::Rule::fixed_one_rounding_away;
      }
      stage.integers = {{o.multiplier, o.shift}};
    }
  } else {
    o.zero_point = c->desc.input_zero_point;
    o.scale = c->desc.input_scale;
    c->no_output = random.chance(3);
  }
  stage.dst_scale = o.scale;
  stage.zero_point = o.zero_point;
  if (!c->no_output && random.chance(2) && o.type <= OTTAVA_TYPE_U8) {
    stage.clamp_min = o.clamp_min = static_cast<std::int32_t>(random.between(low[type], low[type] + 120));
    stage.clamp_max = o.clamp_max = static_cast<std::int32_t>(random.between(low[type] + 121, high[type]));
  }
}

std::string describe(const PoolCase& c) {
  std::ostringstream text;
  const ottava_window& w = c.desc.window;
  text << "pooling " << c.desc.kind << " flags " << c.desc.flags << ", batch " << c.batch << " " << c.height << "x"
       << c.width << "x" << c.desc.channels << ", kernel " << w.kernel_height << "x" << w.kernel_width << ", stride "
       << w.stride_height << "x" << w.stride_width << ", dilation " << w.dilation_height << "x" << w.dilation_width
       << ", pads " << w.pad_top << " " << w.pad_left << " " << w.pad_bottom << " " << w.pad_right << " mode "
       << w.padding << ", types " << c.desc.input_type << " " << c.output.type << ", rule " << c.output.requantization
       << " parameters " << c.output.parameters << ", zero points " << c.desc.input_zero_point << " "
       << c.output.zero_point << ", clamp " << c.output.clamp_min << " " << c.output.clamp_max << ", gaps "
       << c.input_gap << " " << c.output_gap;
  return text.str();
}

// Whether some window meets no pixel of the image, found by looking at every tap.
bool meets_padding_alone(std::int64_t kernel, std::int64_t stride, std::int64_t dilation, std::int64_t pad,
                         std::int64_t size, std::int64_t outputs) {
  for (std::int64_t at = 0; at < outputs; ++at) {
    bool met = false;
    for (std::int64_t tap = 0; tap < kernel; ++tap) {
      const std::int64_t from = at * stride + tap * dilation - pad;
      met = met || (from >= 0 && from < size);
    }
    if (!met) return true;
  }
  return false;
}

}  // namespace

PoolCase draw_pool(Random& random, std::int64_t lines) {
  const bool large = lines != 0;
  PoolCase c;
  ottava_window& w = c.desc.window;
  const bool global = !large && random.chance(5);
  if (global) c.desc.flags = OTTAVA_POOL_GLOBAL;
  if (!global) {
    w.kernel_height = static_cast<std::int32_t>(random.between(1, 5));
    w.kernel_width = static_cast<std::int32_t>(random.between(1, 5));
    w.stride_height = static_cast<std::int32_t>(random.between(1, 3));
    w.stride_width = static_cast<std::int32_t>(random.between(1, 3));
    w.dilation_height = static_cast<std::int32_t>(random.chance(2) ? 1 : random.between(1, 4));
    w.dilation_width = static_cast<std::int32_t>(random.chance(2) ? 1 : random.between(1, 4));
    w.padding = static_cast<std::uint32_t>(random.between(0, 2));
    const std::int64_t down = (w.kernel_height - 1) * w.dilation_height + 1;
    const std::int64_t across = (w.kernel_width - 1) * w.dilation_width + 1;
    if (w.padding == OTTAVA_PADDING_EXPLICIT && !random.chance(3)) {
      w.pad_top = static_cast<std::int32_t>(random.between(0, down - 1));
      w.pad_bottom = static_cast<std::int32_t>(random.between(0, random.chance(4) ? down : down - 1));
      w.pad_left = static_cast<std::int32_t>(random.between(0, across - 1));
      w.pad_right = static_cast<std::int32_t>(random.between(0, random.chance(4) ? across : across - 1));
    }
  }
  c.batch = random.chance(3) ? random.between(0, 3) : 1;
  c.height = large ? lines : random.between(0, 9);
  c.width = large ? 40 : random.between(1, 9);
  const std::int64_t edges[] = {0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 63, 64, 65, 100, 255, 256, 257, 300};
  c.desc.channels = large ? 70 : random.pick(edges);
  c.desc.kind = static_cast<std::uint32_t>(random.between(0, 2));
  c.desc.input_type = random.chance(2) ? OTTAVA_TYPE_S8 : OTTAVA_TYPE_U8;
  const std::int64_t low = c.desc.input_type == OTTAVA_TYPE_S8 ? -128 : 0;
  c.desc.input_zero_point =
      static_cast<std::int32_t>(random.chance(3) ? low + (random.chance(2) ? 0 : 255) : random.between(low, low + 255));
  c.desc.input_scale = std::ldexp(static_cast<float>(random.between(64, 1000)), -9);
  c.extremes = random.chance(4);
  c.input_gap = random.chance(3) ? random.between(1, 40) : 0;
  c.output_gap = random.chance(3) ? random.between(1, 40) : 0;
  draw_output(random, &c);
  return c;
}

int check_pool(const PoolCase& c, const ottava_context* context, Random& random) {
  INFO(describe(c));
  ottava_layer* layer = nullptr;
  ottava_error error = OTTAVA_ERROR_INIT;
  const ottava_status made = ottava_pool2d_create(context, &c.desc, c.no_output ? nullptr : &c.output, &layer, &error);
  INFO(error.argument << ": " << error.message);
  REQUIRE(made == OTTAVA_OK);
  std::vector<std::unique_ptr<GuardedBuffer>> kept;
  const Way ways[] = {Way::direct, Way::direct, Way::in_place, Way::repacked};
  const Way way = random.pick(ways);
  if (way != Way::direct) kept = send_through_file(context, way, random.chance(2), &layer);
  ottava_layer_run_desc run = OTTAVA_LAYER_RUN_DESC_INIT;
  run.batch = c.batch, run.height = c.height, run.width = c.width;
  ottava_layer_info info = OTTAVA_LAYER_INFO_INIT;
  const ottava_status queried = ottava_layer_query(layer, &run, &info, &error);

  oracle::Pool pool;
  const oracle::Pooling kinds[] = {oracle::Pooling::max, oracle::Pooling::average, oracle::Pooling::average_rescaled};
  pool.kind = kinds[c.desc.kind];
  pool.input_zero_point = c.desc.input_zero_point;
  pool.input_scale = c.desc.input_scale;
  if ((c.desc.flags & OTTAVA_POOL_GLOBAL) != 0) {
    REQUIRE(queried == OTTAVA_OK);
    pool.kernel_height = c.height, pool.kernel_width = c.width;
    pool.output_height = pool.output_width = c.height == 0 ? 0 : 1;
  } else {
    ottava_window w;
    std::int64_t height = 0, width = 0;
    ottava_status fits = ottava_window_resolve(&c.desc.window, c.height, c.width, &w, &height, &width, nullptr);
    if (fits == OTTAVA_OK && height != 0 &&
        (meets_padding_alone(w.kernel_height, w.stride_height, w.dilation_height, w.pad_top, c.height, height) ||
         meets_padding_alone(w.kernel_width, w.stride_width, w.dilation_width, w.pad_left, c.width, width))) {
      fits = OTTAVA_BAD_SHAPE;
    }
    REQUIRE(queried == fits);
    if (queried != OTTAVA_OK) {
      CHECK(queried == OTTAVA_BAD_SHAPE);
      ottava_layer_destroy(layer);
      return 0;
    }
    pool.kernel_height = w.kernel_height, pool.kernel_width = w.kernel_width;
    pool.stride_height = w.stride_height, pool.stride_width = w.stride_width;
    pool.dilation_height = w.dilation_height, pool.dilation_width = w.dilation_width;
    pool.pad_top = w.pad_top, pool.pad_left = w.pad_left;
    pool.output_height = height, pool.output_width = width;
  }
  CHECK(info.output_height == pool.output_height);
  CHECK(info.output_width == pool.output_width);

  oracle::Image image = {c.batch, c.height, c.width, c.desc.channels, {}};
  const std::int64_t low = c.desc.input_type == OTTAVA_TYPE_S8 ? -128 : 0;
  for (std::int64_t i = 0; i < c.batch * c.height * c.width * c.desc.channels; ++i) {
    image.values.push_back(c.extremes ? low + (random.chance(2) ? 0 : 255) : random.between(low, low + 255));
  }
  const oracle::Image expected = oracle::pool(image, pool, c.stage);
  const std::size_t bytes[] = {1, 1, 2, 4, 4};
  Tensor input(image, c.input_gap, 1, random), dst(expected, c.output_gap, bytes[c.output.type - 1], random);
  input.store();
  input.memory().make_read_only();
  const std::vector<std::uint8_t> wanted = dst.with(expected);
  GuardedBuffer workspace(static_cast<std::size_t>(info.workspace_bytes), Side::upper);
  ottava_layer_operands operands = OTTAVA_LAYER_OPERANDS_INIT;
  operands.input = input.memory().data();
  operands.output = dst.memory().data();
  operands.workspace = random.chance(4) ? nullptr : workspace.data();
  operands.workspace_bytes = workspace.size();
  if (c.input_gap != 0) run.input_pixel_stride = input.stride();
  if (c.output_gap != 0) run.output_pixel_stride = dst.stride();
  const ottava_status ran = ottava_layer_run(layer, &run, &operands, &error);
  ottava_layer_destroy(layer);
  INFO(error.argument << ": " << error.message);
  REQUIRE(ran == OTTAVA_OK);
  CHECK((wanted.empty() || std::memcmp(dst.memory().data(), wanted.data(), wanted.size()) == 0));
  CHECK(dst.memory().check());
  CHECK(workspace.check());
  return 1;
}

}  // namespace ottava
