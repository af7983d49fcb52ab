// The frame of kernels in intrinsics whose tiles have two vectors a row: accumulators are initialized, the kernel's
// Multiply adds to them, and they are stored (ToMemory) or go through the output stage in registers (ToDst, the fused
// epilogues). A tile whose valid channels one vector holds multiplies by no more.
//
// Read ToMemory and ToDst first, then tile_kernel, which makes a kernel's entry of them.
//
// Everything here is a template on types of the including file's anonymous namespace: files with different ISA flags
// share no code.
//
// V has the vector operations of output/vector_stage.h, and `stages` and `quantize`, the tables made of them. Multiply
// has
//
//   kMr
//   kIndirect                 its form
//   Rows<M>(args, lhs)        what it keeps of M rows for all panels
//   add(args, rhs, rows, acc) adds their sums with the panel at `rhs` to V::I acc[M][W], the first W vectors of it
#ifndef OTTAVA_SRC_KERNELS_VECTOR_KERNEL_H_
#define OTTAVA_SRC_KERNELS_VECTOR_KERNEL_H_

#include "base/memory.h"
#include "kernels/fused_registers.h"
#include "kernels/kernel.h"
#include "kernels/unroll.h"

namespace ottava {

// Where nothing is kept.
struct PlainRows {
  const void* lhs;
  OTTAVA_INLINE PlainRows(const TileArgs&, const void* rows) : lhs(rows) {}
};

// tile<M, W>(tile, args, lhs, dst, dst_row_stride, stage, room) for one and two vectors and each M.
template <class End, size_t kMr>
struct TileTable {
  using TileEnd = void (*)(const TileArgs*, const StageArgs*, const void*, uint8_t*, ptrdiff_t, Stage, size_t);
  TileEnd tile[2][kMr];

  constexpr TileTable() : tile() {
    unroll<kMr>([this](auto i) {
      tile[0][i] = End::template tile<decltype(i)::value + 1, 1>;
      tile[1][i] = End::template tile<decltype(i)::value + 1, 2>;
    });
  }
};

template <class V, class End, size_t kMr>
OTTAVA_INLINE void run_tile(const TileArgs* tile, const StageArgs* args, const void* lhs, size_t m, uint8_t* dst,
                            ptrdiff_t dst_row_stride, Stage stage, size_t room) {
  static constexpr TileTable<End, kMr> table = {};
  table.tile[tile->n > V::lanes ? 1 : 0][m - 1](tile, args, lhs, dst, dst_row_stride, stage, room);
}

// Every row begins with the bias of its channels, or with 0.
template <class V, size_t M, size_t W>
OTTAVA_INLINE void initialize(const int32_t* bias, typename V::I (&acc)[M][W]) {
  unroll<W>([&](auto v) OTTAVA_INLINE_LAMBDA {
    const auto value = bias != nullptr ? V::load(bias + v * V::lanes) : V::broadcast(0);
    unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA { acc[i][v] = value; });
  });
}

template <class V, class Multiply>
struct ToMemory {
  template <size_t M, size_t W>
  static void tile(const TileArgs* args, const StageArgs*, const void* lhs, uint8_t*, ptrdiff_t, Stage, size_t) {
    typename Multiply::template Rows<M> rows(*args, lhs);
    typename V::I acc[M][W];
    initialize<V>(args->bias, acc);
    const auto place = [&](size_t v) OTTAVA_INLINE_LAMBDA { return args->acc + (2 * (v / W) + v % W) * V::lanes; };
    if (args->accumulate != 0) {
      unroll<W * M>([&](auto v) OTTAVA_INLINE_LAMBDA { acc[v / W][v % W] = V::load(place(v)); });
    }
    Multiply::add(*args, static_cast<const uint8_t*>(args->rhs), &rows, acc);
    unroll<W * M>([&](auto v)
                      OTTAVA_INLINE_LAMBDA { V::store_32(reinterpret_cast<uint8_t*>(place(v)), acc[v / W][v % W]); });
  }
};

template <class V, class Multiply>
struct ToDst {
  static constexpr size_t kWidth = 2 * V::lanes;  // channels of a panel

  // The rest of the channels, fewer than a panel has, comes first: what its vectors write beyond them is overwritten by
  // the first channels of the next row.
  template <size_t M, size_t W>
  static void tile(const TileArgs* tile, const StageArgs* args, const void* lhs, uint8_t* dst, ptrdiff_t stride,
                   Stage stage, size_t room) {
    typename Multiply::template Rows<M> rows(*tile, lhs);
    if constexpr (W == 1) {  // no more than these channels
      add_panel<W, M>(*tile, *args, &rows, 0, dst, stride, stage, room);
    } else {
      const size_t rest = tile->n % kWidth, whole = tile->n - rest;
      if (rest - 1 < V::lanes) add_panel<1, M>(*tile, *args, &rows, whole, dst, stride, stage, room);
      size_t channel = rest > V::lanes ? whole : 0;
      do {
        add_panel<W, M>(*tile, *args, &rows, channel, dst, stride, stage, room);
        channel = channel == whole ? 0 : channel + kWidth;
      } while (channel != whole);
    }
  }

  // W vectors of the channels of one panel.
  template <size_t W, size_t M, class Rows>
  static OTTAVA_INLINE void add_panel(const TileArgs& tile, const StageArgs& args, Rows* rows, size_t channel,
                                      uint8_t* dst, ptrdiff_t stride, Stage stage, size_t room) {
    typename V::I acc[M][W];
    initialize<V>(tile.bias + channel, acc);
    Multiply::add(tile, static_cast<const uint8_t*>(tile.rhs) + channel / kWidth * tile.panel_stride, rows, acc);
    const size_t element_bytes = static_cast<size_t>(args.dst_column_stride);
    uint8_t* const to = dst + channel * element_bytes;
    const size_t end = channel + W * V::lanes;
    constexpr size_t kMostLine = W * V::lanes * sizeof(int32_t);
    alignas(V::bytes) uint8_t lines[Multiply::kIndirect ? M * kMostLine : 1];
    const bool fits = !Multiply::kIndirect || end <= tile.n || (end - tile.n) * element_bytes <= room;
    finish_registers<V>(tile, args, stage, channel, fits ? to : lines, fits ? stride : ptrdiff_t{kMostLine}, acc);
    if (!fits) copy_few_lines(to, stride, lines, kMostLine, (tile.n - channel) * element_bytes, M);
  }
};

// A tile of few depths stores elements of several bytes sooner than their lines arrive, if dst is larger than the
// caches: they are asked for before it is computed.
OTTAVA_INLINE void fetch_dst(const TileArgs& tile, const StageArgs& args) {
  constexpr size_t kFewDepths = 64;
  constexpr size_t kLine = 64;
  if (args.dst_column_stride == 1 || tile.depth > kFewDepths) return;
  const size_t bytes = tile.n * static_cast<size_t>(args.dst_column_stride);
  for (size_t i = 0; i < tile.m; ++i) {
    const uint8_t* const row = args.dst + static_cast<ptrdiff_t>(i) * args.dst_row_stride;
    for (size_t at = 0; at < bytes; at += kLine) __builtin_prefetch(row + at, 1);
  }
}

template <class V, class Multiply>
void run_to_memory(const TileArgs* args) {
  run_tile<V, ToMemory<V, Multiply>, Multiply::kMr>(args, nullptr, args->lhs, args->m, nullptr, 0, Stage::plain_s32, 0);
}
template <class V, class Multiply, size_t kStage>
void run_to_dst(const TileArgs* tile, const StageArgs* args) {
  if (!Multiply::kIndirect) fetch_dst(*tile, *args);
  run_tile<V, ToDst<V, Multiply>, Multiply::kMr>(tile, args, tile->lhs, tile->m, args->dst, args->dst_row_stride,
                                                 static_cast<Stage>(kStage), SIZE_MAX);
}
template <class V, class Multiply, size_t kStage>
void run_panels_to_dst(const TileArgs* tile, const StageArgs* args, const void* lhs, size_t m, uint8_t* dst,
                       ptrdiff_t dst_row_stride, size_t room) {
  run_tile<V, ToDst<V, Multiply>, Multiply::kMr>(tile, args, lhs, m, dst, dst_row_stride, static_cast<Stage>(kStage),
                                                 room);
}

// All stages but those that add to dst.
template <class V, class Multiply>
constexpr FusedEpilogues make_fused_epilogues() {
  FusedEpilogues epilogues = {};
  epilogues.wide = true;
  epilogues.channels = V::lanes;
  unroll<static_cast<size_t>(Stage::scaled_f32) + 1>([&](auto stage) {
    epilogues.run[stage] = run_to_dst<V, Multiply, decltype(stage)::value>;
    if (Multiply::kIndirect) epilogues.panels[stage] = run_panels_to_dst<V, Multiply, decltype(stage)::value>;
  });
  return epilogues;
}

template <class V, class Multiply>
constexpr FusedEpilogues kFusedEpilogues = make_fused_epilogues<V, Multiply>();

// The entry of a kernel: in the packed form if it has a function that packs its lhs, else in the indirect form.
template <class V, class Multiply>
constexpr Kernel tile_kernel(const char* name, Isa isa, Element lhs, const RhsLayout& rhs, PackFn pack_lhs) {
  Kernel kernel = {name,
                   isa,
                   pack_lhs != nullptr ? LhsForm::packed : LhsForm::indirect,
                   lhs,
                   uint16_t{Multiply::kMr},
                   &rhs,
                   pack_lhs,
                   V::stages,
                   V::quantize,
                   {run_to_memory<V, Multiply>, &kFusedEpilogues<V, Multiply>}};
  kernel.bias_initialized = true;
  return kernel;
}

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_VECTOR_KERNEL_H_
