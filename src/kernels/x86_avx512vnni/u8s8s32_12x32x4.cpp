// AVX512-VNNI kernel, u8 x s8, 12 x 32 tile, 4 depths a step.
//
// vpdpbusd multiplies four u8 by four s8 per 32-bit lane and adds the four products (at most
// 4 * 255 * 128 in size) into the lane modulo 2^32: exact without its saturating sibling vpdpbusds.
//
// Registers: 24 accumulators, 2 rhs vectors, 1 broadcast lhs quad (zmm27 to zmm31 free).
// Up to 16 valid channels take half of it: 12 accumulators, 1 rhs vector.
// Loop body: 1536 MAC in 2 loads + 12 vpbroadcastd + 24 vpdpbusd; 24 cycles where vpdpbusd issues once
// a cycle, 12 where it issues twice.
#include "kernels/kernel.h"
#include "kernels/tile_end.h"
#include "kernels/unroll.h"
#include "kernels/x86_avx512vnni/output_stage.h"
#include "kernels/x86_avx512vnni/pack.h"
#include "kernels/x86_avx512vnni/vector_operations.h"

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

// 1 to 3 bytes; zeros fill the quad.
OTTAVA_INLINE __m512i broadcast_part(const uint8_t* quad, __mmask16 valid) {
  return _mm512_broadcastd_epi32(_mm_maskz_loadu_epi8(valid, quad));
}

// Three rows to a pointer: what an address can say in one instruction.
constexpr size_t kRowsPerPointer = 3;

struct Multiply {
  static constexpr size_t kMr = ottava::kMr;

  template <size_t M, size_t W>
  static OTTAVA_INLINE void add(const TileArgs& args, __m512i (&acc)[M][W]) {
    constexpr size_t kPointers = (M + kRowsPerPointer - 1) / kRowsPerPointer;
    const uint8_t* rhs = static_cast<const uint8_t*>(args.rhs);
    const ptrdiff_t row_stride = static_cast<ptrdiff_t>(args.row_stride);  // of either sign
    const size_t step_stride = args.step_stride;
    const uint8_t* lhs[kPointers];
    lhs[0] = static_cast<const uint8_t*>(args.lhs);
    unroll<kPointers - 1>([&](auto p) OTTAVA_INLINE_LAMBDA {
      lhs[p + 1] = lhs[p] + static_cast<ptrdiff_t>(kRowsPerPointer) * row_stride;
    });

    const auto add_step = [&](auto quad_of) OTTAVA_INLINE_LAMBDA {
      __m512i weights[W];
      unroll<W>([&](auto v) OTTAVA_INLINE_LAMBDA { weights[v] = _mm512_loadu_si512(rhs + 64 * v); });
      unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA {
        const __m512i quad =
            quad_of(lhs[i / kRowsPerPointer] + static_cast<ptrdiff_t>(size_t{i} % kRowsPerPointer) * row_stride);
        unroll<W>([&](auto v) OTTAVA_INLINE_LAMBDA { acc[i][v] = _mm512_dpbusd_epi32(acc[i][v], quad, weights[v]); });
      });
      rhs += kNr * kKr;
    };
    for (size_t steps = args.depth / kKr; steps != 0; --steps) {
      add_step(broadcast_quad);
      unroll<kPointers>([&](auto p) OTTAVA_INLINE_LAMBDA { lhs[p] += step_stride; });
    }
    if (args.depth % kKr != 0) {
      const __mmask16 valid = static_cast<__mmask16>((1u << args.depth % kKr) - 1);
      add_step([&](const uint8_t* quad) OTTAVA_INLINE_LAMBDA { return broadcast_part(quad, valid); });
    }
  }
};

constexpr FinishingTiles kFinishing = make_finishing_tiles<Avx512, Multiply>();

}  // namespace

extern const Kernel kernel_u8s8s32_12x32x4_x86_avx512vnni;
const Kernel kernel_u8s8s32_12x32x4_x86_avx512vnni = [] {
  Kernel kernel = {
      "u8s8s32_12x32x4_x86_avx512vnni",
      Isa::x86_avx512vnni,
      LhsForm::packed,
      Element::u8,
      Element::s8,
      kMr,
      kNr,
      kKr,
      run_to_memory<Avx512, Multiply>,
      pack_u8_12x4_x86_avx512vnni,
      pack_s8_32x4_x86_avx512vnni,
      &x86_avx512vnni_stages,
      &x86_avx512vnni_quantize,
  };
  kernel.starts = true;
  kernel.finishing = &kFinishing;
  kernel.finishing_flipped = &kFinishing;
  kernel.strided_lhs = true;
  return kernel;
}();

}  // namespace ottava
