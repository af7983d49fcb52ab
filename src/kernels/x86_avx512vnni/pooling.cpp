// Max and average pooling by AVX-512.
#include "kernels/x86_avx512vnni/vector_operations.h"
//
#include "kernels/x86_avx2/pooling_any_width.h"

namespace ottava {
namespace {

struct PoolingAvx512 : PoolingOfAnyWidth<Avx512> {
  static OTTAVA_INLINE B load_ends(const uint8_t* from, size_t n) {
    if (n < 32) return _mm512_castsi256_si512(load_ends_256(from, n));
    const auto at = [](const uint8_t* half) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(half)); };
    return _mm512_inserti64x4(_mm512_castsi256_si512(at(from)), at(from + n - 32), 1);
  }
  static OTTAVA_INLINE void store_ends(uint8_t* to, size_t n, B x) {
    if (n < 32) return store_ends_256(to, n, _mm512_castsi512_si256(x));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm512_castsi512_si256(x));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + n - 32), _mm512_extracti64x4_epi64(x, 1));
  }
};

}  // namespace

extern const PoolingKernel pooling_x86_avx512vnni =
    pooling_kernel<PoolingAvx512>("pooling_x86_avx512vnni", Isa::x86_avx512vnni);

}  // namespace ottava
