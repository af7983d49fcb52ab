#include "operators/convolution/problem.h"

#include "base/checked.h"
#include "contraction/exactness.h"
#include "operators/validate_channels.h"
#include "output/validate_output.h"

namespace ottava {
namespace {

Status check_channels(const ConvolutionProblem& problem, Error* error) {
  const struct {
    int64_t value;
    int64_t least;
    const char* argument;
  } sizes[] = {{problem.input_channels, 0, "desc.input_channels"},
               {problem.output_channels, 0, "desc.output_channels"},
               {problem.groups, 1, "desc.groups"}};
  for (const auto& size : sizes) {
    if (size.value >= size.least) continue;
    error->set(Status::bad_shape, size.argument)
        << "is " << size.value << (size.least == 0 ? ", negative" : "; 1 is the least");
    return Status::bad_shape;
  }
  for (const auto& size : sizes) {
    if (size.value % problem.groups == 0 || size.least == 1) continue;
    error->set(Status::bad_shape, size.argument)
        << "is " << size.value << ", no multiple of the " << problem.groups << " groups";
    return Status::bad_shape;
  }
  const Size weights = Size::from(static_cast<uint64_t>(problem.output_channels)) *
                       Size::from(static_cast<uint64_t>(problem.group_depth())) *
                       Size::from(static_cast<uint64_t>(problem.window.taps()));
  if (weights.valid() && weights.value() <= static_cast<size_t>(PTRDIFF_MAX)) return Status::ok;
  error->set(Status::size_overflow, "desc") << "channels and window: the weights would not fit the address space";
  return Status::size_overflow;
}

Status check_operand(const Operand& operand, const char* type, const char* zero_point, const char* scale,
                     Error* error) {
  if (!is_8bit(operand.type)) {
    error->set(Status::unsupported, type) << "is " << name_of(operand.type) << "; convolutions take s8 or u8";
    return Status::unsupported;
  }
  const Status status = check_zero_point(operand.zero_point, operand.type, zero_point, error);
  return status == Status::ok ? check_scale(operand.scale, scale, error) : status;
}

}  // namespace

Status validate(const ConvolutionProblem& problem, Error* error) {
  Status status = check_channels(problem, error);
  if (status == Status::ok) {
    status = check_operand(problem.input, "desc.input_type", "desc.input_zero_point", "desc.input_scale", error);
  }
  if (status == Status::ok) {
    status =
        check_operand(problem.weights, "desc.weights_type", "desc.weights_zero_point", "desc.weights_scale", error);
  }
  return status == Status::ok ? validate_output(problem.output, error) : status;
}

Status validate(const ConvolutionProblem& problem, const ConvolutionConstants& constants, Error* error) {
  if (constants.weights == nullptr && problem.output_channels != 0 && problem.input_channels != 0) {
    error->set(Status::null_pointer, "constants.weights") << "is NULL, and there are weights";
    return Status::null_pointer;
  }
  Status status = validate_arrays(problem.output, constants.output, error);
  if (status != Status::ok) return status;
  const Contraction whole = whole_contraction(problem);
  const Constants arrays = whole_constants(problem, constants);
  status = validate_channels(
      whole, arrays, {"desc.weights_scale", "constants.weights_scales", "constants.weights_zero_points"}, error);
  Exactness exactness;
  return status == Status::ok ? prove_exactness(whole, arrays, &exactness, error) : status;
}

Contraction whole_contraction(const ConvolutionProblem& problem) {
  Contraction whole;
  whole.n = problem.output_channels;
  whole.k = problem.group_depth();
  whole.positions = problem.window.taps();
  whole.lhs = problem.input;
  whole.rhs = problem.weights;
  whole.output = problem.output;
  whole.allow_wrap = problem.allow_wrap;
  whole.rows_from = RowsFrom::table;
  whole.depth_words = {"desc.window", "and channels make a depth of ", "OTTAVA_CONV2D_ALLOW_WRAP"};
  return whole;
}

Constants whole_constants(const ConvolutionProblem& problem, const ConvolutionConstants& constants) {
  return constants_from(problem, constants, 0);
}

Constants constants_from(const ConvolutionProblem& problem, const ConvolutionConstants& constants, size_t channel) {
  const auto from = [channel](auto array) { return array != nullptr ? array + channel : nullptr; };
  Constants arrays;
  arrays.rhs_scales = from(constants.scales);
  arrays.rhs_zero_points = from(constants.zero_points);
  arrays.output.bias = from(constants.output.bias);
  arrays.output.bias_f32 = from(constants.output.bias_f32);
  arrays.output.multipliers = from(constants.output.multipliers);
  arrays.output.shifts = from(constants.output.shifts);
  arrays.output.table = constants.output.table;
  if (constants.weights == nullptr) return arrays;  // there are none, nor steps from one to the next
  const ptrdiff_t depth = static_cast<ptrdiff_t>(problem.group_depth());
  const ptrdiff_t taps = static_cast<ptrdiff_t>(problem.window.taps());
  const ptrdiff_t channels = static_cast<ptrdiff_t>(problem.output_channels);
  const bool by_channel = problem.layout == WeightsLayout::ohwi;
  const ptrdiff_t channel_stride = by_channel ? taps * depth : 1;
  const ptrdiff_t depth_stride = by_channel ? 1 : channels;
  arrays.rhs.first = {constants.weights, depth_stride, channel_stride};
  arrays.rhs.first.data += static_cast<ptrdiff_t>(channel) * channel_stride;
  arrays.rhs.position_stride = by_channel ? depth : depth * channels;
  return arrays;
}

}  // namespace ottava
