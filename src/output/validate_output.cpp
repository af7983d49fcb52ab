#include "output/validate_output.h"

#include "output/addition_plan.h"
#include "output/factor.h"

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

Status check_activation(const Output& output, Error* error) {
  const bool tanh = output.activation == Activation::gemmlowp_tanh;
  const bool table = output.activation == Activation::table;
  if ((table && !is_8bit(output.type)) || (tanh && output.type != Type::s32)) {
    error->set(Status::unsupported, "output.activation")
        << (table ? "OTTAVA_ACTIVATION_TABLE" : "OTTAVA_ACTIVATION_GEMMLOWP_TANH") << " does not go with an "
        << name_of(output.type) << " dst";
    return Status::unsupported;
  }
  if (tanh && output.tanh_amplitude <= 0) {
    error->set(Status::bad_scale, "output.tanh_amplitude") << "is " << output.tanh_amplitude << ", not above 0";
    return Status::bad_scale;
  }
  if (!tanh && (output.tanh_zero != 0 || output.tanh_amplitude != 0)) {
    error->set(Status::unsupported, output.tanh_zero != 0 ? "output.tanh_zero" : "output.tanh_amplitude")
        << "is " << (output.tanh_zero != 0 ? output.tanh_zero : output.tanh_amplitude)
        << ", and goes with OTTAVA_ACTIVATION_GEMMLOWP_TANH alone";
    return Status::unsupported;
  }
  return Status::ok;
}

Status check_requantization(const Output& output, Error* error) {
  const Requantization way = output.requantization;
  if (is_quantized(output.type) && way == Requantization::none) {
    error->set(Status::unsupported, "output.requantization")
        << "OTTAVA_REQUANTIZE_NONE does not go with an " << name_of(output.type) << " dst: choose another";
    return Status::unsupported;
  }
  if (output.type == Type::f32 && way != Requantization::none) {
    error->set(Status::unsupported, "output.requantization")
        << "is " << static_cast<uint32_t>(way)
        << ", and a requantization does not go with an f32 dst: use OTTAVA_REQUANTIZE_NONE";
    return Status::unsupported;
  }
  if (output.parameters == Parameters::integer && !is_fixed_point(way)) {
    error->set(Status::unsupported, "output.parameters")
        << "integer parameters do not go with "
        << (way == Requantization::none ? "OTTAVA_REQUANTIZE_NONE" : "a float requantization");
    return Status::unsupported;
  }
  if (output.parameters == Parameters::real_float_product && !is_fixed_point(way)) {
    error->set(Status::unsupported, "output.parameters")
        << "OTTAVA_PARAMETERS_REAL_FLOAT_PRODUCT does not go with "
        << (way == Requantization::none ? "OTTAVA_REQUANTIZE_NONE" : "a float requantization")
        << ", which has its own order in float32: give OTTAVA_PARAMETERS_REAL";
    return Status::unsupported;
  }
  if (output.parameters != Parameters::integer && is_multiply_shift(way)) {
    error->set(Status::unsupported, "output.parameters")
        << "a multiply-and-shift requantization does not go with real scales: give OTTAVA_PARAMETERS_INTEGER";
    return Status::unsupported;
  }
  return Status::ok;
}

Status check_scale_and_zero_point(const Output& output, Error* error) {
  const Status status = check_scale(output.scale, "output.scale", error);
  if (status != Status::ok) return status;
  if (output.requantization != Requantization::none) {
    return check_zero_point(output.zero_point, output.type, "output.zero_point", error);
  }
  if (output.zero_point == 0 && output.scale == 1.0f) return Status::ok;
  const bool is_zero_point = output.zero_point != 0;
  Text message = error->set(Status::unsupported, is_zero_point ? "output.zero_point" : "output.scale") << "is ";
  is_zero_point ? message << output.zero_point : message << output.scale;
  message << (is_zero_point ? ", and a zero point" : ", and a scale") << " does not go with an " << name_of(output.type)
          << " dst" << (output.type == Type::s32 ? " without requantization" : "");
  return Status::unsupported;
}

// A clamp to 0 alone is what a structure of zeros has.
Status refuse_clamp_of_zeros(const char* argument, const char* other, const char* defaults, Error* error) {
  error->set(Status::bad_clamp, argument)
      << "and " << other << " are both 0, which lets one value through: the defaults, " << defaults
      << ", come from ottava_output_init";
  return Status::bad_clamp;
}

Status check_clamp(const Output& output, Error* error) {
  if (output.clamp_min == 0 && output.clamp_max == 0) {
    return refuse_clamp_of_zeros("output.clamp_min", "clamp_max", "INT32_MIN and INT32_MAX", error);
  }
  if (output.clamp_min > output.clamp_max) {
    error->set(Status::bad_clamp, "output.clamp_min")
        << "is " << output.clamp_min << ", above output.clamp_max, " << output.clamp_max;
    return Status::bad_clamp;
  }
  if (output.type == Type::f32 && (output.clamp_min != INT32_MIN || output.clamp_max != INT32_MAX)) {
    error->set(Status::unsupported, "output.clamp_min")
        << "integer bounds (" << output.clamp_min << " to " << output.clamp_max << ") do not go with an f32 dst";
    return Status::unsupported;
  }
  // INT32_MIN and INT32_MAX stand for "the end of the type"; anything else lies within it.
  const Range range = range_of(output.type);
  const struct {
    int32_t bound, unbounded;
    const char* argument;
  } bounds[] = {{output.clamp_min, INT32_MIN, "output.clamp_min"}, {output.clamp_max, INT32_MAX, "output.clamp_max"}};
  for (const auto& entry : bounds) {
    if (entry.bound == entry.unbounded || (entry.bound >= range.min && entry.bound <= range.max)) continue;
    error->set(Status::bad_clamp, entry.argument) << "is " << entry.bound << ", outside " << name_of(output.type);
    return Status::bad_clamp;
  }
  return Status::ok;
}

Status check_clamp_f32(const Output& output, Error* error) {
  const float low = output.clamp_min_f32;
  const float high = output.clamp_max_f32;
  const bool low_is_nan = kind_of(low) == Float::nan;
  if (low_is_nan || kind_of(high) == Float::nan) {
    error->set(Status::bad_clamp, low_is_nan ? "output.clamp_min_f32" : "output.clamp_max_f32") << "is NaN";
    return Status::bad_clamp;
  }
  if (low == 0.0f && high == 0.0f) {
    return refuse_clamp_of_zeros("output.clamp_min_f32", "clamp_max_f32", "the infinities", error);
  }
  if (low > high) {
    error->set(Status::bad_clamp, "output.clamp_min_f32") << "is " << low << ", above output.clamp_max_f32, " << high;
    return Status::bad_clamp;
  }
  const bool low_is_infinite = is_infinite(low);
  const bool high_is_infinite = is_infinite(high);
  if (output.type != Type::f32 && !(low_is_infinite && high_is_infinite)) {
    error->set(Status::unsupported, "output.clamp_min_f32")
        << "float bounds (" << low << " to " << high << ") do not go with an " << name_of(output.type) << " dst";
    return Status::unsupported;
  }
  if (low_is_infinite && low > 0.0f) {
    error->set(Status::bad_clamp, "output.clamp_min_f32") << "is plus infinity";
    return Status::bad_clamp;
  }
  if (high_is_infinite && high < 0.0f) {
    error->set(Status::bad_clamp, "output.clamp_max_f32") << "is minus infinity";
    return Status::bad_clamp;
  }
  return Status::ok;
}

// Shifts that a requantization takes as integer parameters, left positive.
Range shift_range(Requantization way) {
  if (way == Requantization::gemmlowp_by_fixed_point || is_multiply_shift(way)) return {-31, 0};
  if (way == Requantization::power_of_two) return {-32, 29};
  return {-31, way == Requantization::fixed_two_roundings ? 31 : 30};
}

Status check_integer_parameters(const Output& output, const OutputArrays& arrays, size_t channel, Error* error) {
  const int32_t multiplier = multiplier_of(output, arrays, channel);
  if (multiplier == 0 && arrays.multipliers == nullptr && output.requantization != Requantization::power_of_two) {
    error->set(Status::bad_multiplier, "output.multiplier")
        << "is 0 and output.multipliers NULL: every result would be the zero point";
    return Status::bad_multiplier;
  }
  if (multiplier < 0 && !is_multiply_shift(output.requantization)) {
    error->set(Status::bad_multiplier, arrays.multipliers != nullptr ? "output.multipliers" : "output.multiplier")
        << "of channel " << static_cast<uint64_t>(channel) << " is " << multiplier << ", negative";
    return Status::bad_multiplier;
  }
  const int32_t shift = shift_of(output, arrays, channel);
  const Range range = shift_range(output.requantization);
  if (shift < range.min || shift > range.max) {
    error->set(Status::bad_multiplier, arrays.shifts != nullptr ? "output.shifts" : "output.shift")
        << "of channel " << static_cast<uint64_t>(channel) << " is " << shift << "; this requantization takes "
        << range.min << " to " << range.max << ", left shifts positive";
    return Status::bad_multiplier;
  }
  return Status::ok;
}

constexpr AdditionNames kAdditionNames = {"output.zero_point",
                                          "output.scale",
                                          "output.addition.second_zero_point",
                                          "output.addition.second_scale",
                                          "output.addition.zero_point",
                                          "output.addition.scale",
                                          "output.addition.clamp_min",
                                          "output.addition.clamp_max"};

}  // namespace

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

void explain_scale(float scale, Text& text) {
  text << fault_of_scale(scale);
  if (scale < 0.0f) text << ", " << scale;
  text << "; a scale is finite and above 0";
}

bool is_infinite(float value) { return kind_of(value) == Float::infinite; }

Status check_scale(float scale, const char* argument, Error* error) {
  if (fault_of_scale(scale) == nullptr) return Status::ok;
  Text message = error->set(Status::bad_scale, argument);
  explain_scale(scale, message);
  return Status::bad_scale;
}

Status check_zero_point(int32_t zero_point, Type type, const char* argument, Error* error) {
  const Range range = range_of(type);
  if (zero_point >= range.min && zero_point <= range.max) return Status::ok;
  error->set(Status::bad_zero_point, argument)
      << "is " << zero_point << ", outside " << name_of(type) << " (" << range.min << " to " << range.max << ")";
  return Status::bad_zero_point;
}

Status validate_output(const Output& output, Error* error) {
  Status status = check_requantization(output, error);
  if (status == Status::ok) status = check_scale_and_zero_point(output, error);
  if (status == Status::ok) status = check_clamp(output, error);
  if (status == Status::ok) status = check_clamp_f32(output, error);
  if (status == Status::ok) status = check_activation(output, error);
  return status == Status::ok && output.adds ? validate_addition(output.addition, kAdditionNames, error) : status;
}

Status validate_arrays(const Output& output, const OutputArrays& arrays, Error* error) {
  const Requantization way = output.requantization;
  if (arrays.bias_f32 != nullptr && output.type != Type::f32 && way != Requantization::float_nearest_even) {
    error->set(Status::unsupported, "output.bias_f32") << "a float bias does not go with an " << name_of(output.type)
                                                       << " dst under an integer requantization or none: use bias";
    return Status::unsupported;
  }
  if (output.activation == Activation::table && arrays.table == nullptr) {
    error->set(Status::null_pointer, "output.table") << "is NULL, and the activation is OTTAVA_ACTIVATION_TABLE";
    return Status::null_pointer;
  }
  if (arrays.table != nullptr && output.activation != Activation::table) {
    error->set(Status::unsupported, "output.table") << "goes with OTTAVA_ACTIVATION_TABLE alone";
    return Status::unsupported;
  }
  if (output.parameters != Parameters::integer && (arrays.multipliers != nullptr || arrays.shifts != nullptr)) {
    error->set(Status::unsupported, arrays.multipliers != nullptr ? "output.multipliers" : "output.shifts")
        << "does not go with real scales: give OTTAVA_PARAMETERS_INTEGER";
    return Status::unsupported;
  }
  return Status::ok;
}

Status validate_channel(const Output& output, const OutputArrays& arrays, size_t channel, Error* error) {
  if (output.parameters == Parameters::integer) {
    const Status status = check_integer_parameters(output, arrays, channel, error);
    if (status != Status::ok) return status;
  }
  if (arrays.bias_f32 == nullptr) return Status::ok;
  const float bias = arrays.bias_f32[channel];
  const bool fits = kind_of(bias) != Float::nan && !is_infinite(bias / output.scale);
  if (fits) return Status::ok;
  Text message = error->set(Status::bad_bias, "output.bias_f32");
  message << "of channel " << static_cast<uint64_t>(channel);
  if (kind_of(bias) == Float::nan || is_infinite(bias)) {
    message << (is_infinite(bias) ? " is infinite" : " is NaN");
  } else {
    message << " is " << bias << ": divided by output.scale it is infinite";
  }
  return Status::bad_bias;
}

Status validate_accumulator_scale(const Output& output, double scale, const char* argument, const size_t* channel,
                                  Error* error) {
  if (output.parameters == Parameters::integer) return Status::ok;
  const char* fault = nullptr;
  const char* const infinite = "infinite in float32";
  if (output.parameters == Parameters::real_float_product && is_infinite(static_cast<float>(scale))) fault = infinite;
  switch (output.requantization) {
    case Requantization::power_of_two: {
      const double effective = effective_scale_f64(output, scale);
      uint64_t bits;
      __builtin_memcpy(&bits, &effective, sizeof bits);
      const bool within = fixed_point(effective).multiplier == 1 << 30;  // the exponents
      if ((bits << 12) != 0 || !within) {
        fault = "no power of two between 2^-32 and 2^29, which OTTAVA_REQUANTIZE_POWER_OF_TWO wants";
      }
      break;
    }
    case Requantization::gemmlowp_by_fixed_point:
      if (fixed_point(effective_scale_f64(output, scale)).exponent > 0) {
        fault = "not below 1, which OTTAVA_REQUANTIZE_GEMMLOWP_BY_FIXED_POINT wants";
      }
      break;
    case Requantization::float_nearest_even:
    case Requantization::none:
      if (output.type == Type::s32 && output.requantization == Requantization::none) break;
      if (is_infinite(static_cast<float>(scale)) || is_infinite(effective_scale_f32(output, scale))) {
        fault = infinite;
      }
      break;
    default: break;
  }
  if (fault == nullptr) return Status::ok;
  Text message = error->set(Status::bad_scale, argument);
  if (channel != nullptr) message << "of channel " << static_cast<uint64_t>(*channel) << ": ";
  message << "the effective scale, accumulator scale / output.scale, is " << effective_scale_f64(output, scale) << ", "
          << fault;
  return Status::bad_scale;
}

}  // namespace ottava
