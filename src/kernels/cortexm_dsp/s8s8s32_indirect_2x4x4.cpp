// The frame of the kernel s8s8s32_indirect_2x4x4 of Cortex-M cores with the DSP extension. SMLAD multiplies pairs of
// s16, so all operands have to be widened: the weights while they are multiplied, the rows, which meet every channel of
// the tile, once for all of them. As many depths as the stack has room for are widened at a time, over all positions,
// and then multiplied by s8s8s32_indirect_2x4x4.S.
#if !defined(__ARM_FEATURE_DSP) || !defined(__thumb2__)
#error "this is code for Cortex-M with the DSP extension: compile it with -mcpu=cortex-m4 or the like"
#endif

#include "kernels/cortexm_dsp/s8s8s32_indirect_2x4x4.h"

#include "kernels/cortexm_dsp/output_stage.h"
#include "kernels/cortexm_dsp/widen.h"
#include "kernels/pack.h"

extern "C" {
void ottava_widen_row_cortexm_dsp(const uint8_t* from, uint32_t* to, size_t steps, uint32_t flip, size_t rows);
void ottava_add_two_rows_cortexm_dsp(int32_t* acc, const void* lhs, const void* rhs, size_t steps, size_t panel_stride,
                                     int32_t* end);
void ottava_add_one_row_cortexm_dsp(int32_t* acc, const void* lhs, const void* rhs, size_t steps, size_t panel_stride,
                                    int32_t* end);
}

namespace ottava {
namespace {

constexpr size_t kMr = 2;
constexpr size_t kNr = 4;
constexpr size_t kKr = 4;
constexpr size_t kPanels = 8;
constexpr size_t kWidth = kPanels * kNr;
constexpr size_t kRhsStep = kNr * kKr;  // bytes

// Depths of both rows, or twice as many of one, that are widened at a time. More would save
// a thirtieth of the instructions, and take stack of which such cores have little.
constexpr size_t kRoom = 16;
constexpr size_t kWordsOfStep = 2;  // of one row

struct Channels {
  int32_t sums[kNr];
};

OTTAVA_INLINE void begin_sums(const TileArgs& args) {
  if (args.accumulate != 0) return;
  for (size_t j = 0; j < args.n; j += kNr) {
    Channels begin = {};
    if (args.bias != nullptr) begin = *reinterpret_cast<const Channels*>(args.bias + j);
    for (size_t i = 0; i < args.m; ++i) *reinterpret_cast<Channels*>(args.acc + i * kWidth + j) = begin;
  }
}

// `depth` bytes of one of so many rows.
void widen_row(const uint8_t* from, size_t depth, uint32_t flip, uint32_t* to, size_t rows) {
  const size_t steps = depth / kKr, left = depth % kKr;
  if (steps != 0) ottava_widen_row_cortexm_dsp(from, to, steps, flip, rows);
  if (left == 0) return;
  uint32_t raw = 0;
  for (const uint8_t* last = from + depth; last != from + steps * kKr;) raw = raw << 8 | *--last;
  widen(raw ^ flip, to + steps * rows * kWordsOfStep);
}

// The same as the assembly, which wants words, in plain loops.
OTTAVA_NOINLINE void add_unaligned(const TileArgs& args, const uint32_t* lhs, const uint8_t* rhs, size_t steps) {
  for (size_t i = 0; i < args.m; ++i) {
    for (size_t j = 0; j < args.n; ++j) {
      const uint8_t* weights = rhs + j / kNr * args.panel_stride + j % kNr * kKr;
      const uint32_t* row = lhs + i * kWordsOfStep;
      int32_t* const sum = args.acc + i * kWidth + j;
      for (size_t step = 0; step < steps; ++step, weights += kRhsStep, row += args.m * kWordsOfStep) {
        uint32_t raw, pairs[kWordsOfStep];
        __builtin_memcpy(&raw, weights, sizeof raw);
        widen(raw, pairs);
        *sum = __smlad(static_cast<int16x2_t>(row[0]), static_cast<int16x2_t>(pairs[0]), *sum);
        *sum = __smlad(static_cast<int16x2_t>(row[1]), static_cast<int16x2_t>(pairs[1]), *sum);
      }
    }
  }
}

OTTAVA_INLINE void add(const TileArgs& args, const TileArgs* in_memory, const uint32_t* lhs, const uint8_t* rhs,
                       size_t steps) {
  if (((reinterpret_cast<uintptr_t>(rhs) | args.panel_stride) & 3) != 0)
    return add_unaligned(*in_memory, lhs, rhs, steps);
  if (args.m == 1) {
    int32_t* const end = args.acc + (args.n + 3) / 4 * 4;
    ottava_add_one_row_cortexm_dsp(args.acc, lhs, rhs, steps, args.panel_stride, end);
  } else {
    int32_t* const end = args.acc + (args.n + 1) / 2 * 2;
    ottava_add_two_rows_cortexm_dsp(args.acc, lhs, rhs, steps, args.panel_stride, end);
  }
}

}  // namespace

void run_s8s8s32_indirect_2x4x4_cortexm_dsp(const TileArgs* tile_args) {
  const TileArgs args = *tile_args;  // what is used of it goes into registers: stores of sums could alias the rest
  begin_sums(args);
  alignas(8) uint32_t lhs[kMr * kRoom * kWordsOfStep];
  const size_t room = args.m == 1 ? kMr * kRoom : kRoom;
  const uint32_t flip = static_cast<uint32_t>(args.sign_flip) * 0x01010101u;
  const uint8_t* const* rows = static_cast<const uint8_t* const*>(args.lhs);
  const uint8_t* rhs = static_cast<const uint8_t*>(args.rhs);
  size_t filled = 0;  // steps
  for (size_t position = 0; position < args.positions; ++position, rows += args.m) {
    for (size_t k = 0, count = 0; k < args.depth; k += count) {
      const size_t left = args.depth - k;
      const size_t fits = (room - filled) * kKr;
      count = left < fits ? left : fits;
      for (size_t i = 0; i < args.m; ++i) {
        widen_row(rows[i] + k, count, flip, lhs + (filled * args.m + i) * kWordsOfStep, args.m);
      }
      filled += (count + kKr - 1) / kKr;
      if (filled < room) continue;
      add(args, tile_args, lhs, rhs, filled);
      rhs += filled * kRhsStep;
      filled = 0;
    }
  }
  if (filled != 0) add(args, tile_args, lhs, rhs, filled);
}

const RhsLayout s8_4x4_cortexm_dsp = {Element::s8, kNr, kKr, pack_s8};

namespace {

constexpr Kernel entry() {
  Kernel kernel = {"s8s8s32_indirect_2x4x4_cortexm_dsp",
                   Isa::cortexm_dsp,
                   LhsForm::indirect,
                   Element::s8,
                   kMr,
                   &s8_4x4_cortexm_dsp,
                   nullptr,
                   &cortexm_dsp_stages,
                   &portable_quantize,
                   {run_s8s8s32_indirect_2x4x4_cortexm_dsp}};
  kernel.panels = kPanels;
  kernel.bias_initialized = true;
  return kernel;
}

}  // namespace

extern const Kernel kernel_s8s8s32_indirect_2x4x4_cortexm_dsp;
const Kernel kernel_s8s8s32_indirect_2x4x4_cortexm_dsp = entry();

}  // namespace ottava
