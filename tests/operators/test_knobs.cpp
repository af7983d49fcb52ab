// Knobs: whatever they say, every bit is that of the oracle; and what they say is what a route shows.
#include <cstdio>
#include <string>

#include "catch.h"
#include "combination.h"
#include "combination_check.h"
#include "contraction/blocking.h"
#include "convolution_case.h"
#include "draft.h"
#include "hosts.h"
#include "kernels/registry.h"
#include "operator_case.h"
#include "support.h"

using namespace ottava;

namespace {

class DerivedContext {
 public:
  DerivedContext(const ottava_context* parent, const ottava_knobs& knobs) {
    ottava_error error = OTTAVA_ERROR_INIT;
    std::uint64_t bytes = 0;
    REQUIRE(ottava_context_size(&bytes) == OTTAVA_OK);
    memory_.resize(static_cast<std::size_t>(bytes));
    const ottava_status status =
        ottava_context_derive_at(memory_.data(), bytes, parent, &knobs, nullptr, &context_, &error);
    INFO(error.argument << ": " << error.message);
    REQUIRE(status == OTTAVA_OK);
  }
  const ottava_context* get() const { return context_; }

 private:
  std::vector<std::uint8_t> memory_;
  ottava_context* context_ = nullptr;
};

ottava_knobs draw_knobs(Random& random) {
  ottava_knobs knobs = OTTAVA_KNOBS_INIT;
  const auto some = [&](std::int64_t most) { return random.chance(2) ? 0 : random.between(1, most); };
  knobs.lhs_rows = static_cast<std::uint32_t>(random.between(0, 2));
  knobs.schedule = static_cast<std::uint32_t>(random.between(0, 2));
  knobs.thread_cut = static_cast<std::uint32_t>(random.between(0, 3));
  knobs.small_m_rows = random.chance(4) ? -1 : some(random.chance(3) ? 100000 : 60);
  knobs.block_rows = some(random.chance(4) ? INT64_MAX : 40);
  knobs.block_columns = some(random.chance(4) ? INT64_MAX : 40);
  knobs.work_per_thread = some(random.chance(4) ? INT64_MAX : 500);
  if (random.chance(2)) {
    const std::vector<const Kernel*> kernels = runnable_kernels_for_some_weights();
    const std::size_t index =
        static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(kernels.size()) - 1));
    std::snprintf(knobs.kernel, sizeof knobs.kernel, "%s", kernels[index]->name);
  }
  return knobs;
}

std::string describe(const ottava_knobs& knobs) {
  return "lhs_rows " + number(knobs.lhs_rows) + ", schedule " + number(knobs.schedule) + ", thread_cut " +
         number(knobs.thread_cut) + ", small_m_rows " + number(knobs.small_m_rows) + ", block_rows " +
         number(knobs.block_rows) + ", block_columns " + number(knobs.block_columns) + ", work_per_thread " +
         number(knobs.work_per_thread) + ", kernel " + knobs.kernel;
}

// Calls `check(context, random)` under knobs drawn anew each time, with and without threads.
template <class Check>
void with_drawn_knobs(std::uint64_t seed, int times, Check check) {
  Random random(test_seed() + seed);
  const KernelContext alone(nullptr), several(nullptr, 3, with_threads), serial(nullptr, 4, backwards);
  for (int i = 0; i < times; ++i) {
    const KernelContext* const parents[] = {&alone, &several, &serial, &serial};
    const ottava_knobs knobs = draw_knobs(random);
    const DerivedContext context(parents[random.between(0, 3)]->get(), knobs);
    INFO(describe(knobs));
    check(context.get(), random);
  }
}

ottava_route route_of(const ottava_context* context, const ottava_matmul_desc& desc, const ottava_output& output,
                      std::int64_t m) {
  ottava_route route = OTTAVA_ROUTE_INIT;
  ottava_error error = OTTAVA_ERROR_INIT;
  const ottava_status status = ottava_matmul_predict(context, &desc, &output, m, &route, &error);
  INFO(error.argument << ": " << error.message);
  REQUIRE(status == OTTAVA_OK);
  return route;
}

}  // namespace

TEST_CASE("knobs: no knob changes a bit of a matmul") {
  with_drawn_knobs(70, fewer(1500), [](const ottava_context* context, Random& random) {
    const auto up_to = [&random](std::int64_t most) { return random.between(1, most); };
    OperatorCase c = random_case(random, up_to(random.chance(3) ? 90 : 14), up_to(random.chance(3) ? 70 : 20),
                                 random.chance(4) ? up_to(400) : random.between(0, 40));
    if (random.chance(3)) c.weights = Weights::narrow_pairs;
    check_case(context, c);
  });
}

TEST_CASE("knobs: no knob changes a bit, whatever is combined in an operator") {
  std::vector<Combination> offered;
  for_each_combination([&](const Combination& c) {
    if (c.offered() && !(c.accumulate && !c.can_accumulate())) offered.push_back(c);
  });
  with_drawn_knobs(71, fewer(1200), [&](const ottava_context* context, Random& random) {
    const std::int64_t index = random.between(0, static_cast<std::int64_t>(offered.size()) - 1);
    check_offered(context, offered[static_cast<std::size_t>(index)], random, false);
  });
}

TEST_CASE("knobs: no knob changes a bit of a convolution") {
  with_drawn_knobs(72, fewer(600), [](const ottava_context* context, Random& random) {
    const ConvolutionKind kinds[] = {ConvolutionKind::conv2d, ConvolutionKind::depthwise, ConvolutionKind::transposed};
    check_convolution(draw_convolution(random, kinds[random.between(0, 2)]), context);
  });
}

TEST_CASE("knobs: runs are cut into whole tiles, whatever the tile") {
  Random random(test_seed() + 74);
  Machine machine = {};
  machine.l1d_bytes = 32768, machine.l2_bytes = 524288;
  const auto draw = [&random](std::int64_t least, std::int64_t most) {
    return static_cast<std::size_t>(random.between(least, most));
  };
  for (int i = 0; i < fewer(40000); ++i) {
    TileShape tile = {draw(1, 12), 4, 4, 4 * draw(1, 12), 1, 1}, of_few_rows = tile;
    of_few_rows.width = 4 * draw(1, 12);
    Knobs knobs;
    knobs.thread_cut = static_cast<ThreadCut>(draw(0, 3));
    knobs.block_columns = random.between(0, 70);
    knobs.block_rows = random.chance(2) ? 0 : random.between(0, 40);
    knobs.work_per_thread = random.between(0, 500);
    const std::size_t m = draw(1, 200), n = draw(1, 100), depth = draw(1, 300);
    const Blocking blocking = choose_blocking(tile, depth, machine, knobs);
    const TileShape& used = random.chance(2) ? tile : of_few_rows;
    Grid grid;
    choose_grid(blocking, used, m, n, depth, draw(1, 3), static_cast<std::uint32_t>(draw(1, 5)), &grid);
    INFO("width " << tile.width << " and " << used.width << ", " << m << " x " << n << ", block_columns "
                  << knobs.block_columns << ", thread_cut " << static_cast<std::uint32_t>(knobs.thread_cut));
    REQUIRE((grid.workers > 0 && grid.line_rows() > 0 && grid.n_grain > 0));
    REQUIRE((grid.n_grain >= n || (grid.n_grain % used.width == 0 && grid.n_block >= grid.n_grain)));
    REQUIRE((grid.n_block >= n || grid.n_block % grid.n_grain == 0));
  }
}

TEST_CASE("knobs: a thread pays for as many vectors that are multiplied, whatever their lanes hold") {
  constexpr std::uint64_t kMostProducts = 64;  // of a vector of 512 bits
  const TileShape channels_in_lanes = {12, 32, 4, 32, 1, 1, false};
  const TileShape depths_in_lanes = {6, 8, 64, 8, 1, 1, true};
  const Blocking blocking = choose_blocking(channels_in_lanes, 100, Machine{}, Knobs{});
  const std::uint64_t least = least_work_per_thread(blocking, channels_in_lanes);
  CHECK(least_work_per_thread(blocking, depths_in_lanes) / kMostProducts == least / kMostProducts);
  // A lone channel of short depth, whose lanes take longer to add up than to multiply.
  Grid grid;
  choose_grid(blocking, depths_in_lanes, 2700, 1, 150, 1, 2, &grid);
  CHECK(grid.workers == 2);
  choose_grid(blocking, depths_in_lanes, 270, 1, 150, 1, 2, &grid);
  CHECK(grid.workers == 1);
}

TEST_CASE("routes: a prediction says what the operator's own route says, and its query") {
  with_drawn_knobs(73, fewer(800), [](const ottava_context* context, Random& random) {
    Draft draft;
    draft.desc.n = random.between(1, 60), draft.desc.k = random.between(1, random.chance(2) ? 800 : 50);
    draft.weights.assign(static_cast<std::size_t>(draft.desc.n * draft.desc.k), 1);
    draft.constants.rhs = draft.weights.data();
    if (random.chance(3)) draft.to_s32();
    if (random.chance(3)) draft.to_f32();
    if (random.chance(4)) draft.to_quantize(OTTAVA_QUANTIZE_TFLITE_SYMMETRIC), draft.to_f32();
    const std::int64_t m = random.between(0, random.chance(2) ? 8 : 2000);
    const ottava_route before = route_of(context, draft.desc, draft.output, m);

    ottava_matmul* matmul = nullptr;
    REQUIRE(ottava_matmul_create(context, &draft.desc, &draft.output, &draft.constants, &matmul, nullptr) == OTTAVA_OK);
    ottava_route route = OTTAVA_ROUTE_INIT;
    REQUIRE(ottava_matmul_route(matmul, m, &route, nullptr) == OTTAVA_OK);
    ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
    REQUIRE(ottava_matmul_query(matmul, m, &info, nullptr) == OTTAVA_OK);
    REQUIRE(ottava_matmul_destroy(matmul) == OTTAVA_OK);
    CHECK(same_bytes(before, route));
    CHECK(std::string(route.kernel) == info.kernel);
    CHECK(route.words == std::string(info.route));
    CHECK(route.tile_m == info.tile_m);
    CHECK(route.tile_k == info.tile_k);
    CHECK(route.workspace_bytes == info.workspace_bytes);
    CHECK(route.packed_bytes == info.packed_bytes);
    CHECK(route.exactness == info.exactness);
    if (m == 0) return;
    CHECK(route.threads == info.threads);
    CHECK(route.bound >= OTTAVA_BOUND_MULTIPLY);
    CHECK(route.predicted_cycles > 0);
    CHECK(route.predicted_cycles >= route.call_cycles);
    CHECK(route.row_blocks * route.block_rows >= m);
    CHECK(route.column_blocks * route.block_columns >= draft.desc.n);
    CHECK(route.small_m == (m <= route.small_m_rows ? 1u : 0u));
  });
}

TEST_CASE("routes: what knobs ask for is what routes show") {
  const KernelContext parent(nullptr, 2, one_after_the_other);
  Draft draft;
  draft.desc.n = 512, draft.desc.k = 256;
  const auto shown = [&](std::int64_t m, auto set) {
    ottava_knobs knobs = OTTAVA_KNOBS_INIT;
    set(knobs);
    const DerivedContext context(parent.get(), knobs);
    return route_of(context.get(), draft.desc, draft.output, m);
  };
  const auto nothing = [](ottava_knobs&) {};
  CHECK(shown(600, nothing).threads == 2);
  CHECK(shown(600, [](ottava_knobs& knobs) { knobs.thread_cut = OTTAVA_CUT_NONE; }).threads == 1);
  CHECK(shown(600, [](ottava_knobs& knobs) { knobs.work_per_thread = INT64_MAX; }).threads == 1);
  const ottava_route columns = shown(600, [](ottava_knobs& knobs) { knobs.thread_cut = OTTAVA_CUT_COLUMNS; });
  CHECK(columns.thread_cut == OTTAVA_CUT_COLUMNS);
  CHECK(columns.column_blocks > 1);
  CHECK(shown(600, [](ottava_knobs& knobs) { knobs.thread_cut = OTTAVA_CUT_ROWS; }).thread_cut == OTTAVA_CUT_ROWS);
  const bool has_small_m = shown(6, nothing).small_m_rows != 0;  // a kernel for it, which not every tier has
  for (const std::int64_t rows : {-1, 5, 70}) {
    const auto asked = [rows](ottava_knobs& knobs) { knobs.small_m_rows = rows; };
    const ottava_route route = shown(6, asked);
    CHECK(route.small_m_rows == (rows < 0 || !has_small_m ? 0 : rows));
    CHECK(route.small_m == (rows >= 6 && has_small_m ? 1u : 0u));
  }
  const ottava_route small_blocks =
      shown(600, [](ottava_knobs& knobs) { knobs.block_rows = 1, knobs.block_columns = 1; });
  CHECK(small_blocks.block_rows < 40);
  CHECK(small_blocks.column_blocks > 1);
  for (const Kernel* kernel : runnable_kernels_for_some_weights()) {
    const auto asked = [kernel](ottava_knobs& knobs) { std::snprintf(knobs.kernel, 64, "%s", kernel->name); };
    const auto packed = [kernel](ottava_knobs& knobs) {
      std::snprintf(knobs.kernel, 64, "%s", kernel->name), knobs.lhs_rows = OTTAVA_ROWS_PACKED;
    };
    INFO(kernel->name);
    const ottava_route route = shown(600, packed);
    CHECK(std::string(route.kernel) == kernel->name);
    CHECK(route.lhs_rows == (kernel->form == LhsForm::packed ? OTTAVA_ROWS_PACKED : OTTAVA_ROWS_IN_PLACE));
    CHECK(shown(600, asked).tile_k == kernel->rhs->kr);
  }
}

TEST_CASE("routes: those of layers") {
  const KernelContext context(nullptr);
  ottava_route route = OTTAVA_ROUTE_INIT;
  ottava_layer_run_desc run = OTTAVA_LAYER_RUN_DESC_INIT;
  run.height = run.width = 20;
  ottava_conv2d_desc desc = OTTAVA_CONV2D_DESC_INIT;
  desc.input_channels = 32, desc.output_channels = 48;
  desc.window.kernel_height = desc.window.kernel_width = 3;
  const ottava_output output = OTTAVA_OUTPUT_INIT;
  const std::vector<std::int8_t> weights(32 * 48 * 9, 1);
  ottava_conv2d_constants constants = OTTAVA_CONV2D_CONSTANTS_INIT;
  constants.weights = weights.data();
  ottava_layer* layer = nullptr;
  REQUIRE(ottava_conv2d_create(context.get(), &desc, &output, &constants, &layer, nullptr) == OTTAVA_OK);
  ottava_layer_info info = OTTAVA_LAYER_INFO_INIT;
  REQUIRE(ottava_layer_query(layer, &run, &info, nullptr) == OTTAVA_OK);
  REQUIRE(ottava_layer_route(layer, &run, &route, nullptr) == OTTAVA_OK);
  CHECK(std::string(route.kernel) == info.kernel);
  CHECK(std::string(route.words) == info.route);
  CHECK(route.workspace_bytes == info.workspace_bytes);
  CHECK(route.predicted_cycles > 0);
  CHECK(route.row_blocks * route.block_rows >= 18 * 18);
  run.batch = 0;
  REQUIRE(ottava_layer_route(layer, &run, &route, nullptr) == OTTAVA_OK);
  CHECK(route.predicted_cycles == 0);
  ottava_layer_destroy(layer);

  ottava_pool2d_desc pool = OTTAVA_POOL2D_DESC_INIT;
  pool.channels = 8;
  REQUIRE(ottava_pool2d_create(context.get(), &pool, &output, &layer, nullptr) == OTTAVA_OK);
  run.batch = 1;
  REQUIRE(ottava_layer_route(layer, &run, &route, nullptr) == OTTAVA_OK);
  CHECK(route.bound == 0);
  CHECK(route.kernel[0] != '\0');
  ottava_layer_destroy(layer);
}

TEST_CASE("kernels: the query lists those that were built, and tells which run") {
  const KernelContext context(nullptr);
  const KernelList list = built_kernels();
  for (std::uint32_t i = 0; i < list.count; ++i) {
    ottava_kernel_info info = OTTAVA_KERNEL_INFO_INIT;
    REQUIRE(ottava_kernel_query(context.get(), i, &info, nullptr) == OTTAVA_OK);
    CHECK(std::string(info.name) == list.kernels[i]->name);
    CHECK(info.tile_k == list.kernels[i]->rhs->kr);
    CHECK((info.usable == 1) == (info.reason[0] == '\0'));
  }
  ottava_kernel_info info = OTTAVA_KERNEL_INFO_INIT;
  ottava_error error = unfilled_error();
  check_refusal({OTTAVA_OUT_OF_RANGE, "index", {"kernels"}},
                ottava_kernel_query(context.get(), static_cast<std::uint32_t>(list.count), &info, &error), error);
}

TEST_CASE("knobs: a derived context takes its memory from its parent's allocator, and gives it back") {
  ottava_context* parent = nullptr;
  REQUIRE(ottava_context_create(nullptr, nullptr, &parent, nullptr) == OTTAVA_OK);
  ottava_context *child = nullptr, *grandchild = nullptr;
  ottava_knobs knobs = OTTAVA_KNOBS_INIT;
  knobs.small_m_rows = -1;
  REQUIRE(ottava_context_derive(parent, &knobs, nullptr, &child, nullptr) == OTTAVA_OK);
  REQUIRE(ottava_context_derive(child, nullptr, nullptr, &grandchild, nullptr) == OTTAVA_OK);
  const Draft draft;
  CHECK(route_of(child, draft.desc, draft.output, 1).small_m_rows == 0);
  CHECK(route_of(grandchild, draft.desc, draft.output, 1).small_m_rows ==
        route_of(parent, draft.desc, draft.output, 1).small_m_rows);
  CHECK(ottava_context_destroy(grandchild) == OTTAVA_OK);
  CHECK(ottava_context_destroy(child) == OTTAVA_OK);
  CHECK(ottava_context_destroy(parent) == OTTAVA_OK);
}

TEST_CASE("knobs: wrong ones are refused, and no context is made") {
  const KernelContext parent(nullptr);
  struct Case {
    Refusal expected;
    void (*change)(ottava_knobs&);
  };
  const Case cases[] = {
      {{OTTAVA_BAD_STRUCT, "knobs", {"struct_size"}}, [](ottava_knobs& knobs) { knobs.struct_size = 3; }},
      {{OTTAVA_BAD_OPTION, "knobs.lhs_rows", {"is 3", "OTTAVA_ROWS_PACKED"}},
       [](ottava_knobs& knobs) { knobs.lhs_rows = 3; }},
      {{OTTAVA_BAD_OPTION, "knobs.schedule", {"is 3"}}, [](ottava_knobs& knobs) { knobs.schedule = 3; }},
      {{OTTAVA_BAD_OPTION, "knobs.thread_cut", {"is 4"}}, [](ottava_knobs& knobs) { knobs.thread_cut = 4; }},
      {{OTTAVA_BAD_OPTION, "knobs.small_m_rows", {"is -2"}}, [](ottava_knobs& knobs) { knobs.small_m_rows = -2; }},
      {{OTTAVA_BAD_OPTION, "knobs.block_rows", {"negative"}}, [](ottava_knobs& knobs) { knobs.block_rows = -1; }},
      {{OTTAVA_BAD_OPTION, "knobs.block_columns", {"negative"}}, [](ottava_knobs& knobs) { knobs.block_columns = -1; }},
      {{OTTAVA_BAD_OPTION, "knobs.work_per_thread", {"negative"}},
       [](ottava_knobs& knobs) { knobs.work_per_thread = -1; }},
      {{OTTAVA_UNKNOWN_NAME, "knobs.kernel", {"\"fastest\"", "none of"}},
       [](ottava_knobs& knobs) { std::snprintf(knobs.kernel, sizeof knobs.kernel, "fastest"); }},
      {{OTTAVA_BAD_OPTION, "knobs.kernel", {"64 bytes"}},
       [](ottava_knobs& knobs) { std::memset(knobs.kernel, 'x', sizeof knobs.kernel); }},
  };
  std::uint64_t bytes = 0;
  REQUIRE(ottava_context_size(&bytes) == OTTAVA_OK);
  std::vector<std::uint8_t> memory(static_cast<std::size_t>(bytes));
  for (const Case& c : cases) {
    ottava_knobs knobs = OTTAVA_KNOBS_INIT;
    c.change(knobs);
    ottava_context* context = sentinel<ottava_context>();
    ottava_error error = unfilled_error();
    INFO(c.expected.argument);
    check_refusal(c.expected,
                  ottava_context_derive_at(memory.data(), bytes, parent.get(), &knobs, nullptr, &context, &error),
                  error);
    CHECK(context == sentinel<ottava_context>());
  }
  ottava_context* context = sentinel<ottava_context>();
  ottava_error error = unfilled_error();
  check_refusal({OTTAVA_NULL_POINTER, "parent", {}}, ottava_context_derive(nullptr, nullptr, nullptr, &context, &error),
                error);
  error = unfilled_error();
  check_refusal({OTTAVA_BAD_MEMORY, "bytes", {"needs"}},
                ottava_context_derive_at(memory.data(), 3, parent.get(), nullptr, nullptr, &context, &error), error);
  CHECK(context == sentinel<ottava_context>());
}
