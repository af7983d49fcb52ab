// Matmuls that are part of a program: the oracle's bits by every stage, the checks of a run, and the C source.
#include <cstring>
#include <string>
#include <vector>

#include "catch.h"
#include "draft.h"
#include "kernels/registry.h"
#include "operator_case.h"
#include "ottava/firmware.h"

using namespace ottava;

namespace {

// s8 x s8 to s8 by two roundings, 5 to 9, 4 rows at most.
struct Layer {
  Layer() : context(Isa::any) {
    d.desc.n = 9, d.desc.k = 5, d.desc.max_m = 4;
    d.weights.assign(45, 3);
    d.constants.rhs = d.weights.data();
    d.output.requantization = OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS;
  }
  std::unique_ptr<GuardedBuffer> file(const char* kernel = "portable") {
    ottava_matmul* matmul = nullptr;
    ottava_error error = OTTAVA_ERROR_INIT;
    const ottava_status status = ottava_matmul_create(context.get(), &d.desc, &d.output, &d.constants, &matmul, &error);
    INFO(error.argument << ": " << error.message);
    REQUIRE(status == OTTAVA_OK);
    auto written = packed_file(matmul, kernel);
    ottava_matmul_destroy(matmul);
    return written;
  }
  Draft d;
  KernelContext context;
};

std::string source_of(const GuardedBuffer& file, const char* name) {
  std::uint64_t length = 0;
  ottava_error error = OTTAVA_ERROR_INIT;
  REQUIRE(ottava_packed_source(file.data(), file.size(), name, nullptr, 0, &length, &error) == OTTAVA_OK);
  std::string text(static_cast<std::size_t>(length), '?');
  CHECK(ottava_packed_source(file.data(), file.size(), name, &text[0], length - 1, &length, &error) ==
        OTTAVA_BAD_MEMORY);
  CHECK(text == std::string(text.size(), '?'));
  REQUIRE(ottava_packed_source(file.data(), file.size(), name, &text[0], length, &length, &error) == OTTAVA_OK);
  CHECK(text.back() == '\0');
  text.pop_back();
  CHECK(text.find('\0') == std::string::npos);
  return text;
}

}  // namespace

TEST_CASE("bound matmuls: operators drawn at random equal the oracle") {
  Random random(test_seed() + 80);
  const KernelContext context("s8s8s32_indirect_4x8x2_portable");
  const std::size_t before = files_bound();
  for (int i = 0; i < 600; ++i) {
    OperatorCase c = random_case(random, random.between(0, 11), random.between(1, 27), random.between(1, 40));
    c.lhs_order = c.dst_order = OTTAVA_ORDER_ROW;
    c.in_caller_memory = false;
    c.way = Way::bound;
    check_case(context.get(), c);
  }
  CHECK(files_bound() > before + 100);  // others have zero points of weights, or s16
}

TEST_CASE("bound matmuls: what is wrong with a run is said, and dst untouched; other functions refuse them") {
  Layer layer;
  const auto file = layer.file();
  const auto bound = bind_file(*file);
  REQUIRE(bound != nullptr);
  const ottava_matmul* matmul = ottava_bound(reinterpret_cast<const ottava_bound_matmul*>(bound->data()));
  std::vector<std::int8_t> lhs(20, 1), dst(36, 77);
  ottava_error error = OTTAVA_ERROR_INIT;
  const auto run = [&](std::int64_t m, const void* from, std::int64_t from_stride, void* to, std::int64_t to_stride) {
    return ottava_matmul_run(matmul, m, from, from_stride, to, to_stride, nullptr, 0, &error);
  };
  const auto refused = [&](ottava_status status, ottava_status expected, const char* argument) {
    INFO(error.argument << ": " << error.message);
    CHECK(status == expected);
    CHECK(error.status == expected);
    CHECK(std::string(error.argument) == argument);
    CHECK(dst == std::vector<std::int8_t>(36, 77));
  };
  refused(run(-1, lhs.data(), 0, dst.data(), 0), OTTAVA_BAD_SHAPE, "m");
  refused(run(5, lhs.data(), 0, dst.data(), 0), OTTAVA_BAD_SHAPE, "m");
  refused(run(4, nullptr, 0, dst.data(), 0), OTTAVA_NULL_POINTER, "lhs");
  refused(run(4, lhs.data(), 0, nullptr, 0), OTTAVA_NULL_POINTER, "dst");
  refused(run(4, lhs.data(), 0, dst.data(), 8), OTTAVA_BAD_STRIDE, "dst_stride");
  refused(run(4, lhs.data(), INT64_MAX / 2, dst.data(), 0), OTTAVA_SIZE_OVERFLOW, "lhs_stride");
  refused(run(4, lhs.data(), 0, dst.data(), INT64_MIN), OTTAVA_SIZE_OVERFLOW, "dst_stride");
  refused(run(2, dst.data() + 17, 0, dst.data(), 0), OTTAVA_BAD_STRIDE, "dst");
  refused(ottava_matmul_run(nullptr, 4, lhs.data(), 0, dst.data(), 0, nullptr, 0, &error), OTTAVA_NULL_POINTER,
          "operation");

  ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
  refused(ottava_matmul_query(matmul, 1, &info, &error), OTTAVA_UNSUPPORTED, "operation");
  ottava_matmul_run_desc desc = OTTAVA_MATMUL_RUN_DESC_INIT;
  ottava_matmul_operands operands = OTTAVA_MATMUL_OPERANDS_INIT;
  std::uint64_t bytes = 0;
  refused(ottava_matmul_execute(matmul, &desc, &operands, &error), OTTAVA_UNSUPPORTED, "operation");
  refused(ottava_matmul_workspace(matmul, &desc, &bytes, &error), OTTAVA_UNSUPPORTED, "operation");
  refused(ottava_matmul_save_size(matmul, nullptr, &bytes, &error), OTTAVA_UNSUPPORTED, "operation");
  CHECK(ottava_matmul_destroy(reinterpret_cast<ottava_matmul*>(bound->data())) == OTTAVA_OK);  // nothing to free

  CHECK(run(0, nullptr, 0, nullptr, 0) == OTTAVA_OK);
  CHECK(dst == std::vector<std::int8_t>(36, 77));
  CHECK(run(2, dst.data() + 18, 0, dst.data(), 0) == OTTAVA_OK);        // side by side
  CHECK(run(2, dst.data() + 23, -5, dst.data() + 9, -9) == OTTAVA_OK);  // bottom up
}

TEST_CASE("bound matmuls: the C source names its parts, holds the file, and refuses what cannot be bound") {
  Layer layer;
  const std::string text = source_of(*layer.file(), "my_layer");
  CHECK(text.find("const ottava_bound_matmul my_layer = {") != std::string::npos);
  CHECK(text.find("ottava_part_s8s8s32_indirect_4x8x2_portable_fixed_two_roundings") != std::string::npos);
  CHECK(text.find("{\n  143,79,84,84,65,86,65,10,4,3,2,1,") != std::string::npos);

  const auto refused = [&](const GuardedBuffer& file, const char* name, ottava_status expected, const char* word) {
    std::uint64_t length = 4711;
    ottava_error error = OTTAVA_ERROR_INIT;
    CHECK(ottava_packed_source(file.data(), file.size(), name, nullptr, 0, &length, &error) == expected);
    INFO(error.message);
    CHECK(std::string(error.message).find(word) != std::string::npos);
    CHECK(length == 4711);
  };
  refused(*layer.file(), "9a", OTTAVA_BAD_OPTION, "identifier");
  refused(*layer.file(), "a-b", OTTAVA_BAD_OPTION, "identifier");
  refused(*layer.file("s8s8s32_4x8x2_portable"), "a", OTTAVA_UNSUPPORTED, "no parts");
  Layer columns;
  columns.d.desc.dst_order = OTTAVA_ORDER_COLUMN;
  refused(*columns.file(), "a", OTTAVA_UNSUPPORTED, "columns");
  Layer s16;
  s16.d.output.type = OTTAVA_TYPE_S16;
  refused(*s16.file(), "a", OTTAVA_UNSUPPORTED, "s16");
  Layer zeros;
  zeros.d.desc.rhs_zero_point = 3;
  refused(*zeros.file(), "a", OTTAVA_UNSUPPORTED, "zero points");
  Layer dynamic;
  dynamic.d.to_quantize(OTTAVA_QUANTIZE_KLEIDIAI);
  refused(*dynamic.file(), "a", OTTAVA_UNSUPPORTED, "quantizes");
}
