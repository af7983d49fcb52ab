// AVX2 kernel, s8 x s8, 6 x 8 tile, 16 depths a step, lhs read in place through row pointers: for outputs of few
// channels. Other kernels have a channel in each lane, most of which would be idle here; this one has depths in the
// lanes, 16 of a row by 16 of a channel, and adds up the lanes of each sum at the end. depths_in_lanes.h puts it
// together.
//
// Registers of the largest blocks, 3 x 3: 9 sums, 3 vectors of a row, 1 of a channel, 1 product.
// A step of it: 144 MAC in 6 vpmovsxbw + 3 vpxor + 9 vpmaddwd + 9 vpaddd. vpmaddwd of widened s8 is exact, see pairs.h.
#include "kernels/kernel.h"
#include "kernels/pack.h"
#include "kernels/x86_avx2/depths_in_lanes.h"
#include "kernels/x86_avx2/load_few.h"

namespace ottava {
namespace {

// Bytes are widened to words as they are loaded.
struct LanesOfWords {
  using I = __m256i;
  static constexpr Element kLhs = Element::s8;
  static constexpr size_t kMr = 6;
  static constexpr size_t bytes = 16;
  static constexpr size_t kMostSums = 9;
  static constexpr size_t kMostColumns = 4;
  static constexpr bool kKeepsSums = false;

  static OTTAVA_INLINE I load(const uint8_t* from) {
    return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
  }
  static OTTAVA_INLINE I exclusive_or(I a, I b) { return _mm256_xor_si256(a, b); }
  // The sign of the byte in the upper half, as it is when what it is combined with has been widened.
  static OTTAVA_INLINE I broadcast_byte(uint8_t byte) { return _mm256_set1_epi16(static_cast<int8_t>(byte)); }
  static OTTAVA_INLINE I zero() { return _mm256_setzero_si256(); }
  static OTTAVA_INLINE I add_dot(I sum, I row, I channel) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(row, channel));
  }
  static OTTAVA_INLINE __m128i sums_of_four(I a, I b, I c, I d) {
    const I fours = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
    return _mm_add_epi32(_mm256_castsi256_si128(fours), _mm256_extracti128_si256(fours, 1));
  }

  class RowEnd {
   public:
    OTTAVA_INLINE explicit RowEnd(size_t depth) : empty_(depth % bytes == 0), last_(depth) {}
    OTTAVA_INLINE bool empty() const { return empty_; }
    OTTAVA_INLINE I load(const uint8_t* row) const { return _mm256_cvtepi8_epi16(last_.of(row)); }

   private:
    bool empty_;
    LoadLastFew last_;
  };
};

const RhsLayout s8_8x16_x86_avx2 = {Element::s8, kLanesNr, LanesOfWords::bytes, pack_s8};

constexpr Kernel entry() {
  Kernel kernel =
      lanes_kernel<LanesOfWords>("s8s8s32_indirect_6x8x16_x86_avx2", Isa::x86_avx2, s8_8x16_x86_avx2, *Avx2::quantize);
  kernel.min_depth = 24;
  kernel.min_depth_per_channel = 14;
  kernel.most_channels = 6;  // two blocks of four are slower than channels in lanes
  return kernel;
}

}  // namespace

extern const Kernel kernel_s8s8s32_indirect_6x8x16_x86_avx2 = entry();

}  // namespace ottava
