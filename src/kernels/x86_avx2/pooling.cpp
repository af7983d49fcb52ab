// Max and average pooling by AVX2. A vector of 32 channels costs a load and a vpmaxsb for each tap, in an average two
// loads, two vpunpck, two vpmaddubsw and two vpaddw for each pair of taps.
#include "kernels/x86_avx2/vector_operations.h"
//
#include "kernels/x86_avx2/pooling_any_width.h"

namespace ottava {
namespace {

struct PoolingAvx2 : PoolingOfAnyWidth<Avx2> {
  static OTTAVA_INLINE B load_ends(const uint8_t* from, size_t n) { return load_ends_256(from, n); }
  static OTTAVA_INLINE void store_ends(uint8_t* to, size_t n, B x) { store_ends_256(to, n, x); }
};

}  // namespace

extern const PoolingKernel pooling_x86_avx2 = pooling_kernel<PoolingAvx2>("pooling_x86_avx2", Isa::x86_avx2);

}  // namespace ottava
