// Errors of queries and runs of an operator: exact status, argument and words, and every byte of the outputs left as
// it was.
#include "refusal.h"
#include "support.h"

using namespace ottava;

namespace {

// s8 operands, s32 dst, at most 8 rows; all weights are 1.
struct SmallOperator {
  static constexpr std::int64_t n = 3, k = 5, max_m = 8;

  explicit SmallOperator(std::uint32_t dst_order = OTTAVA_ORDER_ROW, std::int64_t channels = n, std::int64_t depth = k)
      : context(nullptr) {
    ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
    ottava_output output = OTTAVA_OUTPUT_INIT;
    desc.n = channels;
    desc.k = depth;
    desc.max_m = max_m;
    desc.dst_order = dst_order;
    output.type = OTTAVA_TYPE_S32;
    output.requantization = OTTAVA_REQUANTIZE_NONE;
    const std::vector<std::int8_t> weights(static_cast<std::size_t>(channels * depth), 1);
    ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
    constants.rhs = weights.data();
    REQUIRE(ottava_matmul_create(context.get(), &desc, &output, &constants, &matmul, nullptr) == OTTAVA_OK);
  }
  ~SmallOperator() { ottava_matmul_destroy(matmul); }
  SmallOperator(const SmallOperator&) = delete;
  SmallOperator& operator=(const SmallOperator&) = delete;

  std::uint64_t workspace_bytes(std::int64_t m) const {
    ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
    REQUIRE(ottava_matmul_query(matmul, m, &info, nullptr) == OTTAVA_OK);
    return info.workspace_bytes;
  }

  KernelContext context;
  ottava_matmul* matmul = nullptr;
};

struct RunCase {
  const char* what;
  std::int64_t m, lhs_stride, dst_stride;
  bool has_lhs, has_dst;
  Refusal expected;
};

// Runs with and without a workspace, and requires the refusal and untouched bytes.
void check_run_refused(const SmallOperator& small, const RunCase& c) {
  INFO(c.what);
  const std::vector<std::int8_t> lhs(64, 1);
  std::vector<std::int32_t> dst(64, 0x5a5a5a5a);
  const std::vector<std::int32_t> before = dst;
  std::vector<std::uint8_t> workspace(static_cast<std::size_t>(small.workspace_bytes(SmallOperator::max_m)), 0xab);
  for (const bool with_workspace : {false, true}) {
    ottava_error error = unfilled_error();
    const ottava_status status = ottava_matmul_run(
        small.matmul, c.m, c.has_lhs ? lhs.data() : nullptr, c.lhs_stride, c.has_dst ? &dst[32] : nullptr, c.dst_stride,
        with_workspace ? workspace.data() : nullptr, with_workspace ? workspace.size() : 0, &error);
    check_refusal(c.expected, status, error);
    CHECK(dst == before);
  }
}

constexpr std::int64_t kHuge = INT64_MAX / 4 + 1;  // elements of 4 bytes

}  // namespace

TEST_CASE("errors: queries of an operator", "[errors]") {
  const SmallOperator small;
  ottava_error error = unfilled_error();
  ottava_matmul_info info = patterned<ottava_matmul_info>(sizeof info);
  const ottava_matmul_info before = info;
  check_refusal({OTTAVA_NULL_POINTER, "operation", {"NULL"}}, ottava_matmul_query(nullptr, 1, &info, &error), error);
  check_refusal({OTTAVA_NULL_POINTER, "info", {"NULL"}}, ottava_matmul_query(small.matmul, 1, nullptr, &error), error);
  for (const std::int64_t m : {std::int64_t{-1}, INT64_MIN}) {
    check_refusal({OTTAVA_BAD_SHAPE, "m", {std::to_string(m), "negative"}},
                  ottava_matmul_query(small.matmul, m, &info, &error), error);
  }
  for (const std::int64_t m : {std::int64_t{9}, INT64_MAX}) {
    check_refusal({OTTAVA_BAD_SHAPE, "m", {std::to_string(m), "max_m", "8"}},
                  ottava_matmul_query(small.matmul, m, &info, &error), error);
  }
  CHECK(same_bytes(info, before));
  for (const std::uint32_t size : {0u, 4u, 303u, 4097u, UINT32_MAX}) {
    info = patterned<ottava_matmul_info>(size);
    const ottava_matmul_info sized = info;
    check_refusal({OTTAVA_BAD_STRUCT, "info", {"struct_size", std::to_string(size)}},
                  ottava_matmul_query(small.matmul, 1, &info, &error), error);
    CHECK(same_bytes(info, sized));
  }
  // One of an older header: what it does not have is not written.
  info = patterned<ottava_matmul_info>(304);
  CHECK(ottava_matmul_query(small.matmul, 1, &info, nullptr) == OTTAVA_OK);
  CHECK((info.struct_size == 304 && info.max_exact_k == 131071));
  CHECK(std::memcmp(&info.wrapping_channels, &before.wrapping_channels, sizeof info - 304) == 0);
  Longer<ottava_matmul_info> longer(before);
  longer.tail(0) = longer.tail(15) = 0x77;
  CHECK(ottava_matmul_query(small.matmul, 1, longer.get(), nullptr) == OTTAVA_OK);
  CHECK((longer.tail(0) == 0 && longer.tail(15) == 0));

  info = OTTAVA_MATMUL_INFO_INIT;
  CHECK(ottava_matmul_query(small.matmul, 0, &info, nullptr) == OTTAVA_OK);
  CHECK(info.workspace_bytes == 0);
  CHECK(ottava_matmul_query(small.matmul, SmallOperator::max_m, &info, nullptr) == OTTAVA_OK);
  CHECK((info.exactness == OTTAVA_EXACT_BY_TYPES && info.wrapping_channels == 0));
}

TEST_CASE("errors: where a part may begin is the tile of the kernel", "[errors]") {
  for (const Kernel* kernel : runnable_kernels()) {
    const KernelContext context(kernel->name);
    ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
    ottava_output output = OTTAVA_OUTPUT_INIT;
    desc.n = 1;
    const ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
    ottava_matmul* matmul = nullptr;
    REQUIRE(ottava_matmul_create(context.get(), &desc, &output, &constants, &matmul, nullptr) == OTTAVA_OK);
    ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
    REQUIRE(ottava_matmul_query(matmul, 1, &info, nullptr) == OTTAVA_OK);
    const TileShape tile = tile_here(*kernel);
    CHECK((info.tile_m == tile.mr && info.row_granularity == tile.mr));
    CHECK((info.tile_n == tile.nr && info.column_granularity == tile.nr));
    CHECK(ottava_matmul_destroy(matmul) == OTTAVA_OK);
  }
}

TEST_CASE("errors: runs", "[errors]") {
  const std::vector<RunCase> cases = {
      {"negative m", -1, 0, 0, true, true, {OTTAVA_BAD_SHAPE, "m", {"-1", "negative"}}},
      {"lowest m", INT64_MIN, 0, 0, true, true, {OTTAVA_BAD_SHAPE, "m", {"-9223372036854775808", "negative"}}},
      {"m above max_m", 9, 0, 0, true, true, {OTTAVA_BAD_SHAPE, "m", {"9", "max_m", "8"}}},
      {"highest m", INT64_MAX, 0, 0, true, true, {OTTAVA_BAD_SHAPE, "m", {"9223372036854775807", "max_m"}}},
      {"no lhs", 2, 0, 0, false, true, {OTTAVA_NULL_POINTER, "lhs", {"NULL"}}},
      {"no dst", 2, 0, 0, true, false, {OTTAVA_NULL_POINTER, "dst", {"NULL"}}},
      {"rows of dst overlap", 2, 0, 2, true, true, {OTTAVA_BAD_STRIDE, "dst_stride", {"is 2,", "row", "3 elements"}}},
      {"rows of dst overlap", 2, 0, 1, true, true, {OTTAVA_BAD_STRIDE, "dst_stride", {"is 1,", "row"}}},
      {"overlap going up", 2, 0, -2, true, true, {OTTAVA_BAD_STRIDE, "dst_stride", {"is -2,", "row"}}},
      {"dst out of reach", 2, 0, INT64_MAX, true, true, {OTTAVA_SIZE_OVERFLOW, "dst_stride", {"address space"}}},
      {"dst out of reach", 2, 0, INT64_MIN, true, true, {OTTAVA_SIZE_OVERFLOW, "dst_stride", {"address space"}}},
      {"dst bytes out of reach", 2, 0, kHuge, true, true, {OTTAVA_SIZE_OVERFLOW, "dst_stride", {"address space"}}},
      {"dst bytes out of reach", 2, 0, -kHuge, true, true, {OTTAVA_SIZE_OVERFLOW, "dst_stride", {"address space"}}},
      {"dst rows out of reach", 8, 0, kHuge / 7, true, true, {OTTAVA_SIZE_OVERFLOW, "dst_stride", {"address space"}}},
      {"lhs out of reach", 2, INT64_MAX, 0, true, true, {OTTAVA_SIZE_OVERFLOW, "lhs_stride", {"address space"}}},
      {"lhs out of reach", 3, INT64_MIN, 0, true, true, {OTTAVA_SIZE_OVERFLOW, "lhs_stride", {"address space"}}},
      {"lhs rows out of reach",
       8,
       INT64_MAX / 7,
       0,
       true,
       true,
       {OTTAVA_SIZE_OVERFLOW, "lhs_stride", {"address space"}}},
  };
  const SmallOperator small;
  for (const RunCase& c : cases) check_run_refused(small, c);

  ottava_error error = unfilled_error();
  check_refusal({OTTAVA_NULL_POINTER, "operation", {"NULL"}},
                ottava_matmul_run(nullptr, 1, nullptr, 0, nullptr, 0, nullptr, 0, &error), error);

  const SmallOperator by_column(OTTAVA_ORDER_COLUMN);
  for (const std::int64_t stride : {1, -1, 3, -3}) {
    check_run_refused(by_column, {"columns of dst overlap",
                                  4,
                                  0,
                                  stride,
                                  true,
                                  true,
                                  {OTTAVA_BAD_STRIDE, "dst_stride", {std::to_string(stride), "column", "4 elements"}}});
  }
}

TEST_CASE("errors: the workspace of a run", "[errors]") {
  const SmallOperator small;
  const std::uint64_t needed = small.workspace_bytes(4);
  const std::vector<std::int8_t> lhs(64, 1);
  std::vector<std::int32_t> dst(64, 0x5a5a5a5a);
  const std::vector<std::int32_t> before = dst;
  std::vector<std::uint8_t> workspace(static_cast<std::size_t>(needed));
  for (const std::uint64_t bytes : {std::uint64_t{0}, std::uint64_t{1}, needed - 1}) {
    ottava_error error = unfilled_error();
    check_refusal({OTTAVA_BAD_MEMORY, "workspace_bytes", {"is " + std::to_string(bytes) + ",", std::to_string(needed)}},
                  ottava_matmul_run(small.matmul, 4, lhs.data(), 0, dst.data(), 0, workspace.data(), bytes, &error),
                  error);
  }
  CHECK(dst == before);
  CHECK(ottava_matmul_run(small.matmul, 4, lhs.data(), 0, dst.data(), 0, workspace.data(), needed, nullptr) ==
        OTTAVA_OK);
  CHECK(dst[0] == SmallOperator::k);
}

TEST_CASE("errors: runs at the edge of what is refused are accepted", "[errors]") {
  const SmallOperator small;
  const std::vector<std::int8_t> lhs(64, 1);
  std::vector<std::int32_t> dst(64, 0x5a5a5a5a);
  const std::vector<std::int32_t> before = dst;

  // No rows, or no channels: nothing is looked at.
  CHECK(ottava_matmul_run(small.matmul, 0, nullptr, 0, nullptr, 0, nullptr, 0, nullptr) == OTTAVA_OK);
  CHECK(ottava_matmul_run(small.matmul, 0, lhs.data(), INT64_MIN, dst.data(), 1, nullptr, 0, nullptr) == OTTAVA_OK);
  const SmallOperator no_channels(OTTAVA_ORDER_ROW, 0, 5);
  CHECK(ottava_matmul_run(no_channels.matmul, 2, nullptr, 0, nullptr, 0, nullptr, 0, nullptr) == OTTAVA_OK);
  CHECK(dst == before);

  // No depth: lhs may be NULL, dst is the output stage of 0.
  const SmallOperator no_depth(OTTAVA_ORDER_ROW, 3, 0);
  CHECK(ottava_matmul_run(no_depth.matmul, 2, nullptr, 0, dst.data(), 0, nullptr, 0, nullptr) == OTTAVA_OK);
  for (std::size_t i = 0; i < dst.size(); ++i) CHECK(dst[i] == (i < 6 ? 0 : 0x5a5a5a5a));

  // The stride of a single row steps nowhere; rows of lhs may overlap; dst rows may touch, in either direction.
  for (const std::int64_t stride : {1, -1, 3}) {
    dst = before;
    CHECK(ottava_matmul_run(small.matmul, 1, lhs.data(), INT32_MAX, dst.data(), stride, nullptr, 0, nullptr) ==
          OTTAVA_OK);
    for (std::size_t i = 0; i < dst.size(); ++i) CHECK(dst[i] == (i < 3 ? 5 : 0x5a5a5a5a));
  }
  dst = before;
  CHECK(ottava_matmul_run(small.matmul, 8, lhs.data(), 1, &dst[21], -3, nullptr, 0, nullptr) == OTTAVA_OK);
  for (std::size_t i = 0; i < dst.size(); ++i) CHECK(dst[i] == (i < 24 ? 5 : 0x5a5a5a5a));
}
