// ottava_tune: with a clock that a test tells what time it is, what is kept and what is not; with the clock of the
// system, that nothing it does changes a bit.
#include <cstring>

#include "handles.h"
#include "tuning_text.h"

using namespace ottava;

namespace {

// Of a told clock: a moment, in which emulated machines compute less.
constexpr std::uint64_t kBudget = OTTAVA_TEST_EMULATED ? 50000000 : 200000000;

// Time by a rule: what lies between two looks at the clock takes so long, by whether a second worker has had a part in
// it.
struct FakeMachine {
  std::uint64_t alone = 40000, shared = 40000;  // nanoseconds
  std::uint64_t time = 0;
  bool used_threads = false;
  std::uint64_t looks = 0;
  std::uint64_t turning_point = UINT64_MAX;  // from so many looks on, the two are the other way round
  std::vector<std::uint32_t> progress;

  static std::uint64_t nanoseconds(void* user) {
    FakeMachine& m = *static_cast<FakeMachine*>(user);
    const bool turned = ++m.looks > m.turning_point;
    m.time += m.used_threads != turned ? m.shared : m.alone;
    m.used_threads = false;
    return m.time;
  }
  static void parallel_for(void* user, std::uint32_t count, ottava_task_fn fn, void* task) {
    if (count > 1) static_cast<FakeMachine*>(user)->used_threads = true;
    for (std::uint32_t i = 0; i < count; ++i) fn(task, i);
  }
  static void on_progress(void* user, std::uint32_t done, std::uint32_t count) {
    static_cast<FakeMachine*>(user)->progress.push_back(done * 1000 + count);
  }
};

class TwoThreads {
 public:
  explicit TwoThreads(FakeMachine* machine) {
    ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
    ottava_context_host host = OTTAVA_CONTEXT_HOST_INIT;
    options.threads = 2;
    host.parallel_for = FakeMachine::parallel_for;
    host.parallel_user = machine;
    REQUIRE(ottava_context_create(&options, &host, &context_, nullptr) == OTTAVA_OK);
  }
  ~TwoThreads() { ottava_context_destroy(context_); }
  TwoThreads(const TwoThreads&) = delete;
  TwoThreads& operator=(const TwoThreads&) = delete;
  const ottava_context* get() const { return context_; }

 private:
  ottava_context* context_ = nullptr;
};

struct Problem {
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  std::vector<std::int8_t> weights;  // none: random ones
  std::vector<std::int64_t> m;

  Problem(std::int64_t n, std::int64_t k, std::vector<std::int64_t> rows) : m(std::move(rows)) {
    desc.n = n, desc.k = k;
    output.scale = 300.0f;
  }
  ottava_tune_problem get() const {
    ottava_tune_problem problem = OTTAVA_TUNE_PROBLEM_INIT;
    problem.m_count = static_cast<std::uint32_t>(m.size());
    problem.m = m.data();
    problem.desc = &desc;
    problem.output = &output;
    if (!weights.empty()) problem.constants = &constants;
    return problem;
  }
  void set_weights() {
    weights.assign(static_cast<std::size_t>(desc.n * desc.k), 1);
    constants.rhs = weights.data();
  }
};

std::uint32_t threads_of(const ottava_context* context, const Problem& problem, std::int64_t m) {
  ottava_route route = OTTAVA_ROUTE_INIT;
  REQUIRE(ottava_matmul_predict(context, &problem.desc, &problem.output, m, &route, nullptr) == OTTAVA_OK);
  return route.threads;
}

// A problem whose rows are just too few for a second thread.
Problem nearly_shared(const ottava_context* context) {
  Problem problem(64, 64, {0});
  std::int64_t m = 1;
  while (threads_of(context, problem, m + 1) == 1) ++m;
  problem.m = {m};
  problem.set_weights();  // for the kernel that was predicted
  return problem;
}

ottava_tuned_info tuned(const ottava_context* context, const Problem& problem, FakeMachine* machine) {
  const ottava_tune_problem asked = problem.get();
  ottava_tune_options options = OTTAVA_TUNE_OPTIONS_INIT;
  options.budget_nanoseconds = kBudget;
  options.nanoseconds = FakeMachine::nanoseconds;
  options.progress = FakeMachine::on_progress;
  options.clock_user = options.progress_user = machine;
  ottava_tuning* tuning = nullptr;
  ottava_error error = OTTAVA_ERROR_INIT;
  const ottava_status status = ottava_tune(context, &asked, 1, &options, &tuning, &error);
  INFO(error.argument << ": " << error.message);
  REQUIRE(status == OTTAVA_OK);
  const OwnedTuning owner = owned(tuning);
  const std::string text = text_of(tuning);
  CHECK(text_of(read_sound(context, text).get()) == text);
  ottava_tuned_info info = OTTAVA_TUNED_INFO_INIT;
  REQUIRE(ottava_tuning_query(tuning, 0, &info, nullptr) == OTTAVA_OK);
  CHECK(ottava_tuning_query(tuning, 1, &info, nullptr) == OTTAVA_OUT_OF_RANGE);
  return info;
}

bool has_knobs(const ottava_tuned_info& info) {
  const ottava_knobs none = OTTAVA_KNOBS_INIT;
  return !same_bytes(info.knobs, none);
}

}  // namespace

TEST_CASE("tune: a candidate that is faster is kept", "[tuning]") {
  FakeMachine machine;
  const TwoThreads context(&machine);
  const Problem problem = nearly_shared(context.get());
  machine.shared = 20000;
  const ottava_tuned_info info = tuned(context.get(), problem, &machine);
  CHECK(has_knobs(info));
  // Half the time, to a thousandth.
  CHECK(info.default_picoseconds > 10000000);
  CHECK(info.tuned_picoseconds * 2000 < info.default_picoseconds * 1001);
  CHECK(info.tuned_picoseconds * 2000 > info.default_picoseconds * 999);
  CHECK(info.noise_millionths == 10000);
  CHECK(info.turns >= 4 * 5);
  CHECK((info.most_rows >= problem.m[0] && info.most_rows < 2 * problem.m[0]));
  CHECK(machine.time < kBudget / 10 * 11);
}

TEST_CASE("tune: what is slower, no faster, or faster by less than the noise is not kept", "[tuning]") {
  for (const std::uint64_t shared : {80000u, 40000u, 39700u}) {
    FakeMachine machine;
    const TwoThreads context(&machine);
    const Problem problem = nearly_shared(context.get());
    machine.shared = shared;
    const ottava_tuned_info info = tuned(context.get(), problem, &machine);
    CHECK(!has_knobs(info));
    CHECK(info.default_picoseconds == info.tuned_picoseconds);
    CHECK((info.turns >= 5 && info.turns <= 128));
  }
}

TEST_CASE("tune: what does not hold when it is measured again is dropped", "[tuning]") {
  // The search, which takes three fifths of the time, sees a gain that is a loss from some moment on.
  std::uint64_t looks = 0;
  {
    FakeMachine machine;
    const TwoThreads context(&machine);
    const Problem problem = nearly_shared(context.get());
    machine.shared = 20000;
    REQUIRE(has_knobs(tuned(context.get(), problem, &machine)));
    looks = machine.looks;
  }
  for (const int part : {3, 6}) {
    FakeMachine machine;
    const TwoThreads context(&machine);
    const Problem problem = nearly_shared(context.get());
    machine.shared = 20000;
    machine.turning_point = looks - looks * static_cast<std::uint64_t>(part) / 16;
    INFO("from " << machine.turning_point << " of " << looks << " looks at the clock on");
    CHECK(!has_knobs(tuned(context.get(), problem, &machine)));
  }
}

TEST_CASE("tune: a gain at one number of rows does not make up for a loss at another", "[tuning]") {
  // With a second worker the run of many rows, which is shared anyway, takes as long; that of few would take longer.
  FakeMachine machine;
  const TwoThreads context(&machine);
  Problem problem = nearly_shared(context.get());
  problem.m.push_back(problem.m[0] * 4);
  REQUIRE(threads_of(context.get(), problem, problem.m[1]) == 2);
  machine.shared = 42000;
  const ottava_tuned_info info = tuned(context.get(), problem, &machine);
  if (has_knobs(info)) CHECK(info.tuned_picoseconds * 101 < info.default_picoseconds * 100);
  // Geometric mean of both.
  CHECK((info.default_picoseconds > 40980000 && info.default_picoseconds < 41000000));
}

TEST_CASE("tune: a clock that stands still or goes back ends too", "[tuning]") {
  const KernelContext context(nullptr);
  const Problem problem(5, 7, {1, 3});
  const ottava_tune_problem asked = problem.get();
  ottava_tune_options options = OTTAVA_TUNE_OPTIONS_INIT;
  std::uint64_t time = 5;
  options.clock_user = &time;
  options.nanoseconds = [](void* user) { return *static_cast<std::uint64_t*>(user); };
  ottava_tuning* tuning = nullptr;
  REQUIRE(ottava_tune(context.get(), &asked, 1, &options, &tuning, nullptr) == OTTAVA_OK);
  ottava_tuned_info info = OTTAVA_TUNED_INFO_INIT;
  REQUIRE(ottava_tuning_query(owned(tuning).get(), 0, &info, nullptr) == OTTAVA_OK);
  CHECK(!has_knobs(info));
  time = UINT64_MAX;
  options.nanoseconds = [](void* user) { return (*static_cast<std::uint64_t*>(user))--; };
  REQUIRE(ottava_tune(context.get(), &asked, 1, &options, &tuning, nullptr) == OTTAVA_OK);
  REQUIRE(ottava_tuning_query(owned(tuning).get(), 0, &info, nullptr) == OTTAVA_OK);
  CHECK(!has_knobs(info));
}

TEST_CASE("tune: progress is told, from nothing to all", "[tuning]") {
  FakeMachine machine;
  const TwoThreads context(&machine);
  tuned(context.get(), Problem(4, 4, {2}), &machine);
  REQUIRE(machine.progress.size() >= 2);
  const std::uint32_t count = machine.progress.back() % 1000;
  CHECK(machine.progress.size() == count + 1);
  for (std::size_t i = 0; i < machine.progress.size(); ++i) CHECK(machine.progress[i] == i * 1000 + count);
}

// All kinds of matmuls, by the system's clock: in a moment, so that chance decides what is kept.
TEST_CASE("tune: operators of a tuned context have the bits of the others", "[tuning]") {
  const KernelContext context(nullptr);
  std::vector<Problem> problems;
  problems.emplace_back(30, 40, std::vector<std::int64_t>{1, 20});
  problems.emplace_back(7, 300, std::vector<std::int64_t>{9});
  problems.emplace_back(70, 3, std::vector<std::int64_t>{100, 5, 2});
  problems.emplace_back(0, 3, std::vector<std::int64_t>{4});
  problems.emplace_back(9, 0, std::vector<std::int64_t>{4});
  for (int i = 0; i < 7; ++i) problems.emplace_back(33, 50, std::vector<std::int64_t>{17});
  problems[5].desc.flags = OTTAVA_MATMUL_RUNTIME_RHS;
  problems[6].desc.lhs_type = OTTAVA_TYPE_F32;
  problems[6].desc.lhs_quantization = OTTAVA_QUANTIZE_TFLITE_ASYMMETRIC;
  problems[7].desc.flags = OTTAVA_MATMUL_WEIGHTS_LEFT | OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS;
  problems[8].output.type = OTTAVA_TYPE_F32, problems[8].output.requantization = OTTAVA_REQUANTIZE_NONE;
  problems[8].output.scale = 1.0f, problems[8].desc.flags = OTTAVA_MATMUL_LHS_ROW_SCALES;
  const ottava_add_desc addition = OTTAVA_ADD_DESC_INIT;
  problems[9].output.addition = &addition;
  problems[10].desc.rhs_stride = -60, problems[10].desc.max_m = 20;
  problems[11].desc.lhs_type = OTTAVA_TYPE_U8, problems[11].desc.rhs_type = OTTAVA_TYPE_U8;
  std::vector<ottava_tune_problem> asked;
  for (const Problem& problem : problems) asked.push_back(problem.get());
  ottava_tune_options options = OTTAVA_TUNE_OPTIONS_INIT;
  options.budget_nanoseconds = 120000000;
  ottava_tuning* tuning = nullptr;
  ottava_error error = OTTAVA_ERROR_INIT;
  const ottava_status status =
      ottava_tune(context.get(), asked.data(), static_cast<std::uint32_t>(asked.size()), &options, &tuning, &error);
  INFO(error.argument << ": " << error.message);
  REQUIRE(status == OTTAVA_OK);
  const OwnedTuning owner = owned(tuning);
  ottava_context* derived = nullptr;
  REQUIRE(ottava_context_derive(context.get(), nullptr, tuning, &derived, nullptr) == OTTAVA_OK);

  Random random(test_seed());
  for (int i = 0; i < 3; ++i) {
    const Problem& problem = problems[static_cast<std::size_t>(i)];
    std::vector<std::int8_t> weights(static_cast<std::size_t>(problem.desc.n * problem.desc.k));
    for (std::int8_t& w : weights) w = static_cast<std::int8_t>(random.bits());
    ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
    constants.rhs = weights.data();
    std::vector<std::vector<std::int8_t>> results;
    for (const ottava_context* const made_with : {context.get(), derived}) {
      ottava_matmul* matmul = nullptr;
      REQUIRE(ottava_matmul_create(made_with, &problem.desc, &problem.output, &constants, &matmul, nullptr) ==
              OTTAVA_OK);
      for (const std::int64_t m : problem.m) {
        std::vector<std::int8_t> lhs(static_cast<std::size_t>(m * problem.desc.k));
        Random values(test_seed() + 1);
        for (std::int8_t& v : lhs) v = static_cast<std::int8_t>(values.bits());
        std::vector<std::int8_t> dst(static_cast<std::size_t>(m * problem.desc.n));
        REQUIRE(ottava_matmul_run(matmul, m, lhs.data(), 0, dst.data(), 0, nullptr, 0, nullptr) == OTTAVA_OK);
        results.push_back(dst);
      }
      ottava_matmul_destroy(matmul);
    }
    const std::size_t half = results.size() / 2;
    for (std::size_t j = 0; j < half; ++j) CHECK(results[j] == results[half + j]);
  }
  ottava_context_destroy(derived);
}

TEST_CASE("tune: refusals name the problem, and nothing is measured", "[tuning]") {
  const KernelContext context(nullptr);
  const Problem sound(4, 4, {2});
  ottava_tuning* tuning = sentinel<ottava_tuning>();
  const auto check = [&](const Refusal& expected, const std::function<void(Problem&, ottava_tune_problem&)>& change) {
    Problem problem(4, 4, {2});
    ottava_tune_problem changed = problem.get();
    change(problem, changed);
    const ottava_tune_problem problems[] = {sound.get(), changed};
    FakeMachine machine;
    ottava_tune_options options = OTTAVA_TUNE_OPTIONS_INIT;
    options.nanoseconds = FakeMachine::nanoseconds;
    options.clock_user = &machine;
    ottava_error error = unfilled_error();
    check_refusal(expected, ottava_tune(context.get(), problems, 2, &options, &tuning, &error), error);
    CHECK(machine.looks == 0);
  };
  using P = Problem;
  using T = ottava_tune_problem;
  check({OTTAVA_BAD_SHAPE, "problems[1].m_count", {"is 0", "1 to 16"}}, [](P&, T& t) { t.m_count = 0; });
  check({OTTAVA_BAD_SHAPE, "problems[1].m_count", {"is 17"}}, [](P&, T& t) { t.m_count = 17; });
  check({OTTAVA_NULL_POINTER, "problems[1].m", {"NULL"}}, [](P&, T& t) { t.m = nullptr; });
  check({OTTAVA_BAD_SHAPE, "problems[1].m", {"is 0", "below 1"}}, [](P& p, T&) { p.m[0] = 0; });
  check({OTTAVA_BAD_SHAPE, "problems[1].m", {"is 2", "above desc.max_m, 1"}}, [](P& p, T&) { p.desc.max_m = 1; });
  check({OTTAVA_NULL_POINTER, "problems[1].desc", {"NULL"}}, [](P&, T& t) { t.desc = nullptr; });
  check({OTTAVA_NULL_POINTER, "problems[1].output", {"NULL"}}, [](P&, T& t) { t.output = nullptr; });
  check({OTTAVA_BAD_STRUCT, "problems[1].struct_size", {"is 8"}}, [](P&, T& t) { t.struct_size = 8; });
  check({OTTAVA_BAD_SHAPE, "problems[1].desc.n", {"-1"}}, [](P& p, T&) { p.desc.n = -1; });
  check({OTTAVA_BAD_SCALE, "problems[1].output.scale", {"-1"}}, [](P& p, T&) { p.output.scale = -1.0f; });

  const ottava_tune_problem one = sound.get();
  ottava_error error = unfilled_error();
  check_refusal({OTTAVA_NULL_POINTER, "context", {"NULL"}}, ottava_tune(nullptr, &one, 1, nullptr, &tuning, &error),
                error);
  error = unfilled_error();
  check_refusal({OTTAVA_NULL_POINTER, "problems", {"NULL"}},
                ottava_tune(context.get(), nullptr, 1, nullptr, &tuning, &error), error);
  error = unfilled_error();
  check_refusal({OTTAVA_NULL_POINTER, "tuning", {"NULL"}},
                ottava_tune(context.get(), &one, 1, nullptr, nullptr, &error), error);
  error = unfilled_error();
  check_refusal({OTTAVA_OUT_OF_RANGE, "count", {"16385", "16384"}},
                ottava_tune(context.get(), &one, 16385, nullptr, &tuning, &error), error);
  ottava_tune_options options = OTTAVA_TUNE_OPTIONS_INIT;
  options.flags = 4;
  error = unfilled_error();
  check_refusal({OTTAVA_BAD_OPTION, "options.flags", {"is 4"}},
                ottava_tune(context.get(), &one, 1, &options, &tuning, &error), error);
  CHECK(tuning == sentinel<ottava_tuning>());
}

TEST_CASE("tune: every allocation refused once leaves nothing behind", "[tuning]") {
  struct Ledger {
    std::int64_t left;
    std::int64_t live = 0;
    static void* allocate(void* user, std::uint64_t bytes, std::uint64_t alignment) {
      Ledger& ledger = *static_cast<Ledger*>(user);
      if (ledger.left-- == 0) return nullptr;
      ++ledger.live;
      return std::aligned_alloc(static_cast<std::size_t>(alignment),
                                static_cast<std::size_t>((bytes + alignment - 1) / alignment * alignment));
    }
    static void release(void* user, void* memory, std::uint64_t) {
      --static_cast<Ledger*>(user)->live;
      std::free(memory);
    }
  };
  const Problem problem(20, 30, {3});
  const ottava_tune_problem asked = problem.get();
  bool done = false;
  for (std::int64_t refused = 1; !done; ++refused) {
    Ledger ledger = {INT64_MAX};
    ottava_context_host host = OTTAVA_CONTEXT_HOST_INIT;
    host.allocate = Ledger::allocate, host.release = Ledger::release, host.allocator_user = &ledger;
    ottava_context* context = nullptr;
    REQUIRE(ottava_context_create(nullptr, &host, &context, nullptr) == OTTAVA_OK);
    ledger.left = refused - 1;
    FakeMachine machine;
    ottava_tune_options options = OTTAVA_TUNE_OPTIONS_INIT;
    options.nanoseconds = FakeMachine::nanoseconds;
    options.clock_user = &machine;
    options.budget_nanoseconds = 20000000;
    ottava_tuning* tuning = nullptr;
    const ottava_status status = ottava_tune(context, &asked, 1, &options, &tuning, nullptr);
    done = ledger.left > 0;
    // Candidates that cannot be had are passed over.
    CHECK((status == OTTAVA_OK || (status == OTTAVA_OUT_OF_MEMORY && !done)));
    CHECK((tuning != nullptr) == (status == OTTAVA_OK));
    ottava_tuning_destroy(tuning);
    ottava_context_destroy(context);
    CHECK(ledger.live == 0);
  }
}
