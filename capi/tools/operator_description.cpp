#include "operator_description.h"

namespace ottava::tools {

const Words kEightBitTypes = {{"s8", OTTAVA_TYPE_S8}, {"u8", OTTAVA_TYPE_U8}};

const Words kTypes = {{"s8", OTTAVA_TYPE_S8},
                      {"u8", OTTAVA_TYPE_U8},
                      {"s16", OTTAVA_TYPE_S16},
                      {"s32", OTTAVA_TYPE_S32},
                      {"f32", OTTAVA_TYPE_F32}};
const Words kRequantizations = {{"none", OTTAVA_REQUANTIZE_NONE},
                                {"fixed_two_roundings", OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS},
                                {"fixed_one_rounding", OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING},
                                {"float_nearest_even", OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN},
                                {"fixed_two_roundings_saturating", OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS_SATURATING},
                                {"gemmlowp_by_fixed_point", OTTAVA_REQUANTIZE_GEMMLOWP_BY_FIXED_POINT},
                                {"fixed_one_rounding_away", OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING_AWAY},
                                {"fixed_acl_fused", OTTAVA_REQUANTIZE_FIXED_ACL_FUSED},
                                {"fixed_16_bit_multiplier", OTTAVA_REQUANTIZE_FIXED_16_BIT_MULTIPLIER},
                                {"power_of_two", OTTAVA_REQUANTIZE_POWER_OF_TWO},
                                {"multiply_shift_floor", OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_FLOOR},
                                {"multiply_shift_half_up", OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_UP},
                                {"multiply_shift_half_away", OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_AWAY}};

namespace {

const Words kParameters = {{"real", OTTAVA_PARAMETERS_REAL},
                           {"real_float_product", OTTAVA_PARAMETERS_REAL_FLOAT_PRODUCT},
                           {"integer", OTTAVA_PARAMETERS_INTEGER}};
const Words kActivations = {{"none", OTTAVA_ACTIVATION_NONE},
                            {"table", OTTAVA_ACTIVATION_TABLE},
                            {"gemmlowp_tanh", OTTAVA_ACTIVATION_GEMMLOWP_TANH}};
const Words kAdditions = {
    {"tflite", OTTAVA_ADD_TFLITE}, {"qnnpack", OTTAVA_ADD_QNNPACK}, {"xnnpack", OTTAVA_ADD_XNNPACK}};

constexpr std::uint32_t kS32 = OTTAVA_TYPE_S32;
constexpr std::uint32_t kF32 = OTTAVA_TYPE_F32;

}  // namespace

void OperatorDescription::read() {
  std::vector<Key> all = keys();
  for (Key& key : output_keys()) all.push_back(std::move(key));
  description_.read(all);
  if (description_.mentions("output.addition.")) output_.addition = &addition_;
}

Key OperatorDescription::per_channel_key(const char* name, const std::int32_t** to) {
  return array_key(name, to, &kS32, [this] { return std::vector<std::int64_t>{channels()}; });
}
Key OperatorDescription::per_channel_key(const char* name, const float** to) {
  return array_key(name, to, &kF32, [this] { return std::vector<std::int64_t>{channels()}; });
}

void OperatorDescription::refuse(const ottava_error& error) const {
  std::string key = error.argument;  // "desc.lhs_scale", "constants.rhs", "output.shifts[3]"
  for (const char* structure : {"desc.", "constants."}) {
    if (key.rfind(structure, 0) == 0) key.erase(0, std::string(structure).size());
  }
  const char* const words = error.status == OTTAVA_NULL_POINTER ? "is missing, expected a file" : error.message;
  throw Refused(description_.where(key.substr(0, key.find('['))) + ": " + words);
}

std::vector<Key> OperatorDescription::output_keys() {
  return {
      word_key("output.type", &output_.type, kTypes),
      integer_key("output.zero_point", &output_.zero_point),
      real_key("output.scale", &output_.scale),
      word_key("output.requantization", &output_.requantization, kRequantizations),
      word_key("output.parameters", &output_.parameters, kParameters),
      integer_key("output.multiplier", &output_.multiplier),
      integer_key("output.shift", &output_.shift),
      integer_key("output.clamp_min", &output_.clamp_min),
      integer_key("output.clamp_max", &output_.clamp_max),
      real_key("output.clamp_min_f32", &output_.clamp_min_f32),
      real_key("output.clamp_max_f32", &output_.clamp_max_f32),
      word_key("output.activation", &output_.activation, kActivations),
      integer_key("output.tanh_zero", &output_.tanh_zero),
      integer_key("output.tanh_amplitude", &output_.tanh_amplitude),
      per_channel_key("output.bias", &output_.bias),
      per_channel_key("output.bias_f32", &output_.bias_f32),
      per_channel_key("output.multipliers", &output_.multipliers),
      per_channel_key("output.shifts", &output_.shifts),
      array_key("output.table", &output_.table, &output_.type, [] { return std::vector<std::int64_t>{256}; }),
      flag_key("output.addition.subtract", &addition_.flags, OTTAVA_ADD_SUBTRACT),
      word_key("output.addition.arithmetic", &addition_.arithmetic, kAdditions),
      integer_key("output.addition.second_zero_point", &addition_.second_zero_point),
      real_key("output.addition.second_scale", &addition_.second_scale),
      integer_key("output.addition.zero_point", &addition_.zero_point),
      real_key("output.addition.scale", &addition_.scale),
      integer_key("output.addition.clamp_min", &addition_.clamp_min),
      integer_key("output.addition.clamp_max", &addition_.clamp_max),
  };
}

}  // namespace ottava::tools
