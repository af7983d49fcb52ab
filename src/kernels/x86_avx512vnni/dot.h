// vpdpbusd on 512 bits, for kernels/dot_quads.h: four u8 by four s8 in each 32-bit lane, the four products (at most
// 4 * 255 * 128 in size) added to the lane modulo 2^32: exact, without its saturating sibling vpdpbusds.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_X86_AVX512VNNI_DOT_H_
#define OTTAVA_SRC_KERNELS_X86_AVX512VNNI_DOT_H_

#include <immintrin.h>

#include "base/platform.h"

#if !defined(__AVX512VNNI__)
#error "compile this file with -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni"
#endif

namespace ottava {
namespace {

struct Dot512 {
  using I = __m512i;
  static constexpr size_t bytes = 64;

  static OTTAVA_INLINE I load(const void* from) { return _mm512_loadu_si512(from); }
  static OTTAVA_INLINE I broadcast_quad(const uint8_t* quad) {
    int32_t bits;
    __builtin_memcpy(&bits, quad, sizeof bits);
    return _mm512_set1_epi32(bits);
  }
  static OTTAVA_INLINE __mmask16 part_of(size_t count) { return static_cast<__mmask16>((1u << count) - 1); }
  static OTTAVA_INLINE I broadcast_part(const uint8_t* quad, __mmask16 valid) {
    return _mm512_broadcastd_epi32(_mm_maskz_loadu_epi8(valid, quad));
  }
  static OTTAVA_INLINE I add_dot(I sum, I u8, I s8) { return _mm512_dpbusd_epi32(sum, u8, s8); }
  static OTTAVA_INLINE I add(I a, I b) { return _mm512_add_epi32(a, b); }
  static OTTAVA_INLINE I flip(I u8) { return _mm512_xor_si512(u8, _mm512_set1_epi8(-128)); }
  static OTTAVA_INLINE void prefetch(uintptr_t address) {
    _mm_prefetch(reinterpret_cast<const char*>(address), _MM_HINT_T0);
  }
};

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_X86_AVX512VNNI_DOT_H_
