// Threads: the same bits for any number of them, from the context's own pool or from the host, and any
// number of runs of one operator at once.
#include <algorithm>
#include <memory>
#include <thread>

#if defined(__linux__)
#include <sys/wait.h>
#include <unistd.h>
#endif

#include "catch.h"
#include "contraction/tasks.h"
#include "hosted/host.h"
#include "hosts.h"
#include "operator_case.h"

using namespace ottava;

namespace {

std::vector<OperatorCase> large_cases() {
  Random random(test_seed() + 20);
  std::vector<OperatorCase> cases;
  const std::int64_t shapes[][3] = {{160, 161, 210}, {3, 850, 860}, {1100, 17, 120}, {1, 2100, 1030}};
  for (const auto& shape : shapes) {
    OperatorCase c = random_case(random, shape[0], shape[1], shape[2]);
    c.lhs_order = OTTAVA_ORDER_ROW;
    cases.push_back(c);
  }
  return cases;
}

// A product of ones, with room for its operands and its result.
struct Ones {
  ottava_matmul* matmul = nullptr;
  std::vector<std::int8_t> lhs, dst;

  Ones(const ottava_context* context, std::int64_t rows, std::int64_t n, std::int64_t depth)
      : lhs(static_cast<std::size_t>(rows * depth), 1), dst(static_cast<std::size_t>(rows * n)) {
    ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
    ottava_output output = OTTAVA_OUTPUT_INIT;
    ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
    const std::vector<std::int8_t> weights(static_cast<std::size_t>(n * depth), 1);
    desc.n = n, desc.k = depth;
    output.scale = static_cast<float>(depth);
    constants.rhs = weights.data();
    REQUIRE(ottava_matmul_create(context, &desc, &output, &constants, &matmul, nullptr) == OTTAVA_OK);
  }
  ~Ones() { ottava_matmul_destroy(matmul); }
};

}  // namespace

TEST_CASE("threads: the same bits for any number of threads, pool or host", "[threads]") {
  for (const Kernel* kernel : runnable_kernels()) {
    const KernelContext alone(kernel->name);
    for (const OperatorCase& c : large_cases()) {
      const std::vector<std::uint8_t> expected = run_case(alone.get(), c);
      for (const std::uint32_t threads : {2u, 5u}) {
        if (kEmulated && threads == 2) continue;
        if (has_thread_pool()) {
          const KernelContext pooled(kernel->name, threads);
          CHECK((run_case(pooled.get(), c) == expected));
        }
        const KernelContext hosted(kernel->name, threads, with_threads);
        CHECK((run_case(hosted.get(), c) == expected));
        const KernelContext sequential(kernel->name, threads, backwards);
        CHECK((run_case(sequential.get(), c) == expected));
      }
    }
  }
}

TEST_CASE("threads: a build without a pool says so and takes the host's threads", "[threads]") {
  if (has_thread_pool()) return;
  ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  options.threads = 2;
  ottava_context* context = nullptr;
  ottava_error error = OTTAVA_ERROR_INIT;
  CHECK(ottava_context_create(&options, nullptr, &context, &error) == OTTAVA_UNSUPPORTED);
  CHECK(std::string(error.argument) == "options.threads");
  CHECK(context == nullptr);
}

TEST_CASE("threads: one threaded result equals the oracle, and more than one thread was used", "[threads]") {
  const KernelContext context(nullptr, 4, backwards);
  OperatorCase c = large_cases()[0];
  check_case(context.get(), c);

  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  desc.n = c.n;
  desc.k = c.k;
  const std::vector<std::int8_t> weights(static_cast<std::size_t>(c.n * c.k), 1);
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  constants.rhs = weights.data();
  ottava_matmul* matmul = nullptr;
  REQUIRE(ottava_matmul_create(context.get(), &desc, &output, &constants, &matmul, nullptr) == OTTAVA_OK);
  ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
  REQUIRE(ottava_matmul_query(matmul, c.m, &info, nullptr) == OTTAVA_OK);
  CHECK(info.threads > 1);
  REQUIRE(ottava_matmul_query(matmul, 1, &info, nullptr) == OTTAVA_OK);
  CHECK(info.threads == 1);  // too little work for a second one
  ottava_matmul_destroy(matmul);
}

TEST_CASE("threads: the host's parallel_for gets the workers that the query names, once each", "[threads]") {
  std::vector<std::uint32_t> counts;
  ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  options.threads = 3;
  ottava_context_host host = OTTAVA_CONTEXT_HOST_INIT;
  host.parallel_user = &counts;
  host.parallel_for = [](void* user, uint32_t count, ottava_task_fn fn, void* task) {
    static_cast<std::vector<std::uint32_t>*>(user)->push_back(count);
    with_threads(nullptr, count, fn, task);
  };
  ottava_context* context = nullptr;
  REQUIRE(ottava_context_create(&options, &host, &context, nullptr) == OTTAVA_OK);
  constexpr std::int64_t n = 64, depth = 2048, most = 600;  // enough for three workers of the fastest tier
  auto ones = std::make_unique<Ones>(context, most, n, depth);
  const auto named = [&](std::int64_t m) {
    ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
    REQUIRE(ottava_matmul_query(ones->matmul, m, &info, nullptr) == OTTAVA_OK);
    return info.threads;
  };
  // Half the rows may be too little for all three, which is told by the query alike.
  for (const std::int64_t m : {most, most / 2, std::int64_t{1}}) {
    counts.clear();
    REQUIRE(ottava_matmul_run(ones->matmul, m, ones->lhs.data(), 0, ones->dst.data(), 0, nullptr, 0, nullptr) ==
            OTTAVA_OK);
    const std::uint32_t workers = named(m);
    CHECK(counts == (workers > 1 ? std::vector<std::uint32_t>{workers} : std::vector<std::uint32_t>{}));
  }
  CHECK(named(most) == 3);
  CHECK(named(1) == 1);  // one worker is a plain call
  ones.reset();
  ottava_context_destroy(context);
}

TEST_CASE("threads: a workspace sized for one M serves every smaller one", "[threads]") {
  for (const std::int64_t depth : {64, 512}) {
    std::uint32_t workers = 0;
    ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
    options.threads = 8;
    ottava_context_host host = OTTAVA_CONTEXT_HOST_INIT;
    host.parallel_user = &workers;
    host.parallel_for = [](void* user, uint32_t count, ottava_task_fn fn, void* task) {
      *static_cast<std::uint32_t*>(user) = count;
      for (uint32_t i = count; i-- > 0;) fn(task, i);
    };
    ottava_context* context = nullptr;
    REQUIRE(ottava_context_create(&options, &host, &context, nullptr) == OTTAVA_OK);
    constexpr std::int64_t n = 300, most = 250;
    auto ones = std::make_unique<Ones>(context, most, n, depth);
    const ottava_matmul* const matmul = ones->matmul;
    std::vector<std::int8_t>& dst = ones->dst;
    ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
    REQUIRE(ottava_matmul_query(matmul, most, &info, nullptr) == OTTAVA_OK);
    std::vector<std::uint8_t> workspace(static_cast<std::size_t>(info.workspace_bytes));
    for (std::int64_t m = 1; m <= most; m += kEmulated ? 7 : 1) {
      workers = 1;
      std::fill(dst.begin(), dst.end(), std::int8_t{0});
      REQUIRE(ottava_matmul_run(matmul, m, ones->lhs.data(), 0, dst.data(), 0, workspace.data(), workspace.size(),
                                nullptr) == OTTAVA_OK);
      const auto written = static_cast<std::size_t>(m * n);
      REQUIRE(static_cast<std::size_t>(std::count(dst.begin(), dst.end(), std::int8_t{1})) == written);
      REQUIRE(ottava_matmul_query(matmul, m, &info, nullptr) == OTTAVA_OK);
      REQUIRE(workers == info.threads);  // with as many as it wants
    }
    ones.reset();
    ottava_context_destroy(context);
  }
}

TEST_CASE("threads: every piece is taken once, whoever comes first", "[threads]") {
  for (const std::uint32_t workers : {1u, 2u, 3u, 8u, 20u}) {
    for (std::size_t pieces = 0; pieces < 40; ++pieces) {
      PieceCounter counter(pieces, workers);
      std::vector<int> taken(pieces);
      for (std::uint32_t worker = workers; worker-- > 0;) {
        const std::size_t most = worker == 0 ? pieces : pieces / 3;
        for (std::size_t count = 0, piece = 0; count < most && counter.take(worker, &piece); ++count) {
          REQUIRE(piece < pieces);
          ++taken[piece];
        }
      }
      std::size_t none = 0;
      for (std::uint32_t worker = 0; worker < workers; ++worker) REQUIRE(!counter.take(worker, &none));
      REQUIRE(std::count(taken.begin(), taken.end(), 1) == static_cast<std::ptrdiff_t>(pieces));
    }
  }
}

TEST_CASE("threads: one operator runs on many threads at once", "[threads]") {
  constexpr std::size_t m = 24, n = 40, k = 64;
  for (const std::uint32_t pool : {1u, 3u}) {
    if (pool > 1 && !has_thread_pool()) continue;
    const KernelContext context(nullptr, pool);
    Random random(test_seed() + 21);
    std::vector<std::int8_t> lhs(m * k), rhs(k * n);
    for (std::int8_t& value : lhs) value = static_cast<std::int8_t>(random.bits());
    for (std::int8_t& value : rhs) value = static_cast<std::int8_t>(random.bits());
    ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
    ottava_output output = OTTAVA_OUTPUT_INIT;
    desc.n = n;
    desc.k = k;
    output.type = OTTAVA_TYPE_S32;
    output.requantization = OTTAVA_REQUANTIZE_NONE;
    ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
    constants.rhs = rhs.data();
    ottava_matmul* matmul = nullptr;
    REQUIRE(ottava_matmul_create(context.get(), &desc, &output, &constants, &matmul, nullptr) == OTTAVA_OK);

    std::vector<std::int32_t> expected(m * n);
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t d = 0; d < k; ++d) expected[i * n + j] += lhs[i * k + d] * rhs[d * n + j];
      }
    }
    std::vector<std::vector<std::int32_t>> results(4, std::vector<std::int32_t>(m * n));
    std::vector<int> failures(4, 0);
    std::vector<std::thread> runners;
    for (std::size_t t = 0; t < results.size(); ++t) {
      runners.emplace_back([&, t] {
        for (int repeat = 0; repeat < 20; ++repeat) {
          failures[t] += ottava_matmul_run(matmul, static_cast<std::int64_t>(m), lhs.data(), 0, results[t].data(), 0,
                                           nullptr, 0, nullptr) != OTTAVA_OK;
          failures[t] += results[t] != expected;
        }
      });
    }
    for (std::thread& runner : runners) runner.join();
    for (const int count : failures) CHECK(count == 0);
    ottava_matmul_destroy(matmul);
  }
}

#if defined(__linux__)
namespace {

// QEMU's user mode aborts where a forked child starts a thread, and the thread sanitizer ends it.
#if defined(__has_feature)
#define OTTAVA_HAS_FEATURE(name) __has_feature(name)
#else
#define OTTAVA_HAS_FEATURE(name) 0
#endif
constexpr bool kChildrenHaveThreads = !OTTAVA_TEST_EMULATED && !OTTAVA_HAS_FEATURE(thread_sanitizer);

// Whether `body`, run in a child, returns true there. One that hangs is ended by its alarm.
template <class Body>
bool holds_in_child(Body body) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(120);
    bool good = false;
    try {
      good = body();
    } catch (...) {  // a failed requirement: the rest of the tests is not the child's
    }
    _exit(good ? 0 : 1);
  }
  int status = -1;
  REQUIRE(child > 0);
  REQUIRE(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

TEST_CASE("threads: a forked child runs operators of its parent, and contexts of its own", "[threads]") {
  if (!has_thread_pool()) return;
  ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  options.threads = 3;
  ottava_context* context = nullptr;
  REQUIRE(ottava_context_create(&options, nullptr, &context, nullptr) == OTTAVA_OK);
  const OperatorCase c = large_cases()[0];
  const std::vector<std::uint8_t> expected = run_case(context, c);
  const auto runs_and_ends = [&](ottava_context* used) {
    const bool same = run_case(used, c) == expected;
    return ottava_context_destroy(used) == OTTAVA_OK && same;
  };
  const auto has_its_own = [&] {
    ottava_context* own = nullptr;
    return ottava_context_create(&options, nullptr, &own, nullptr) == OTTAVA_OK && runs_and_ends(own);
  };
  CHECK(holds_in_child([&] { return runs_and_ends(context); }));
  if (kChildrenHaveThreads) {
    CHECK(holds_in_child(has_its_own));
    CHECK(holds_in_child([&] { return holds_in_child([&] { return runs_and_ends(context); }) && has_its_own(); }));
  }
  CHECK(runs_and_ends(context));  // the parent has lost nothing
}
#endif
