// The smallest products: tiles of one panel whose rows lie side by side, from the first byte of the lhs to the last of
// dst, with nothing left to decide that an operator knows when it is created (DenseTilesFn in kernels/kernel.h). In a
// run of a few hundred instructions the questions of other tiles would be half of them: how many positions and panels
// there are, what is to be fetched, which form of the output stage the scales allow.
//
// Read DenseTiles::run, then choose_dense_tiles.
//
// For the V and Multiply of vector_kernel.h, in the indirect form, whose panels have Multiply::kVectors vectors.
// Everything here is a template on types of the including file's anonymous namespace: files with different ISA flags
// share no code.
#ifndef OTTAVA_SRC_KERNELS_DENSE_TILES_H_
#define OTTAVA_SRC_KERNELS_DENSE_TILES_H_

#include "base/memory.h"
#include "kernels/fused_registers.h"
#include "kernels/kernel.h"
#include "kernels/unroll.h"

namespace ottava {

// Beside the multiplications of deeper ones these questions cost nothing. Where rows are widened first, those that are
// shorter than a vector want no code that walks them by whole vectors, nor the registers that it saves.
constexpr size_t kMostDenseDepth = 256;
constexpr size_t kMostShallowDepth = 15;

// n bytes, 1 or more and fewer than kLine, a power of two.
template <size_t kLine>
OTTAVA_INLINE void copy_part(uint8_t* to, const uint8_t* from, size_t n) {
  if constexpr (kLine > 2) {
    if (n < kLine / 2) return copy_part<kLine / 2>(to, from, n);
  }
  copy_ends<kLine / 2>(to, from, n);
}

// For depths up to kMostDepth.
template <class V, class Multiply, size_t kMostDepth>
struct DenseTiles {
  using Form = NearestEvenUnbiased<V>;

  // What a vector writes behind its row, the next row overwrites, if that is as long as half of it. A last row without
  // one goes by way of the stack, and so do all of shorter ones.
  template <size_t M, size_t W>
  static OTTAVA_INLINE void store(const StageArgs& output, size_t n, uint8_t* dst, const uint8_t* end,
                                  const typename V::I (&acc)[M][W]) {
    constexpr size_t kLine = W * V::lanes;
    uint8_t* const last = dst + (M - 1) * n;
    uint8_t lines[M * kLine];
    const auto store_rows = [&](uint8_t* first, size_t stride, uint8_t* below) OTTAVA_INLINE_LAMBDA {
      const auto row = [&](size_t i) OTTAVA_INLINE_LAMBDA { return i == M - 1 ? below : first + i * stride; };
      store_registers<V, Form>(output, Stage::float_nearest_even, 0, row, acc);
    };
    const bool fits = kLine <= static_cast<size_t>(end - last);
    if (M == 1 || W == 2 || 2 * n >= kLine) {
      store_rows(dst, n, fits ? last : lines);
      if (!fits) copy_part<kLine>(last, lines, n);
    } else {
      store_rows(lines, kLine, lines + (M - 1) * kLine);
      for (size_t i = 0; i < M; ++i) copy_part<kLine>(dst + i * n, lines + i * kLine, n);
    }
  }

  template <size_t M, size_t W>
  static void run(const TileArgs* tile, const StageArgs* output, const uint8_t* lhs, uint8_t* dst, const uint8_t* end) {
    TileArgs args = {};  // of which the compiler knows what the multiplication would ask
    args.positions = 1;
    args.n = tile->n;
    args.sign_flip = tile->sign_flip;
    const size_t n = tile->n, tile_bytes = M * n;
    do {
      args.depth = tile->depth;
      keep_inside(&args.depth);
      if (args.depth > kMostDepth) __builtin_unreachable();
      const uint8_t* rows[M];
      unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA { rows[i] = lhs, lhs += args.depth; });
      typename Multiply::template Rows<M> kept(args, rows);
      typename V::I acc[M][W];
      unroll<W>([&](auto v) OTTAVA_INLINE_LAMBDA {
        const auto bias = V::load(tile->bias + v * V::lanes);
        unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA { acc[i][v] = bias; });
      });
      Multiply::add(args, static_cast<const uint8_t*>(tile->rhs), &kept, acc);
      store(*output, n, dst, end, acc);
      dst += tile_bytes;
    } while (static_cast<size_t>(end - dst) >= tile_bytes);
  }

  static constexpr size_t kMr = Multiply::kMr;
  struct Table {
    DenseTilesFn run[Multiply::kVectors][kMr];
    constexpr Table() : run() {
      unroll<kMr>([this](auto i) {
        run[0][i] = DenseTiles::run<decltype(i)::value + 1, 1>;
        if constexpr (Multiply::kVectors == 2) run[1][i] = DenseTiles::run<decltype(i)::value + 1, 2>;
      });
    }
  };

  static DenseTilesFn choose(const TileArgs& tile, const StageArgs& output, size_t m) {
    static constexpr Table table = {};
    if constexpr (Multiply::kVectors == 2) {
      if (tile.n > V::lanes) return Form::template serves<2>(tile, output, 0) ? table.run[1][m - 1] : nullptr;
    }
    return Form::template serves<1>(tile, output, 0) ? table.run[0][m - 1] : nullptr;
  }
};

// The float rule to 8 bits without a bias, as nearly all that runs: other forms would be as much code again for each.
template <class V, class Multiply>
DenseTilesFn choose_dense_tiles(const TileArgs& tile, const StageArgs& output, Stage stage, size_t m) {
  if (tile.n > Multiply::kVectors * V::lanes || tile.depth > kMostDenseDepth || tile.positions != 1) return nullptr;
  if (stage != Stage::float_nearest_even || output.dst_column_stride != 1 || has_row_terms(output)) return nullptr;
  if constexpr (Multiply::kWidensRows) {
    if (tile.depth <= kMostShallowDepth) {
      return DenseTiles<V, Multiply, kMostShallowDepth>::choose(tile, output, m);
    }
  }
  return DenseTiles<V, Multiply, kMostDenseDepth>::choose(tile, output, m);
}

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_DENSE_TILES_H_
