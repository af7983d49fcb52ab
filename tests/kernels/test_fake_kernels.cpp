// Packing, blocking, splitting and tails, driven by the kernels of fake_kernels.h, with one position and with several.
// Stand-ins for kernels that this machine may lack (stand_ins.h) go the same way, which no context could give them.
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#include "base/memory.h"
#include "catch.h"
#include "contraction/pack.h"
#include "contraction/run.h"
#include "contraction/small_m.h"
#include "cpu/tiers.h"
#include "fake_kernels.h"
#include "guarded_buffer.h"
#include "operators/matmul/validate.h"
#include "oracle/oracle.h"
#include "stand_ins.h"
#include "support.h"

using namespace ottava;

namespace {

// A kernel that runs here, from whose packed weights a stand-in that leaves few rows to others could read; or null.
const Kernel* companion_of(const Kernel& kernel) {
  if (kernel.min_m == 0) return nullptr;
  for (const Kernel* other : runnable_kernels()) {
    if (other->rhs == kernel.rhs && other->form == LhsForm::indirect && other->min_m == 0) return other;
  }
  return nullptr;
}

// Workers one after the other, in an order of their own.
struct Sequence {
  bool backwards;
};
void with_threads(void*, uint32_t count, TaskFn fn, void* task) {
  std::vector<std::thread> threads;
  for (uint32_t i = 0; i < count; ++i) threads.emplace_back(fn, task, i);
  for (std::thread& thread : threads) thread.join();
}
void in_sequence(void* user, uint32_t count, TaskFn fn, void* task) {
  const Sequence* sequence = static_cast<const Sequence*>(user);
  for (uint32_t i = 0; i < count; ++i) fn(task, sequence->backwards ? count - 1 - i : i);
}

struct FakeCase {
  std::size_t m, n, k, batches;
  std::size_t positions;  // with several, rows are drawn from an image of pixels and from padding
  std::size_t vectors;    // of 16 bytes that the machine's vectors hold
  bool runtime_rhs, shared_rhs;
  bool companions;  // other kernels stand behind the one under test
  bool stand_in;    // those that run here; else made-up ones
  Type lhs_type, rhs_type;
  Order lhs_order, rhs_order, dst_order;
  std::int32_t lhs_zero;
  std::size_t m_block_tiles;  // forced blocking; 0: as planned
  std::uint32_t threads;
  bool backwards;
  CoreOrder core_order;
  std::uint64_t l3_bytes;
  bool zen_4;  // is what the machine counts as for prefetching
};

// A dense matrix as values and as the bytes that hold it in an order.
struct FakeMatrix {
  oracle::Matrix values;
  std::vector<std::uint8_t> bytes;
  ptrdiff_t row_stride, column_stride;
};
FakeMatrix draw_matrix(Random& random, std::size_t rows, std::size_t columns, Type type, Order order) {
  FakeMatrix matrix;
  matrix.values.rows = static_cast<std::int64_t>(rows);
  matrix.values.columns = static_cast<std::int64_t>(columns);
  matrix.bytes.resize(rows * columns);
  matrix.row_stride = order == Order::row ? static_cast<ptrdiff_t>(columns) : 1;
  matrix.column_stride = order == Order::row ? 1 : static_cast<ptrdiff_t>(rows);
  const std::int64_t low = type == Type::s8 ? -128 : 0;
  for (std::size_t i = 0; i < rows * columns; ++i) {
    const std::int64_t value = random.between(low, low + 255);
    matrix.values.values.push_back(value);
    const std::size_t row = i / columns, column = i % columns;
    matrix.bytes[order == Order::row ? i : column * rows + row] = static_cast<std::uint8_t>(value);
  }
  return matrix;
}

// Where the rows of a contraction of several positions lie: a pixel of the image, or padding, which is no pixel.
struct Geometry {
  std::size_t positions, k;
  std::vector<std::ptrdiff_t> pixels;  // [row][position]; -1: padding
};
std::ptrdiff_t fill_fake_table(const void* geometry, const std::uint8_t* lhs, std::size_t, std::size_t first,
                               std::size_t rows, const std::uint8_t* padding, bool, const std::uint8_t** table) {
  const Geometry& where = *static_cast<const Geometry*>(geometry);
  for (std::size_t position = 0; position < where.positions; ++position) {
    for (std::size_t i = 0; i < rows; ++i) {
      const std::ptrdiff_t pixel = where.pixels[(first + i) * where.positions + position];
      table[position * rows + i] = pixel < 0 ? padding : lhs + pixel * static_cast<std::ptrdiff_t>(where.k);
    }
  }
  return 0;
}

// What the contraction multiplies, as one matrix: the rows of all positions side by side.
oracle::Matrix gather(const Geometry& where, const oracle::Matrix& image, std::size_t m, std::int64_t zero_point) {
  oracle::Matrix rows;
  rows.rows = static_cast<std::int64_t>(m);
  rows.columns = static_cast<std::int64_t>(where.positions * where.k);
  for (const std::ptrdiff_t pixel : where.pixels) {
    for (std::size_t k = 0; k < where.k; ++k) {
      rows.values.push_back(pixel < 0 ? zero_point : image.values[static_cast<std::size_t>(pixel) * where.k + k]);
    }
  }
  return rows;
}

// Whether a kernel that can run this leaves it to the kernels behind it, which are faster.
bool is_left_to_others(const Kernel& kernel, const FakeCase& c) {
  const bool canonical = (c.lhs_type == Type::u8) == (kernel.lhs_element == Element::u8);
  const bool half_idle = kernel.min_n != 0 && 2 * c.n <= kernel.rhs->nr.count;
  const std::size_t least_depth = half_idle ? 2u * kernel.min_depth : kernel.min_depth;
  return c.n < kernel.min_n || c.k < least_depth || (kernel.min_m != 0 && !canonical);
}

void check_fake(Random& random, const Kernel& kernel, const FakeCase& c) {
  INFO(kernel.name << " " << c.batches << " of " << c.m << "x" << c.n << "x" << c.k << " threads " << c.threads
                   << " positions " << c.positions << " vectors " << c.vectors << " block " << c.m_block_tiles
                   << " runtime rhs " << c.runtime_rhs << " shared " << c.shared_rhs << " seed " << test_seed());
  const std::size_t depth = c.positions * c.k;
  Geometry geometry = {c.positions, c.k, {}};
  const std::size_t pixels = c.positions > 1 ? c.m + 2 : c.m;
  for (std::size_t i = 0; i < c.m * c.positions; ++i) {
    geometry.pixels.push_back(
        random.chance(4) ? -1 : static_cast<std::ptrdiff_t>(random.between(0, static_cast<int>(pixels) - 1)));
  }
  std::vector<FakeMatrix> lhs, rhs;
  std::vector<const void*> lhs_pointers, rhs_pointers;
  for (std::size_t batch = 0; batch < c.batches; ++batch) {
    lhs.push_back(draw_matrix(random, pixels, c.k, c.lhs_type, c.lhs_order));
    rhs.push_back(draw_matrix(random, depth, c.n, c.rhs_type, c.rhs_order));
  }
  for (std::size_t batch = 0; batch < c.batches; ++batch) {
    lhs_pointers.push_back(lhs[batch].bytes.data());
    rhs_pointers.push_back(rhs[batch].bytes.data());
  }
  const std::int64_t low = c.rhs_type == Type::s8 ? -128 : 0;
  std::vector<std::int32_t> rhs_zeros;
  std::vector<std::int64_t> oracle_zeros;
  oracle::Stage stage;
  std::vector<std::int32_t> bias;
  const bool no_zeros = random.chance(2);  // as symmetric weights, for which no row is summed
  for (std::size_t n = 0; n < c.n; ++n) {
    rhs_zeros.push_back(no_zeros ? 0 : static_cast<std::int32_t>(random.between(low, low + 255)));
    oracle_zeros.push_back(rhs_zeros[n]);
    bias.push_back(static_cast<std::int32_t>(random.between(-5000, 5000)));
    stage.bias.push_back(bias[n]);
  }

  MatmulProblem problem;
  problem.n = static_cast<std::int64_t>(c.n);
  problem.k = static_cast<std::int64_t>(c.k);
  problem.positions = static_cast<std::int64_t>(c.positions);
  problem.rows_from = c.positions > 1 ? RowsFrom::table : RowsFrom::strides;
  problem.lhs = {c.lhs_type, c.lhs_zero, 1.0f};
  problem.rhs = {c.rhs_type, 0, 1.0f};
  problem.contiguous_rows = c.lhs_order == Order::row;
  problem.output.type = Type::s32;
  problem.output.requantization = Requantization::none;
  problem.runtime_rhs = c.runtime_rhs;
  Constants constants;
  if (!c.runtime_rhs) {
    constants.rhs.first = {rhs[0].bytes.data(), rhs[0].row_stride, rhs[0].column_stride};
    constants.rhs.position_stride = static_cast<ptrdiff_t>(c.k) * rhs[0].row_stride;
  }
  constants.rhs_zero_points = rhs_zeros.data();
  constants.output.bias = bias.data();

  Machine machine = {};
  machine.cores = machine.core_kinds = 1;
  machine.l1d_bytes = 1024;
  machine.l2_bytes = 4096;
  machine.l3_bytes = c.l3_bytes;
  machine.features = c.zen_4 ? bit(Feature::avx512vnni) : 0;
  machine.by_amd = c.zen_4;
  machine.core_order = c.core_order;
  machine.vector_bytes = static_cast<std::uint32_t>(16 * c.vectors);
  std::vector<const Kernel*> list = {&kernel};
  if (c.stand_in) {
    machine.architecture = kThisArchitecture;
    machine.features = machine.features_present = machine.features_of_some_cores = ~uint64_t{0};
    for (const Kernel* companion : runnable_kernels()) list.push_back(companion);
  } else {
    for (const Kernel& companion : companions()) list.push_back(&companion);
  }
  ContractionPlan plan;
  Error error;
  // Behind it the companions that a run of few rows may take instead, or none.
  const std::size_t listed = c.companions ? list.size() : 1;
  const Status planned = make_plan(
      problem, machine, {{list.data(), listed}, Isa::any, c.companions ? nullptr : &kernel}, c.threads, &plan, &error);
  const bool declined = kernel.form == LhsForm::indirect && c.lhs_order == Order::column;
  if (declined && !c.companions) {
    REQUIRE(planned == Status::kernel_unavailable);
    return;
  }
  INFO(error.message);
  REQUIRE(planned == Status::ok);
  if (plan.routes.kernel != &kernel) {  // what it leaves to others by choice
    REQUIRE((declined || is_left_to_others(kernel, c)));
    return;
  }
  const TileShape tile = resolve(kernel, machine);
  const Route& small_m = plan.routes.small_m;
  const bool itself = kernel.form == LhsForm::indirect && kernel.min_m == 0;
  const bool in_place = c.companions && c.lhs_order == Order::row;
  const std::string companion = kernel.name == std::string("fake_16x17x8") ? "fake_rows_u8_3x17x8"
                                : kernel.name == std::string("fake_5x3x2") ? "fake_indirect_2x3x2"
                                                                           : "";
  const bool has_companion = in_place && !itself && (c.stand_in ? companion_of(kernel) != nullptr : !companion.empty());
  REQUIRE((small_m.kernel != nullptr) == (itself || has_companion));
  if (itself) REQUIRE(small_m.kernel == &kernel);
  if (has_companion)
    REQUIRE(std::string(small_m.kernel->name) == (c.stand_in ? companion_of(kernel)->name : companion));
  if (c.m_block_tiles != 0) plan.blocking.m_block = c.m_block_tiles * tile.mr;
  plan.blocking.work_per_thread = 1;  // so that even these small shapes are split

  // The packed bytes do not depend on what the memory held.
  PreparedContraction op;
  const std::size_t bytes = operator_bytes(plan).value();
  std::vector<std::uint8_t> other(bytes + kAlignment, 0xEE);
  std::uint8_t* const again = static_cast<std::uint8_t*>(align_up(other.data(), kAlignment));
  prepare(plan, problem, constants, again, &op);
  GuardedBuffer packed(bytes, Side::upper, kAlignment);
  prepare(plan, problem, constants, packed.data(), &op);
  REQUIRE(packed.check());
  REQUIRE(memcmp(packed.data(), again, bytes) == 0);

  // A part of each dst, often all of it.
  RunRequest request = {};
  request.m = c.m;
  request.batches = c.batches;
  const auto draw = [&random](std::size_t least, std::size_t most) {
    return static_cast<std::size_t>(random.between(static_cast<std::int64_t>(least), static_cast<std::int64_t>(most)));
  };
  const bool whole = random.chance(2);
  request.first_row = whole ? 0 : draw(0, c.m - 1);
  request.rows = whole ? c.m : draw(1, c.m - request.first_row);
  request.first_column = whole ? 0 : draw(0, (c.n - 1) / tile.nr) * tile.nr;
  request.columns = whole ? c.n : draw(1, c.n - request.first_column);
  request.lhs = {nullptr, lhs_pointers.data(), 0, lhs[0].row_stride, lhs[0].column_stride};
  if (c.positions > 1) request.fill = fill_fake_table, request.geometry = &geometry;
  request.rhs = {rhs[0].bytes.data(), c.shared_rhs ? nullptr : rhs_pointers.data(), 0, rhs[0].row_stride,
                 rhs[0].column_stride};
  const bool by_row = c.dst_order == Order::row;
  const std::size_t elements = c.m * c.n;
  GuardedBuffer dst(c.batches * elements * sizeof(std::int32_t), Side::lower);
  const std::vector<std::uint8_t> before(dst.data(), dst.data() + dst.size());
  request.dst = {dst.data(), nullptr, static_cast<ptrdiff_t>(4 * elements),
                 static_cast<ptrdiff_t>(4 * (by_row ? c.n : 1)), static_cast<ptrdiff_t>(4 * (by_row ? 1 : c.m))};

  Schedule schedule;
  const RunShape shape = {request.rows, request.columns, c.batches, c.runtime_rhs && !c.shared_rhs};
  REQUIRE(make_schedule(op.plan, shape, c.threads, &schedule, &error) == Status::ok);
  const Grid& grid = schedule.grid;
  REQUIRE(schedule.route->small_m == (request.rows <= small_m.most_rows));
  REQUIRE(grid.workers <= c.threads);
  REQUIRE(grid.m_blocks * grid.m_block >= request.rows);
  REQUIRE(grid.n_blocks * grid.n_block >= request.columns);
  GuardedBuffer workspace(schedule.layout.total, Side::upper, kAlignment, draw(0, 63));
  Sequence sequence = {c.backwards};
  run_contraction(op, request, schedule, workspace.data(), {random.chance(4) ? with_threads : in_sequence, &sequence});
  REQUIRE(workspace.check());
  REQUIRE(dst.check());
  REQUIRE(take_stand_in_faults() == "");

  // The short way of the small M gives the same.
  const bool dense = by_row && c.lhs_order == Order::row && request.columns == c.n;
  if (dense && is_small_m(op, request.rows)) {
    std::vector<std::uint8_t> shortly = before;
    for (std::size_t batch = 0; batch < c.batches; ++batch) {
      const ptrdiff_t row = static_cast<ptrdiff_t>(request.first_row);
      run_small_m(op, request.rows, request.lhs.data(batch) + row * request.lhs.row_stride, request.lhs.row_stride,
                  shortly.data() + static_cast<ptrdiff_t>(4 * elements * batch) + row * request.dst.row_stride,
                  request.dst.row_stride);
    }
    REQUIRE(memcmp(shortly.data(), dst.data(), dst.size()) == 0);
  }

  for (std::size_t batch = 0; batch < c.batches; ++batch) {
    const FakeMatrix& weights = rhs[c.runtime_rhs && !c.shared_rhs ? batch : 0];
    const oracle::Matrix rows =
        c.positions > 1 ? gather(geometry, lhs[batch].values, c.m, c.lhs_zero) : lhs[batch].values;
    const oracle::Matrix expected = oracle::matmul(rows, c.lhs_zero, weights.values, oracle_zeros, stage);
    for (std::size_t i = 0; i < elements; ++i) {
      std::int32_t value, old;
      const std::size_t row = i / c.n, column = i % c.n;
      const std::size_t at = 4 * (batch * elements + (by_row ? i : column * c.m + row));
      memcpy(&value, dst.data() + at, 4);
      memcpy(&old, before.data() + at, 4);
      const bool inside = row - request.first_row < request.rows && column - request.first_column < request.columns;
      const std::int64_t wanted = inside ? expected.values[i] : old;
      if (value != wanted) {
        INFO("batch " << batch << " row " << row << " channel " << column);
        REQUIRE(value == wanted);
      }
    }
  }
}

}  // namespace

TEST_CASE("fake kernels: odd layouts through packing, blocking and tails") {
  Random random(test_seed() + 40);
  std::vector<Kernel> kernels = fake_kernels();
  for (const StandIn& stand_in : stand_ins()) {
    kernels.push_back(stand_in.kernel);
    kernels.back().isa = Isa::portable;  // so that any machine is planned for
    const Kernel* const companion = companion_of(kernels.back());
    if (companion != nullptr) kernels.back().rhs = companion->rhs;
  }
  for (const Kernel& kernel : kernels) {
    const bool real = &kernel >= kernels.data() + fake_kernels().size();
    for (int repeat = 0; repeat < 150; ++repeat) {
      FakeCase c = {};
      c.m = static_cast<std::size_t>(random.between(1, 3 * kernel.mr.count + 1));
      c.n = static_cast<std::size_t>(random.between(1, 3 * kernel.panels * kernel.rhs->nr.count + 1));
      c.k = static_cast<std::size_t>(random.between(1, real ? 200 : 3 * kernel.rhs->kr + 1));
      c.batches = static_cast<std::size_t>(random.chance(2) ? 1 : random.between(1, 5));
      c.vectors = static_cast<std::size_t>(random.between(1, 3));
      c.positions = random.chance(2) ? 1 : random.chance(2) ? 3 : 9;
      c.runtime_rhs = c.positions == 1 && random.chance(2);
      c.stand_in = real;
      c.zen_4 = random.chance(2);
      c.companions = (real || kernel.form == LhsForm::packed) && random.chance(2);
      c.shared_rhs = !c.runtime_rhs || random.chance(2);
      c.lhs_type = random.chance(2) ? Type::s8 : Type::u8;
      c.rhs_type = random.chance(2) ? Type::s8 : Type::u8;
      c.lhs_order = c.positions > 1 || random.chance(2) ? Order::row : Order::column;
      c.rhs_order = random.chance(2) ? Order::row : Order::column;
      c.dst_order = random.chance(2) ? Order::row : Order::column;
      c.lhs_zero = static_cast<std::int32_t>(random.between(0, 127));
      c.m_block_tiles = static_cast<std::size_t>(random.between(0, 2));
      c.threads = static_cast<std::uint32_t>(random.between(1, 6));
      c.backwards = random.chance(2);
      c.core_order.some = c.core_order.all = random.chance(2);
      check_fake(random, kernel, c);
    }
  }
}

TEST_CASE("fake kernels: small M, in one tile or in several, on little stack and on much") {
  Random random(test_seed() + 42);
  for (const Kernel& kernel : fake_kernels()) {
    const bool several =
        kernel.name == std::string("fake_5x3x2");  // its companion takes 2 rows, or 6 on in-order cores
    const bool wide = kernel.name == std::string("fake_indirect_35x36x3");
    for (int repeat = 0; (several || wide) && repeat < 200; ++repeat) {
      FakeCase c = {};
      c.m = static_cast<std::size_t>(random.between(1, several ? 8 : 36));
      c.n = static_cast<std::size_t>(random.between(1, 40));
      c.k = static_cast<std::size_t>(random.between(1, 9));
      c.batches = c.positions = c.vectors = 1;
      c.shared_rhs = true;
      c.companions = several;
      c.lhs_type = c.rhs_type = Type::s8;
      c.threads = static_cast<std::uint32_t>(random.between(1, 3));
      c.core_order.some = c.core_order.all = random.chance(2);
      check_fake(random, kernel, c);
    }
  }
}

TEST_CASE("fake kernels: the plan picks the first that takes the operator and says why others declined") {
  const Kernel rows = fake<4, 6, 4, LhsForm::indirect, Element::s8, Element::s8>("fake_first");
  Kernel foreign = fake<3, 5, 7, LhsForm::packed, Element::s8, Element::s8>("fake_foreign");
  foreign.isa = kThisArchitecture == Architecture::x86_64 ? Isa::arm_i8mm : Isa::x86_avx2;
  const Kernel packed = fake<1, 1, 1, LhsForm::packed, Element::s8, Element::s8>("fake_last");
  const Kernel* const list[] = {&foreign, &rows, &packed};
  Machine machine = {};
  machine.architecture = kThisArchitecture;
  machine.l2_bytes = 4096;
  Contraction problem;
  for (const Order order : {Order::row, Order::column}) {
    problem.contiguous_rows = order == Order::row;
    char words[208];
    Text reason(words);
    Error error;
    const Kernel* chosen = select_kernel(problem, machine, {{list, 3}, Isa::any, nullptr}, reason, &error);
    REQUIRE(chosen == (order == Order::row ? &rows : &packed));
    CHECK(std::string(words).find(tier_of(foreign.isa)->name) != std::string::npos);
    CHECK((std::string(words).find("fake_first: reads the lhs in place") != std::string::npos) ==
          (order == Order::column));
  }
}

namespace {

// Which of the two tunings have run.
bool ran[2];

template <int Tuning>
void run_noted(const TileArgs* args) {
  ran[Tuning] = true;
  run_fake<3, 5, 7, LhsForm::packed, Element::s8, Element::s8>(args);
}

template <uint32_t Processor>
uint32_t on_processor() {
  return Processor;
}

}  // namespace

TEST_CASE("fake kernels: each worker runs the tuning of the core that it is on") {
  Random random(test_seed() + 41);
  Kernel kernel = fake<3, 5, 7, LhsForm::packed, Element::s8, Element::s8>("fake_tuned");
  kernel.tuning.run = run_noted<0>;
  kernel.in_order.run = run_noted<1>;
  FakeCase c = {};
  c.m = 7;
  c.n = 11;
  c.k = 15;
  c.batches = c.positions = c.vectors = 1;
  c.threads = 1;
  c.lhs_type = c.rhs_type = Type::s8;
  CoreOrder mixed = {};  // processors 1 and 33
  mixed.some = true;
  mixed.processors[0] = mixed.processors[1] = 2;
  const auto tuning_in = [&](const CoreOrder& order, uint32_t (*current)()) {
    ran[0] = ran[1] = false;
    c.core_order = order;
    c.core_order.current = current;
    check_fake(random, kernel, c);
    REQUIRE(ran[0] != ran[1]);
    return ran[1] ? 1 : 0;
  };
  CoreOrder all = mixed;
  all.all = true;
  CHECK(tuning_in({}, on_processor<1>) == 0);
  CHECK(tuning_in(all, on_processor<0>) == 1);
  CHECK(tuning_in(all, nullptr) == 1);
  CHECK(tuning_in(mixed, nullptr) == 0);
  CHECK(tuning_in(mixed, on_processor<0>) == 0);
  CHECK(tuning_in(mixed, on_processor<1>) == 1);
  CHECK(tuning_in(mixed, on_processor<32>) == 0);
  CHECK(tuning_in(mixed, on_processor<33>) == 1);
  CHECK(tuning_in(mixed, on_processor<CoreOrder::kLimit + 1>) == 0);
  CHECK(tuning_in(mixed, on_processor<UINT32_MAX>) == 0);
  kernel.in_order.run = nullptr;
  CHECK(tuning_in(all, nullptr) == 0);
}

namespace {

std::vector<TileArgs> seen;

void run_seen(const TileArgs* args) {
  seen.push_back(*args);
  run_fake<3, 5, 7, LhsForm::packed, Element::s8, Element::s8>(args);
}

std::uintptr_t address(const void* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

// Of the tiles [first, end), all that pass over one panel: whether they ask for every byte of the next one.
bool fetches_next_panel(std::size_t first, std::size_t end) {
  const std::uintptr_t next = address(seen[first].rhs) + seen[first].panel_stride;
  std::uintptr_t fetched = next;
  for (std::size_t i = first; i < end; ++i) {
    const std::uintptr_t from = address(seen[i].fetch_from);
    if (from > fetched) return false;
    fetched = from + (seen[i].depth + 6) / 7 * seen[i].fetch_step;
  }
  return fetched >= next + seen[first].panel_stride;
}

}  // namespace

TEST_CASE("fake kernels: tiles below one another share out the next panel of weights that are far") {
  Random random(test_seed() + 43);
  Kernel kernel = fake<3, 5, 7, LhsForm::packed, Element::s8, Element::s8>("fake_fetching");
  kernel.tuning.run = run_seen;
  FakeCase c = {};
  c.n = 12;
  c.k = 700;
  c.batches = c.positions = c.vectors = c.threads = 1;
  c.m_block_tiles = 4;
  c.lhs_type = c.rhs_type = Type::s8;
  for (c.m = 1; c.m <= 12; ++c.m) {
    seen.clear();
    c.l3_bytes = std::uint64_t{260} << 20;
    check_fake(random, kernel, c);
    for (std::size_t first = 0, end; first < seen.size(); first = end) {
      end = first;
      while (end < seen.size() && seen[end].rhs == seen[first].rhs) ++end;
      CHECK(seen[first].fetch == Fetch::far);
      if (end - first == 1) {
        CHECK(address(seen[first].fetch_from) > address(seen[first].rhs));
        CHECK(seen[first].fetch_step == 5 * 7);
      } else {
        CHECK(fetches_next_panel(first, end));
      }
    }
    seen.clear();
    c.l3_bytes = std::uint64_t{32} << 20;
    check_fake(random, kernel, c);
    for (const TileArgs& tile : seen) CHECK((tile.fetch == Fetch::nothing && tile.fetch_step == 0));
  }
  // Of weights that come from memory tiles of few rows fetch the next panel; where the processor does, those of many.
  c.k = 4000;
  for (const bool zen_4 : {false, true}) {
    c.zen_4 = zen_4;
    seen.clear();
    check_fake(random, kernel, c);
    CHECK(!seen.empty());
    for (const TileArgs& tile : seen) {
      CHECK(tile.fetch == (zen_4 ? Fetch::many_rows : Fetch::next_panel));
      CHECK((tile.fetch_step != 0) == zen_4);
    }
  }
}
