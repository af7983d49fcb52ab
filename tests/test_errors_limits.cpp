// The limits of an operator: sizes, addresses and memory that do not fit, and depths at which int32 stops being exact,
// each at its last accepted value and one beyond.
#include "refusal.h"
#include "support.h"

using namespace ottava;

namespace {

constexpr bool kWide = sizeof(void*) == 8;

void* allocate_never(void*, std::uint64_t, std::uint64_t) { return nullptr; }
void release_never(void*, void*, std::uint64_t) {}

ottava_matmul_desc sound_desc(std::int64_t n, std::int64_t k) {
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  desc.n = n;
  desc.k = k;
  return desc;
}

// Create and size refuse a desc; no weights are ever looked at.
void check_desc_refused(const Refusal& expected, const ottava_matmul_desc& desc) {
  INFO("n = " << desc.n << ", k = " << desc.k << ", rhs_stride = " << desc.rhs_stride);
  const KernelContext context(nullptr);
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  constants.rhs = sentinel<void>();
  ottava_matmul* matmul = sentinel<ottava_matmul>();
  ottava_error error = unfilled_error();
  check_refusal(expected, ottava_matmul_create(context.get(), &desc, &constants, &matmul, &error), error);
  CHECK(matmul == sentinel<ottava_matmul>());
  std::uint64_t bytes = 77;
  error = unfilled_error();
  check_refusal(expected, ottava_matmul_size(context.get(), &desc, &bytes, &error), error);
  CHECK(bytes == 77);
}

// One channel of depth k; zero weights, which no bound depends on.
struct Deep {
  std::uint32_t lhs_type, rhs_type;
  std::int32_t lhs_zero, rhs_zero;
  std::int64_t last_exact_k;
};

ottava_matmul_desc deep_desc(const Deep& deep, std::int64_t k) {
  ottava_matmul_desc desc = sound_desc(1, k);
  desc.lhs_type = deep.lhs_type;
  desc.rhs_type = deep.rhs_type;
  desc.lhs_zero_point = deep.lhs_zero;
  desc.rhs_zero_point = deep.rhs_zero;
  return desc;
}

ottava_status create(const ottava_matmul_desc& desc, const ottava_matmul_constants& constants, ottava_error* error,
                     ottava_matmul_info* info = nullptr) {
  const KernelContext context(nullptr);
  ottava_matmul* matmul = sentinel<ottava_matmul>();
  *error = unfilled_error();
  const ottava_status status = ottava_matmul_create(context.get(), &desc, &constants, &matmul, error);
  if (status != OTTAVA_OK) {
    CHECK(matmul == sentinel<ottava_matmul>());
    return status;
  }
  if (info != nullptr) CHECK(ottava_matmul_query(matmul, 1, info, nullptr) == OTTAVA_OK);
  CHECK(ottava_matmul_destroy(matmul) == OTTAVA_OK);
  return status;
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
  const ottava_matmul_desc desc = sound_desc(std::int64_t{1} << 50, 0);
  const ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  ottava_matmul* matmul = sentinel<ottava_matmul>();
  ottava_error error = unfilled_error();
  check_refusal({OTTAVA_OUT_OF_MEMORY, "operation", {"NULL", "bytes"}},
                ottava_matmul_create(context, &desc, &constants, &matmul, &error), error);
  CHECK(matmul == sentinel<ottava_matmul>());
}

TEST_CASE("errors: a stride that is never stepped may be anything", "[errors]") {
  for (const std::int64_t stride : {INT64_MAX, INT64_MIN, std::int64_t{-1}, std::int64_t{1}}) {
    ottava_matmul_desc desc = sound_desc(3, 1);
    desc.rhs_stride = stride;
    desc.dst_type = OTTAVA_TYPE_S32;
    desc.rule = OTTAVA_RULE_NONE;
    const std::int8_t weights[] = {4, 5, 6};
    ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
    constants.rhs = weights;
    const KernelContext context(nullptr);
    ottava_matmul* matmul = nullptr;
    REQUIRE(ottava_matmul_create(context.get(), &desc, &constants, &matmul, nullptr) == OTTAVA_OK);
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
  std::uint64_t needed = 0;
  REQUIRE(ottava_matmul_size(context.get(), &desc, &needed, nullptr) == OTTAVA_OK);
  std::vector<std::uint8_t> memory(static_cast<std::size_t>(needed) + 70, 0xcd);
  const std::vector<std::uint8_t> before = memory;
  ottava_matmul* matmul = sentinel<ottava_matmul>();
  for (const std::uint64_t bytes : {std::uint64_t{0}, std::uint64_t{1}, needed - 1}) {
    ottava_error error = unfilled_error();
    check_refusal({OTTAVA_BAD_MEMORY, "bytes", {"is " + std::to_string(bytes) + ",", std::to_string(needed)}},
                  ottava_matmul_init_at(memory.data(), bytes, context.get(), &desc, &constants, &matmul, &error),
                  error);
  }
  CHECK(matmul == sentinel<ottava_matmul>());
  CHECK(memory == before);

  // Any alignment, in exactly the bytes asked for, whatever the constants.
  const std::vector<float> scales(3, 0.01f);
  const std::vector<std::int32_t> numbers(3, 1);
  for (std::size_t offset = 0; offset < 65; ++offset) {
    const bool full = offset % 2 == 1;
    constants.rhs_scales = full ? scales.data() : nullptr;
    constants.rhs_zero_points = constants.bias = full ? numbers.data() : nullptr;
    memory = before;
    REQUIRE(ottava_matmul_init_at(&memory[offset + 1], needed, context.get(), &desc, &constants, &matmul, nullptr) ==
            OTTAVA_OK);
    CHECK(memory[offset] == 0xcd);
    CHECK(memory[offset + 1 + static_cast<std::size_t>(needed)] == 0xcd);
    const std::vector<std::int8_t> lhs(5, 3);
    std::vector<std::int8_t> dst(3);
    CHECK(ottava_matmul_run(matmul, 1, lhs.data(), 0, dst.data(), 0, nullptr, 0, nullptr) == OTTAVA_OK);
    CHECK(dst == std::vector<std::int8_t>(3, full ? 0 : 30));  // (5 * 3 * (2 - 1) + 1) * 0.01, or 5 * 3 * 2
    CHECK(ottava_matmul_destroy(matmul) == OTTAVA_OK);
  }
}

TEST_CASE("errors: the last exact depth, and one more", "[errors]") {
  const std::uint32_t s8 = OTTAVA_TYPE_S8, u8 = OTTAVA_TYPE_U8;
  // floor((2^31 - 1) / largest product) or floor(2^31 / magnitude of the smallest), whichever is less.
  const Deep deeps[] = {
      {s8, s8, 0, 0, 131071},       // -128 * -128 = 16384
      {u8, u8, 0, 0, 33025},        // 255 * 255 = 65025
      {s8, u8, 0, 0, 65793},        // -128 * 255 = -32640
      {u8, s8, 0, 0, 65793},        // 255 * -128
      {u8, u8, 128, 128, 131071},   // -128 * -128
      {u8, u8, 255, 255, 33025},    // -255 * -255
      {u8, u8, 0, 255, 33025},      // 255 * -255 = -65025
      {s8, s8, -128, -128, 33025},  // 255 * 255
      {s8, s8, 127, -128, 33025},   // -255 * 255
      {s8, s8, 127, 0, 65793},      // -255 * -128 = 32640
      {s8, u8, 0, 128, 131071},     // -128 * -128
      {u8, s8, 127, 0, 131072},     // 128 * -128 = -16384: one deeper, as int32 reaches -2^31
  };
  for (const Deep& deep : deeps) {
    INFO("types " << deep.lhs_type << ", " << deep.rhs_type << ", zero points " << deep.lhs_zero << ", "
                  << deep.rhs_zero);
    const std::vector<std::uint8_t> weights(static_cast<std::size_t>(deep.last_exact_k) + 2, 0);
    ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
    constants.rhs = weights.data();
    ottava_error error = OTTAVA_ERROR_INIT;
    ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
    CHECK(create(deep_desc(deep, deep.last_exact_k), constants, &error, &info) == OTTAVA_OK);
    CHECK(info.max_exact_k == static_cast<std::uint64_t>(deep.last_exact_k));

    ottava_matmul_desc beyond = deep_desc(deep, deep.last_exact_k + 1);
    check_refusal({OTTAVA_NOT_EXACT,
                   "desc.k",
                   {std::to_string(beyond.k), std::to_string(deep.last_exact_k), "OTTAVA_MATMUL_ALLOW_WRAP"}},
                  create(beyond, constants, &error), error);
    beyond.flags = OTTAVA_MATMUL_ALLOW_WRAP;
    CHECK(create(beyond, constants, &error, &info) == OTTAVA_OK);
    CHECK(info.max_exact_k == static_cast<std::uint64_t>(deep.last_exact_k));

    // The same zero point, given per channel: the bound is that of the constants.
    const std::int32_t zero_points[] = {deep.rhs_zero};
    constants.rhs_zero_points = zero_points;
    ottava_matmul_desc per_channel = deep_desc(deep, deep.last_exact_k);
    per_channel.rhs_zero_point = deep.rhs_type == s8 ? -1 : 1;
    CHECK(create(per_channel, constants, &error, &info) == OTTAVA_OK);
    CHECK(info.max_exact_k == static_cast<std::uint64_t>(deep.last_exact_k));
    per_channel.k += 1;
    check_refusal({OTTAVA_NOT_EXACT, "desc.k", {std::to_string(deep.last_exact_k)}},
                  create(per_channel, constants, &error), error);
  }
}

TEST_CASE("errors: a bias that pushes the accumulator over", "[errors]") {
  // s8 x s8, K = 131071: from -131071 * 128 * 127 to 131071 * 128 * 128.
  const std::int64_t k = 131071;
  const std::int32_t last_above = static_cast<std::int32_t>(INT32_MAX - k * 16384);
  const std::int32_t last_below = static_cast<std::int32_t>(INT32_MIN + k * 16256);
  CHECK((last_above == 16383 && last_below == -16793472));
  const std::vector<std::int8_t> weights(static_cast<std::size_t>(k) * 2, 0);
  std::int32_t bias[] = {0, 0};
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  constants.rhs = weights.data();
  constants.bias = bias;
  ottava_matmul_desc desc = sound_desc(2, k);
  ottava_error error = OTTAVA_ERROR_INIT;
  for (const std::int32_t value : {last_above, last_below, 0}) {
    bias[1] = value;
    CHECK(create(desc, constants, &error) == OTTAVA_OK);
  }
  for (const std::int32_t value : {last_above + 1, last_below - 1, INT32_MAX, INT32_MIN}) {
    bias[1] = value;
    desc.flags = 0;
    check_refusal({OTTAVA_NOT_EXACT,
                   "constants.bias",
                   {"channel 1", std::to_string(value), std::to_string(k), "OTTAVA_MATMUL_ALLOW_WRAP"}},
                  create(desc, constants, &error), error);
    desc.flags = OTTAVA_MATMUL_ALLOW_WRAP;
    CHECK(create(desc, constants, &error) == OTTAVA_OK);
  }
  // With no depth every bias fits.
  desc = sound_desc(2, 0);
  bias[0] = INT32_MIN;
  bias[1] = INT32_MAX;
  CHECK(create(desc, constants, &error) == OTTAVA_OK);
}
