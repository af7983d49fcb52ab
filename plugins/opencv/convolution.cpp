// ConvolutionInt8: two-dimensional convolutions, depthwise ones among them.
//
// SPDX-License-Identifier: Apache-2.0
#include <numeric>

#include "layout.h"
#include "operator.h"

namespace ottava_opencv {
namespace {

class Convolution final : public ImageOperator {
 public:
  using ImageOperator::ImageOperator;

 private:
  const cv::dnn::ConvolutionLayerInt8& parameters() const {
    return dynamic_cast<const cv::dnn::ConvolutionLayerInt8&>(*original());
  }

  std::string declines(const std::vector<cv::Mat>& inputs, const cv::Mat&) const override {
    if (inputs.size() != 1) return "several inputs";
    if (inputs[0].dims != 4 || parameters().kernel_size.size() != 2) return "the kernel has not two dimensions";
    if (blobs.size() != 3 || blobs[0].type() != CV_8S || blobs[1].type() != CV_32S || blobs[2].type() != CV_32F ||
        blobs[1].total() != static_cast<std::size_t>(blobs[0].size[0]) || blobs[2].total() < blobs[1].total())
      return "weights, biases or factors are not of the types that OpenCV 4.6 has";
    return std::string();
  }

  ottava_status make(const std::vector<cv::Mat>& inputs, const cv::Mat& output, const Epilogue& epilogue,
                     ottava_error& error) override {
    const cv::dnn::ConvolutionLayerInt8& layer = parameters();
    const int outputs = blobs[0].size[0], group_inputs = blobs[0].size[1], channels = inputs[0].size[1];
    ProductOutput product;
    if (!product.set(blobs[1], blobs[2], layer.output_sc, layer.output_zp, epilogue)) return OTTAVA_UNSUPPORTED;
    // OpenCV's biases hold the input's zero point already; padding holds it as well, so ottava is to know it.
    const std::size_t taps = blobs[0].total() / static_cast<std::size_t>(outputs);
    const std::int8_t* const weights = blobs[0].ptr<std::int8_t>();
    for (std::size_t o = 0; o < static_cast<std::size_t>(outputs); ++o) {
      const std::int64_t sum = std::accumulate(weights + o * taps, weights + (o + 1) * taps, std::int64_t{0});
      const std::int64_t bias = product.bias[o] + layer.input_zp * sum;
      if (bias != static_cast<std::int32_t>(bias)) return OTTAVA_UNSUPPORTED;
      product.bias[o] = static_cast<std::int32_t>(bias);
    }

    const bool depthwise = group_inputs == 1 && channels > 1;
    std::vector<std::int8_t> ohwi(blobs[0].total());
    ottava_conv2d_constants constants = OTTAVA_CONV2D_CONSTANTS_INIT;
    transpose(weights, ohwi.data(), static_cast<std::size_t>(outputs), static_cast<std::size_t>(group_inputs),
              taps / static_cast<std::size_t>(group_inputs));
    constants.weights = ohwi.data();
    constants.weights_scales = product.factors.data();
    const ottava_window taken =
        window(layer.kernel_size, layer.strides, layer.dilations, layer.pads_begin, inputs[0], output);
    ottava_layer* made = nullptr;
    ottava_status status;
    if (depthwise) {
      ottava_depthwise_conv2d_desc desc = OTTAVA_DEPTHWISE_CONV2D_DESC_INIT;
      desc.channels = channels;
      desc.multiplier = outputs / channels;
      desc.window = taken;
      desc.input_zero_point = layer.input_zp;
      desc.weights_layout = OTTAVA_WEIGHTS_OHWI;
      status = ottava_depthwise_conv2d_create(context(), &desc, &product.output, &constants, &made, &error);
    } else {
      ottava_conv2d_desc desc = OTTAVA_CONV2D_DESC_INIT;
      desc.input_channels = channels;
      desc.output_channels = outputs;
      desc.groups = channels / group_inputs;
      desc.window = taken;
      desc.input_zero_point = layer.input_zp;
      status = ottava_conv2d_create(context(), &desc, &product.output, &constants, &made, &error);
    }
    return status == OTTAVA_OK ? adopt(LayerHandle(made), inputs[0], output, error) : status;
  }
};

}  // namespace

cv::Ptr<cv::dnn::Layer> make_convolution(cv::dnn::LayerParams& params) {
  return cv::makePtr<Convolution>(params, cv::dnn::ConvolutionLayerInt8::create(params));
}

}  // namespace ottava_opencv
