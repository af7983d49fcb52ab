// EltwiseInt8: sums of two tensors.
//
// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "operator.h"

namespace ottava_opencv {
namespace {

class Eltwise final : public ImageOperator {
 public:
  Eltwise(const cv::dnn::LayerParams& params, const cv::Ptr<cv::dnn::Layer>& original)
      : ImageOperator(params, original),
        operation_(params.get<cv::String>("operation", "sum")),
        zero_point_(params.get<int>("zeropoints")) {
    const auto read = [&params](const char* key, auto& values) {
      if (!params.has(key)) return;
      const cv::dnn::DictValue& list = params.get(key);
      for (int i = 0; i < list.size(); ++i)
        values.push_back(list.get<typename std::decay_t<decltype(values)>::value_type>(i));
    };
    read("coeff", factors_);
    read("input_zeropoints", zero_points_);
  }

 private:
  std::string declines(const std::vector<cv::Mat>& inputs, const cv::Mat& output) const override {
    if (operation_ != "sum" && operation_ != "SUM") return "it is no sum";
    if (inputs.size() != 2) return "the sum has not two terms";
    if (inputs[0].dims != 4 || inputs[0].size != output.size || inputs[1].size != output.size)
      return "the tensors are not images of one size";
    if (factors_.size() != 2 || zero_points_.size() != 2) return "factors or zero points are not given";
    if (!(factors_[0] > 0)) return "the first factor is not above 0";
    return std::string();
  }

  ottava_status make(const std::vector<cv::Mat>& inputs, const cv::Mat& output, const Epilogue& epilogue,
                     ottava_error& error) override {
    if (!epilogue.table.empty() || !epilogue.channels.empty()) return OTTAVA_UNSUPPORTED;
    ottava_add_desc desc = OTTAVA_ADD_DESC_INIT;
    desc.channels = output.size[1];
    desc.arithmetic = OTTAVA_ADD_XNNPACK;  // one rounding, as OpenCV's; of a product in 20 bits instead of float32
    desc.flags = factors_[1] < 0 ? OTTAVA_ADD_SUBTRACT : 0;
    desc.first_scale = factors_[0];  // OpenCV's factors are the ratios of the scales
    desc.second_scale = std::abs(factors_[1]);
    desc.first_zero_point = zero_points_[0];
    desc.second_zero_point = zero_points_[1];
    desc.zero_point = zero_point_;
    ottava_layer* made = nullptr;
    const ottava_status status = ottava_add_create(context(), &desc, &made, &error);
    return status == OTTAVA_OK ? adopt(LayerHandle(made), inputs[0], output, error) : status;
  }

  cv::String operation_;
  int zero_point_;
  std::vector<float> factors_;
  std::vector<int> zero_points_;
};

}  // namespace

cv::Ptr<cv::dnn::Layer> make_eltwise(cv::dnn::LayerParams& params) {
  return cv::makePtr<Eltwise>(params, cv::dnn::EltwiseLayerInt8::create(params));
}

}  // namespace ottava_opencv
