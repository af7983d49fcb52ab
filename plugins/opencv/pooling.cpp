// PoolingInt8: maximum and average.
//
// SPDX-License-Identifier: Apache-2.0
#include "operator.h"

namespace ottava_opencv {
namespace {

enum Kind { kMax = 0, kAverage = 1 };  // of OpenCV's PoolingLayer::type

class Pooling final : public ImageOperator {
 public:
  Pooling(const cv::dnn::LayerParams& params, const cv::Ptr<cv::dnn::PoolingLayerInt8>& pooling)
      : ImageOperator(params, pooling), pooling_(*pooling), factor_(params.get<float>("multiplier", 1.0f)) {}

 private:
  ottava_window taken(const cv::Mat& input, const cv::Mat& output) const {
    return window(pooling_.kernel_size, pooling_.strides, {1, 1}, pooling_.pads_begin, input, output);
  }

  std::string declines(const std::vector<cv::Mat>& inputs, const cv::Mat& output) const override {
    if (inputs.size() != 1 || inputs[0].dims != 4 || pooling_.kernel_size.size() != 2)
      return "the window has not two dimensions";
    if (pooling_.type != kMax && pooling_.type != kAverage) return "it is neither a maximum nor an average";
    const ottava_window window = taken(inputs[0], output);
    const auto pads = [](std::int32_t begin, std::int32_t end) { return begin > 0 || end > 0; };
    const bool padded = pads(window.pad_top, window.pad_bottom) || pads(window.pad_left, window.pad_right);
    if (window.pad_top >= window.kernel_height || window.pad_bottom >= window.kernel_height ||
        window.pad_left >= window.kernel_width || window.pad_right >= window.kernel_width)
      return "a window may hold padding alone";
    if (pooling_.type == kAverage && padded && !pooling_.avePoolPaddedArea)
      return "an average of the pixels that are no padding";
    if (pooling_.type == kAverage && (static_cast<std::size_t>(window.pad_bottom) > pooling_.pads_end.at(0) ||
                                      static_cast<std::size_t>(window.pad_right) > pooling_.pads_end.at(1)))
      return "windows of an average reach beyond the padding";
    return std::string();
  }

  ottava_status make(const std::vector<cv::Mat>& inputs, const cv::Mat& output, const Epilogue& epilogue,
                     ottava_error& error) override {
    if (!epilogue.table.empty() || !epilogue.channels.empty()) return OTTAVA_UNSUPPORTED;
    ottava_pool2d_desc desc = OTTAVA_POOL2D_DESC_INIT;
    ottava_output result = OTTAVA_OUTPUT_INIT;
    desc.channels = inputs[0].size[1];
    desc.window = taken(inputs[0], output);
    desc.input_zero_point = pooling_.input_zp;
    result.zero_point = pooling_.output_zp;
    if (pooling_.type == kAverage) {
      desc.kind = OTTAVA_POOL_AVERAGE_RESCALED;
      desc.input_scale = factor_;  // OpenCV's factor is the ratio of the scales
      result.requantization = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN;
    }
    ottava_layer* made = nullptr;
    const ottava_status status =
        ottava_pool2d_create(context(), &desc, pooling_.type == kAverage ? &result : nullptr, &made, &error);
    return status == OTTAVA_OK ? adopt(LayerHandle(made), inputs[0], output, error) : status;
  }

  const cv::dnn::PoolingLayerInt8& pooling_;
  float factor_;
};

}  // namespace

cv::Ptr<cv::dnn::Layer> make_pooling(cv::dnn::LayerParams& params) {
  return cv::makePtr<Pooling>(params, cv::dnn::PoolingLayerInt8::create(params));
}

}  // namespace ottava_opencv
