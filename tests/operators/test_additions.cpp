// Additions of two tensors against the oracle, on every kernel's instruction set: all pairs of elements, then every way
// in which tensors may lie; and as the end of a matmul, against the matmul and the oracle.
#include <cmath>
#include <cstring>
#include <vector>

#include "catch.h"
#include "drawn_sum.h"
#include "guarded_buffer.h"
#include "hosts.h"
#include "sum_case.h"
#include "support.h"

namespace ottava {
namespace {

void check_all_pairs(const ottava_context* context, DrawnSum drawn) {
  drawn.desc.channels = 1;
  INFO(describe(drawn.desc));
  ottava_layer* const layer = make_add(context, drawn.desc);
  std::vector<std::uint8_t> first(65536), second(65536), sum(65536), wanted(65536);
  for (std::size_t i = 0; i < first.size(); ++i) {
    first[i] = static_cast<std::uint8_t>(i >> 8);
    second[i] = static_cast<std::uint8_t>(i);
    wanted[i] = static_cast<std::uint8_t>(
        oracle::add(drawn.oracle, value_of(drawn.desc.type, first[i]), value_of(drawn.desc.type, second[i])));
  }
  ottava_layer_run_desc run = OTTAVA_LAYER_RUN_DESC_INIT;
  run.height = run.width = 256;
  ottava_layer_operands operands = OTTAVA_LAYER_OPERANDS_INIT;
  operands.input = first.data(), operands.second = second.data(), operands.output = sum.data();
  CHECK(ottava_layer_run(layer, &run, &operands, nullptr) == OTTAVA_OK);
  ottava_layer_destroy(layer);
  for (std::size_t i = 0; i < sum.size(); ++i) {
    if (sum[i] == wanted[i]) continue;
    FAIL("elements " << value_of(drawn.desc.type, first[i]) << " and " << value_of(drawn.desc.type, second[i])
                     << ": got " << value_of(drawn.desc.type, sum[i]) << ", wanted "
                     << value_of(drawn.desc.type, wanted[i]));
  }
}

TEST_CASE("additions equal the formulas for all pairs of elements") {
  Random random(test_seed());
  for (const Kernel* kernel : runnable_kernels()) {
    INFO(kernel->name << ", OTTAVA_TEST_SEED " << test_seed());
    const KernelContext context(kernel->name);
    for (int i = 0; i < static_cast<int>(400 / test_sample()) + fewer(12); ++i) {
      check_all_pairs(context.get(), draw_sum(random, i % 2 == 0 ? OTTAVA_TYPE_S8 : OTTAVA_TYPE_U8));
    }
  }
}

TEST_CASE("additions take tensors however they lie, and may replace either") {
  Random random(test_seed());
  for (const Kernel* kernel : runnable_kernels()) {
    INFO(kernel->name << ", OTTAVA_TEST_SEED " << test_seed());
    const KernelContext context(kernel->name);
    for (int i = 0; i < static_cast<int>(4000 / test_sample()) + fewer(100); ++i) check_sum(context.get(), random);
  }
  for (const ottava_parallel_for_fn host : {with_threads, backwards}) {
    const KernelContext context(nullptr, 3, host);
    for (int i = 0; i < fewer(12); ++i) check_sum(context.get(), random, kSmallMemory ? 12 : 60);
  }
}

// A matmul whose output has an addition, against the same without it.
struct Product {
  std::int64_t m = 1, n = 1, k = 1, batches = 1;
  bool by_column = false, in_place = false, part = false, matrices = false, shared_second = false;
};

void check_product(const ottava_context* context, const Product& p, Random& random) {
  const std::uint32_t type = random.chance(2) ? OTTAVA_TYPE_S8 : OTTAVA_TYPE_U8;
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  desc.n = p.n, desc.k = p.k;
  desc.dst_order = p.by_column ? OTTAVA_ORDER_COLUMN : OTTAVA_ORDER_ROW;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  output.type = type;
  output.scale = 0.25f * std::sqrt(static_cast<float>(p.k + 1)) * 256.0f;
  output.zero_point = static_cast<std::int32_t>(random.between(0, 100));
  const DrawnSum drawn = draw_sum(random, type, output.scale, output.zero_point);
  INFO(describe(drawn.desc) << "; " << p.m << "x" << p.n << "x" << p.k << ", batches " << p.batches << ", by column "
                            << p.by_column << ", in place " << p.in_place << ", part " << p.part << ", matrices "
                            << p.matrices << ", shared second " << p.shared_second);
  const auto bytes = [&random](std::int64_t count) {
    std::vector<std::uint8_t> values(static_cast<std::size_t>(count));
    for (std::uint8_t& value : values) value = static_cast<std::uint8_t>(random.bits());
    return values;
  };
  const std::vector<std::uint8_t> lhs = bytes(p.batches * p.m * p.k), rhs = bytes(p.k * p.n);
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  constants.rhs = rhs.data();
  ottava_matmul *plain = nullptr, *adding = nullptr;
  REQUIRE(ottava_matmul_create(context, &desc, &output, &constants, &plain, nullptr) == OTTAVA_OK);
  output.addition = &drawn.desc;
  ottava_error error = OTTAVA_ERROR_INIT;
  const ottava_status made = ottava_matmul_create(context, &desc, &output, &constants, &adding, &error);
  INFO(error.argument << ": " << error.message);
  REQUIRE(made == OTTAVA_OK);

  const std::int64_t inner = p.by_column ? p.m : p.n, outer = p.by_column ? p.n : p.m;
  const std::int64_t stride = inner + random.between(0, 5), second_stride = p.in_place ? stride : inner + 3;
  const std::int64_t matrix = outer * stride, second_matrix = outer * second_stride;
  ottava_matmul_run_desc run = OTTAVA_MATMUL_RUN_DESC_INIT;
  run.m = p.m, run.batches = p.batches, run.lhs_batch_stride = p.m * p.k;
  run.dst_stride = stride, run.dst_batch_stride = matrix;
  if (p.part) {
    ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
    REQUIRE(ottava_matmul_query(adding, p.m, &info, nullptr) == OTTAVA_OK);
    run.first_row = random.between(0, p.m - 1);
    run.rows = random.between(1, p.m - run.first_row);
    run.first_column = random.between(0, (p.n - 1) / info.column_granularity) * info.column_granularity;
    run.columns = random.between(1, p.n - run.first_column);
  }
  GuardedBuffer dst(static_cast<std::size_t>(p.batches * matrix), Side::upper);
  const std::vector<std::uint8_t> before = bytes(p.batches * matrix);
  std::vector<std::uint8_t> products = before;
  ottava_matmul_operands operands = OTTAVA_MATMUL_OPERANDS_INIT;
  operands.lhs = lhs.data();
  operands.dst = products.data();
  REQUIRE(ottava_matmul_execute(plain, &run, &operands, nullptr) == OTTAVA_OK);

  GuardedBuffer second(static_cast<std::size_t>(p.batches * second_matrix), Side::upper);
  const std::vector<std::uint8_t> drawn_second = bytes(p.batches * second_matrix);
  std::memcpy(second.data(), drawn_second.data(), second.size());
  second.make_read_only();
  std::memcpy(dst.data(), before.data(), dst.size());
  const std::uint8_t* const added = p.in_place ? before.data() : second.data();
  std::vector<std::uint8_t> wanted = before;
  const std::int64_t rows = p.part ? run.rows : p.m, columns = p.part ? run.columns : p.n;
  const bool one = p.shared_second && !p.in_place;
  for (std::int64_t b = 0; b < p.batches; ++b) {
    for (std::int64_t r = run.first_row; r < run.first_row + rows; ++r) {
      for (std::int64_t c = run.first_column; c < run.first_column + columns; ++c) {
        const std::int64_t line = p.by_column ? c : r, element = p.by_column ? r : c;
        const std::size_t at = static_cast<std::size_t>(b * matrix + line * stride + element);
        const std::size_t from =
            static_cast<std::size_t>((one ? 0 : b * second_matrix) + line * second_stride + element);
        wanted[at] = static_cast<std::uint8_t>(
            oracle::add(drawn.oracle, value_of(type, products[at]), value_of(type, added[from])));
      }
    }
  }
  std::vector<const void*> matrices;
  for (std::int64_t b = 0; b < p.batches; ++b) {
    matrices.push_back((p.in_place ? dst.data() : second.data()) + (one ? 0 : b * second_matrix));
  }
  run.second_stride = second_stride, run.second_batch_stride = one ? 0 : second_matrix;
  std::uint64_t needed = 0;
  REQUIRE(ottava_matmul_workspace(adding, &run, &needed, nullptr) == OTTAVA_OK);
  GuardedBuffer workspace(static_cast<std::size_t>(needed), Side::upper);
  operands.dst = dst.data();
  operands.workspace = workspace.data(), operands.workspace_bytes = needed;
  if (p.matrices) {
    operands.second_matrices = matrices.data();
  } else {
    operands.second = matrices[0];
  }
  const ottava_status ran = ottava_matmul_execute(adding, &run, &operands, &error);
  INFO(error.argument << ": " << error.message);
  ottava_matmul_destroy(plain);
  ottava_matmul_destroy(adding);
  REQUIRE(ran == OTTAVA_OK);
  CHECK(std::memcmp(dst.data(), wanted.data(), wanted.size()) == 0);
  CHECK(dst.check());
  CHECK(workspace.check());
}

Product draw_product(Random& random, bool large) {
  Product p;
  p.m = large              ? random.between(100, kSmallMemory ? 120 : 300)
        : random.chance(3) ? random.between(1, 4)
                           : random.between(1, 40);
  p.n = large ? random.between(150, 400) : random.between(1, 70);
  p.k = large ? 64 : random.between(0, 40);
  p.batches = random.chance(3) ? random.between(1, 4) : 1;
  p.by_column = random.chance(4);
  p.in_place = random.chance(3);
  p.part = random.chance(4);
  p.matrices = random.chance(3);
  p.shared_second = random.chance(4);
  return p;
}

TEST_CASE("a matmul with an addition equals the matmul and the addition") {
  Random random(test_seed());
  for (const Kernel* kernel : runnable_kernels()) {
    INFO(kernel->name << ", OTTAVA_TEST_SEED " << test_seed());
    const KernelContext context(kernel->name);
    for (int i = 0; i < static_cast<int>(1500 / test_sample()) + fewer(40); ++i) {
      check_product(context.get(), draw_product(random, i % 40 == 0), random);
    }
  }
  for (const ottava_parallel_for_fn host : {with_threads, backwards}) {
    const KernelContext context(nullptr, 3, host);
    for (int i = 0; i < fewer(12); ++i) check_product(context.get(), draw_product(random, true), random);
  }
}

}  // namespace
}  // namespace ottava
