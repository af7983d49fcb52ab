#include "operands.h"

#include <cmath>
#include <cstring>

#include "operator_description.h"

namespace ottava::tools {
namespace {

const Words kQuantizations = {{"divide", OTTAVA_QUANTIZE_DIVIDE},
                              {"multiply", OTTAVA_QUANTIZE_MULTIPLY},
                              {"tflite_symmetric", OTTAVA_QUANTIZE_TFLITE_SYMMETRIC},
                              {"tflite_asymmetric", OTTAVA_QUANTIZE_TFLITE_ASYMMETRIC},
                              {"xnnpack", OTTAVA_QUANTIZE_XNNPACK},
                              {"kleidiai", OTTAVA_QUANTIZE_KLEIDIAI},
                              {"onnx_dynamic", OTTAVA_QUANTIZE_ONNX_DYNAMIC}};
const Words kLhsTypes = {{"s8", OTTAVA_TYPE_S8}, {"u8", OTTAVA_TYPE_U8}, {"f32", OTTAVA_TYPE_F32}};

std::uint32_t value_of(const std::string& word, const Words& words, const char* option) {
  for (const Word& candidate : words) {
    if (word == candidate.text) return candidate.value;
  }
  throw Misused(std::string(option) + " is " + word + ", expected one of " + list_of(words));
}

}  // namespace

Problem::Problem(const OperandOptions& options, const Shape& shape) {
  desc.n = shape.n;
  desc.k = shape.k;
  desc.max_m = shape.m;  // as a tuning file has it
  desc.lhs_type = value_of(options.lhs, kLhsTypes, "--lhs");
  desc.rhs_type = value_of(options.rhs, kEightBitTypes, "--rhs");
  desc.rhs_order = options.rhs_by_column ? OTTAVA_ORDER_COLUMN : OTTAVA_ORDER_ROW;
  desc.flags = options.runtime_rhs ? OTTAVA_MATMUL_RUNTIME_RHS : 0u;
  desc.lhs_zero_point = options.lhs_zero_point;
  desc.rhs_zero_point = options.rhs_zero_point;
  desc.lhs_scale = 0.02f;
  desc.rhs_scale = 0.01f;
  const bool floats = desc.lhs_type == OTTAVA_TYPE_F32;
  if (!floats && !options.quantization.empty()) throw Misused("--quantization goes with --lhs f32 alone");
  const std::string quantization = options.quantization.empty() ? "tflite_asymmetric" : options.quantization;
  if (floats) desc.lhs_quantization = value_of(quantization, kQuantizations, "--quantization");
  output.type = value_of(options.dst, kTypes, "--dst");
  const bool plain = output.type == OTTAVA_TYPE_S32 || output.type == OTTAVA_TYPE_F32;
  const bool dynamic = desc.lhs_quantization >= OTTAVA_QUANTIZE_TFLITE_SYMMETRIC;
  const std::string usual = plain ? "none" : dynamic ? "float_nearest_even" : "fixed_two_roundings";
  output.requantization = value_of(options.rule.empty() ? usual : options.rule, kRequantizations, "--rule");
  const bool requantizes = output.requantization != OTTAVA_REQUANTIZE_NONE;
  // An accumulator of random numbers is about as large as the root of its depth.
  const float depth = std::sqrt(static_cast<float>(shape.k > 0 ? shape.k : 1));
  if (requantizes) output.scale = 0.02f * 0.01f * 100.0f * depth;
  if (output.requantization == OTTAVA_REQUANTIZE_POWER_OF_TWO) {
    desc.lhs_scale = desc.rhs_scale = 0.125f;
    output.scale = std::ldexp(1.0f, static_cast<int>(std::log2(depth)));
  } else if (output.requantization >= OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_FLOOR) {
    output.parameters = OTTAVA_PARAMETERS_INTEGER;
    output.scale = 1.0f;
    output.multiplier = 3;
    output.shift = -10;
  }
  const std::size_t channels = static_cast<std::size_t>(shape.n > 0 ? shape.n : 0);
  if (!options.no_bias && output.type == OTTAVA_TYPE_F32) {
    bias_f32.assign(channels, 0.25f);
    output.bias_f32 = bias_f32.data();
  } else if (!options.no_bias) {
    bias.assign(channels, 1000);
    output.bias = bias.data();
  }
  if (options.per_channel && output.parameters == OTTAVA_PARAMETERS_REAL) {
    for (std::size_t i = 0; i < channels; ++i) {
      const bool exact = output.requantization == OTTAVA_REQUANTIZE_POWER_OF_TWO;
      scales.push_back(desc.rhs_scale * (exact ? 1.0f : 0.5f + static_cast<float>(i % 100) / 200.0f));
    }
    constants.rhs_scales = scales.data();
  }
}

std::size_t bytes_of(std::uint32_t type) {
  return type == OTTAVA_TYPE_S8 || type == OTTAVA_TYPE_U8 ? 1 : type == OTTAVA_TYPE_S16 ? 2 : 4;
}

std::vector<std::uint8_t> random_operand(std::uint32_t type, std::int64_t elements, std::uint64_t seed) {
  const std::size_t count = static_cast<std::size_t>(elements);
  std::vector<std::uint8_t> bytes(count * bytes_of(type));
  const auto next = [&seed] { return (seed = seed * 6364136223846793005u + 1442695040888963407u) >> 33; };
  for (std::size_t i = 0; i < count; ++i) {
    if (type == OTTAVA_TYPE_F32) {
      const float value = static_cast<float>(next() % 8192) / 1024.0f - 4.0f;
      std::memcpy(&bytes[4 * i], &value, sizeof value);
    } else {
      bytes[i] = static_cast<std::uint8_t>(next());
    }
  }
  return bytes;
}

}  // namespace ottava::tools
