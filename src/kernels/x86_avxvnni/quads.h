// Quads of bytes for the packing of x86's kernels of 4 depths a step: a quad, four depths of one row, is a lane of 32
// bits of the panel. One text for 256 and 512 bits, see x86_avx2/any_width.h.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_X86_AVXVNNI_QUADS_H_
#define OTTAVA_SRC_KERNELS_X86_AVXVNNI_QUADS_H_

#include "kernels/pack_walk.h"
#include "kernels/x86_avx2/any_width.h"

namespace ottava {
namespace {

struct Quads {
  AnyWidth::I v[4];
};

// 4 x 4 lanes of 32 bits transposed within each block of 128 bits.
OTTAVA_INLINE Quads transpose_quads(const Quads& in) {
  const AnyWidth::I a = OTTAVA_MM(unpacklo_epi32)(in.v[0], in.v[1]);
  const AnyWidth::I b = OTTAVA_MM(unpackhi_epi32)(in.v[0], in.v[1]);
  const AnyWidth::I c = OTTAVA_MM(unpacklo_epi32)(in.v[2], in.v[3]);
  const AnyWidth::I d = OTTAVA_MM(unpackhi_epi32)(in.v[2], in.v[3]);
  return {{OTTAVA_MM(unpacklo_epi64)(a, c), OTTAVA_MM(unpackhi_epi64)(a, c), OTTAVA_MM(unpacklo_epi64)(b, d),
           OTTAVA_MM(unpackhi_epi64)(b, d)}};
}

// Byte i of v[j] becomes byte j of quad i, within each block: v[i] has the quads of its bytes 4i to 4i + 3.
OTTAVA_INLINE Quads interleave_bytes(const Quads& in) {
  const AnyWidth::I a = OTTAVA_MM(unpacklo_epi8)(in.v[0], in.v[1]);
  const AnyWidth::I b = OTTAVA_MM(unpackhi_epi8)(in.v[0], in.v[1]);
  const AnyWidth::I c = OTTAVA_MM(unpacklo_epi8)(in.v[2], in.v[3]);
  const AnyWidth::I d = OTTAVA_MM(unpackhi_epi8)(in.v[2], in.v[3]);
  return {{OTTAVA_MM(unpacklo_epi16)(a, c), OTTAVA_MM(unpackhi_epi16)(a, c), OTTAVA_MM(unpacklo_epi16)(b, d),
           OTTAVA_MM(unpackhi_epi16)(b, d)}};
}

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_X86_AVXVNNI_QUADS_H_
