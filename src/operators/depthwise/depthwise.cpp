#include "operators/depthwise/depthwise.h"

#include "base/memory.h"
#include "contraction/exactness.h"
#include "output/arithmetic.h"

namespace ottava {
namespace {

const Depthwise& of(const Layer& layer) { return static_cast<const Depthwise&>(layer); }

void describe(const Layer& layer, const LayerShape&, LayerWords* words) {
  const Depthwise& depthwise = of(layer);
  words->tier = depthwise.kernel->isa;
  *words->kernel << depthwise.kernel->name;
  const FusedDepthwiseFn fused = depthwise.entry.fused[static_cast<size_t>(depthwise.output.stage)];
  *words->route << "depthwise, by a table of pixels"
                << (depthwise.output.fusible && fused != nullptr ? ", fused epilogue" : ", output stage on the tile");
  if (depthwise.multiplier > 1) *words->route << ", input channels repeated";
  *words->reason << depthwise.reason;
}

constexpr LayerFunctions kFunctions = {resolve_by_window, schedule_depthwise, run_depthwise, describe};

bool takes(const DepthwiseKernel& kernel, const ConvolutionProblem& problem) {
  const Window& window = problem.window;
  const size_t channels = static_cast<size_t>(problem.output_channels);
  if (channels != 0 && channels < kernel.min_channels) return false;
  const size_t of_last_vector = (channels + kDepthwiseChannels - 1) % kDepthwiseChannels + 1;
  const bool wastes = channels < 4 * kDepthwiseChannels && of_last_vector <= kDepthwiseChannels / 2;
  if (kernel.wants_whole_vectors && wastes) return false;
  if (kernel.kernel_height == 0) return true;
  return kernel.kernel_height == window.y.kernel && kernel.kernel_width == window.x.kernel &&
         kernel.stride_height == window.y.stride && kernel.stride_width == window.x.stride && window.y.dilation == 1 &&
         window.x.dilation == 1;
}

const DepthwiseKernel* select(const ConvolutionProblem& problem, const Machine& machine, const Choice& choice,
                              bool any_weights, Text* reason) {
  const DepthwiseKernelList list = built_depthwise_kernels();
  for (size_t i = 0; i < list.count; ++i) {
    const DepthwiseKernel& kernel = *list.kernels[i];
    if (!runs_here(kernel.isa, machine, choice) || !takes(kernel, problem)) continue;
    if (!any_weights || !kernel.needs_narrow_weights) return &kernel;
    if (reason != nullptr) {
      *reason << kernel.name
              << ": a weight less its zero point is beyond 127: sums of two products could leave 16 bits";
    }
  }
  return nullptr;  // never: the portable kernel takes everything
}

// Whether every weight less its zero point lies within -127 to 127.
bool are_narrow(const ConvolutionProblem& problem, const Constants& constants) {
  const size_t taps = static_cast<size_t>(problem.window.taps());
  const Contraction whole = whole_contraction(problem);
  for (size_t n = 0; n < static_cast<size_t>(problem.output_channels); ++n) {
    const int32_t zero = rhs_zero_point(whole, constants, n);
    for (size_t tap = 0; tap < taps; ++tap) {
      const uint8_t raw = *constants.rhs.at_position(tap).at(0, n);
      const int32_t weight = problem.weights.type == Type::u8 ? raw : static_cast<int8_t>(raw);
      if (weight - zero < -127 || weight - zero > 127) return false;
    }
  }
  return true;
}

size_t padded(size_t channels) { return round_up(channels, kDepthwiseChannels); }

Size arrays_bytes(size_t channels) {
  return (Size(channels).rounded_up(kDepthwiseChannels) * sizeof(int32_t)).rounded_up(kAlignment) * 6 + Size(256);
}

DepthwiseChannels lay_out_channels(size_t channels, uint8_t* memory) {
  const size_t array = round_up(padded(channels) * sizeof(int32_t), kAlignment);
  const auto at = [&](size_t index) { return reinterpret_cast<int32_t*>(memory + index * array); };
  DepthwiseChannels laid_out;
  laid_out.bias = at(0);
  laid_out.multiplier = at(1);
  laid_out.exponent = at(2);
  laid_out.scale = reinterpret_cast<float*>(at(3));
  laid_out.bias_f32 = reinterpret_cast<float*>(at(4));
  laid_out.table = memory + 6 * array;
  return laid_out;
}

// The zero points of the weights stand in the sixth array while the weights are packed.
int32_t* zero_points_of(const DepthwiseChannels& channels) {
  return reinterpret_cast<int32_t*>(channels.bias_f32) + (channels.multiplier - channels.bias);
}

void fill_channel(const Depthwise& layer, const ConvolutionProblem& problem, const Contraction& whole,
                  const Constants& constants, size_t n) {
  const DepthwiseChannels& channels = layer.channels;
  const int32_t zero = rhs_zero_point(whole, constants, n);
  zero_points_of(channels)[n] = zero;
  int32_t sum = 0;
  for (size_t tap = 0; tap < static_cast<size_t>(problem.window.taps()); ++tap) {
    const uint8_t raw = *constants.rhs.at_position(tap).at(0, n);
    sum = wrap_add(sum, (problem.weights.type == Type::u8 ? raw : static_cast<int8_t>(raw)) - zero);
  }
  const int32_t bias = constants.output.bias != nullptr ? constants.output.bias[n] : 0;
  channels.bias[n] = wrap_add(bias, wrap_multiply(-(problem.input.zero_point + layer.entry.zero_shift), sum));
  const ChannelValues values =
      channel_values(layer.output, problem.output, constants.output, accumulator_scale(whole, constants, n), n);
  channels.multiplier[n] = values.multiplier;
  channels.exponent[n] = values.exponent;
  channels.scale[n] = values.scale;
  channels.bias_f32[n] = values.bias;
}

}  // namespace

Status plan_depthwise(const ConvolutionProblem& problem, const Machine& machine, const Choice& choice, uint32_t threads,
                      DepthwisePlan* plan, Error* error) {
  const Status status = validate(problem, error);
  if (status != Status::ok) return status;
  Text reason(plan->reason);
  plan->kernel = select(problem, machine, choice, false, nullptr);
  plan->kernel_of_any_weights = select(problem, machine, choice, true, &reason);
  plan->output = plan_output(problem.output, *plan->kernel->stages, false);
  plan->channels = static_cast<size_t>(problem.output_channels);
  plan->threads = threads;
  const size_t taps = static_cast<size_t>(problem.window.taps());
  // The weights are bytes that fit the address space; packed they take a few times as much.
  const Size most = Size(taps) * (padded(plan->channels) * 16);
  if (!most.valid() || !arrays_bytes(plan->channels).valid()) {
    error->set(Status::size_overflow, "desc") << "channels and window: the weights would not fit the address space";
    return Status::size_overflow;
  }
  plan->packed_bytes = larger(plan->kernel->packed_bytes(taps, plan->channels),
                              plan->kernel_of_any_weights->packed_bytes(taps, plan->channels));
  return Status::ok;
}

Status settle_depthwise(const ConvolutionProblem& problem, const ConvolutionConstants& constants, DepthwisePlan* plan,
                        Error* error) {
  const Status status = validate(problem, constants, error);
  if (status != Status::ok) return status;
  if (plan->kernel->needs_narrow_weights && !are_narrow(problem, whole_constants(problem, constants))) {
    plan->kernel = plan->kernel_of_any_weights;
    plan->output = plan_output(problem.output, *plan->kernel->stages, false);
  } else {
    Text(plan->reason) << "the first of the list that takes this window and channels";
  }
  return Status::ok;
}

Size depthwise_bytes(const DepthwisePlan& plan) {
  return Size(round_up(sizeof(Depthwise), kAlignment)) + arrays_bytes(plan.channels) +
         Size(plan.packed_bytes).rounded_up(kAlignment);
}

const Layer* prepare_depthwise(const DepthwisePlan& plan, const ConvolutionProblem& problem,
                               const ConvolutionConstants& constants, uint8_t* memory) {
  Depthwise* const layer = reinterpret_cast<Depthwise*>(memory);
  uint8_t* const arrays = memory + round_up(sizeof(Depthwise), kAlignment);
  const size_t array_bytes = arrays_bytes(plan.channels).value();
  zero_bytes(arrays, array_bytes);
  layer->functions = &kFunctions;
  layer->window = problem.window;
  layer->input_channels = static_cast<size_t>(problem.input_channels);
  layer->output_channels = plan.channels;
  layer->output_element_bytes = plan.output.element_bytes;
  layer->takes_second = false;
  layer->works_in_place = false;
  layer->accumulates = plan.output.run_accumulating != nullptr && plan.output.activation == Activation::none;
  layer->counts = true;
  layer->threads = plan.threads;
  layer->packed_bytes = array_bytes + plan.packed_bytes;
  layer->kernel = plan.kernel;
  layer->entry = plan.kernel->by_sign[problem.input.type == Type::u8 ? 1 : 0];
  layer->output = plan.output;
  layer->channels = lay_out_channels(plan.channels, arrays);
  layer->weights = arrays + array_bytes;
  layer->multiplier = layer->input_channels == 0 ? 1 : plan.channels / layer->input_channels;
  layer->padding = static_cast<uint8_t>(problem.input.zero_point);
  layer->has_float_bias = constants.output.bias_f32 != nullptr;
  copy_bytes(layer->reason, plan.reason, sizeof plan.reason);

  const Contraction whole = whole_contraction(problem);
  const Constants given = whole_constants(problem, constants);
  for (size_t n = 0; n < plan.channels; ++n) fill_channel(*layer, problem, whole, given, n);
  if (constants.output.table != nullptr) copy_bytes(layer->channels.table, constants.output.table, 256);
  DepthwisePackArgs pack;
  pack.from = constants.weights;
  pack.tap_stride = given.rhs.position_stride;
  pack.channel_stride = given.rhs.first.column_stride;
  pack.taps = static_cast<size_t>(problem.window.taps());
  pack.channels = plan.channels;
  pack.zero_points = zero_points_of(layer->channels);
  pack.is_unsigned = problem.weights.type == Type::u8;
  pack.to = arrays + array_bytes;
  if (plan.channels != 0) plan.kernel->pack(&pack);
  return layer;
}

}  // namespace ottava
