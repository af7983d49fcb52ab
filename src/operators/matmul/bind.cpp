#include "operators/matmul/bind.h"

#include "base/memory.h"

namespace ottava {
namespace {

// A kernel that has parts.
struct PartKernel {
  const char* file;
  const char* part;
  bool own_offsets;
};
constexpr PartKernel kPartKernels[] = {
#define OTTAVA_PART_KERNEL(file, part, own_offsets) {#file, #part, own_offsets},
#include "kernels/parts.inc"
#undef OTTAVA_PART_KERNEL
};

const char* name_of(Stage stage) {
  switch (stage) {
#define OTTAVA_STAGE_NAME(stage) \
  case Stage::stage: return #stage;
    OTTAVA_PART_STAGES(OTTAVA_STAGE_NAME)
#undef OTTAVA_STAGE_NAME
    default: return "";
  }
}

bool have_zero_points(const StoredMatmul& stored) {
  const ContractionPlan& plan = stored.contraction.plan;
  for (size_t n = 0; n < plan.n; ++n) {
    if (*channel_array<int32_t>(stored.contraction.channels, plan.channels.rhs_zero, n) != 0) return true;
  }
  return false;
}

// What a bound operator cannot do, or null.
const char* limit_of(const StoredMatmul& stored) {
  const MatmulProblem& problem = stored.problem;
  const Output& output = problem.output;
  const bool wide =
      output.type == Type::s16 || (output.type == Type::s32 && output.requantization != Requantization::none);
  if (problem.n == 0 || problem.k == 0) return "is empty";
  if (problem.lhs_order != Order::row || problem.dst_order != Order::row) return "has columns that lie side by side";
  if (problem.lhs_quantization != Quantization::none) return "quantizes its lhs";
  if (problem.lhs_row_scales || problem.lhs_row_zero_points) return "has rows with parameters of their own";
  if (have_zero_points(stored)) return "has weights with zero points that its kernel cannot fold";
  if (output.activation != Activation::none) return "has an activation by table or function";
  if (output.adds) return "adds a second matrix";
  if (wide) return "writes s16, or requantized s32";
  if (problem.n > INT32_MAX || problem.k > INT32_MAX || problem.max_m > INT32_MAX) return "is larger than 2^31";
  return nullptr;
}

}  // namespace

Status bind(const StoredMatmul& stored, Binding* binding, Error* error) {
  const char* const limit = limit_of(stored);
  if (limit != nullptr) {
    error->set(Status::unsupported, "packed") << "holds an operator that cannot be bound: it " << limit;
    return Status::unsupported;
  }
  const PartKernel* kernel = nullptr;
  for (const PartKernel& each : kPartKernels) {
    if (same_text(each.file, stored.header->kernel)) kernel = &each;
  }
  if (kernel == nullptr) {
    error->set(Status::unsupported, "packed") << "is for " << stored.header->kernel << ", which has no parts to bind";
    return Status::unsupported;
  }
  const ContractionPlan& plan = stored.contraction.plan;
  const uint8_t* const channels = stored.contraction.channels;
  const auto array = [channels](size_t offset) { return channels + offset; };  // not used: that of the bias
  BoundMatmul& op = binding->op;
  op = {};
  op.weights = stored.contraction.packed;
  op.offset = channel_array<int32_t>(stored.contraction.packed,
                                     kernel->own_offsets ? plan.packed.small_m_offset : plan.packed.offset, 0);
  op.multiplier = reinterpret_cast<const int32_t*>(array(plan.channels.multiplier));
  op.exponent = reinterpret_cast<const int32_t*>(array(plan.channels.exponent));
  op.scale = reinterpret_cast<const float*>(array(plan.channels.scale));
  op.bias = reinterpret_cast<const float*>(array(plan.channels.bias));
  op.n = static_cast<uint32_t>(plan.n);
  op.k = static_cast<uint32_t>(plan.k);
  op.panel_bytes = static_cast<uint32_t>(plan.packed.panel_bytes);
  op.max_m = static_cast<uint32_t>(stored.problem.max_m);
  op.zero_point = plan.output.zero_point;
  op.clamp_min = plan.output.clamp_min;
  op.clamp_max = plan.output.clamp_max;
  copy_bytes(&op.clamp_min_f32, &plan.output.clamp_min_f32, sizeof(float));
  copy_bytes(&op.clamp_max_f32, &plan.output.clamp_max_f32, sizeof(float));
  op.sign_flip = canonical_operand(stored.problem.lhs.type, Element::s8).flip;
  op.has_bias = stored.float_bias ? 1 : 0;
  binding->kernel = kernel->part;
  binding->stage = name_of(plan.output.stage);
  return Status::ok;
}

}  // namespace ottava
