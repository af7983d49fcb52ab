// Packing with AVX-512: the inner loops of kernels/pack_walk.h for panels of 4 depths a step.
//
// Read along_chunks first: 4 * kBlocks rows by 16 depths in 4 registers, whose quads are transposed in two rounds of
// interleaving. Where rows lie side by side, in across(), such two rounds make quads of the bytes of four depths.
//
// vpdpbusd with ones adds up quads: its sums lie as the rows do.
#include "kernels/x86_avx512vnni/pack.h"

#include "kernels/pack.h"
#include "kernels/unroll.h"
#include "kernels/x86_avx512vnni/dot.h"
#include "kernels/x86_avxvnni/quads.h"

namespace ottava {
namespace {

OTTAVA_INLINE __m128i load_16(const uint8_t* from) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)); }

// Block `kBlock` of `v` replaced from memory: a masked load, no shuffle.
template <size_t kBlock>
OTTAVA_INLINE __m512i with_block(__m512i v, const uint8_t* from) {
  return _mm512_mask_broadcast_i32x4(v, static_cast<__mmask16>(0xF << (4 * kBlock)), load_16(from));
}

// 1 to 64 bytes; what becomes zero for the rest.
OTTAVA_INLINE __m512i load_few(const uint8_t* from, size_t bytes, __m512i flip) {
  return _mm512_mask_loadu_epi8(flip, ~uint64_t{0} >> (64 - bytes), from);
}

// kChunks times 16 depths of 4 * kBlocks rows. Row by row, as rows some pages apart share the sets of a cache: with
// four chunks a line is read whole before others drive it out.
template <size_t kBlocks, size_t kChunks, class Panel>
OTTAVA_INLINE void along_chunks(const uint8_t* from, ptrdiff_t row_stride, uint8_t* to, __m512i flip, __m512i* sum) {
  Quads in[kChunks];
  unroll<4 * kBlocks>([&](auto row) OTTAVA_INLINE_LAMBDA {
    const uint8_t* const at = from + static_cast<ptrdiff_t>(size_t{row}) * row_stride;
    unroll<kChunks>([&](auto c) OTTAVA_INLINE_LAMBDA {
      __m512i& v = in[c].v[row % 4];
      if constexpr (row < 4) {
        v = _mm512_broadcast_i32x4(load_16(at + c * Panel::kVector));
      } else {
        v = with_block<row / 4>(v, at + c * Panel::kVector);
      }
    });
  });
  unroll<kChunks>([&](auto c) OTTAVA_INLINE_LAMBDA {
    const Quads out = transpose_quads(in[c]);
    unroll<4>([&](auto step) OTTAVA_INLINE_LAMBDA {
      const __m512i unit = _mm512_xor_si512(out.v[step], flip);
      Panel::store(to + (c * 4 + step) * Panel::kRows * Panel::kKr, unit);
      *sum = Panel::add(*sum, unit);
    });
  });
}

// 32 rows: two registers a step; a group is two panels, one line of 64 bytes.
struct Rhs : BytePanel<4> {
  static constexpr size_t kRows = 32;
  static constexpr size_t kGroup = 2;
  static constexpr size_t kSpan = 64;
  static constexpr size_t kLanes = 64;
  static constexpr bool kMasked = true;

  static OTTAVA_INLINE void store(uint8_t* to, __m512i unit) { Dot512::store_32(to, unit); }
  static OTTAVA_INLINE __m512i add(__m512i sum, __m512i unit) {
    return Dot512::add_dot(sum, Dot512::broadcast_byte(1), unit);
  }

  OTTAVA_PACK_LOOP static void along(const uint8_t* from, ptrdiff_t row_stride, size_t vectors, uint8_t* to,
                                     uint8_t flip_byte, int32_t* sums) {
    const __m512i flip = Dot512::broadcast_byte(flip_byte);
    __m512i sum[2] = {};
    for (; vectors >= 4; vectors -= 4, from += 4 * kVector, to += 4 * kVector * kRows) {
      along_chunks<4, 4, Rhs>(from, row_stride, to, flip, &sum[0]);
      along_chunks<4, 4, Rhs>(from + 16 * row_stride, row_stride, to + 64, flip, &sum[1]);
    }
    for (; vectors > 0; --vectors, from += kVector, to += kVector * kRows) {
      along_chunks<4, 1, Rhs>(from, row_stride, to, flip, &sum[0]);
      along_chunks<4, 1, Rhs>(from + 16 * row_stride, row_stride, to + 64, flip, &sum[1]);
    }
    Dot512::add_to(sums, sum[0]);
    Dot512::add_to(sums + 16, sum[1]);
  }

  // Dwords L, L + 4, L + 8 and L + 12 go to block L: interleaving within blocks then yields 16 rows in order.
  template <bool kWhole>
  OTTAVA_PACK_LOOP static void across(const uint8_t* from, ptrdiff_t depth_stride, size_t steps, uint8_t* to,
                                      size_t panel_stride, size_t rows, uint8_t flip_byte, int32_t* sums) {
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    const __m512i flip = Dot512::broadcast_byte(flip_byte);
    __m512i sum[4] = {};
    for (; steps > 0; --steps, from += 4 * depth_stride, to += kRows * kKr) {
      Quads in;
      unroll<4>([&](auto k) OTTAVA_INLINE_LAMBDA {
        const uint8_t* const at = from + static_cast<ptrdiff_t>(size_t{k}) * depth_stride;
        in.v[k] = _mm512_permutexvar_epi32(order, kWhole ? Dot512::load(at) : load_few(at, rows, flip));
      });
      const Quads out = interleave_bytes(in);
      unroll<4>([&](auto i) OTTAVA_INLINE_LAMBDA {
        const __m512i unit = _mm512_xor_si512(out.v[i], flip);
        if (kWhole || i / 2 * kRows < rows) store(to + i / 2 * panel_stride + i % 2 * 64, unit);
        sum[i] = add(sum[i], unit);
      });
    }
    unroll<4>([&](auto i) OTTAVA_INLINE_LAMBDA { Dot512::add_to(sums + i * 16, sum[i]); });
  }

  static void general(const PackArgs* args) { pack_s8(args); }
};

// 12 rows: three blocks of a register; a group is four panels, 48 bytes of each depth.
struct Lhs : BytePanel<4> {
  static constexpr size_t kRows = 12;
  static constexpr size_t kGroup = 4;
  static constexpr size_t kSpan = 48;
  static constexpr size_t kLanes = 64;  // 4 behind the last panel
  static constexpr bool kMasked = true;

  static OTTAVA_INLINE void store(uint8_t* to, __m512i unit) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm512_castsi512_si256(unit));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + 32), _mm512_extracti32x4_epi32(unit, 2));
  }
  static OTTAVA_INLINE __m512i add(__m512i sum, __m512i unit) {
    return Dot512::add_dot(sum, unit, Dot512::broadcast_byte(1));
  }
  // Only the lanes of a panel: those behind belong to the next one.
  static OTTAVA_INLINE void add_rows(int32_t* sums, __m512i sum) {
    Dot512::add_to(sums, _mm512_maskz_mov_epi32(0x0FFF, sum));
  }

  OTTAVA_PACK_LOOP static void along(const uint8_t* from, ptrdiff_t row_stride, size_t vectors, uint8_t* to,
                                     uint8_t flip_byte, int32_t* sums) {
    const __m512i flip = Dot512::broadcast_byte(flip_byte);
    __m512i sum = _mm512_setzero_si512();
    for (; vectors >= 4; vectors -= 4, from += 4 * kVector, to += 4 * kVector * kRows) {
      along_chunks<3, 4, Lhs>(from, row_stride, to, flip, &sum);
    }
    for (; vectors > 0; --vectors, from += kVector, to += kVector * kRows) {
      along_chunks<3, 1, Lhs>(from, row_stride, to, flip, &sum);
    }
    add_rows(sums, sum);
  }

  // Dword 3 p + L goes to place p of block L: interleaving within blocks then yields the 12 rows of panel p.
  template <bool kWhole>
  OTTAVA_PACK_LOOP static void across(const uint8_t* from, ptrdiff_t depth_stride, size_t steps, uint8_t* to,
                                      size_t panel_stride, size_t rows, uint8_t flip_byte, int32_t* sums) {
    const __m512i order = _mm512_setr_epi32(0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11, 12, 12, 12, 12);
    const __m512i flip = Dot512::broadcast_byte(flip_byte);
    __m512i sum[4] = {};
    for (; steps > 0; --steps, from += 4 * depth_stride, to += kRows * kKr) {
      Quads in;
      unroll<4>([&](auto k) OTTAVA_INLINE_LAMBDA {
        const uint8_t* const at = from + static_cast<ptrdiff_t>(size_t{k}) * depth_stride;
        in.v[k] =
            _mm512_permutexvar_epi32(order, kWhole ? _mm512_maskz_loadu_epi32(0x0FFF, at) : load_few(at, rows, flip));
      });
      const Quads out = interleave_bytes(in);
      unroll<4>([&](auto p) OTTAVA_INLINE_LAMBDA {
        const __m512i unit = _mm512_xor_si512(out.v[p], flip);
        if (kWhole || p * kRows < rows) store(to + p * panel_stride, unit);
        sum[p] = add(sum[p], unit);
      });
    }
    unroll<4>([&](auto p) OTTAVA_INLINE_LAMBDA { add_rows(sums + p * kRows, sum[p]); });
  }

  static void general(const PackArgs* args) { pack_u8(args); }
};

}  // namespace

void pack_u8_12x4_x86_avx512vnni(const PackArgs* args) { pack_panels<Lhs>(args); }

const RhsLayout s8_32x4_x86_avx512vnni = {Element::s8, 32, 4, pack_panels<Rhs>};

}  // namespace ottava
