#include "contraction/predict.h"

#include "base/checked.h"

namespace ottava {
namespace {

// What a core of a tier does in a cycle, and how many cycles other things take it: of the kinds of cores that have the
// tier, the usual one. For x86_avx2 fitted to measurements on Zen 3 (docs/tuning.md); for the others the peaks are what
// their instructions allow, and the rest is scaled from that.
struct Rates {
  double macs;          // multiply-accumulates, of a tile in registers
  double weight_bytes;  // of packed weights that a tile of one row takes in
  double l2_bytes;      // from each cache, and from memory
  double l3_bytes;
  double memory_bytes;
  double packed_bytes;   // of the lhs, packed
  double row;            // cycles for each packed row of a panel of channels
  double tile;           // for each tile
  double element;        // for each element of dst, its accumulator in a register
  double stage_element;  // likewise, where the output stage reads it from memory
  double float_byte;     // for each element of a float lhs
  double run;            // for a run with a schedule
  double short_run;      // without
  double worker;         // for a further thread
};

constexpr Rates kPortable = {4, 4, 16, 8, 4, 1, 20, 60, 6, 10, 2, 500, 120, 6000};
constexpr Rates kInOrderArm = {4, 8, 8, 4, 2, 4, 20, 60, 2, 4, 2, 800, 200, 8000};
constexpr Rates kNeon = {16, 16, 16, 8, 4, 8, 12, 40, 0.8, 2, 1, 600, 150, 6000};
constexpr Rates kDotprod = {32, 32, 32, 12, 5, 12, 10, 40, 0.8, 2, 1, 600, 150, 6000};
constexpr Rates kI8mm = {64, 32, 32, 12, 5, 12, 10, 40, 0.8, 2, 1, 600, 150, 6000};
constexpr Rates kAvx2 = {30, 30, 32, 12, 5, 12, 8, 40, 0.3, 1, 0.4, 450, 130, 5000};
constexpr Rates kAvxVnni = {64, 64, 32, 12, 5, 16, 8, 40, 0.3, 1, 0.4, 450, 130, 5000};
constexpr Rates kAvx512Vnni = {128, 64, 48, 12, 5, 24, 8, 40, 0.2, 0.6, 0.3, 450, 130, 5000};
constexpr Rates kAmx = {1024, 64, 48, 12, 5, 24, 8, 120, 0.4, 0.6, 0.3, 700, 300, 5000};

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
  // Pairs of products of 8 bits are added up in 16 before they are widened.
  if (kernel.weights == Weights::narrow_pairs) rates.macs *= 1.2;
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
  const double batches = static_cast<double>(shape.batches);
  const double workers = static_cast<double>(grid.workers);

  // The pieces that the busiest worker has, as parts of rows and channels.
  const double pieces = static_cast<double>(grid.pieces()) * batches;
  const double turns = static_cast<double>(ceil_div(static_cast<size_t>(pieces), grid.workers));
  const double rows = static_cast<double>(smaller(grid.m_block, shape.rows));
  const double columns = static_cast<double>(smaller(grid.n_block, shape.columns));
  const size_t tiles_down = ceil_div(static_cast<size_t>(rows), tile.mr);
  const size_t tiles_across = ceil_div(static_cast<size_t>(columns), tile.width);
  const double tiles = static_cast<double>(tiles_down * tiles_across);

  const double steps = static_cast<double>(plan.packed_k / tile.kr);
  const double step_of_row = static_cast<double>(tile.width * tile.kr) / rates.macs;
  const double step_of_weights = static_cast<double>(tile.width * tile.kr) / rates.weight_bytes;
  const double height = rows / static_cast<double>(tiles_down);
  const double multiply = tiles * steps * larger_of(step_of_row * height, step_of_weights);

  const double row_bytes = static_cast<double>(plan.packed_k * tile.lhs_bytes);
  const double packed_rows = route.in_place ? 0 : rows;
  const double packing = packed_rows * (row_bytes / rates.packed_bytes + rates.row);
  const double element = route.tuned[0].fused.run != nullptr ? rates.element : rates.stage_element;
  double around = tiles * rates.tile + rows * columns * element + packing;
  if (plan.lhs_quantization != Quantization::none)
    around += rows * static_cast<double>(plan.depth()) * rates.float_byte;

  // Weights pass once for each block of rows, rows and results once.
  const uint64_t weights = plan.packed.panel_bytes * plan.panels();
  const double passing = static_cast<double>(tiles_across * tile.panels * plan.packed.panel_bytes);
  const double beyond = rate_beyond_first(weights, machine, rates);
  double memory = beyond != 0 ? passing / beyond : 0;
  const uint64_t tensors = shape.rows * (plan.depth() * plan.lhs_element_bytes + plan.n * plan.output.element_bytes);
  const double tensor_rate = rate_beyond_first(tensors * shape.batches, machine, rates);
  if (tensor_rate != 0) {
    memory += rows *
              (static_cast<double>(plan.depth() * plan.lhs_element_bytes) +
               columns * static_cast<double>(plan.output.element_bytes)) /
              tensor_rate;
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
