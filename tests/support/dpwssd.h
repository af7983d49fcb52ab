// vpdpwssd by the instructions of AVX2, for kernels of AVX-VNNI compiled as stand-ins: both add the two exact products
// of each pair of s16 to the sum, modulo 2^32.
#ifndef OTTAVA_TESTS_DPWSSD_H_
#define OTTAVA_TESTS_DPWSSD_H_

#include <immintrin.h>

#define _mm256_dpwssd_avx_epi32(sum, a, b) _mm256_add_epi32(sum, _mm256_madd_epi16(a, b))

#endif  // OTTAVA_TESTS_DPWSSD_H_
