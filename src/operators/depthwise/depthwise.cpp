#include "operators/depthwise/depthwise.h"

#include "base/memory.h"
#include "contraction/packed_file.h"
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
                << (depthwise.output.fusible_to_8bit() && fused != nullptr ? ", fused epilogue"
                                                                           : ", output stage on the tile");
  if (depthwise.multiplier > 1) *words->route << ", input channels repeated";
  *words->reason << depthwise.reason;
}

constexpr LayerFunctions kFunctions = {resolve_by_window, schedule_depthwise, run_depthwise, describe};

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

// The weights as a block has them.
Constants raw_constants(const ConvolutionProblem& problem, const int32_t* zero_points, const uint8_t* raw) {
  ConvolutionConstants constants;
  constants.weights = raw;
  constants.zero_points = zero_points;
  return whole_constants(problem, constants);
}

int32_t* array_of(const DepthwiseLayout& layout, uint8_t* block, DepthwiseArray which) {
  return reinterpret_cast<int32_t*>(block + static_cast<size_t>(which) * layout.array);
}

void use_any_weights(const ConvolutionProblem& problem, DepthwisePlan* plan) {
  plan->kernel = plan->kernel_of_any_weights;
  plan->output = plan_output(problem.output, *plan->kernel->stages, false);
}

void settle(const ConvolutionProblem& problem, const Constants& constants, DepthwisePlan* plan) {
  if (plan->kernel->needs_narrow_weights && !are_narrow(problem, constants)) return use_any_weights(problem, plan);
  Text(plan->reason) << "the first of the list that takes this window and channels";
}

}  // namespace

bool lay_out_depthwise(size_t taps, size_t channels, size_t packed_bytes, DepthwiseLayout* layout) {
  const Size array = (Size(channels).rounded_up(kDepthwiseChannels) * sizeof(int32_t)).rounded_up(kAlignment);
  const Size table = array * kDepthwiseArrays;
  const Size weights = table + Size(256);
  const Size raw = (weights + Size(packed_bytes)).rounded_up(kAlignment);
  const Size total = (raw + Size(taps) * channels).rounded_up(kAlignment);
  if (!total.valid() || total.value() > static_cast<size_t>(PTRDIFF_MAX)) return false;
  *layout = {array.value(), table.value(), weights.value(), raw.value(), total.value()};
  return true;
}

DepthwiseChannels channels_of(const DepthwiseLayout& layout, const uint8_t* block) {
  const auto integers = [&](DepthwiseArray which) {
    return reinterpret_cast<const int32_t*>(block + static_cast<size_t>(which) * layout.array);
  };
  const auto reals = [&](DepthwiseArray which) { return reinterpret_cast<const float*>(integers(which)); };
  return {integers(DepthwiseArray::bias),
          integers(DepthwiseArray::multiplier),
          integers(DepthwiseArray::exponent),
          reals(DepthwiseArray::scale),
          reals(DepthwiseArray::bias_f32),
          integers(DepthwiseArray::zero_points),
          block + layout.table};
}

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

bool takes_weights(const DepthwiseKernel& kernel, const ConvolutionProblem& problem, const int32_t* zero_points,
                   const uint8_t* raw) {
  return !kernel.needs_narrow_weights || are_narrow(problem, raw_constants(problem, zero_points, raw));
}

void pack_raw(const DepthwiseKernel& kernel, const ConvolutionProblem& problem, const int32_t* zero_points,
              const uint8_t* raw, uint8_t* to) {
  DepthwisePackArgs pack;
  pack.from = raw;
  pack.tap_stride = static_cast<ptrdiff_t>(problem.output_channels);
  pack.channel_stride = 1;
  pack.taps = static_cast<size_t>(problem.window.taps());
  pack.channels = static_cast<size_t>(problem.output_channels);
  pack.zero_points = zero_points;
  pack.is_unsigned = problem.weights.type == Type::u8;
  pack.to = to;
  if (pack.channels != 0) kernel.pack(&pack);
}

int32_t zero_point_term(int32_t zero_shift, const ConvolutionProblem& problem, const int32_t* zero_points,
                        const uint8_t* raw, size_t channel) {
  const size_t channels = static_cast<size_t>(problem.output_channels);
  int32_t sum = 0;
  for (size_t tap = 0; tap < static_cast<size_t>(problem.window.taps()); ++tap) {
    const uint8_t weight = raw[tap * channels + channel];
    const int32_t value = problem.weights.type == Type::u8 ? weight : static_cast<int8_t>(weight);
    sum = wrap_add(sum, value - zero_points[channel]);
  }
  return wrap_multiply(-(problem.input.zero_point + zero_shift), sum);
}

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
  plan->taps = taps;
  // The weights are bytes that fit the address space; packed they take a few times as much.
  const Size most = Size(taps) * (padded(plan->channels) * 16);
  DepthwiseLayout layout;
  if (!most.valid() || !lay_out_depthwise(taps, plan->channels, most.value(), &layout)) {
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
  settle(problem, whole_constants(problem, constants), plan);
  return Status::ok;
}

void settle_depthwise(const ConvolutionProblem& problem, const int32_t* given_zero_points, const uint8_t* raw,
                      DepthwisePlan* plan) {
  settle(problem, raw_constants(problem, given_zero_points, raw), plan);
}

size_t depthwise_bytes_alone() { return round_up(sizeof(Depthwise), kAlignment); }

Size depthwise_bytes(const DepthwisePlan& plan) {
  DepthwiseLayout layout = {};
  lay_out_depthwise(plan.taps, plan.channels, plan.packed_bytes, &layout);  // it fits: planned before
  return Size(depthwise_bytes_alone()) + Size(layout.total);
}

const Layer* prepare_depthwise(const DepthwisePlan& plan, const ConvolutionProblem& problem,
                               const ConvolutionConstants& constants, uint8_t* memory) {
  uint8_t* const block = memory + depthwise_bytes_alone();
  DepthwiseLayout layout = {};
  lay_out_depthwise(plan.taps, plan.channels, plan.packed_bytes, &layout);
  zero_bytes(block, layout.total);
  const DepthwiseChannels channels = channels_of(layout, block);
  const int32_t shift = zero_shift_of(*plan.kernel, problem);
  const Contraction whole = whole_contraction(problem);
  const Constants given = whole_constants(problem, constants);
  for (size_t n = 0; n < plan.channels; ++n) {
    for (size_t tap = 0; tap < plan.taps; ++tap) {
      block[layout.raw + tap * plan.channels + n] = *given.rhs.at_position(tap).at(0, n);
    }
    array_of(layout, block, DepthwiseArray::zero_points)[n] = rhs_zero_point(whole, given, n);
    const int32_t term = zero_point_term(shift, problem, channels.zero_points, block + layout.raw, n);
    array_of(layout, block, DepthwiseArray::bias)[n] =
        wrap_add(given.output.bias != nullptr ? given.output.bias[n] : 0, term);
    const ChannelValues values =
        channel_values(plan.output, problem.output, constants.output, accumulator_scale(whole, given, n), n);
    array_of(layout, block, DepthwiseArray::multiplier)[n] = values.multiplier;
    array_of(layout, block, DepthwiseArray::exponent)[n] = values.exponent;
    copy_bytes(array_of(layout, block, DepthwiseArray::scale) + n, &values.scale, sizeof values.scale);
    copy_bytes(array_of(layout, block, DepthwiseArray::bias_f32) + n, &values.bias, sizeof values.bias);
  }
  if (constants.output.table != nullptr) copy_bytes(block + layout.table, constants.output.table, 256);
  pack_raw(*plan.kernel, problem, channels.zero_points, block + layout.raw, block + layout.weights);
  return finish_depthwise(plan, problem, layout, block, constants.output.bias_f32 != nullptr, memory);
}

const Layer* finish_depthwise(const DepthwisePlan& plan, const ConvolutionProblem& problem,
                              const DepthwiseLayout& layout, const uint8_t* block, bool has_float_bias,
                              uint8_t* memory) {
  Depthwise* const layer = reinterpret_cast<Depthwise*>(memory);
  layer->functions = &kFunctions;
  layer->kind = PackedKind::depthwise_conv2d;
  layer->window = problem.window;
  layer->input_channels = static_cast<size_t>(problem.input_channels);
  layer->output_channels = plan.channels;
  layer->output_element_bytes = plan.output.element_bytes;
  layer->takes_second = false;
  layer->works_in_place = false;
  layer->accumulates = plan.output.run_accumulating != nullptr && plan.output.activation == Activation::none;
  layer->counts = true;
  layer->threads = plan.threads;
  layer->packed_bytes = layout.total;
  layer->kernel = plan.kernel;
  layer->entry = plan.kernel->by_sign[problem.input.type == Type::u8 ? 1 : 0];
  layer->output = plan.output;
  layer->weights = block + layout.weights;
  layer->channels = channels_of(layout, block);
  layer->multiplier = layer->input_channels == 0 ? 1 : plan.channels / layer->input_channels;
  layer->padding = static_cast<uint8_t>(problem.input.zero_point);
  layer->has_float_bias = has_float_bias;
  copy_bytes(layer->reason, plan.reason, sizeof plan.reason);
  layer->layout = layout;
  layer->block = block;
  layer->problem = problem;
  layer->problem.layout = WeightsLayout::hwio;
  return layer;
}

}  // namespace ottava
