// An output applied to a tensor of int32 with one set of parameters: no operator, no memory.
#include "base/checked.h"
#include "base/memory.h"
#include "handles.h"
#include "operators/overlap.h"
#include "output.h"
#include "output/uniform_stage.h"
#include "output/validate_output.h"

using namespace ottava;

namespace {

Status read_requantization(const ottava_output* caller, float scale, Output* output, Error* error) {
  OutputArrays arrays;
  Status status = read_output(caller, output, &arrays, error);
  if (status == Status::ok) status = validate_output(*output, error);
  if (status == Status::ok) {
    status = refuse_channels(*output, arrays,
                             "does not go with a tensor that has one set of parameters: use ottava_matmul_output_stage",
                             error);
  }
  if (status == Status::ok) status = validate_arrays(*output, arrays, error);
  if (status == Status::ok) status = validate_channel(*output, arrays, 0, error);
  if (status == Status::ok) status = check_scale(scale, "scale", error);
  if (status == Status::ok) status = validate_accumulator_scale(*output, scale, "scale", nullptr, error);
  return status;
}

void run(const OutputPlan& plan, const UniformStage& stage, size_t count, const int32_t* from, uint8_t* to) {
  const size_t whole = count - count % UniformStage::kPadding;
  stage.run(1, whole, from, count, to, 0);
  if (whole == count) return;
  int32_t last[UniformStage::kPadding] = {};  // a stage reads whole vectors
  copy_bytes(last, from + whole, (count - whole) * sizeof(int32_t));
  stage.run(1, count - whole, last, UniformStage::kPadding, to + whole * plan.element_bytes, 0);
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
    const UniformStage stage(plan, channel_values(plan, wanted, OutputArrays(), static_cast<double>(scale), 0));
    run(plan, stage, elements, from, static_cast<uint8_t*>(to));
    return Status::ok;
  });
}
