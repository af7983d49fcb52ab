// The C++ wrapper: the same results as the C interface, ownership that moves, errors that carry their words.
#include <cstring>
#include <new>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "catch.h"
#include "ottava/ottava.hpp"

namespace {

// Memory of a context, counted.
struct Ledger {
  int live = 0;

  static void* allocate(void* user, std::uint64_t bytes, std::uint64_t) {
    ++static_cast<Ledger*>(user)->live;
    return ::operator new (static_cast<std::size_t>(bytes), std::align_val_t{64});
  }
  static void release(void* user, void* memory, std::uint64_t) {
    --static_cast<Ledger*>(user)->live;
    ::operator delete (memory, std::align_val_t{64});
  }

  ottava::ContextHost host() {
    ottava::ContextHost host;
    host.allocate = allocate;
    host.release = release;
    host.allocator_user = this;
    return host;
  }
};

// dst = lhs * [[1, 2], [3, 4], [5, 6]] as s32.
const std::int8_t kWeights[] = {1, 2, 3, 4, 5, 6};
const std::int8_t kLhs[] = {1, 1, 1, 2, 0, -1};
const std::vector<std::int32_t> kExpected = {9, 12, -3, -2};

ottava::MatmulDesc small_desc() {
  ottava::MatmulDesc desc;
  desc.n = 2;
  desc.k = 3;
  return desc;
}

ottava::Output small_output() {
  ottava::Output output;
  output.type = OTTAVA_TYPE_S32;
  output.requantization = OTTAVA_REQUANTIZE_NONE;
  return output;
}

ottava::MatmulConstants small_constants() {
  ottava::MatmulConstants constants;
  constants.rhs = kWeights;
  return constants;
}

std::vector<std::int32_t> run_small(const ottava::Matmul& matmul) {
  std::vector<std::int32_t> dst(4, 0x55555555);
  matmul.run(2, kLhs, 0, dst.data(), 0);
  return dst;
}

// Runs `body` and requires the ottava::Error that it throws.
template <class Body>
ottava::Error thrown_by(const Body& body) {
  try {
    body();
  } catch (const ottava::Error& error) {
    return error;
  }
  FAIL("nothing was thrown");
  const ottava_error none = OTTAVA_ERROR_INIT;
  return ottava::Error(none);
}

bool contains(const std::string& text, const char* words) { return text.find(words) != std::string::npos; }

}  // namespace

static_assert(std::is_nothrow_move_constructible<ottava::Context>::value, "moves are how ownership passes on");
static_assert(std::is_nothrow_move_assignable<ottava::Context>::value, "");
static_assert(std::is_nothrow_move_constructible<ottava::Matmul>::value, "");
static_assert(std::is_nothrow_move_assignable<ottava::Matmul>::value, "");
static_assert(!std::is_copy_constructible<ottava::Context>::value, "one owner");
static_assert(!std::is_copy_constructible<ottava::Matmul>::value, "one owner");
static_assert(std::is_nothrow_copy_constructible<ottava::Error>::value, "exceptions are copied without the heap");
static_assert(sizeof(ottava::Context) == sizeof(void*) && sizeof(ottava::Matmul) == sizeof(void*), "thin");
static_assert(sizeof(ottava::MatmulDesc) == sizeof(ottava_matmul_desc), "the C descriptor and nothing else");
static_assert(sizeof(ottava::Output) == sizeof(ottava_output), "");
static_assert(sizeof(ottava::MatmulRunDesc) == sizeof(ottava_matmul_run_desc), "");
static_assert(sizeof(ottava::MatmulOperands) == sizeof(ottava_matmul_operands), "");
static_assert(sizeof(ottava::ForeignParameters) == sizeof(ottava_foreign_parameters), "");

TEST_CASE("wrapper: creates, queries, runs and releases", "[wrapper]") {
  Ledger ledger;
  {
    const ottava::Context context = ottava::Context::create(ottava::ContextOptions(), ledger.host());
    REQUIRE(context);
    CHECK(context.cpu().cores >= 1);
    CHECK(context.tier(0).name[0] != '\0');
    const ottava::Matmul matmul = ottava::Matmul::create(context, small_desc(), small_output(), small_constants());
    REQUIRE(matmul);
    CHECK(ledger.live == 2);
    CHECK(run_small(matmul) == kExpected);

    const ottava_matmul_info info = matmul.query(2);
    CHECK(info.kernel[0] != '\0');
    std::vector<std::uint8_t> workspace(static_cast<std::size_t>(info.workspace_bytes));
    std::vector<std::int32_t> dst(4);
    matmul.run(2, kLhs, 0, dst.data(), 0, workspace.data(), workspace.size());
    CHECK(dst == kExpected);
  }
  CHECK(ledger.live == 0);
}

TEST_CASE("wrapper: the defaults are those of the C macros", "[wrapper]") {
  const ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  const ottava_output output = OTTAVA_OUTPUT_INIT;
  const ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  const ottava::MatmulDesc wrapped_desc;
  const ottava::Output wrapped_output;
  const ottava::ContextOptions wrapped_options;
  CHECK(std::memcmp(&desc, &wrapped_desc, sizeof desc) == 0);
  CHECK(std::memcmp(&output, &wrapped_output, sizeof output) == 0);
  CHECK(std::memcmp(&options, &wrapped_options, sizeof options) == 0);
  CHECK(ottava::ContextHost().struct_size == sizeof(ottava_context_host));
  CHECK(ottava::MatmulConstants().struct_size == sizeof(ottava_matmul_constants));
  const ottava_matmul_run_desc run = OTTAVA_MATMUL_RUN_DESC_INIT;
  const ottava_foreign_parameters foreign = OTTAVA_FOREIGN_PARAMETERS_INIT;
  const ottava::MatmulRunDesc wrapped_run;
  const ottava::ForeignParameters wrapped_foreign;
  CHECK(std::memcmp(&run, &wrapped_run, sizeof run) == 0);
  CHECK(std::memcmp(&foreign, &wrapped_foreign, sizeof foreign) == 0);
  CHECK(ottava::MatmulOperands().struct_size == sizeof(ottava_matmul_operands));
}

TEST_CASE("wrapper: works in memory of the caller", "[wrapper]") {
  std::vector<std::uint8_t> context_memory(static_cast<std::size_t>(ottava::Context::size()));
  const ottava::Context context = ottava::Context::create_at(context_memory.data(), context_memory.size());
  std::vector<std::uint8_t> memory(
      static_cast<std::size_t>(ottava::Matmul::size(context, small_desc(), small_output())));
  const ottava::Matmul matmul =
      ottava::Matmul::create_at(memory.data(), memory.size(), context, small_desc(), small_output(), small_constants());
  std::vector<std::uint8_t> workspace(static_cast<std::size_t>(matmul.query(2).workspace_bytes));
  std::vector<std::int32_t> dst(4);
  matmul.run(2, kLhs, 0, dst.data(), 0, workspace.data(), workspace.size());
  CHECK(dst == kExpected);
  // This context has no allocator.
  CHECK(thrown_by([&] { matmul.run(2, kLhs, 0, dst.data(), 0); }).status() == OTTAVA_BAD_MEMORY);
}

TEST_CASE("wrapper: ownership moves, and each handle is released once", "[wrapper]") {
  Ledger ledger;
  {
    ottava::Context first = ottava::Context::create(ottava::ContextOptions(), ledger.host());
    ottava_context* const handle = first.get();
    ottava::Context context(std::move(first));
    CHECK(!first);
    CHECK(context.get() == handle);

    ottava::Matmul matmul;
    CHECK(!matmul);
    CHECK(matmul.get() == nullptr);
    matmul = ottava::Matmul::create(context, small_desc(), small_output(), small_constants());
    CHECK(ledger.live == 2);
    matmul = ottava::Matmul::create(context, small_desc(), small_output(), small_constants());
    CHECK(ledger.live == 2);  // the first operator is gone
    ottava::Matmul other(std::move(matmul));
    CHECK(!matmul);
    CHECK(run_small(other) == kExpected);

    // A successful try_create replaces what the owner held.
    REQUIRE(ottava::Matmul::try_create(&other, context, small_desc(), small_output(), small_constants()) == OTTAVA_OK);
    CHECK(ledger.live == 2);

    ottava::Matmul adopted(other.release());
    CHECK(!other);
    CHECK(ledger.live == 2);
    CHECK(run_small(adopted) == kExpected);
  }
  CHECK(ledger.live == 0);
}

TEST_CASE("wrapper: exceptions carry the status, the argument and the words", "[wrapper]") {
  const ottava::Context context = ottava::Context::create();
  ottava::MatmulDesc desc = small_desc();
  desc.n = -1;
  const ottava::Error error =
      thrown_by([&] { (void)ottava::Matmul::create(context, desc, small_output(), small_constants()); });
  CHECK(error.status() == OTTAVA_BAD_SHAPE);
  CHECK(std::string(error.argument()) == "desc.n");
  CHECK(std::string(error.what()) == "desc.n is -1, negative");

  const std::exception& base = error;
  CHECK(contains(base.what(), "negative"));

  ottava::ContextOptions options;
  options.threads = 5000;
  CHECK(thrown_by([&] { (void)ottava::Context::create(options); }).status() == OTTAVA_BAD_OPTION);
  CHECK(thrown_by([&] { (void)ottava::Context::create_at(nullptr, 0); }).status() == OTTAVA_NULL_POINTER);
  CHECK(thrown_by([&] { (void)ottava::Matmul::size(context, desc, small_output()); }).status() == OTTAVA_BAD_SHAPE);
  CHECK(thrown_by([&] { (void)context.tier(1000); }).status() == OTTAVA_OUT_OF_RANGE);

  const ottava::Matmul matmul = ottava::Matmul::create(context, small_desc(), small_output(), small_constants());
  CHECK(thrown_by([&] { (void)matmul.query(-1); }).status() == OTTAVA_BAD_SHAPE);
  const ottava::Error run = thrown_by([&] { matmul.run(2, nullptr, 0, nullptr, 0); });
  CHECK(run.status() == OTTAVA_NULL_POINTER);
  CHECK(std::string(run.what()) == "lhs is NULL");

  // Empty owners are refused by the library like any NULL handle.
  CHECK(thrown_by([&] { (void)ottava::Context().cpu(); }).status() == OTTAVA_NULL_POINTER);
  CHECK(thrown_by([&] { ottava::Matmul().run(0, nullptr, 0, nullptr, 0); }).status() == OTTAVA_NULL_POINTER);
}

TEST_CASE("wrapper: an error of any length is told whole, one without words by its status", "[wrapper]") {
  ottava_error full = OTTAVA_ERROR_INIT;
  full.status = OTTAVA_BAD_TYPE;
  std::memset(full.argument, 'a', sizeof full.argument);  // not even terminated
  std::memset(full.message, 'm', sizeof full.message);
  const ottava::Error error(full);
  CHECK(std::string(error.argument()) == std::string(sizeof full.argument, 'a'));
  CHECK(std::string(error.what()) ==
        std::string(sizeof full.argument, 'a') + " " + std::string(sizeof full.message, 'm'));

  ottava_error bare = OTTAVA_ERROR_INIT;
  bare.status = OTTAVA_NULL_POINTER;
  CHECK(std::string(ottava::Error(bare).what()) == ottava::status_string(OTTAVA_NULL_POINTER));
  CHECK(contains(ottava::status_string(OTTAVA_NULL_POINTER), "OTTAVA_NULL_POINTER"));
  CHECK(ottava::status_string(12345) != nullptr);
}

TEST_CASE("wrapper: try_ functions return the status and leave the owner alone on failure", "[wrapper]") {
  ottava::Context context;
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava::ContextOptions options;
  options.flags = 1u << 31;
  CHECK(ottava::Context::try_create(&context, options, ottava::ContextHost(), &error) == OTTAVA_BAD_OPTION);
  CHECK(std::string(error.argument) == "options.flags");
  CHECK(!context);
  CHECK(ottava::Context::try_create(nullptr) == OTTAVA_NULL_POINTER);
  REQUIRE(ottava::Context::try_create(&context) == OTTAVA_OK);
  ottava_context* const handle = context.get();
  CHECK(ottava::Context::try_create(&context, options) == OTTAVA_BAD_OPTION);
  CHECK(context.get() == handle);

  ottava::Matmul matmul;
  ottava::MatmulDesc wrong = small_desc();
  wrong.k = -2;
  REQUIRE(ottava::Matmul::try_create(&matmul, context, small_desc(), small_output(), small_constants()) == OTTAVA_OK);
  ottava_matmul* const operation = matmul.get();
  CHECK(ottava::Matmul::try_create(&matmul, context, wrong, small_output(), small_constants(), &error) ==
        OTTAVA_BAD_SHAPE);
  CHECK(std::string(error.argument) == "desc.k");
  CHECK(matmul.get() == operation);

  std::vector<std::int32_t> dst(4);
  CHECK(matmul.try_run(2, kLhs, 0, dst.data(), 1) == OTTAVA_BAD_STRIDE);
  CHECK(dst == std::vector<std::int32_t>(4));
  CHECK(matmul.try_run(2, kLhs, 0, dst.data(), 0) == OTTAVA_OK);
  CHECK(dst == kExpected);

  std::uint64_t bytes = 7;
  CHECK(ottava::Matmul::try_size(&bytes, context, wrong, small_output()) == OTTAVA_BAD_SHAPE);
  CHECK(bytes == 7);
}

TEST_CASE("wrapper: executes batches, with the workspace that it names", "[wrapper]") {
  const ottava::Context context = ottava::Context::create();
  const ottava::Matmul matmul = ottava::Matmul::create(context, small_desc(), small_output(), small_constants());
  ottava::MatmulRunDesc run;
  run.m = 1;
  run.batches = 2;
  run.lhs_batch_stride = 3;
  run.dst_batch_stride = 2;
  std::vector<std::uint8_t> workspace(static_cast<std::size_t>(matmul.workspace(run)));
  std::vector<std::int32_t> dst(4);
  ottava::MatmulOperands operands;
  operands.lhs = kLhs;
  operands.dst = dst.data();
  operands.workspace = workspace.data();
  operands.workspace_bytes = workspace.size();
  matmul.execute(run, operands);
  CHECK(dst == kExpected);

  run.flags = OTTAVA_RUN_ACCUMULATE;
  CHECK(matmul.try_execute(run, operands) == OTTAVA_OK);
  CHECK(dst == std::vector<std::int32_t>{18, 24, -6, -4});

  run.batches = -1;
  std::uint64_t bytes = 7;
  ottava_error error = OTTAVA_ERROR_INIT;
  CHECK(matmul.try_workspace(&bytes, run, &error) == OTTAVA_BAD_SHAPE);
  CHECK(bytes == 7);
  CHECK(std::string(error.argument) == "run.batches");
  CHECK(thrown_by([&] { (void)matmul.workspace(run); }).status() == OTTAVA_BAD_SHAPE);
  CHECK(thrown_by([&] { matmul.execute(run, operands); }).status() == OTTAVA_BAD_SHAPE);
  CHECK(dst == std::vector<std::int32_t>{18, 24, -6, -4});
}

TEST_CASE("wrapper: the output stage alone", "[wrapper]") {
  const ottava::Context context = ottava::Context::create();
  ottava::MatmulDesc desc;
  ottava::Output output;
  desc.n = 2;
  output.type = OTTAVA_TYPE_F32;
  output.requantization = OTTAVA_REQUANTIZE_NONE;
  desc.flags = OTTAVA_MATMUL_LHS_ROW_SCALES;
  desc.rhs_scale = 0.5f;
  const ottava::Matmul matmul = ottava::Matmul::create(context, desc, output, ottava::MatmulConstants());
  const std::int32_t accumulators[] = {2, 4, 6, 8, -8, 10};
  const float scales[] = {1.0f, 4.0f};
  std::vector<float> dst(4);
  matmul.output_stage(2, accumulators, 4, dst.data(), 0, scales);  // of rows of 4, the first two
  CHECK(dst == std::vector<float>{1.0f, 2.0f, -16.0f, 20.0f});
  CHECK(matmul.try_output_stage(2, accumulators, 0, dst.data(), 0, scales) == OTTAVA_OK);
  CHECK(dst == std::vector<float>{1.0f, 2.0f, 12.0f, 16.0f});
  CHECK(thrown_by([&] { matmul.output_stage(2, nullptr, 0, dst.data(), 0, scales); }).status() == OTTAVA_NULL_POINTER);
}

TEST_CASE("wrapper: tensors are quantized, measured and requantized", "[wrapper]") {
  const ottava::Context context = ottava::Context::create();
  const std::vector<float> from = {-2.0f, 0.5f, 3.0f, -1.0f};
  const ottava::Range range = ottava::range(context, 4, from.data());
  CHECK(range.smallest == -2.0f);
  CHECK(range.largest == 3.0f);

  std::vector<std::int8_t> q(4);
  ottava::quantize(context, OTTAVA_QUANTIZE_DIVIDE, OTTAVA_TYPE_S8, 0.5f, 1, 4, from.data(), q.data());
  CHECK(q == std::vector<std::int8_t>{-3, 2, 7, -1});
  std::vector<float> back(4);
  ottava::dequantize(context, OTTAVA_TYPE_S8, 0.5f, 1, 4, q.data(), back.data());
  CHECK(back == from);

  const std::vector<float> rows = {127.0f, -127.0f, 1.0f, 254.0f};
  std::vector<float> scales(2);
  std::vector<std::int32_t> zero_points(2, 5);
  ottava::quantize_rows(context, OTTAVA_QUANTIZE_TFLITE_SYMMETRIC, 2, 2, rows.data(), 0, q.data(), 0, scales.data(),
                        zero_points.data());
  CHECK(q == std::vector<std::int8_t>{127, -127, 1, 127});  // 1 / 2 rounds away from zero
  CHECK(scales == std::vector<float>{1.0f, 2.0f});
  CHECK(zero_points == std::vector<std::int32_t>{0, 0});

  ottava::Output output;
  output.scale = 2.0f;
  output.zero_point = 10;
  const std::vector<std::int32_t> sums = {4, -6, 1000};
  ottava::requantize(context, output, 1.0f, 3, sums.data(), q.data());
  CHECK(q == std::vector<std::int8_t>{12, 7, 127, 127});  // the last one is as it was

  CHECK(ottava::try_range(nullptr, context, 4, from.data()) == OTTAVA_NULL_POINTER);
  CHECK(thrown_by([&] { (void)ottava::range(context, -1, from.data()); }).status() == OTTAVA_BAD_SHAPE);
  CHECK(thrown_by([&] {
          ottava::quantize(context, OTTAVA_QUANTIZE_XNNPACK, OTTAVA_TYPE_S8, 1.0f, 0, 4, from.data(), q.data());
        }).status() == OTTAVA_UNSUPPORTED);
  CHECK(thrown_by([&] {
          ottava::quantize_rows(context, OTTAVA_QUANTIZE_DIVIDE, 2, 2, rows.data(), 0, q.data(), 0, scales.data(),
                                zero_points.data());
        }).status() == OTTAVA_UNSUPPORTED);
  CHECK(thrown_by([&] { ottava::dequantize(context, OTTAVA_TYPE_S8, 0.0f, 1, 4, q.data(), back.data()); }).status() ==
        OTTAVA_BAD_SCALE);
  CHECK(thrown_by([&] { ottava::requantize(context, output, 1.0f, 3, nullptr, q.data()); }).status() ==
        OTTAVA_NULL_POINTER);
}

TEST_CASE("wrapper: parameters are formed, chosen and imported, tables filled", "[wrapper]") {
  const ottava::Multiplier half = ottava::form_multiplier(OTTAVA_FORM_TFLITE, 0.5);
  CHECK(half.multiplier == 1 << 30);
  CHECK(half.shift == 0);
  CHECK(half.relative_error <= 0x1p-31);
  CHECK(thrown_by([] { (void)ottava::form_multiplier(OTTAVA_FORM_QNNPACK, 1.0); }).status() == OTTAVA_BAD_SCALE);
  CHECK(ottava::try_form_multiplier(nullptr, OTTAVA_FORM_TFLITE, 0.5) == OTTAVA_NULL_POINTER);

  const ottava::Quantization chosen = ottava::choose_parameters(OTTAVA_CHOOSE_SYMMETRIC, OTTAVA_TYPE_S8, -63.5f, 3.0f);
  CHECK(chosen.scale == 0.5f);
  CHECK(chosen.zero_point == 0);
  ottava::Quantization kept = {3.0f, 3};
  CHECK(ottava::try_choose_parameters(&kept, 9, OTTAVA_TYPE_S8, 0.0f, 1.0f) == OTTAVA_BAD_OPTION);
  CHECK(kept.scale == 3.0f);
  CHECK(thrown_by([] {
          (void)ottava::choose_parameters(OTTAVA_CHOOSE_ASYMMETRIC, OTTAVA_TYPE_S16, 0.0f, 1.0f);
        }).status() == OTTAVA_UNSUPPORTED);

  ottava::ForeignParameters foreign;
  foreign.system = OTTAVA_SYSTEM_ACL;
  foreign.lhs_offset = -7;
  foreign.multiplier = 1 << 30;
  foreign.shift = 2;
  ottava::MatmulDesc desc = small_desc();
  ottava::Output output;
  ottava::import_parameters(&desc, &output, foreign);
  CHECK(desc.lhs_zero_point == 7);
  CHECK(output.shift == -2);
  CHECK(output.requantization == OTTAVA_REQUANTIZE_FIXED_ACL_FUSED);
  CHECK(desc.k == 3);
  foreign.system = 99;
  CHECK(thrown_by([&] { ottava::import_parameters(&desc, &output, foreign); }).status() == OTTAVA_BAD_OPTION);
  CHECK(ottava::try_import_parameters(nullptr, &output, foreign) == OTTAVA_NULL_POINTER);

  std::vector<std::uint8_t> table(256);
  ottava::make_table(table.data(), OTTAVA_FUNCTION_RELU, OTTAVA_TYPE_S8, {1.0f, 0}, {2.0f, -1});
  CHECK(table[100] == 49);   // 100 / 2 - 1
  CHECK(table[156] == 255);  // -100: the zero point, -1
  CHECK(thrown_by([&] {
          ottava::make_table(table.data(), 99, OTTAVA_TYPE_S8, {1.0f, 0}, {2.0f, -1});
        }).status() == OTTAVA_BAD_OPTION);
}
