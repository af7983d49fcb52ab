// vpdpbusd on 256 bits: four u8 by four s8 in each 32-bit lane, the four products (at most 4 * 255 * 128 in size) added
// to the lane modulo 2^32: exact, without its saturating sibling vpdpbusds.
//
// The tier has it in its VEX encoding. AVX512-VNNI with VL has the same instruction in EVEX encoding: compiled for
// that, these files become kernels that a machine without AVX-VNNI can run, which the tests do.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_X86_AVXVNNI_DOT_H_
#define OTTAVA_SRC_KERNELS_X86_AVXVNNI_DOT_H_

#include <immintrin.h>

#include "base/platform.h"

#if !defined(__AVXVNNI__) && !(defined(__AVX512VNNI__) && defined(__AVX512VL__))
#error "compile this file with -mavx2 -mavxvnni"
#endif

namespace ottava {
namespace {

OTTAVA_INLINE __m256i add_dot(__m256i sum, __m256i u8, __m256i s8) {
#if defined(__AVXVNNI__)
  return _mm256_dpbusd_avx_epi32(sum, u8, s8);
#else
  return _mm256_dpbusd_epi32(sum, u8, s8);
#endif
}

OTTAVA_INLINE __m256i broadcast_quad(const uint8_t* quad) {
  int32_t bits;
  __builtin_memcpy(&bits, quad, sizeof bits);
  return _mm256_set1_epi32(bits);
}

OTTAVA_INLINE __m256i load_32(const void* from) { return _mm256_loadu_si256(static_cast<const __m256i*>(from)); }
OTTAVA_INLINE void store_32(void* to, __m256i v) { _mm256_storeu_si256(static_cast<__m256i*>(to), v); }

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_X86_AVXVNNI_DOT_H_
