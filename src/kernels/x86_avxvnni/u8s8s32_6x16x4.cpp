// AVX-VNNI kernel, u8 x s8, 6 x 16 tile, 4 depths a step. dot.h says why vpdpbusd is exact.
//
// Registers: 12 accumulators, 2 rhs vectors, 1 broadcast lhs quad: 15 of 16. 12 chains hide the latency of vpdpbusd (5
// cycles, two begun in each); 4 x 24 would save a load of eight in a step and take more channels than many layers have.
// Loop body: 384 MAC in 2 loads + 6 vpbroadcastd + 12 vpdpbusd; 6 cycles where vpdpbusd issues twice a cycle, 12 where
// it issues once.
#include "kernels/kernel.h"
#include "kernels/unroll.h"
#include "kernels/x86_avx2/output_stage.h"
#include "kernels/x86_avxvnni/dot.h"
#include "kernels/x86_avxvnni/pack.h"

namespace ottava {
namespace {

constexpr size_t kMr = 6;
constexpr size_t kNr = 16;
constexpr size_t kKr = 4;

template <size_t M>
void run_rows(const TileArgs& args) {
  const uint8_t* lhs = static_cast<const uint8_t*>(args.lhs);
  const uint8_t* rhs = static_cast<const uint8_t*>(args.rhs);
  __m256i acc[M][2] = {};
  if (args.accumulate != 0) {
    unroll<M * 2>([&](auto v) OTTAVA_INLINE_LAMBDA { acc[v / 2][v % 2] = load_32(args.acc + v * 8); });
  }

  for (size_t k = 0; k < args.depth; k += kKr, lhs += kMr * kKr, rhs += kNr * kKr) {
    const __m256i low = load_32(rhs);
    const __m256i high = load_32(rhs + 32);
    unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA {
      const __m256i quad = broadcast_quad(lhs + i * kKr);
      acc[i][0] = add_dot(acc[i][0], quad, low);
      acc[i][1] = add_dot(acc[i][1], quad, high);
    });
  }

  unroll<M * 2>([&](auto v) OTTAVA_INLINE_LAMBDA { store_32(args.acc + v * 8, acc[v / 2][v % 2]); });
}

void run(const TileArgs* args) {
  switch (args->m) {
    case 1: return run_rows<1>(*args);
    case 2: return run_rows<2>(*args);
    case 3: return run_rows<3>(*args);
    case 4: return run_rows<4>(*args);
    case 5: return run_rows<5>(*args);
    default: return run_rows<6>(*args);
  }
}

}  // namespace

extern const Kernel kernel_u8s8s32_6x16x4_x86_avxvnni;
const Kernel kernel_u8s8s32_6x16x4_x86_avxvnni = {
    "u8s8s32_6x16x4_x86_avxvnni",
    Isa::x86_avxvnni,
    LhsForm::packed,
    Element::u8,
    Element::s8,
    kMr,
    kNr,
    kKr,
    run,
    pack_u8_6x4_x86_avxvnni,
    pack_s8_16x4_x86_avxvnni,
    &x86_avx2_stages,
    &x86_avx2_quantize,
};

}  // namespace ottava
