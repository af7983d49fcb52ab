// ottava_matmul_execute on threads: batches, a run-time rhs packed together or by each worker, parts that a host
// schedules on threads of its own. tests/operators/combination_check.cpp holds small runs against the oracle; these are
// large enough to be split.
#include <cstring>
#include <thread>

#include "catch.h"
#include "hosted/host.h"
#include "hosts.h"
#include "operator_case.h"
#include "support.h"

using namespace ottava;

namespace {

constexpr std::int64_t kM = 70, kN = 90, kK = 300;

// An attention-like product: float activations against a run-time rhs, or 8-bit ones against constant weights.
struct Product {
  std::int64_t batches;
  bool runtime_rhs, shared_rhs, float_lhs;
  std::vector<float> floats;
  std::vector<std::uint8_t> lhs, rhs;
};
Product draw_product(std::int64_t batches, bool runtime_rhs, bool shared_rhs, bool float_lhs) {
  Product p = {batches, runtime_rhs, shared_rhs, float_lhs, {}, {}, {}};
  Random random(test_seed() + 70);
  for (std::int64_t i = 0; i < batches * kM * kK; ++i) {
    p.floats.push_back(static_cast<float>(random.between(-1000, 1000)) / 256.0f);
    p.lhs.push_back(static_cast<std::uint8_t>(random.bits()));
  }
  for (std::int64_t i = 0; i < batches * kK * kN; ++i) p.rhs.push_back(static_cast<std::uint8_t>(random.bits()));
  return p;
}

struct Operation {
  explicit Operation(const ottava_context* context, const Product& p) {
    ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
    ottava_output output = OTTAVA_OUTPUT_INIT;
    desc.n = kN;
    desc.k = kK;
    desc.rhs_zero_point = 3;
    output.type = OTTAVA_TYPE_F32;
    output.requantization = OTTAVA_REQUANTIZE_NONE;
    desc.flags = p.runtime_rhs ? OTTAVA_MATMUL_RUNTIME_RHS : 0;
    desc.lhs_type = p.float_lhs ? OTTAVA_TYPE_F32 : OTTAVA_TYPE_U8;
    desc.lhs_quantization = p.float_lhs ? OTTAVA_QUANTIZE_XNNPACK : OTTAVA_QUANTIZE_NONE;
    ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
    constants.rhs = p.runtime_rhs ? nullptr : p.rhs.data();
    ottava_error error = OTTAVA_ERROR_INIT;
    const ottava_status status = ottava_matmul_create(context, &desc, &output, &constants, &matmul, &error);
    INFO(error.argument << ": " << error.message);
    REQUIRE(status == OTTAVA_OK);
  }
  ~Operation() { ottava_matmul_destroy(matmul); }
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;
  ottava_matmul* matmul = nullptr;
};

ottava_matmul_run_desc whole_run(const Product& p) {
  ottava_matmul_run_desc run = OTTAVA_MATMUL_RUN_DESC_INIT;
  run.m = kM;
  run.batches = p.batches;
  run.lhs_batch_stride = kM * kK;
  run.rhs_batch_stride = p.runtime_rhs && !p.shared_rhs ? kK * kN : 0;
  run.dst_batch_stride = kM * kN;
  return run;
}
ottava_matmul_operands operands_of(const Product& p, std::vector<float>& dst) {
  ottava_matmul_operands operands = OTTAVA_MATMUL_OPERANDS_INIT;
  operands.lhs = p.float_lhs ? static_cast<const void*>(p.floats.data()) : p.lhs.data();
  operands.rhs = p.runtime_rhs ? p.rhs.data() : nullptr;
  operands.dst = dst.data();
  return operands;
}

std::vector<float> execute(const ottava_context* context, const Product& p) {
  const Operation op(context, p);
  ottava_matmul_run_desc run = whole_run(p);
  std::vector<float> dst(static_cast<std::size_t>(p.batches * kM * kN), -1.0f);
  ottava_matmul_operands operands = operands_of(p, dst);
  REQUIRE(ottava_matmul_workspace(op.matmul, &run, &operands.workspace_bytes, nullptr) == OTTAVA_OK);
  GuardedBuffer workspace(static_cast<std::size_t>(operands.workspace_bytes), Side::upper);
  operands.workspace = workspace.data();
  REQUIRE(ottava_matmul_execute(op.matmul, &run, &operands, nullptr) == OTTAVA_OK);
  REQUIRE(workspace.check());
  return dst;
}

bool same(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

std::vector<Product> products() {
  std::vector<Product> all;
  for (const std::int64_t batches : {1, 2, 5}) {
    for (const bool float_lhs : {false, true}) {
      all.push_back(draw_product(batches, false, true, float_lhs));
      all.push_back(draw_product(batches, true, true, float_lhs));
      all.push_back(draw_product(batches, true, false, float_lhs));
    }
  }
  return all;
}

}  // namespace

TEST_CASE("threads: batches and run-time operands give the same bits for any number of threads", "[threads]") {
  for (const Kernel* kernel : runnable_kernels()) {
    const KernelContext alone(kernel->name);
    for (const Product& p : products()) {
      INFO(kernel->name << " batches " << p.batches << " runtime " << p.runtime_rhs << " shared " << p.shared_rhs
                        << " float " << p.float_lhs);
      const std::vector<float> expected = execute(alone.get(), p);
      for (const std::uint32_t threads : {2u, 4u}) {
        if (kEmulated && threads == 2) continue;
        if (has_thread_pool()) {
          const KernelContext pooled(kernel->name, threads);
          CHECK(same(execute(pooled.get(), p), expected));
        }
        const KernelContext hosted(kernel->name, threads, with_threads);
        CHECK(same(execute(hosted.get(), p), expected));
        const KernelContext sequential(kernel->name, threads, backwards);
        CHECK(same(execute(sequential.get(), p), expected));
      }
    }
  }
}

TEST_CASE("threads: a host runs the parts of one operator on its own threads", "[threads]") {
  for (const Kernel* kernel : runnable_kernels()) {
    const KernelContext context(kernel->name);
    for (const bool runtime_rhs : {false, true}) {
      const Product p = draw_product(2, runtime_rhs, false, true);
      const std::vector<float> expected = execute(context.get(), p);
      const Operation op(context.get(), p);
      ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
      REQUIRE(ottava_matmul_query(op.matmul, kM, &info, nullptr) == OTTAVA_OK);
      std::vector<float> dst(expected.size(), -1.0f);
      std::vector<std::thread> threads;
      std::vector<ottava_status> statuses(12, OTTAVA_UNSUPPORTED);
      const std::int64_t half = kN / 2 / info.column_granularity * info.column_granularity;
      for (std::size_t part = 0; part < statuses.size(); ++part) {
        threads.emplace_back([&, part] {
          ottava_matmul_run_desc run = whole_run(p);
          const std::int64_t rows = 12;  // the last part of six is shorter
          run.first_row = static_cast<std::int64_t>(part / 2) * rows;
          run.rows = run.first_row + rows <= kM ? rows : OTTAVA_TO_THE_END;
          run.first_column = part % 2 == 0 ? 0 : half;
          run.columns = part % 2 == 0 ? half : OTTAVA_TO_THE_END;
          const ottava_matmul_operands operands = operands_of(p, dst);
          statuses[part] = ottava_matmul_execute(op.matmul, &run, &operands, nullptr);
        });
      }
      for (std::thread& thread : threads) thread.join();
      for (const ottava_status status : statuses) CHECK(status == OTTAVA_OK);
      CHECK(same(dst, expected));
    }
  }
}

TEST_CASE("threads: every rule and dst type with several workers equals the oracle", "[threads]") {
  Random random(test_seed() + 71);
  for (const Kernel* kernel : runnable_kernels()) {
    const KernelContext context(kernel->name, 3, backwards);
    for (std::uint32_t rule = OTTAVA_REQUANTIZE_NONE; rule <= OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_AWAY; ++rule) {
      for (std::uint32_t dst_type = OTTAVA_TYPE_S8; dst_type <= OTTAVA_TYPE_F32; ++dst_type) {
        const bool plain = dst_type == OTTAVA_TYPE_S32 || dst_type == OTTAVA_TYPE_F32;
        if (plain != (rule == OTTAVA_REQUANTIZE_NONE)) continue;
        OperatorCase c;
        do {  // drawn until it fits: all else stays as drawn
          c = random_case(random, 61, 73, 480);
        } while (c.rule != rule || c.dst_type != dst_type);
        c.lhs_order = OTTAVA_ORDER_ROW;
        check_case(context.get(), c);
      }
    }
  }
}
