// SPDX-License-Identifier: Apache-2.0
#include "operator.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <utility>

#include "layout.h"

namespace ottava_opencv {
namespace {

// Channels and pixels of a tensor whose second dimension, if there is one, is the channels.
struct Extent {
  explicit Extent(const cv::Mat& tensor)
      : images(static_cast<std::size_t>(tensor.size[0])),
        channels(tensor.dims > 1 ? static_cast<std::size_t>(tensor.size[1]) : 1),
        pixels(tensor.empty() ? 0 : tensor.total() / (images * channels)) {}
  bool layouts_agree() const { return channels == 1 || pixels <= 1; }
  std::size_t images, channels, pixels;
};

}  // namespace

void Operator::finalize(cv::InputArrayOfArrays input_arrays, cv::OutputArrayOfArrays output_arrays) {
  std::vector<cv::Mat> inputs, outputs;
  input_arrays.getMatVector(inputs);
  output_arrays.getMatVector(outputs);
  leave_chain();
  absorbed_ = 0;
  absorbing_ = true;
  taken_ = false;  // until all of this has gone well
  target().finalize(input_arrays, output_arrays);

  std::string reason;
  const auto foreign = [](const cv::Mat& mat) { return mat.type() != CV_8S || mat.empty(); };
  if (preferableTarget != cv::dnn::DNN_TARGET_CPU)
    reason = "the target is not DNN_TARGET_CPU";
  else if (outputs.size() != 1 || foreign(outputs[0]) || std::any_of(inputs.begin(), inputs.end(), foreign))
    reason = "tensors are not int8, or empty";
  else
    reason = declines(inputs, outputs[0]);
  ottava_error error = OTTAVA_ERROR_INIT;
  if (reason.empty() && make(inputs, outputs[0], Epilogue(), error) != OTTAVA_OK) {
    reason = words(error);
    if (reason.empty()) reason = "its biases do not fit 32 bits, or its factors are none";  // not the library's words
  }
  taken_ = reason.empty();
  if (!taken_) report_declined(Layer::type, name, reason);
}

bool Operator::tryFuse(cv::Ptr<cv::dnn::Layer>& top) {
  if (!taken_) return target().tryFuse(top);
  follow_with(top);
  return false;
}

bool Operator::setActivation(const cv::Ptr<cv::dnn::ActivationLayer>& layer) {
  return !taken_ && target().setActivation(layer);
}

// Takes over the work of as many followers as the operator can do.
void Operator::absorb(const std::vector<cv::Mat>& inputs, const cv::Mat& output) {
  absorbing_ = false;
  Epilogue epilogue;
  for (auto member = next(); member; member = member->next()) {
    const auto follower = std::dynamic_pointer_cast<Appendable>(member);
    Epilogue longer = epilogue;
    ottava_error error = OTTAVA_ERROR_INIT;
    if (!follower || !follower->append(longer)) return;
    if (!follower->changes_nothing() && make(inputs, output, longer, error) != OTTAVA_OK) return;
    epilogue = longer;
    ++absorbed_;
  }
}

void Operator::forward(cv::InputArrayOfArrays input_arrays, cv::OutputArrayOfArrays output_arrays,
                       cv::OutputArrayOfArrays internals) {
  if (!taken_) return target().forward(input_arrays, output_arrays, internals);
  std::vector<cv::Mat> inputs, outputs;
  input_arrays.getMatVector(inputs);
  output_arrays.getMatVector(outputs);
  if (absorbing_) absorb(inputs, outputs[0]);

  reordered_.resize(inputs.size() + 1);
  std::vector<const std::int8_t*> sources;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Handover before = received(inputs[i].data);
    const Extent extent(inputs[i]);
    if (!inputs[i].isContinuous()) inputs[i] = inputs[i].clone();
    sources.push_back(inputs[i].ptr<std::int8_t>());
    if (before.nhwc || !nhwc() || extent.layouts_agree()) continue;
    reordered_[i].resize(inputs[i].total());
    transpose(sources[i], reordered_[i].data(), extent.images, extent.channels, extent.pixels);
    sources[i] = reordered_[i].data();
  }

  const auto next = this->next();
  const Extent extent(outputs[0]);
  const bool agree = !nhwc() || extent.layouts_agree();
  const bool stays_nhwc = !agree && outputs[0].isContinuous() && next && next->takes_nhwc(absorbed_);
  cv::Mat output = outputs[0].isContinuous() ? outputs[0] : outputs[0].clone();
  if (agree || stays_nhwc) {
    run(sources, output.ptr<std::int8_t>());
  } else {
    std::vector<std::int8_t>& result = reordered_.back();
    result.resize(output.total());
    run(sources, result.data());
    transpose(result.data(), output.ptr<std::int8_t>(), extent.images, extent.pixels, extent.channels);
  }
  if (output.data != outputs[0].data) output.copyTo(outputs[0]);
  if (next) next->hand_over({outputs[0].data, stays_nhwc, absorbed_});
}

ottava_status ImageOperator::adopt(LayerHandle made, const cv::Mat& input, const cv::Mat& output, ottava_error& error) {
  ottava_layer_run_desc run = OTTAVA_LAYER_RUN_DESC_INIT;
  ottava_layer_info info = OTTAVA_LAYER_INFO_INIT;
  run.batch = input.size[0];
  run.height = input.size[2];
  run.width = input.size[3];
  const ottava_status status = ottava_layer_query(made.get(), &run, &info, &error);
  if (status != OTTAVA_OK) return status;
  if (info.output_channels != output.size[1] || info.output_height != output.size[2] ||
      info.output_width != output.size[3]) {
    std::snprintf(error.message, sizeof error.message, "its output has another size");
    return OTTAVA_UNSUPPORTED;
  }
  layer_ = std::move(made);
  run_ = run;
  workspace_bytes_ = info.workspace_bytes;
  return OTTAVA_OK;
}

void ImageOperator::run(const std::vector<const std::int8_t*>& inputs, std::int8_t* output) {
  ottava_layer_operands operands = OTTAVA_LAYER_OPERANDS_INIT;
  ottava_error error = OTTAVA_ERROR_INIT;
  operands.input = inputs[0];
  operands.second = inputs.size() > 1 ? inputs[1] : nullptr;
  operands.output = output;
  operands.workspace = workspace(workspace_bytes_);
  operands.workspace_bytes = workspace_bytes_;
  if (ottava_layer_run(layer_.get(), &run_, &operands, &error) != OTTAVA_OK) fail(error);
}

ottava_window window(const std::vector<std::size_t>& kernel, const std::vector<std::size_t>& strides,
                     const std::vector<std::size_t>& dilations, const std::vector<std::size_t>& pads_begin,
                     const cv::Mat& input, const cv::Mat& output) {
  const auto at = [](const std::vector<std::size_t>& values, std::size_t i) {
    return static_cast<std::int32_t>(values.at(i));
  };
  ottava_window made = OTTAVA_WINDOW_INIT;
  made.kernel_height = at(kernel, 0), made.kernel_width = at(kernel, 1);
  made.stride_height = at(strides, 0), made.stride_width = at(strides, 1);
  made.dilation_height = at(dilations, 0), made.dilation_width = at(dilations, 1);
  made.pad_top = at(pads_begin, 0), made.pad_left = at(pads_begin, 1);
  made.pad_bottom = std::max(0, (output.size[2] - 1) * made.stride_height +
                                    (made.kernel_height - 1) * made.dilation_height + 1 - input.size[2] - made.pad_top);
  made.pad_right = std::max(0, (output.size[3] - 1) * made.stride_width +
                                   (made.kernel_width - 1) * made.dilation_width + 1 - input.size[3] - made.pad_left);
  return made;
}

bool ProductOutput::set(const cv::Mat& bias_blob, const cv::Mat& factors_blob, float scale, int zero_point,
                        const Epilogue& epilogue) {
  const std::size_t count = bias_blob.total();
  bias.assign(bias_blob.ptr<std::int32_t>(), bias_blob.ptr<std::int32_t>() + count);
  factors.assign(factors_blob.ptr<float>(), factors_blob.ptr<float>() + count);
  for (const Epilogue::Channels& step : epilogue.channels) {
    const auto value = [count](const cv::Mat& mat, std::size_t n, float otherwise) {
      return mat.empty() ? otherwise : mat.ptr<float>()[mat.total() == count ? n : 0];
    };
    for (std::size_t n = 0; n < count; ++n) {
      const float unit = factors[n] * scale * value(step.scale, n, 1.0f);  // what an accumulator of 1 stands for
      const double sum = bias[n] + std::round(static_cast<double>(value(step.shift, n, 0.0f)) / unit);
      // Also where the unit is 0 or NaN; a negative or vanishing factor is not one of ottava's scales.
      if (!(std::abs(sum) < std::numeric_limits<std::int32_t>::max())) return false;
      bias[n] = static_cast<std::int32_t>(sum);
      factors[n] = unit / step.output_scale;
    }
    scale = step.output_scale;
    zero_point = step.output_zero_point;
  }
  output.requantization = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN;
  output.zero_point = zero_point;
  if (!epilogue.table.empty()) {
    const std::int8_t* entries = epilogue.table.ptr<std::int8_t>();
    for (int q = -128; q < 128; ++q) table[static_cast<std::uint8_t>(q)] = entries[q + 128];
    output.activation = OTTAVA_ACTIVATION_TABLE;
    output.table = table;
  }
  output.bias = bias.data();
  return true;
}

}  // namespace ottava_opencv
