// AVX512-VNNI kernel, u8 x s8, 6 x 8 tile, 64 depths a step, lhs read in place through row pointers: for outputs of few
// channels. Other kernels have a channel in each lane, most of which would be idle here; this one has depths in the
// lanes, a vector of a row by one of a channel, and adds up the lanes of each sum at the end. dot.h says why vpdpbusd
// is exact.
//
// x86_avx2/depths_in_lanes.h puts it together.
//
// Registers of the largest blocks, 6 x 4 and 3 x 8: 24 sums, 4 channels or 3 rows, 1 row or channel, the sign flip.
// A step of 3 x 8: 1536 MAC in 11 loads + 3 vpxord + 24 vpdpbusd. A step of 6 x 1: 384 MAC in 7 loads + 6 vpxord + 6
// vpdpbusd, so that rows are read as fast as the cache delivers them.
#include "kernels/kernel.h"
#include "kernels/pack.h"
#include "kernels/x86_avx2/depths_in_lanes.h"
#include "kernels/x86_avx512vnni/output_stage.h"

#if !defined(__AVX512VNNI__)
#error "compile this file with -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni"
#endif

namespace ottava {
namespace {

// Not of vector_operations.h, beside which there is no room for that of AVX2, whose output stage ends each tile.
struct Lanes512 {
  using I = __m512i;
  static constexpr Element kLhs = Element::u8;
  static constexpr size_t kMr = 6;
  static constexpr size_t bytes = 64;
  static constexpr size_t kMostSums = 24;
  static constexpr size_t kMostColumns = kLanesNr;
  static constexpr bool kKeepsSums = true;
  static OTTAVA_INLINE I load(const uint8_t* from) { return _mm512_loadu_si512(from); }
  static OTTAVA_INLINE I add(I a, I b) { return _mm512_add_epi32(a, b); }
  static OTTAVA_INLINE I exclusive_or(I a, I b) { return _mm512_xor_si512(a, b); }
  static OTTAVA_INLINE I add_dot(I sum, I u8, I s8) { return _mm512_dpbusd_epi32(sum, u8, s8); }
  static OTTAVA_INLINE I zero() { return _mm512_setzero_si512(); }
  static OTTAVA_INLINE I broadcast_byte(uint8_t byte) { return _mm512_set1_epi8(static_cast<char>(byte)); }
  static OTTAVA_INLINE __m128i sums_of_four(I a, I b, I c, I d) {
    const I ab = add(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
    const I cd = add(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
    const I blocks = add(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
    const __m256i two = _mm256_add_epi32(_mm512_castsi512_si256(blocks), _mm512_extracti64x4_epi64(blocks, 1));
    return _mm_add_epi32(_mm256_castsi256_si128(two), _mm256_extracti128_si256(two, 1));
  }

  class RowEnd {
   public:
    OTTAVA_INLINE explicit RowEnd(size_t depth)
        : whole_(depth - depth % bytes), valid_((uint64_t{1} << depth % bytes) - 1) {}
    OTTAVA_INLINE bool empty() const { return valid_ == 0; }
    OTTAVA_INLINE I load(const uint8_t* row) const { return _mm512_maskz_loadu_epi8(valid_, row + whole_); }

   private:
    size_t whole_;
    __mmask64 valid_;
  };
};

const RhsLayout s8_8x64_x86_avx512vnni = {Element::s8, kLanesNr, Lanes512::bytes, pack_s8};

constexpr Kernel entry() {
  Kernel kernel = lanes_kernel<Lanes512>("u8s8s32_indirect_6x8x64_x86_avx512vnni", Isa::x86_avx512vnni,
                                         s8_8x64_x86_avx512vnni, x86_avx512vnni_quantize);
  kernel.min_depth = 40;
  kernel.min_depth_per_channel = 40;
  kernel.most_channels = 8;
  return kernel;
}

}  // namespace

extern const Kernel kernel_u8s8s32_indirect_6x8x64_x86_avx512vnni = entry();

}  // namespace ottava
