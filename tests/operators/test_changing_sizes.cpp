// Runs of a run-time rhs that take fewer channels and depths than their operator has, as over a cache that grows: the
// oracle's bits whatever lies beyond these sizes, and never more workspace than the operator's own.
#include <cstring>

#include "catch.h"
#include "drawn_sum.h"
#include "guarded_buffer.h"
#include "hosts.h"
#include "oracle/oracle.h"
#include "oracle/quantize.h"
#include "support.h"

using namespace ottava;

namespace {

struct Sizes {
  std::int64_t m, n, k, batches;
};

Sizes draw_sizes(Random& random, const Sizes& most) {
  return {random.between(1, most.m), random.between(1, most.n), random.between(1, most.k),
          random.between(1, most.batches)};
}

// A part of the matrices of a cache that has room for more: random bytes, up to the last element of the part.
class Cached {
 public:
  Cached(Random& random, std::uint32_t order, std::int64_t rows, std::int64_t columns, std::int64_t most_rows,
         std::int64_t most_columns, std::int64_t element, std::int64_t batches)
      : by_row_(order == OTTAVA_ORDER_ROW),
        element_(element),
        stride_(by_row_ ? most_columns : most_rows),
        batch_stride_(most_rows * most_columns),
        memory_(static_cast<std::size_t>(((batches - 1) * batch_stride_ + ((by_row_ ? rows : columns) - 1) * stride_ +
                                          (by_row_ ? columns : rows)) *
                                         element),
                Side::upper) {
    for (std::size_t i = 0; i < memory_.size(); ++i) memory_.data()[i] = static_cast<std::uint8_t>(random.bits());
  }
  std::uint8_t* at(std::int64_t batch, std::int64_t row, std::int64_t column) {
    const std::int64_t line = by_row_ ? row : column, along = by_row_ ? column : row;
    return memory_.data() + (batch * batch_stride_ + line * stride_ + along) * element_;
  }
  std::int64_t stride() const { return stride_; }
  std::int64_t batch_stride() const { return batch_stride_; }
  GuardedBuffer& memory() { return memory_; }

 private:
  bool by_row_;
  std::int64_t element_, stride_, batch_stride_;
  GuardedBuffer memory_;
};

// One operator of the largest sizes: s8 by u8 or f32 by u8, to s32 or f32.
struct Growing {
  Growing(const ottava_context* context, Random& random, const Sizes& largest, bool rows_only) : most(largest) {
    desc.flags = OTTAVA_MATMUL_RUNTIME_RHS;
    desc.n = most.n, desc.k = most.k;
    desc.lhs_zero_point = static_cast<std::int32_t>(random.between(-128, 127)), desc.lhs_scale = 0.3f;
    desc.rhs_type = OTTAVA_TYPE_U8;
    desc.rhs_scale = 0.6f;
    desc.rhs_order = static_cast<std::uint32_t>(random.between(0, 1));
    desc.dst_order = static_cast<std::uint32_t>(random.between(0, 1));
    if (random.chance(2)) {
      desc.lhs_type = OTTAVA_TYPE_F32;
      desc.lhs_quantization = random.chance(2) ? OTTAVA_QUANTIZE_XNNPACK : OTTAVA_QUANTIZE_TFLITE_SYMMETRIC;
    }
    if (!rows_only) desc.lhs_order = static_cast<std::uint32_t>(random.between(0, 1));
    output.type = is_float() || random.chance(2) ? OTTAVA_TYPE_F32 : OTTAVA_TYPE_S32;
    output.requantization = OTTAVA_REQUANTIZE_NONE;
    for (std::int64_t channel = 0; channel < most.n; ++channel) {
      bias.push_back(static_cast<std::int32_t>(random.between(-100000, 100000)));
      zeros.push_back(static_cast<std::int32_t>(random.chance(2) ? 128 : random.between(0, 255)));
    }
    ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
    constants.rhs_zero_points = zeros.data();
    output.bias = bias.data();
    ottava_error error = OTTAVA_ERROR_INIT;
    const ottava_status status = ottava_matmul_create(context, &desc, &output, &constants, &matmul, &error);
    INFO(error.argument << ": " << error.message);
    REQUIRE(status == OTTAVA_OK);
  }
  ~Growing() { ottava_matmul_destroy(matmul); }
  Growing(const Growing&) = delete;
  Growing& operator=(const Growing&) = delete;
  bool is_float() const { return desc.lhs_type == OTTAVA_TYPE_F32; }

  Sizes most;
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  std::vector<std::int32_t> bias, zeros;
  ottava_matmul* matmul = nullptr;
};

std::uint64_t workspace_for(const ottava_matmul* matmul, const Sizes& sizes, bool own_sizes) {
  ottava_matmul_run_desc run = OTTAVA_MATMUL_RUN_DESC_INIT;
  run.m = sizes.m, run.batches = sizes.batches;
  if (!own_sizes) run.n = sizes.n, run.k = sizes.k;
  std::uint64_t bytes = 0;
  REQUIRE(ottava_matmul_workspace(matmul, &run, &bytes, nullptr) == OTTAVA_OK);
  return bytes;
}

oracle::Matrix draw_lhs(Random& random, const Growing& g, const Sizes& s, std::int64_t batch, Cached& lhs,
                        oracle::Rows* rows) {
  oracle::Matrix values = {s.m, s.k, {}};
  for (std::int64_t row = 0; row < s.m; ++row) {
    std::vector<float> floats;
    for (std::int64_t k = 0; k < s.k; ++k) {
      const std::int64_t value = random.between(-128, 127);
      floats.push_back(static_cast<float>(value * 37) / 512.0f);
      if (g.is_float()) {
        std::memcpy(lhs.at(batch, row, k), &floats.back(), sizeof(float));
      } else {
        *lhs.at(batch, row, k) = static_cast<std::uint8_t>(value);
        values.values.push_back(value);
      }
    }
    if (!g.is_float()) continue;
    const auto quantized =
        oracle::quantize_dynamic(static_cast<oracle::QuantizeRule>(g.desc.lhs_quantization - 1), floats);
    values.values.insert(values.values.end(), quantized.values.begin(), quantized.values.end());
    rows->scales.push_back(quantized.scale), rows->zero_points.push_back(quantized.zero_point);
  }
  return values;
}

void check_run(const Growing& g, Random& random, const Sizes& s) {
  INFO(s.m << "x" << s.k << "x" << s.n << " of " << g.most.k << "x" << g.most.n << ", batches " << s.batches
           << ", lhs type " << g.desc.lhs_type << ", orders " << g.desc.lhs_order << g.desc.rhs_order
           << g.desc.dst_order);
  const bool shared = random.chance(3), dense = random.chance(4);
  const std::int64_t rhs_batches = shared ? 1 : s.batches;
  const std::int64_t most_n = dense ? s.n : g.most.n, most_k = dense ? s.k : g.most.k;
  Cached lhs(random, g.desc.lhs_order, s.m, s.k, s.m, most_k, g.is_float() ? 4 : 1, s.batches);
  Cached rhs(random, g.desc.rhs_order, s.k, s.n, most_k, most_n, 1, rhs_batches);
  Cached dst(random, g.desc.dst_order, s.m, s.n, s.m, most_n, 4, s.batches);
  std::vector<std::uint8_t> wanted(dst.memory().data(), dst.memory().data() + dst.memory().size());
  const bool accumulate = random.chance(2);
  for (std::int64_t batch = 0; batch < s.batches; ++batch) {
    oracle::Rows rows;
    const oracle::Matrix left = draw_lhs(random, g, s, batch, lhs, &rows);
    oracle::Matrix right = {s.k, s.n, {}}, previous = {s.m, s.n, {}};
    for (std::int64_t i = 0; i < s.k * s.n; ++i) {
      right.values.push_back(*rhs.at(shared ? 0 : batch, i / s.n, i % s.n));
    }
    for (std::int64_t i = 0; i < s.m * s.n; ++i) {
      std::int32_t held = static_cast<std::int32_t>(random.between(-1000, 1000));
      if (g.output.type == OTTAVA_TYPE_F32) {
        const float value = static_cast<float>(held) / 8.0f;
        std::memcpy(&held, &value, sizeof held);
      }
      std::uint8_t* const at = dst.at(batch, i / s.n, i % s.n);
      std::memcpy(at, &held, sizeof held);
      previous.values.push_back(held);
    }
    oracle::Stage stage;
    const bool f32 = g.output.type == OTTAVA_TYPE_F32;
    stage.output = f32 ? oracle::Output::f32 : oracle::Output::s32;
    stage.lhs_scale = g.desc.lhs_scale;
    stage.rhs_scales.assign(static_cast<std::size_t>(s.n), g.desc.rhs_scale);
    stage.bias.assign(g.bias.begin(), g.bias.begin() + static_cast<std::ptrdiff_t>(s.n));
    stage.clamp_min_f32 = OTTAVA_FLOAT_LOWEST_BOUND, stage.clamp_max_f32 = OTTAVA_FLOAT_HIGHEST_BOUND;
    const std::vector<std::int64_t> zeros(g.zeros.begin(), g.zeros.begin() + static_cast<std::ptrdiff_t>(s.n));
    const oracle::Matrix result =
        oracle::matmul(left, g.desc.lhs_zero_point, right, zeros, stage, rows, accumulate ? &previous : nullptr);
    for (std::int64_t i = 0; i < s.m * s.n; ++i) {
      const std::int64_t value = result.values[static_cast<std::size_t>(i)];
      std::memcpy(wanted.data() + (dst.at(batch, i / s.n, i % s.n) - dst.memory().data()), &value, 4);
    }
  }
  lhs.memory().make_read_only(), rhs.memory().make_read_only();

  ottava_matmul_run_desc run = OTTAVA_MATMUL_RUN_DESC_INIT;
  run.flags = accumulate ? OTTAVA_RUN_ACCUMULATE : 0;
  run.m = s.m, run.n = s.n, run.k = s.k, run.batches = s.batches;
  run.lhs_batch_stride = lhs.batch_stride(), run.dst_batch_stride = dst.batch_stride();
  run.rhs_batch_stride = shared ? 0 : rhs.batch_stride();
  if (!dense) run.lhs_stride = lhs.stride(), run.rhs_stride = rhs.stride(), run.dst_stride = dst.stride();
  ottava_matmul_operands operands = OTTAVA_MATMUL_OPERANDS_INIT;
  operands.lhs = lhs.memory().data(), operands.rhs = rhs.memory().data(), operands.dst = dst.memory().data();
  // That of the operator's sizes, and for no more rows and batches than these.
  GuardedBuffer workspace(static_cast<std::size_t>(workspace_for(g.matmul, s, true)), Side::upper);
  operands.workspace = workspace.data(), operands.workspace_bytes = workspace.size();
  ottava_error error = OTTAVA_ERROR_INIT;
  const ottava_status status = ottava_matmul_execute(g.matmul, &run, &operands, &error);
  INFO(error.argument << ": " << error.message);
  REQUIRE(status == OTTAVA_OK);
  REQUIRE(workspace.check());
  REQUIRE(dst.memory().check());
  REQUIRE(std::memcmp(dst.memory().data(), wanted.data(), wanted.size()) == 0);
}

}  // namespace

TEST_CASE("changing sizes: every run of one operator equals the oracle, whatever lies beyond its sizes") {
  Random random(test_seed() + 90);
  for (const Kernel* kernel : runnable_kernels()) {
    INFO(kernel->name << ", OTTAVA_TEST_SEED " << test_seed());
    const KernelContext context(kernel->name);
    for (int operators = 0; operators < fewer(12); ++operators) {
      const Growing g(context.get(), random, draw_sizes(random, {30, 150, operators % 4 == 0 ? 9000 : 200, 3}),
                      kernel->form == LhsForm::indirect);
      const Sizes most = {g.most.m, g.most.n, g.most.k < 200 ? g.most.k : 200, g.most.batches};
      for (int runs = 0; runs < 3; ++runs) check_run(g, random, draw_sizes(random, most));
      check_run(g, random, most);
    }
    record_exercised(*kernel);
  }
}

TEST_CASE("changing sizes: runs on several threads equal the oracle") {
  Random random(test_seed() + 91);
  for (const ottava_parallel_for_fn host : {with_threads, backwards}) {
    const KernelContext context(nullptr, 3, host);
    for (int operators = 0; operators < fewer(8); ++operators) {
      const Growing g(context.get(), random, {90, 300, 400, random.between(1, 3)}, true);
      for (int runs = 0; runs < 2; ++runs) check_run(g, random, draw_sizes(random, g.most));
    }
  }
}

TEST_CASE("changing sizes: no run is told to want more workspace than one of larger sizes") {
  Random random(test_seed() + 92);
  for (const std::uint32_t threads : {1u, 3u, 16u}) {
    const KernelContext context(nullptr, threads, one_after_the_other);
    for (int operators = 0; operators < fewer(60); ++operators) {
      const Growing g(context.get(), random, draw_sizes(random, {2000, 3000, operators % 2 == 0 ? 30000 : 500, 20}),
                      false);
      for (int runs = 0; runs < 20; ++runs) {
        const Sizes sizes = draw_sizes(random, g.most);
        INFO(threads << " threads: " << sizes.m << "x" << sizes.k << "x" << sizes.n << " of " << g.most.k << "x"
                     << g.most.n << ", batches " << sizes.batches);
        CHECK(workspace_for(g.matmul, sizes, false) <= workspace_for(g.matmul, sizes, true));
      }
    }
  }
  // Blocks of half the depth are twice as tall, and one channel saves little.
  for (const Kernel* kernel : runnable_kernels()) {
    INFO(kernel->name);
    const KernelContext context(kernel->name);
    for (std::int64_t k = 300; k < 1500; k += 50) {
      const Growing g(context.get(), random, {2000, 1, k, 1}, kernel->form == LhsForm::indirect);
      const Sizes half = {2000, 1, k / 2, 1};
      CHECK(workspace_for(g.matmul, half, false) <= workspace_for(g.matmul, half, true));
    }
  }
}

TEST_CASE("changing sizes: an output that adds takes the workspace of the largest run, and so does a part") {
  Random random(test_seed() + 93);
  const KernelContext context(nullptr);
  const std::int64_t m = 400, n = 100, k = 64;
  const DrawnSum sum = draw_sum(random, OTTAVA_TYPE_S8, 0.5f);
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  const ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  desc.flags = OTTAVA_MATMUL_RUNTIME_RHS;
  desc.n = n, desc.k = k;
  output.scale = 0.5f, output.addition = &sum.desc;
  ottava_matmul* matmul = nullptr;
  REQUIRE(ottava_matmul_create(context.get(), &desc, &output, &constants, &matmul, nullptr) == OTTAVA_OK);
  const std::vector<std::int8_t> zeros(static_cast<std::size_t>(m * n), 0);
  std::vector<std::int8_t> dst(static_cast<std::size_t>(m * n));
  GuardedBuffer workspace(static_cast<std::size_t>(workspace_for(matmul, {m, n, k, 1}, true)), Side::upper);
  ottava_matmul_operands operands = OTTAVA_MATMUL_OPERANDS_INIT;
  operands.lhs = operands.rhs = operands.second = zeros.data();
  operands.dst = dst.data();
  operands.workspace = workspace.data(), operands.workspace_bytes = workspace.size();
  for (const std::int64_t columns : {n, n / 2, std::int64_t{16}, std::int64_t{1}}) {
    INFO(columns << " columns");
    ottava_matmul_run_desc run = OTTAVA_MATMUL_RUN_DESC_INIT;
    run.m = m, run.columns = columns;
    CHECK(ottava_matmul_execute(matmul, &run, &operands, nullptr) == OTTAVA_OK);
    run.columns = OTTAVA_TO_THE_END, run.n = columns, run.k = columns == 1 ? k / 2 : 0;
    CHECK(ottava_matmul_execute(matmul, &run, &operands, nullptr) == OTTAVA_OK);
    CHECK(workspace.check());
  }
  ottava_matmul_destroy(matmul);
}
