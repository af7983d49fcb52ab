// A layer of the plugin as its neighbours see it.
//
// OpenCV gives a layer no sight of the network, but for one moment: before it runs a network, it offers each layer
// whose output has one consumer, and is not kept for the user, that consumer to fuse with (Layer::tryFuse). A member
// never fuses in OpenCV's sense, by which the consumer would vanish; it remembers who comes next. With that a chain of
// members
//   - keeps tensors NHWC between them, in OpenCV's own memory: nobody else will read these bytes;
//   - does the work of an activation, a batch normalization or a scale in the output of the layer before, and the layer
//     of that name then hands on what it finds.
// What was done to a tensor is told with each run (Handover). So a layer that hears nothing, because the user keeps its
// input, fusion is off or OpenCV runs the layer before, finds NCHW and works by itself.
//
// SPDX-License-Identifier: Apache-2.0
#ifndef OTTAVA_OPENCV_MEMBER_H_
#define OTTAVA_OPENCV_MEMBER_H_

#include <algorithm>
#include <memory>
#include <opencv2/dnn/all_layers.hpp>
#include <vector>

namespace ottava_opencv {

// What a member tells the next one of the tensor that it has just written.
struct Handover {
  const void* tensor = nullptr;
  bool nhwc = false;
  int applied = 0;  // so many of the layers that follow have been done already
};

class Member {
 public:
  virtual ~Member() = default;

  // Whether a tensor to which `applied` of the next layers, this one the first, are done may come as NHWC.
  virtual bool takes_nhwc(int applied) const = 0;

  void hand_over(const Handover& handover) {
    received(handover.tensor);
    handovers_.push_back(handover);
  }

  std::shared_ptr<Member> next() const { return next_.lock(); }

 protected:
  // What was said of a tensor, which is then forgotten; NCHW with nothing done if nothing was.
  Handover received(const void* tensor) {
    const auto found = std::find_if(handovers_.begin(), handovers_.end(),
                                    [=](const Handover& handover) { return handover.tensor == tensor; });
    if (found == handovers_.end()) return Handover();
    const Handover handover = *found;
    handovers_.erase(found);
    return handover;
  }

  void follow_with(const cv::Ptr<cv::dnn::Layer>& top) {
    Member* member = dynamic_cast<Member*>(top.get());
    next_ = member == nullptr ? std::shared_ptr<Member>() : std::shared_ptr<Member>(top, member);
  }

  void leave_chain() {
    next_.reset();
    handovers_.clear();
  }

 private:
  std::weak_ptr<Member> next_;
  std::vector<Handover> handovers_;  // one for each input at most
};

// A layer of the plugin in front of OpenCV's own, which it asks for everything that it does not do itself. Base is the
// class of OpenCV by which other layers know it, Role what members see in it.
template <class Base, class Role>
class Proxy : public Base, public Role {
 public:
  Proxy(const cv::dnn::LayerParams& params, cv::Ptr<cv::dnn::Layer> original) : original_(std::move(original)) {
    this->setParamsFrom(params);
  }

  using Base::finalize;
  using Base::forward;

  bool supportBackend(int backend) override { return target().supportBackend(backend); }
  bool getMemoryShapes(const std::vector<cv::dnn::MatShape>& inputs, const int required_outputs,
                       std::vector<cv::dnn::MatShape>& outputs,
                       std::vector<cv::dnn::MatShape>& internals) const override {
    return original_->getMemoryShapes(inputs, required_outputs, outputs, internals);
  }
  bool updateMemoryShapes(const std::vector<cv::dnn::MatShape>& inputs) override {
    return original_->updateMemoryShapes(inputs);
  }
  int64 getFLOPS(const std::vector<cv::dnn::MatShape>& inputs,
                 const std::vector<cv::dnn::MatShape>& outputs) const override {
    return original_->getFLOPS(inputs, outputs);
  }
  void getScaleShift(cv::Mat& scale, cv::Mat& shift) const override { original_->getScaleShift(scale, shift); }
  void getScaleZeropoint(float& scale, int& zero_point) const override {
    original_->getScaleZeropoint(scale, zero_point);
  }
  void unsetAttached() override { original_->unsetAttached(); }

 protected:
  // OpenCV's layer, told what this one was told.
  cv::dnn::Layer& target() {
    original_->preferableTarget = this->preferableTarget;
    return *original_;
  }
  const cv::Ptr<cv::dnn::Layer>& original() const { return original_; }

 private:
  cv::Ptr<cv::dnn::Layer> original_;
};

}  // namespace ottava_opencv

#endif  // OTTAVA_OPENCV_MEMBER_H_
