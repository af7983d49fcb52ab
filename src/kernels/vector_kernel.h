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
//   kIndirect                 its form; of the packed one
//   kKr, kRowStepBytes        depths of a step, and its bytes in a row of the lhs
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

// End::tile<M, W> for one and two vectors and each M.
template <class End, size_t kMr>
struct TileTable {
  decltype(&End::template tile<1, 1>) tile[2][kMr];

  constexpr TileTable() : tile() {
    unroll<kMr>([this](auto i) {
      tile[0][i] = End::template tile<decltype(i)::value + 1, 1>;
      tile[1][i] = End::template tile<decltype(i)::value + 1, 2>;
    });
  }
};

template <class V, class End, size_t kMr, class... Args>
OTTAVA_INLINE void run_tile(size_t m, size_t n, Args... args) {
  static constexpr TileTable<End, kMr> table = {};
  table.tile[n > V::lanes ? 1 : 0][m - 1](args...);
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
  static void tile(const TileArgs* args) {
    typename Multiply::template Rows<M> rows(*args, args->lhs);
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

// Where rows of a tile go: dst is that of the first. So many bytes behind the last may become anything.
struct ToRows {
  uint8_t* dst;
  ptrdiff_t stride;
  size_t room;
  size_t first;  // of the rows that the output stage is told of
};

template <class V, class Multiply>
struct ToDst {
  static constexpr size_t kWidth = 2 * V::lanes;  // channels of a panel

  // The rest of the channels, fewer than a panel has, comes first: what its vectors write beyond them is overwritten by
  // the first channels of the next row.
  template <size_t M, size_t W>
  static OTTAVA_INLINE void add_tile(const TileArgs& tile, const StageArgs& args, Stage stage, const void* lhs,
                                     const ToRows& to) {
    typename Multiply::template Rows<M> rows(tile, lhs);
    if constexpr (W == 1) {  // no more than these channels
      add_panel<W, M>(tile, args, stage, &rows, 0, to);
    } else {
      const size_t rest = tile.n % kWidth, whole = tile.n - rest;
      if (rest - 1 < V::lanes) add_panel<1, M>(tile, args, stage, &rows, whole, to);
      size_t channel = rest > V::lanes ? whole : 0;
      do {
        add_panel<W, M>(tile, args, stage, &rows, channel, to);
        channel = channel == whole ? 0 : channel + kWidth;
      } while (channel != whole);
    }
  }

  // W vectors of the channels of one panel.
  template <size_t W, size_t M, class Rows>
  static OTTAVA_INLINE void add_panel(const TileArgs& tile, const StageArgs& args, Stage stage, Rows* rows,
                                      size_t channel, const ToRows& to) {
    typename V::I acc[M][W];
    initialize<V>(tile.bias + channel, acc);
    Multiply::add(tile, static_cast<const uint8_t*>(tile.rhs) + channel / kWidth * tile.panel_stride, rows, acc);
    const size_t element_bytes = static_cast<size_t>(args.dst_column_stride);
    uint8_t* const dst = to.dst + channel * element_bytes;
    const size_t end = channel + W * V::lanes;
    constexpr size_t kMostLine = W * V::lanes * sizeof(int32_t);
    alignas(V::bytes) uint8_t lines[M * kMostLine];
    const bool fits = end <= tile.n || (end - tile.n) * element_bytes <= to.room;
    finish_registers<V>(tile, args, stage, channel, to.first, fits ? dst : lines,
                        fits ? to.stride : ptrdiff_t{kMostLine}, acc);
    if (!fits) copy_few_lines(dst, to.stride, lines, kMostLine, (tile.n - channel) * element_bytes, M);
  }
};

// A tile of few depths stores elements of several bytes sooner than their lines arrive, if dst is larger than the
// caches: they are asked for before it is computed.
OTTAVA_INLINE void fetch_dst(const TileArgs& tile, const StageArgs& args, const ToRows& to, size_t rows) {
  constexpr size_t kFewDepths = 64;
  constexpr size_t kLine = 64;
  if (args.dst_column_stride == 1 || tile.depth > kFewDepths) return;
  const size_t bytes = tile.n * static_cast<size_t>(args.dst_column_stride);
  for (size_t i = 0; i < rows; ++i) {
    const uint8_t* const row = to.dst + static_cast<ptrdiff_t>(i) * to.stride;
    for (size_t at = 0; at < bytes; at += kLine) __builtin_prefetch(row + at, 1);
  }
}

// Rows in place: one tile, of all panels.
template <class V, class Multiply>
struct TileOfRows {
  template <size_t M, size_t W>
  static void tile(const TileArgs* tile, const StageArgs* args, const void* lhs, uint8_t* dst, ptrdiff_t stride,
                   Stage stage, size_t room) {
    ToDst<V, Multiply>::template add_tile<M, W>(*tile, *args, stage, lhs, {dst, stride, room, 0});
  }
};

// The packed form: so many tiles of the same height, one below the other, each of all panels before the next.
struct Column {
  size_t tiles;
  const uint8_t* lhs;
  ptrdiff_t lhs_bytes;  // from one tile to the next
  size_t rows;          // of the whole call, where dst has no bytes between them; else 0
  ToRows to;            // the first of them
};

template <class V, class Multiply>
struct ColumnOfTiles {
  template <size_t M, size_t W>
  static void tile(const TileArgs* tile, const StageArgs* args, Stage stage, const Column* whole) {
    const Column column = *whole;
    for (size_t i = 0; i < column.tiles; ++i) {
      ToRows to = column.to;
      to.dst += static_cast<ptrdiff_t>(i * M) * to.stride;
      to.first += i * M;
      const size_t end = to.first + M;
      const size_t below = column.rows > end ? (column.rows - end) * static_cast<size_t>(to.stride) : 0;
      if (to.room < below) to.room = below;
      fetch_dst(*tile, *args, to, M);
      ToDst<V, Multiply>::template add_tile<M, W>(*tile, *args, stage,
                                                  column.lhs + static_cast<ptrdiff_t>(i) * column.lhs_bytes, to);
    }
  }
};

template <class V, class Multiply>
void run_to_memory(const TileArgs* args) {
  run_tile<V, ToMemory<V, Multiply>, Multiply::kMr>(args->m, args->n, args);
}

// Any number of rows of the packed form. Of rows in place the tiles are of even height: a last one of few rows would
// leave much of the multiplier idle. Panels have kMr rows each.
template <class V, class Multiply>
OTTAVA_INLINE void run_column(const TileArgs* tile, const StageArgs* args, Stage stage, const void* lhs, size_t m,
                              uint8_t* dst, ptrdiff_t dst_row_stride, size_t room) {
  constexpr size_t kMr = Multiply::kMr;
  Column column = {1, static_cast<const uint8_t*>(lhs), 0, 0, {dst, dst_row_stride, room, 0}};
  const auto run = [&](size_t height) OTTAVA_INLINE_LAMBDA {
    run_tile<V, ColumnOfTiles<V, Multiply>, kMr>(height, tile->n, tile, args, stage, &column);
  };
  if (m <= kMr) return run(m);
  const bool in_place = tile->step_stride == Multiply::kRowStepBytes;
  const size_t tiles = (m + kMr - 1) / kMr, height = in_place ? (m + tiles - 1) / tiles : kMr;
  const size_t steps = (tile->depth + Multiply::kKr - 1) / Multiply::kKr;
  column.lhs_bytes = static_cast<ptrdiff_t>(in_place ? height * tile->row_stride : steps * tile->step_stride);
  const ptrdiff_t line = static_cast<ptrdiff_t>(tile->n) * args->dst_column_stride;
  if (dst_row_stride == line) column.rows = m;
  column.tiles = m / height;
  run(height);
  const size_t done = column.tiles * height;
  if (done == m) return;
  column.lhs += static_cast<ptrdiff_t>(column.tiles) * column.lhs_bytes;
  column.to.dst += static_cast<ptrdiff_t>(done) * dst_row_stride;
  column.to.first = done;
  column.tiles = 1;
  run(m - done);
}

template <class V, class Multiply, size_t kStage>
void run_to_dst(const TileArgs* tile, const StageArgs* args) {
  constexpr Stage kFused = static_cast<Stage>(kStage);
  if constexpr (Multiply::kIndirect) {
    run_tile<V, TileOfRows<V, Multiply>, Multiply::kMr>(tile->m, tile->n, tile, args, tile->lhs, args->dst,
                                                        args->dst_row_stride, kFused, SIZE_MAX);
  } else {
    run_column<V, Multiply>(tile, args, kFused, tile->lhs, tile->m, args->dst, args->dst_row_stride, SIZE_MAX);
  }
}
template <class V, class Multiply, size_t kStage>
void run_panels_to_dst(const TileArgs* tile, const StageArgs* args, const void* lhs, size_t m, uint8_t* dst,
                       ptrdiff_t dst_row_stride, size_t room) {
  constexpr Stage kFused = static_cast<Stage>(kStage);
  if constexpr (Multiply::kIndirect) {
    run_tile<V, TileOfRows<V, Multiply>, Multiply::kMr>(m, tile->n, tile, args, lhs, dst, dst_row_stride, kFused, room);
  } else {
    run_column<V, Multiply>(tile, args, kFused, lhs, m, dst, dst_row_stride, room);
  }
}

// All stages but those that add to dst.
template <class V, class Multiply>
constexpr FusedEpilogues make_fused_epilogues() {
  FusedEpilogues epilogues = {};
  epilogues.wide = true;
  epilogues.channels = V::lanes;
  unroll<static_cast<size_t>(Stage::scaled_f32) + 1>([&](auto stage) {
    epilogues.run[stage] = run_to_dst<V, Multiply, decltype(stage)::value>;
    epilogues.panels[stage] = run_panels_to_dst<V, Multiply, decltype(stage)::value>;
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
