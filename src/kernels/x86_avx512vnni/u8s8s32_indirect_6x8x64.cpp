// AVX512-VNNI kernel, u8 x s8, 6 x 8 tile, 64 depths a step, lhs read in place through row pointers: for outputs of few
// channels. Other kernels have a channel in each lane, most of which would be idle here; this one has depths in the
// lanes, a vector of a row by one of a channel, and adds up the lanes of each sum at the end. dot.h says why vpdpbusd
// is exact.
//
// Read Block: kRows rows by kColumns channels, the sums of which stay in registers; then Tile::sum, which cuts the tile
// into blocks. x86_avx2/depths_in_lanes.h does the rest.
//
// Registers of the largest blocks, 6 x 4 and 3 x 8: 24 sums, 4 channels or 3 rows, 1 row or channel, the sign flip.
// A step of 3 x 8: 1536 MAC in 11 loads + 3 vpxord + 24 vpdpbusd. A step of 6 x 1: 384 MAC in 7 loads + 6 vpxord + 6
// vpdpbusd, so that rows are read as fast as the cache delivers them.
#include "kernels/kernel.h"
#include "kernels/pack.h"
#include "kernels/unroll.h"
#include "kernels/x86_avx2/depths_in_lanes.h"
#include "kernels/x86_avx512vnni/output_stage.h"

#if !defined(__AVX512VNNI__)
#error "compile this file with -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni"
#endif

namespace ottava {
namespace {

constexpr size_t kNr = 8;
constexpr size_t kKr = 64;
constexpr size_t kFour = 4;  // channels whose lanes are added up at once

// The sum of the lanes of each.
OTTAVA_INLINE __m128i sums_of_four(__m512i a, __m512i b, __m512i c, __m512i d) {
  const __m512i ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
  const __m512i cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
  const __m512i blocks = _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
  const __m256i two = _mm256_add_epi32(_mm512_castsi512_si256(blocks), _mm512_extracti64x4_epi64(blocks, 1));
  return _mm_add_epi32(_mm256_castsi256_si128(two), _mm256_extracti128_si256(two, 1));
}

template <size_t kRows, size_t kColumns>
struct Block {
  __m512i sums[kRows][kColumns];

  // The asm keeps a sum in one register: compilers would give it others behind each loop, and run out of them.
  OTTAVA_INLINE void add_dot(size_t i, size_t j, __m512i row, __m512i channel) {
    sums[i][j] = _mm512_dpbusd_epi32(sums[i][j], row, channel);
    __asm__("" : "+v"(sums[i][j]));
  }

  // 64 depths of the channels at `rhs` by those of each row. The fewer operands stay in registers.
  template <class RowAt>
  OTTAVA_INLINE void add_step(const uint8_t* rhs, RowAt row_at) {
    if constexpr (kRows <= kColumns) {
      __m512i rows[kRows];
      unroll<kRows>([&](auto i) OTTAVA_INLINE_LAMBDA { rows[i] = row_at(i); });
      unroll<kColumns>([&](auto j) OTTAVA_INLINE_LAMBDA {
        const __m512i channel = _mm512_loadu_si512(rhs + j * kKr);
        unroll<kRows>([&](auto i) OTTAVA_INLINE_LAMBDA { add_dot(i, j, rows[i], channel); });
      });
    } else {
      __m512i channels[kColumns];
      unroll<kColumns>([&](auto j) OTTAVA_INLINE_LAMBDA { channels[j] = _mm512_loadu_si512(rhs + j * kKr); });
      unroll<kRows>([&](auto i) OTTAVA_INLINE_LAMBDA {
        const __m512i row = row_at(i);
        unroll<kColumns>([&](auto j) OTTAVA_INLINE_LAMBDA { add_dot(i, j, row, channels[j]); });
      });
    }
  }

  // The sums of row i with four channels from kFirst on, 0 where there is none.
  template <size_t kFirst>
  OTTAVA_INLINE __m128i four_of_row(size_t i) const {
    const auto at = [&](auto j) OTTAVA_INLINE_LAMBDA {
      if constexpr (kFirst + j < kColumns) {
        return sums[i][kFirst + j];
      } else {
        return _mm512_setzero_si512();
      }
    };
    if constexpr (kFirst >= kColumns) return _mm_setzero_si128();
    return sums_of_four(at(Index<0>{}), at(Index<1>{}), at(Index<2>{}), at(Index<3>{}));
  }

  // The first of m rows of the tile are at `rows`, and so they are in every position.
  static OTTAVA_INLINE void run(const TileArgs& args, const uint8_t* rhs, const uint8_t* const* rows, size_t m,
                                int32_t* to) {
    Block block = {};
    const __m512i flip = _mm512_set1_epi8(static_cast<char>(args.sign_flip));
    const size_t part = args.depth % kKr;
    const __mmask64 valid = (uint64_t{1} << part) - 1;
    for (size_t position = 0; position < args.positions; ++position, rows += m) {
      const uint8_t* from[kRows];
      unroll<kRows>([&](auto i) OTTAVA_INLINE_LAMBDA { from[i] = rows[i]; });
      size_t k = 0;
      for (size_t steps = args.depth / kKr; steps != 0; --steps, k += kKr, rhs += kNr * kKr) {
        block.add_step(
            rhs, [&](auto i) OTTAVA_INLINE_LAMBDA { return _mm512_xor_si512(_mm512_loadu_si512(from[i] + k), flip); });
      }
      if (part == 0) continue;
      block.add_step(rhs, [&](auto i) OTTAVA_INLINE_LAMBDA {
        return _mm512_xor_si512(_mm512_maskz_loadu_epi8(valid, from[i] + k), flip);
      });
      rhs += kNr * kKr;
    }
    unroll<kRows>([&](auto i) OTTAVA_INLINE_LAMBDA {
      const __m256i first = _mm256_castsi128_si256(block.template four_of_row<0>(i));
      Avx2::store_32(to + i * kNr, _mm256_inserti128_si256(first, block.template four_of_row<kFour>(i), 1));
    });
  }
};

// All rows of the tile by kColumns channels.
template <size_t kColumns>
void sum_columns(const TileArgs& args, const uint8_t* rhs, const uint8_t* const* rows, size_t m, int32_t* sums) {
  constexpr size_t kRows = kColumns <= kFour ? 6 : 3;
  size_t row = 0;
  const auto run_block = [&](auto count) OTTAVA_INLINE_LAMBDA {
    Block<decltype(count)::value, kColumns>::run(args, rhs, rows + row, m, sums + row * kNr);
    row += count;
  };
  while (row + kRows <= m) run_block(Index<kRows>{});
  while (row + 2 <= m) run_block(Index<2>{});
  if (row < m) run_block(Index<1>{});
}

struct Tile {
  static constexpr size_t kMr = 6;
  static constexpr size_t kNr = 8;

  static OTTAVA_INLINE void sum(const TileArgs& args, const uint8_t* rhs, size_t n, const void* lhs, size_t m,
                                int32_t* sums) {
    static constexpr void (*columns[])(const TileArgs&, const uint8_t*, const uint8_t* const*, size_t, int32_t*) = {
        sum_columns<1>, sum_columns<2>, sum_columns<3>, sum_columns<4>,
        sum_columns<5>, sum_columns<6>, sum_columns<7>, sum_columns<8>};
    columns[n - 1](args, rhs, static_cast<const uint8_t* const*>(lhs), m, sums);
  }
};

const RhsLayout s8_8x64_x86_avx512vnni = {Element::s8, kNr, kKr, pack_s8};

constexpr Kernel entry() {
  Kernel kernel = lanes_kernel<Tile>("u8s8s32_indirect_6x8x64_x86_avx512vnni", Isa::x86_avx512vnni,
                                     s8_8x64_x86_avx512vnni, x86_avx512vnni_quantize);
  kernel.min_depth = 40;
  kernel.min_depth_per_channel = 40;
  kernel.most_channels = 8;
  return kernel;
}

}  // namespace

extern const Kernel kernel_u8s8s32_indirect_6x8x64_x86_avx512vnni = entry();

}  // namespace ottava
