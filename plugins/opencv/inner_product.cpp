// InnerProductInt8.
//
// SPDX-License-Identifier: Apache-2.0
#include "operator.h"

namespace ottava_opencv {
namespace {

class InnerProduct final : public Operator {
 public:
  using Operator::Operator;

 private:
  const cv::dnn::InnerProductLayerInt8& parameters() const {
    return dynamic_cast<const cv::dnn::InnerProductLayerInt8&>(*original());
  }

  std::string declines(const std::vector<cv::Mat>& inputs, const cv::Mat& output) const override {
    if (inputs.size() != 1 || blobs.size() != 3 || blobs[1].empty()) return "the weights are not constant";
    if (blobs[0].type() != CV_8S || blobs[1].type() != CV_32S || blobs[2].type() != CV_32F ||
        blobs[2].total() < blobs[1].total())
      return "weights, biases or factors are not of the types that OpenCV 4.6 has";
    if (output.total() / blobs[1].total() * (blobs[0].total() / blobs[1].total()) != inputs[0].total())
      return "the input is not as long as rows of the weights";
    return std::string();
  }

  ottava_status make(const std::vector<cv::Mat>&, const cv::Mat& output, const Epilogue& epilogue,
                     ottava_error& error) override {
    const cv::dnn::InnerProductLayerInt8& layer = parameters();
    ProductOutput product;
    if (!product.set(blobs[1], blobs[2], layer.output_sc, layer.output_zp, epilogue)) return OTTAVA_UNSUPPORTED;
    ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
    ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
    desc.n = static_cast<std::int64_t>(blobs[1].total());
    desc.k = static_cast<std::int64_t>(blobs[0].total()) / desc.n;
    desc.rhs_order = OTTAVA_ORDER_COLUMN;  // a row of OpenCV's weights is a channel
    constants.rhs = blobs[0].data;         // the biases hold the input's zero point
    constants.rhs_scales = product.factors.data();
    ottava_matmul* made = nullptr;
    ottava_status status = ottava_matmul_create(context(), &desc, &product.output, &constants, &made, &error);
    if (status != OTTAVA_OK) return status;
    MatmulHandle matmul(made);
    ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
    const std::int64_t rows = static_cast<std::int64_t>(output.total()) / desc.n;
    status = ottava_matmul_query(made, rows, &info, &error);
    if (status != OTTAVA_OK) return status;
    matmul_ = std::move(matmul);
    rows_ = rows;
    workspace_bytes_ = info.workspace_bytes;
    return OTTAVA_OK;
  }

  void run(const std::vector<const std::int8_t*>& inputs, std::int8_t* output) override {
    ottava_error error = OTTAVA_ERROR_INIT;
    if (ottava_matmul_run(matmul_.get(), rows_, inputs[0], 0, output, 0, workspace(workspace_bytes_), workspace_bytes_,
                          &error) != OTTAVA_OK)
      fail(error);
  }

  bool nhwc() const override { return false; }

  MatmulHandle matmul_;
  std::int64_t rows_ = 0;
  std::uint64_t workspace_bytes_ = 0;
};

}  // namespace

cv::Ptr<cv::dnn::Layer> make_inner_product(cv::dnn::LayerParams& params) {
  return cv::makePtr<InnerProduct>(params, cv::dnn::InnerProductLayerInt8::create(params));
}

}  // namespace ottava_opencv
