// How a tile of two vectors a row ends, for kernels in intrinsics: its accumulators are stored, or pass through the
// output stage while they are in registers. The kernel gives the multiplication, here are the rest and the tables.
//
// Everything here is a template on types of the including file's anonymous namespace: files with different ISA flags
// share no code.
//
// V has the vector operations of output/vector_stage.h. Multiply has
//
//   kMr
//   add<M>(args, acc)   adds the sums of m = M rows to V::I acc[M][2]
#ifndef OTTAVA_SRC_KERNELS_TILE_END_H_
#define OTTAVA_SRC_KERNELS_TILE_END_H_

#include "kernels/finish_registers.h"
#include "kernels/kernel.h"
#include "kernels/unroll.h"

namespace ottava {

// Tile<M>(args, stage) for each M.
template <class End, size_t kMr>
struct TileTable {
  FinishingTileFn tile[kMr];

  constexpr TileTable() : tile() {
    unroll<kMr>([this](auto i) { tile[i] = End::template tile<decltype(i)::value + 1>; });
  }
};

template <class End, size_t kMr>
void run_tile(const TileArgs* args, const StageArgs* stage) {
  static constexpr TileTable<End, kMr> table = {};
  table.tile[args->m - 1](args, stage);
}

// Every row begins with a value per channel, or with 0.
template <class V, size_t M>
OTTAVA_INLINE void begin(const int32_t* start, typename V::I (&acc)[M][2]) {
  unroll<2>([&](auto v) OTTAVA_INLINE_LAMBDA {
    const auto value = start != nullptr ? V::load(start + v * V::lanes) : V::broadcast(0);
    unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA { acc[i][v] = value; });
  });
}

template <class V, class Multiply>
struct ToMemory {
  template <size_t M>
  static void tile(const TileArgs* args, const StageArgs*) {
    constexpr size_t lanes = V::lanes;
    typename V::I acc[M][2];
    begin<V>(args->start, acc);
    if (args->accumulate != 0) {
      unroll<2 * M>([&](auto v) OTTAVA_INLINE_LAMBDA { acc[v / 2][v % 2] = V::load(args->acc + v * lanes); });
    }
    Multiply::template add<M>(*args, acc);
    uint8_t* const to = reinterpret_cast<uint8_t*>(args->acc);
    unroll<2 * M>([&](auto v)
                      OTTAVA_INLINE_LAMBDA { V::store_32(to + v * lanes * sizeof(int32_t), acc[v / 2][v % 2]); });
  }
};

template <class V, class Multiply, class Rule>
struct Finishing {
  template <size_t M>
  static void tile(const TileArgs* args, const StageArgs* stage) {
    typename V::I acc[M][2];
    begin<V>(args->start, acc);
    Multiply::template add<M>(*args, acc);
    finish_registers<V, Rule>(*stage, acc);
  }
};

template <class V, class Multiply>
void run_to_memory(const TileArgs* args) {
  run_tile<ToMemory<V, Multiply>, Multiply::kMr>(args, nullptr);
}

// The stages that take few registers. The fixed-point rules need so many that the accumulators would go to memory all
// the same.
template <class V, class Multiply>
constexpr FinishingTiles make_finishing_tiles() {
  FinishingTiles tiles = {};
  const auto set = [&tiles](Stage stage, FinishingTileFn run) { tiles.run[static_cast<int>(stage)] = run; };
  set(Stage::float_nearest_even, run_tile<Finishing<V, Multiply, FloatNearestEven<V, 1>>, Multiply::kMr>);
  set(Stage::plain_s32, run_tile<Finishing<V, Multiply, PlainS32<V, false>>, Multiply::kMr>);
  set(Stage::scaled_f32, run_tile<Finishing<V, Multiply, ScaledF32<V, false>>, Multiply::kMr>);
  return tiles;
}

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_TILE_END_H_
