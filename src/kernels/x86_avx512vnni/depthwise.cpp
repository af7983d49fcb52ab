// AVX512-VNNI depthwise kernels, s8 or u8 by 9-bit differences of weights, 16 channels a vector: windows of 3 x 3 and
// 5 x 5 at strides 1 and 2, 2 lines at once, and one for any window; kernels/depthwise_pairs.h and
// kernels/depthwise_any.h have their loops. vpdpwssd multiplies pairs of s16 and adds the two products to the sum,
// modulo 2^32: exact, without its saturating sibling vpdpwssds. (vpdpbusd has no room for differences of 9 bits.)
#include "kernels/depthwise_any.h"
#include "kernels/depthwise_pairs.h"
#include "kernels/x86_avx512vnni/vector_operations.h"

namespace ottava {
namespace {

// Two shuffles, each within 128 bits, put the bytes of two inputs beside each other: into the low bytes of s16 for u8,
// for s8 into the high ones, whose shift extends the sign.
template <class Input>
struct DepthwiseAvx512 : Avx512 {
  using Bytes = __m512i;
  static constexpr bool is_signed = static_cast<Input>(-1) < 0;

  static constexpr size_t columns_of_round(size_t) { return 4; }
  static constexpr size_t place_of(size_t lane) { return lane; }
  static OTTAVA_INLINE I load_slot(const uint8_t* from) { return load(from); }
  static OTTAVA_INLINE I load_channels(const int32_t* from) { return load(from); }
  // The broadcast is part of the load.
  static OTTAVA_INLINE Bytes load_bytes(const uint8_t* from) { return _mm512_broadcast_i32x4(sixteen_bytes(from)); }
  static OTTAVA_INLINE I pair(Bytes a, Bytes b) {
    // Byte i of the first four in all of the 32-bit lane i, and so on.
    const I own =
        _mm512_set_epi32(0x0F0F0F0F, 0x0E0E0E0E, 0x0D0D0D0D, 0x0C0C0C0C, 0x0B0B0B0B, 0x0A0A0A0A, 0x09090909, 0x08080808,
                         0x07070707, 0x06060606, 0x05050505, 0x04040404, 0x03030303, 0x02020202, 0x01010101, 0);
    constexpr __mmask64 kFirst = UINT64_C(0x1111111111111111) << (is_signed ? 1 : 0);
    const I pairs = _mm512_mask_shuffle_epi8(_mm512_maskz_shuffle_epi8(kFirst, a, own), kFirst << 2, b, own);
    if constexpr (is_signed) return _mm512_srai_epi16(pairs, 8);
    return pairs;
  }
  static OTTAVA_INLINE I add_products(I sum, I a, I b) { return _mm512_dpwssd_epi32(sum, a, b); }
};

}  // namespace

extern const DepthwiseKernel depthwise_3x3_stride1_x86_avx512vnni =
    window_kernel<DepthwiseAvx512, Window<3, 1>>("depthwise_3x3_stride1_x86_avx512vnni", Isa::x86_avx512vnni);
extern const DepthwiseKernel depthwise_3x3_stride2_x86_avx512vnni =
    window_kernel<DepthwiseAvx512, Window<3, 2>>("depthwise_3x3_stride2_x86_avx512vnni", Isa::x86_avx512vnni);
extern const DepthwiseKernel depthwise_5x5_stride1_x86_avx512vnni =
    window_kernel<DepthwiseAvx512, Window<5, 1>>("depthwise_5x5_stride1_x86_avx512vnni", Isa::x86_avx512vnni);
extern const DepthwiseKernel depthwise_5x5_stride2_x86_avx512vnni =
    window_kernel<DepthwiseAvx512, Window<5, 2>>("depthwise_5x5_stride2_x86_avx512vnni", Isa::x86_avx512vnni);
extern const DepthwiseKernel depthwise_any_x86_avx512vnni =
    any_kernel<DepthwiseAvx512>("depthwise_any_x86_avx512vnni", Isa::x86_avx512vnni);

}  // namespace ottava
