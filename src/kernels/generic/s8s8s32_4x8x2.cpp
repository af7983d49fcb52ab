// Portable kernel, s8 x s8, 4 x 8 tile, 2 depths a step, packed lhs. Any CPU; of the portable tier, it
// takes what the kernel that reads the lhs in place declines.
#include "kernels/generic/tile.h"
#include "kernels/pack.h"

namespace ottava {
namespace {

using namespace generic;

constexpr size_t kLhsStep = kMr * kKr;

#if OTTAVA_GENERIC_VECTORS

struct Tile {
  template <size_t M>
  static void run(const TileArgs& args) {
    const int8_t* lhs = static_cast<const int8_t*>(args.lhs);
    const int8_t* rhs = static_cast<const int8_t*>(args.rhs);
    const size_t steps = (args.depth + kKr - 1) / kKr;
    VectorSums<M> sums;
    for (size_t step = 0; step < steps; ++step, lhs += kLhsStep, rhs += kRhsStep) {
      const U16x8 a = load_widened(lhs);  // a step of all rows
      const RhsStep b = load_rhs(rhs);
      unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA { sums.add(i, broadcast<i * kKr>(a), broadcast<i * kKr + 1>(a), b); });
    }
    sums.store(static_cast<uint32_t>(steps), args);
  }
};

#else

struct Tile {
  template <size_t R, size_t C>
  static void run(const TileArgs& args, size_t i, size_t j) {
    const int8_t* rhs = static_cast<const int8_t*>(args.rhs) + j * kKr;
    const int8_t* row[R];
    unroll<R>([&](auto r) OTTAVA_INLINE_LAMBDA { row[r] = static_cast<const int8_t*>(args.lhs) + (i + r) * kKr; });
    ScalarSums<R, C> sums;
    sums.template add_steps<kLhsStep>((args.depth + kKr - 1) / kKr, row, rhs, 0);
    sums.store(args.acc + i * kNr + j, args.accumulate != 0);
  }
};

#endif

}  // namespace

extern const Kernel kernel_s8s8s32_4x8x2_portable;
const Kernel kernel_s8s8s32_4x8x2_portable = {
    "s8s8s32_4x8x2_portable", Isa::portable, LhsForm::packed,  Element::s8,        kMr,
    &s8_8x2_portable,         pack_s8,       &portable_stages, &portable_quantize, {run_tile<Tile>}};

}  // namespace ottava
