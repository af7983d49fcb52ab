// What the layers that ottava computes have in common: the choice between ottava and OpenCV, layouts, the run.
//
// SPDX-License-Identifier: Apache-2.0
#ifndef OTTAVA_OPENCV_OPERATOR_H_
#define OTTAVA_OPENCV_OPERATOR_H_

#include <string>
#include <vector>

#include "follower.h"
#include "support.h"

namespace ottava_opencv {

class Operator : public Proxy<cv::dnn::Layer, Member> {
 public:
  using Proxy::finalize;
  using Proxy::forward;
  using Proxy::Proxy;

  void finalize(cv::InputArrayOfArrays inputs, cv::OutputArrayOfArrays outputs) override;
  bool tryFuse(cv::Ptr<cv::dnn::Layer>& top) override;
  bool setActivation(const cv::Ptr<cv::dnn::ActivationLayer>& layer) override;
  void forward(cv::InputArrayOfArrays inputs, cv::OutputArrayOfArrays outputs,
               cv::OutputArrayOfArrays internals) override;
  bool takes_nhwc(int applied) const override { return taken_ && applied == 0 && nhwc(); }

 private:
  // Why this layer stays with OpenCV, in words; empty for no reason. OpenCV's layer has been finalized.
  virtual std::string declines(const std::vector<cv::Mat>& inputs, const cv::Mat& output) const = 0;
  // Makes the operator anew, with what follows; returns OTTAVA_UNSUPPORTED where it cannot be part of it. On failure
  // the operator that was there stays.
  virtual ottava_status make(const std::vector<cv::Mat>& inputs, const cv::Mat& output, const Epilogue& epilogue,
                             ottava_error& error) = 0;
  virtual void run(const std::vector<const std::int8_t*>& inputs, std::int8_t* output) = 0;
  virtual bool nhwc() const { return true; }  // false: the order of elements is OpenCV's

  void absorb(const std::vector<cv::Mat>& inputs, const cv::Mat& output);

  bool taken_ = false;
  bool absorbing_ = false;  // the followers have not been looked at yet
  int absorbed_ = 0;
  std::vector<std::vector<std::int8_t>> reordered_;  // inputs, then the output, where they change their layout
};

// A layer of ottava's over images: its handle and its run.
class ImageOperator : public Operator {
 public:
  using Operator::Operator;

 protected:
  // Takes `made` if its output has the size that OpenCV gave to `output`.
  ottava_status adopt(LayerHandle made, const cv::Mat& input, const cv::Mat& output, ottava_error& error);

 private:
  void run(const std::vector<const std::int8_t*>& inputs, std::int8_t* output) override;

  LayerHandle layer_;
  ottava_layer_run_desc run_ = OTTAVA_LAYER_RUN_DESC_INIT;
  std::uint64_t workspace_bytes_ = 0;
};

// A window as OpenCV's layers describe it, with the lower and right pads that give the size of `output`.
ottava_window window(const std::vector<std::size_t>& kernel, const std::vector<std::size_t>& strides,
                     const std::vector<std::size_t>& dilations, const std::vector<std::size_t>& pads_begin,
                     const cv::Mat& input, const cv::Mat& output);

// The output of a product that OpenCV's layer describes by 32-bit biases and a factor for each channel, which are
// scaled, shifted and looked up further by `epilogue`. In ottava's terms the scales of the operands and of the output
// are 1 and those of the weights are the factors: then the output's arithmetic is OpenCV's, float32 operation by
// float32 operation.
struct ProductOutput {
  // false where the epilogue does not fit
  bool set(const cv::Mat& bias, const cv::Mat& factors, float scale, int zero_point, const Epilogue& epilogue);

  ottava_output output = OTTAVA_OUTPUT_INIT;
  std::vector<std::int32_t> bias;
  std::vector<float> factors;
  std::int8_t table[256];
};

cv::Ptr<cv::dnn::Layer> make_convolution(cv::dnn::LayerParams& params);
cv::Ptr<cv::dnn::Layer> make_inner_product(cv::dnn::LayerParams& params);
cv::Ptr<cv::dnn::Layer> make_pooling(cv::dnn::LayerParams& params);
cv::Ptr<cv::dnn::Layer> make_eltwise(cv::dnn::LayerParams& params);

}  // namespace ottava_opencv

#endif  // OTTAVA_OPENCV_OPERATOR_H_
