// Packing with AVX2: the inner loops of kernels/pack_walk.h for panels of 2 depths a step.
//
// Read Rhs::along_vector first: 16 rows by 16 depths in 8 registers, transposed in three rounds of interleaving, of
// which each has 8 registers in and 8 out. Where rows lie side by side, in across(), one round does. Lhs is the same
// for 6 rows.
//
// A pair, two depths of one row, is a lane of 16 bits, and vpmaddubsw with ones adds up pairs of s8: between -256
// and 254, so that up to 127 steps may be summed in lanes of 16 bits. In the lhs, widened to s16, a pair has 32
// bits and vpmaddwd does the same without such a bound.
#include "kernels/x86_avx2/pack.h"

#include "kernels/pack.h"
#include "kernels/pack_walk.h"
#include "kernels/unroll.h"
#include "kernels/x86_avx2/vector_operations.h"

namespace ottava {
namespace {

OTTAVA_INLINE __m128i load_16(const uint8_t* from) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)); }
// Sums of 16 rows in lanes of 16 bits.
OTTAVA_INLINE void add_words_to(int32_t* sums, __m256i v) {
  Avx2::add_to(sums, _mm256_cvtepi16_epi32(_mm256_castsi256_si128(v)));
  Avx2::add_to(sums + 8, _mm256_cvtepi16_epi32(_mm256_extracti128_si256(v, 1)));
}

// 16 rows: a step is one register; a group is four panels, one line of 64 bytes.
struct Rhs : BytePanel<2> {
  static constexpr size_t kRows = 16;
  static constexpr size_t kGroup = 4;
  static constexpr size_t kSpan = 64;
  static constexpr size_t kLanes = 64;
  static constexpr size_t kLongestSum = 8;  // vectors of kVector depths: 64 steps

  static OTTAVA_INLINE __m256i add(__m256i sum, __m256i unit) {
    return _mm256_add_epi16(sum, _mm256_maddubs_epi16(_mm256_set1_epi8(1), unit));
  }

  // 8 x 8 pairs transposed within each half: rows 0 to 7 in the low halves, 8 to 15 in the high ones.
  static OTTAVA_INLINE __m256i along_vector(const uint8_t* from, ptrdiff_t row_stride, uint8_t* to, __m256i flip,
                                            __m256i sum) {
    __m256i in[8], pairs[8], fours[8];
    unroll<8>([&](auto row) OTTAVA_INLINE_LAMBDA {
      const uint8_t* const at = from + static_cast<ptrdiff_t>(size_t{row}) * row_stride;
      in[row] = _mm256_inserti128_si256(_mm256_castsi128_si256(load_16(at)), load_16(at + 8 * row_stride), 1);
    });
    unroll<4>([&](auto i) OTTAVA_INLINE_LAMBDA {  // pairs[2 i + h]: half h of the depths of rows 2 i and 2 i + 1
      pairs[2 * i] = _mm256_unpacklo_epi16(in[2 * i], in[2 * i + 1]);
      pairs[2 * i + 1] = _mm256_unpackhi_epi16(in[2 * i], in[2 * i + 1]);
    });
    unroll<2>([&](auto i) OTTAVA_INLINE_LAMBDA {  // fours[4 i + q]: quarter q of the depths of rows 4 i to 4 i + 3
      unroll<2>([&](auto h) OTTAVA_INLINE_LAMBDA {
        fours[4 * i + 2 * h] = _mm256_unpacklo_epi32(pairs[4 * i + h], pairs[4 * i + 2 + h]);
        fours[4 * i + 2 * h + 1] = _mm256_unpackhi_epi32(pairs[4 * i + h], pairs[4 * i + 2 + h]);
      });
    });
    unroll<8>([&](auto step) OTTAVA_INLINE_LAMBDA {
      const __m256i low = fours[step / 2], high = fours[4 + step / 2];
      const __m256i eight = step % 2 == 0 ? _mm256_unpacklo_epi64(low, high) : _mm256_unpackhi_epi64(low, high);
      const __m256i unit = _mm256_xor_si256(eight, flip);
      Avx2::store_32(to + step * kRows * kKr, unit);
      sum = add(sum, unit);
    });
    return sum;
  }

  OTTAVA_PACK_LOOP static void along(const uint8_t* from, ptrdiff_t row_stride, size_t vectors, uint8_t* to,
                                     uint8_t flip_byte, int32_t* sums) {
    const __m256i flip = Avx2::broadcast_byte(flip_byte);
    while (vectors > 0) {
      const size_t several = least(vectors, kLongestSum);
      __m256i sum = _mm256_setzero_si256();
      for (size_t i = 0; i < several; ++i, from += kVector, to += kVector * kRows) {
        sum = along_vector(from, row_stride, to, flip, sum);
      }
      add_words_to(sums, sum);
      vectors -= several;
    }
  }

  // The middle quarters change places: interleaving within halves then yields 16 rows in order.
  template <bool kWhole>
  OTTAVA_PACK_LOOP static void across(const uint8_t* from, ptrdiff_t depth_stride, size_t steps, uint8_t* to,
                                      size_t panel_stride, size_t rows, uint8_t flip_byte, int32_t* sums) {
    static_assert(kBlockDepths / kKr <= 127, "sums of 16 bits");
    const __m256i flip = Avx2::broadcast_byte(flip_byte);
    __m256i sum[4] = {};
    for (; steps > 0; --steps, from += 2 * depth_stride, to += kRows * kKr) {
      unroll<2>([&](auto half) OTTAVA_INLINE_LAMBDA {
        const __m256i a = _mm256_permute4x64_epi64(Avx2::load(from + half * 32), 0xD8);
        const __m256i b = _mm256_permute4x64_epi64(Avx2::load(from + depth_stride + half * 32), 0xD8);
        const __m256i units[2] = {_mm256_xor_si256(_mm256_unpacklo_epi8(a, b), flip),
                                  _mm256_xor_si256(_mm256_unpackhi_epi8(a, b), flip)};
        unroll<2>([&](auto i) OTTAVA_INLINE_LAMBDA {
          constexpr size_t panel = half * 2 + i;
          if (kWhole || panel * kRows < rows) Avx2::store_32(to + panel * panel_stride, units[i]);
          sum[panel] = add(sum[panel], units[i]);
        });
      });
    }
    unroll<4>([&](auto panel) OTTAVA_INLINE_LAMBDA { add_words_to(sums + panel * kRows, sum[panel]); });
  }

  static void general(const PackArgs* args) { pack_s8(args); }
};

// 6 rows, widened: 24 bytes a step; a group is two panels.
struct Lhs : BytePanel<2> {
  static constexpr size_t kRows = 6;
  static constexpr size_t kBytes = 2;
  static constexpr size_t kGroup = 2;
  static constexpr size_t kSpan = 16;
  static constexpr size_t kLanes = 16;  // 4 behind the last panel

  static OTTAVA_INLINE void store(uint8_t* to, __m256i unit) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm256_castsi256_si128(unit));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(to + 16), _mm256_extracti128_si256(unit, 1));
  }
  static OTTAVA_INLINE __m256i add(__m256i sum, __m256i unit) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(unit, _mm256_set1_epi16(1)));
  }
  // Only the lanes of a panel: those behind belong to the next one.
  static OTTAVA_INLINE void add_rows(int32_t* sums, __m256i sum) {
    Avx2::add_to(sums, _mm256_and_si256(sum, _mm256_setr_epi32(-1, -1, -1, -1, -1, -1, 0, 0)));
  }

  // 6 x 8 pairs of s8 transposed, then widened.
  OTTAVA_PACK_LOOP static void along(const uint8_t* from, ptrdiff_t row_stride, size_t vectors, uint8_t* to,
                                     uint8_t flip_byte, int32_t* sums) {
    const __m128i flip = _mm_set1_epi8(static_cast<char>(flip_byte));
    __m256i sum = _mm256_setzero_si256();
    for (; vectors > 0; --vectors, from += kVector, to += kVector * kRows * kBytes) {
      __m128i in[6], pairs[6], fours[4];
      unroll<6>([&](auto row) OTTAVA_INLINE_LAMBDA {
        in[row] = _mm_xor_si128(load_16(from + static_cast<ptrdiff_t>(size_t{row}) * row_stride), flip);
      });
      unroll<3>([&](auto i) OTTAVA_INLINE_LAMBDA {
        pairs[2 * i] = _mm_unpacklo_epi16(in[2 * i], in[2 * i + 1]);
        pairs[2 * i + 1] = _mm_unpackhi_epi16(in[2 * i], in[2 * i + 1]);
      });
      unroll<2>([&](auto h) OTTAVA_INLINE_LAMBDA {
        fours[2 * h] = _mm_unpacklo_epi32(pairs[h], pairs[2 + h]);
        fours[2 * h + 1] = _mm_unpackhi_epi32(pairs[h], pairs[2 + h]);
      });
      unroll<8>([&](auto step) OTTAVA_INLINE_LAMBDA {
        // Rows 0 to 3 of two steps, and rows 4 and 5 of four: theirs comes next to them.
        const __m128i low = fours[step / 2];
        constexpr int kPair = static_cast<int>(step % 4);
        const __m128i high = _mm_shuffle_epi32(pairs[4 + step / 4], kPair * 0x55);
        const __m128i bytes = step % 2 == 0 ? _mm_unpacklo_epi64(low, high) : _mm_unpackhi_epi64(low, high);
        const __m256i unit = _mm256_cvtepi8_epi16(bytes);
        store(to + step * kRows * kKr * kBytes, unit);
        sum = add(sum, unit);
      });
    }
    add_rows(sums, sum);
  }

  template <bool kWhole>
  OTTAVA_PACK_LOOP static void across(const uint8_t* from, ptrdiff_t depth_stride, size_t steps, uint8_t* to,
                                      size_t panel_stride, size_t rows, uint8_t flip_byte, int32_t* sums) {
    const __m128i flip = _mm_set1_epi8(static_cast<char>(flip_byte));
    __m256i sum[2] = {};
    for (; steps > 0; --steps, from += 2 * depth_stride, to += kRows * kKr * kBytes) {
      const __m128i a = _mm_xor_si128(load_16(from), flip);
      const __m128i b = _mm_xor_si128(load_16(from + depth_stride), flip);
      const __m128i low = _mm_unpacklo_epi8(a, b);  // rows 0 to 7
      const __m256i first = _mm256_cvtepi8_epi16(low);
      const __m256i second = _mm256_cvtepi8_epi16(_mm_alignr_epi8(_mm_unpackhi_epi8(a, b), low, 12));
      store(to, first);
      if (kWhole || rows > kRows) store(to + panel_stride, second);
      sum[0] = add(sum[0], first);
      sum[1] = add(sum[1], second);
    }
    add_rows(sums, sum[0]);
    add_rows(sums + kRows, sum[1]);
  }

  static void general(const PackArgs* args) { pack_s16(args); }
};

}  // namespace

void pack_s16_6x2_x86_avx2(const PackArgs* args) { pack_panels<Lhs>(args); }

const RhsLayout s8_16x2_x86_avx2 = {Element::s8, 16, 2, pack_panels<Rhs>};

}  // namespace ottava
