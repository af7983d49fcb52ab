// Portable kernel, s8 x s8, 4 x 8 tile, 2 depths a step, lhs read in place through row pointers: no
// packed lhs, so the least workspace. Any CPU; the first choice of the portable tier.
#include "kernels/generic/tile.h"
#include "kernels/pack.h"

namespace ottava {
namespace {

using generic::kKr;
using generic::kMr;
using generic::kNr;

OTTAVA_INLINE int8_t canonical(uint8_t raw, uint8_t flip) { return static_cast<int8_t>(static_cast<uint8_t>(raw ^ flip)); }

template <size_t M>
void run_rows(const TileArgs& args) {
  const uint8_t* const* rows = static_cast<const uint8_t* const*>(args.lhs);
  const int8_t* rhs = static_cast<const int8_t*>(args.rhs);
  const uint8_t flip = static_cast<uint8_t>(args.flip);
  uint32_t acc[M][kNr] = {};
  for (size_t tap = 0; tap < args.taps; ++tap, rows += args.m) {
    const uint8_t* row[M];
    for (size_t i = 0; i < M; ++i) row[i] = rows[i];
    size_t k = 0;
    for (; k + kKr <= args.depth; k += kKr, rhs += kNr * kKr) {
      int8_t step[M][kKr];
      for (size_t i = 0; i < M; ++i) {
        for (size_t j = 0; j < kKr; ++j) step[i][j] = canonical(row[i][k + j], flip);
      }
      generic::add_step<M>(acc, step, rhs);
    }
    if (k < args.depth) {
      int8_t step[M][kKr] = {};
      for (size_t i = 0; i < M; ++i) {
        for (size_t j = 0; k + j < args.depth; ++j) step[i][j] = canonical(row[i][k + j], flip);
      }
      generic::add_step<M>(acc, step, rhs);
      rhs += kNr * kKr;
    }
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

extern const Kernel kernel_s8s8s32_rows_4x8x2_portable;
const Kernel kernel_s8s8s32_rows_4x8x2_portable = {
    "s8s8s32_rows_4x8x2_portable", Isa::portable, LhsForm::rows, Element::s8, Element::s8, kMr, kNr, kKr,
    run, nullptr, pack_s8, &portable_stages,
};

}  // namespace ottava
