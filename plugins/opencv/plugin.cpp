// The entries of OpenCV's layer factory. They are made when a program opens this library, and the newest entry of a
// name is the one that OpenCV takes: networks that are read or quantized from then on run by ottava.
//
// SPDX-License-Identifier: Apache-2.0
#include <opencv2/dnn/layer.details.hpp>

#include "operator.h"

namespace ottava_opencv {
namespace {

cv::Ptr<cv::dnn::Layer> make_activation(cv::dnn::LayerParams& params) {
  return cv::makePtr<Activation>(params, cv::dnn::ActivationLayerInt8::create(params));
}

template <class Base>
cv::Ptr<cv::dnn::Layer> make_scale_shift(cv::dnn::LayerParams& params) {
  return cv::makePtr<ScaleShift<Base>>(params, Base::create(params));
}

struct Registration {
  Registration() {
    using cv::dnn::LayerFactory;
    LayerFactory::registerLayer("ConvolutionInt8", make_convolution);
    LayerFactory::registerLayer("InnerProductInt8", make_inner_product);
    LayerFactory::registerLayer("PoolingInt8", make_pooling);
    LayerFactory::registerLayer("EltwiseInt8", make_eltwise);
    for (const char* activation : {"AbsValInt8", "BNLLInt8", "ELUInt8", "MishInt8", "ReLU6Int8", "ReLUInt8",
                                   "SigmoidInt8", "SwishInt8", "TanHInt8"})
      LayerFactory::registerLayer(activation, make_activation);
    LayerFactory::registerLayer("BatchNormInt8", make_scale_shift<cv::dnn::BatchNormLayerInt8>);
    LayerFactory::registerLayer("ScaleInt8", make_scale_shift<cv::dnn::ScaleLayerInt8>);
  }
} registration;  // for as long as the process: the library is linked so that it cannot be unloaded

}  // namespace
}  // namespace ottava_opencv
