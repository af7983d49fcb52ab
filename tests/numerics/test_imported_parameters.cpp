// Other systems' conventions: parameters that are imported, and what is refused, nothing written.
#include "catch.h"
#include "refusal.h"
#include "support.h"

using namespace ottava;

namespace {

ottava_foreign_parameters foreign(std::uint32_t system) {
  ottava_foreign_parameters from = OTTAVA_FOREIGN_PARAMETERS_INIT;
  from.system = system;
  from.lhs_offset = 11;
  from.rhs_offset = -12;
  from.dst_offset = 13;
  from.multiplier = 1500000000;
  from.shift = 4;
  from.clamp_min = -20;
  from.clamp_max = 30;
  from.lhs_scale = 0.5f;
  from.rhs_scale = 0.25f;
  from.dst_scale = 0.75f;
  return from;
}

// What these are for OTTAVA_SYSTEM_ONNX, in what it fills.
void fill_as_onnx(ottava_matmul_desc* desc, ottava_output* output) {
  desc->lhs_zero_point = 11;
  desc->rhs_zero_point = -12;
  output->zero_point = 13;
  output->requantization = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN;
  desc->lhs_scale = 0.5f;
  desc->rhs_scale = 0.25f;
  output->scale = 0.75f;
  output->clamp_min = -20;
  output->clamp_max = 30;
  output->parameters = OTTAVA_PARAMETERS_REAL;
}

}  // namespace

TEST_CASE("parameters: each system's conventions") {
  struct Case {
    std::uint32_t system, rule;
    std::int32_t lhs, rhs, shift;
  };
  for (const Case& c : {Case{OTTAVA_SYSTEM_GEMMLOWP, OTTAVA_REQUANTIZE_GEMMLOWP_BY_FIXED_POINT, -11, 12, -4},
                        {OTTAVA_SYSTEM_ACL, OTTAVA_REQUANTIZE_FIXED_ACL_FUSED, -11, 12, -4},
                        {OTTAVA_SYSTEM_CMSIS_NN, OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS, -11, 12, 4},
                        {OTTAVA_SYSTEM_TFLITE, OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS, 11, -12, 4}}) {
    // All else stays: structures full of a pattern but for their size.
    ottava_matmul_desc desc = patterned<ottava_matmul_desc>(sizeof desc);
    ottava_output output = patterned<ottava_output>(sizeof output);
    ottava_matmul_desc expected_desc = desc;
    ottava_output expected = output;
    expected_desc.lhs_zero_point = c.lhs;
    expected_desc.rhs_zero_point = c.rhs;
    expected.zero_point = 13;
    expected.requantization = c.rule;
    expected.parameters = OTTAVA_PARAMETERS_INTEGER;
    expected.multiplier = 1500000000;
    expected.shift = c.shift;
    expected.clamp_min = -20;
    expected.clamp_max = 30;
    const ottava_foreign_parameters from = foreign(c.system);
    ottava_error error = unfilled_error();
    CHECK(ottava_import_parameters(&from, &desc, &output, &error) == OTTAVA_OK);
    CHECK(error.status == OTTAVA_OK);
    INFO("system " << c.system);
    CHECK(same_bytes(desc, expected_desc));
    CHECK(same_bytes(output, expected));
  }
  ottava_matmul_desc desc = patterned<ottava_matmul_desc>(sizeof desc);
  ottava_output output = patterned<ottava_output>(sizeof output);
  ottava_matmul_desc expected_desc = desc;
  ottava_output expected = output;
  fill_as_onnx(&expected_desc, &expected);
  const ottava_foreign_parameters onnx = foreign(OTTAVA_SYSTEM_ONNX);
  CHECK(ottava_import_parameters(&onnx, &desc, &output, nullptr) == OTTAVA_OK);
  CHECK(same_bytes(desc, expected_desc));
  CHECK(same_bytes(output, expected));
}

TEST_CASE("parameters: imported structures of a later version keep their size") {
  const ottava_foreign_parameters tflite = foreign(OTTAVA_SYSTEM_TFLITE);
  const ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  const ottava_output output = OTTAVA_OUTPUT_INIT;
  Longer<ottava_matmul_desc> longer_desc(desc);
  Longer<ottava_output> longer(output);
  CHECK(ottava_import_parameters(&tflite, longer_desc.get(), longer.get(), nullptr) == OTTAVA_OK);
  CHECK((longer_desc.get()->struct_size == sizeof desc + 16 && longer_desc.get()->lhs_zero_point == 11));
  CHECK((longer.get()->struct_size == sizeof output + 16 && longer.get()->shift == 4));
  longer.tail(3) = 1;
  ottava_error error = unfilled_error();
  check_refusal({OTTAVA_BAD_STRUCT, "output", {"is set"}},
                ottava_import_parameters(&tflite, longer_desc.get(), longer.get(), &error), error);
  longer_desc.tail(3) = 1;
  error = unfilled_error();
  check_refusal({OTTAVA_BAD_STRUCT, "desc", {"is set"}},
                ottava_import_parameters(&tflite, longer_desc.get(), longer.get(), &error), error);
}

TEST_CASE("parameters: import_parameters refuses, and writes nothing") {
  const auto refused = [](const Refusal& expected, const ottava_foreign_parameters& from) {
    ottava_matmul_desc desc = patterned<ottava_matmul_desc>(sizeof desc);
    ottava_output output = patterned<ottava_output>(sizeof output);
    const ottava_matmul_desc desc_before = desc;
    const ottava_output output_before = output;
    ottava_error error = unfilled_error();
    check_refusal(expected, ottava_import_parameters(&from, &desc, &output, &error), error);
    CHECK(same_bytes(desc, desc_before));
    CHECK(same_bytes(output, output_before));
  };
  refused({OTTAVA_BAD_OPTION, "from.system", {"is 5; offered: OTTAVA_SYSTEM_GEMMLOWP (0)", "_ONNX (4)"}}, foreign(5));
  for (const std::uint32_t system : {OTTAVA_SYSTEM_GEMMLOWP, OTTAVA_SYSTEM_ACL, OTTAVA_SYSTEM_CMSIS_NN}) {
    ottava_foreign_parameters from = foreign(system);
    from.lhs_offset = INT32_MIN;
    refused({OTTAVA_SIZE_OVERFLOW, "from.lhs_offset", {"-2147483648"}}, from);
    from = foreign(system);
    from.rhs_offset = INT32_MIN;
    refused({OTTAVA_SIZE_OVERFLOW, "from.rhs_offset", {"negated"}}, from);
    from = foreign(system);
    from.shift = INT32_MIN;
    if (system != OTTAVA_SYSTEM_CMSIS_NN) refused({OTTAVA_SIZE_OVERFLOW, "from.shift", {"negated"}}, from);
  }
  ottava_foreign_parameters from = foreign(OTTAVA_SYSTEM_TFLITE);
  from.struct_size = 44;
  refused({OTTAVA_BAD_STRUCT, "from", {"44", "48"}}, from);
  from.struct_size = 50;
  refused({OTTAVA_BAD_STRUCT, "from", {"50"}}, from);

  Longer<ottava_foreign_parameters> longer(foreign(OTTAVA_SYSTEM_TFLITE));
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  CHECK(ottava_import_parameters(longer.get(), &desc, &output, nullptr) == OTTAVA_OK);
  longer.tail(0) = 1;
  refused({OTTAVA_BAD_STRUCT, "from", {"byte 48"}}, *longer.get());

  from = foreign(OTTAVA_SYSTEM_TFLITE);
  ottava_error error = unfilled_error();
  check_refusal({OTTAVA_NULL_POINTER, "from", {}}, ottava_import_parameters(nullptr, &desc, &output, &error), error);
  error = unfilled_error();
  check_refusal({OTTAVA_NULL_POINTER, "desc", {}}, ottava_import_parameters(&from, nullptr, &output, &error), error);
  error = unfilled_error();
  check_refusal({OTTAVA_NULL_POINTER, "output", {}}, ottava_import_parameters(&from, &desc, nullptr, &error), error);
  output.struct_size = 60;
  error = unfilled_error();
  check_refusal({OTTAVA_BAD_STRUCT, "output", {"60"}}, ottava_import_parameters(&from, &desc, &output, &error), error);
  desc.struct_size = 80;
  error = unfilled_error();
  check_refusal({OTTAVA_BAD_STRUCT, "desc", {"80"}}, ottava_import_parameters(&from, &desc, &output, &error), error);
}

TEST_CASE("parameters: INT32_MIN is no obstacle where nothing is negated") {
  ottava_foreign_parameters from = foreign(OTTAVA_SYSTEM_TFLITE);
  from.dst_offset = from.shift = INT32_MIN;
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  output.type = OTTAVA_TYPE_S32;
  CHECK(ottava_import_parameters(&from, &desc, &output, nullptr) == OTTAVA_OK);
  CHECK((output.zero_point == INT32_MIN && output.shift == INT32_MIN));
}

TEST_CASE("parameters: an imported offset whose zero point the type of desc does not hold is refused in words") {
  struct Case {
    std::uint32_t system, lhs_type, rhs_type, dst_type;
    std::int32_t lhs, rhs, dst;
    const char* argument;  // or null: fine
    std::vector<std::string> words;
  };
  const std::uint32_t gemmlowp = OTTAVA_SYSTEM_GEMMLOWP, tflite = OTTAVA_SYSTEM_TFLITE;
  const std::uint32_t s8 = OTTAVA_TYPE_S8, u8 = OTTAVA_TYPE_U8, s16 = OTTAVA_TYPE_S16, s32 = OTTAVA_TYPE_S32;
  for (const Case& c : std::vector<Case>{
           {gemmlowp,
            u8,
            u8,
            u8,
            1,
            0,
            0,
            "from.lhs_offset",
            {"is 1", "zero point -1", "desc.lhs_type", "u8 (0 to 255)"}},
           {gemmlowp, u8, u8, u8, -256, 0, 0, "from.lhs_offset", {"zero point 256", "u8"}},
           {gemmlowp, u8, u8, u8, 0, 1000, 0, "from.rhs_offset", {"is 1000", "-1000", "desc.rhs_type", "u8"}},
           {gemmlowp, u8, u8, u8, 0, 0, -1, "from.dst_offset", {"is -1", "output.type", "u8"}},
           {gemmlowp, s8, u8, u8, -128, 0, 0, "from.lhs_offset", {"zero point 128", "s8 (-128 to 127)"}},
           {tflite, s8, s8, s8, -129, 0, 0, "from.lhs_offset", {"-129", "s8"}},
           {tflite, s8, s8, s8, 0, 128, 0, "from.rhs_offset", {"128", "s8"}},
           {tflite, s8, s8, s16, 0, 0, 32768, "from.dst_offset", {"32768", "s16 (-32768 to 32767)"}},
           {gemmlowp, u8, u8, u8, 0, -255, 255, nullptr, {}},
           {gemmlowp, s8, s8, s8, 128, -127, -128, nullptr, {}},
           {tflite, s8, s8, s16, 127, -128, -32768, nullptr, {}},
           {gemmlowp, u8, u8, s32, -255, 0, INT32_MAX, nullptr, {}},
       }) {
    ottava_foreign_parameters from = OTTAVA_FOREIGN_PARAMETERS_INIT;
    from.system = c.system;
    from.lhs_offset = c.lhs;
    from.rhs_offset = c.rhs;
    from.dst_offset = c.dst;
    ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
    desc.lhs_type = c.lhs_type;
    desc.rhs_type = c.rhs_type;
    ottava_output output = OTTAVA_OUTPUT_INIT;
    output.type = c.dst_type;
    const ottava_matmul_desc before = desc;
    const ottava_output output_before = output;
    ottava_error error = unfilled_error();
    const ottava_status status = ottava_import_parameters(&from, &desc, &output, &error);
    if (c.argument == nullptr) {
      CHECK(status == OTTAVA_OK);
      continue;
    }
    check_refusal({OTTAVA_BAD_ZERO_POINT, c.argument, c.words}, status, error);
    CHECK(same_bytes(desc, before));
    CHECK(same_bytes(output, output_before));
  }
  // A float lhs has the zero points of what it becomes; rows with their own do not use the one of desc.
  ottava_foreign_parameters from = OTTAVA_FOREIGN_PARAMETERS_INIT;
  from.lhs_offset = 200;
  const auto import_into = [&from](std::uint32_t quantization, std::uint32_t quantized_type, std::uint32_t flags) {
    ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
    desc.lhs_type = quantization == OTTAVA_QUANTIZE_NONE ? OTTAVA_TYPE_S8 : OTTAVA_TYPE_F32;
    desc.lhs_quantization = quantization;
    desc.lhs_quantized_type = quantized_type;
    desc.flags = flags;
    ottava_output output = OTTAVA_OUTPUT_INIT;
    return ottava_import_parameters(&from, &desc, &output, nullptr);
  };
  CHECK(import_into(OTTAVA_QUANTIZE_DIVIDE, 0, 0) == OTTAVA_BAD_ZERO_POINT);
  CHECK(import_into(OTTAVA_QUANTIZE_DIVIDE, OTTAVA_TYPE_U8, 0) == OTTAVA_OK);
  CHECK(import_into(OTTAVA_QUANTIZE_XNNPACK, 0, 0) == OTTAVA_OK);
  CHECK(import_into(OTTAVA_QUANTIZE_NONE, 0, OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS) == OTTAVA_OK);
  CHECK(import_into(OTTAVA_QUANTIZE_NONE, 0, 0) == OTTAVA_BAD_ZERO_POINT);
}
