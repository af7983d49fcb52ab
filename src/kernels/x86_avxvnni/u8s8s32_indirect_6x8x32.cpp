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
  static constexpr size_t kMostSums = 12;
  static constexpr size_t kHalf = bytes / 2;

  static OTTAVA_INLINE I zero() { return _mm256_setzero_si256(); }
  static OTTAVA_INLINE __m128i sums_of_four(I a, I b, I c, I d) {
    const I ab = add(_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b));
    const I cd = add(_mm256_unpacklo_epi32(c, d), _mm256_unpackhi_epi32(c, d));
    const I halves = add(_mm256_unpacklo_epi64(ab, cd), _mm256_unpackhi_epi64(ab, cd));
    return _mm_add_epi32(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
  }

  // The end of a row, fewer bytes than a vector has. Of rows that have half a vector, its last bytes are loaded as half
  // a vector that ends with the row, and moved to where they belong; zeros fill what is left.
  class RowEnd {
   public:
    OTTAVA_INLINE explicit RowEnd(size_t depth)
        : depth_(depth),
          bytes_(depth % bytes),
          order_(_mm_loadu_si128(reinterpret_cast<const __m128i*>(kOrder + kHalf - bytes_ % kHalf))) {}
    OTTAVA_INLINE bool empty() const { return bytes_ == 0; }
    OTTAVA_INLINE __m256i load(const uint8_t* row) const {
      if (depth_ < kHalf) return _mm256_zextsi128_si256(load_few(row, depth_));
      const __m128i last = _mm_shuffle_epi8(half_at(row + depth_ - kHalf), order_);
      if (bytes_ < kHalf) return _mm256_zextsi128_si256(last);
      return _mm256_inserti128_si256(_mm256_castsi128_si256(half_at(row + depth_ - bytes_)), last, 1);
    }

   private:
    // From 16 - n on: the last n bytes first, then zeros.
    static constexpr uint8_t kOrder[2 * kHalf] = {0,    1,    2,    3,    4,    5,    6,    7,    8,    9,    10,
                                                  11,   12,   13,   14,   15,   0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
                                                  0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80};
    static OTTAVA_INLINE __m128i half_at(const uint8_t* from) {
      return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    }

    size_t depth_, bytes_;
    __m128i order_;
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
