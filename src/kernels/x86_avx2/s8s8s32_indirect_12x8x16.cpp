// AVX2 kernel, s8 x s8, 12 x 8 tile, 16 depths a step, lhs read in place through row pointers: for outputs of few
// channels. Other kernels have a channel in each lane, most of which would be idle here; this one has depths in the
// lanes, 16 of a row by 16 of a channel, and adds up the lanes of each sum at the end.
//
// Read Block: kRows rows by kColumns channels, the sums of which stay in registers; then run, which cuts the tile into
// blocks.
//
// Registers of the largest blocks, 3 x 3: 9 sums, 3 vectors of a row, 1 of a channel, 1 product.
// A step of it: 144 MAC in 6 vpmovsxbw + 3 vpxor + 9 vpmaddwd + 9 vpaddd. vpmaddwd of widened s8 is exact, see pairs.h.
#include "kernels/kernel.h"
#include "kernels/pack.h"
#include "kernels/unroll.h"
#include "kernels/x86_avx2/load_few.h"
#include "kernels/x86_avx2/vector_operations.h"

namespace ottava {
namespace {

constexpr size_t kMr = 12;
constexpr size_t kNr = 8;
constexpr size_t kKr = 16;

// Channels of a block, as a tile of n has them: one block of up to 4, or two of half of them.
constexpr size_t kMostColumns = 4;
// Rows of a block, by its channels: no more sums than leave registers for their operands.
constexpr size_t kMostRows[kMostColumns + 1] = {0, 6, 4, 3, 2};

template <size_t kRows, size_t kColumns>
struct Block {
  __m256i sums[kRows][kColumns];

  // 16 depths of each channel at `rhs` by those of each row.
  template <class RowAt>
  OTTAVA_INLINE void add_step(const uint8_t* rhs, __m128i flip, RowAt row_at) {
    __m256i rows[kRows];
    unroll<kRows>([&](auto i) OTTAVA_INLINE_LAMBDA { rows[i] = _mm256_cvtepi8_epi16(_mm_xor_si128(row_at(i), flip)); });
    unroll<kColumns>([&](auto j) OTTAVA_INLINE_LAMBDA {
      const __m256i channel = _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(rhs + j * kKr)));
      unroll<kRows>([&](auto i) OTTAVA_INLINE_LAMBDA {
        sums[i][j] = _mm256_add_epi32(sums[i][j], _mm256_madd_epi16(rows[i], channel));
      });
    });
  }

  // The lanes of the sums of row i added up: one of four lanes for each channel, 0 where there is none.
  OTTAVA_INLINE __m128i of_row(size_t i) const {
    const auto at = [&](auto j) OTTAVA_INLINE_LAMBDA {
      if constexpr (j < kColumns) {
        return sums[i][j];
      } else {
        return _mm256_setzero_si256();
      }
    };
    const __m256i pairs = _mm256_hadd_epi32(at(Index<0>{}), at(Index<1>{}));
    const __m256i others = kColumns > 2 ? _mm256_hadd_epi32(at(Index<2>{}), at(Index<3>{})) : _mm256_setzero_si256();
    const __m256i fours = _mm256_hadd_epi32(pairs, others);
    return _mm_add_epi32(_mm256_castsi256_si128(fours), _mm256_extracti128_si256(fours, 1));
  }

  static OTTAVA_INLINE void run(const TileArgs& args, size_t row, size_t column) {
    Block block = {};
    const uint8_t* const* rows = static_cast<const uint8_t* const*>(args.lhs) + row;
    const uint8_t* rhs = static_cast<const uint8_t*>(args.rhs) + column * kKr;
    const __m128i flip = _mm_set1_epi8(static_cast<char>(args.sign_flip));
    for (size_t position = 0; position < args.positions; ++position, rows += args.m) {
      const uint8_t* from[kRows];
      unroll<kRows>([&](auto i) OTTAVA_INLINE_LAMBDA { from[i] = rows[i]; });
      size_t k = 0;
      for (; k + kKr <= args.depth; k += kKr, rhs += kNr * kKr) {
        block.add_step(rhs, flip, [&](auto i) OTTAVA_INLINE_LAMBDA {
          return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from[i] + k));
        });
      }
      if (k == args.depth) continue;
      block.add_step(rhs, flip, [&](auto i) OTTAVA_INLINE_LAMBDA { return load_few(from[i] + k, args.depth - k); });
      rhs += kNr * kKr;
    }
    __m128i first = _mm_setzero_si128();
    if (args.bias != nullptr) first = _mm_loadu_si128(reinterpret_cast<const __m128i*>(args.bias + column));
    unroll<kRows>([&](auto i) OTTAVA_INLINE_LAMBDA {
      __m128i* const to = reinterpret_cast<__m128i*>(args.acc + (row + i) * kNr + column);
      _mm_storeu_si128(to, _mm_add_epi32(args.accumulate != 0 ? _mm_loadu_si128(to) : first, block.of_row(i)));
    });
  }
};

// All rows by kColumns channels. What a block writes beyond its channels is overwritten by the next one, or added to as
// 0.
template <size_t kColumns>
void run_columns(const TileArgs& args, size_t column) {
  constexpr size_t kRows = kMostRows[kColumns];
  size_t row = 0;
  for (; row + kRows <= args.m; row += kRows) Block<kRows, kColumns>::run(args, row, column);
  if constexpr (kRows > 2) {
    for (; row + 2 <= args.m; row += 2) Block<2, kColumns>::run(args, row, column);
  }
  if (row < args.m) Block<1, kColumns>::run(args, row, column);
}

void run(const TileArgs* args) {
  static constexpr void (*columns[])(const TileArgs&, size_t) = {nullptr, run_columns<1>, run_columns<2>,
                                                                 run_columns<3>, run_columns<4>};
  const size_t first = args->n <= kMostColumns ? args->n : (args->n + 1) / 2;
  columns[first](*args, 0);
  if (first < args->n) columns[args->n - first](*args, first);
}

const RhsLayout s8_8x16_x86_avx2 = {Element::s8, kNr, kKr, pack_s8};

constexpr Kernel entry() {
  Kernel kernel = {"s8s8s32_indirect_12x8x16_x86_avx2",
                   Isa::x86_avx2,
                   LhsForm::indirect,
                   Element::s8,
                   uint16_t{kMr},
                   &s8_8x16_x86_avx2,
                   nullptr,
                   Avx2::stages,
                   Avx2::quantize,
                   {run}};
  kernel.bias_initialized = true;
  kernel.min_depth = 24;
  kernel.min_depth_per_channel = 14;
  kernel.most_channels = 6;  // two blocks of four are slower than channels in lanes
  return kernel;
}

}  // namespace

extern const Kernel kernel_s8s8s32_indirect_12x8x16_x86_avx2 = entry();

}  // namespace ottava
