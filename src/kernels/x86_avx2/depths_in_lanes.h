// The frame of kernels that have depths in their lanes and eight channels a panel, with rows in place. A tile is cut
// into blocks, rows by channels, whose sums stay in registers; the lanes of each are added up at the end. What has been
// summed goes to memory or, the fused epilogues, through the output stage of AVX2, in whose vectors the channels of a
// row are one.
//
// Read Block, then sum_tile, then run_to_dst. Lanes has
//
//   kLhs, kMr                   what the lhs is, and the rows of a tile
//   I, bytes                    a vector, and the depths of a step
//   kMostSums, kMostColumns     that find registers: of a block, and channels of it
//   kKeepsSums                  whether compilers would give sums other registers behind each loop, and run out of them
//   load, exclusive_or, broadcast_byte, zero
//   add_dot(sum, row, channel)
//   sums_of_four(a, b, c, d)    the sum of the lanes of each
//   RowEnd(depth)               the last depths of rows, fewer than a vector has: empty() if there are none, load(row),
//                               with zeros behind them, reads nothing behind the row
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_X86_AVX2_DEPTHS_IN_LANES_H_
#define OTTAVA_SRC_KERNELS_X86_AVX2_DEPTHS_IN_LANES_H_

#include "kernels/kernel.h"
#include "kernels/unroll.h"
#include "kernels/vector_kernel.h"
#include "kernels/x86_avx2/vector_operations.h"

namespace ottava {
namespace {

constexpr size_t kLanesNr = 8;
constexpr size_t kFour = 4;  // channels whose lanes are added up at once

template <class Lanes, size_t kRows, size_t kColumns>
struct Block {
  using I = typename Lanes::I;
  I sums[kRows][kColumns];

  OTTAVA_INLINE void add_dot(size_t i, size_t j, I row, I channel) {
    sums[i][j] = Lanes::add_dot(sums[i][j], row, channel);
    if constexpr (Lanes::kKeepsSums) __asm__("" : "+v"(sums[i][j]));
  }

  // A step of the channels at `rhs` by those of each row. The fewer operands stay in registers.
  template <class RowAt>
  OTTAVA_INLINE void add_step(const uint8_t* rhs, RowAt row_at) {
    if constexpr (kRows <= kColumns) {
      I rows[kRows];
      unroll<kRows>([&](auto i) OTTAVA_INLINE_LAMBDA { rows[i] = row_at(i); });
      unroll<kColumns>([&](auto j) OTTAVA_INLINE_LAMBDA {
        unroll<kRows>([&](auto i)
                          OTTAVA_INLINE_LAMBDA { add_dot(i, j, rows[i], Lanes::load(rhs + j * Lanes::bytes)); });
      });
    } else {
      I channels[kColumns];
      unroll<kColumns>([&](auto j) OTTAVA_INLINE_LAMBDA { channels[j] = Lanes::load(rhs + j * Lanes::bytes); });
      unroll<kRows>([&](auto i) OTTAVA_INLINE_LAMBDA {
        const I row = row_at(i);
        unroll<kColumns>([&](auto j) OTTAVA_INLINE_LAMBDA { add_dot(i, j, row, channels[j]); });
      });
    }
  }

  // The sums of row i with four channels from kFirst on, 0 where there is none.
  template <size_t kFirst>
  OTTAVA_INLINE __m128i four_of_row(size_t i) const {
    const auto at = [&](auto j) OTTAVA_INLINE_LAMBDA {
      if constexpr (kFirst + j < kColumns) {
        return sums[i][kFirst + j];
      } else {
        return Lanes::zero();
      }
    };
    if constexpr (kFirst >= kColumns) return _mm_setzero_si128();
    return Lanes::sums_of_four(at(Index<0>{}), at(Index<1>{}), at(Index<2>{}), at(Index<3>{}));
  }

  // The first of m rows of the tile are at `rows`, and so they are in every position. With kBeside four sums of a row
  // are stored, not eight: those of the channels before them are there.
  template <bool kBeside>
  static OTTAVA_INLINE void run(const TileArgs& args, const uint8_t* rhs, const uint8_t* const* rows, size_t m,
                                int32_t* to) {
    constexpr size_t kStepBytes = kLanesNr * Lanes::bytes;
    Block block = {};
    const I flip = Lanes::broadcast_byte(static_cast<uint8_t>(args.sign_flip));
    const typename Lanes::RowEnd end(args.depth);
    for (size_t position = 0; position < args.positions; ++position, rows += m) {
      const uint8_t* from[kRows];
      unroll<kRows>([&](auto i) OTTAVA_INLINE_LAMBDA { from[i] = rows[i]; });
      size_t k = 0;
      for (size_t steps = args.depth / Lanes::bytes; steps != 0; --steps, k += Lanes::bytes, rhs += kStepBytes) {
        block.add_step(
            rhs, [&](auto i) OTTAVA_INLINE_LAMBDA { return Lanes::exclusive_or(Lanes::load(from[i] + k), flip); });
      }
      if (end.empty()) continue;
      block.add_step(rhs, [&](auto i) OTTAVA_INLINE_LAMBDA { return Lanes::exclusive_or(end.load(from[i]), flip); });
      rhs += kStepBytes;
    }
    unroll<kRows>([&](auto i) OTTAVA_INLINE_LAMBDA {
      const __m128i first = block.template four_of_row<0>(i);
      int32_t* const row = to + i * kLanesNr;
      if constexpr (kBeside) return _mm_storeu_si128(reinterpret_cast<__m128i*>(row), first);
      const __m128i second = block.template four_of_row<kFour>(i);
      Avx2::store_32(row, _mm256_inserti128_si256(_mm256_castsi128_si256(first), second, 1));
    });
  }
};

// Of a block with so many channels: a divisor of kMr, as far as there is room for one.
template <class Lanes>
constexpr size_t rows_of_block(size_t columns) {
  constexpr size_t kMostRows = 6;
  size_t rows = Lanes::kMostSums / columns < kMostRows ? Lanes::kMostSums / columns : kMostRows;
  while (Lanes::kMr % rows != 0) --rows;
  return rows;
}

// All rows of the tile by kColumns channels.
template <class Lanes, size_t kColumns, bool kBeside>
void sum_columns(const TileArgs& args, const uint8_t* rhs, const uint8_t* const* rows, size_t m, int32_t* sums) {
  constexpr size_t kRows = rows_of_block<Lanes>(kColumns);
  size_t row = 0;
  const auto run_block = [&](auto count) OTTAVA_INLINE_LAMBDA {
    using Sums = Block<Lanes, decltype(count)::value, kColumns>;
    Sums::template run<kBeside>(args, rhs, rows + row, m, sums + row * kLanesNr);
    row += count;
  };
  while (row + kRows <= m) run_block(Index<kRows>{});
  if constexpr (kRows > 2) {
    while (row + 2 <= m) run_block(Index<2>{});
  }
  if constexpr (kRows > 1) {
    if (row < m) run_block(Index<1>{});
  }
}

template <class Lanes, bool kBeside>
struct ColumnsTable {
  void (*sum[Lanes::kMostColumns])(const TileArgs&, const uint8_t*, const uint8_t* const*, size_t, int32_t*);

  constexpr ColumnsTable() : sum() {
    unroll<Lanes::kMostColumns>([this](auto j) { sum[j] = sum_columns<Lanes, decltype(j)::value + 1, kBeside>; });
  }
};

// m rows of kLanesNr sums with the n channels of the panel at `rhs`, 0 for those that it does not have. More channels
// than a block has are two blocks side by side.
template <class Lanes>
OTTAVA_INLINE void sum_tile(const TileArgs& args, const uint8_t* rhs, size_t n, const void* lhs, size_t m,
                            int32_t* sums) {
  static constexpr ColumnsTable<Lanes, false> table = {};
  const uint8_t* const* const rows = static_cast<const uint8_t* const*>(lhs);
  if constexpr (Lanes::kMostColumns < kLanesNr) {
    static_assert(Lanes::kMostColumns == kFour, "what a block stores beside another");
    static constexpr ColumnsTable<Lanes, true> beside = {};
    if (n > kFour) {
      const size_t first = (n + 1) / 2;
      table.sum[first - 1](args, rhs, rows, m, sums);
      return beside.sum[n - first - 1](args, rhs + first * Lanes::bytes, rows, m, sums + first);
    }
  }
  table.sum[n - 1](args, rhs, rows, m, sums);
}

template <class Lanes>
void run_to_memory(const TileArgs* args) {
  alignas(Avx2::bytes) int32_t sums[Lanes::kMr * kLanesNr];
  sum_tile<Lanes>(*args, static_cast<const uint8_t*>(args->rhs), args->n, args->lhs, args->m, sums);
  const __m256i bias = args->bias != nullptr ? Avx2::load(args->bias) : Avx2::broadcast(0);
  for (size_t i = 0; i < args->m; ++i) {
    int32_t* const acc = args->acc + i * kLanesNr;
    Avx2::store_32(acc, Avx2::add(args->accumulate != 0 ? Avx2::load(acc) : bias, Avx2::load(sums + i * kLanesNr)));
  }
}

// The output stage on M rows of sums, of the channels from `channel` on.
template <class Lanes, size_t M>
void finish_rows(const int32_t* sums, const TileArgs& tile, const StageArgs& args, Stage stage, size_t channel,
                 uint8_t* dst, ptrdiff_t dst_row_stride) {
  Avx2::I acc[M][1];
  const Avx2::I first = Avx2::load(tile.bias + channel);
  unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA { acc[i][0] = Avx2::add(first, Avx2::load(sums + i * kLanesNr)); });
  finish_registers<Avx2>(tile, args, stage, channel, 0, dst, dst_row_stride, acc);
}

template <class Lanes>
struct FinishRowsTable {
  void (*finish[Lanes::kMr])(const int32_t*, const TileArgs&, const StageArgs&, Stage, size_t, uint8_t*, ptrdiff_t);

  constexpr FinishRowsTable() : finish() {
    unroll<Lanes::kMr>([this](auto i) { finish[i] = finish_rows<Lanes, decltype(i)::value + 1>; });
  }
};

// As in vector_kernel.h, the rest of the channels comes first: what is written beyond them is overwritten by the first
// channels of the next row.
template <class Lanes>
void run_to_dst(const TileArgs& tile, const StageArgs& args, Stage stage, const void* lhs, size_t m, uint8_t* dst,
                ptrdiff_t dst_row_stride, size_t room) {
  static constexpr FinishRowsTable<Lanes> table = {};
  constexpr size_t kMostLine = kLanesNr * sizeof(int32_t);
  const size_t element_bytes = static_cast<size_t>(args.dst_column_stride);
  const size_t rest = tile.n % kLanesNr, whole = tile.n - rest;
  size_t channel = rest != 0 ? whole : 0;
  do {
    const size_t valid = channel == whole ? rest : kLanesNr;
    alignas(Avx2::bytes) int32_t sums[Lanes::kMr * kLanesNr];
    alignas(Avx2::bytes) uint8_t lines[Lanes::kMr * kMostLine];
    sum_tile<Lanes>(tile, static_cast<const uint8_t*>(tile.rhs) + channel / kLanesNr * tile.panel_stride, valid, lhs, m,
                    sums);
    uint8_t* const to = dst + channel * element_bytes;
    const bool fits = (kLanesNr - valid) * element_bytes <= room;
    table.finish[m - 1](sums, tile, args, stage, channel, fits ? to : lines,
                        fits ? dst_row_stride : ptrdiff_t{kMostLine});
    if (!fits) copy_few_lines(to, dst_row_stride, lines, kMostLine, valid * element_bytes, m);
    channel = channel == whole ? 0 : channel + kLanesNr;
  } while (channel != whole);
}

template <class Lanes, size_t kStage>
void run_tile_to_dst(const TileArgs* tile, const StageArgs* args) {
  run_to_dst<Lanes>(*tile, *args, static_cast<Stage>(kStage), tile->lhs, tile->m, args->dst, args->dst_row_stride,
                    SIZE_MAX);
}
template <class Lanes, size_t kStage>
void run_panels_to_dst(const TileArgs* tile, const StageArgs* args, const void* lhs, size_t m, uint8_t* dst,
                       ptrdiff_t dst_row_stride, size_t room) {
  run_to_dst<Lanes>(*tile, *args, static_cast<Stage>(kStage), lhs, m, dst, dst_row_stride, room);
}

// For kernels/dense_tiles.h.
template <class Lanes>
struct MultiplyLanes {
  static constexpr size_t kMr = Lanes::kMr;
  static constexpr size_t kVectors = 1;
  static constexpr bool kWidensRows = false;

  template <size_t M>
  using Rows = PlainRows;

  template <size_t M>
  static OTTAVA_INLINE void add(const TileArgs& args, const uint8_t* rhs, const PlainRows* rows, Avx2::I (&acc)[M][1]) {
    alignas(Avx2::bytes) int32_t sums[M * kLanesNr];
    sum_tile<Lanes>(args, rhs, args.n, rows->lhs, M, sums);
    unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA { acc[i][0] = Avx2::add(acc[i][0], Avx2::load(sums + i * kLanesNr)); });
  }
};

// All stages but those that add to dst.
template <class Lanes>
constexpr FusedEpilogues make_lanes_epilogues() {
  FusedEpilogues epilogues = {};
  epilogues.wide = true;
  epilogues.channels = kLanesNr;
  unroll<static_cast<size_t>(Stage::scaled_f32) + 1>([&](auto stage) {
    epilogues.run[stage] = run_tile_to_dst<Lanes, decltype(stage)::value>;
    epilogues.panels[stage] = run_panels_to_dst<Lanes, decltype(stage)::value>;
  });
  epilogues.dense_tiles = choose_dense_tiles<Avx2, MultiplyLanes<Lanes>>;
  return epilogues;
}
template <class Lanes>
constexpr FusedEpilogues kLanesEpilogues = make_lanes_epilogues<Lanes>();

template <class Lanes>
constexpr Kernel lanes_kernel(const char* name, Isa isa, const RhsLayout& rhs, const QuantizeTable& quantize) {
  Kernel kernel = {name, isa,     LhsForm::indirect, Lanes::kLhs, uint16_t{Lanes::kMr},
                   &rhs, nullptr, Avx2::stages,      &quantize,   {run_to_memory<Lanes>, &kLanesEpilogues<Lanes>}};
  kernel.bias_initialized = true;
  return kernel;
}

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_X86_AVX2_DEPTHS_IN_LANES_H_
