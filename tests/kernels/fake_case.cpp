#include "fake_case.h"

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
#include "guarded_buffer.h"
#include "operators/matmul/validate.h"
#include "oracle/oracle.h"
#include "stand_ins.h"
#include "support.h"

namespace ottava {
namespace {

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
  const std::size_t channel_depth = kernel.min_depth_per_channel;
  const bool for_few_channels =
      channel_depth != 0 && (c.positions != 1 || c.n > kernel.most_channels || c.k < c.n * channel_depth);
  return c.n < kernel.min_n || c.k < least_depth || for_few_channels || (kernel.min_m != 0 && !canonical);
}

}  // namespace

const Kernel* companion_of(const Kernel& kernel) {
  if (kernel.min_m == 0) return nullptr;
  for (const Kernel* other : runnable_kernels()) {
    if (other->rhs == kernel.rhs && other->form == LhsForm::indirect && other->min_m == 0) return other;
  }
  return nullptr;
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

}  // namespace ottava
