#include "contraction/predict.h"

#include "base/checked.h"

namespace ottava {
namespace {

// What a core of a tier does in a cycle, and how many cycles other things take it: of the kinds of cores that have the
// tier, the usual one. For x86_avx2 fitted to measurements on Zen 3 (docs/tuning.md); for the others the peaks are what
// their instructions allow, and the rest is scaled from that.
struct TileCost {  // in cycles
  double tile;
  double row;           // of a tile
  double partial_tile;  // more for one that is not as wide as the others
  double partial_row;
};
struct Rates {
  double macs;          // multiply-accumulates, of a tile in registers
  double weight_bytes;  // of packed weights that a tile of one row takes in
  double l2_bytes;      // from each cache, and from memory
  double l3_bytes;
  double memory_bytes;
  double packed_bytes;    // of the lhs, packed
  double packed_row;      // cycles for each packed row
  double widened_bytes;   // of rows that a kernel reads in place and widens; 0: none does
  TileCost packed;        // rows
  TileCost in_place;      // likewise
  TileCost panels;        // of a kernel that walks all panels in one call
  double element;         // of dst, its accumulator in a register
  double staged_element;  // likewise, where the output stage reads it from memory
  double float_element;   // of a float lhs
  double run;             // with a schedule
  double short_run;       // without
  double worker;          // for a further thread
};

constexpr TileCost kUsualTile = {40, 5, 30, 2};
constexpr TileCost kVectorTile = {25, 5, 40, 3};

constexpr Rates kPortable = {4.1, 3.5, 16, 8, 4,    50, 23,  0, {75, 1.5, 35, 1}, {88, 1.5, 35, 1},
                             {},  5.1, 8,  2, 1000, 50, 6000};
constexpr Rates kInOrderArm = {4, 8, 8, 4, 2, 4, 20, 0, {60, 8, 40, 2}, {60, 8, 40, 2}, {}, 2, 4, 2, 1200, 200, 8000};
constexpr Rates kNeon = {16, 16, 16, 8, 4, 8, 12, 0, kUsualTile, kUsualTile, {}, 0.8, 2, 1, 1000, 100, 6000};
constexpr Rates kDotprod = {32, 32, 32, 12, 5, 12, 12, 0, kUsualTile, kUsualTile, {}, 0.8, 2, 1, 1000, 100, 6000};
constexpr Rates kI8mm = {64, 32, 32, 12, 5, 12, 12, 0, kUsualTile, kUsualTile, {}, 0.8, 2, 1, 1000, 100, 6000};
constexpr Rates kAvx2 = {21,   50, 14.5, 7.5,  5,  30,  6, 15, {25, 7.5, 30, 2}, {15, 7.5, 30, 2}, {17, 4, 20, 5},
                         0.17, 1,  0.4,  1000, 50, 5000};
constexpr Rates kAvxVnni = {56,   48, 24,  10,  5,  24,  12, 0, kVectorTile, kVectorTile, {17, 4, 17, 5.5},
                            0.17, 1,  0.4, 900, 47, 5000};
constexpr Rates kAvx512Vnni = {110,  64,  36,  10,  5,  32,  10, 0, kVectorTile, kVectorTile, {17, 4, 17, 5.5},
                               0.12, 0.6, 0.3, 900, 47, 5000};
constexpr Rates kAmx = {900, 64,  36,  10,  5,    32,  10,  0, {120, 5, 40, 3}, {150, 5, 40, 3},
                        {},  0.3, 0.6, 0.3, 1300, 300, 5000};

// Depths of rows that a kernel of panels keeps widened.
constexpr size_t kMostKept = 256;
// The tile of a kernel with depths in its lanes, which it adds up for each element.
constexpr TileCost kTileOfLanes = {73, 16, 0, 0};

Rates rates_of(const Kernel& kernel) {
  Rates rates = kPortable;
  switch (kernel.isa) {
    case Isa::x86_amx: rates = kAmx; break;
    case Isa::x86_avx512vnni: rates = kAvx512Vnni; break;
    case Isa::x86_avxvnni: rates = kAvxVnni; break;
    case Isa::x86_avx2: rates = kAvx2; break;
    case Isa::arm_i8mm: rates = kI8mm; break;
    case Isa::arm_dotprod: rates = kDotprod; break;
    case Isa::arm_neon: rates = kNeon; break;
    case Isa::armv7_neon:
    case Isa::cortexm_mve:
    case Isa::cortexm_dsp: rates = kInOrderArm; break;
    case Isa::portable:
    case Isa::any: break;
  }
  // Pairs of products of 8 bits are added up in 16 before they are widened; a lone row pays for the widening.
  if (kernel.weights == Weights::narrow_pairs) rates.macs *= 1.2, rates.weight_bytes *= 0.5;
  if (kernel.min_depth_per_channel != 0) {
    rates.macs *= 0.66, rates.element += 1;
    rates.in_place = kTileOfLanes;
    rates.widened_bytes = 0;
  }
  return rates;
}

double larger_of(double a, double b) { return a > b ? a : b; }

// Bytes a cycle from the nearest cache that holds so many of them; 0: the first.
double rate_beyond_first(uint64_t bytes, const Machine& machine, const Rates& rates) {
  if (bytes <= machine.l1d_bytes) return 0;
  if (bytes <= machine.l2_bytes) return rates.l2_bytes;
  return bytes <= machine.l3_bytes ? rates.l3_bytes : rates.memory_bytes;
}

}  // namespace

Prediction predict(const ContractionPlan& plan, const Machine& machine, const RunShape& shape, const Schedule& schedule,
                   bool short_way) {
  const Route& route = plan.routes.of(shape.rows);
  const Grid& grid = schedule.grid;
  const TileShape& tile = route.tile;
  const Rates rates = rates_of(*route.kernel);
  const double workers = static_cast<double>(grid.workers);

  // A piece, and how many of them, whole ones or parts, the busiest worker has.
  const size_t rows = smaller(grid.m_block, shape.rows), columns = smaller(grid.n_block, shape.columns);
  const double all = static_cast<double>(shape.rows) / static_cast<double>(rows) * static_cast<double>(shape.columns) /
                     static_cast<double>(columns) * static_cast<double>(shape.batches);
  const double turns = grid.workers == 1 ? all : larger_of(1, all / workers);

  const size_t tiles_down = ceil_div(rows, tile.mr), tiles_across = ceil_div(columns, tile.width);
  const double tiles = static_cast<double>(tiles_down * tiles_across);
  const bool lanes_of_depth = route.kernel->min_depth_per_channel != 0;
  const size_t width = lanes_of_depth ? smaller(columns, tile.width) : tile.width;
  const double step = static_cast<double>(width * plan.packed_k);
  const double height = static_cast<double>(rows) / static_cast<double>(tiles_down);
  const double multiply = tiles * larger_of(step * height / rates.macs, step / rates.weight_bytes);

  const double row_bytes = static_cast<double>(plan.packed_k * tile.lhs_bytes);
  const double elements = static_cast<double>(rows) * static_cast<double>(columns);
  const bool by_panels = route.tuned[0].fused.panels != nullptr && (short_way || shape.columns <= tile.width);
  const TileCost& cost = !route.in_place ? rates.packed : by_panels ? rates.panels : rates.in_place;
  double around = tiles * cost.tile + static_cast<double>(rows * tiles_across) * cost.row;
  if (columns % tile.width != 0) {
    around += static_cast<double>(tiles_down) * cost.partial_tile + static_cast<double>(rows) * cost.partial_row;
  }
  if (route.indirect() && rates.widened_bytes != 0 && route.kernel->lhs_element == Element::s8) {
    // A call for all panels keeps what it has widened.
    const double times = by_panels && plan.packed_k <= kMostKept ? 1 : static_cast<double>(tiles_across);
    around += times * static_cast<double>(rows * plan.packed_k) / rates.widened_bytes;
  }
  around += elements * (route.tuned[0].fused.run != nullptr ? rates.element : rates.staged_element);
  if (!route.in_place) around += static_cast<double>(rows) * (row_bytes / rates.packed_bytes + rates.packed_row);
  if (plan.lhs_quantization != Quantization::none) {
    around += static_cast<double>(rows * plan.depth()) * rates.float_element;
  }

  // Weights pass once for each block of rows, rows and results once.
  double memory = 0;
  const double weights_rate = rate_beyond_first(plan.packed.panel_bytes * plan.panels(), machine, rates);
  if (weights_rate != 0) {
    memory += static_cast<double>(tiles_across * tile.panels * plan.packed.panel_bytes) / weights_rate;
  }
  const size_t lhs_bytes = plan.depth() * plan.lhs_element_bytes;
  const uint64_t tensors = uint64_t{shape.rows} * shape.batches * (lhs_bytes + plan.n * plan.output.element_bytes);
  const double tensors_rate = rate_beyond_first(tensors, machine, rates);
  if (tensors_rate != 0) {
    memory += static_cast<double>(rows * (lhs_bytes + columns * plan.output.element_bytes)) / tensors_rate;
  }

  const double once = (short_way ? rates.short_run : rates.run) + (workers - 1) * rates.worker;
  const double call = once + turns * around;
  const double total = call + turns * larger_of(multiply, memory);
  Prediction prediction;
  prediction.multiply = static_cast<uint64_t>(turns * multiply);
  prediction.memory = static_cast<uint64_t>(turns * memory);
  prediction.call = static_cast<uint64_t>(call);
  prediction.cycles = static_cast<uint64_t>(total);
  prediction.bound = call > turns * larger_of(multiply, memory) ? Bound::call
                     : memory > multiply                        ? Bound::memory
                                                                : Bound::multiply;
  return prediction;
}

}  // namespace ottava
