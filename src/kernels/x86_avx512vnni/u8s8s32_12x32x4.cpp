// AVX512-VNNI kernel, u8 x s8, 12 x 32 tile, 4 depths a step.
//
// vpdpbusd multiplies four u8 by four s8 per 32-bit lane and adds the four products (at most
// 4 * 255 * 128 in size) into the lane modulo 2^32: exact without its saturating sibling vpdpbusds.
//
// Registers: 24 accumulators, 2 rhs vectors, 1 broadcast lhs quad (zmm27 to zmm31 free).
// Loop body: 1536 MAC in 2 loads + 12 vpbroadcastd + 24 vpdpbusd; 24 cycles where vpdpbusd issues once
// a cycle, 12 where it issues twice.
#include "kernels/kernel.h"
#include "kernels/unroll.h"
#include "kernels/x86_avx512vnni/output_stage.h"
#include "kernels/x86_avx512vnni/pack.h"

#include <immintrin.h>

#if !defined(__AVX512VNNI__)
#error "compile this file with -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni"
#endif

namespace ottava {
namespace {

constexpr size_t kMr = 12;
constexpr size_t kNr = 32;
constexpr size_t kKr = 4;

OTTAVA_INLINE __m512i broadcast_quad(const uint8_t* quad) {
  int32_t bits;
  __builtin_memcpy(&bits, quad, sizeof bits);
  return _mm512_set1_epi32(bits);
}

template <size_t M>
void run_rows(const TileArgs& args) {
  const uint8_t* lhs = static_cast<const uint8_t*>(args.lhs);
  const uint8_t* rhs = static_cast<const uint8_t*>(args.rhs);
  __m512i acc[M][2] = {};
  if (args.accumulate != 0) {
    unroll<M * 2>([&](auto v) OTTAVA_INLINE_LAMBDA { acc[v / 2][v % 2] = _mm512_loadu_si512(args.acc + v * 16); });
  }

  for (size_t k = 0; k < args.depth; k += kKr, lhs += kMr * kKr, rhs += kNr * kKr) {
    const __m512i low = _mm512_loadu_si512(rhs);
    const __m512i high = _mm512_loadu_si512(rhs + 64);
    unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA {
      const __m512i quad = broadcast_quad(lhs + i * kKr);
      acc[i][0] = _mm512_dpbusd_epi32(acc[i][0], quad, low);
      acc[i][1] = _mm512_dpbusd_epi32(acc[i][1], quad, high);
    });
  }

  unroll<M * 2>([&](auto v) OTTAVA_INLINE_LAMBDA { _mm512_storeu_si512(args.acc + v * 16, acc[v / 2][v % 2]); });
}

void run(const TileArgs* args) {
  switch (args->m) {
    case 1: return run_rows<1>(*args);
    case 2: return run_rows<2>(*args);
    case 3: return run_rows<3>(*args);
    case 4: return run_rows<4>(*args);
    case 5: return run_rows<5>(*args);
    case 6: return run_rows<6>(*args);
    case 7: return run_rows<7>(*args);
    case 8: return run_rows<8>(*args);
    case 9: return run_rows<9>(*args);
    case 10: return run_rows<10>(*args);
    case 11: return run_rows<11>(*args);
    default: return run_rows<12>(*args);
  }
}

}  // namespace

extern const Kernel kernel_u8s8s32_12x32x4_x86_avx512vnni;
const Kernel kernel_u8s8s32_12x32x4_x86_avx512vnni = {
    "u8s8s32_12x32x4_x86_avx512vnni",
    Isa::x86_avx512vnni,
    LhsForm::packed,
    Element::u8,
    Element::s8,
    kMr,
    kNr,
    kKr,
    run,
    pack_u8_12x4_x86_avx512vnni,
    pack_s8_32x4_x86_avx512vnni,
    &x86_avx512vnni_stages,
    &x86_avx512vnni_quantize,
};

}  // namespace ottava
