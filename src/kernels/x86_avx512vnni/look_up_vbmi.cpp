// Tables of 256 bytes looked up by the byte permutations of AVX512-VBMI, which CPUs of this tier may lack: two
// permutations find each byte in a half of the table, by its low seven bits, and bit 7 says which half is meant.
#include <immintrin.h>

#include "kernels/x86_avx512vnni/output_stage.h"

#if !defined(__AVX512VBMI__)
#error "compile this file with the flags of the tier and -mavx512vbmi"
#endif

namespace ottava {
namespace {

class Table {
 public:
  explicit OTTAVA_INLINE Table(const uint8_t* from) {
    for (size_t i = 0; i < 4; ++i) quarters_[i] = _mm512_loadu_si512(from + i * sizeof(__m512i));
  }

  OTTAVA_INLINE __m512i at(__m512i bytes) const {
    const __m512i lower = _mm512_permutex2var_epi8(quarters_[0], bytes, quarters_[1]);
    const __m512i upper = _mm512_permutex2var_epi8(quarters_[2], bytes, quarters_[3]);
    return _mm512_mask_blend_epi8(_mm512_movepi8_mask(bytes), lower, upper);
  }

 private:
  __m512i quarters_[4];
};

}  // namespace

void look_up_x86_avx512vbmi(const uint8_t* table, uint8_t* bytes, size_t count) {
  const Table values(table);
  size_t i = 0;
  for (; count - i >= sizeof(__m512i); i += sizeof(__m512i)) {
    _mm512_storeu_si512(bytes + i, values.at(_mm512_loadu_si512(bytes + i)));
  }
  const __mmask64 rest = (uint64_t{1} << (count - i)) - 1;
  if (rest != 0) _mm512_mask_storeu_epi8(bytes + i, rest, values.at(_mm512_maskz_loadu_epi8(rest, bytes + i)));
}

}  // namespace ottava
