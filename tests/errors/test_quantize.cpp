// Errors of ottava_range, ottava_quantize, ottava_quantize_rows and ottava_dequantize: exact status, argument and
// words, and every byte of the outputs left as it was.
#include <cstring>
#include <functional>

#include "float_rows.h"
#include "refusal.h"

using namespace ottava;

namespace {

// Arguments that are sound, for each case to spoil one of, and outputs that a refusal must leave alone.
struct Call {
  const ottava_context* context;
  std::uint32_t rule = OTTAVA_QUANTIZE_DIVIDE, type = OTTAVA_TYPE_S8;
  float scale = 0.5f;
  std::int32_t zero_point = 3;
  std::int64_t count = 4, rows = 2, columns = 3, from_stride = 0, to_stride = 0;
  float memory[16] = {1, 2, 3, 4, 5, 6, 7, 8};
  const void* from = memory;
  struct Outputs {
    float smallest = 77, largest = 78, scales[4] = {71, 72, 73, 74}, floats[16] = {};
    std::int32_t zero_points[4] = {81, 82, 83, 84};
    std::uint8_t bytes[16] = {9, 8, 7};
  } outputs;
  void* to = outputs.bytes;
  float* floats = outputs.floats;
  float* scales = outputs.scales;
  std::int32_t* zero_points = outputs.zero_points;
  float* smallest = &outputs.smallest;
  float* largest = &outputs.largest;

  explicit Call(const ottava_context* of) : context(of) {}
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  const float* from_floats() const { return static_cast<const float*>(from); }
  ottava_status range(ottava_error* error) const {
    return ottava_range(context, count, from_floats(), smallest, largest, error);
  }
  ottava_status quantize(ottava_error* error) const {
    return ottava_quantize(context, rule, type, scale, zero_point, count, from_floats(), to, error);
  }
  ottava_status quantize_rows(ottava_error* error) const {
    return ottava_quantize_rows(context, rule, rows, columns, from_floats(), from_stride, to, to_stride, scales,
                                zero_points, error);
  }
  ottava_status dequantize(ottava_error* error) const {
    return ottava_dequantize(context, type, scale, zero_point, count, from, floats, error);
  }
};

using Function = ottava_status (Call::*)(ottava_error*) const;
struct Case {
  Refusal expected;
  std::function<void(Call&)> spoil;
};

void check_cases(Function function, std::uint32_t rule, const std::vector<Case>& cases) {
  const KernelContext context(nullptr);
  const auto sound = [&](Call& call) { call.rule = rule; };
  Call accepted(context.get());
  sound(accepted);
  REQUIRE((accepted.*function)(nullptr) == OTTAVA_OK);
  for (const Case& c : cases) {
    INFO(c.expected.argument << " status " << c.expected.status);
    Call call(context.get());
    sound(call);
    c.spoil(call);
    const Call::Outputs before = call.outputs;
    ottava_error error = unfilled_error();
    check_refusal(c.expected, (call.*function)(&error), error);
    CHECK(std::memcmp(&before, &call.outputs, sizeof before) == 0);
    CHECK((call.*function)(nullptr) == c.expected.status);
    CHECK(std::memcmp(&before, &call.outputs, sizeof before) == 0);
    error.struct_size = 3;
    CHECK((call.*function)(&error) == OTTAVA_BAD_STRUCT);
  }
}

constexpr std::int64_t kTooManyFloats = static_cast<std::int64_t>(PTRDIFF_MAX / 4) + 1;

std::vector<Case> cases_of_scale() {
  return {
      {{OTTAVA_BAD_SCALE, "scale", {"is zero"}}, [](Call& c) { c.scale = 0; }},
      {{OTTAVA_BAD_SCALE, "scale", {"is zero"}}, [](Call& c) { c.scale = -0.0f; }},
      {{OTTAVA_BAD_SCALE, "scale", {"negative, -1;"}}, [](Call& c) { c.scale = -1; }},
      {{OTTAVA_BAD_SCALE, "scale", {"infinite"}}, [](Call& c) { c.scale = -kInfinity; }},
      {{OTTAVA_BAD_SCALE, "scale", {"infinite"}}, [](Call& c) { c.scale = kInfinity; }},
      {{OTTAVA_BAD_SCALE, "scale", {"NaN"}}, [](Call& c) { c.scale = kNan; }},
  };
}
std::vector<Case> cases_of_tensor() {
  return {
      {{OTTAVA_NULL_POINTER, "context", {"NULL"}}, [](Call& c) { c.context = nullptr; }},
      {{OTTAVA_NULL_POINTER, "from", {"NULL"}}, [](Call& c) { c.from = nullptr; }},
      {{OTTAVA_BAD_SHAPE, "count", {"-1"}}, [](Call& c) { c.count = -1; }},
      {{OTTAVA_BAD_SHAPE, "count", {"-9223372036854775808"}}, [](Call& c) { c.count = INT64_MIN; }},
      {{OTTAVA_SIZE_OVERFLOW, "count", {"address space"}}, [](Call& c) { c.count = kTooManyFloats; }},
      {{OTTAVA_SIZE_OVERFLOW, "count", {"9223372036854775807"}}, [](Call& c) { c.count = INT64_MAX; }},
  };
}
std::vector<Case> operator+(std::vector<Case> a, const std::vector<Case>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace

TEST_CASE("errors: ottava_range", "[errors]") {
  check_cases(&Call::range, 0,
              cases_of_tensor() + std::vector<Case>{
                                      {{OTTAVA_NULL_POINTER, "smallest", {}}, [](Call& c) { c.smallest = nullptr; }},
                                      {{OTTAVA_NULL_POINTER, "largest", {}}, [](Call& c) { c.largest = nullptr; }},
                                  });
}

TEST_CASE("errors: ottava_quantize", "[errors]") {
  const std::vector<Case> cases = {
      {{OTTAVA_NULL_POINTER, "to", {}}, [](Call& c) { c.to = nullptr; }},
      {{OTTAVA_BAD_TYPE, "quantization", {"is 8;", "OTTAVA_QUANTIZE_DIVIDE (1)"}}, [](Call& c) { c.rule = 8; }},
      {{OTTAVA_BAD_TYPE, "quantization", {}}, [](Call& c) { c.rule = 0xffffffffu; }},
      {{OTTAVA_UNSUPPORTED, "quantization", {"NONE"}}, [](Call& c) { c.rule = OTTAVA_QUANTIZE_NONE; }},
      {{OTTAVA_UNSUPPORTED, "quantization", {"dynamic"}}, [](Call& c) { c.rule = OTTAVA_QUANTIZE_TFLITE_SYMMETRIC; }},
      {{OTTAVA_UNSUPPORTED, "quantization", {"dynamic"}}, [](Call& c) { c.rule = OTTAVA_QUANTIZE_ONNX_DYNAMIC; }},
      {{OTTAVA_BAD_TYPE, "type", {"is 0; offered: OTTAVA_TYPE_S8 (1), OTTAVA_TYPE_U8 (2)"}},
       [](Call& c) { c.type = 0; }},
      {{OTTAVA_BAD_TYPE, "type", {"is 3"}}, [](Call& c) { c.type = OTTAVA_TYPE_S16; }},
      {{OTTAVA_BAD_TYPE, "type", {"is 99"}}, [](Call& c) { c.type = 99; }},
      {{OTTAVA_BAD_ZERO_POINT, "zero_point", {"128", "[-128, 127]"}}, [](Call& c) { c.zero_point = 128; }},
      {{OTTAVA_BAD_ZERO_POINT, "zero_point", {"-129"}}, [](Call& c) { c.zero_point = -129; }},
      {{OTTAVA_BAD_ZERO_POINT, "zero_point", {"-1", "[0, 255]"}},
       [](Call& c) { c.type = OTTAVA_TYPE_U8, c.zero_point = -1; }},
      {{OTTAVA_BAD_ZERO_POINT, "zero_point", {"256"}}, [](Call& c) { c.type = OTTAVA_TYPE_U8, c.zero_point = 256; }},
      {{OTTAVA_BAD_SCALE, "scale", {"is 1e-39, ", "reciprocal"}},
       [](Call& c) { c.rule = OTTAVA_QUANTIZE_MULTIPLY, c.scale = 1e-39f; }},
  };
  check_cases(&Call::quantize, OTTAVA_QUANTIZE_DIVIDE, cases_of_tensor() + cases_of_scale() + cases);
  check_cases(&Call::quantize, OTTAVA_QUANTIZE_MULTIPLY, cases_of_tensor() + cases_of_scale() + cases);
  const KernelContext context(nullptr);
  CHECK(ottava_quantize(context.get(), OTTAVA_QUANTIZE_DIVIDE, OTTAVA_TYPE_S8, 1, 0, 0, nullptr, nullptr, nullptr) ==
        OTTAVA_OK);
}

TEST_CASE("errors: ottava_quantize_rows", "[errors]") {
  const std::vector<Case> cases = {
      {{OTTAVA_NULL_POINTER, "context", {}}, [](Call& c) { c.context = nullptr; }},
      {{OTTAVA_NULL_POINTER, "from", {}}, [](Call& c) { c.from = nullptr; }},
      {{OTTAVA_NULL_POINTER, "to", {}}, [](Call& c) { c.to = nullptr; }},
      {{OTTAVA_NULL_POINTER, "scales", {}}, [](Call& c) { c.scales = nullptr; }},
      {{OTTAVA_NULL_POINTER, "zero_points", {}}, [](Call& c) { c.zero_points = nullptr; }},
      {{OTTAVA_BAD_TYPE, "quantization", {"is 8;", "OTTAVA_QUANTIZE_ONNX_DYNAMIC (7)"}}, [](Call& c) { c.rule = 8; }},
      {{OTTAVA_UNSUPPORTED, "quantization", {"NONE"}}, [](Call& c) { c.rule = OTTAVA_QUANTIZE_NONE; }},
      {{OTTAVA_UNSUPPORTED, "quantization", {"static"}}, [](Call& c) { c.rule = OTTAVA_QUANTIZE_DIVIDE; }},
      {{OTTAVA_UNSUPPORTED, "quantization", {"static"}}, [](Call& c) { c.rule = OTTAVA_QUANTIZE_MULTIPLY; }},
      {{OTTAVA_BAD_SHAPE, "rows", {"-1"}}, [](Call& c) { c.rows = -1; }},
      {{OTTAVA_BAD_SHAPE, "columns", {"-5"}}, [](Call& c) { c.columns = -5; }},
      {{OTTAVA_BAD_STRIDE, "to_stride", {"is 2", "3 elements"}}, [](Call& c) { c.to_stride = 2; }},
      {{OTTAVA_BAD_STRIDE, "to_stride", {"is -2"}}, [](Call& c) { c.to_stride = -2; }},
      {{OTTAVA_SIZE_OVERFLOW, "from_stride", {}}, [](Call& c) { c.columns = kTooManyFloats; }},
      {{OTTAVA_SIZE_OVERFLOW, "from_stride", {}}, [](Call& c) { c.from_stride = INT64_MIN; }},
      {{OTTAVA_SIZE_OVERFLOW, "from_stride", {}}, [](Call& c) { c.from_stride = -kTooManyFloats; }},
      {{OTTAVA_SIZE_OVERFLOW, "to_stride", {}}, [](Call& c) { c.to_stride = PTRDIFF_MAX; }},
      {{OTTAVA_SIZE_OVERFLOW, "to_stride", {}}, [](Call& c) { c.to_stride = INT64_MIN; }},
      {{OTTAVA_SIZE_OVERFLOW, "from_stride", {}}, [](Call& c) { c.rows = INT64_MAX; }},
      {{OTTAVA_SIZE_OVERFLOW, "rows", {}}, [](Call& c) { c.rows = kTooManyFloats, c.columns = 0; }},
  };
  for (const DynamicRule& rule : kDynamicRules) check_cases(&Call::quantize_rows, rule.value, cases);
  const KernelContext context(nullptr);
  CHECK(ottava_quantize_rows(context.get(), OTTAVA_QUANTIZE_XNNPACK, 0, 5, nullptr, 0, nullptr, 1, nullptr, nullptr,
                             nullptr) == OTTAVA_OK);
}

TEST_CASE("errors: ottava_dequantize", "[errors]") {
  const std::vector<Case> cases = {
      {{OTTAVA_NULL_POINTER, "to", {}}, [](Call& c) { c.floats = nullptr; }},
      {{OTTAVA_BAD_TYPE, "type", {"is 0"}}, [](Call& c) { c.type = 0; }},
      {{OTTAVA_BAD_TYPE, "type", {"is 5; offered:", "OTTAVA_TYPE_S32 (4)"}}, [](Call& c) { c.type = OTTAVA_TYPE_F32; }},
      {{OTTAVA_BAD_ZERO_POINT, "zero_point", {}}, [](Call& c) { c.zero_point = 128; }},
      {{OTTAVA_BAD_ZERO_POINT, "zero_point", {}}, [](Call& c) { c.type = OTTAVA_TYPE_U8, c.zero_point = -1; }},
      {{OTTAVA_BAD_ZERO_POINT, "zero_point", {"-32769"}},
       [](Call& c) { c.type = OTTAVA_TYPE_S16, c.zero_point = -32769; }},
      {{OTTAVA_BAD_ZERO_POINT, "zero_point", {"[0, 0]"}}, [](Call& c) { c.type = OTTAVA_TYPE_S32, c.zero_point = 1; }},
  };
  check_cases(&Call::dequantize, 0, cases_of_tensor() + cases_of_scale() + cases);
}
