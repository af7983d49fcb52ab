// Runs of few rows that lie side by side, to 8 bits by the float rule, have a way of their own which looks at as little
// as it can: they are refused in the same words as all others, of each kernel, and leave the same bytes.
#include <algorithm>

#include "refusal.h"
#include "support.h"

using namespace ottava;

namespace {

constexpr std::int64_t kN = 3, kK = 5, kMaxM = 8;

struct LoneOperator {
  explicit LoneOperator(const char* kernel) : context(kernel) {
    ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
    ottava_output output = OTTAVA_OUTPUT_INIT;
    desc.n = kN, desc.k = kK, desc.max_m = kMaxM;
    output.requantization = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN;
    output.scale = 4.0f;
    const std::vector<std::int8_t> weights(kN * kK, 1);
    ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
    constants.rhs = weights.data();
    REQUIRE(ottava_matmul_create(context.get(), &desc, &output, &constants, &matmul, nullptr) == OTTAVA_OK);
  }
  ~LoneOperator() { ottava_matmul_destroy(matmul); }
  LoneOperator(const LoneOperator&) = delete;
  LoneOperator& operator=(const LoneOperator&) = delete;

  KernelContext context;
  ottava_matmul* matmul = nullptr;
};

constexpr std::int8_t kLhs = 12, kResult = 15, kUntouched = 0x5a;  // 5 times 12, divided by 4

struct Places {
  std::int64_t lhs, dst, workspace;  // where they begin in one block of memory; a workspace below 0: none
};

// Whether blocks of so many bytes share one.
bool share(std::int64_t a, std::int64_t a_bytes, std::int64_t b, std::int64_t b_bytes) {
  return a < b + b_bytes && b < a + a_bytes;
}

// All bytes of the block but those of dst stay as they were.
void check_places(const LoneOperator& op, std::int64_t m, const Places& at, std::int64_t workspace_bytes) {
  INFO(m << " rows, lhs at " << at.lhs << ", dst at " << at.dst << ", workspace at " << at.workspace);
  std::vector<std::int8_t> block(4096, kUntouched);
  std::fill_n(block.data() + at.lhs, m * kK, kLhs);
  const std::vector<std::int8_t> before = block;
  ottava_error error = unfilled_error();
  const bool has_workspace = at.workspace >= 0;
  const ottava_status status =
      ottava_matmul_run(op.matmul, m, block.data() + at.lhs, 0, block.data() + at.dst, 0,
                        has_workspace ? block.data() + at.workspace : nullptr,
                        static_cast<std::uint64_t>(has_workspace ? workspace_bytes : 0), &error);
  const bool shared = share(at.lhs, m * kK, at.dst, m * kN) ||
                      (has_workspace && (share(at.lhs, m * kK, at.workspace, workspace_bytes) ||
                                         share(at.dst, m * kN, at.workspace, workspace_bytes)));
  CHECK(status == (shared ? OTTAVA_BAD_STRIDE : OTTAVA_OK));
  CHECK(error.status == status);
  CHECK((error.argument[0] == '\0') == !shared);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < block.size(); ++i) {
    const std::int64_t byte = static_cast<std::int64_t>(i);
    if (!shared && share(at.dst, m * kN, byte, 1)) {
      if (block[i] != kResult) ++wrong;
    } else if (!has_workspace || !share(at.workspace, workspace_bytes, byte, 1)) {
      if (block[i] != before[i]) ++wrong;
    }
  }
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("errors: lone runs, operands and workspace at every distance", "[errors]") {
  for (const Kernel* kernel : runnable_kernels()) {
    INFO(kernel->name);
    const LoneOperator op(kernel->name);
    // Of more rows than a tile has, some runs take less of the workspace than is asked for.
    for (const std::int64_t m : {std::int64_t{1}, std::int64_t{2}, std::min<std::int64_t>(kernel->mr.count, 5)}) {
      ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
      REQUIRE(ottava_matmul_query(op.matmul, m, &info, nullptr) == OTTAVA_OK);
      const std::int64_t bytes = static_cast<std::int64_t>(info.workspace_bytes);
      if (bytes > 1500) continue;
      for (std::int64_t distance = -30; distance <= 30; ++distance) {
        check_places(op, m, {2000, 2000 + distance, -1}, bytes);
        if (bytes == 0) continue;
        check_places(op, m, {2000, 3000, 2000 - bytes + distance}, bytes);
        check_places(op, m, {2000, 3000, 2000 + m * kK + distance}, bytes);
        check_places(op, m, {1000, 2000, 2000 - bytes + distance}, bytes);
        check_places(op, m, {1000, 2000, 2000 + m * kN + distance}, bytes);
      }
    }
  }
}

TEST_CASE("errors: lone runs", "[errors]") {
  const struct {
    std::int64_t m, lhs_stride, dst_stride;
    bool has_lhs, has_dst;
    Refusal expected;
  } cases[] = {
      {-1, 0, 0, true, true, {OTTAVA_BAD_SHAPE, "m", {"-1", "negative"}}},
      {INT64_MIN, 0, 0, true, true, {OTTAVA_BAD_SHAPE, "m", {"-9223372036854775808", "negative"}}},
      {9, 0, 0, true, true, {OTTAVA_BAD_SHAPE, "m", {"9", "max_m", "8"}}},
      {INT64_MAX, 0, 0, true, true, {OTTAVA_BAD_SHAPE, "m", {"9223372036854775807", "max_m"}}},
      {2, 0, 0, false, true, {OTTAVA_NULL_POINTER, "lhs", {"NULL"}}},
      {2, 0, 0, true, false, {OTTAVA_NULL_POINTER, "dst", {"NULL"}}},
      {2, 0, 2, true, true, {OTTAVA_BAD_STRIDE, "dst_stride", {"is 2,", "row", "3 elements"}}},
      {2, 0, INT64_MAX, true, true, {OTTAVA_SIZE_OVERFLOW, "dst_stride", {"address space"}}},
      {3, INT64_MIN, 0, true, true, {OTTAVA_SIZE_OVERFLOW, "lhs_stride", {"address space"}}},
  };
  const std::vector<std::int8_t> lhs(64, kLhs), before(64, kUntouched);
  for (const Kernel* kernel : runnable_kernels()) {
    INFO(kernel->name);
    const LoneOperator op(kernel->name);
    std::vector<std::int8_t> dst = before;
    std::vector<std::uint8_t> workspace(4096);
    const auto run = [&](std::int64_t m, std::uint64_t workspace_bytes, ottava_error* error) {
      return ottava_matmul_run(op.matmul, m, lhs.data(), 0, dst.data(), 0, workspace.data(), workspace_bytes, error);
    };
    for (const auto& c : cases) {
      for (const bool with_workspace : {false, true}) {
        ottava_error error = unfilled_error();
        const ottava_status status = ottava_matmul_run(
            op.matmul, c.m, c.has_lhs ? lhs.data() : nullptr, c.lhs_stride, c.has_dst ? dst.data() + 32 : nullptr,
            c.dst_stride, with_workspace ? workspace.data() : nullptr, with_workspace ? workspace.size() : 0, &error);
        check_refusal(c.expected, status, error);
        CHECK(dst == before);
      }
    }
    ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
    REQUIRE(ottava_matmul_query(op.matmul, 2, &info, nullptr) == OTTAVA_OK);
    if (info.workspace_bytes != 0) {
      ottava_error error = unfilled_error();
      check_refusal({OTTAVA_BAD_MEMORY, "workspace_bytes", {std::to_string(info.workspace_bytes)}},
                    run(2, info.workspace_bytes - 1, &error), error);
    }
    ottava_error wrong = unfilled_error();
    wrong.struct_size = 252;
    CHECK(run(2, workspace.size(), &wrong) == OTTAVA_BAD_STRUCT);
    CHECK(dst == before);

    Longer<ottava_error> longer(unfilled_error());
    longer.tail(0) = longer.tail(15) = 0x77;
    CHECK(run(2, workspace.size(), longer.get()) == OTTAVA_OK);
    CHECK((longer.get()->status == OTTAVA_OK && longer.tail(0) == 0 && longer.tail(15) == 0));
    CHECK(std::count(dst.begin(), dst.end(), kResult) == 2 * kN);
  }
}

TEST_CASE("errors: lone runs want a workspace where the context has no allocator", "[errors]") {
  std::uint64_t bytes = 0;
  REQUIRE(ottava_context_size(&bytes) == OTTAVA_OK);
  std::vector<std::uint8_t> context_memory(static_cast<std::size_t>(bytes));
  ottava_context* context = nullptr;
  REQUIRE(ottava_context_init_at(context_memory.data(), bytes, nullptr, nullptr, &context, nullptr) == OTTAVA_OK);
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  desc.n = kN, desc.k = kK;
  output.requantization = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN;
  output.scale = 4.0f;
  const std::vector<std::int8_t> weights(kN * kK, 1), lhs(kK, kLhs);
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  constants.rhs = weights.data();
  REQUIRE(ottava_matmul_size(context, &desc, &output, &bytes, nullptr) == OTTAVA_OK);
  std::vector<std::uint8_t> memory(static_cast<std::size_t>(bytes));
  ottava_matmul* matmul = nullptr;
  REQUIRE(ottava_matmul_init_at(memory.data(), bytes, context, &desc, &output, &constants, &matmul, nullptr) ==
          OTTAVA_OK);
  std::vector<std::int8_t> dst(kN, kUntouched);
  ottava_error error = unfilled_error();
  check_refusal({OTTAVA_BAD_MEMORY, "workspace", {"NULL", "allocator"}},
                ottava_matmul_run(matmul, 1, lhs.data(), 0, dst.data(), 0, nullptr, 0, &error), error);
  CHECK(dst == std::vector<std::int8_t>(kN, kUntouched));
}
