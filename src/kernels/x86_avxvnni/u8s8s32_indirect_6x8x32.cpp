// AVX-VNNI kernel, u8 x s8, 6 x 8 tile, 32 depths a step, lhs read in place through row pointers: for outputs of few
// channels. Other kernels have a channel in each lane, most of which would be idle here, and too few sums for the
// latency of vpdpbusd; this one has depths in the lanes, a vector of a row by one of a channel, and adds up the lanes
// of each sum at the end. dot.h says why vpdpbusd is exact.
//
// x86_avx2/depths_in_lanes.h puts it together.
//
// Registers of the largest blocks, 3 x 4 and 6 x 2: 12 sums, 3 rows or 2 channels, the sign flip. A step of 3 x 4: 384
// MAC in 7 loads + 3 vpxor + 12 vpdpbusd; 6 cycles where vpdpbusd issues twice a cycle.
#include "kernels/kernel.h"
#include "kernels/pack.h"
#include "kernels/x86_avx2/depths_in_lanes.h"
#include "kernels/x86_avx2/load_few.h"
#include "kernels/x86_avxvnni/dot.h"

namespace ottava {
namespace {

struct Lanes256 : Dot256 {
  static constexpr Element kLhs = Element::u8;
  static constexpr size_t kMr = 6;
  static constexpr size_t kMostSums = 12;
  static constexpr size_t kMostColumns = kLanesNr;
  static constexpr bool kKeepsSums = true;
  static constexpr size_t kHalf = bytes / 2;

  static OTTAVA_INLINE I zero() { return _mm256_setzero_si256(); }
  static OTTAVA_INLINE __m128i sums_of_four(I a, I b, I c, I d) {
    const I ab = add(_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b));
    const I cd = add(_mm256_unpacklo_epi32(c, d), _mm256_unpackhi_epi32(c, d));
    const I halves = add(_mm256_unpacklo_epi64(ab, cd), _mm256_unpackhi_epi64(ab, cd));
    return _mm_add_epi32(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
  }

  // The end of a row, fewer bytes than a vector has: half a vector, or less, or both.
  class RowEnd {
   public:
    OTTAVA_INLINE explicit RowEnd(size_t depth) : whole_(depth - depth % bytes), bytes_(depth % bytes), last_(depth) {}
    OTTAVA_INLINE bool empty() const { return bytes_ == 0; }
    OTTAVA_INLINE __m256i load(const uint8_t* row) const {
      if (bytes_ < kHalf) return _mm256_zextsi128_si256(last_.of(row));
      const __m128i first = _mm_loadu_si128(reinterpret_cast<const __m128i*>(row + whole_));
      return _mm256_inserti128_si256(_mm256_castsi128_si256(first), last_.of(row), 1);
    }

   private:
    size_t whole_, bytes_;
    LoadLastFew last_;
  };
};

const RhsLayout s8_8x32_x86_avxvnni = {Element::s8, kLanesNr, Dot256::bytes, pack_s8};

constexpr Kernel entry() {
  Kernel kernel = lanes_kernel<Lanes256>("u8s8s32_indirect_6x8x32_x86_avxvnni", Isa::x86_avxvnni, s8_8x32_x86_avxvnni,
                                         *Avx2::quantize);
  kernel.min_depth = 48;
  kernel.min_depth_per_channel = 34;
  kernel.most_channels = 4;  // more are as fast in lanes of their own
  return kernel;
}

}  // namespace

extern const Kernel kernel_u8s8s32_indirect_6x8x32_x86_avxvnni = entry();

}  // namespace ottava
