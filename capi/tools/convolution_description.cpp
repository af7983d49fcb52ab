#include "convolution_description.h"

namespace ottava::tools {
namespace {

const Words kPaddings = {
    {"explicit", OTTAVA_PADDING_EXPLICIT}, {"same", OTTAVA_PADDING_SAME}, {"valid", OTTAVA_PADDING_VALID}};
const Words kLayouts = {{"ohwi", OTTAVA_WEIGHTS_OHWI}, {"hwio", OTTAVA_WEIGHTS_HWIO}};

// The table of the keys that are numbers of a layer's own, behind those of all convolutions.
std::vector<Key> with(std::vector<Key> own, std::vector<Key> common) {
  for (Key& key : common) own.push_back(std::move(key));
  return own;
}

}  // namespace

template <class Desc>
std::vector<Key> ConvolutionDescription::common_keys(Desc* desc, std::function<std::int64_t()> input_channels) {
  ottava_window* const window = &desc->window;
  const auto sizes = [this, desc, window, input_channels]() -> std::vector<std::int64_t> {
    const std::int64_t height = window->kernel_height, width = window->kernel_width;
    if (desc->weights_layout == OTTAVA_WEIGHTS_OHWI) return {channels(), height, width, input_channels()};
    return {height, width, input_channels(), channels()};
  };
  return {
      integer_key("window.kernel_height", &window->kernel_height),
      integer_key("window.kernel_width", &window->kernel_width),
      integer_key("window.stride_height", &window->stride_height),
      integer_key("window.stride_width", &window->stride_width),
      integer_key("window.dilation_height", &window->dilation_height),
      integer_key("window.dilation_width", &window->dilation_width),
      integer_key("window.pad_top", &window->pad_top),
      integer_key("window.pad_left", &window->pad_left),
      integer_key("window.pad_bottom", &window->pad_bottom),
      integer_key("window.pad_right", &window->pad_right),
      word_key("window.padding", &window->padding, kPaddings),
      word_key("input_type", &desc->input_type, kEightBitTypes),
      integer_key("input_zero_point", &desc->input_zero_point),
      real_key("input_scale", &desc->input_scale),
      array_key("weights", &constants_.weights, &desc->weights_type, sizes),
      word_key("weights_type", &desc->weights_type, kEightBitTypes),
      word_key("weights_layout", &desc->weights_layout, kLayouts),
      integer_key("weights_zero_point", &desc->weights_zero_point),
      per_channel_key("weights_zero_points", &constants_.weights_zero_points),
      real_key("weights_scale", &desc->weights_scale),
      per_channel_key("weights_scales", &constants_.weights_scales),
      flag_key("allow_wrap", &desc->flags, OTTAVA_CONV2D_ALLOW_WRAP),
  };
}

Operator Conv2dDescription::create(const ottava_context* context) const {
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_layer* layer = nullptr;
  if (ottava_conv2d_create(context, &desc_, &output_, &constants_, &layer, &error) != OTTAVA_OK) refuse(error);
  return Layer(layer);
}

std::vector<Key> Conv2dDescription::keys() {
  std::vector<Key> own = {integer_key("input_channels", &desc_.input_channels),
                          integer_key("output_channels", &desc_.output_channels), integer_key("groups", &desc_.groups)};
  own[0].required = own[1].required = true;
  return with(std::move(own),
              common_keys(&desc_, [this] { return desc_.groups > 0 ? desc_.input_channels / desc_.groups : 0; }));
}

Operator DepthwiseDescription::create(const ottava_context* context) const {
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_layer* layer = nullptr;
  if (ottava_depthwise_conv2d_create(context, &desc_, &output_, &constants_, &layer, &error) != OTTAVA_OK) {
    refuse(error);
  }
  return Layer(layer);
}

std::int64_t DepthwiseDescription::channels() const {
  std::int64_t product = 0;
  return __builtin_mul_overflow(desc_.channels, desc_.multiplier, &product) ? INT64_MAX : product;
}

std::vector<Key> DepthwiseDescription::keys() {
  std::vector<Key> own = {integer_key("channels", &desc_.channels), integer_key("multiplier", &desc_.multiplier)};
  own[0].required = true;
  return with(std::move(own), common_keys(&desc_, [] { return std::int64_t{1}; }));
}

}  // namespace ottava::tools
