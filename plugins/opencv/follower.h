// Layers that change each element by itself: activations, and by channels batch normalization and scale. An operator
// before them does their work where it can; otherwise activations look up their table, and OpenCV does the others.
//
// SPDX-License-Identifier: Apache-2.0
#ifndef OTTAVA_OPENCV_FOLLOWER_H_
#define OTTAVA_OPENCV_FOLLOWER_H_

#include <cstdint>
#include <cstring>

#include "member.h"

namespace ottava_opencv {

// What the followers of an operator do to its output, in their order.
struct Epilogue {
  struct Channels {
    cv::Mat scale, shift;  // of real values, for each channel or one for all; either may be empty, for 1 and 0
    float output_scale;    // by which the result is quantized
    int output_zero_point;
  };
  std::vector<Channels> channels;
  cv::Mat table;  // 256 entries, that of -128 first; empty for none
};

class Appendable : public Member {
 public:
  // Adds what the layer does to `epilogue`; false where it cannot stand there.
  virtual bool append(Epilogue& epilogue) const = 0;
  virtual bool changes_nothing() const { return false; }
};

template <class Base>
class Follower : public Proxy<Base, Appendable> {
 public:
  using Proxy<Base, Appendable>::Proxy;
  using Proxy<Base, Appendable>::finalize;
  using Proxy<Base, Appendable>::forward;

  void finalize(cv::InputArrayOfArrays inputs, cv::OutputArrayOfArrays outputs) override {
    this->leave_chain();
    this->target().finalize(inputs, outputs);
  }
  bool tryFuse(cv::Ptr<cv::dnn::Layer>& top) override {
    this->follow_with(top);
    return false;
  }
  bool setActivation(const cv::Ptr<cv::dnn::ActivationLayer>&) override { return false; }

  bool takes_nhwc(int applied) const override {
    const auto next = this->next();
    return (applied > 0 || ignores_layout()) && next && next->takes_nhwc(std::max(applied - 1, 0));
  }

  void forward(cv::InputArrayOfArrays input_arrays, cv::OutputArrayOfArrays output_arrays,
               cv::OutputArrayOfArrays internals) override {
    std::vector<cv::Mat> inputs, outputs;
    input_arrays.getMatVector(inputs);
    output_arrays.getMatVector(outputs);
    const Handover before = this->received(inputs[0].data);
    if (inputs.size() != 1 || (before.applied == 0 && !ignores_layout()))
      return this->target().forward(input_arrays, output_arrays, internals);
    if (before.applied == 0)
      apply(inputs[0], outputs[0]);
    else if (inputs[0].data != outputs[0].data)
      inputs[0].copyTo(outputs[0]);
    if (const auto next = this->next())
      next->hand_over({outputs[0].data, before.nhwc, std::max(before.applied - 1, 0)});
  }

 private:
  virtual bool ignores_layout() const { return false; }  // by itself, that is by `apply`
  virtual void apply(const cv::Mat&, cv::Mat&) const {}
};

class Activation final : public Follower<cv::dnn::ActivationLayerInt8> {
 public:
  using Follower::Follower;

  bool append(Epilogue& epilogue) const override {
    if (changes_nothing()) return true;
    if (!epilogue.table.empty() || blobs[0].total() != 256 || !blobs[0].isContinuous()) return false;
    epilogue.table = blobs[0];
    return true;
  }
  // ReLU and ReLU6 leave their work to the ends of int8: OpenCV has quantized their input by the range of their output.
  bool changes_nothing() const override { return blobs.empty(); }

  // OpenCV's layers call these of an activation that they have fused.
  void forwardSlice(const float* from, float* to, int count, std::size_t plane, int first, int end) const override {
    activation().forwardSlice(from, to, count, plane, first, end);
  }
  void forwardSlice(const int* from, const int* table, int* to, int count, std::size_t plane, int first,
                    int end) const override {
    activation().forwardSlice(from, table, to, count, plane, first, end);
  }
  void forwardSlice(const std::int8_t* from, const std::int8_t* table, std::int8_t* to, int count, std::size_t plane,
                    int first, int end) const override {
    activation().forwardSlice(from, table, to, count, plane, first, end);
  }

 private:
  const cv::dnn::ActivationLayer& activation() const {
    return dynamic_cast<const cv::dnn::ActivationLayer&>(*original());
  }
  bool ignores_layout() const override { return true; }
  void apply(const cv::Mat& input, cv::Mat& output) const override {
    if (changes_nothing()) return input.data == output.data ? void() : input.copyTo(output);
    CV_Assert(input.type() == CV_8S && input.isContinuous() && output.isContinuous() && blobs[0].total() == 256);
    const std::int8_t* const table = blobs[0].ptr<std::int8_t>() + 128;
    const std::int8_t* const from = input.ptr<std::int8_t>();
    std::int8_t* const to = output.ptr<std::int8_t>();
    for (std::size_t i = 0; i < input.total(); ++i) to[i] = table[from[i]];
  }
};

template <class Base>
class ScaleShift final : public Follower<Base> {
 public:
  using Follower<Base>::Follower;

  bool append(Epilogue& epilogue) const override {
    Epilogue::Channels channels;
    this->getScaleShift(channels.scale, channels.shift);
    this->getScaleZeropoint(channels.output_scale, channels.output_zero_point);
    const auto unusable = [](const cv::Mat& mat) { return !mat.empty() && mat.type() != CV_32F; };
    if (!epilogue.table.empty() || unusable(channels.scale) || unusable(channels.shift) ||
        (channels.scale.empty() && channels.shift.empty()))
      return false;
    epilogue.channels.push_back(channels);
    return true;
  }
};

}  // namespace ottava_opencv

#endif  // OTTAVA_OPENCV_FOLLOWER_H_
