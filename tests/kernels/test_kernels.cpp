// Every kernel of the registry that this machine can run, and stand-ins for some that it cannot, alone: each valid m
// and n of its tile, many depths, extremes, garbage in all padding, operands between guard pages on either side,
// through the checked call. Panels are laid out here, from the contract in kernels/kernel.h.
#include <algorithm>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "catch.h"
#include "checked_call/checked_call.h"
#include "fitting_weights.h"
#include "guarded_buffer.h"
#include "panel_elements.h"
#include "stand_ins.h"
#include "support.h"

using namespace ottava;

namespace {

// The runnable kernels, and each one's tuning for in-order cores as a kernel of its own.
const std::vector<const Kernel*>& runnable_tunings() {
  static std::deque<std::string> names;
  static std::deque<Kernel> tunings;
  static std::vector<const Kernel*> all;
  if (!all.empty()) return all;
  for (const Kernel* kernel : kernels_to_sweep()) {
    all.push_back(kernel);
    if (kernel->in_order.run == nullptr) continue;
    names.push_back(kernel->name + std::string("_in_order"));
    tunings.push_back(*kernel);
    tunings.back().name = names.back().c_str();
    tunings.back().tuning = kernel->in_order;
    all.push_back(&tunings.back());
  }
  return all;
}

struct Panel {
  std::vector<std::int64_t> values;  // rows x depth, what the kernel must compute with
  std::size_t depth;
  std::int64_t at(std::size_t row, std::size_t k) const { return values[row * depth + k]; }
};

Panel make_panel(Random& random, std::size_t rows, std::size_t depth, Element element, Fill fill) {
  Panel panel = {std::vector<std::int64_t>(rows * depth), depth};
  for (std::int64_t& value : panel.values) value = draw(random, element, fill);
  return panel;
}

// Weights that the kernel takes.
Panel make_weights(Random& random, std::size_t channels, std::size_t depth, const Kernel& kernel, Fill fill) {
  Panel weights = make_panel(random, channels, depth, kernel.rhs->element, fill);
  for (std::size_t i = 0; i < weights.values.size(); ++i) {
    if (i % depth % 2 != 0) continue;
    std::int64_t none = 0;
    make_fit(kernel.weights, &weights.values[i], i % depth + 1 < depth ? &weights.values[i + 1] : &none);
  }
  return weights;
}

// Lays `panel` out for a kernel: rows beyond the valid ones hold garbage, and so do padded depths unless
// `zero_padded_depth`, which the rhs promises.
void lay_out(Random& random, const Panel& panel, std::size_t rows, std::size_t panel_rows, std::size_t kr,
             Element element, bool zero_padded_depth, std::uint8_t* to) {
  const std::size_t padded = (panel.depth + kr - 1) / kr * kr;
  for (std::size_t row = 0; row < panel_rows; ++row) {
    for (std::size_t k = 0; k < padded; ++k) {
      const std::size_t index = (k / kr * panel_rows + row) * kr + k % kr;
      std::int64_t value = draw(random, element, Fill::random);
      if (row < rows && k < panel.depth) value = panel.at(row, k);
      if (row < rows && k >= panel.depth && zero_padded_depth) value = 0;
      put(to, index, element, value);
    }
  }
}

// The channels of `rhs` in as many panels as hold them.
void lay_out_panels(Random& random, const Panel& rhs, std::size_t channels, const Kernel& kernel,
                    std::size_t panel_stride, std::uint8_t* to) {
  const std::size_t nr = tile_here(kernel).nr;
  for (std::size_t first = 0; first < channels; first += nr, to += panel_stride) {
    const std::size_t n = std::min(channels - first, nr);
    const auto begin = rhs.values.begin() + static_cast<ptrdiff_t>(first * rhs.depth);
    const Panel part = {{begin, begin + static_cast<ptrdiff_t>(n * rhs.depth)}, rhs.depth};
    lay_out(random, part, n, nr, kernel.rhs->kr, kernel.rhs->element, true, to);
  }
}

// Raw rows for a kernel that reads them in place: those of a matrix, forwards or backwards, with room between or none;
// or each in memory of its own.
void lay_out_rows(Random& random, const Panel& panel, std::size_t m, Side side, std::uint8_t flip,
                  std::vector<std::unique_ptr<GuardedBuffer>>* memory, std::vector<const std::uint8_t*>* rows) {
  std::vector<std::uint8_t*> to(m);
  if (random.chance(2)) {
    const std::size_t stride = panel.depth + static_cast<std::size_t>(random.chance(2) ? 0 : random.between(1, 99));
    memory->push_back(std::make_unique<GuardedBuffer>((m - 1) * stride + panel.depth, side));
    const bool backwards = random.chance(3);
    for (std::size_t i = 0; i < m; ++i) to[i] = memory->back()->data() + (backwards ? m - 1 - i : i) * stride;
  } else {
    for (std::size_t i = 0; i < m; ++i) {
      memory->push_back(std::make_unique<GuardedBuffer>(panel.depth, side));
      to[i] = memory->back()->data();
    }
  }
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t k = 0; k < panel.depth; ++k) {
      to[i][k] = static_cast<std::uint8_t>(static_cast<std::uint8_t>(panel.at(i, k)) ^ flip);
    }
    rows->push_back(to[i]);
  }
  for (const auto& buffer : *memory) buffer->make_read_only();
}

// Runs a kernel as exec/tile.h does: prepared before, from m and depth alone, and released after.
void run_kernel(const Kernel& kernel, const TileArgs& args) {
  REQUIRE((kernel.prepare == nullptr) == (kernel.release == nullptr));
  if (kernel.prepare != nullptr) {
    TileArgs known = {};
    known.m = args.m;
    known.depth = args.depth;
    const CheckedCallReport prepared = checked_call(kernel.prepare, &known);
    INFO("calling convention of prepare: " << prepared.what);
    REQUIRE(prepared.clean);
  }
  const CheckedCallReport report = checked_call(kernel.tuning.run, &args);
  INFO("calling convention: " << report.what);
  REQUIRE(report.clean);
  if (kernel.release != nullptr) {
    const std::uintptr_t none[4] = {};
    const CheckedCallReport released = checked_call_words(kernel.release, none);
    INFO("calling convention of release: " << released.what);
    REQUIRE(released.clean);
  }
  REQUIRE(take_stand_in_faults() == "");
}

struct Shape {
  std::size_t m, n, depth;
  bool accumulate;
  Side side;
  Fill lhs_fill, rhs_fill;
};

void check_tile(Random& random, const Kernel& kernel, const Shape& shape) {
  INFO(kernel.name << " m " << shape.m << " n " << shape.n << " depth " << shape.depth << " accumulate "
                   << shape.accumulate << " side " << (shape.side == Side::upper ? "upper" : "lower") << " seed "
                   << test_seed());
  const TileShape tile = tile_here(kernel);
  const std::size_t padded = (shape.depth + kernel.rhs->kr - 1u) / kernel.rhs->kr * kernel.rhs->kr;
  const Panel lhs = make_panel(random, shape.m, shape.depth, kernel.lhs_element, shape.lhs_fill);
  const Panel rhs = make_weights(random, shape.n, shape.depth, kernel, shape.rhs_fill);

  // The panels that hold the channels, with room between them. Several do not touch the guard pages on both sides.
  const std::size_t panels = (shape.n + tile.nr - 1u) / tile.nr;
  const std::size_t panel_bytes = tile.nr * padded * bytes_of(kernel.rhs->element);
  const std::size_t panel_stride = panel_bytes + static_cast<std::size_t>(random.between(0, 3)) * 32;
  GuardedBuffer rhs_panel((panels - 1) * panel_stride + panel_bytes, shape.side);
  lay_out_panels(random, rhs, shape.n, kernel, panel_stride, rhs_panel.data());
  rhs_panel.make_read_only();

  // The lhs in the kernel's form: one packed panel, or raw rows each in guarded memory of its own.
  TileArgs args = {};
  std::vector<std::unique_ptr<GuardedBuffer>> lhs_memory;
  std::vector<const std::uint8_t*> rows;
  if (kernel.lhs_any_stride && random.chance(2)) {
    // The caller's rows, with garbage between them.
    const std::size_t stride = shape.depth + static_cast<std::size_t>(random.between(0, 70));
    lhs_memory.push_back(std::make_unique<GuardedBuffer>((shape.m - 1) * stride + shape.depth, shape.side));
    std::uint8_t* const bytes = lhs_memory[0]->data();
    for (std::size_t i = 0; i < lhs_memory[0]->size(); ++i) bytes[i] = static_cast<std::uint8_t>(random.bits());
    for (std::size_t row = 0; row < shape.m; ++row) {
      for (std::size_t k = 0; k < shape.depth; ++k) {
        bytes[row * stride + k] = static_cast<std::uint8_t>(lhs.at(row, k));
      }
    }
    lhs_memory[0]->make_read_only();
    args.lhs = bytes;
    args.row_stride = stride;
    args.step_stride = kernel.rhs->kr;
  } else if (kernel.form == LhsForm::packed) {
    lhs_memory.push_back(std::make_unique<GuardedBuffer>(tile.mr * padded * bytes_of(kernel.lhs_element), shape.side));
    lay_out(random, lhs, shape.m, tile.mr, kernel.rhs->kr, kernel.lhs_element, false, lhs_memory[0]->data());
    lhs_memory[0]->make_read_only();
    args.lhs = lhs_memory[0]->data();
    args.row_stride = kernel.rhs->kr * bytes_of(kernel.lhs_element);
    args.step_stride = tile.mr * args.row_stride;
  } else {
    args.sign_flip = random.chance(2) ? 0x80 : 0;
    lay_out_rows(random, lhs, shape.m, shape.side, static_cast<std::uint8_t>(args.sign_flip), &lhs_memory, &rows);
    args.lhs = rows.data();
  }

  GuardedBuffer acc(tile.mr * tile.width * sizeof(std::int32_t), shape.side, 4);
  std::vector<std::int32_t> before(tile.mr * tile.width);
  for (std::int32_t& value : before) value = static_cast<std::int32_t>(random.between(-1000000, 1000000));
  memcpy(acc.data(), before.data(), acc.size());

  args.rhs = rhs_panel.data();
  args.acc = acc.as<std::int32_t>();
  args.depth = shape.depth;
  args.m = shape.m;
  args.n = shape.n;
  args.positions = 1;
  args.accumulate = shape.accumulate ? 1 : 0;
  args.panel_stride = panel_stride;
  args.fetch = static_cast<Fetch>(random.bits() % 4);
  args.fetch_from = rhs_panel.data() + rhs_panel.size();  // a guard page: what is fetched may be nobody's
  args.fetch_step = static_cast<std::size_t>(random.bits() % 129);
  args.width = tile.width;
  GuardedBuffer start(panels * tile.nr * sizeof(std::int32_t), shape.side, 4);
  const bool starts = kernel.bias_initialized && random.chance(2);
  for (std::size_t j = 0; j < panels * tile.nr; ++j) {
    start.as<std::int32_t>()[j] = static_cast<std::int32_t>(random.between(-1000000, 1000000));
  }
  start.make_read_only();
  args.bias = starts ? start.as<std::int32_t>() : nullptr;
  run_kernel(kernel, args);
  REQUIRE(acc.check());

  for (std::size_t i = 0; i < shape.m; ++i) {
    for (std::size_t j = 0; j < shape.n; ++j) {
      std::int64_t expected = shape.accumulate ? before[i * tile.width + j] : starts ? start.as<std::int32_t>()[j] : 0;
      for (std::size_t k = 0; k < shape.depth; ++k) expected += lhs.at(i, k) * rhs.at(j, k);
      const std::int32_t wrapped = static_cast<std::int32_t>(static_cast<std::uint32_t>(expected));
      if (acc.as<std::int32_t>()[i * tile.width + j] != wrapped) {
        INFO("row " << i << " channel " << j);
        REQUIRE(acc.as<std::int32_t>()[i * tile.width + j] == wrapped);
      }
    }
  }
}

}  // namespace

TEST_CASE("kernels: every m and n of the tile at depths around the step") {
  REQUIRE(checked_call_is_checking());
  Random random(test_seed());
  for (const Kernel* kernel : runnable_tunings()) {
    const TileShape tile = tile_here(*kernel);
    const std::size_t kr = kernel->rhs->kr;
    for (std::size_t m = 1; m <= tile.mr; ++m) {
      for (std::size_t n = 1; n <= tile.width; ++n) {
        for (const std::size_t depth : {std::size_t{1}, kr - 1, kr, kr + 1, 3 * kr + kr / 2}) {
          const Side side = random.chance(2) ? Side::upper : Side::lower;
          check_tile(random, *kernel, {m, n, depth, random.chance(2), side, Fill::random, Fill::random});
        }
      }
    }
    record_exercised(*kernel);
  }
  for (const StandInKind& kind : stand_in_kinds()) {
    report(std::string(kind.words) + (kind.runs_here ? ": swept on this machine" : ": not on this machine"));
  }
}

TEST_CASE("kernels: every depth from 0 to several steps, then large ones") {
  Random random(test_seed() + 1);
  for (const Kernel* kernel : runnable_tunings()) {
    const TileShape tile = tile_here(*kernel);
    for (std::size_t depth = 0; depth <= 6u * kernel->rhs->kr + 1; ++depth) {
      for (const Side side : {Side::lower, Side::upper}) {
        for (const bool accumulate : {false, true}) {
          check_tile(random, *kernel, {tile.mr, tile.width, depth, accumulate, side, Fill::random, Fill::random});
          check_tile(random, *kernel, {1, 1, depth, accumulate, side, Fill::random, Fill::random});
        }
      }
    }
    for (const std::size_t depth : {255u, 256u, 1000u, 4099u}) {
      check_tile(random, *kernel, {tile.mr, tile.width, depth, false, Side::upper, Fill::random, Fill::random});
    }
  }
}

TEST_CASE("kernels: depths around those that are taken at once, few rows and many") {
  Random random(test_seed() + 5);
  for (const Kernel* kernel : runnable_tunings()) {
    const TileShape tile = tile_here(*kernel);
    const std::size_t half = (tile.mr + 1) / 2;
    for (const std::size_t many : {64u, 128u, 192u, 256u, 320u, 576u}) {
      for (std::size_t depth = many - 8; depth <= many + 8; ++depth) {
        for (const std::size_t m : {std::size_t{1}, half, half + 1, tile.mr}) {
          if (m > tile.mr) continue;
          const Side side = random.chance(2) ? Side::upper : Side::lower;
          check_tile(random, *kernel, {m, tile.width, depth, random.chance(2), side, Fill::random, Fill::random});
        }
      }
    }
  }
}

// Loops of assembly take several steps a round, in code of their own for each number of rows or of panels.
TEST_CASE("kernels: every m at depths of several rounds of a loop") {
  Random random(test_seed() + 5);
  for (const Kernel* kernel : runnable_tunings()) {
    const TileShape tile = tile_here(*kernel);
    for (std::size_t m = 1; m <= tile.mr; ++m) {
      for (std::size_t panels = 1; panels <= kernel->panels; ++panels) {
        for (const std::size_t missing : {std::size_t{0}, tile.nr / 3, tile.nr - 1}) {
          for (const std::size_t depth : {16u, 23u, 31u, 32u, 33u, 40u, 47u, 48u, 63u, 64u, 65u, 77u, 104u, 150u}) {
            const Side side = random.chance(2) ? Side::upper : Side::lower;
            const std::size_t n = panels * tile.nr - missing;
            check_tile(random, *kernel, {m, n, depth, random.chance(2), side, Fill::random, Fill::random});
          }
        }
      }
    }
  }
}

TEST_CASE("kernels: extremes of both operands, up to the largest exact depth and beyond") {
  Random random(test_seed() + 2);
  for (const Kernel* kernel : runnable_tunings()) {
    const TileShape tile = tile_here(*kernel);
    for (const Fill lhs : {Fill::lowest, Fill::highest, Fill::mixed_extremes}) {
      for (const Fill rhs : {Fill::lowest, Fill::highest, Fill::mixed_extremes}) {
        for (const std::size_t depth : {1u, 2u, 3u, 7u, 64u, 515u}) {
          check_tile(random, *kernel, {tile.mr, tile.width, depth, true, Side::upper, lhs, rhs});
        }
      }
    }
    // 131071 * 2^14 still fits int32, 131072 does not: kernels wrap, in both directions.
    for (const Fill lhs : {Fill::lowest, Fill::highest}) {
      for (const Fill rhs : {Fill::lowest, Fill::highest}) {
        for (const std::size_t depth : {131071u, 131072u, 135000u}) {
          check_tile(random, *kernel, {2, tile.width, depth, false, Side::upper, lhs, rhs});
        }
      }
    }
  }
}

TEST_CASE("kernels: several positions through row pointers") {
  Random random(test_seed() + 3);
  std::size_t exercised = 0;
  for (const Kernel* kernel : runnable_tunings()) {
    const TileShape tile = tile_here(*kernel);
    if (kernel->form != LhsForm::indirect) continue;
    ++exercised;
    for (const std::size_t depth : {1u, 2u, 5u, 16u, 31u, 36u, 64u, 67u, 130u, 189u}) {
      const std::size_t positions = depth % 3 == 1 ? 9 : 3;
      const std::size_t padded = (depth + kernel->rhs->kr - 1u) / kernel->rhs->kr * kernel->rhs->kr;
      const std::size_t m = depth % 2 == 0 ? tile.mr - 1 : (tile.mr + 1) / 2;
      const std::size_t panel_bytes = positions * padded * tile.nr;
      std::vector<std::uint8_t> rhs(kernel->panels * panel_bytes);
      std::vector<std::unique_ptr<GuardedBuffer>> lhs;
      std::vector<const std::uint8_t*> rows;
      std::vector<Panel> rhs_values;
      for (std::size_t position = 0; position < positions; ++position) {
        rhs_values.push_back(make_weights(random, tile.width, depth, *kernel, Fill::random));
        lay_out_panels(random, rhs_values[position], tile.width, *kernel, panel_bytes,
                       rhs.data() + position * padded * tile.nr);
        for (std::size_t row = 0; row < m; ++row) {
          lhs.push_back(std::make_unique<GuardedBuffer>(depth, random.chance(2) ? Side::lower : Side::upper));
          std::uint8_t* const bytes = lhs.back()->data();
          for (std::size_t k = 0; k < depth; ++k) bytes[k] = static_cast<std::uint8_t>(random.bits());
        }
      }
      // Some are padding, which all share one row.
      for (std::size_t i = 0; i < lhs.size(); ++i) rows.push_back(lhs[random.chance(4) ? 0 : i]->data());
      GuardedBuffer memory(tile.mr * tile.width * sizeof(std::int32_t), Side::upper, kAlignment);
      std::int32_t* const acc = memory.as<std::int32_t>();
      const std::size_t sign_flip = depth % 2 == 0 ? 0x80 : 0;
      TileArgs args = {};
      args.lhs = rows.data();
      args.rhs = rhs.data();
      args.acc = acc;
      args.depth = depth;
      args.m = m;
      args.n = tile.width;
      args.positions = positions;
      args.sign_flip = sign_flip;
      args.panel_stride = panel_bytes;
      args.width = tile.width;
      run_kernel(*kernel, args);
      for (std::size_t i = 0; i < m; ++i) {
        for (std::size_t j = 0; j < tile.width; ++j) {
          std::int64_t expected = 0;
          for (std::size_t position = 0; position < positions; ++position) {
            for (std::size_t k = 0; k < depth; ++k) {
              const std::int64_t raw = rows[position * m + i][k];
              const std::uint8_t flipped = static_cast<std::uint8_t>(static_cast<std::uint8_t>(raw) ^ sign_flip);
              const std::int64_t value =
                  kernel->lhs_element == Element::u8 ? flipped : static_cast<std::int8_t>(flipped);
              expected += value * rhs_values[position].at(j, k);
            }
          }
          REQUIRE(acc[i * tile.width + j] == expected);
        }
      }
    }
  }
  CHECK((exercised > 0 || runnable_tunings().empty()));
}
