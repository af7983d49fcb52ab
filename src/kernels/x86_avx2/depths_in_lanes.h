// The frame of kernels that have depths in their lanes and eight channels a panel: what a kernel has summed, tile by
// tile, goes to memory or, the fused epilogues, through the output stage of AVX2, in whose vectors the channels of a
// row are one.
//
// Tile has kMr, at most 6, kNr, which is 8, kKr, and
//
//   sum(args, rhs, n, lhs, m, sums)   m rows of kNr sums with the n channels of the panel at `rhs`, 0 for those that it
//                                     does not have
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

template <class Tile>
void run_to_memory(const TileArgs* args) {
  constexpr size_t kNr = Tile::kNr;
  alignas(Avx2::bytes) int32_t sums[Tile::kMr * kNr];
  Tile::sum(*args, static_cast<const uint8_t*>(args->rhs), args->n, args->lhs, args->m, sums);
  const __m256i bias = args->bias != nullptr ? Avx2::load(args->bias) : Avx2::broadcast(0);
  for (size_t i = 0; i < args->m; ++i) {
    int32_t* const acc = args->acc + i * kNr;
    Avx2::store_32(acc, Avx2::add(args->accumulate != 0 ? Avx2::load(acc) : bias, Avx2::load(sums + i * kNr)));
  }
}

// The output stage on M rows of sums, of the channels from `channel` on.
template <class Tile, size_t M>
void finish_rows(const int32_t* sums, const TileArgs& tile, const StageArgs& args, Stage stage, size_t channel,
                 uint8_t* dst, ptrdiff_t dst_row_stride) {
  Avx2::I acc[M][1];
  const Avx2::I first = Avx2::load(tile.bias + channel);
  unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA { acc[i][0] = Avx2::add(first, Avx2::load(sums + i * Tile::kNr)); });
  finish_registers<Avx2>(tile, args, stage, channel, 0, dst, dst_row_stride, acc);
}

// As in vector_kernel.h, the rest of the channels comes first: what is written beyond them is overwritten by the first
// channels of the next row.
template <class Tile>
void run_to_dst(const TileArgs& tile, const StageArgs& args, Stage stage, const void* lhs, size_t m, uint8_t* dst,
                ptrdiff_t dst_row_stride, size_t room) {
  static constexpr void (*finish[])(const int32_t*, const TileArgs&, const StageArgs&, Stage, size_t, uint8_t*,
                                    ptrdiff_t) = {finish_rows<Tile, 1>, finish_rows<Tile, 2>, finish_rows<Tile, 3>,
                                                  finish_rows<Tile, 4>, finish_rows<Tile, 5>, finish_rows<Tile, 6>};
  static_assert(sizeof finish / sizeof finish[0] == Tile::kMr, "one for each number of rows");
  constexpr size_t kNr = Tile::kNr;
  constexpr size_t kMostLine = kNr * sizeof(int32_t);
  const size_t element_bytes = static_cast<size_t>(args.dst_column_stride);
  const size_t rest = tile.n % kNr, whole = tile.n - rest;
  size_t channel = rest != 0 ? whole : 0;
  do {
    const size_t valid = channel == whole ? rest : kNr;
    alignas(Avx2::bytes) int32_t sums[Tile::kMr * kNr];
    alignas(Avx2::bytes) uint8_t lines[Tile::kMr * kMostLine];
    Tile::sum(tile, static_cast<const uint8_t*>(tile.rhs) + channel / kNr * tile.panel_stride, valid, lhs, m, sums);
    uint8_t* const to = dst + channel * element_bytes;
    const bool fits = (kNr - valid) * element_bytes <= room;
    finish[m - 1](sums, tile, args, stage, channel, fits ? to : lines, fits ? dst_row_stride : ptrdiff_t{kMostLine});
    if (!fits) copy_few_lines(to, dst_row_stride, lines, kMostLine, valid * element_bytes, m);
    channel = channel == whole ? 0 : channel + kNr;
  } while (channel != whole);
}

template <class Tile, size_t kStage>
void run_tile_to_dst(const TileArgs* tile, const StageArgs* args) {
  run_to_dst<Tile>(*tile, *args, static_cast<Stage>(kStage), tile->lhs, tile->m, args->dst, args->dst_row_stride,
                   SIZE_MAX);
}
template <class Tile, size_t kStage>
void run_panels_to_dst(const TileArgs* tile, const StageArgs* args, const void* lhs, size_t m, uint8_t* dst,
                       ptrdiff_t dst_row_stride, size_t room) {
  run_to_dst<Tile>(*tile, *args, static_cast<Stage>(kStage), lhs, m, dst, dst_row_stride, room);
}

// All stages but those that add to dst.
template <class Tile>
constexpr FusedEpilogues make_lanes_epilogues() {
  FusedEpilogues epilogues = {};
  epilogues.wide = true;
  epilogues.channels = Tile::kNr;
  unroll<static_cast<size_t>(Stage::scaled_f32) + 1>([&](auto stage) {
    epilogues.run[stage] = run_tile_to_dst<Tile, decltype(stage)::value>;
    epilogues.panels[stage] = run_panels_to_dst<Tile, decltype(stage)::value>;
  });
  return epilogues;
}
template <class Tile>
constexpr FusedEpilogues kLanesEpilogues = make_lanes_epilogues<Tile>();

template <class Tile>
constexpr Kernel lanes_kernel(const char* name, Isa isa, const RhsLayout& rhs, const QuantizeTable& quantize) {
  Kernel kernel = {name, isa,     LhsForm::indirect, Element::u8, uint16_t{Tile::kMr},
                   &rhs, nullptr, Avx2::stages,      &quantize,   {run_to_memory<Tile>, &kLanesEpilogues<Tile>}};
  kernel.bias_initialized = true;
  return kernel;
}

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_X86_AVX2_DEPTHS_IN_LANES_H_
