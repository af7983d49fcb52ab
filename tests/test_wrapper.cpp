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
  desc.dst_type = OTTAVA_TYPE_S32;
  desc.rule = OTTAVA_RULE_NONE;
  return desc;
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

TEST_CASE("wrapper: creates, queries, runs and releases", "[wrapper]") {
  Ledger ledger;
  {
    const ottava::Context context = ottava::Context::create(ottava::ContextOptions(), ledger.host());
    REQUIRE(context);
    CHECK(context.cpu().cores >= 1);
    CHECK(context.tier(0).name[0] != '\0');
    const ottava::Matmul matmul = ottava::Matmul::create(context, small_desc(), small_constants());
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
  const ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  const ottava::MatmulDesc wrapped_desc;
  const ottava::ContextOptions wrapped_options;
  CHECK(std::memcmp(&desc, &wrapped_desc, sizeof desc) == 0);
  CHECK(std::memcmp(&options, &wrapped_options, sizeof options) == 0);
  CHECK(ottava::ContextHost().struct_size == sizeof(ottava_context_host));
  CHECK(ottava::MatmulConstants().struct_size == sizeof(ottava_matmul_constants));
}

TEST_CASE("wrapper: works in memory of the caller", "[wrapper]") {
  std::vector<std::uint8_t> context_memory(static_cast<std::size_t>(ottava::Context::size()));
  const ottava::Context context = ottava::Context::create_at(context_memory.data(), context_memory.size());
  std::vector<std::uint8_t> memory(static_cast<std::size_t>(ottava::Matmul::size(context, small_desc())));
  const ottava::Matmul matmul =
      ottava::Matmul::create_at(memory.data(), memory.size(), context, small_desc(), small_constants());
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
    matmul = ottava::Matmul::create(context, small_desc(), small_constants());
    CHECK(ledger.live == 2);
    matmul = ottava::Matmul::create(context, small_desc(), small_constants());
    CHECK(ledger.live == 2);  // the first operator is gone
    ottava::Matmul other(std::move(matmul));
    CHECK(!matmul);
    CHECK(run_small(other) == kExpected);

    // A successful try_create replaces what the owner held.
    REQUIRE(ottava::Matmul::try_create(&other, context, small_desc(), small_constants()) == OTTAVA_OK);
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
  const ottava::Error error = thrown_by([&] { (void)ottava::Matmul::create(context, desc, small_constants()); });
  CHECK(error.status() == OTTAVA_BAD_SHAPE);
  CHECK(std::string(error.argument()) == "desc.n");
  CHECK(std::string(error.what()) == "desc.n is -1, negative");

  const std::exception& base = error;
  CHECK(contains(base.what(), "negative"));

  ottava::ContextOptions options;
  options.threads = 5000;
  CHECK(thrown_by([&] { (void)ottava::Context::create(options); }).status() == OTTAVA_BAD_OPTION);
  CHECK(thrown_by([&] { (void)ottava::Context::create_at(nullptr, 0); }).status() == OTTAVA_NULL_POINTER);
  CHECK(thrown_by([&] { (void)ottava::Matmul::size(context, desc); }).status() == OTTAVA_BAD_SHAPE);
  CHECK(thrown_by([&] { (void)context.tier(1000); }).status() == OTTAVA_OUT_OF_RANGE);

  const ottava::Matmul matmul = ottava::Matmul::create(context, small_desc(), small_constants());
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
  options.flags = 1;
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
  REQUIRE(ottava::Matmul::try_create(&matmul, context, small_desc(), small_constants()) == OTTAVA_OK);
  ottava_matmul* const operation = matmul.get();
  CHECK(ottava::Matmul::try_create(&matmul, context, wrong, small_constants(), &error) == OTTAVA_BAD_SHAPE);
  CHECK(std::string(error.argument) == "desc.k");
  CHECK(matmul.get() == operation);

  std::vector<std::int32_t> dst(4);
  CHECK(matmul.try_run(2, kLhs, 0, dst.data(), 1) == OTTAVA_BAD_STRIDE);
  CHECK(dst == std::vector<std::int32_t>(4));
  CHECK(matmul.try_run(2, kLhs, 0, dst.data(), 0) == OTTAVA_OK);
  CHECK(dst == kExpected);

  std::uint64_t bytes = 7;
  CHECK(ottava::Matmul::try_size(&bytes, context, wrong) == OTTAVA_BAD_SHAPE);
  CHECK(bytes == 7);
}
