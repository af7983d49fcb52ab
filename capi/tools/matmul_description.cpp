#include "matmul_description.h"

#include <utility>

namespace ottava::tools {
namespace {

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

}  // namespace

Operator MatmulDescription::create(const ottava_context* context) const {
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_matmul* matmul = nullptr;
  if (ottava_matmul_create(context, &desc_, &output_, &constants_, &matmul, &error) != OTTAVA_OK) refuse(error);
  return Matmul(matmul);
}

// K x N, or N x K: as the elements lie one row behind the other, which a file in Fortran order turns round.
std::vector<std::int64_t> MatmulDescription::rhs_sizes() const {
  std::int64_t rows = desc_.k, columns = desc_.n;
  const bool left = (desc_.flags & OTTAVA_MATMUL_WEIGHTS_LEFT) != 0;
  if ((desc_.rhs_order == OTTAVA_ORDER_COLUMN) != left) std::swap(rows, columns);
  return {rows, columns};
}

// Those of `flags` stand as words of their own.
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
      word_key("lhs_quantized_type", &desc_.lhs_quantized_type, kEightBitTypes),
      array_key(
          "rhs", &constants_.rhs, &desc_.rhs_type, [this] { return rhs_sizes(); }, &desc_.rhs_order),
      word_key("rhs_type", &desc_.rhs_type, kEightBitTypes),
      word_key("rhs_order", &desc_.rhs_order, kOrders),
      integer_key("rhs_zero_point", &desc_.rhs_zero_point),
      per_channel_key("rhs_zero_points", &constants_.rhs_zero_points),
      real_key("rhs_scale", &desc_.rhs_scale),
      per_channel_key("rhs_scales", &constants_.rhs_scales),
      word_key("dst_order", &desc_.dst_order, kOrders),
      flag_key("allow_wrap", &desc_.flags, OTTAVA_MATMUL_ALLOW_WRAP),
      flag_key("weights_left", &desc_.flags, OTTAVA_MATMUL_WEIGHTS_LEFT),
      flag_key("lhs_row_scales", &desc_.flags, OTTAVA_MATMUL_LHS_ROW_SCALES),
      flag_key("lhs_row_zero_points", &desc_.flags, OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS),
  };
  keys[0].required = keys[1].required = true;
  return keys;
}

}  // namespace ottava::tools
