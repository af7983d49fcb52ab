// Parameters: multipliers formed, scales chosen, other systems' conventions taken over, tables filled.
#include "output/parameters.h"

#include "boundary.h"
#include "operators/placement.h"
#include "output.h"
#include "output/validate_output.h"

using namespace ottava;

static_assert(static_cast<uint32_t>(Function::leaky_relu) == OTTAVA_FUNCTION_LEAKY_RELU &&
                  static_cast<uint32_t>(Function::tanh) == OTTAVA_FUNCTION_TANH &&
                  static_cast<uint32_t>(Function::sigmoid) == OTTAVA_FUNCTION_SIGMOID &&
                  static_cast<uint32_t>(Function::gelu) == OTTAVA_FUNCTION_GELU &&
                  static_cast<uint32_t>(Function::gelu_tanh) == OTTAVA_FUNCTION_GELU_TANH &&
                  static_cast<uint32_t>(Function::hard_swish) == OTTAVA_FUNCTION_HARD_SWISH &&
                  static_cast<uint32_t>(Function::silu) == OTTAVA_FUNCTION_SILU &&
                  static_cast<uint32_t>(Function::relu) == OTTAVA_FUNCTION_RELU,
              "the public header's values");

namespace {

// A double holds every float: one function serves both.
const char* fault_of_real(double value) {
  if (value != value) return "is NaN";
  if (value - value != 0.0) return "is infinite";
  return nullptr;
}

Status refuse_scale(const char* argument, const char* fault, Error* error) {
  error->set(Status::bad_scale, argument) << fault;
  return Status::bad_scale;
}
Status refuse_scale(const char* argument, double value, const char* fault, Error* error) {
  error->set(Status::bad_scale, argument) << "is " << value << ", " << fault;
  return Status::bad_scale;
}

Status check_zero_point(int32_t zero_point, CodeRange codes, const char* argument, Error* error) {
  if (zero_point >= codes.low && zero_point <= codes.high) return Status::ok;
  error->set(Status::bad_zero_point, argument)
      << "is " << zero_point << ", outside the type (" << codes.low << " to " << codes.high << ")";
  return Status::bad_zero_point;
}

Status refuse_option(uint32_t value, const char* argument, const char* offered, Error* error) {
  error->set(Status::bad_option, argument) << "is " << value << "; offered: " << offered;
  return Status::bad_option;
}

CodeRange codes_of(uint32_t type) {
  const Range range = range_of(static_cast<Type>(type));
  return {range.min, range.max};
}

Status form_by(uint32_t way, double scale, FormedMultiplier* formed, Error* error) {
  if (way > OTTAVA_FORM_TFLITE_DEFAULT)
    return refuse_option(way, "form", "OTTAVA_FORM_TFLITE (0), OTTAVA_FORM_QNNPACK (1), OTTAVA_FORM_TFLITE_DEFAULT (2)",
                         error);
  if (const char* fault = fault_of_real(scale)) return refuse_scale("scale", fault, error);
  if (way == OTTAVA_FORM_QNNPACK) {
    if (form_qnnpack_multiplier(scale, formed)) return Status::ok;
    return refuse_scale("scale", scale, "as a float32 not in [2^-32, 1), which OTTAVA_FORM_QNNPACK wants", error);
  }
  if (scale < 0.0) return refuse_scale("scale", scale, "negative", error);
  if (way == OTTAVA_FORM_TFLITE_DEFAULT) {
    if (form_tflite_default_multiplier(scale, formed)) return Status::ok;
    return refuse_scale("scale", scale, "2^31 or more, where OTTAVA_FORM_TFLITE_DEFAULT would shift by over 31", error);
  }
  *formed = form_tflite_multiplier(scale);
  return Status::ok;
}

Status choose(uint32_t way, uint32_t type, float smallest, float largest, ScaleAndZeroPoint* chosen, Error* error) {
  if (way > OTTAVA_CHOOSE_SYMMETRIC)
    return refuse_option(way, "way", "OTTAVA_CHOOSE_ASYMMETRIC (0), OTTAVA_CHOOSE_SYMMETRIC (1)", error);
  if (type != OTTAVA_TYPE_S8 && type != OTTAVA_TYPE_U8 && type != OTTAVA_TYPE_S16) {
    return refuse_listed("type", type, "OTTAVA_TYPE_S8 (1), OTTAVA_TYPE_U8 (2), OTTAVA_TYPE_S16 (3)", error);
  }
  if (way == OTTAVA_CHOOSE_ASYMMETRIC && type == OTTAVA_TYPE_S16) {
    error->set(Status::unsupported, "type") << "is s16, which is symmetric alone";
    return Status::unsupported;
  }
  if (const char* fault = fault_of_real(static_cast<double>(smallest))) return refuse_scale("smallest", fault, error);
  if (const char* fault = fault_of_real(static_cast<double>(largest))) return refuse_scale("largest", fault, error);
  if (smallest > largest) {
    error->set(Status::bad_scale, "smallest") << "is " << smallest << ", above largest, " << largest;
    return Status::bad_scale;
  }
  *chosen = way == OTTAVA_CHOOSE_ASYMMETRIC ? choose_asymmetric(codes_of(type), smallest, largest)
                                            : choose_symmetric(type == OTTAVA_TYPE_S16 ? 32767 : 127,
                                                               type == OTTAVA_TYPE_U8 ? 128 : 0, smallest, largest);
  if (chosen->scale > 0.0f) return Status::ok;
  return refuse_scale("largest", largest, "so near to smallest that the scale would be 0", error);
}

// How a system writes what ottava writes with zero points and left shifts.
struct Convention {
  uint32_t requantization;
  uint32_t parameters;
  bool inputs_negated;  // offsets, where ottava has zero points
  bool shift_negated;   // right shifts positive
};

constexpr Convention kConventions[] = {
    {OTTAVA_REQUANTIZE_GEMMLOWP_BY_FIXED_POINT, OTTAVA_PARAMETERS_INTEGER, true, true},
    {OTTAVA_REQUANTIZE_FIXED_ACL_FUSED, OTTAVA_PARAMETERS_INTEGER, true, true},
    {OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS, OTTAVA_PARAMETERS_INTEGER, true, false},   // CMSIS-NN
    {OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS, OTTAVA_PARAMETERS_INTEGER, false, false},  // TFLite
    {OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN, OTTAVA_PARAMETERS_REAL, false, false},      // ONNX
};
static_assert(OTTAVA_SYSTEM_GEMMLOWP == 0 && OTTAVA_SYSTEM_ACL == 1 && OTTAVA_SYSTEM_CMSIS_NN == 2 &&
                  OTTAVA_SYSTEM_TFLITE == 3 && OTTAVA_SYSTEM_ONNX == 4,
              "indices of kConventions");

Status negate(int32_t value, const char* argument, int32_t* negated, Error* error) {
  if (value == INT32_MIN) {
    error->set(Status::size_overflow, argument) << "is " << value << ", which cannot be negated";
    return Status::size_overflow;
  }
  *negated = -value;
  return Status::ok;
}

// Zero points lie in the range of their types, which the caller has set; what other systems take beyond it would
// otherwise be found only when an operator is created. A type that does not exist is refused there.
Status check_imported(int32_t zero_point, int32_t offset, uint32_t type, const char* argument, const char* field,
                      Error* error) {
  if (type != OTTAVA_TYPE_S8 && type != OTTAVA_TYPE_U8 && type != OTTAVA_TYPE_S16) return Status::ok;
  const CodeRange codes = codes_of(type);
  if (zero_point >= codes.low && zero_point <= codes.high) return Status::ok;
  error->set(Status::bad_zero_point, argument)
      << "is " << offset << ", so the zero point " << zero_point << ": outside " << field << ", which is "
      << name_of(static_cast<Type>(type)) << " (" << codes.low << " to " << codes.high << ")";
  return Status::bad_zero_point;
}

// The 8-bit type of the one zero point that the lhs has; 0 where its rows have their own.
uint32_t type_of_lhs_zero_point(const ottava_matmul_desc& desc) {
  const bool dynamic = desc.lhs_quantization >= OTTAVA_QUANTIZE_TFLITE_SYMMETRIC;
  if (dynamic || (desc.flags & OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS) != 0) return 0;
  if (desc.lhs_type != OTTAVA_TYPE_F32) return desc.lhs_type;
  return desc.lhs_quantized_type != 0 ? desc.lhs_quantized_type : OTTAVA_TYPE_S8;
}

Status import(const ottava_foreign_parameters& from, ottava_matmul_desc* desc, ottava_output* output, Error* error) {
  if (from.system >= sizeof kConventions / sizeof kConventions[0]) {
    return refuse_option(from.system, "from.system",
                         "OTTAVA_SYSTEM_GEMMLOWP (0), _ACL (1), _CMSIS_NN (2), _TFLITE (3), _ONNX (4)", error);
  }
  const Convention convention = kConventions[from.system];
  Status status = Status::ok;
  int32_t lhs_zero_point = from.lhs_offset;
  int32_t rhs_zero_point = from.rhs_offset;
  int32_t shift = from.shift;
  if (convention.inputs_negated) {
    status = negate(from.lhs_offset, "from.lhs_offset", &lhs_zero_point, error);
    if (status == Status::ok) status = negate(from.rhs_offset, "from.rhs_offset", &rhs_zero_point, error);
  }
  if (status == Status::ok && convention.shift_negated) status = negate(from.shift, "from.shift", &shift, error);
  if (status == Status::ok) {
    status = check_imported(lhs_zero_point, from.lhs_offset, type_of_lhs_zero_point(*desc), "from.lhs_offset",
                            "desc.lhs_type", error);
  }
  if (status == Status::ok) {
    status = check_imported(rhs_zero_point, from.rhs_offset, desc->rhs_type, "from.rhs_offset", "desc.rhs_type", error);
  }
  if (status == Status::ok) {
    status = check_imported(from.dst_offset, from.dst_offset, output->type, "from.dst_offset", "output.type", error);
  }
  if (status != Status::ok) return status;

  desc->lhs_zero_point = lhs_zero_point;
  desc->rhs_zero_point = rhs_zero_point;
  output->zero_point = from.dst_offset;
  output->requantization = convention.requantization;
  output->clamp_min = from.clamp_min;
  output->clamp_max = from.clamp_max;
  output->parameters = convention.parameters;
  if (convention.parameters == OTTAVA_PARAMETERS_REAL) {
    desc->lhs_scale = from.lhs_scale;
    desc->rhs_scale = from.rhs_scale;
    output->scale = from.dst_scale;
  } else {
    output->multiplier = from.multiplier;
    output->shift = shift;
  }
  return Status::ok;
}

}  // namespace

extern "C" ottava_status ottava_form_multiplier(uint32_t form, double scale, int32_t* multiplier, int32_t* shift,
                                                double* relative_error, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    FormedMultiplier formed = {};
    Status status = require(multiplier, "multiplier", words);
    if (status == Status::ok) status = require(shift, "shift", words);
    if (status == Status::ok) status = form_by(form, scale, &formed, words);
    if (status != Status::ok) return status;
    *multiplier = formed.factor.multiplier;
    *shift = formed.factor.exponent;
    if (relative_error != nullptr) *relative_error = formed.relative_error;
    return Status::ok;
  });
}

extern "C" ottava_status ottava_choose_parameters(uint32_t way, uint32_t type, float smallest, float largest,
                                                  float* scale, int32_t* zero_point, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    ScaleAndZeroPoint chosen = {};
    Status status = require(scale, "scale", words);
    if (status == Status::ok) status = require(zero_point, "zero_point", words);
    if (status == Status::ok) status = choose(way, type, smallest, largest, &chosen, words);
    if (status != Status::ok) return status;
    *scale = chosen.scale;
    *zero_point = chosen.zero_point;
    return Status::ok;
  });
}

extern "C" ottava_status ottava_import_parameters(const ottava_foreign_parameters* from, ottava_matmul_desc* desc,
                                                  ottava_output* output, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    ottava_foreign_parameters foreign = OTTAVA_FOREIGN_PARAMETERS_INIT;
    ottava_matmul_desc filled = OTTAVA_MATMUL_DESC_INIT;
    ottava_output filled_output = OTTAVA_OUTPUT_INIT;
    Status status = require(from, "from", words);
    if (status == Status::ok) status = require(desc, "desc", words);
    if (status == Status::ok) status = require(output, "output", words);
    if (status == Status::ok) status = read_struct(*from, sizeof foreign, "from", &foreign, words);
    if (status == Status::ok) status = read_struct(*desc, sizeof filled, "desc", &filled, words);
    if (status == Status::ok) status = read_struct(*output, sizeof filled_output, "output", &filled_output, words);
    if (status == Status::ok) status = import(foreign, &filled, &filled_output, words);
    if (status != Status::ok) return status;
    write_struct(filled, desc);
    write_struct(filled_output, output);
    return Status::ok;
  });
}

extern "C" ottava_status ottava_make_table(uint32_t function, uint32_t type, float from_scale, int32_t from_zero_point,
                                           float to_scale, int32_t to_zero_point, void* table, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require(table, "table", words);
    if (status != Status::ok) return status;
    if (function > OTTAVA_FUNCTION_LEAKY_RELU) {
      return refuse_option(
          function, "function",
          "OTTAVA_FUNCTION_TANH (0), _SIGMOID (1), _GELU (2), _GELU_TANH (3), _HARD_SWISH (4), _SILU (5), "
          "_RELU (6), _LEAKY_RELU (7)",
          words);
    }
    if (type != OTTAVA_TYPE_S8 && type != OTTAVA_TYPE_U8) {
      return refuse_listed("type", type, "OTTAVA_TYPE_S8 (1), OTTAVA_TYPE_U8 (2)", words);
    }
    const CodeRange codes = codes_of(type);
    status = check_scale(from_scale, "from_scale", nullptr, words);
    if (status == Status::ok) status = check_zero_point(from_zero_point, codes, "from_zero_point", words);
    if (status == Status::ok) status = check_scale(to_scale, "to_scale", nullptr, words);
    if (status == Status::ok) status = check_zero_point(to_zero_point, codes, "to_zero_point", words);
    if (status != Status::ok) return status;
    fill_table(static_cast<Function>(function), codes, {from_scale, from_zero_point}, {to_scale, to_zero_point},
               static_cast<uint8_t*>(table));
    return Status::ok;
  });
}
