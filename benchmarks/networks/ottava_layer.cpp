// Makes layers of ottava.
#include "networks/ottava_layer.h"

namespace bench {
namespace {

ottava_window window_of(const Layer& layer) {
  const auto whole = [](std::int64_t number) { return static_cast<std::int32_t>(number); };
  ottava_window window = OTTAVA_WINDOW_INIT;
  window.kernel_height = window.kernel_width = whole(layer.kernel);
  window.stride_height = window.stride_width = whole(layer.stride);
  window.dilation_height = window.dilation_width = whole(layer.dilation);
  window.pad_top = whole(layer.top);
  window.pad_left = whole(layer.left);
  window.pad_bottom = whole(layer.bottom);
  window.pad_right = whole(layer.right);
  return window;
}

}  // namespace

OttavaLayer::OttavaLayer(const ottava_context* context, const LayerProblem& problem, std::uint32_t rule)
    : output_(problem.output_size(), 0x55) {
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_layer* layer = nullptr;
  if (create(context, problem, rule, &layer, &error) != OTTAVA_OK) {
    refusal_ = std::string(error.argument) + " " + error.message;
    return;
  }
  layer_.reset(layer);
  run_.height = problem.layer.height;
  run_.width = problem.layer.width;
  check(ottava_layer_query(layer, &run_, &info_, &error), error);
  workspace_.resize(static_cast<std::size_t>(info_.workspace_bytes));
  operands_.input = problem.input.data();
  operands_.second = problem.second.empty() ? nullptr : problem.second.data();
  operands_.output = output_.data();
  operands_.workspace = workspace_.data();
  operands_.workspace_bytes = workspace_.size();
}

ottava_status OttavaLayer::create(const ottava_context* context, const LayerProblem& problem, std::uint32_t rule,
                                  ottava_layer** layer, ottava_error* error) const {
  const Layer& l = problem.layer;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  output.zero_point = problem.output_zero_point;
  output.scale = problem.output_scale;
  output.requantization = rule;
  output.bias = problem.bias.data();
  ottava_conv2d_constants constants = OTTAVA_CONV2D_CONSTANTS_INIT;
  constants.weights = problem.weights.data();
  constants.weights_scales = problem.scales.data();
  if (l.kind == Layer::Kind::kConv) {
    ottava_conv2d_desc desc = OTTAVA_CONV2D_DESC_INIT;
    desc.input_channels = l.channels;
    desc.output_channels = l.outputs;
    desc.groups = l.groups;
    desc.window = window_of(l);
    desc.input_zero_point = problem.input_zero_point;
    desc.input_scale = problem.input_scale;
    return ottava_conv2d_create(context, &desc, &output, &constants, layer, error);
  }
  if (l.kind == Layer::Kind::kDepthwise) {
    ottava_depthwise_conv2d_desc desc = OTTAVA_DEPTHWISE_CONV2D_DESC_INIT;
    desc.channels = l.channels;
    desc.multiplier = l.outputs / l.channels;
    desc.window = window_of(l);
    desc.weights_layout = OTTAVA_WEIGHTS_OHWI;
    desc.input_zero_point = problem.input_zero_point;
    desc.input_scale = problem.input_scale;
    return ottava_depthwise_conv2d_create(context, &desc, &output, &constants, layer, error);
  }
  if (l.kind == Layer::Kind::kAdd) {
    ottava_add_desc desc = OTTAVA_ADD_DESC_INIT;
    desc.channels = l.channels;
    desc.arithmetic = OTTAVA_ADD_XNNPACK;  // as the peers compute it
    desc.first_zero_point = desc.second_zero_point = problem.input_zero_point;
    desc.first_scale = problem.input_scale;
    desc.second_scale = problem.second_scale;
    desc.zero_point = problem.output_zero_point;
    desc.scale = problem.output_scale;
    return ottava_add_create(context, &desc, layer, error);
  }
  ottava_pool2d_desc desc = OTTAVA_POOL2D_DESC_INIT;
  desc.channels = l.channels;
  desc.window = window_of(l);
  desc.kind = l.kind == Layer::Kind::kMaximum ? OTTAVA_POOL_MAX : OTTAVA_POOL_AVERAGE;
  desc.input_zero_point = problem.input_zero_point;
  desc.input_scale = problem.input_scale;
  return ottava_pool2d_create(context, &desc, nullptr, layer, error);
}

}  // namespace bench
