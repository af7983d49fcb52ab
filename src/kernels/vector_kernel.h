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
//   add(args, acc)      adds the sums of m = M rows to V::I acc[M][W], the first W vectors of a panel
#ifndef OTTAVA_SRC_KERNELS_VECTOR_KERNEL_H_
#define OTTAVA_SRC_KERNELS_VECTOR_KERNEL_H_

#include "kernels/fused_registers.h"
#include "kernels/kernel.h"
#include "kernels/unroll.h"

namespace ottava {

// tile<M, W>(tile, args, stage) for one and two vectors and each M.
template <class End, size_t kMr>
struct TileTable {
  using TileEnd = void (*)(const TileArgs*, const StageArgs*, Stage);
  TileEnd tile[2][kMr];

  constexpr TileTable() : tile() {
    unroll<kMr>([this](auto i) {
      tile[0][i] = End::template tile<decltype(i)::value + 1, 1>;
      tile[1][i] = End::template tile<decltype(i)::value + 1, 2>;
    });
  }
};

template <class V, class End, size_t kMr>
OTTAVA_INLINE void run_tile(const TileArgs* tile, const StageArgs* args, Stage stage) {
  static constexpr TileTable<End, kMr> table = {};
  table.tile[tile->n > V::lanes ? 1 : 0][tile->m - 1](tile, args, stage);
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
  static void tile(const TileArgs* args, const StageArgs*, Stage) {
    typename V::I acc[M][W];
    initialize<V>(args->bias, acc);
    const auto place = [&](size_t v) OTTAVA_INLINE_LAMBDA { return args->acc + (2 * (v / W) + v % W) * V::lanes; };
    if (args->accumulate != 0) {
      unroll<W * M>([&](auto v) OTTAVA_INLINE_LAMBDA { acc[v / W][v % W] = V::load(place(v)); });
    }
    Multiply::add(*args, acc);
    unroll<W * M>([&](auto v)
                      OTTAVA_INLINE_LAMBDA { V::store_32(reinterpret_cast<uint8_t*>(place(v)), acc[v / W][v % W]); });
  }
};

template <class V, class Multiply>
struct ToDst {
  template <size_t M, size_t W>
  static void tile(const TileArgs* tile, const StageArgs* args, Stage stage) {
    typename V::I acc[M][W];
    initialize<V>(tile->bias, acc);
    Multiply::add(*tile, acc);
    finish_registers<V>(*args, stage, acc);
  }
};

template <class V, class Multiply>
void run_to_memory(const TileArgs* args) {
  run_tile<V, ToMemory<V, Multiply>, Multiply::kMr>(args, nullptr, Stage::plain_s32);
}
template <class V, class Multiply, size_t kStage>
void run_to_dst(const TileArgs* tile, const StageArgs* args) {
  run_tile<V, ToDst<V, Multiply>, Multiply::kMr>(tile, args, static_cast<Stage>(kStage));
}

// All stages but those that add to dst.
template <class V, class Multiply>
constexpr FusedEpilogues make_fused_epilogues() {
  FusedEpilogues epilogues = {};
  epilogues.wide = true;
  unroll<static_cast<size_t>(Stage::scaled_f32) + 1>(
      [&](auto stage) { epilogues.run[stage] = run_to_dst<V, Multiply, decltype(stage)::value>; });
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
