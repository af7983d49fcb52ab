// A convolution of any kind with weights drawn at random, for tests of memory, threads and placement: what it computes
// is compared with what another run of it computes.
#ifndef OTTAVA_TESTS_SMALL_LAYER_H_
#define OTTAVA_TESTS_SMALL_LAYER_H_

#include "convolution_draft.h"

namespace ottava {

struct LayerShapeCase {
  enum Kind { conv2d, depthwise, transposed } kind;
  std::int64_t input_channels, output_channels, groups;  // of a depthwise one as many as input channels
  std::int32_t kernel, stride;
  std::uint32_t padding = OTTAVA_PADDING_SAME;
};

class SmallLayer {
 public:
  SmallLayer(const ottava_context* context, const LayerShapeCase& shape, const ottava_output& output) : shape_(shape) {
    Random random(test_seed());
    const std::int64_t weights =
        shape.output_channels * shape.kernel * shape.kernel * (shape.input_channels / shape.groups);
    for (std::int64_t i = 0; i < weights; ++i) {
      weights_.push_back(static_cast<std::int8_t>(random.between(-128, 127)));
    }
    const auto make = [&](auto desc) {
      using Kind = LayerKind<decltype(desc)>;
      desc.window.kernel_height = desc.window.kernel_width = shape.kernel;
      desc.window.stride_height = desc.window.stride_width = shape.stride;
      desc.window.padding = shape.padding;
      desc.input_zero_point = 3, desc.weights_layout = OTTAVA_WEIGHTS_OHWI;
      ottava_conv2d_constants constants = OTTAVA_CONV2D_CONSTANTS_INIT;
      constants.weights = weights_.data();
      ottava_error error = OTTAVA_ERROR_INIT;
      const ottava_status status = Kind::create(context, &desc, &output, &constants, &layer_, &error);
      INFO(error.argument << ": " << error.message);
      REQUIRE(status == OTTAVA_OK);
      REQUIRE(Kind::size(context, &desc, &output, &handle_bytes, &error) == OTTAVA_OK);
    };
    if (shape.kind == LayerShapeCase::depthwise) {
      ottava_depthwise_conv2d_desc desc = OTTAVA_DEPTHWISE_CONV2D_DESC_INIT;
      desc.channels = shape.input_channels, desc.multiplier = shape.output_channels / shape.input_channels;
      make(desc);
    } else if (shape.kind == LayerShapeCase::transposed) {
      make(grouped(ottava_transposed_conv2d_desc OTTAVA_TRANSPOSED_CONV2D_DESC_INIT));
    } else {
      make(grouped(ottava_conv2d_desc OTTAVA_CONV2D_DESC_INIT));
    }
  }
  ~SmallLayer() { ottava_layer_destroy(layer_); }
  SmallLayer(const SmallLayer&) = delete;
  SmallLayer& operator=(const SmallLayer&) = delete;

  const ottava_layer* get() const { return layer_; }

  ottava_layer_info query(std::int64_t height, std::int64_t width, std::int64_t batch = 1) const {
    ottava_layer_run_desc run = OTTAVA_LAYER_RUN_DESC_INIT;
    run.batch = batch, run.height = height, run.width = width;
    ottava_layer_info info = OTTAVA_LAYER_INFO_INIT;
    REQUIRE(ottava_layer_query(layer_, &run, &info, nullptr) == OTTAVA_OK);
    return info;
  }

  void run(const ottava_layer_run_desc& numbers, const void* input, void* output, void* workspace = nullptr,
           std::uint64_t workspace_bytes = 0) const {
    ottava_layer_operands operands = OTTAVA_LAYER_OPERANDS_INIT;
    operands.input = input, operands.output = output;
    operands.workspace = workspace, operands.workspace_bytes = workspace_bytes;
    ottava_error error = OTTAVA_ERROR_INIT;
    const ottava_status status = ottava_layer_run(layer_, &numbers, &operands, &error);
    INFO(error.argument << ": " << error.message);
    REQUIRE(status == OTTAVA_OK);
  }

  // Dense, in memory of the context's allocator; elements of the output have so many bytes.
  std::vector<std::uint8_t> run(std::int64_t height, std::int64_t width, std::int64_t batch,
                                const std::vector<std::int8_t>& input, std::int64_t element_bytes = 1) const {
    ottava_layer_run_desc numbers = OTTAVA_LAYER_RUN_DESC_INIT;
    numbers.batch = batch, numbers.height = height, numbers.width = width;
    const ottava_layer_info info = query(height, width, batch);
    std::vector<std::uint8_t> output(static_cast<std::size_t>(batch * info.output_height * info.output_width *
                                                              info.output_channels * element_bytes));
    run(numbers, input.data(), output.data());
    return output;
  }

  std::vector<std::int8_t> draw_input(std::int64_t height, std::int64_t width, std::int64_t batch = 1) const {
    Random random(test_seed() + 1);
    std::vector<std::int8_t> input(static_cast<std::size_t>(batch * height * width * shape_.input_channels));
    for (std::int8_t& value : input) value = static_cast<std::int8_t>(random.between(-128, 127));
    return input;
  }

  std::uint64_t handle_bytes = 0;  // what creation takes

 private:
  template <class Desc>
  Desc grouped(Desc desc) const {
    desc.input_channels = shape_.input_channels, desc.output_channels = shape_.output_channels;
    desc.groups = shape_.groups;
    return desc;
  }

  LayerShapeCase shape_;
  std::vector<std::int8_t> weights_;
  ottava_layer* layer_ = nullptr;
};

// To s8, with a scale that leaves few results at the ends.
inline ottava_output narrow_output() {
  ottava_output output = OTTAVA_OUTPUT_INIT;
  output.scale = 3000.0f;
  return output;
}

}  // namespace ottava

#endif  // OTTAVA_TESTS_SMALL_LAYER_H_
