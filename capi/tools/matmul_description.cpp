#include "matmul_description.h"

#include <utility>

namespace ottava::tools {
namespace {

const Words kTypes = {{"s8", OTTAVA_TYPE_S8},
                      {"u8", OTTAVA_TYPE_U8},
                      {"s16", OTTAVA_TYPE_S16},
                      {"s32", OTTAVA_TYPE_S32},
                      {"f32", OTTAVA_TYPE_F32}};
const Words kBytes = {{"s8", OTTAVA_TYPE_S8}, {"u8", OTTAVA_TYPE_U8}};
const Words kLhsTypes = {{"s8", OTTAVA_TYPE_S8}, {"u8", OTTAVA_TYPE_U8}, {"f32", OTTAVA_TYPE_F32}};
const Words kOrders = {{"row", OTTAVA_ORDER_ROW}, {"column", OTTAVA_ORDER_COLUMN}};
const Words kQuantizations = {{"none", OTTAVA_QUANTIZE_NONE},
                              {"divide", OTTAVA_QUANTIZE_DIVIDE},
                              {"multiply", OTTAVA_QUANTIZE_MULTIPLY},
                              {"tflite_symmetric", OTTAVA_QUANTIZE_TFLITE_SYMMETRIC},
                              {"tflite_asymmetric", OTTAVA_QUANTIZE_TFLITE_ASYMMETRIC},
                              {"xnnpack", OTTAVA_QUANTIZE_XNNPACK},
                              {"kleidiai", OTTAVA_QUANTIZE_KLEIDIAI},
                              {"onnx_dynamic", OTTAVA_QUANTIZE_ONNX_DYNAMIC}};
const Words kParameters = {{"real", OTTAVA_PARAMETERS_REAL},
                           {"real_float_product", OTTAVA_PARAMETERS_REAL_FLOAT_PRODUCT},
                           {"integer", OTTAVA_PARAMETERS_INTEGER}};
const Words kActivations = {{"none", OTTAVA_ACTIVATION_NONE},
                            {"table", OTTAVA_ACTIVATION_TABLE},
                            {"gemmlowp_tanh", OTTAVA_ACTIVATION_GEMMLOWP_TANH}};
const Words kAdditions = {
    {"tflite", OTTAVA_ADD_TFLITE}, {"qnnpack", OTTAVA_ADD_QNNPACK}, {"xnnpack", OTTAVA_ADD_XNNPACK}};

constexpr std::int64_t kMostElements = std::int64_t{1} << 40;  // of one array

}  // namespace

const Words& requantizations() {
  static const Words words = {{"none", OTTAVA_REQUANTIZE_NONE},
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
  return words;
}

MatmulDescription::MatmulDescription(const Description& description) : description_(description) {
  description_.read(keys());
  if (description_.mentions("output.addition.")) output_.addition = &addition_;
  const std::string rhs = description_.where("rhs");
  if (constants_.rhs == nullptr && desc_.n != 0 && desc_.k != 0) {
    throw Refused(rhs + ": is missing, expected the file of the weights");
  }
}

Matmul MatmulDescription::create(const ottava_context* context) const {
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_matmul* matmul = nullptr;
  if (ottava_matmul_create(context, &desc_, &output_, &constants_, &matmul, &error) == OTTAVA_OK) {
    return Matmul(matmul);
  }
  std::string key = error.argument;  // "desc.lhs_scale", "constants.rhs", "output.shifts[3]"
  for (const char* structure : {"desc.", "constants."}) {
    if (key.rfind(structure, 0) == 0) key.erase(0, std::string(structure).size());
  }
  throw Refused(description_.where(key.substr(0, key.find('['))) + ": " + error.message);
}

// The table of a matmul's keys. Those of `flags` stand as words of their own.
std::vector<Key> MatmulDescription::keys() {
  std::vector<Key> keys = {
      integer_key("n", &desc_.n),
      integer_key("k", &desc_.k),
      integer_key("max_m", &desc_.max_m),
      word_key("lhs_type", &desc_.lhs_type, kLhsTypes),
      word_key("lhs_order", &desc_.lhs_order, kOrders),
      integer_key("lhs_zero_point", &desc_.lhs_zero_point),
      real_key("lhs_scale", &desc_.lhs_scale),
      word_key("lhs_quantization", &desc_.lhs_quantization, kQuantizations),
      word_key("lhs_quantized_type", &desc_.lhs_quantized_type, kBytes),
      weights_key(),
      word_key("rhs_type", &desc_.rhs_type, kBytes),
      word_key("rhs_order", &desc_.rhs_order, kOrders),
      integer_key("rhs_zero_point", &desc_.rhs_zero_point),
      vector_key("rhs_zero_points", &constants_.rhs_zero_points, OTTAVA_TYPE_S32),
      real_key("rhs_scale", &desc_.rhs_scale),
      vector_key("rhs_scales", &constants_.rhs_scales, OTTAVA_TYPE_F32),
      word_key("dst_order", &desc_.dst_order, kOrders),
      flag_key("allow_wrap", &desc_.flags, OTTAVA_MATMUL_ALLOW_WRAP),
      flag_key("weights_left", &desc_.flags, OTTAVA_MATMUL_WEIGHTS_LEFT),
      flag_key("lhs_row_scales", &desc_.flags, OTTAVA_MATMUL_LHS_ROW_SCALES),
      flag_key("lhs_row_zero_points", &desc_.flags, OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS),
  };
  keys[0].required = keys[1].required = true;
  for (Key& key : output_keys()) keys.push_back(std::move(key));
  return keys;
}

std::vector<Key> MatmulDescription::output_keys() {
  return {
      word_key("output.type", &output_.type, kTypes),
      integer_key("output.zero_point", &output_.zero_point),
      real_key("output.scale", &output_.scale),
      word_key("output.requantization", &output_.requantization, requantizations()),
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
      vector_key("output.bias", &output_.bias, OTTAVA_TYPE_S32),
      vector_key("output.bias_f32", &output_.bias_f32, OTTAVA_TYPE_F32),
      vector_key("output.multipliers", &output_.multipliers, OTTAVA_TYPE_S32),
      vector_key("output.shifts", &output_.shifts, OTTAVA_TYPE_S32),
      table_key(),
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

// Arrays are read when all numbers are known.
std::int64_t MatmulDescription::size(const char* key, std::int64_t value) const {
  if (value >= 0 && value <= kMostElements) return value;
  throw Refused(description_.where(key) + ": is " + std::to_string(value) + ", expected 0 to " +
                std::to_string(kMostElements));
}

template <class Value>
Key MatmulDescription::vector_key(const char* name, const Value** to, std::uint32_t type) {
  return {name, "a file", nullptr, [this, to, type](const std::string& path) {
            arrays_.push_back(read_array(path, {type, 1, size("n", desc_.n), false}));
            *to = reinterpret_cast<const Value*>(arrays_.back().elements.data());
          }};
}

Key MatmulDescription::weights_key() {
  return {"rhs", "a file", nullptr, [this](const std::string& path) {
            std::int64_t rows = size("k", desc_.k), columns = size("n", desc_.n);
            if (columns != 0 && rows > kMostElements / columns) {
              throw Refused(description_.where("k") + ": times n is more than " + std::to_string(kMostElements) +
                            ", expected no more");
            }
            const bool left = (desc_.flags & OTTAVA_MATMUL_WEIGHTS_LEFT) != 0;
            if ((desc_.rhs_order == OTTAVA_ORDER_COLUMN) != left) std::swap(rows, columns);
            arrays_.push_back(read_array(path, {desc_.rhs_type, rows, columns, true}));
            constants_.rhs = arrays_.back().elements.data();
            if (arrays_.back().column_order) desc_.rhs_order ^= OTTAVA_ORDER_COLUMN;
          }};
}

Key MatmulDescription::table_key() {
  return {"output.table", "a file", nullptr, [this](const std::string& path) {
            const std::uint32_t type = output_.type == OTTAVA_TYPE_U8 ? OTTAVA_TYPE_U8 : OTTAVA_TYPE_S8;
            arrays_.push_back(read_array(path, {type, 1, 256, false}));
            output_.table = arrays_.back().elements.data();
          }};
}

}  // namespace ottava::tools
