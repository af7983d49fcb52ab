#include "contraction/predict.h"

#include "base/checked.h"

namespace ottava {
namespace {

// What a core of a tier does in a cycle, and how many cycles other things take it: of the kinds of cores that have the
// tier, the usual one. Fitted to measurements (docs/tuning.md): x86_avx2 on Zen 3 and, for servers, on Emerald Rapids,
// as are x86_avxvnni and x86_avx512vnni; on Zen 4 x86_avx512vnni in halves and x86_avx2 beside it; x86_amx on
// Granite Rapids. For the others the peaks are what their instructions allow, and the rest is scaled from that; and so
// are rectangles of servers, from those of Zen 4, where all of them were measured.
struct TileCost {  // in cycles
  double tile;
  double row;           // of a tile
  double partial_tile;  // more for one that is not as wide as the others
  double partial_row;
  double row_bytes;  // of a row, which a cycle widens, flips or broadcasts for a tile; 0: it takes no time of its own
};
struct Rates {
  double macs;          // multiply-accumulates, of a tile in registers
  double weight_bytes;  // of packed weights that a tile of one row takes in
  double l2_bytes;      // from each cache, and from memory
  double l3_bytes;
  double memory_bytes;
  double tile_bytes;      // of weights, for each tile beside what it multiplies; 0: in no time
  double packed_bytes;    // of the lhs, packed
  double packed_row;      // cycles for each packed row
  TileCost packed;        // rows
  TileCost in_place;      // likewise
  TileCost panels;        // rows in place, of a kernel that walks all panels in one call
  TileCost rectangle;     // of a packed kernel that computes a piece in one call
  double far_row;         // cycles more for each row of a tile whose place in dst has left the second-level cache
  double element;         // of dst, its accumulator in a register
  double staged_element;  // likewise, where the output stage reads it from memory
  double float_element;   // of a float lhs
  double run;             // with a schedule
  double short_run;       // without
  double lower_tiles;     // more, if it is of several tiles
  double worker;          // for a further thread
};

constexpr TileCost kUsualTile = {40, 5, 30, 2, 0};
constexpr TileCost kInOrderTile = {60, 8, 40, 2, 0};
constexpr TileCost kNone = {};

// clang-format off
constexpr Rates kPortable = {
    4.1, 3.5, 16, 8, 4, 0, 50, 23,
    {75, 1.5, 35, 1, 0}, {88, 1.5, 35, 1, 0}, kNone, kNone,
    0, 5.1, 8, 2, 1000, 50, 0, 6000};
constexpr Rates kInOrderArm = {
    4, 8, 8, 4, 2, 0, 4, 20,
    kInOrderTile, kInOrderTile, kNone, kNone,
    0, 2, 4, 2, 1200, 200, 0, 8000};
constexpr Rates kNeon = {
    16, 16, 16, 8, 4, 0, 8, 12,
    kUsualTile, kUsualTile, kNone, kNone,
    0, 0.8, 2, 1, 1000, 100, 0, 6000};
constexpr Rates kDotprod = {
    32, 32, 32, 12, 5, 0, 12, 12,
    kUsualTile, kUsualTile, kNone, kNone,
    0, 0.8, 2, 1, 1000, 100, 0, 6000};
constexpr Rates kI8mm = {
    64, 32, 32, 12, 5, 0, 12, 12,
    kUsualTile, kUsualTile, kNone, kNone,
    0, 0.8, 2, 1, 1000, 100, 0, 6000};
constexpr Rates kAvx2 = {
    21, 50, 14.5, 7.5, 5, 0, 30, 6,
    {25, 7.5, 30, 2, 0}, {15, 7.5, 30, 2, 15}, {17, 4, 20, 5, 15},
    {4.8, 12.7, 3.9, 8.5, 0},
    0, 0.17, 1, 0.4, 1000, 50, 0, 5000};
constexpr Rates kAvx2BesideAvx512 = {
    27.3, 50.9, 16.7, 9.07, 5, 0, 3.68, 0.736,
    {42.2, 2.63, 30, 0.0508, 0}, {23.7, 16.5, 3.68, 0.7, 6.83}, {19.2, 6.76, 16.8, 0.309, 5180},
    {8.11, 12.7, 1.57, 3.87, 0},
    2.73, 0.373, 1.3, 0.4, 592, 26.2, 219, 5000};
constexpr Rates kAvx2OfServer = {
    22.9, 50, 97.3, 7, 5, 62.5, 7.2, 21.3,
    {52.4, 0.72, 5.37, 1.83, 211}, {4.25, 10.4, 16.4, 1.63, 8.36}, {24.2, 2.84, 26, 2.98, 9.56},
    {15, 0.72, 2, 1.83, 211},
    4, 0.574, 1, 0.4, 423, 11.6, 200, 5000};
constexpr Rates kAvxVnni = {
    64, 28.8, 97.4, 8, 5, 0, 3.64, 9.71,
    {28.4, 9.42, 15.9, 1.53, 45.5}, {4.95, 11.6, 16.1, 1.64, 25.3}, {22.7, 5.25, 6.45, 1.09, 14.3},
    {8, 5.7, 3, 1.53, 45.5},
    5, 0.454, 1, 0.4, 430, 26, 169, 5000};
constexpr Rates kAvx512Vnni = {
    128, 64, 77.6, 8, 5, 144, 6.67, 6,
    {6.52, 8.12, 28.8, 2.38, 110}, {2.51, 11.3, 8.24, 0.565, 7.85}, {19.2, 6.25, 4.06, 1.92, 8.92},
    {2, 5.8, 5, 2.38, 110},
    9, 0.23, 0.6, 0.3, 567, 30.6, 182, 5000};
constexpr Rates kAvx512VnniInHalves = {
    80.2, 41.6, 34.1, 21.4, 5, 85.2, 4.19, 3.28,
    {11.7, 6.25, 18.8, 1.34, 15.2}, {1.01, 12.5, 1.71, 0.257, 12.8}, {25, 6.25, 3.35, 1.31, 8.92},
    {21.2, 8.12, 77, 25.7, 15.9},
    6.37, 0.297, 0.6, 0.3, 514, 22.7, 128, 5000};
constexpr Rates kAmx = {
    514, 64, 224, 10, 5, 39.1, 32, 10,
    kNone, {234, 0.678, 31.9, 5.55, 0}, kNone, kNone,
    0, 0.3, 0.732, 0.3, 645, 300, 0, 5000};
// clang-format on

// Depths of rows that a kernel of panels keeps widened.
constexpr size_t kMostKept = 256;
// The part of the peak that the blocks of a kernel with depths in its lanes reach, which it adds up for each element,
// and its tile: of s8s8s32_indirect_6x8x16_x86_avx2, and of those with 32 and 64 depths.
struct LanesOfDepths {
  double peak;
  TileCost tile;
};
constexpr LanesOfDepths k16Depths = {0.66, {58, 14, 0, 0, 0}};
constexpr LanesOfDepths k32Depths = {0.85, {50, 11.5, 0, 0, 0}};
constexpr LanesOfDepths k64Depths = {0.71, {19, 16, 0, 0, 0}};

constexpr double kBytesOfMesh = 8;  // in a cycle, from a last-level cache that is far away, which hides behind nothing

Rates rates_of(const Kernel& kernel, const Machine& machine) {
  Rates rates = kPortable;
  switch (kernel.isa) {
    case Isa::x86_amx: rates = kAmx; break;
    case Isa::x86_avx512vnni: rates = halves_512_bits(machine) ? kAvx512VnniInHalves : kAvx512Vnni; break;
    case Isa::x86_avxvnni: rates = kAvxVnni; break;
    case Isa::x86_avx2:
      rates = has_far_l3(machine) ? kAvx2OfServer : halves_512_bits(machine) ? kAvx2BesideAvx512 : kAvx2;
      break;
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
  // Rows stay bytes.
  if (kernel.weights == Weights::narrow_pairs) {
    rates.macs *= 1.2, rates.weight_bytes *= 0.5;
    rates.in_place.row_bytes = rates.panels.row_bytes = 0;
  }
  if (kernel.min_depth_per_channel != 0) {
    const LanesOfDepths& lanes = kernel.isa == Isa::x86_avx512vnni ? k64Depths
                                 : kernel.isa == Isa::x86_avxvnni  ? k32Depths
                                                                   : k16Depths;
    rates.macs *= lanes.peak;
    rates.in_place = rates.panels = lanes.tile;
    rates.element += 1;
  }
  return rates;
}

double larger_of(double a, double b) { return a > b ? a : b; }

// Cycles for each of so many bytes that are passed over again and again. What the second-level cache holds of them
// stays.
double cycles_of_byte(uint64_t bytes, const Machine& machine, const Rates& rates) {
  if (bytes <= machine.l1d_bytes) return 0;
  if (bytes <= machine.l2_bytes) return 1 / rates.l2_bytes;
  if (bytes > machine.l3_bytes) return 1 / rates.memory_bytes;
  if (!has_far_l3(machine)) return 1 / rates.l3_bytes;
  const auto kibibytes = [](uint64_t size) { return static_cast<double>(static_cast<size_t>(size >> 10)); };
  const double near = kibibytes(machine.l2_bytes) / kibibytes(bytes);
  return near / rates.l2_bytes + (1 - near) / kBytesOfMesh;
}

}  // namespace

Prediction predict(const ContractionPlan& plan, const Machine& machine, const RunShape& shape, const Schedule& schedule,
                   bool short_way) {
  const Route& route = plan.routes.of(shape.rows);
  const Grid& grid = schedule.grid;
  const TileShape& tile = route.tile;
  const Rates rates = rates_of(*route.kernel, machine);
  const double workers = static_cast<double>(grid.workers);

  // A piece, and how many of them, whole ones or parts, the busiest worker has.
  const size_t rows = smaller(grid.m_block, shape.rows), columns = smaller(grid.n_block, shape.columns);
  const double all = static_cast<double>(shape.rows) / static_cast<double>(rows) * static_cast<double>(shape.columns) /
                     static_cast<double>(columns) * static_cast<double>(shape.batches);
  const double turns = grid.workers == 1 ? all : larger_of(1, all / workers);

  const size_t tiles_down = ceil_div(rows, tile.mr), tiles_across = ceil_div(columns, tile.width);
  const double tiles = static_cast<double>(tiles_down * tiles_across);
  const bool resident = columns * plan.packed_k <= plan.blocking.resident_bytes;
  const bool takes_more = route.tuned[0].fused.panels != nullptr;
  const bool by_panels =
      takes_more && route.indirect() && (short_way || columns <= tile.width || rows <= tile.mr || resident);
  const size_t dst_element = plan.output.element_bytes;
  const uint64_t dst_bytes = uint64_t{shape.rows} * shape.columns * dst_element;
  const bool line_by_line =
      tiles_across > 1 && goes_line_by_line(plan.blocking, route, columns * plan.packed_k, dst_bytes);
  const bool as_rectangle = takes_more && !route.indirect() && (tiles_across == 1 || line_by_line);
  // Channels that are multiplied: of whole tiles, or of a half where rows tell the time that a vector more takes.
  const size_t unit = tile.lanes_of_depth ? 1 : rates.packed.row_bytes != 0 ? tile.width / 2 : tile.width;
  const size_t computed = round_up(columns, unit);
  const double step = static_cast<double>(computed * plan.packed_k);
  const TileCost& cost = as_rectangle                           ? rates.rectangle
                         : !route.in_place || !route.indirect() ? rates.packed
                         : by_panels                            ? rates.panels
                                                                : rates.in_place;
  double multiply = step * static_cast<double>(rows) / rates.macs;
  // Bytes that lie as the kernel takes them are read as it multiplies.
  const bool as_they_lie = route.in_place && route.kernel->lhs_element == Element::u8 && route.lhs.zero_shift == 0;
  if (cost.row_bytes != 0 && !as_they_lie) {
    // A call for all panels keeps what it has widened.
    const bool keeps = by_panels && route.kernel->lhs_element == Element::s8 && plan.packed_k <= kMostKept;
    const double times = keeps ? 1 : static_cast<double>(tiles_across);
    multiply += times * static_cast<double>(rows * plan.packed_k) / cost.row_bytes;
  }
  const double passes = step * static_cast<double>(tiles_down);
  if (rates.tile_bytes != 0) multiply += passes / rates.tile_bytes;
  multiply = larger_of(multiply, passes / rates.weight_bytes);

  const size_t weights = computed * plan.packed_k;
  const double row_bytes = static_cast<double>(plan.packed_k * tile.lhs_bytes);
  const double elements = static_cast<double>(rows) * static_cast<double>(columns);
  double around = tiles * cost.tile + static_cast<double>(rows * tiles_across) * cost.row;
  if (!line_by_line && tiles_across > 1 && uint64_t{rows} * columns * dst_element > machine.l2_bytes / 5 * 2) {
    around += static_cast<double>(rows * tiles_across) * rates.far_row;
  }
  if (columns % tile.width != 0) {
    around += static_cast<double>(tiles_down) * cost.partial_tile + static_cast<double>(rows) * cost.partial_row;
  }
  around += elements * (route.tuned[0].fused.run != nullptr ? rates.element : rates.staged_element);
  if (!route.in_place) around += static_cast<double>(rows) * (row_bytes / rates.packed_bytes + rates.packed_row);
  if (plan.lhs_quantization != Quantization::none) {
    around += static_cast<double>(rows * plan.depth()) * rates.float_element;
  }

  // Weights pass once for each block of rows, rows and results once.
  double memory =
      static_cast<double>(weights) * cycles_of_byte(plan.packed.panel_bytes * plan.panels(), machine, rates);
  const size_t lhs_bytes = plan.depth() * plan.lhs_element_bytes;
  const uint64_t tensors = uint64_t{shape.rows} * shape.batches * (lhs_bytes + plan.n * dst_element);
  memory += static_cast<double>(rows * (lhs_bytes + columns * dst_element)) * cycles_of_byte(tensors, machine, rates);

  double once = (short_way ? rates.short_run : rates.run) + (workers - 1) * rates.worker;
  if (short_way && tiles_down > 1) once += rates.lower_tiles;
  const double call = once + turns * around;
  const double total = call + turns * (has_far_l3(machine) ? multiply + memory : larger_of(multiply, memory));
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
