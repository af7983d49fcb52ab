#include "plan/validate.h"

#include "base/checked.h"
#include "plan/exactness.h"
#include "plan/factor.h"

namespace ottava {
namespace {

enum class Float { positive, zero, negative, infinite, nan };

Float kind_of(float value) {
  uint32_t bits;
  __builtin_memcpy(&bits, &value, sizeof bits);
  const uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return Float::nan;
  if (magnitude == 0x7f800000u) return Float::infinite;
  if (magnitude == 0) return Float::zero;
  return bits >> 31 != 0 ? Float::negative : Float::positive;
}

const char* name_of(Type type) {
  switch (type) {
    case Type::s8: return "s8";
    case Type::u8: return "u8";
    case Type::s16: return "s16";
    case Type::s32: return "s32";
    case Type::f32: break;
  }
  return "f32";
}

Status check_scale(float scale, const char* argument, Error* error) {
  const char* fault = fault_of_scale(scale);
  if (fault == nullptr) return Status::ok;
  error->set(Status::bad_scale, argument) << fault << "; a scale is finite and above 0";
  return Status::bad_scale;
}

Status check_zero_point(int32_t zero_point, Type type, const char* argument, Error* error) {
  const Range range = range_of(type);
  if (zero_point >= range.min && zero_point <= range.max) return Status::ok;
  error->set(Status::bad_zero_point, argument)
      << "is " << zero_point << ", outside " << name_of(type) << " (" << range.min << " to " << range.max << ")";
  return Status::bad_zero_point;
}

// How a lhs gets its 8-bit values, scales and zero points; `lhs.type` is what a float lhs becomes.
Status check_quantization(const Problem& problem, Error* error) {
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
  if (problem.lhs_quantization == Quantization::multiply && kind_of(1.0f / problem.lhs.scale) == Float::infinite) {
    error->set(Status::bad_scale, "desc.lhs_scale") << "is so small that its reciprocal is infinite";
    return Status::bad_scale;
  }
  if (!has_row_scales(problem)) return Status::ok;

  const char* const what =
      problem.lhs_row_scales ? "OTTAVA_MATMUL_LHS_ROW_SCALES" : "an lhs that is quantized with a scale per row";
  const char* const argument = problem.lhs_row_scales ? "desc.flags" : "desc.lhs_quantization";
  const char* other = nullptr;
  if (problem.parameters == Parameters::integer) {
    other = "OTTAVA_PARAMETERS_INTEGER";
  } else if (problem.rule == Rule::gemmlowp_by_fixed_point) {
    other = "OTTAVA_RULE_GEMMLOWP_BY_FIXED_POINT, whose scales are bounded";
  } else if (problem.rule == Rule::power_of_two) {
    other = "OTTAVA_RULE_POWER_OF_TWO";
  } else if (problem.rule == Rule::none && problem.dst.type == Type::s32) {
    other = "an s32 dst without a rule, which has no scale";
  }
  if (other == nullptr) return Status::ok;
  error->set(Status::unsupported, argument) << what << " does not go with " << other;
  return Status::unsupported;
}

Status check_operands(const Problem& problem, Error* error) {
  if (!is_8bit(problem.lhs.type)) {
    error->set(Status::unsupported, "desc.lhs_type")
        << "is " << name_of(problem.lhs.type) << "; lhs is s8, u8, or f32 with an lhs_quantization";
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
  if (status == Status::ok) status = check_scale(problem.dst.scale, "desc.dst_scale", error);
  if (status == Status::ok) status = check_quantization(problem, error);
  return status;
}

Status check_activation(const Problem& problem, Error* error) {
  if (problem.activation == Activation::table && !is_8bit(problem.dst.type)) {
    error->set(Status::unsupported, "desc.activation")
        << "OTTAVA_ACTIVATION_TABLE does not go with an " << name_of(problem.dst.type) << " dst";
    return Status::unsupported;
  }
  const bool tanh = problem.activation == Activation::gemmlowp_tanh;
  if (tanh && problem.dst.type != Type::s32) {
    error->set(Status::unsupported, "desc.activation")
        << "OTTAVA_ACTIVATION_GEMMLOWP_TANH does not go with an " << name_of(problem.dst.type) << " dst";
    return Status::unsupported;
  }
  if (tanh && problem.tanh_amplitude <= 0) {
    error->set(Status::bad_scale, "desc.tanh_amplitude") << "is " << problem.tanh_amplitude << ", not above 0";
    return Status::bad_scale;
  }
  if (!tanh && (problem.tanh_zero != 0 || problem.tanh_amplitude != 0)) {
    error->set(Status::unsupported, problem.tanh_zero != 0 ? "desc.tanh_zero" : "desc.tanh_amplitude")
        << "goes with OTTAVA_ACTIVATION_GEMMLOWP_TANH alone";
    return Status::unsupported;
  }
  return Status::ok;
}

Status check_rule(const Problem& problem, Error* error) {
  const Type type = problem.dst.type;
  if (is_quantized(type) && problem.rule == Rule::none) {
    error->set(Status::unsupported, "desc.rule")
        << "OTTAVA_RULE_NONE does not go with an " << name_of(type) << " dst: choose a rule that requantizes";
    return Status::unsupported;
  }
  if (type == Type::f32 && problem.rule != Rule::none) {
    error->set(Status::unsupported, "desc.rule")
        << "a requantization rule does not go with an f32 dst: use OTTAVA_RULE_NONE";
    return Status::unsupported;
  }
  if (problem.parameters == Parameters::integer && !is_fixed_point(problem.rule)) {
    error->set(Status::unsupported, "desc.parameters")
        << "integer parameters do not go with " << (problem.rule == Rule::none ? "OTTAVA_RULE_NONE" : "a float rule");
    return Status::unsupported;
  }
  if (problem.parameters == Parameters::real && is_multiply_shift(problem.rule)) {
    error->set(Status::unsupported, "desc.parameters")
        << "a multiply-and-shift rule does not go with real scales: give OTTAVA_PARAMETERS_INTEGER";
    return Status::unsupported;
  }
  return Status::ok;
}

Status check_output(const Problem& problem, Error* error) {
  const Type type = problem.dst.type;
  const Status rule = check_rule(problem, error);
  if (rule != Status::ok) return rule;
  if (problem.rule != Rule::none) {
    const Status status = check_zero_point(problem.dst.zero_point, type, "desc.dst_zero_point", error);
    if (status != Status::ok) return status;
  } else {
    const char* const without = type == Type::s32 ? " dst without a rule" : " dst";
    if (problem.dst.zero_point != 0) {
      error->set(Status::unsupported, "desc.dst_zero_point")
          << "a dst zero point does not go with an " << name_of(type) << without;
      return Status::unsupported;
    }
    if (problem.dst.scale != 1.0f) {
      error->set(Status::unsupported, "desc.dst_scale")
          << "a dst scale does not go with an " << name_of(type) << without;
      return Status::unsupported;
    }
  }

  if (kind_of(problem.clamp_min_f32) == Float::nan || kind_of(problem.clamp_max_f32) == Float::nan) {
    const bool min_is_nan = kind_of(problem.clamp_min_f32) == Float::nan;
    error->set(Status::bad_clamp, min_is_nan ? "desc.clamp_min_f32" : "desc.clamp_max_f32") << "is NaN";
    return Status::bad_clamp;
  }
  if (problem.clamp_min_f32 > problem.clamp_max_f32) {
    error->set(Status::bad_clamp, "desc.clamp_min_f32") << "is above desc.clamp_max_f32";
    return Status::bad_clamp;
  }
  if (problem.clamp_min > problem.clamp_max) {
    error->set(Status::bad_clamp, "desc.clamp_min")
        << "is " << problem.clamp_min << ", above desc.clamp_max, " << problem.clamp_max;
    return Status::bad_clamp;
  }
  const bool bounds_f32 =
      kind_of(problem.clamp_min_f32) != Float::infinite || kind_of(problem.clamp_max_f32) != Float::infinite;
  if (bounds_f32 && type != Type::f32) {
    error->set(Status::unsupported, "desc.clamp_min_f32")
        << "float bounds do not go with an " << name_of(type) << " dst";
    return Status::unsupported;
  }
  if (kind_of(problem.clamp_min_f32) == Float::infinite && problem.clamp_min_f32 > 0.0f) {
    error->set(Status::bad_clamp, "desc.clamp_min_f32") << "is plus infinity";
    return Status::bad_clamp;
  }
  if (kind_of(problem.clamp_max_f32) == Float::infinite && problem.clamp_max_f32 < 0.0f) {
    error->set(Status::bad_clamp, "desc.clamp_max_f32") << "is minus infinity";
    return Status::bad_clamp;
  }
  const bool bounds_integer = problem.clamp_min != INT32_MIN || problem.clamp_max != INT32_MAX;
  if (bounds_integer && type == Type::f32) {
    error->set(Status::unsupported, "desc.clamp_min") << "integer bounds do not go with an f32 dst";
    return Status::unsupported;
  }
  // INT32_MIN and INT32_MAX stand for "the end of the type"; anything else lies within it.
  const Range range = range_of(type);
  if (problem.clamp_min != INT32_MIN && (problem.clamp_min < range.min || problem.clamp_min > range.max)) {
    error->set(Status::bad_clamp, "desc.clamp_min") << "is " << problem.clamp_min << ", outside " << name_of(type);
    return Status::bad_clamp;
  }
  if (problem.clamp_max != INT32_MAX && (problem.clamp_max < range.min || problem.clamp_max > range.max)) {
    error->set(Status::bad_clamp, "desc.clamp_max") << "is " << problem.clamp_max << ", outside " << name_of(type);
    return Status::bad_clamp;
  }
  return Status::ok;
}

Status check_shape(const Problem& problem, Error* error) {
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

Status check_rhs_addresses(const Problem& problem, Error* error) {
  const bool by_row = problem.rhs.order == Order::row;
  const int64_t outer = by_row ? problem.k : problem.n;
  const int64_t inner = by_row ? problem.n : problem.k;
  const int64_t stride = problem.rhs_stride != 0 ? problem.rhs_stride : inner;
  int64_t reach = 0;
  const bool overflow = __builtin_mul_overflow(outer > 0 ? outer - 1 : 0, stride, &reach) ||
                        __builtin_add_overflow(reach < 0 ? -(reach + 1) : reach, inner, &reach) ||
                        static_cast<uint64_t>(reach) > static_cast<uint64_t>(PTRDIFF_MAX);
  if (!overflow) return Status::ok;
  error->set(Status::size_overflow, "desc.rhs_stride")
      << "is " << problem.rhs_stride << ": the weights would not fit the address space";
  return Status::size_overflow;
}

// Shifts that a rule takes as integer parameters, left positive.
Range shift_range(Rule rule) {
  if (rule == Rule::gemmlowp_by_fixed_point || is_multiply_shift(rule)) return {-31, 0};
  return rule == Rule::power_of_two ? Range{-32, 29} : Range{-31, 30};
}

Status check_integer_parameters(const Problem& problem, const Constants& constants, size_t channel, Error* error) {
  const int32_t multiplier = multiplier_of(problem, constants, channel);
  if (multiplier < 0 && !is_multiply_shift(problem.rule)) {
    error->set(Status::bad_multiplier, constants.multipliers != nullptr ? "constants.multipliers" : "desc.multiplier")
        << "of channel " << static_cast<uint64_t>(channel) << " is " << multiplier << ", negative";
    return Status::bad_multiplier;
  }
  const int32_t shift = shift_of(problem, constants, channel);
  const Range range = shift_range(problem.rule);
  if (shift < range.min || shift > range.max) {
    error->set(Status::bad_multiplier, constants.shifts != nullptr ? "constants.shifts" : "desc.shift")
        << "of channel " << static_cast<uint64_t>(channel) << " is " << shift << "; this rule takes " << range.min
        << " to " << range.max << ", left shifts positive";
    return Status::bad_multiplier;
  }
  return Status::ok;
}

// What a rule asks of real scales beyond their being finite and above 0.
Status check_real_parameters(const Problem& problem, const Constants& constants, size_t channel, Error* error) {
  if (problem.rule != Rule::gemmlowp_by_fixed_point && problem.rule != Rule::power_of_two) return Status::ok;
  const double scale = effective_scale_f64(problem, constants, channel);
  const FixedPoint factor = fixed_point(scale);
  uint64_t bits;
  __builtin_memcpy(&bits, &scale, sizeof bits);
  const bool power = (bits << 12) == 0 && factor.multiplier == 1 << 30;  // no fraction, and within the exponents
  const bool fits = problem.rule == Rule::power_of_two ? power : factor.exponent <= 0;
  if (fits) return Status::ok;
  error->set(Status::bad_scale, constants.rhs_scales != nullptr ? "constants.rhs_scales" : "desc.rhs_scale")
      << "of channel " << static_cast<uint64_t>(channel) << ": lhs_scale * rhs_scale / dst_scale "
      << (problem.rule == Rule::power_of_two
              ? "is no power of two between 2^-32 and 2^29, which OTTAVA_RULE_POWER_OF_TWO wants"
              : "is not below 1, which OTTAVA_RULE_GEMMLOWP_BY_FIXED_POINT wants");
  return Status::bad_scale;
}

}  // namespace

const char* fault_of_scale(float scale) {
  switch (kind_of(scale)) {
    case Float::positive: return nullptr;
    case Float::zero: return "is zero";
    case Float::negative: return "is negative";
    case Float::infinite: return "is infinite";
    case Float::nan: break;
  }
  return "is NaN";
}

Status validate(const Problem& problem, Error* error) {
  Status status = check_shape(problem, error);
  if (status == Status::ok) status = check_operands(problem, error);
  if (status == Status::ok) status = check_output(problem, error);
  if (status == Status::ok) status = check_activation(problem, error);
  if (status == Status::ok) status = check_rhs_addresses(problem, error);
  return status;
}

Status validate(const Problem& problem, const Constants& constants, Error* error) {
  if (constants.rhs == nullptr && problem.n != 0 && problem.k != 0 && !problem.runtime_rhs) {
    error->set(Status::null_pointer, "constants.rhs") << "is NULL, and there are weights";
    return Status::null_pointer;
  }
  if (constants.rhs != nullptr && problem.runtime_rhs) {
    error->set(Status::unsupported, "constants.rhs")
        << "does not go with OTTAVA_MATMUL_RUNTIME_RHS: give it with each run";
    return Status::unsupported;
  }
  if (constants.bias_f32 != nullptr && problem.dst.type != Type::f32 && problem.rule != Rule::float_nearest_even) {
    error->set(Status::unsupported, "constants.bias_f32")
        << "a float bias does not go with an " << name_of(problem.dst.type)
        << " dst under an integer rule or none: use bias";
    return Status::unsupported;
  }
  if (problem.activation == Activation::table && constants.table == nullptr) {
    error->set(Status::null_pointer, "constants.table") << "is NULL, and the activation is OTTAVA_ACTIVATION_TABLE";
    return Status::null_pointer;
  }
  if (constants.table != nullptr && problem.activation != Activation::table) {
    error->set(Status::unsupported, "constants.table") << "goes with OTTAVA_ACTIVATION_TABLE alone";
    return Status::unsupported;
  }

  if (problem.parameters == Parameters::real && (constants.multipliers != nullptr || constants.shifts != nullptr)) {
    error->set(Status::unsupported, constants.multipliers != nullptr ? "constants.multipliers" : "constants.shifts")
        << "does not go with real scales: give OTTAVA_PARAMETERS_INTEGER";
    return Status::unsupported;
  }

  const char* scale_argument = constants.rhs_scales != nullptr ? "constants.rhs_scales" : "desc.rhs_scale";
  const bool float_scale = problem.rule == Rule::float_nearest_even || problem.dst.type == Type::f32;
  for (size_t channel = 0; channel < distinct_channels(problem, constants); ++channel) {
    const float scale = rhs_scale(problem, constants, channel);
    if (const char* fault = fault_of_scale(scale)) {
      error->set(Status::bad_scale, scale_argument)
          << "of channel " << static_cast<uint64_t>(channel) << " " << fault << "; a scale is finite and above 0";
      return Status::bad_scale;
    }
    const bool infinite = kind_of(problem.lhs.scale * scale) == Float::infinite ||
                          kind_of(effective_scale_f32(problem, constants, channel)) == Float::infinite;
    if (float_scale && infinite && !has_row_scales(problem)) {
      error->set(Status::bad_scale, scale_argument) << "of channel " << static_cast<uint64_t>(channel)
                                                    << ": lhs_scale * rhs_scale / dst_scale is infinite in float32";
      return Status::bad_scale;
    }
    if (is_fixed_point(problem.rule)) {
      const Status status = problem.parameters == Parameters::integer
                                ? check_integer_parameters(problem, constants, channel, error)
                                : check_real_parameters(problem, constants, channel, error);
      if (status != Status::ok) return status;
    }
    const int32_t zero_point = rhs_zero_point(problem, constants, channel);
    const Range range = range_of(problem.rhs.type);
    if (zero_point < range.min || zero_point > range.max) {
      error->set(Status::bad_zero_point, "constants.rhs_zero_points")
          << "of channel " << static_cast<uint64_t>(channel) << " is " << zero_point << ", outside "
          << name_of(problem.rhs.type) << " (" << range.min << " to " << range.max << ")";
      return Status::bad_zero_point;
    }
    if (constants.bias_f32 != nullptr) {
      const Float kind = kind_of(constants.bias_f32[channel]);
      if (kind == Float::nan || kind == Float::infinite) {
        error->set(Status::bad_bias, "constants.bias_f32")
            << "of channel " << static_cast<uint64_t>(channel) << (kind == Float::nan ? " is NaN" : " is infinite");
        return Status::bad_bias;
      }
      if (kind_of(constants.bias_f32[channel] / problem.dst.scale) == Float::infinite) {
        error->set(Status::bad_bias, "constants.bias_f32")
            << "of channel " << static_cast<uint64_t>(channel) << ": divided by dst_scale it is infinite";
        return Status::bad_bias;
      }
    }
  }
  return Status::ok;
}

}  // namespace ottava
