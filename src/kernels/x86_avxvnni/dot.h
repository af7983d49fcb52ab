// vpdpbusd on 256 bits, for kernels/dot_quads.h: four u8 by four s8 in each 32-bit lane, the four products (at most
// 4 * 255 * 128 in size) added to the lane modulo 2^32: exact, without its saturating sibling vpdpbusds.
//
// The tier has it in its VEX encoding. AVX512-VNNI with VL has the same instruction in EVEX encoding: compiled for
// that, these files become kernels that a machine without AVX-VNNI can run, which the tests do.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_X86_AVXVNNI_DOT_H_
#define OTTAVA_SRC_KERNELS_X86_AVXVNNI_DOT_H_

#include "kernels/x86_avx2/quad_operations.h"

#if !defined(__AVXVNNI__) && !(defined(__AVX512VNNI__) && defined(__AVX512VL__))
#error "compile this file with -mavx2 -mavxvnni"
#endif

namespace ottava {
namespace {

struct Dot256 : QuadOperations {
  static constexpr size_t kRegisters = 16;
  static constexpr bool kWeightsInMemory = false;
  static OTTAVA_INLINE I add_dot(I sum, I u8, I s8) {
#if defined(__AVXVNNI__)
    return _mm256_dpbusd_avx_epi32(sum, u8, s8);
#else
    return _mm256_dpbusd_epi32(sum, u8, s8);
#endif
  }
  // In fewer instructions than with AVX2 alone. The top byte of x is 0, or -1.
  static constexpr int32_t sign_excess = 64;
  static OTTAVA_INLINE I rounded_by_sign(I sum, I x) {
    return add_dot(sum, broadcast(static_cast<int32_t>(0x80000000)), x);
  }
};

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_X86_AVXVNNI_DOT_H_
