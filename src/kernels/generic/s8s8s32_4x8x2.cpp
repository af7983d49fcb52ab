// Portable kernel, s8 x s8, 4 x 8 tile, 2 depths a step, packed lhs. Any CPU; of the portable tier, it
// takes what the kernel that reads the lhs in place declines.
#include "kernels/generic/tile.h"
#include "kernels/pack.h"

#if OTTAVA_GENERIC_VECTORS
#include "kernels/generic/vector_tile.h"
#else
#include "kernels/generic/scalar_tile.h"
#endif

namespace ottava {
namespace {

using generic::kKr;
using generic::kMr;
using generic::kNr;
using generic::kRhsStep;

constexpr size_t kLhsStep = kMr * kKr;

#if OTTAVA_GENERIC_VECTORS

template <size_t M>
void run_rows(const TileArgs& args) {
  const int8_t* lhs = static_cast<const int8_t*>(args.lhs);
  const int8_t* rhs = static_cast<const int8_t*>(args.rhs);
  const size_t steps = (args.depth + kKr - 1) / kKr;
  generic::VectorSums<M> sums;
  for (size_t step = 0; step < steps; ++step, lhs += kLhsStep, rhs += kRhsStep) {
    const generic::U16x8 a = generic::load_widened(lhs);  // a step of all rows
    const generic::RhsStep b = generic::load_rhs(rhs);
    unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA {
      sums.add(i, generic::broadcast<i * kKr>(a), generic::broadcast<i * kKr + 1>(a), b);
    });
  }
  sums.finish(static_cast<uint32_t>(steps), args);
}

void run(const TileArgs* args) {
  switch (args->m) {
    case 1: return run_rows<1>(*args);
    case 2: return run_rows<2>(*args);
    case 3: return run_rows<3>(*args);
    default: return run_rows<4>(*args);
  }
}

#else

struct Blocks {
  template <size_t R, size_t C>
  static void block(const TileArgs& args, size_t i, size_t j) {
    const int8_t* rhs = static_cast<const int8_t*>(args.rhs) + j * kKr;
    const int8_t* row[R];
    unroll<R>([&](auto r) OTTAVA_INLINE_LAMBDA { row[r] = static_cast<const int8_t*>(args.lhs) + (i + r) * kKr; });
    generic::ScalarSums<R, C> sums;
    sums.template add_steps<kLhsStep>((args.depth + kKr - 1) / kKr, row, rhs, 0);
    sums.finish(args.acc + i * kNr + j, args.accumulate != 0);
  }
};

void run(const TileArgs* args) { generic::run_blocks<Blocks>(*args); }

#endif

}  // namespace

extern const Kernel kernel_s8s8s32_4x8x2_portable;
const Kernel kernel_s8s8s32_4x8x2_portable = {
    "s8s8s32_4x8x2_portable", Isa::portable, LhsForm::packed,  Element::s8,        kMr,
    &s8_8x2_portable,         pack_s8,       &portable_stages, &portable_quantize, {run}};

}  // namespace ottava
