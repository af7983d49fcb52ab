// The convolutions that a text describes.
#ifndef OTTAVA_CAPI_TOOLS_CONVOLUTION_DESCRIPTION_H_
#define OTTAVA_CAPI_TOOLS_CONVOLUTION_DESCRIPTION_H_

#include "operator_description.h"

namespace ottava::tools {

class ConvolutionDescription : public OperatorDescription {
 public:
  using OperatorDescription::OperatorDescription;

 protected:
  // Those of every convolution; `input_channels` of one group.
  template <class Desc>
  std::vector<Key> common_keys(Desc* desc, std::function<std::int64_t()> input_channels);

  ottava_conv2d_constants constants_ = OTTAVA_CONV2D_CONSTANTS_INIT;
};

class Conv2dDescription : public ConvolutionDescription {
 public:
  using ConvolutionDescription::ConvolutionDescription;
  Operator create(const ottava_context* context) const override;

 private:
  std::vector<Key> keys() override;
  std::int64_t channels() const override { return desc_.output_channels; }

  ottava_conv2d_desc desc_ = OTTAVA_CONV2D_DESC_INIT;
};

class DepthwiseDescription : public ConvolutionDescription {
 public:
  using ConvolutionDescription::ConvolutionDescription;
  Operator create(const ottava_context* context) const override;

 private:
  std::vector<Key> keys() override;
  std::int64_t channels() const override;

  ottava_depthwise_conv2d_desc desc_ = OTTAVA_DEPTHWISE_CONV2D_DESC_INIT;
};

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_CONVOLUTION_DESCRIPTION_H_
