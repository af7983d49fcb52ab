// What functions of tensors write and what they read: in place where that is right, apart, and refused, nothing
// written, where a byte is shared otherwise.
#include <algorithm>

#include "small_operator.h"

using namespace ottava;

TEST_CASE("errors: tensors in place, apart and across", "[errors]") {
  const KernelContext context(nullptr);
  constexpr std::int64_t count = 600;
  const auto floats_of = [](std::vector<std::uint8_t>& bytes, std::ptrdiff_t at) {
    return reinterpret_cast<float*>(bytes.data() + at);
  };
  std::vector<std::uint8_t> block(3 * 4 * count);
  for (std::size_t i = 0; i < block.size() / 4; ++i) {
    const float value = static_cast<float>(i % 251) - 125.0f;
    std::memcpy(&block[4 * i], &value, sizeof value);
  }
  // Each function from 4 * count bytes into the block, to `at`; `apart` where an oracle of its own holds it right.
  using Apply = std::function<ottava_status(const std::uint8_t*, std::uint8_t*, ottava_error*)>;
  const auto check = [&](const Apply& apply, std::ptrdiff_t from_bytes, std::ptrdiff_t to_bytes, bool in_place) {
    const std::ptrdiff_t from = 4 * count;
    std::vector<std::uint8_t> expected(static_cast<std::size_t>(to_bytes));
    REQUIRE(apply(block.data() + from, expected.data(), nullptr) == OTTAVA_OK);
    for (const std::ptrdiff_t at :
         {from - to_bytes, from - to_bytes + 4, from - 4, from, from + 4, from + from_bytes - 4, from + from_bytes}) {
      INFO(to_bytes << " bytes at " << at - from);
      std::vector<std::uint8_t> memory = block;
      ottava_error error = unfilled_error();
      const ottava_status status = apply(memory.data() + from, memory.data() + at, &error);
      const bool apart = at + to_bytes <= from || at >= from + from_bytes;
      if (apart || (in_place && at == from)) {
        CHECK(status == OTTAVA_OK);
        std::vector<std::uint8_t> wanted = block;
        std::copy(expected.begin(), expected.end(), wanted.begin() + at);
        CHECK((memory == wanted));
      } else {
        check_refusal({OTTAVA_BAD_STRIDE, "to", {"overlaps from, which begins "}}, status, error);
        CHECK((memory == block));
      }
    }
  };
  check(
      [&](const std::uint8_t* from, std::uint8_t* to, ottava_error* error) {
        return ottava_quantize(context.get(), OTTAVA_QUANTIZE_DIVIDE, OTTAVA_TYPE_S8, 0.5f, 3, count,
                               reinterpret_cast<const float*>(from), to, error);
      },
      4 * count, count, true);
  for (const std::uint32_t type : {OTTAVA_TYPE_S8, OTTAVA_TYPE_S16, OTTAVA_TYPE_S32}) {
    const bool same_size = type == OTTAVA_TYPE_S32;
    const std::ptrdiff_t from_bytes = type == OTTAVA_TYPE_S8 ? count : type == OTTAVA_TYPE_S16 ? 2 * count : 4 * count;
    check(
        [&](const std::uint8_t* from, std::uint8_t* to, ottava_error* error) {
          return ottava_dequantize(context.get(), type, 0.5f, 0, count, from, reinterpret_cast<float*>(to), error);
        },
        from_bytes, 4 * count, same_size);
  }
  for (const std::uint32_t type : {OTTAVA_TYPE_U8, OTTAVA_TYPE_S16, OTTAVA_TYPE_S32, OTTAVA_TYPE_F32}) {
    ottava_output output = OTTAVA_OUTPUT_INIT;
    output.type = type;
    output.requantization = type == OTTAVA_TYPE_F32 ? OTTAVA_REQUANTIZE_NONE : OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING;
    const std::ptrdiff_t bytes = type == OTTAVA_TYPE_U8 ? 1 : type == OTTAVA_TYPE_S16 ? 2 : 4;
    check(
        [&](const std::uint8_t* from, std::uint8_t* to, ottava_error* error) {
          return ottava_requantize(context.get(), &output, 1e-7f, count, reinterpret_cast<const std::int32_t*>(from),
                                   to, error);
        },
        4 * count, bytes * count, true);
  }
  // Rows: in place where each goes no further than it came from.
  std::vector<float> scales(6);
  std::vector<std::int32_t> zero_points(6);
  const auto rows = [&](std::int64_t from_stride, std::int64_t to_stride) {
    return [&, from_stride, to_stride](const std::uint8_t* from, std::uint8_t* to, ottava_error* error) {
      return ottava_quantize_rows(context.get(), OTTAVA_QUANTIZE_TFLITE_ASYMMETRIC, 6, 100,
                                  reinterpret_cast<const float*>(from), from_stride, to, to_stride, scales.data(),
                                  zero_points.data(), error);
    };
  };
  check(rows(0, 0), 4 * count, count, true);
  std::vector<std::uint8_t> memory = block;
  std::vector<std::uint8_t> expected(count);
  REQUIRE(rows(0, 0)(block.data(), expected.data(), nullptr) == OTTAVA_OK);
  REQUIRE(rows(0, 400)(memory.data(), memory.data(), nullptr) == OTTAVA_OK);
  for (std::ptrdiff_t row = 0; row < 6; ++row) {
    CHECK(std::equal(expected.begin() + row * 100, expected.begin() + (row + 1) * 100, memory.begin() + row * 400));
  }
  ottava_error error = unfilled_error();
  const Refusal across = {OTTAVA_BAD_STRIDE, "to", {"overlaps from, which begins at the same address"}};
  check_refusal(across, rows(0, 401)(memory.data(), memory.data(), &error), error);
  check_refusal(across, rows(50, 100)(memory.data(), memory.data(), &error), error);
  check_refusal({OTTAVA_BAD_STRIDE, "to", {"overlaps from"}},
                rows(100, -100)(memory.data() + 2400, memory.data() + 2400, &error), error);
  // Between the rows of each other, which are 400 bytes of 500, and 100 of 500.
  CHECK(rows(125, 500)(memory.data(), memory.data() + 400, &error) == OTTAVA_OK);
  check_refusal({OTTAVA_BAD_STRIDE, "to", {"399 bytes before"}},
                rows(125, 500)(memory.data(), memory.data() + 399, &error), error);
  const auto with_values = [&](float* s, std::int32_t* z) {
    return ottava_quantize_rows(context.get(), OTTAVA_QUANTIZE_XNNPACK, 6, 100, floats_of(memory, 0), 0,
                                memory.data() + 2400, 0, s, z, &error);
  };
  std::int32_t* const as_zero_points = reinterpret_cast<std::int32_t*>(scales.data());
  const auto zeros_at = [&](std::ptrdiff_t at) { return reinterpret_cast<std::int32_t*>(memory.data() + at); };
  const auto refused = [](const char* argument, const char* words) {
    return Refusal{OTTAVA_BAD_STRIDE, argument, {words}};
  };
  check_refusal(refused("scales", "overlaps zero_points"), with_values(scales.data(), as_zero_points), error);
  check_refusal(refused("scales", "overlaps from"), with_values(floats_of(memory, 0), zero_points.data()), error);
  check_refusal(refused("scales", "overlaps to"), with_values(floats_of(memory, 2996), zero_points.data()), error);
  check_refusal(refused("zero_points", "overlaps from"), with_values(scales.data(), zeros_at(2396)), error);
  check_refusal(refused("zero_points", "overlaps to"), with_values(scales.data(), zeros_at(2400)), error);
  CHECK(with_values(floats_of(memory, 3000), zeros_at(3024)) == OTTAVA_OK);
}

TEST_CASE("errors: an output stage in place, apart and across", "[errors]") {
  for (const std::uint32_t type : {OTTAVA_TYPE_S8, OTTAVA_TYPE_S32}) {
    const SmallOperator op([=](Draft& d) {
      d.desc.n = 300, d.output = OTTAVA_OUTPUT_INIT, type == OTTAVA_TYPE_S32 ? d.to_s32() : void();
    });
    const std::int64_t element_bytes = type == OTTAVA_TYPE_S8 ? 1 : 4;
    std::vector<std::int32_t> accumulators(5000);
    for (std::size_t i = 0; i < accumulators.size(); ++i) accumulators[i] = static_cast<std::int32_t>(i % 97) - 40;
    const auto run = [&](std::vector<std::int32_t>& from, std::int64_t from_stride, void* to, std::int64_t to_stride,
                         ottava_error* error) {
      return ottava_matmul_output_stage(op.matmul, 4, &from[600], from_stride, nullptr, to, to_stride, error);
    };
    for (const std::int64_t to_stride : {std::int64_t{300}, 400 / element_bytes * 4, 401 / element_bytes * 4 + 4}) {
      std::vector<std::uint8_t> expected(static_cast<std::size_t>(5 * to_stride * element_bytes));
      REQUIRE(run(accumulators, 400, expected.data(), to_stride, nullptr) == OTTAVA_OK);
      std::vector<std::int32_t> memory = accumulators;
      ottava_error error = unfilled_error();
      const ottava_status status = run(memory, 400, &memory[600], to_stride, &error);
      const Refusal across = {OTTAVA_BAD_STRIDE, "dst", {"overlaps accumulators, which begins at the same address"}};
      if (to_stride * element_bytes > 1600) {
        check_refusal(across, status, error);
        CHECK((memory == accumulators));
        continue;
      }
      CHECK(status == OTTAVA_OK);
      for (std::int64_t row = 0; row < 4; ++row) {
        const std::int64_t at = row * to_stride * element_bytes;
        CHECK(std::memcmp(reinterpret_cast<std::uint8_t*>(&memory[600]) + at, expected.data() + at,
                          static_cast<std::size_t>(300 * element_bytes)) == 0);
      }
      memory = accumulators;
      check_refusal({OTTAVA_BAD_STRIDE, "dst", {"4 bytes before it"}},
                    run(memory, 400, &memory[601], to_stride, &error), error);
      CHECK((memory == accumulators));
    }
  }
  const SmallOperator scaled(to_row_scales);
  const std::vector<std::int32_t> accumulators(12);
  std::vector<float> floats(16, 1.0f);
  ottava_error error = unfilled_error();
  check_refusal(
      {OTTAVA_BAD_STRIDE, "dst", {"overlaps lhs_scales"}},
      ottava_matmul_output_stage(scaled.matmul, 4, accumulators.data(), 0, &floats[11], floats.data(), 0, &error),
      error);
  CHECK(floats == std::vector<float>(16, 1.0f));
  CHECK(ottava_matmul_output_stage(scaled.matmul, 4, accumulators.data(), 0, &floats[12], floats.data(), 0, nullptr) ==
        OTTAVA_OK);
}
