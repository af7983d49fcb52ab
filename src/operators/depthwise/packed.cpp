#include "operators/depthwise/packed.h"

#include "base/memory.h"
#include "cpu/tiers.h"
#include "output/arithmetic.h"

namespace ottava {
namespace {

const DepthwiseKernel* depthwise_kernel_named(const char* name) {
  const DepthwiseKernelList list = built_depthwise_kernels();
  for (size_t i = 0; i < list.count; ++i) {
    if (same_text(list.kernels[i]->name, name)) return list.kernels[i];
  }
  return nullptr;
}

// Where creation has no say.
void plan_for_kernel(const DepthwiseKernel& kernel, const ConvolutionProblem& problem, uint32_t threads,
                     DepthwisePlan* plan) {
  plan->kernel = plan->kernel_of_any_weights = &kernel;
  plan->output = plan_output(problem.output, *kernel.stages, false);
  plan->channels = static_cast<size_t>(problem.output_channels);
  plan->taps = static_cast<size_t>(problem.window.taps());
  plan->packed_bytes = kernel.packed_bytes(plan->taps, plan->channels);
  plan->threads = threads;
  Text(plan->reason) << "asked for by its packed file";
}

Status plan_of_raw(const ConvolutionProblem& problem, const int32_t* zero_points, const uint8_t* raw,
                   const Machine& machine, const Choice& choice, uint32_t threads, DepthwisePlan* plan, Error* error) {
  const Status status = plan_depthwise(problem, machine, choice, threads, plan, error);
  if (status != Status::ok) return status;
  settle_depthwise(problem, zero_points, raw, plan);
  plan->packed_bytes = plan->kernel->packed_bytes(plan->taps, plan->channels);
  return status;
}

// Into memory of any alignment: `block` is laid out for what it holds already, by a kernel of this zero shift, and `to`
// for the kernel of a plan.
void repack_block(const DepthwiseLayout& from, const uint8_t* block, int32_t zero_shift, const DepthwisePlan& plan,
                  const ConvolutionProblem& problem, const DepthwiseLayout& layout, uint8_t* to) {
  const DepthwiseChannels channels = channels_of(from, block);
  const uint8_t* const raw = block + from.raw;
  zero_bytes(to, layout.total);
  copy_bytes(to, block, layout.weights);  // as long for every kernel
  for (size_t n = 0; n < plan.channels; ++n) {
    const int32_t before = zero_point_term(zero_shift, problem, channels.zero_points, raw, n);
    const int32_t after = zero_point_term(zero_shift_of(*plan.kernel, problem), problem, channels.zero_points, raw, n);
    const int32_t moved = wrap_add(wrap_add(channels.bias[n], wrap_multiply(-1, before)), after);
    copy_bytes(to + n * sizeof moved, &moved, sizeof moved);
  }
  // Kernels pack to an aligned place: the next one, which may end in that of the raw weights, and down from there.
  uint8_t* const packed = to + layout.weights;
  uint8_t* const aligned = static_cast<uint8_t*>(align_up(packed, kAlignment));
  pack_raw(*plan.kernel, problem, channels.zero_points, raw, aligned);
  for (size_t i = 0; aligned != packed && i < plan.packed_bytes; ++i) packed[i] = aligned[i];
  zero_bytes(packed + plan.packed_bytes, layout.raw - layout.weights - plan.packed_bytes);
  copy_bytes(to + layout.raw, raw, layout.total - layout.raw);
}

DepthwiseLayout layout_of(const DepthwisePlan& plan) {
  DepthwiseLayout layout = {};
  lay_out_depthwise(plan.taps, plan.channels, plan.packed_bytes, &layout);  // it fits: planned before
  return layout;
}

// As for the arrays of a contraction.
Status check_arrays(const StoredDepthwise& stored, Error* error) {
  const Stage stage = plan_output(stored.problem.output, StageTable(), false).stage;
  const DepthwiseChannels channels = channels_of(stored.layout, stored.block);
  const bool floats = stage == Stage::float_nearest_even || stage == Stage::scaled_f32;
  for (size_t n = 0; n < stored.layout.array / sizeof(int32_t); ++n) {
    StoredChannel channel = {};
    channel.rhs_zero = channels.zero_points[n];
    if (is_fixed(stage)) channel.multiplier = channels.multiplier[n], channel.exponent = channels.exponent[n];
    if (floats) channel.scale = channels.scale[n], channel.bias = channels.bias_f32[n];
    const Status status = check_channel(stage, channel, range_of(stored.problem.weights.type), n, error);
    if (status != Status::ok) return status;
  }
  return Status::ok;
}

}  // namespace

void StoredDepthwise::visit(Numbers& numbers) {
  ottava::visit(numbers, problem);
  numbers.integer(packed_bytes);
  numbers.listed(zero_shift, -128, 128);
  numbers.flag(float_bias);
}

Status read_packed(const void* file, uint64_t bytes, StoredDepthwise* stored, Error* error) {
  Status status = read_numbers(file, bytes, PackedKind::depthwise_conv2d,
                               "holds another operator than a depthwise convolution", stored, error);
  if (status != Status::ok) return status;
  const ConvolutionProblem& problem = stored->problem;
  const PackedHeader& header = *stored->header;
  if (validate_stored(problem, error) != Status::ok) return corrupt(error);
  const bool one_each = problem.input_channels == 0 ? problem.groups == 1 && problem.output_channels == 0
                                                    : problem.groups == problem.input_channels;
  if (!one_each || problem.output.adds || problem.layout != WeightsLayout::hwio) {
    return corrupt("it is no depthwise convolution", error);
  }
  const size_t front = channels_from(static_cast<size_t>(header.numbers)).value();
  if (!lay_out_depthwise(static_cast<size_t>(problem.window.taps()), static_cast<size_t>(problem.output_channels),
                         stored->packed_bytes, &stored->layout) ||
      stored->layout.total != header.bytes - front || stored->layout.weights != header.weights_from - front) {
    return corrupt("its sizes are not those of its parameters", error);
  }
  stored->block = static_cast<const uint8_t*>(file) + front;
  return check_arrays(*stored, error);
}

Status plan_loading(const StoredDepthwise& stored, const Site& site, bool repacked, DepthwisePlan* plan, Error* error) {
  const PackedHeader& header = *stored.header;
  if (repacked) {
    return plan_of_raw(stored.problem, channels_of(stored.layout, stored.block).zero_points,
                       stored.block + stored.layout.raw, site.machine, site.choice, site.threads, plan, error);
  }
  const auto refuse = [&](const char* why) { return refuse_in_place(header, why, site.choice, site.machine, error); };
  const DepthwiseKernel* const kernel = depthwise_kernel_named(header.kernel);
  if (kernel == nullptr) return refuse("this build has no such kernel");
  if (!runs_here(kernel->isa, site.machine, site.choice)) return refuse("its tier does not run");
  if (!takes(*kernel, stored.problem)) return corrupt("its kernel does not take its window", error);
  plan_for_kernel(*kernel, stored.problem, site.threads, plan);
  const bool same = plan->packed_bytes == stored.packed_bytes;
  return same && zero_shift_of(*kernel, stored.problem) == stored.zero_shift ? Status::ok
                                                                             : refuse("its layout is another here");
}

Size loaded_bytes(const StoredDepthwise&, const DepthwisePlan& plan, bool repacked) {
  return repacked ? depthwise_bytes(plan) : Size(depthwise_bytes_alone());
}

const Layer* load(const StoredDepthwise& stored, const DepthwisePlan& plan, const Site&, bool repacked,
                  uint8_t* memory) {
  const DepthwiseLayout layout = layout_of(plan);
  const uint8_t* block = stored.block;
  if (repacked) {
    uint8_t* const own = memory + depthwise_bytes_alone();
    repack_block(stored.layout, block, stored.zero_shift, plan, stored.problem, layout, own);
    block = own;
  }
  return finish_depthwise(plan, stored.problem, layout, block, stored.float_bias, memory);
}

Status plan_saving(const Depthwise& layer, const Site& site, const char* name, StoredDepthwise* stored,
                   DepthwisePlan* plan, Error* error) {
  const ConvolutionProblem& problem = layer.problem;
  const uint8_t* const raw = layer.block + layer.layout.raw;
  const DepthwiseKernel* const kernel = name == nullptr ? layer.kernel : depthwise_kernel_named(name);
  const Tier* const tier = kernel == nullptr ? tier_named(name) : nullptr;
  if (tier != nullptr && belongs_here(*tier)) {
    const Choice choice = {site.choice.kernels, tier->isa, nullptr};
    Machine machine = site.machine;  // one that has it
    machine.features |= tier->required_features;
    const Status status = plan_of_raw(problem, layer.channels.zero_points, raw, machine, choice, 1, plan, error);
    if (status != Status::ok) return status;
  } else if (kernel == nullptr) {
    error->set(Status::unknown_name, "kernel") << "is no depthwise kernel of this build, and no tier of it: " << name;
    return Status::unknown_name;
  } else {
    plan_for_kernel(*kernel, problem, 1, plan);
    if (!takes(*kernel, problem) || !takes_weights(*kernel, problem, layer.channels.zero_points, raw)) {
      error->set(Status::kernel_unavailable, "kernel") << name << " declines: it takes other windows or weights";
      return Status::kernel_unavailable;
    }
  }
  stored->problem = problem;
  stored->packed_bytes = plan->packed_bytes;
  stored->zero_shift = zero_shift_of(*plan->kernel, problem);
  stored->float_bias = layer.has_float_bias;
  return Status::ok;
}

Size file_bytes(const StoredDepthwise&, const DepthwisePlan& plan) {
  return channels_from(count_numbers<StoredDepthwise>()) + Size(layout_of(plan).total);
}

void write_packed(const Depthwise& layer, const StoredDepthwise& stored, const DepthwisePlan& plan, uint32_t library,
                  uint8_t* file) {
  const DepthwiseLayout layout = layout_of(plan);
  const size_t numbers = count_numbers<StoredDepthwise>();
  PackedFor laid_out_for;
  laid_out_for.kernel = plan.kernel->name;
  laid_out_for.tier = plan.kernel->isa;
  begin_packed(PackedKind::depthwise_conv2d, library, laid_out_for, numbers, layout.weights,
               layout.total - layout.weights, file);
  write_numbers(stored, file);
  repack_block(layer.layout, layer.block, zero_shift_of(*layer.kernel, layer.problem), plan, layer.problem, layout,
               file + channels_from(numbers).value());
  seal_packed(file);
}

}  // namespace ottava
