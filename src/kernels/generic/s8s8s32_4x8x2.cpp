// Portable kernel, s8 x s8, 4 x 8 tile, 2 depths a step, packed lhs. Any CPU.
#include "kernels/generic/tile.h"
#include "kernels/pack.h"

namespace ottava {
namespace {

using generic::kKr;
using generic::kMr;
using generic::kNr;

template <size_t M>
void run_rows(const TileArgs& args) {
  const int8_t* lhs = static_cast<const int8_t*>(args.lhs);
  const int8_t* rhs = static_cast<const int8_t*>(args.rhs);
  uint32_t acc[M][kNr] = {};
  for (size_t k = 0; k < args.depth; k += kKr, lhs += kMr * kKr, rhs += kNr * kKr) {
    int8_t step[M][kKr];
    for (size_t i = 0; i < M; ++i) {
      for (size_t j = 0; j < kKr; ++j) step[i][j] = lhs[i * kKr + j];
    }
    generic::add_step<M>(acc, step, rhs);
  }
  generic::store<M>(acc, args);
}

void run(const TileArgs* args) {
  switch (args->m) {
    case 1: return run_rows<1>(*args);
    case 2: return run_rows<2>(*args);
    case 3: return run_rows<3>(*args);
    default: return run_rows<4>(*args);
  }
}

}  // namespace

extern const Kernel kernel_s8s8s32_4x8x2_portable;
const Kernel kernel_s8s8s32_4x8x2_portable = {
    "s8s8s32_4x8x2_portable", Isa::portable, LhsForm::packed, Element::s8, Element::s8, kMr, kNr, kKr,
    run, pack_s8, pack_s8, &portable_stages,
};

}  // namespace ottava
