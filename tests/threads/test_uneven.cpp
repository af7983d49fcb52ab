// Fast and slow cores: how a run is shared out, and how near its end comes to that of work which could be cut at will.
#include <cstdio>
#include <cstring>
#include <string>

#include "base/memory.h"
#include "catch.h"
#include "contraction/pack.h"
#include "contraction/run.h"
#include "kernels/fake_kernels.h"
#include "operators/matmul/validate.h"
#include "support.h"
#include "uneven_machine.h"

using namespace ottava;

namespace {

struct Shape {
  std::size_t m, n, k;
};

// A run is long where each worker has so many times the least work for a thread: a fifth of a millisecond or less.
constexpr std::uint64_t kLong = 96;

// Layers of known networks, and others.
constexpr Shape kShapes[] = {
    {128, 128, 128},  {256, 256, 256},  {512, 512, 512},  {1024, 1024, 1024}, {12544, 64, 32},
    {3136, 128, 128}, {784, 256, 256},  {196, 512, 512},  {49, 1024, 1024},   {784, 128, 1152},
    {128, 3072, 768}, {128, 768, 3072}, {1, 4096, 4096},  {4, 4096, 4096},    {64, 4096, 4096},
    {197, 768, 768},  {1500, 384, 384}, {400, 1000, 600}, {2000, 2000, 200},
};

// Those of x86_avx2, arm_dotprod and arm_i8mm.
constexpr TileShape kTiles[] = {{6, 16, 2, 16, 1, 2}, {8, 12, 4, 12, 1, 1}, {8, 8, 8, 8, 1, 1}};

// Of the kernel, in multiply-accumulates; a tile takes its whole width. What a piece costs besides, some 25 steps.
double cost_of(const TileShape& tile, std::size_t rows, std::size_t channels, std::size_t depth) {
  return static_cast<double>(rows * round_up(channels, tile.width) * (depth + 16));
}
double cost_of_rows(const TileShape& tile, std::size_t rows, std::size_t depth) {
  return static_cast<double>(rows * tile.width * depth) / 2;
}
double cost_of_piece(const TileShape& tile) { return static_cast<double>(25 * tile.accumulators() * tile.kr); }

// How long the slowest worker is at it, as the real grid and the real counter share it out.
double simulate(const Shape& shape, const TileShape& tile, const Grid& grid, const UnevenMachine& machine) {
  const Grains grains = grid.grains(shape.m, shape.n);
  PieceCounter pieces(grains.lines_of_batch, grid.workers, grains);
  struct Worker {
    double clock = 0;
    bool done = false;
    std::size_t row = SIZE_MAX, rows = 0;  // that it has packed
  };
  std::vector<Worker> workers(grid.workers);
  std::size_t elements = 0;
  for (;;) {
    std::uint32_t next = grid.workers;
    for (std::uint32_t i = 0; i < grid.workers; ++i) {
      if (!workers[i].done && (next == grid.workers || workers[i].clock < workers[next].clock)) next = i;
    }
    if (next == grid.workers) break;
    Worker& worker = workers[next];
    Share share;
    if (!pieces.take(next, &share)) {
      worker.done = true;
      continue;
    }
    const std::size_t row = share.line * grid.line_rows(), channel = share.first * grid.n_grain;
    const std::size_t rows = std::min(shape.m - row, grains.lines(share) * grid.line_rows());
    const std::size_t channels = std::min(shape.n - channel, share.count * grid.n_grain);
    double cost = cost_of(tile, rows, channels, shape.k) + cost_of_piece(tile);
    if (worker.row != row || worker.rows < rows) {
      cost += cost_of_rows(tile, rows, shape.k);
      worker.row = row;
      worker.rows = rows;
    }
    worker.clock += cost / machine.speeds[next];
    elements += rows * channels;
  }
  REQUIRE(elements == shape.m * shape.n);
  double longest = 0;
  for (const Worker& worker : workers) longest = std::max(longest, worker.clock);
  return longest;
}

}  // namespace

TEST_CASE("uneven cores: long runs end within 5 % of the ideal", "[threads]") {
  Machine machine = {};
  machine.l1d_bytes = 32768;
  machine.l2_bytes = 524288;
  Overruns overruns;
  for (const UnevenMachine& cores : uneven_machines()) {
    for (const TileShape& tile : kTiles) {
      for (const Shape& shape : kShapes) {
        const Blocking blocking = choose_blocking(tile, shape.k, machine, {});
        Grid grid;
        choose_grid(blocking, tile, shape.m, shape.n, shape.k, 1, cores.workers(), &grid);
        if (grid.workers != cores.workers()) continue;
        const double work = cost_of(tile, shape.m, shape.n, shape.k) + cost_of_rows(tile, shape.m, shape.k);
        const double over = simulate(shape, tile, grid, cores) / (work / cores.sum()) - 1;
        const std::uint64_t each =
            work_of(tile, shape.m, shape.n, shape.k, 1) / grid.workers / least_work_per_thread(blocking, tile);
        if (each < kLong) continue;
        INFO(cores.name << ": " << shape.m << "x" << shape.n << "x" << shape.k << " in tiles of " << tile.mr << "x"
                        << tile.width << ", " << each << " times the least work for a thread");
        CHECK(over < 0.05);
        overruns.add(over);
      }
    }
  }
  overruns.tell("runs");
}

TEST_CASE("uneven cores: shorter runs end soon after the ideal too", "[threads]") {
  // Each worker has 2 to 15 times the least work for a thread: few grains, of which the last may begin late.
  constexpr Shape kShorter[] = {{784, 64, 576}, {784, 128, 256}, {256, 256, 256}, {143, 116, 306}, {64, 64, 1000}};
  constexpr TileShape kTile = {12, 32, 4, 32, 1, 1};  // of x86_avx512vnni
  Machine machine = {};
  machine.l1d_bytes = 32768;
  machine.l2_bytes = 1048576;
  for (const UnevenMachine& cores :
       {UnevenMachine{"2 alike", {1, 1}}, UnevenMachine{"1 and 1 slower by 1.5", {1.5, 1}},
        UnevenMachine{"1 slower by 1.5 and 1", {1, 1.5}}, UnevenMachine{"1 and 1 slower by 2", {2, 1}},
        UnevenMachine{"1 slower by 2 and 1", {1, 2}}}) {
    for (const Shape& shape : kShorter) {
      const Blocking blocking = choose_blocking(kTile, shape.k, machine, {});
      Grid grid;
      choose_grid(blocking, kTile, shape.m, shape.n, shape.k, 1, cores.workers(), &grid);
      INFO(cores.name << ": " << shape.m << "x" << shape.n << "x" << shape.k);
      REQUIRE(grid.workers == cores.workers());
      const double work = cost_of(kTile, shape.m, shape.n, shape.k);
      CHECK(simulate(shape, kTile, grid, cores) / (work / cores.sum()) < 1.45);
    }
  }
}

namespace {

constexpr Element s8 = Element::s8;

// A kernel that spends what it computes, and notes which tuning each core has run.
constexpr std::uint32_t kMostCores = 8;
bool ran[2][kMostCores];

template <int Tuning>
void run_on_core(const TileArgs* args) {
  ran[Tuning][UnevenHost::core()] = true;
  run_fake<6, 16, 4, LhsForm::packed, s8, s8>(args);
  UnevenHost::spend(static_cast<double>(args->m * 16 * args->depth));
}
void pack_on_core(const PackArgs* args) {
  pack_s8(args);
  UnevenHost::spend(static_cast<double>(args->rows * 16 * args->depth) / 2);
}

}  // namespace

TEST_CASE("uneven cores: a run has the same bits, each core its tuning, and all end together", "[threads]") {
  Kernel kernel = fake<6, 16, 4, LhsForm::packed, s8, s8>("fake_on_core");
  kernel.tuning.run = run_on_core<0>;
  kernel.in_order.run = run_on_core<1>;
  kernel.pack_lhs = pack_on_core;
  const Kernel* const list[] = {&kernel};
  Random random(test_seed() + 90);
  for (const Shape& shape : {Shape{516, 130, 12}, Shape{96, 1600, 8}, Shape{240, 576, 8}}) {
    std::vector<std::int8_t> lhs(shape.m * shape.k), rhs(shape.k * shape.n);
    for (std::int8_t& value : lhs) value = static_cast<std::int8_t>(random.bits());
    for (std::int8_t& value : rhs) value = static_cast<std::int8_t>(random.bits());
    std::vector<std::int32_t> zeros(shape.n, 0), bias(shape.n, 3), expected;
    double alone = 0;
    for (const UnevenMachine& cores : uneven_machines()) {
      INFO(cores.name << ": " << shape.m << "x" << shape.n << "x" << shape.k);
      Machine machine = {};
      machine.cores = cores.workers();
      machine.core_kinds = 2;
      machine.l1d_bytes = 32768;
      machine.l2_bytes = 524288;
      machine.core_order.some = true;  // the slow ones
      machine.core_order.current = UnevenHost::core;
      for (std::uint32_t i = 0; i < cores.workers(); ++i) {
        if (cores.speeds[i] == 1) machine.core_order.processors[0] |= 1u << i;
      }
      MatmulProblem problem;
      problem.n = static_cast<std::int64_t>(shape.n);
      problem.k = static_cast<std::int64_t>(shape.k);
      problem.lhs = {Type::s8, 0, 1.0f};
      problem.rhs = {Type::s8, 0, 1.0f};
      problem.output.type = Type::s32;
      problem.output.requantization = Requantization::none;
      Constants constants;
      constants.rhs.first = {reinterpret_cast<const std::uint8_t*>(rhs.data()), static_cast<ptrdiff_t>(shape.n), 1};
      constants.rhs_zero_points = zeros.data();
      constants.output.bias = bias.data();
      ContractionPlan plan;
      Error error;
      REQUIRE(make_plan(problem, machine, {{list, 1}, Isa::any, &kernel}, cores.workers(), &plan, &error) ==
              Status::ok);
      plan.blocking.work_per_thread = 1;  // so that these are long runs
      PreparedContraction op;
      std::vector<std::uint8_t> memory(operator_bytes(plan).value() + kAlignment);
      prepare(plan, problem, constants, static_cast<std::uint8_t*>(align_up(memory.data(), kAlignment)), &op);
      std::vector<std::int32_t> dst(shape.m * shape.n, -1);
      RunRequest request = {};
      request.m = request.rows = shape.m;
      request.batches = 1;
      request.columns = shape.n;
      request.lhs.first = reinterpret_cast<const std::uint8_t*>(lhs.data());
      request.lhs.row_stride = static_cast<ptrdiff_t>(shape.k);
      request.lhs.column_stride = 1;
      request.dst.first = reinterpret_cast<std::uint8_t*>(dst.data());
      request.dst.row_stride = static_cast<ptrdiff_t>(4 * shape.n);
      request.dst.column_stride = 4;
      const auto run = [&](const UnevenMachine& on) {
        UnevenHost host(on);
        Schedule schedule;
        REQUIRE(make_schedule(op.plan, {shape.m, shape.n, 1, false}, on.workers(), &schedule, &error) == Status::ok);
        REQUIRE(schedule.grid.workers == on.workers());
        std::vector<std::uint8_t> workspace(schedule.layout.total);
        // One worker is a plain call, which a host of one core makes all the same.
        const auto task = [&] { run_contraction(op, request, schedule, workspace.data(), host.parallel()); };
        if (on.workers() == 1) {
          host.alone(task);
        } else {
          task();
        }
        return host.longest();
      };
      if (expected.empty()) {
        alone = run({"one", {1}});
        expected = dst;
        std::fill(dst.begin(), dst.end(), -1);
      }
      std::memset(ran, 0, sizeof ran);
      const double took = run(cores);
      CHECK(dst == expected);
      for (std::uint32_t i = 0; i < cores.workers(); ++i) {
        const bool in_order = cores.speeds[i] == 1;
        CHECK(ran[in_order ? 1 : 0][i]);
        CHECK(!ran[in_order ? 0 : 1][i]);
      }
      CHECK(took < alone / cores.sum() * (cores.workers() > 4 ? 1.1 : 1.05));
    }
  }
}

namespace {

void count_calls(void* user, std::uint32_t count, ottava_task_fn fn, void* task) {
  ++*static_cast<int*>(user);
  for (std::uint32_t i = 0; i < count; ++i) fn(task, i);
}

// How often a run of m rows asks a host of 8 threads for them.
int calls_of(std::uint32_t tier_cap, std::int64_t m, std::int64_t n, std::int64_t k) {
  int calls = 0;
  ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  options.threads = 8;
  options.tier_cap = tier_cap;
  ottava_context_host host = OTTAVA_CONTEXT_HOST_INIT;
  host.parallel_for = count_calls;
  host.parallel_user = &calls;
  ottava_context* context = nullptr;
  REQUIRE(ottava_context_create(&options, &host, &context, nullptr) == OTTAVA_OK);
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  desc.n = n;
  desc.k = k;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  const std::vector<std::int8_t> weights(static_cast<std::size_t>(n * k), 1), lhs(static_cast<std::size_t>(m * k), 1);
  std::vector<std::int8_t> dst(static_cast<std::size_t>(m * n));
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  constants.rhs = weights.data();
  ottava_matmul* matmul = nullptr;
  REQUIRE(ottava_matmul_create(context, &desc, &output, &constants, &matmul, nullptr) == OTTAVA_OK);
  CHECK(ottava_matmul_run(matmul, m, lhs.data(), 0, dst.data(), 0, nullptr, 0, nullptr) == OTTAVA_OK);
  ottava_matmul_destroy(matmul);
  ottava_context_destroy(context);
  return calls;
}

}  // namespace

TEST_CASE("uneven cores: runs of the small M wake no second thread, large ones do", "[threads]") {
  for (const Kernel* kernel : first_kernels()) {
    const std::uint32_t tier = static_cast<std::uint32_t>(kernel->isa);
    INFO(tier_name(*kernel));
    for (std::int64_t m = 1; m <= static_cast<std::int64_t>(tile_here(*kernel).mr); ++m) {
      CHECK(calls_of(tier, m, 64, 64) == 0);
      CHECK(calls_of(tier, m, 10, 300) == 0);
    }
    CHECK(calls_of(tier, 1, 4096, 4096) == 1);
  }
}
