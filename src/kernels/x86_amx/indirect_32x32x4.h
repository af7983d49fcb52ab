// The AMX kernels, 32 x 32 tile, 4 depths a step, lhs read in place through row pointers. Its rhs panels are those of
// x86_avx512vnni: 16 steps of one are, 128 bytes apart, the rows of two tiles of 16 channels.
//
// tdpbusd and tdpbssd multiply a tile of 16 rows by 64 depths by one of 64 depths by 16 channels and add each product
// of two bytes into a lane of 32 bits modulo 2^32: exact, without a saturating step.
//
// Tiles, by number:
//
//     more than 16 rows         6     7   rhs      up to 16 rows              6     7   rhs
//     lhs, rows 0 to 15:    4   0     1            lhs, even 64 depths:   4   0     1
//     lhs, rows 16 to 31:   5   2     3            lhs, odd 64 depths:    5   2     3
//
// 64 depths of more than 16 rows are 32 x 32 x 64 MAC in 4 loads and 4 products, of which one begins every 16 cycles:
// 64 cycles, while the loads of 128 lines take 32. A product is done after 52 cycles, so that four chains hide it. Up
// to 16 rows have two sets of sums, added up in the end: four chains again, but now the loads are the limit, as they
// are of weights in memory.
//
// What was measured and is not done, on Granite Rapids: the output stage of one tile between the products of the next
// (they want the same ports), sums that begin with the bias (loading it takes as long as adding it), several tiles that
// share a part of a deep panel, and copies of rows that do not begin at lines of the cache (which take half as long
// again, but so does copying them).
//
// Read add_tall and add_flat, the two loops, then add_long and add_short, which bring the rows of a position into a
// form that a tile can load, then run.
//
// tileload wants rows that are equally far apart, as those of a matrix are. Others are copied, a few hundred depths at
// a time; so are rows whose signs are to be flipped, as a tile can be loaded from memory alone.
//
// Depths that are no multiple of 64. Up to 64 of them: tiles of just so many. More: the last ones are copied into rows
// of zeros that end with the panel, and multiplied by its last 16 steps once more. So nothing beyond a row or a panel
// is ever read.
//
// The compiler must know the numbers of tiles, hence the macro. In an anonymous namespace: files with different ISA
// flags share no code.
#ifndef OTTAVA_SRC_KERNELS_X86_AMX_INDIRECT_32X32X4_H_
#define OTTAVA_SRC_KERNELS_X86_AMX_INDIRECT_32X32X4_H_

#include <immintrin.h>

#include "kernels/kernel.h"
#include "kernels/x86_avx512vnni/output_stage.h"
#include "kernels/x86_avx512vnni/pack.h"

#if !defined(__AMX_INT8__) && !defined(__AMXINT8__) && !defined(OTTAVA_AMX_MODEL)
#error "compile this file with -mamx-tile -mamx-int8"
#endif

namespace ottava {
namespace {

constexpr size_t kMr = 32;
constexpr size_t kNr = 32;
constexpr size_t kKr = 4;

// Tiles of a smaller part than these do not pay for being set up.
constexpr uint16_t kMinDepth = 32;
constexpr uint16_t kMinM = 4;
constexpr uint16_t kMinN = 5;

constexpr size_t kTileRows = 16;
constexpr size_t kTileChannels = 16;
constexpr size_t kTileDepth = 64;  // of the lhs; bytes of a row of any tile
constexpr size_t kStepBytes = kNr * kKr;
constexpr size_t kTileSteps = kTileDepth / kKr;
constexpr size_t kTileBytes = kTileSteps * kStepBytes;  // of both rhs tiles
constexpr ptrdiff_t kRhsStride = kStepBytes;
constexpr ptrdiff_t kAccStride = kNr * sizeof(int32_t);
constexpr size_t kCopied = 4;  // lhs tiles side by side that are copied at a time

// What ldtilecfg reads.
struct alignas(64) TileConfig {
  uint8_t palette;
  uint8_t start_row;
  uint8_t reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
};
static_assert(sizeof(TileConfig) == 64, "");

// Where the rows of lhs tiles lie.
struct Rows {
  const uint8_t* at;
  ptrdiff_t stride;
};

// The intrinsics do not tell the compiler what memory they read.
OTTAVA_INLINE void settle(const void* memory) { __asm__ volatile("" : : "r"(memory) : "memory"); }

constexpr size_t packed_depth(size_t depth) { return (depth + kKr - 1) / kKr * kKr; }

// Tiles 0 to 3 are sums: of the upper rows and of the lower ones, or of one set and of the other; 4 and 5 the lhs
// likewise; 6 and 7 the rhs. They are cleared.
void prepare(const TileArgs* args) {
  const size_t upper = args->m < kTileRows ? args->m : kTileRows;
  const size_t lower = args->m > kTileRows ? args->m - kTileRows : args->m;
  size_t depth = packed_depth(args->depth);
  depth = depth == 0 ? kKr : depth < kTileDepth ? depth : kTileDepth;
  TileConfig config = {};
  config.palette = 1;
  for (size_t tile = 0; tile < 8; ++tile) {
    config.row_bytes[tile] = static_cast<uint16_t>(tile == 4 || tile == 5 ? depth : kTileDepth);
    config.rows[tile] = static_cast<uint8_t>(tile >= 6 ? depth / kKr : tile == 4 || tile < 2 ? upper : lower);
  }
  settle(&config);
  _tile_loadconfig(&config);
}

void release() { _tile_release(); }

// Whether rows are equally far apart, and how far.
OTTAVA_INLINE bool find_stride(const TileArgs& args, const uint8_t* const* rows, ptrdiff_t* stride) {
  const size_t m = args.m;
  *stride = m == 1 ? ptrdiff_t{kTileDepth} : static_cast<ptrdiff_t>(args.row_stride);
  if (*stride != 0) return true;
  const auto address = [&](size_t i) OTTAVA_INLINE_LAMBDA { return reinterpret_cast<uintptr_t>(rows[i]); };
  const uintptr_t step = address(1) - address(0);
  uintptr_t others = 0;
  for (size_t i = 2; i < m; ++i) others |= (address(i) - address(i - 1)) ^ step;
  *stride = static_cast<ptrdiff_t>(step);
  return others == 0;
}

// With so many rows as one tile holds, weights that come from memory are the limit: they are fetched two pages ahead,
// one line of every two, whose other one comes with it. Beyond the end of a panel lies the next one.
constexpr size_t kAhead = 8192;

// In integers: the address may lie beyond the panel.
OTTAVA_INLINE void prefetch_tiles(const uint8_t* rhs, size_t ahead) {
  for (size_t i = 0; i < kTileBytes; i += 128) {
    _mm_prefetch(reinterpret_cast<const char*>(reinterpret_cast<uintptr_t>(rhs) + ahead + i), _MM_HINT_T0);
  }
}

#define OTTAVA_TILE_DOT(sum, lhs, rhs) \
  do {                                 \
    if constexpr (kLhs == Element::u8) \
      _tile_dpbusd(sum, lhs, rhs);     \
    else                               \
      _tile_dpbssd(sum, lhs, rhs);     \
  } while (0)

// More than 16 rows, `tiles` times the depths of a tile. Up to 16 channels leave the right half of the panel out.
template <Element kLhs>
OTTAVA_INLINE void add_tall(Rows lhs, const uint8_t* rhs, size_t tiles, size_t n) {
  const uint8_t* lower = lhs.at + static_cast<ptrdiff_t>(kTileRows) * lhs.stride;
  if (n <= kTileChannels) {
    for (; tiles > 0; --tiles, lhs.at += kTileDepth, lower += kTileDepth, rhs += kTileBytes) {
      _tile_loadd(6, rhs, kRhsStride);
      _tile_loadd(4, lhs.at, lhs.stride);
      OTTAVA_TILE_DOT(0, 4, 6);
      _tile_loadd(5, lower, lhs.stride);
      OTTAVA_TILE_DOT(2, 5, 6);
    }
    return;
  }
  for (; tiles > 0; --tiles, lhs.at += kTileDepth, lower += kTileDepth, rhs += kTileBytes) {
    _tile_loadd(6, rhs, kRhsStride);
    _tile_loadd(4, lhs.at, lhs.stride);
    OTTAVA_TILE_DOT(0, 4, 6);
    _tile_loadd(7, rhs + 64, kRhsStride);
    OTTAVA_TILE_DOT(1, 4, 7);
    _tile_loadd(5, lower, lhs.stride);
    OTTAVA_TILE_DOT(2, 5, 6);
    OTTAVA_TILE_DOT(3, 5, 7);
  }
}

// Up to 16 rows: one tile's depths into one set of sums.
template <Element kLhs>
OTTAVA_INLINE void add_flat_even(Rows lhs, const uint8_t* rhs) {
  _tile_loadd(4, lhs.at, lhs.stride);
  _tile_loadd(6, rhs, kRhsStride);
  OTTAVA_TILE_DOT(0, 4, 6);
  _tile_loadd(7, rhs + 64, kRhsStride);
  OTTAVA_TILE_DOT(1, 4, 7);
}
template <Element kLhs>
OTTAVA_INLINE void add_flat_odd(Rows lhs, const uint8_t* rhs) {
  _tile_loadd(5, lhs.at, lhs.stride);
  _tile_loadd(6, rhs, kRhsStride);
  OTTAVA_TILE_DOT(2, 5, 6);
  _tile_loadd(7, rhs + 64, kRhsStride);
  OTTAVA_TILE_DOT(3, 5, 7);
}

template <Element kLhs>
OTTAVA_INLINE void add_flat(Rows lhs, const uint8_t* rhs, size_t tiles, size_t ahead) {
  for (; tiles > 1; tiles -= 2, lhs.at += 2 * kTileDepth, rhs += 2 * kTileBytes) {
    if (ahead != 0) prefetch_tiles(rhs, ahead);
    add_flat_even<kLhs>(lhs, rhs);
    if (ahead != 0) prefetch_tiles(rhs + kTileBytes, ahead);
    add_flat_odd<kLhs>({lhs.at + kTileDepth, lhs.stride}, rhs + kTileBytes);
  }
  if (tiles != 0) add_flat_even<kLhs>(lhs, rhs);
}

template <Element kLhs>
OTTAVA_INLINE void add_tiles(const TileArgs& args, Rows lhs, const uint8_t* rhs, size_t tiles) {
  if (args.m > kTileRows) {
    add_tall<kLhs>(lhs, rhs, tiles, args.n);
  } else {
    add_flat<kLhs>(lhs, rhs, tiles, args.fetch == Fetch::nothing ? 0 : kAhead);
  }
}

#undef OTTAVA_TILE_DOT

// A tile's row: `bytes` of them from `from` on behind `front` zeros, flipped, and zeros to its end. Nothing else is
// read, and the row is stored at once, as it will be loaded.
OTTAVA_INLINE void copy_row(uint8_t* to, const uint8_t* from, size_t bytes, size_t front, size_t flip) {
#if defined(__AVX512BW__)
  const __mmask64 valid = ~uint64_t{0} >> (kTileDepth - bytes) << front;
  const __m512i flips = _mm512_maskz_set1_epi8(valid, static_cast<char>(flip));
  _mm512_store_si512(to, _mm512_xor_si512(_mm512_maskz_loadu_epi8(valid, from - front), flips));
#else  // a model of the tiles, on a machine that has neither
  for (size_t i = 0; i < kTileDepth; ++i) to[i] = 0;
  for (size_t i = 0; i < bytes; ++i) to[front + i] = static_cast<uint8_t>(from[i] ^ flip);
#endif
}

// The last depths of rows that have more than one tile's: as tile rows that end where the panel does, so that what lies
// in front of these depths is zero.
struct TailRows {
  uint8_t bytes[kMr * kTileDepth];

  OTTAVA_INLINE void copy(const uint8_t* const* from, const TileArgs& args) {
    const size_t tail = args.depth % kTileDepth;
    settle(this);
    for (size_t i = 0; i < args.m; ++i) {
      copy_row(bytes + i * kTileDepth, from[i] + args.depth - tail, tail, kTileDepth - packed_depth(tail),
               args.sign_flip);
    }
    settle(this);
  }
};

// Rows that are not equally far apart, or must be flipped: a few tiles' depths of them side by side.
OTTAVA_NOINLINE void copy_tiles(const uint8_t* const* from, const TileArgs& args, size_t k, size_t tiles, uint8_t* to) {
  settle(to);
  for (size_t i = 0; i < args.m; ++i, to += kCopied * kTileDepth) {
    for (size_t tile = 0; tile < tiles; ++tile) {
      copy_row(to + tile * kTileDepth, from[i] + k + tile * kTileDepth, kTileDepth, 0, args.sign_flip);
    }
  }
  settle(to);
}

// Up to 64 depths of each row.
template <Element kLhs>
OTTAVA_INLINE void add_short(const TileArgs& args, const uint8_t* const* rows, const uint8_t* rhs) {
  Rows lhs = {rows[0], 0};
  alignas(64) uint8_t copy[kMr][kTileDepth];
  if (!find_stride(args, rows, &lhs.stride) || args.sign_flip != 0 || args.depth % kKr != 0) {
    settle(copy);
    for (size_t i = 0; i < args.m; ++i) copy_row(copy[i], rows[i], args.depth, 0, args.sign_flip);
    settle(copy);
    lhs = {copy[0], kTileDepth};
  }
  if (args.m > kTileRows) {
    add_tall<kLhs>(lhs, rhs, 1, args.n);
  } else {
    add_flat_even<kLhs>(lhs, rhs);
  }
}

template <Element kLhs>
OTTAVA_INLINE void add_copied(const TileArgs& args, const uint8_t* const* rows, const uint8_t* rhs, size_t tiles) {
  alignas(64) uint8_t copy[kMr * kCopied * kTileDepth];
  for (size_t done = 0; done < tiles; done += kCopied) {
    const size_t some = tiles - done < kCopied ? tiles - done : kCopied;
    copy_tiles(rows, args, done * kTileDepth, some, copy);
    add_tiles<kLhs>(args, {copy, kCopied * kTileDepth}, rhs + done * kTileBytes, some);
  }
}

template <Element kLhs>
OTTAVA_INLINE void add_long(const TileArgs& args, const uint8_t* const* rows, const uint8_t* rhs) {
  const size_t tiles = args.depth / kTileDepth;
  const bool tail = args.depth % kTileDepth != 0;
  alignas(64) TailRows last;
  if (tail) last.copy(rows, args);  // long before it is loaded again
  ptrdiff_t stride;
  if (find_stride(args, rows, &stride) && args.sign_flip == 0) {
    add_tiles<kLhs>(args, {rows[0], stride}, rhs, tiles);
  } else {
    add_copied<kLhs>(args, rows, rhs, tiles);
  }
  if (!tail) return;
  const uint8_t* const end = rhs + packed_depth(args.depth) / kKr * kStepBytes;
  const Rows lhs = {last.bytes, kTileDepth};
  if (args.m > kTileRows) {
    add_tall<kLhs>(lhs, end - kTileBytes, 1, args.n);
  } else {
    add_flat_odd<kLhs>(lhs, end - kTileBytes);
  }
}

// The sums of the second set, which lie in tiles 2 and 3.
OTTAVA_INLINE void add_second_set(const TileArgs& args) {
  alignas(64) int32_t second[kTileRows * kNr];
  _tile_stored(2, second, kAccStride);
  _tile_stored(3, second + kTileRows, kAccStride);
  settle(second);
  for (size_t i = 0; i < args.m * kNr; ++i) {
    args.acc[i] = static_cast<int32_t>(static_cast<uint32_t>(args.acc[i]) + static_cast<uint32_t>(second[i]));
  }
}

template <Element kLhs>
void run(const TileArgs* given) {
  const TileArgs args = *given;
  const bool tall = args.m > kTileRows;
  const bool is_long = args.depth > kTileDepth;
  int32_t* const lower = args.acc + kTileRows * kNr;
  if (args.accumulate != 0) {
    _tile_loadd(0, args.acc, kAccStride);
    _tile_loadd(1, args.acc + kTileRows, kAccStride);
  } else {
    _tile_zero(0);
    _tile_zero(1);
  }
  if (tall && args.accumulate != 0) {
    _tile_loadd(2, lower, kAccStride);
    _tile_loadd(3, lower + kTileRows, kAccStride);
  } else {
    _tile_zero(2);
    _tile_zero(3);
  }

  const uint8_t* const* rows = static_cast<const uint8_t* const*>(args.lhs);
  const uint8_t* rhs = static_cast<const uint8_t*>(args.rhs);
  for (size_t position = 0; args.depth != 0 && position < args.positions; ++position) {
    if (is_long) {
      add_long<kLhs>(args, rows, rhs);
    } else {
      add_short<kLhs>(args, rows, rhs);
    }
    rows += args.m;
    rhs += packed_depth(args.depth) * kNr;
  }

  const bool narrow = tall && args.n <= kTileChannels;
  _tile_stored(0, args.acc, kAccStride);
  if (!narrow) _tile_stored(1, args.acc + kTileRows, kAccStride);
  if (tall) {
    _tile_stored(2, lower, kAccStride);
    if (!narrow) _tile_stored(3, lower + kTileRows, kAccStride);
  } else if (is_long) {
    add_second_set(args);
  }
}

template <Element kLhs>
constexpr Kernel tiles_kernel(const char* name) {
  Kernel kernel = {
      name,    Isa::x86_amx,           LhsForm::indirect,        kLhs,       uint16_t{kMr}, &s8_32x4_x86_avx512vnni,
      nullptr, &x86_avx512vnni_stages, &x86_avx512vnni_quantize, {run<kLhs>}};
  kernel.prepare = prepare;
  kernel.release = release;
  kernel.min_depth = kMinDepth;
  kernel.min_m = kMinM;
  kernel.min_n = kMinN;
  return kernel;
}

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_X86_AMX_INDIRECT_32X32X4_H_
