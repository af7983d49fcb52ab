#include "combination.h"

#include <sstream>
#include <vector>

namespace ottava {

bool Combination::can_accumulate() const {
  return activation == OTTAVA_ACTIVATION_NONE &&
         (dst_type == OTTAVA_TYPE_F32 || (dst_type == OTTAVA_TYPE_S32 && rule == OTTAVA_REQUANTIZE_NONE));
}

bool Combination::offered() const {
  const bool fixed = rule != OTTAVA_REQUANTIZE_NONE && rule != OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN;
  if (integer ? !fixed : rule >= OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_FLOOR) return false;
  if (dst_type == OTTAVA_TYPE_F32 && rule != OTTAVA_REQUANTIZE_NONE) return false;
  if ((is_8bit(dst_type) || dst_type == OTTAVA_TYPE_S16) && rule == OTTAVA_REQUANTIZE_NONE) return false;
  if (row_scales || is_dynamic_rule(quantization)) {
    if (integer || rule == OTTAVA_REQUANTIZE_GEMMLOWP_BY_FIXED_POINT || rule == OTTAVA_REQUANTIZE_POWER_OF_TWO)
      return false;
    if (dst_type == OTTAVA_TYPE_S32 && rule == OTTAVA_REQUANTIZE_NONE) return false;
  }
  const bool with_f32 = bias == Bias::f32 || bias == Bias::both;
  if (with_f32 && dst_type != OTTAVA_TYPE_F32 && rule != OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN) return false;
  if (activation == OTTAVA_ACTIVATION_TABLE && !is_8bit(dst_type)) return false;
  if (activation == OTTAVA_ACTIVATION_GEMMLOWP_TANH && dst_type != OTTAVA_TYPE_S32) return false;
  return true;
}

std::string Combination::describe() const {
  std::ostringstream words;
  words << "lhs type " << lhs_type << " quantization " << quantization << " to " << quantized_type
        << (row_scales ? " row scales" : "") << (row_zeros ? " row zeros" : "") << ", rhs type " << rhs_type
        << (channel_zeros ? " channel zeros" : "") << (channel_scales ? " channel scales" : "")
        << (runtime_rhs ? " at run time" : "") << (weights_left ? " left" : "") << ", dst type " << dst_type << " rule "
        << rule << (integer ? " integer" : "") << " bias " << static_cast<int>(bias) << " activation " << activation
        << (accumulate ? " accumulate" : "");
  return words.str();
}

void for_each_combination(const std::function<void(const Combination&)>& visit) {
  struct Lhs {
    std::uint32_t type, quantization, quantized_type;
    bool row_scales, row_zeros;
  };
  std::vector<Lhs> kinds;
  for (const std::uint32_t type : {OTTAVA_TYPE_S8, OTTAVA_TYPE_U8}) {
    for (int own = 0; own < 4; ++own) kinds.push_back({type, OTTAVA_QUANTIZE_NONE, 0, (own & 1) != 0, (own & 2) != 0});
    kinds.push_back({OTTAVA_TYPE_F32, OTTAVA_QUANTIZE_DIVIDE, type, false, false});
    kinds.push_back({OTTAVA_TYPE_F32, OTTAVA_QUANTIZE_MULTIPLY, type, false, false});
  }
  for (std::uint32_t rule = OTTAVA_QUANTIZE_TFLITE_SYMMETRIC; rule <= OTTAVA_QUANTIZE_ONNX_DYNAMIC; ++rule) {
    kinds.push_back({OTTAVA_TYPE_F32, rule, 0, false, false});
  }
  for (const Lhs& lhs : kinds) {
    for (int rhs = 0; rhs < 32; ++rhs) {
      for (std::uint32_t dst = OTTAVA_TYPE_S8; dst <= OTTAVA_TYPE_F32; ++dst) {
        for (std::uint32_t rule = OTTAVA_REQUANTIZE_NONE; rule <= OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_AWAY; ++rule) {
          for (int rest = 0; rest < 48; ++rest) {
            const std::uint32_t rhs_type = (rhs & 1) != 0 ? OTTAVA_TYPE_U8 : OTTAVA_TYPE_S8;
            visit({lhs.type, lhs.quantization, lhs.quantized_type, lhs.row_scales, lhs.row_zeros, rhs_type,
                   (rhs & 2) != 0, (rhs & 4) != 0, (rhs & 8) != 0, (rhs & 16) != 0, dst, rule, (rest & 1) != 0,
                   static_cast<Bias>(rest / 4 % 4), static_cast<std::uint32_t>(rest / 16), (rest & 2) != 0});
          }
        }
      }
    }
  }
}

}  // namespace ottava
