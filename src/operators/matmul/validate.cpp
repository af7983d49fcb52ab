#include "operators/matmul/validate.h"

#include "base/checked.h"
#include "operators/validate_channels.h"
#include "output/validate_output.h"

namespace ottava {
namespace {

// How a lhs gets its 8-bit values, scales and zero points; `lhs.type` is what a float lhs becomes.
Status check_quantization(const MatmulProblem& problem, Error* error) {
  const bool is_unsigned = problem.lhs.type == Type::u8;
  const bool wants_u8 = problem.lhs_quantization == Quantization::onnx_dynamic;
  if (is_dynamic(problem.lhs_quantization) && is_unsigned != wants_u8) {
    error->set(Status::unsupported, "desc.lhs_quantized_type")
        << "is " << name_of(problem.lhs.type) << ", which does not go with this rule: it makes "
        << (wants_u8 ? "u8" : "s8");
    return Status::unsupported;
  }
  if (has_float_lhs(problem) && (problem.lhs_row_scales || problem.lhs_row_zero_points)) {
    error->set(Status::unsupported, "desc.flags")
        << (problem.lhs_row_scales ? "OTTAVA_MATMUL_LHS_ROW_SCALES" : "OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS")
        << " does not go with an f32 lhs";
    return Status::unsupported;
  }
  if (problem.lhs_quantization == Quantization::multiply && is_infinite(1.0f / problem.lhs.scale)) {
    error->set(Status::bad_scale, "desc.lhs_scale")
        << "is " << problem.lhs.scale << ", so small that its reciprocal is infinite";
    return Status::bad_scale;
  }
  if (!has_row_scales(problem)) return Status::ok;

  const char* const what =
      problem.lhs_row_scales ? "OTTAVA_MATMUL_LHS_ROW_SCALES" : "an lhs that is quantized with a scale per row";
  const char* const argument = problem.lhs_row_scales ? "desc.flags" : "desc.lhs_quantization";
  const char* other = nullptr;
  if (problem.output.parameters == Parameters::integer) {
    other = "OTTAVA_PARAMETERS_INTEGER";
  } else if (problem.output.requantization == Requantization::gemmlowp_by_fixed_point) {
    other = "OTTAVA_REQUANTIZE_GEMMLOWP_BY_FIXED_POINT, whose scales are bounded";
  } else if (problem.output.requantization == Requantization::power_of_two) {
    other = "OTTAVA_REQUANTIZE_POWER_OF_TWO";
  } else if (problem.output.requantization == Requantization::none && problem.output.type == Type::s32) {
    other = "an s32 dst without requantization, which has no scale";
  }
  if (other == nullptr) return Status::ok;
  error->set(Status::unsupported, argument) << what << " does not go with " << other;
  return Status::unsupported;
}

Status check_operands(const MatmulProblem& problem, Error* error) {
  if (!is_8bit(problem.lhs.type)) {
    error->set(Status::unsupported, "desc.lhs_type")
        << "is " << name_of(problem.lhs.type) << "; lhs is s8, u8, or f32 with an lhs_quantization"
        << (problem.lhs.type == Type::s16 ? ". s16 is offered for dst alone: operators of 16x8 are not" : "");
    return Status::unsupported;
  }
  if (!is_8bit(problem.rhs.type)) {
    error->set(Status::unsupported, "desc.rhs_type") << "is " << name_of(problem.rhs.type) << "; rhs is s8 or u8";
    return Status::unsupported;
  }
  Status status = Status::ok;
  if (!has_row_zero_points(problem) && !is_dynamic(problem.lhs_quantization)) {
    status = check_zero_point(problem.lhs.zero_point, problem.lhs.type, "desc.lhs_zero_point", error);
  }
  if (status == Status::ok)
    status = check_zero_point(problem.rhs.zero_point, problem.rhs.type, "desc.rhs_zero_point", error);
  if (status == Status::ok && !has_row_scales(problem))
    status = check_scale(problem.lhs.scale, "desc.lhs_scale", error);
  if (status == Status::ok) status = check_scale(problem.rhs.scale, "desc.rhs_scale", error);
  return status;
}

Status check_shape(const MatmulProblem& problem, Error* error) {
  const struct {
    int64_t size;
    const char* argument;
  } sizes[] = {{problem.n, "desc.n"}, {problem.k, "desc.k"}, {problem.max_m, "desc.max_m"}};
  for (const auto& entry : sizes) {
    if (entry.size >= 0) continue;
    error->set(Status::bad_shape, entry.argument) << "is " << entry.size << ", negative";
    return Status::bad_shape;
  }
  return Status::ok;
}

Status check_rhs_stride(const MatmulProblem& problem, Error* error) {
  if (problem.runtime_rhs && problem.rhs_stride != 0) {
    error->set(Status::unsupported, "desc.rhs_stride")
        << "is " << problem.rhs_stride
        << ", and does not go with OTTAVA_MATMUL_RUNTIME_RHS: give run.rhs_stride to ottava_matmul_execute";
    return Status::unsupported;
  }
  const bool by_row = problem.rhs_order == Order::row;
  const int64_t outer = by_row ? problem.k : problem.n;
  const int64_t inner = by_row ? problem.n : problem.k;
  const int64_t stride = problem.rhs_stride != 0 ? problem.rhs_stride : inner;
  if (outer > 1 && stride < inner && stride > -inner) {
    error->set(Status::bad_stride, "desc.rhs_stride")
        << "is " << problem.rhs_stride << ", shorter than a " << (by_row ? "row" : "column") << ", " << inner
        << " elements; 0 stands for that";
    return Status::bad_stride;
  }
  int64_t reach = 0;
  const bool overflow = __builtin_mul_overflow(outer > 0 ? outer - 1 : 0, stride, &reach) ||
                        __builtin_add_overflow(reach < 0 ? -(reach + 1) : reach, inner, &reach) ||
                        static_cast<uint64_t>(reach) > static_cast<uint64_t>(PTRDIFF_MAX);
  if (!overflow) return Status::ok;
  error->set(Status::size_overflow, "desc.rhs_stride")
      << "is " << problem.rhs_stride << ": the weights would not fit the address space";
  return Status::size_overflow;
}

}  // namespace

Status validate(const MatmulProblem& problem, Error* error) {
  Status status = check_shape(problem, error);
  if (status == Status::ok) status = check_operands(problem, error);
  if (status == Status::ok) status = validate_output(problem.output, error);
  if (status == Status::ok) status = check_quantization(problem, error);
  if (status == Status::ok) status = check_rhs_stride(problem, error);
  return status;
}

Status validate(const MatmulProblem& problem, const Constants& constants, Error* error) {
  if (constants.rhs.first.data == nullptr && problem.n != 0 && problem.k != 0 && !problem.runtime_rhs) {
    error->set(Status::null_pointer, "constants.rhs") << "is NULL, and there are weights";
    return Status::null_pointer;
  }
  if (constants.rhs.first.data != nullptr && problem.runtime_rhs) {
    error->set(Status::unsupported, "constants.rhs")
        << "does not go with OTTAVA_MATMUL_RUNTIME_RHS: give it with each run";
    return Status::unsupported;
  }
  Status status = validate_arrays(problem.output, constants.output, error);
  if (status != Status::ok) return status;
  return validate_channels(problem, constants, {"desc.rhs_scale", "constants.rhs_scales", "constants.rhs_zero_points"},
                           error);
}

}  // namespace ottava
