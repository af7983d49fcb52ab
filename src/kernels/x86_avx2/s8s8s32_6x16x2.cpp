// AVX2 kernel, s8 x s8, 6 x 16 tile, 2 depths a step, of a lhs that is packed widened to s16. pairs.h has the step and
// says why it is exact.
//
// Registers: 12 accumulators, 2 rhs vectors, 1 broadcast lhs pair, 1 product. Up to 8 valid channels take half of it: 6
// accumulators, 1 rhs vector.
// Loop body: 192 MAC in 2 vpmovsxbw + 6 vpbroadcastd + 12 vpmaddwd + 12 vpaddd; 12 cycles where
// vpmaddwd issues once a cycle, 6 where it issues twice and vpaddd elsewhere. There, and where another program shares
// the core, the limit is how many instructions begin in a cycle: four steps make a round, so that what counts and
// advances is 1.5 instructions a step.
//
// Many rows share a panel that is widened once: vpmovsxbw takes its turn where vpmaddwd and vpaddd would have theirs, a
// thirteenth of it.
#include "kernels/fetch_weights.h"
#include "kernels/vector_kernel.h"
#include "kernels/x86_avx2/pack.h"
#include "kernels/x86_avx2/pairs.h"

namespace ottava {
namespace {

struct Multiply {
  static constexpr size_t kMr = 6;
  static constexpr bool kIndirect = false;
  static constexpr bool kWideTiles = false;
  static constexpr size_t kKr = ottava::kKr;
  static constexpr size_t kRowStepBytes = kKr * sizeof(int16_t);

  template <size_t M>
  using Rows = PlainRows;

  template <size_t M, size_t W>
  static OTTAVA_INLINE void add(const TileArgs& args, const uint8_t* rhs, const PlainRows* rows, __m256i (&acc)[M][W]) {
    FetchWeights<kStepBytes> fetch(args);
    if (W == 2 && fetch.wanted()) {
      add_steps(args, rhs, rows, acc, [&]() OTTAVA_INLINE_LAMBDA { fetch.step(); });
    } else {
      add_steps(args, rhs, rows, acc, []() {});
    }
  }

  // All steps of a panel, before each of which begin_step() is called.
  template <class Weight, size_t M, size_t W, class BeginStep>
  static OTTAVA_INLINE void add_steps(const TileArgs& args, const Weight* rhs, const PlainRows* rows,
                                      __m256i (&acc)[M][W], BeginStep begin_step) {
    constexpr size_t kAtOnce = 4;
    const int16_t* lhs = static_cast<const int16_t*>(rows->lhs);
    const auto add = [&](auto count) OTTAVA_INLINE_LAMBDA {
      unroll<decltype(count)::value>([&](auto step) OTTAVA_INLINE_LAMBDA {
        begin_step();
        add_step(rhs + step * kStepBytes, acc,
                 [&](auto i) OTTAVA_INLINE_LAMBDA { return lhs + (step * kMr + i) * kKr; });
      });
      lhs += count * kMr * kKr, rhs += count * kStepBytes;
    };
    const Weight* const end = rhs + (args.depth + kKr - 1) / kKr * kStepBytes;
    while (static_cast<size_t>(end - rhs) >= kAtOnce * kStepBytes) add(Index<kAtOnce>{});
    while (rhs != end) add(Index<1>{});
  }
};

// The same of a panel that has been widened.
struct MultiplyWidened : Multiply {
  template <size_t M, size_t W>
  static OTTAVA_INLINE void add(const TileArgs& args, const uint8_t* panel, const PlainRows* rows,
                                __m256i (&acc)[M][W]) {
    add_steps(args, reinterpret_cast<const int16_t*>(panel), rows, acc, []() {});
  }
};

constexpr size_t kManyRows = 12 * Multiply::kMr;
constexpr size_t kMostWidenedDepth = 1024;  // a panel of it is 32 KiB
// Panel by panel, all rows of dst are written once for each panel. With few depths that takes too little time to hide
// the look-up of their pages, where these are more than the processor keeps the addresses of.
constexpr size_t kFewDepths = 128;
constexpr size_t kNearDst = size_t{256} << 10;

bool pays_to_widen(const TileArgs& tile, size_t m, ptrdiff_t dst_row_stride) {
  if (m < kManyRows || tile.depth > kMostWidenedDepth) return false;
  const size_t line = static_cast<size_t>(dst_row_stride < 0 ? -dst_row_stride : dst_row_stride);
  return tile.depth >= kFewDepths || (line <= kNearDst && m * line <= kNearDst);
}

// Panel by panel.
OTTAVA_NOINLINE void run_widened(TileArgs tile, StageArgs args, Stage stage, const void* lhs, size_t m, uint8_t* dst,
                                 ptrdiff_t dst_row_stride) {
  alignas(kAlignment) int16_t widened[kMostWidenedDepth * kNr];
  const size_t vectors = (tile.depth + kKr - 1) / kKr * kStepBytes / kNr;
  const uint8_t* rhs = static_cast<const uint8_t*>(tile.rhs);
  tile.rhs = widened;
  for (size_t left = tile.n; left != 0; left -= tile.n) {
    tile.n = left < kNr ? left : kNr;
    for (size_t i = 0; i < vectors; ++i) {
      Avx2::store_32(reinterpret_cast<uint8_t*>(widened + i * kNr), load_weights(rhs + i * kNr));
    }
    RowsOfPanels<Avx2, MultiplyWidened>(&tile, &args, stage, lhs, m, {dst, dst_row_stride, 0, 0}).run();
    rhs += tile.panel_stride;
    dst += static_cast<ptrdiff_t>(kNr) * args.dst_column_stride;
    tile.bias += kNr;
    args.multiplier += kNr;
    args.exponent += kNr;
    args.scale += kNr;
    args.bias += kNr;
    if (args.rhs_zero != nullptr) args.rhs_zero += kNr;
    if (args.weight_sum != nullptr) args.weight_sum += kNr;
  }
}

template <size_t kStage>
void run_panels(const TileArgs* tile, const StageArgs* args, const void* lhs, size_t m, uint8_t* dst,
                ptrdiff_t dst_row_stride, size_t room) {
  if (pays_to_widen(*tile, m, dst_row_stride)) {
    return run_widened(*tile, *args, static_cast<Stage>(kStage), lhs, m, dst, dst_row_stride);
  }
  run_panels_to_dst<Avx2, Multiply, kStage>(tile, args, lhs, m, dst, dst_row_stride, room);
}

constexpr FusedEpilogues make_epilogues() {
  FusedEpilogues epilogues = kFusedEpilogues<Avx2, Multiply>;
  unroll<static_cast<size_t>(Stage::scaled_f32) + 1>(
      [&](auto stage) { epilogues.panels[stage] = run_panels<decltype(stage)::value>; });
  return epilogues;
}
constexpr FusedEpilogues kEpilogues = make_epilogues();

constexpr Kernel make_kernel() {
  Kernel kernel = tile_kernel<Avx2, Multiply>("s8s8s32_6x16x2_x86_avx2", Isa::x86_avx2, Element::s16, s8_16x2_x86_avx2,
                                              pack_s16_6x2_x86_avx2);
  kernel.tuning.fused = &kEpilogues;
  return kernel;
}

}  // namespace

extern const Kernel kernel_s8s8s32_6x16x2_x86_avx2 = make_kernel();

}  // namespace ottava
