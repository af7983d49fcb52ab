// The limits of an operator: sizes, addresses and memory that do not fit, each at its last accepted value and one
// beyond.
#include <algorithm>
#include <utility>

#include "sound_desc.h"
#include "support.h"

using namespace ottava;

namespace {

void* allocate_never(void*, std::uint64_t, std::uint64_t) { return nullptr; }
void release_never(void*, void*, std::uint64_t) {}

// Create and size refuse a desc; no weights are ever looked at.
void check_desc_refused(const Refusal& expected, const ottava_matmul_desc& desc) {
  INFO("n = " << desc.n << ", k = " << desc.k << ", rhs_stride = " << desc.rhs_stride);
  const KernelContext context(nullptr);
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  constants.rhs = sentinel<void>();
  ottava_matmul* matmul = sentinel<ottava_matmul>();
  ottava_error error = unfilled_error();
  check_refusal(expected, ottava_matmul_create(context.get(), &desc, &kOutput, &constants, &matmul, &error), error);
  CHECK(matmul == sentinel<ottava_matmul>());
  std::uint64_t bytes = 77;
  error = unfilled_error();
  check_refusal(expected, ottava_matmul_size(context.get(), &desc, &kOutput, &bytes, &error), error);
  CHECK(bytes == 77);
}

}  // namespace

TEST_CASE("errors: negative sizes", "[errors]") {
  for (const std::int64_t size : {std::int64_t{-1}, INT64_MIN}) {
    const std::vector<std::string> words = {std::to_string(size), "negative"};
    check_desc_refused({OTTAVA_BAD_SHAPE, "desc.n", words}, sound_desc(size, 1));
    check_desc_refused({OTTAVA_BAD_SHAPE, "desc.k", words}, sound_desc(1, size));
    ottava_matmul_desc desc = sound_desc(1, 1);
    desc.max_m = size;
    check_desc_refused({OTTAVA_BAD_SHAPE, "desc.max_m", words}, desc);
  }
}

TEST_CASE("errors: sizes and addresses beyond the address space", "[errors]") {
  const std::vector<std::string> words = {"address space"};
  const char* const too_many = kWide ? "desc.k" : "desc.rhs_stride";
  for (const std::int64_t size : {INT64_MAX, INT64_MAX - 63, INT64_MAX / 2}) {
    ottava_matmul_desc wide = sound_desc(size, 1);
    ottava_matmul_desc deep = sound_desc(1, size);
    wide.flags = deep.flags = OTTAVA_MATMUL_ALLOW_WRAP;
    check_desc_refused({OTTAVA_SIZE_OVERFLOW, too_many, words}, wide);
    deep.rhs_order = OTTAVA_ORDER_COLUMN;
    check_desc_refused({OTTAVA_SIZE_OVERFLOW, too_many, words}, deep);
  }
  ottava_matmul_desc square = sound_desc(std::int64_t{1} << 32, std::int64_t{1} << 32);
  check_desc_refused({OTTAVA_SIZE_OVERFLOW, "desc.rhs_stride", words}, square);

  for (const std::uint32_t order : {OTTAVA_ORDER_ROW, OTTAVA_ORDER_COLUMN}) {
    for (const std::int64_t stride : {INT64_MAX, INT64_MIN, INT64_MAX / 2, -(INT64_MAX / 2)}) {
      ottava_matmul_desc desc = sound_desc(4, 4);
      desc.rhs_order = order;
      desc.rhs_stride = stride;
      check_desc_refused({OTTAVA_SIZE_OVERFLOW, "desc.rhs_stride", {std::to_string(stride), "address space"}}, desc);
    }
  }
  if (!kWide) {
    ottava_matmul_desc desc = sound_desc(1, 1);
    desc.max_m = std::int64_t{1} << 32;
    check_desc_refused({OTTAVA_SIZE_OVERFLOW, "desc", words}, desc);
  }
}

TEST_CASE("errors: an absurd number of channels without constants is refused at once", "[errors]") {
  // Nothing differs between the channels, so nothing has to be looked at one by one.
  if (!kWide) return;
  std::vector<std::uint8_t> memory(1 << 14);
  ottava_context_host host = OTTAVA_CONTEXT_HOST_INIT;
  host.allocate = allocate_never;
  host.release = release_never;
  ottava_context* context = nullptr;
  REQUIRE(ottava_context_init_at(memory.data(), memory.size(), nullptr, &host, &context, nullptr) == OTTAVA_OK);
  ottava_matmul_desc may_wrap = sound_desc(std::int64_t{1} << 44, 200000);
  may_wrap.flags = OTTAVA_MATMUL_RUNTIME_RHS | OTTAVA_MATMUL_ALLOW_WRAP;
  for (const ottava_matmul_desc& desc : {sound_desc(std::int64_t{1} << 50, 0), may_wrap}) {
    const ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
    ottava_matmul* matmul = sentinel<ottava_matmul>();
    ottava_error error = unfilled_error();
    check_refusal({OTTAVA_OUT_OF_MEMORY, "operation", {"NULL", "bytes"}},
                  ottava_matmul_create(context, &desc, &kOutput, &constants, &matmul, &error), error);
    CHECK(matmul == sentinel<ottava_matmul>());
  }
}

TEST_CASE("errors: a stride of the weights shorter than a row", "[errors]") {
  for (const std::int64_t stride : {3, -3, 1, -1}) {
    ottava_matmul_desc desc = sound_desc(4, 5);
    desc.rhs_stride = stride;
    check_desc_refused(
        {OTTAVA_BAD_STRIDE, "desc.rhs_stride", {"is " + std::to_string(stride) + ",", "row", "4 elements"}}, desc);
    desc = sound_desc(5, 4);
    desc.rhs_stride = stride;
    desc.rhs_order = OTTAVA_ORDER_COLUMN;
    check_desc_refused(
        {OTTAVA_BAD_STRIDE, "desc.rhs_stride", {"is " + std::to_string(stride) + ",", "column", "4 elements"}}, desc);
  }
}

TEST_CASE("errors: a stride of weights that come with each run", "[errors]") {
  for (const std::int64_t stride : {std::int64_t{1}, std::int64_t{4}, std::int64_t{-4}, INT64_MAX, INT64_MIN}) {
    ottava_matmul_desc desc = sound_desc(4, 4);
    desc.flags = OTTAVA_MATMUL_RUNTIME_RHS;
    desc.rhs_stride = stride;
    check_desc_refused({OTTAVA_UNSUPPORTED,
                        "desc.rhs_stride",
                        {std::to_string(stride), "OTTAVA_MATMUL_RUNTIME_RHS", "run.rhs_stride"}},
                       desc);
  }
}

TEST_CASE("errors: a stride that is never stepped may be anything", "[errors]") {
  for (const std::int64_t stride : {INT64_MAX, INT64_MIN, std::int64_t{-1}, std::int64_t{1}}) {
    ottava_matmul_desc desc = sound_desc(3, 1);
    desc.rhs_stride = stride;
    ottava_output output = s32_output();
    const std::int8_t weights[] = {4, 5, 6};
    ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
    constants.rhs = weights;
    const KernelContext context(nullptr);
    ottava_matmul* matmul = nullptr;
    REQUIRE(ottava_matmul_create(context.get(), &desc, &output, &constants, &matmul, nullptr) == OTTAVA_OK);
    const std::int8_t lhs[] = {10};
    std::int32_t dst[] = {0, 0, 0};
    CHECK(ottava_matmul_run(matmul, 1, lhs, 0, dst, 0, nullptr, 0, nullptr) == OTTAVA_OK);
    CHECK((dst[0] == 40 && dst[1] == 50 && dst[2] == 60));
    ottava_matmul_destroy(matmul);
  }
}

TEST_CASE("errors: memory of an operator", "[errors]") {
  const KernelContext context(nullptr);
  const ottava_matmul_desc desc = sound_desc(3, 5);
  const std::vector<std::int8_t> weights(15, 2);
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  constants.rhs = weights.data();
  ottava_output output = kOutput;
  std::uint64_t needed = 0;
  REQUIRE(ottava_matmul_size(context.get(), &desc, &output, &needed, nullptr) == OTTAVA_OK);
  std::vector<std::uint8_t> memory(static_cast<std::size_t>(needed) + 70, 0xcd);
  const std::vector<std::uint8_t> before = memory;
  ottava_matmul* matmul = sentinel<ottava_matmul>();
  for (const std::uint64_t bytes : {std::uint64_t{0}, std::uint64_t{1}, needed - 1}) {
    ottava_error error = unfilled_error();
    check_refusal(
        {OTTAVA_BAD_MEMORY, "bytes", {"is " + std::to_string(bytes) + ",", std::to_string(needed)}},
        ottava_matmul_init_at(memory.data(), bytes, context.get(), &desc, &output, &constants, &matmul, &error), error);
  }
  CHECK(matmul == sentinel<ottava_matmul>());
  CHECK(memory == before);

  // Any alignment, in exactly the bytes asked for, whatever the constants.
  const std::vector<float> scales(3, 0.01f);
  const std::vector<std::int32_t> numbers(3, 1);
  for (std::size_t offset = 0; offset < 65; ++offset) {
    const bool full = offset % 2 == 1;
    constants.rhs_scales = full ? scales.data() : nullptr;
    constants.rhs_zero_points = output.bias = full ? numbers.data() : nullptr;
    memory = before;
    REQUIRE(ottava_matmul_init_at(&memory[offset + 1], needed, context.get(), &desc, &output, &constants, &matmul,
                                  nullptr) == OTTAVA_OK);
    CHECK(memory[offset] == 0xcd);
    CHECK(memory[offset + 1 + static_cast<std::size_t>(needed)] == 0xcd);
    const std::vector<std::int8_t> lhs(5, 3);
    std::vector<std::int8_t> dst(3);
    CHECK(ottava_matmul_run(matmul, 1, lhs.data(), 0, dst.data(), 0, nullptr, 0, nullptr) == OTTAVA_OK);
    CHECK(dst == std::vector<std::int8_t>(3, full ? 0 : 30));  // (5 * 3 * (2 - 1) + 1) * 0.01, or 5 * 3 * 2
    CHECK(ottava_matmul_destroy(matmul) == OTTAVA_OK);
  }
}
