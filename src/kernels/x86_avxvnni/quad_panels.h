// Packing of panels of 4 depths a step with 256 bits: the inner loops of kernels/pack_walk.h, for a lhs of u8 in panels
// of 6 rows and a rhs of s8 in panels of 16 channels. Included by a file that has defined Dot256, whose add_dot need be
// exact for ones alone.
//
// Read along_8 first: 8 rows by 16 depths in 4 registers, whose quads are transposed in two rounds of interleaving.
// Where rows lie side by side, in across(), such two rounds make quads of the bytes of four depths.
//
// The product of four by four bytes with ones adds up quads: its sums lie as the rows do.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_X86_AVXVNNI_QUAD_PANELS_H_
#define OTTAVA_SRC_KERNELS_X86_AVXVNNI_QUAD_PANELS_H_

#include "kernels/pack.h"
#include "kernels/unroll.h"
#include "kernels/x86_avxvnni/quads.h"

namespace ottava {
namespace {

OTTAVA_INLINE __m128i load_16(const uint8_t* from) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)); }
OTTAVA_INLINE void store_16(void* to, __m128i v) { _mm_storeu_si128(static_cast<__m128i*>(to), v); }
OTTAVA_INLINE void store_8(void* to, __m128i v) { _mm_storel_epi64(static_cast<__m128i*>(to), v); }
OTTAVA_INLINE __m256i load_halves(const uint8_t* low, const uint8_t* high) {
  return _mm256_inserti128_si256(_mm256_castsi128_si256(load_16(low)), load_16(high), 1);
}
OTTAVA_INLINE __m128i half(__m256i v, Index<0>) { return _mm256_castsi256_si128(v); }
OTTAVA_INLINE __m128i half(__m256i v, Index<1>) { return _mm256_extracti128_si256(v, 1); }
OTTAVA_INLINE void add_half_to(int32_t* sums, __m128i v) {
  store_16(sums, _mm_add_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(sums)), v));
}

// 16 rows: two registers a step; a group is four panels, one line of 64 bytes.
struct Rhs : BytePanel<4> {
  static constexpr size_t kRows = 16;
  static constexpr size_t kGroup = 4;
  static constexpr size_t kSpan = 64;
  static constexpr size_t kLanes = 64;

  static OTTAVA_INLINE __m256i add(__m256i sum, __m256i unit) {
    return Dot256::add_dot(sum, Dot256::broadcast_byte(1), unit);
  }

  // 8 rows: 0 to 3 in the low halves, 4 to 7 in the high ones.
  static OTTAVA_INLINE __m256i along_8(const uint8_t* from, ptrdiff_t row_stride, uint8_t* to, __m256i flip,
                                       __m256i sum) {
    Quads in;
    unroll<4>([&](auto row) OTTAVA_INLINE_LAMBDA {
      const uint8_t* const at = from + static_cast<ptrdiff_t>(size_t{row}) * row_stride;
      in.v[row] = load_halves(at, at + 4 * row_stride);
    });
    const Quads out = transpose_quads(in);
    unroll<4>([&](auto step) OTTAVA_INLINE_LAMBDA {
      const __m256i unit = _mm256_xor_si256(out.v[step], flip);
      Dot256::store_32(to + step * kRows * kKr, unit);
      sum = add(sum, unit);
    });
    return sum;
  }

  OTTAVA_PACK_LOOP static void along(const uint8_t* from, ptrdiff_t row_stride, size_t vectors, uint8_t* to,
                                     uint8_t flip_byte, int32_t* sums) {
    const __m256i flip = Dot256::broadcast_byte(flip_byte);
    __m256i sum[2] = {};
    for (; vectors > 0; --vectors, from += kVector, to += kVector * kRows) {
      sum[0] = along_8(from, row_stride, to, flip, sum[0]);
      sum[1] = along_8(from + 8 * row_stride, row_stride, to + 32, flip, sum[1]);
    }
    Dot256::add_to(sums, sum[0]);
    Dot256::add_to(sums + 8, sum[1]);
  }

  // Two panels at a time, as registers last. Even dwords go to the low half, odd ones to the high half: interleaving
  // within halves then yields 8 rows in order.
  template <bool kWhole>
  OTTAVA_PACK_LOOP static void across(const uint8_t* from, ptrdiff_t depth_stride, size_t steps, uint8_t* to,
                                      size_t panel_stride, size_t rows, uint8_t flip_byte, int32_t* sums) {
    const __m256i order = _mm256_setr_epi32(0, 2, 4, 6, 1, 3, 5, 7);
    const __m256i flip = Dot256::broadcast_byte(flip_byte);
    for (size_t first = 0; first < kGroup && (kWhole || first * kRows < rows); first += 2) {
      const uint8_t* at = from + first * kRows;
      uint8_t* panel = to + first * panel_stride;
      __m256i sum[4] = {};
      for (size_t step = 0; step < steps; ++step, at += 4 * depth_stride, panel += kRows * kKr) {
        Quads in;
        unroll<4>([&](auto k) OTTAVA_INLINE_LAMBDA {
          const __m256i line = Dot256::load(at + static_cast<ptrdiff_t>(size_t{k}) * depth_stride);
          in.v[k] = _mm256_permutevar8x32_epi32(line, order);
        });
        const Quads out = interleave_bytes(in);
        unroll<4>([&](auto i) OTTAVA_INLINE_LAMBDA {
          const __m256i unit = _mm256_xor_si256(out.v[i], flip);
          if (kWhole || (first + i / 2) * kRows < rows)
            Dot256::store_32(panel + i / 2 * panel_stride + i % 2 * 32, unit);
          sum[i] = add(sum[i], unit);
        });
      }
      unroll<4>([&](auto i) OTTAVA_INLINE_LAMBDA { Dot256::add_to(sums + first * kRows + i * 8, sum[i]); });
    }
  }

  static void general(const PackArgs* args) { pack_s8(args); }
};

// 6 rows: 24 bytes a step; a group is four panels, two in each half of a register.
struct Lhs : BytePanel<4> {
  static constexpr size_t kRows = 6;
  static constexpr size_t kGroup = 4;
  static constexpr size_t kSpan = 28;  // 16 bytes from row 0 and from row 12
  static constexpr size_t kLanes = 24;

  static OTTAVA_INLINE __m256i add(__m256i sum, __m256i unit) {
    return Dot256::add_dot(sum, unit, Dot256::broadcast_byte(1));
  }

  // Rows 0 to 3 in the low half, 4 and 5 in the high one.
  OTTAVA_PACK_LOOP static void along(const uint8_t* from, ptrdiff_t row_stride, size_t vectors, uint8_t* to,
                                     uint8_t flip_byte, int32_t* sums) {
    const __m256i flip = Dot256::broadcast_byte(flip_byte);
    __m256i sum = _mm256_setzero_si256();
    for (; vectors > 0; --vectors, from += kVector, to += kVector * kRows) {
      Quads in;
      unroll<4>([&](auto row) OTTAVA_INLINE_LAMBDA {
        constexpr ptrdiff_t kRow = row;
        constexpr ptrdiff_t kHigh = row < 2 ? kRow + 4 : kRow;  // any row in the lanes that are not stored
        in.v[row] = load_halves(from + kRow * row_stride, from + kHigh * row_stride);
      });
      const Quads out = transpose_quads(in);
      unroll<4>([&](auto step) OTTAVA_INLINE_LAMBDA {
        const __m256i unit = _mm256_xor_si256(out.v[step], flip);
        store_16(to + step * kRows * kKr, half(unit, Index<0>{}));
        store_8(to + step * kRows * kKr + 16, half(unit, Index<1>{}));
        sum = add(sum, unit);
      });
    }
    // The last two lanes are none of this panel's.
    Dot256::add_to(sums, _mm256_and_si256(sum, _mm256_setr_epi32(-1, -1, -1, -1, -1, -1, 0, 0)));
  }

  // A panel of the low half and one of the high half at once: rows 0 to 3, then 4 and 5; or 6 to 9, then 10 and 11.
  template <bool kWhole>
  OTTAVA_PACK_LOOP static void across(const uint8_t* from, ptrdiff_t depth_stride, size_t steps, uint8_t* to,
                                      size_t panel_stride, size_t rows, uint8_t flip_byte, int32_t* sums) {
    const __m256i flip = Dot256::broadcast_byte(flip_byte);
    __m256i sum[3] = {};
    for (; steps > 0; --steps, from += 4 * depth_stride, to += kRows * kKr) {
      Quads in;
      unroll<4>([&](auto k) OTTAVA_INLINE_LAMBDA {
        const uint8_t* const at = from + static_cast<ptrdiff_t>(size_t{k}) * depth_stride;
        in.v[k] = _mm256_xor_si256(load_halves(at, at + 2 * kRows), flip);
      });
      const Quads quads = interleave_bytes(in);
      unroll<3>([&](auto i) OTTAVA_INLINE_LAMBDA { sum[i] = add(sum[i], quads.v[i]); });
      const __m256i fours[2] = {quads.v[0], _mm256_alignr_epi8(quads.v[2], quads.v[1], 8)};
      const __m256i twos[2] = {quads.v[1], _mm256_unpackhi_epi64(quads.v[2], quads.v[2])};
      unroll<kGroup>([&](auto panel) OTTAVA_INLINE_LAMBDA {
        if (!kWhole && panel * kRows >= rows) return;
        uint8_t* const unit = to + panel * panel_stride;
        store_16(unit, half(fours[panel % 2], Index<panel / 2>{}));
        store_8(unit + 16, half(twos[panel % 2], Index<panel / 2>{}));
      });
    }
    unroll<3>([&](auto i) OTTAVA_INLINE_LAMBDA {
      add_half_to(sums + i * 4, half(sum[i], Index<0>{}));
      add_half_to(sums + 2 * kRows + i * 4, half(sum[i], Index<1>{}));
    });
  }

  static void general(const PackArgs* args) { pack_u8(args); }
};

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_X86_AVXVNNI_QUAD_PANELS_H_
