// vpdpbusd on 512 bits, for kernels/dot_quads.h: four u8 by four s8 in each 32-bit lane, the four products (at most
// 4 * 255 * 128 in size) added to the lane modulo 2^32: exact, without its saturating sibling vpdpbusds.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_X86_AVX512VNNI_DOT_H_
#define OTTAVA_SRC_KERNELS_X86_AVX512VNNI_DOT_H_

#include "kernels/x86_avx512vnni/vector_operations.h"

#if !defined(__AVX512VNNI__)
#error "compile this file with -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni"
#endif

namespace ottava {
namespace {

struct Dot512 : Avx512 {
  static constexpr size_t kRegisters = 32;
  static constexpr bool kWeightsInMemory = false;
  static OTTAVA_INLINE __mmask16 part_of(size_t count) { return static_cast<__mmask16>((1u << count) - 1); }
  static OTTAVA_INLINE I broadcast_part(const uint8_t* quad, __mmask16 valid) {
    return _mm512_broadcastd_epi32(_mm_maskz_loadu_epi8(valid, quad));
  }
  static OTTAVA_INLINE I add_dot(I sum, I u8, I s8) { return _mm512_dpbusd_epi32(sum, u8, s8); }
};

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_X86_AVX512VNNI_DOT_H_
