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
//   kIndirect                 its form; of the indirect one
//   kWidensRows               whether it writes wider elements to the stack first
//   kVectors                  of a panel: 2
//   kTwoPanels                whether a lone row may go over two panels at a time; if so,
//   pays_by_two_panels(args)  whether it does; of the packed one
//   kKr, kRowStepBytes        depths of a step, and its bytes in a row of the lhs
//   Rows<M>(args, lhs)        what it keeps of M rows for all panels
//   add(args, rhs, rows, acc) adds their sums with the panel at `rhs` to V::I acc[M][W], the first W vectors of it; of
//                             wide tiles and of two panels, where W is 4, with all vectors of it and of the next one
//   kWideTiles                of the packed form: whether there are registers for wide tiles (TileArgs)
#ifndef OTTAVA_SRC_KERNELS_VECTOR_KERNEL_H_
#define OTTAVA_SRC_KERNELS_VECTOR_KERNEL_H_

#include "base/memory.h"
#include "kernels/dense_tiles.h"
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

// End::tile<M, 4> for each M.
template <class End, size_t kMostRows>
struct WideTileTable {
  decltype(&End::template tile<1, 4>) tile[kMostRows];

  constexpr WideTileTable() : tile() {
    unroll<kMostRows>([this](auto i) { tile[i] = End::template tile<decltype(i)::value + 1, 4>; });
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

  // The packed form does not say: it has wide tiles instead.
  template <size_t M>
  static constexpr bool kByTwoPanels = [] {
    if constexpr (Multiply::kIndirect) return M == 1 && Multiply::kTwoPanels;
    return false;
  }();

  // The channels from `begin` on, where a panel begins. The rest of them, fewer than a panel has, comes first: what its
  // vectors write beyond them is overwritten by the first channels of the next row.
  template <size_t M, size_t W>
  static OTTAVA_INLINE void add_tile(const TileArgs& tile, const StageArgs& args, Stage stage, const void* lhs,
                                     const ToRows& to, size_t begin) {
    typename Multiply::template Rows<M> rows(tile, lhs);
    if constexpr (W == 1) {  // no more than these channels
      add_panel<W, M>(tile, args, stage, &rows, begin, to);
    } else {
      const size_t rest = tile.n % kWidth, whole = tile.n - rest;
      if (rest - 1 < V::lanes) {
        add_panel<1, M>(tile, args, stage, &rows, whole, to);
        if (begin == whole) return;
      }
      if constexpr (kByTwoPanels<M>) {
        if (Multiply::pays_by_two_panels(tile)) {
          for (; whole - begin >= 2 * kWidth; begin += 2 * kWidth) {
            add_two_panels<false, M>(tile, args, stage, &rows, begin, to);
          }
          if (begin == whole && rest <= V::lanes) return;
        }
      }
      size_t channel = rest > V::lanes ? whole : begin;
      do {
        add_panel<W, M>(tile, args, stage, &rows, channel, to);
        channel = channel == whole ? begin : channel + kWidth;
      } while (channel != whole);
    }
  }

  // Two panels at a time, up to the channel `end`.
  template <size_t M>
  static OTTAVA_INLINE void add_wide_tile(const TileArgs& tile, const StageArgs& args, Stage stage, const void* lhs,
                                          const ToRows& to, size_t end) {
    typename Multiply::template Rows<M> rows(tile, lhs);
    for (size_t channel = 0; channel != end; channel += 2 * kWidth) {
      add_two_panels<M == Multiply::kMr / 2, M>(tile, args, stage, &rows, channel, to);
    }
  }

  // The channels of the panel that begins at `channel`, and of the next.
  template <bool kWholeTile, size_t M, class Rows>
  static OTTAVA_INLINE void add_two_panels(const TileArgs& tile, const StageArgs& args, Stage stage, Rows* rows,
                                           size_t channel, const ToRows& to) {
    typename V::I acc[M][4];
    initialize<V>(tile.bias + channel, acc);
    Multiply::add(tile, static_cast<const uint8_t*>(tile.rhs) + channel / kWidth * tile.panel_stride, rows, acc);
    unroll<2>([&](auto panel) OTTAVA_INLINE_LAMBDA {
      typename V::I of_panel[M][2];
      unroll<2 * M>([&](auto v) OTTAVA_INLINE_LAMBDA { of_panel[v / 2][v % 2] = acc[v / 2][2 * panel + v % 2]; });
      const size_t at = channel + panel * kWidth;
      uint8_t* const dst = to.dst + at * static_cast<size_t>(args.dst_column_stride);
      finish_registers<V, kWholeTile>(tile, args, stage, at, to.first, dst, to.stride, of_panel);
    });
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
    constexpr bool kWholeTile = !Multiply::kIndirect && M == Multiply::kMr && W == 2;
    finish_registers<V, kWholeTile>(tile, args, stage, channel, to.first, fits ? dst : lines,
                                    fits ? to.stride : ptrdiff_t{kMostLine}, acc);
    if (!fits) copy_few_lines(dst, to.stride, lines, kMostLine, (tile.n - channel) * element_bytes, M);
  }
};

// Which channels, and which rows: so many tiles of the same height, one below the other, each of all its panels before
// the next.
struct Column {
  size_t begin_channel;
  size_t end_channel;
  size_t tiles;
  size_t pitch;  // rows from one tile to the next: their height, or more
  const uint8_t* lhs;
  ptrdiff_t lhs_bytes;  // from one tile to the next
  size_t rows;          // of the whole call, where dst has no bytes between them; else 0
  ToRows to;            // the first of them
};

// A tile of few depths stores elements of several bytes sooner than their lines arrive, if dst is larger than the
// caches: they are asked for before it is computed.
OTTAVA_INLINE void fetch_dst(const TileArgs& tile, const StageArgs& args, const Column& column, const ToRows& to,
                             size_t rows) {
  constexpr size_t kFewDepths = 64;
  constexpr size_t kLine = 64;
  if (args.dst_column_stride == 1 || tile.depth > kFewDepths) return;
  const size_t element_bytes = static_cast<size_t>(args.dst_column_stride);
  for (size_t i = 0; i < rows; ++i) {
    const uint8_t* const row = to.dst + static_cast<ptrdiff_t>(i) * to.stride;
    for (size_t at = column.begin_channel * element_bytes; at < column.end_channel * element_bytes; at += kLine) {
      __builtin_prefetch(row + at, 1);
    }
  }
}

// Rows in place: one tile, of all panels.
template <class V, class Multiply>
struct TileOfRows {
  template <size_t M, size_t W>
  static void tile(const TileArgs* tile, const StageArgs* args, const void* lhs, uint8_t* dst, ptrdiff_t stride,
                   Stage stage, size_t room) {
    ToDst<V, Multiply>::template add_tile<M, W>(*tile, *args, stage, lhs, {dst, stride, room, 0}, 0);
  }
};

// The packed form.
template <class V, class Multiply>
struct ColumnOfTiles {
  template <size_t M, size_t W>
  static void tile(const TileArgs* tile, const StageArgs* args, Stage stage, const Column* whole) {
    const Column column = *whole;
    for (size_t i = 0; i < column.tiles; ++i) {
      ToRows to = column.to;
      to.dst += static_cast<ptrdiff_t>(i * column.pitch) * to.stride;
      to.first += i * column.pitch;
      const uint8_t* const lhs = column.lhs + static_cast<ptrdiff_t>(i) * column.lhs_bytes;
      fetch_dst(*tile, *args, column, to, M);
      if constexpr (W > 2) {
        ToDst<V, Multiply>::template add_wide_tile<M>(*tile, *args, stage, lhs, to, column.end_channel);
      } else {
        const size_t end = to.first + M;
        const size_t below = column.rows > end ? (column.rows - end) * static_cast<size_t>(to.stride) : 0;
        if (to.room < below) to.room = below;
        ToDst<V, Multiply>::template add_tile<M, W>(*tile, *args, stage, lhs, to, column.begin_channel);
      }
    }
  }
};

template <class V, class Multiply>
void run_to_memory(const TileArgs* args) {
  run_tile<V, ToMemory<V, Multiply>, Multiply::kMr>(args->m, args->n, args);
}

// Any number of rows of the packed form, whose panels have kMr rows each.
template <class V, class Multiply>
class RowsOfPanels {
 public:
  OTTAVA_INLINE RowsOfPanels(const TileArgs* tile, const StageArgs* args, Stage stage, const void* lhs, size_t m,
                             const ToRows& to)
      : tile_(tile), args_(args), stage_(stage), lhs_(static_cast<const uint8_t*>(lhs)), m_(m), to_(to) {
    in_place_ = tile->step_stride == Multiply::kRowStepBytes;
    const size_t steps = (tile->depth + Multiply::kKr - 1) / Multiply::kKr;
    panel_bytes_ = static_cast<ptrdiff_t>(in_place_ ? kMr * tile->row_stride : steps * tile->step_stride);
    const ptrdiff_t line = static_cast<ptrdiff_t>(tile->n) * args->dst_column_stride;
    dense_rows_ = to.stride == line ? m : 0;
  }

  OTTAVA_INLINE void run() {
    PreparedChannels prepared;
    StageArgs with_prepared;
    if (m_ > kMr && is_prepared_rule(stage_) && prepare_channels<V>(*tile_, *args_, stage_, &prepared)) {
      with_prepared = *args_;
      with_prepared.prepared = &prepared;
      args_ = &with_prepared;
    }
    if constexpr (Multiply::kWideTiles) {
      const size_t wide = tile_->n - tile_->n % (2 * ToDst<V, Multiply>::kWidth);
      // Two tiles of fewer rows each would pass the weights twice for little work, and short depths leave no time to
      // write each row in two parts.
      constexpr size_t kLeastHeight = 5, kFewDepths = 32;
      const bool low = m_ > kMr / 2 && m_ < 2 * kLeastHeight;
      if (tile_->wide_tiles != 0 && wide != 0 && !low && tile_->depth > kFewDepths) {
        if (wide != tile_->n) run_tall(wide);
        return run_wide(wide);
      }
    }
    run_tall(0);
  }

 private:
  static constexpr size_t kMr = Multiply::kMr;

  // The channels from this one on.
  OTTAVA_INLINE void run_tall(size_t begin) const {
    const auto run = [&](size_t first, size_t tiles, size_t height) OTTAVA_INLINE_LAMBDA {
      const Column column = column_of(begin, tile_->n, first, tiles, height);
      run_tile<V, ColumnOfTiles<V, Multiply>, kMr>(height, tile_->n - begin, tile_, args_, stage_, &column);
    };
    if (m_ <= kMr) return run(0, 1, m_);
    if (in_place_) return run_even(kMr, run);
    const size_t tiles = m_ / kMr, done = tiles * kMr;
    run(0, tiles, kMr);
    if (done != m_) run(done, 1, m_ - done);
  }

  // The channels before this one, by tiles of half of a panel's rows at most.
  void run_wide(size_t end) const {
    constexpr size_t kHalf = kMr / 2;
    static constexpr WideTileTable<ColumnOfTiles<V, Multiply>, kHalf> table = {};
    const auto run = [&](size_t first, size_t tiles, size_t height, size_t pitch) {
      const Column column = column_of(0, end, first, tiles, pitch);
      if (tiles != 0 && height != 0) table.tile[height - 1](tile_, args_, stage_, &column);
    };
    if (in_place_) {
      return run_even(kHalf, [&](size_t first, size_t tiles, size_t height) { run(first, tiles, height, height); });
    }
    const size_t panels = m_ / kMr, done = panels * kMr, left = m_ - done, upper = left < kHalf ? left : kHalf;
    run(0, panels, kHalf, kMr);
    run(kHalf, panels, kHalf, kMr);
    run(done, 1, upper, kMr);
    run(done + upper, 1, left - upper, kMr);
  }

  // Rows in place, in tiles whose heights differ by one at most: a last one of few rows would leave much of the
  // multiplier idle.
  template <class Run>
  OTTAVA_INLINE void run_even(size_t most, Run run) const {
    const size_t tiles = (m_ + most - 1) / most, height = (m_ + tiles - 1) / tiles;
    const size_t lower = tiles * height - m_, higher = tiles - lower;
    run(0, higher, height);
    if (lower != 0) run(higher * height, lower, height - 1);
  }

  OTTAVA_INLINE ptrdiff_t lhs_bytes_before(size_t row) const {
    return static_cast<ptrdiff_t>(row / kMr) * panel_bytes_ + static_cast<ptrdiff_t>(row % kMr * tile_->row_stride);
  }

  OTTAVA_INLINE Column column_of(size_t begin, size_t end, size_t first, size_t tiles, size_t pitch) const {
    ToRows to = to_;
    to.dst += static_cast<ptrdiff_t>(first) * to.stride;
    to.first = first;
    const ptrdiff_t before = lhs_bytes_before(first);
    return {begin, end, tiles, pitch, lhs_ + before, lhs_bytes_before(first + pitch) - before, dense_rows_, to};
  }

  const TileArgs* tile_;
  const StageArgs* args_;
  Stage stage_;
  const uint8_t* lhs_;
  size_t m_;
  ToRows to_;
  bool in_place_;
  ptrdiff_t panel_bytes_;
  size_t dense_rows_;
};

template <class V, class Multiply, size_t kStage>
void run_to_dst(const TileArgs* tile, const StageArgs* args) {
  constexpr Stage kFused = static_cast<Stage>(kStage);
  if constexpr (Multiply::kIndirect) {
    run_tile<V, TileOfRows<V, Multiply>, Multiply::kMr>(tile->m, tile->n, tile, args, tile->lhs, args->dst,
                                                        args->dst_row_stride, kFused, SIZE_MAX);
  } else {
    RowsOfPanels<V, Multiply>(tile, args, kFused, tile->lhs, tile->m, {args->dst, args->dst_row_stride, SIZE_MAX, 0})
        .run();
  }
}
template <class V, class Multiply, size_t kStage>
void run_panels_to_dst(const TileArgs* tile, const StageArgs* args, const void* lhs, size_t m, uint8_t* dst,
                       ptrdiff_t dst_row_stride, size_t room) {
  constexpr Stage kFused = static_cast<Stage>(kStage);
  if constexpr (Multiply::kIndirect) {
    run_tile<V, TileOfRows<V, Multiply>, Multiply::kMr>(m, tile->n, tile, args, lhs, dst, dst_row_stride, kFused, room);
  } else {
    RowsOfPanels<V, Multiply>(tile, args, kFused, lhs, m, {dst, dst_row_stride, room, 0}).run();
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
  if constexpr (Multiply::kIndirect) epilogues.dense_tiles = choose_dense_tiles<V, Multiply>;
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
