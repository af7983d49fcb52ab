#include "output.h"

using namespace ottava;

#define OTTAVA_SAME_VALUE(c_name, name) \
  static_assert(c_name == static_cast<uint32_t>(name), "the C ABI pins this value")
OTTAVA_SAME_VALUE(OTTAVA_TYPE_S8, Type::s8);
OTTAVA_SAME_VALUE(OTTAVA_TYPE_U8, Type::u8);
OTTAVA_SAME_VALUE(OTTAVA_TYPE_S16, Type::s16);
OTTAVA_SAME_VALUE(OTTAVA_TYPE_S32, Type::s32);
OTTAVA_SAME_VALUE(OTTAVA_TYPE_F32, Type::f32);
OTTAVA_SAME_VALUE(OTTAVA_REQUANTIZE_NONE, Requantization::none);
OTTAVA_SAME_VALUE(OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS, Requantization::fixed_two_roundings);
OTTAVA_SAME_VALUE(OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING, Requantization::fixed_one_rounding);
OTTAVA_SAME_VALUE(OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN, Requantization::float_nearest_even);
OTTAVA_SAME_VALUE(OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS_SATURATING, Requantization::fixed_two_roundings_saturating);
OTTAVA_SAME_VALUE(OTTAVA_REQUANTIZE_GEMMLOWP_BY_FIXED_POINT, Requantization::gemmlowp_by_fixed_point);
OTTAVA_SAME_VALUE(OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING_AWAY, Requantization::fixed_one_rounding_away);
OTTAVA_SAME_VALUE(OTTAVA_REQUANTIZE_FIXED_ACL_FUSED, Requantization::fixed_acl_fused);
OTTAVA_SAME_VALUE(OTTAVA_REQUANTIZE_FIXED_16_BIT_MULTIPLIER, Requantization::fixed_16_bit_multiplier);
OTTAVA_SAME_VALUE(OTTAVA_REQUANTIZE_POWER_OF_TWO, Requantization::power_of_two);
OTTAVA_SAME_VALUE(OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_FLOOR, Requantization::multiply_shift_floor);
OTTAVA_SAME_VALUE(OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_UP, Requantization::multiply_shift_half_up);
OTTAVA_SAME_VALUE(OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_AWAY, Requantization::multiply_shift_half_away);
OTTAVA_SAME_VALUE(OTTAVA_PARAMETERS_REAL, Parameters::real);
OTTAVA_SAME_VALUE(OTTAVA_PARAMETERS_INTEGER, Parameters::integer);
OTTAVA_SAME_VALUE(OTTAVA_PARAMETERS_REAL_FLOAT_PRODUCT, Parameters::real_float_product);
OTTAVA_SAME_VALUE(OTTAVA_ADD_TFLITE, AddArithmetic::tflite);
OTTAVA_SAME_VALUE(OTTAVA_ADD_QNNPACK, AddArithmetic::qnnpack);
OTTAVA_SAME_VALUE(OTTAVA_ADD_XNNPACK, AddArithmetic::xnnpack);
OTTAVA_SAME_VALUE(OTTAVA_ACTIVATION_NONE, Activation::none);
OTTAVA_SAME_VALUE(OTTAVA_ACTIVATION_TABLE, Activation::table);
OTTAVA_SAME_VALUE(OTTAVA_ACTIVATION_GEMMLOWP_TANH, Activation::gemmlowp_tanh);
#undef OTTAVA_SAME_VALUE

Status ottava::refuse_listed(const char* argument, uint32_t value, const char* offered, Error* error) {
  error->set(Status::bad_type, argument) << "is " << value << "; offered: " << offered;
  return Status::bad_type;
}

namespace {

// What an output adds: the first tensor is its own.
Status read_output_addition(const ottava_add_desc& caller, Output* output, Error* error) {
  ottava_add_desc read;
  const Status status = read_addition(caller, true, &read, &output->addition, error);
  if (status != Status::ok) return status;
  if (!is_8bit(output->type)) {
    error->set(Status::unsupported, "output.addition") << "goes with an output to s8 or u8 alone";
    return Status::unsupported;
  }
  output->adds = true;
  output->addition.is_unsigned = output->type == Type::u8;
  output->addition.first_zero_point = output->zero_point;
  output->addition.first_scale = output->scale;
  return Status::ok;
}

}  // namespace

Status ottava::read_addition(const ottava_add_desc& caller, bool nested, ottava_add_desc* read, Addition* addition,
                             Error* error) {
  *read = OTTAVA_ADD_DESC_INIT;
  Status status = read_struct(caller, sizeof *read, nested ? "output.addition" : "desc", read, error);
  if (status != Status::ok) return status;
  if ((read->flags & ~OTTAVA_ADD_SUBTRACT) != 0) {
    error->set(Status::bad_option, nested ? "output.addition.flags" : "desc.flags")
        << "is " << read->flags << ", with a flag that is not defined";
    return Status::bad_option;
  }
  if (read->arithmetic > OTTAVA_ADD_XNNPACK) {
    return refuse_listed(nested ? "output.addition.arithmetic" : "desc.arithmetic", read->arithmetic,
                         "OTTAVA_ADD_TFLITE (0), OTTAVA_ADD_QNNPACK (1), OTTAVA_ADD_XNNPACK (2)", error);
  }
  addition->arithmetic = static_cast<AddArithmetic>(read->arithmetic);
  addition->subtract = (read->flags & OTTAVA_ADD_SUBTRACT) != 0;
  addition->is_unsigned = read->type == OTTAVA_TYPE_U8;
  addition->first_zero_point = read->first_zero_point;
  addition->first_scale = read->first_scale;
  addition->second_zero_point = read->second_zero_point;
  addition->second_scale = read->second_scale;
  addition->zero_point = read->zero_point;
  addition->scale = read->scale;
  addition->clamp_min = read->clamp_min;
  addition->clamp_max = read->clamp_max;
  return Status::ok;
}

Status ottava::refuse_channels(const Output& output, const OutputArrays& arrays, const char* words, Error* error) {
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
    error->set(Status::unsupported, entry.argument) << words;
    return Status::unsupported;
  }
  return Status::ok;
}

Status ottava::read_output(const ottava_output* caller, Output* output, OutputArrays* arrays, Error* error,
                           Adding adding) {
  ottava_output read = OTTAVA_OUTPUT_INIT;
  Status status = read_struct(*caller, sizeof(ottava_output), "output", &read, error);
  if (status != Status::ok) return status;
  if (read.flags != 0) {
    error->set(Status::bad_option, "output.flags") << "is " << read.flags << "; no flag is defined";
    return Status::bad_option;
  }
  const ListedValue listed[] = {
      {"output.type", read.type, OTTAVA_TYPE_S8, OTTAVA_TYPE_F32,
       "OTTAVA_TYPE_S8 (1), OTTAVA_TYPE_U8 (2), OTTAVA_TYPE_S16 (3), OTTAVA_TYPE_S32 (4), OTTAVA_TYPE_F32 (5)"},
      {"output.requantization", read.requantization, 0, OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_AWAY,
       "OTTAVA_REQUANTIZE_NONE (0) to OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_AWAY (12)"},
      {"output.parameters", read.parameters, 0, OTTAVA_PARAMETERS_REAL_FLOAT_PRODUCT,
       "OTTAVA_PARAMETERS_REAL (0), OTTAVA_PARAMETERS_INTEGER (1), OTTAVA_PARAMETERS_REAL_FLOAT_PRODUCT (2)"},
      {"output.activation", read.activation, 0, OTTAVA_ACTIVATION_GEMMLOWP_TANH,
       "OTTAVA_ACTIVATION_NONE (0), OTTAVA_ACTIVATION_TABLE (1), OTTAVA_ACTIVATION_GEMMLOWP_TANH (2)"},
  };
  status = check_listed(listed, error);
  if (status != Status::ok) return status;

  output->type = static_cast<Type>(read.type);
  output->zero_point = read.zero_point;
  output->scale = read.scale;
  output->requantization = static_cast<Requantization>(read.requantization);
  output->parameters = static_cast<Parameters>(read.parameters);
  output->multiplier = read.multiplier;
  output->shift = read.shift;
  output->clamp_min = read.clamp_min;
  output->clamp_max = read.clamp_max;
  output->clamp_min_f32 = read.clamp_min_f32;
  output->clamp_max_f32 = read.clamp_max_f32;
  output->activation = static_cast<Activation>(read.activation);
  output->tanh_zero = read.tanh_zero;
  output->tanh_amplitude = read.tanh_amplitude;
  arrays->bias = read.bias;
  arrays->bias_f32 = read.bias_f32;
  arrays->multipliers = read.multipliers;
  arrays->shifts = read.shifts;
  arrays->table = static_cast<const uint8_t*>(read.table);
  if (read.addition == nullptr) return Status::ok;
  if (adding == Adding::taken) return read_output_addition(*read.addition, output, error);
  error->set(Status::unsupported, "output.addition") << "does not go with this: use the layer, ottava_add_create";
  return Status::unsupported;
}
