// An output applied to a tensor of int32 with one set of parameters: no operator, no memory.
#include "base/checked.h"
#include "base/memory.h"
#include "handles.h"
#include "operators/overlap.h"
#include "output.h"
#include "output/output_plan.h"
#include "output/validate_output.h"

using namespace ottava;

namespace {

// Elements at a time; each array of parameters is as long. A multiple of every kernel's lanes.
constexpr size_t kChunk = 256;

// What takes more than one set of parameters, or the memory of an operator.
Status refuse_channels(const Output& output, const OutputArrays& arrays, Error* error) {
  const struct {
    bool given;
    const char* argument;
  } entries[] = {{arrays.bias != nullptr, "output.bias"},
                 {arrays.bias_f32 != nullptr, "output.bias_f32"},
                 {arrays.multipliers != nullptr, "output.multipliers"},
                 {arrays.shifts != nullptr, "output.shifts"},
                 {output.activation != Activation::none, "output.activation"}};
  for (const auto& entry : entries) {
    if (!entry.given) continue;
    error->set(Status::unsupported, entry.argument)
        << "does not go with a tensor that has one set of parameters: use ottava_matmul_output_stage";
    return Status::unsupported;
  }
  return Status::ok;
}

Status read_requantization(const ottava_output* caller, float scale, Output* output, Error* error) {
  OutputArrays arrays;
  Status status = read_output(caller, output, &arrays, error);
  if (status == Status::ok) status = validate_output(*output, error);
  if (status == Status::ok) status = refuse_channels(*output, arrays, error);
  if (status == Status::ok) status = validate_arrays(*output, arrays, error);
  if (status == Status::ok) status = validate_channel(*output, arrays, 0, error);
  if (status == Status::ok) status = check_scale(scale, "scale", error);
  if (status == Status::ok) status = validate_accumulator_scale(*output, scale, "scale", nullptr, error);
  return status;
}

struct StageParameters {
  alignas(kAlignment) int32_t zero[kChunk];
  alignas(kAlignment) int32_t multiplier[kChunk];
  alignas(kAlignment) int32_t exponent[kChunk];
  alignas(kAlignment) float scale[kChunk];
  alignas(kAlignment) float bias[kChunk];
};

void fill(const OutputPlan& plan, const Output& output, float input_scale, StageParameters* parameters) {
  const ChannelValues values = channel_values(plan, output, OutputArrays(), static_cast<double>(input_scale), 0);
  for (size_t i = 0; i < kChunk; ++i) {
    parameters->zero[i] = 0;
    parameters->multiplier[i] = values.multiplier;
    parameters->exponent[i] = values.exponent;
    parameters->scale[i] = values.scale;
    parameters->bias[i] = values.bias;
  }
}

void run(const OutputPlan& plan, const StageParameters& parameters, size_t count, const int32_t* from, uint8_t* to) {
  alignas(kAlignment) int32_t last[kChunk];
  StageArgs args = {};
  args.acc_stride = kChunk;
  args.m = 1;
  begin_stage(plan, false, &args);
  args.dst_row_stride = static_cast<ptrdiff_t>(kChunk * plan.element_bytes);
  args.offset = parameters.zero;
  args.multiplier = parameters.multiplier;
  args.exponent = parameters.exponent;
  args.scale = parameters.scale;
  args.bias = parameters.bias;
  for (size_t first = 0; first < count; first += kChunk) {
    args.n = smaller(count - first, kChunk);
    args.acc = from + first;
    args.dst = to + first * plan.element_bytes;
    if (args.n < kChunk) {  // a stage reads whole vectors
      zero_bytes(last, sizeof last);
      copy_bytes(last, args.acc, args.n * sizeof(int32_t));
      args.acc = last;
    }
    plan.run(&args);
  }
}

}  // namespace

extern "C" ottava_status ottava_requantize(const ottava_context* context, const ottava_output* output, float scale,
                                           int64_t count, const int32_t* from, void* to, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require(context, "context", words);
    if (status == Status::ok) status = require(output, "output", words);
    Output wanted;
    if (status == Status::ok) status = read_requantization(output, scale, &wanted, words);
    if (status != Status::ok) return status;
    const OutputPlan plan = plan_output(wanted, *context->stages, false);
    if (count < 0) {
      words->set(Status::bad_shape, "count") << "is " << count << ", negative";
      return Status::bad_shape;
    }
    if (static_cast<uint64_t>(count) > static_cast<uint64_t>(PTRDIFF_MAX) / sizeof(int32_t)) {
      words->set(Status::size_overflow, "count") << "is " << count << ": the tensor would not fit the address space";
      return Status::size_overflow;
    }
    if (count == 0) return Status::ok;
    status = require(from, "from", words);
    if (status == Status::ok) status = require(to, "to", words);
    const size_t elements = static_cast<size_t>(count);
    if (status == Status::ok && to != from) {  // in place, each element is read before another is written over it
      status = check_apart(region_of(to, elements * plan.element_bytes), "to",
                           region_of(from, elements * sizeof(int32_t)), "from", words);
    }
    if (status != Status::ok) return status;
    StageParameters parameters;
    fill(plan, wanted, scale, &parameters);
    run(plan, parameters, elements, from, static_cast<uint8_t*>(to));
    return Status::ok;
  });
}
