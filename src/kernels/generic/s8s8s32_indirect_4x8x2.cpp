// Portable kernel, s8 x s8, 4 x 8 tile, 2 depths a step, lhs read in place through row pointers: no
// packed lhs, so the least workspace. Any CPU; the first choice of the portable tier.
#include "kernels/generic/tile.h"
#include "kernels/pack.h"

namespace ottava {
namespace {

using namespace generic;

// The sign flip of raw bytes for bytes that are widened as s8 first: 0, or 0x80 and all bits above.
OTTAVA_INLINE int32_t widened_flip(const TileArgs& args) { return -static_cast<int32_t>(args.sign_flip); }

#if OTTAVA_GENERIC_VECTORS

OTTAVA_INLINE U16x8 broadcast_canonical(uint8_t raw, uint16_t flip) {
  return U16x8{} + static_cast<uint16_t>(static_cast<uint16_t>(static_cast<int8_t>(raw)) ^ flip);
}

struct Tile {
  template <size_t M>
  static void run(const TileArgs& args) {
    constexpr size_t kSteps = 4;  // steps of one row that a load takes
    const uint8_t* const* rows = static_cast<const uint8_t* const*>(args.lhs);
    const int8_t* rhs = static_cast<const int8_t*>(args.rhs);
    const uint16_t flip = static_cast<uint16_t>(widened_flip(args));
    VectorSums<M> sums;
    for (size_t position = 0; position < args.positions; ++position, rows += args.m) {
      const uint8_t* row[M];
      unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA { row[i] = rows[i]; });
      size_t k = 0;
      for (; k + kSteps * kKr <= args.depth; k += kSteps * kKr) {
        U16x8 a[M];
        unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA { a[i] = load_widened(row[i] + k) ^ flip; });
        unroll<kSteps>([&](auto step) OTTAVA_INLINE_LAMBDA {
          const RhsStep b = load_rhs(rhs);
          rhs += kRhsStep;
          unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA {
            sums.add(i, broadcast<step * kKr>(a[i]), broadcast<step * kKr + 1>(a[i]), b);
          });
        });
      }
      for (; k < args.depth; k += kKr, rhs += kRhsStep) {
        const size_t next = k + 1 < args.depth ? k + 1 : k;  // any value will do where the rhs is padded
        const RhsStep b = load_rhs(rhs);
        unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA {
          sums.add(i, broadcast_canonical(row[i][k], flip), broadcast_canonical(row[i][next], flip), b);
        });
      }
    }
    sums.store(static_cast<uint32_t>(args.positions * ((args.depth + kKr - 1) / kKr)), args);
  }
};

#else

struct Tile {
  template <size_t R, size_t C>
  static void run(const TileArgs& args, size_t i, size_t j) {
    const uint8_t* const* rows = static_cast<const uint8_t* const*>(args.lhs) + i;
    const int8_t* rhs = static_cast<const int8_t*>(args.rhs) + j * kKr;
    const int32_t flip = widened_flip(args);
    ScalarSums<R, C> sums;
    for (size_t position = 0; position < args.positions; ++position, rows += args.m) {
      const int8_t* row[R];
      unroll<R>([&](auto r) OTTAVA_INLINE_LAMBDA { row[r] = reinterpret_cast<const int8_t*>(rows[r]); });
      sums.template add_steps<kKr>(args.depth / kKr, row, rhs, flip);
      if (args.depth % kKr != 0) {
        sums.template add<1>(row, rhs, flip);
        rhs += kRhsStep;
      }
    }
    sums.store(args.acc + i * kNr + j, args.accumulate != 0);
  }
};
static_assert(kKr == 2, "a last step of one depth");

#endif

}  // namespace

void s8s8s32_indirect_4x8x2_portable(const TileArgs* args) { run_tile<Tile>(args); }

extern const Kernel kernel_s8s8s32_indirect_4x8x2_portable;
const Kernel kernel_s8s8s32_indirect_4x8x2_portable = {"s8s8s32_indirect_4x8x2_portable",
                                                       Isa::portable,
                                                       LhsForm::indirect,
                                                       Element::s8,
                                                       kMr,
                                                       &s8_8x2_portable,
                                                       nullptr,
                                                       &portable_stages,
                                                       &portable_quantize,
                                                       {s8s8s32_indirect_4x8x2_portable}};

}  // namespace ottava
