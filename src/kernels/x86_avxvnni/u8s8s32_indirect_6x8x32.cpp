// AVX-VNNI kernel, u8 x s8, 6 x 8 tile, 32 depths a step, lhs read in place through row pointers: for outputs of few
// channels. Other kernels have a channel in each lane, most of which would be idle here, and too few sums for the
// latency of vpdpbusd; this one has depths in the lanes, a vector of a row by one of a channel, and adds up the lanes
// of each sum at the end. dot.h says why vpdpbusd is exact.
//
// Read Block: kRows rows by kColumns channels, the sums of which stay in registers; then sum_columns, which cuts the
// tile into blocks. x86_avx2/depths_in_lanes.h does the rest.
//
// Registers of the largest blocks, 3 x 4 and 6 x 2: 12 sums, 3 rows or 2 channels, the sign flip. A step of 3 x 4: 384
// MAC in 7 loads + 3 vpxor + 12 vpdpbusd; 6 cycles where vpdpbusd issues twice a cycle.
#include "kernels/kernel.h"
#include "kernels/pack.h"
#include "kernels/unroll.h"
#include "kernels/x86_avx2/depths_in_lanes.h"
#include "kernels/x86_avx2/load_few.h"
#include "kernels/x86_avxvnni/dot.h"

namespace ottava {
namespace {

constexpr size_t kNr = 8;
constexpr size_t kKr = 32;
constexpr size_t kHalf = 16;  // bytes of half a vector
constexpr size_t kFour = 4;   // channels whose lanes are added up at once

// The sum of the lanes of each.
OTTAVA_INLINE __m128i sums_of_four(__m256i a, __m256i b, __m256i c, __m256i d) {
  const __m256i ab = _mm256_add_epi32(_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b));
  const __m256i cd = _mm256_add_epi32(_mm256_unpacklo_epi32(c, d), _mm256_unpackhi_epi32(c, d));
  const __m256i halves = _mm256_add_epi32(_mm256_unpacklo_epi64(ab, cd), _mm256_unpackhi_epi64(ab, cd));
  return _mm_add_epi32(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
}

// The end of a row, fewer bytes than a vector has. Of rows that have half a vector, its last bytes are loaded as half a
// vector that ends with the row, and moved to where they belong; zeros fill what is left.
class RowEnd {
 public:
  OTTAVA_INLINE explicit RowEnd(size_t depth)
      : depth_(depth),
        bytes_(depth % kKr),
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

template <size_t kRows, size_t kColumns>
struct Block {
  __m256i sums[kRows][kColumns];

  // The asm keeps a sum in one register: compilers would give it others behind each loop, and run out of them.
  OTTAVA_INLINE void add_dot(size_t i, size_t j, __m256i row, __m256i channel) {
    sums[i][j] = Dot256::add_dot(sums[i][j], row, channel);
    __asm__("" : "+x"(sums[i][j]));
  }

  // 32 depths of the channels at `rhs` by those of each row. The fewer operands stay in registers.
  template <class RowAt>
  OTTAVA_INLINE void add_step(const uint8_t* rhs, RowAt row_at) {
    if constexpr (kRows <= kColumns) {
      __m256i rows[kRows];
      unroll<kRows>([&](auto i) OTTAVA_INLINE_LAMBDA { rows[i] = row_at(i); });
      unroll<kColumns>([&](auto j) OTTAVA_INLINE_LAMBDA {
        unroll<kRows>([&](auto i) OTTAVA_INLINE_LAMBDA { add_dot(i, j, rows[i], Dot256::load(rhs + j * kKr)); });
      });
    } else {
      __m256i channels[kColumns];
      unroll<kColumns>([&](auto j) OTTAVA_INLINE_LAMBDA { channels[j] = Dot256::load(rhs + j * kKr); });
      unroll<kRows>([&](auto i) OTTAVA_INLINE_LAMBDA {
        const __m256i row = row_at(i);
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
        return _mm256_setzero_si256();
      }
    };
    return sums_of_four(at(Index<0>{}), at(Index<1>{}), at(Index<2>{}), at(Index<3>{}));
  }

  // The first of m rows of the tile are at `rows`, and so they are in every position. Sums are stored four at a time.
  static OTTAVA_INLINE void run(const TileArgs& args, const uint8_t* rhs, const uint8_t* const* rows, size_t m,
                                int32_t* to) {
    Block block = {};
    const __m256i flip = Dot256::broadcast_byte(static_cast<uint8_t>(args.sign_flip));
    const RowEnd end(args.depth);
    for (size_t position = 0; position < args.positions; ++position, rows += m) {
      const uint8_t* from[kRows];
      unroll<kRows>([&](auto i) OTTAVA_INLINE_LAMBDA { from[i] = rows[i]; });
      size_t k = 0;
      for (size_t steps = args.depth / kKr; steps != 0; --steps, k += kKr, rhs += kNr * kKr) {
        block.add_step(
            rhs, [&](auto i) OTTAVA_INLINE_LAMBDA { return Dot256::exclusive_or(Dot256::load(from[i] + k), flip); });
      }
      if (end.empty()) continue;
      block.add_step(rhs, [&](auto i) OTTAVA_INLINE_LAMBDA { return Dot256::exclusive_or(end.load(from[i]), flip); });
      rhs += kNr * kKr;
    }
    unroll<kRows>([&](auto i) OTTAVA_INLINE_LAMBDA {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i * kNr), block.template four_of_row<0>(i));
      if constexpr (kColumns > kFour) {
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i * kNr + kFour), block.template four_of_row<kFour>(i));
      }
    });
  }
};

// Rows of a block, by its channels.
constexpr size_t kMostRows[kFour + 1] = {0, 6, 6, 3, 3};

// All rows of the tile by kColumns channels, up to four.
template <size_t kColumns>
OTTAVA_INLINE void sum_block_columns(const TileArgs& args, const uint8_t* rhs, const uint8_t* const* rows, size_t m,
                                     int32_t* sums) {
  constexpr size_t kRows = kMostRows[kColumns];
  size_t row = 0;
  const auto run_block = [&](auto count) OTTAVA_INLINE_LAMBDA {
    Block<decltype(count)::value, kColumns>::run(args, rhs, rows + row, m, sums + row * kNr);
    row += count;
  };
  while (row + kRows <= m) run_block(Index<kRows>{});
  while (row + 2 <= m) run_block(Index<2>{});
  if (row < m) run_block(Index<1>{});
}

// Likewise of any number: the first four, then the others. A lone row takes all of them at once.
template <size_t kColumns>
void sum_columns(const TileArgs& args, const uint8_t* rhs, const uint8_t* const* rows, size_t m, int32_t* sums) {
  if constexpr (kColumns <= kFour) {
    sum_block_columns<kColumns>(args, rhs, rows, m, sums);
  } else {
    if (m == 1) return Block<1, kColumns>::run(args, rhs, rows, m, sums);
    sum_block_columns<kFour>(args, rhs, rows, m, sums);
    sum_block_columns<kColumns - kFour>(args, rhs + kFour * kKr, rows, m, sums + kFour);
  }
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

const RhsLayout s8_8x32_x86_avxvnni = {Element::s8, kNr, kKr, pack_s8};

constexpr Kernel entry() {
  Kernel kernel =
      lanes_kernel<Tile>("u8s8s32_indirect_6x8x32_x86_avxvnni", Isa::x86_avxvnni, s8_8x32_x86_avxvnni, *Avx2::quantize);
  kernel.min_depth = 48;
  kernel.min_depth_per_channel = 34;
  kernel.most_channels = 4;  // more are as fast in lanes of their own
  return kernel;
}

}  // namespace

extern const Kernel kernel_u8s8s32_indirect_6x8x32_x86_avxvnni = entry();

}  // namespace ottava
