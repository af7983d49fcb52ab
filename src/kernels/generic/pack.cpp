// Portable packing. Any panel and any strides, in plain loops; the panels of the kernels that have no packing of their
// own also in vectors of 128 bits where the compiler offers them, else in blocks where rows lie side by side. Sums are
// taken modulo 2^32.
#include "kernels/pack.h"

#include "kernels/generic/tile.h"
#include "kernels/pack_walk.h"

namespace ottava {
namespace {

OTTAVA_INLINE void add_to_sum(int32_t* sum, uint32_t more) {
  *sum = static_cast<int32_t>(static_cast<uint32_t>(*sum) + more);
}

// Canonical value of a raw byte.
template <class Canonical>
OTTAVA_INLINE Canonical canonical(uint8_t raw, uint8_t flip) {
  return static_cast<Canonical>(static_cast<uint8_t>(raw ^ flip));
}

// One row whose depths lie side by side; KR of them make one unit of the panel. Returns the row's sum.
template <class Canonical, class Stored, size_t KR>
OTTAVA_INLINE uint32_t pack_dense_row(const uint8_t* from, size_t depth, uint8_t flip, Stored* to, size_t step) {
  uint32_t sum = 0;
  size_t k = 0;
  for (; k + KR <= depth; k += KR, to += step) {
    for (size_t j = 0; j < KR; ++j) {
      const Canonical value = canonical<Canonical>(from[k + j], flip);
      to[j] = value;
      sum += static_cast<uint32_t>(value);
    }
  }
  if (k < depth) {
    for (size_t j = 0; j < KR; ++j) {
      const Canonical value = k + j < depth ? canonical<Canonical>(from[k + j], flip) : Canonical{0};
      to[j] = value;
      sum += static_cast<uint32_t>(value);
    }
  }
  return sum;
}

// As pack_dense_row, any KR.
template <class Canonical, class Stored>
uint32_t pack_dense_row(const uint8_t* from, size_t depth, uint8_t flip, Stored* to, size_t step, size_t kr) {
  uint32_t sum = 0;
  for (size_t k = 0; k < depth; k += kr, to += step) {
    for (size_t j = 0; j < kr; ++j) {
      const Canonical value = k + j < depth ? canonical<Canonical>(from[k + j], flip) : Canonical{0};
      to[j] = value;
      sum += static_cast<uint32_t>(value);
    }
  }
  return sum;
}

// kKrs: those with a loop of their own.
template <class Canonical, class Stored, size_t... kKrs>
void pack_dense(const PackArgs& args, Stored* to) {
  const size_t step = args.panel_rows * args.kr;
  for (size_t row = 0; row < args.rows; ++row) {
    const uint8_t* from =
        args.gathered != nullptr ? args.gathered[row] : args.from + static_cast<ptrdiff_t>(row) * args.row_stride;
    Stored* unit = to + row * args.kr;
    uint32_t sum = 0;
    const bool done =
        ((args.kr == kKrs &&
          (sum = pack_dense_row<Canonical, Stored, kKrs>(from, args.depth, args.flip, unit, step), true)) ||
         ...);
    if (!done) sum = pack_dense_row<Canonical>(from, args.depth, args.flip, unit, step, args.kr);
    if (args.row_sum != nullptr) add_to_sum(args.row_sum + row, sum);
  }
}

template <class Canonical, class Stored>
void pack_strided(const PackArgs& args, Stored* to) {
  const size_t padded_depth = (args.depth + args.kr - 1) / args.kr * args.kr;
  for (size_t k = 0; k < padded_depth; ++k) {
    Stored* unit = to + k / args.kr * args.panel_rows * args.kr + k % args.kr;
    if (k >= args.depth) {
      for (size_t row = 0; row < args.rows; ++row) unit[row * args.kr] = 0;
      continue;
    }
    const uint8_t* from = args.from + static_cast<ptrdiff_t>(k) * args.depth_stride;
    for (size_t row = 0; row < args.rows; ++row) {
      const Canonical value = canonical<Canonical>(from[static_cast<ptrdiff_t>(row) * args.row_stride], args.flip);
      unit[row * args.kr] = value;
      if (args.row_sum != nullptr) add_to_sum(args.row_sum + row, static_cast<uint32_t>(value));
    }
  }
}

template <class Canonical, class Stored, size_t... kKrs>
void pack(const PackArgs& args) {
  PackArgs panel = args;
  uint8_t* to = static_cast<uint8_t*>(args.to);
  for (size_t row = 0; row < args.rows; row += args.panel_rows, to += args.panel_stride) {
    if (args.gathered != nullptr) {
      panel.gathered = args.gathered + row;
    } else {
      panel.from = args.from + static_cast<ptrdiff_t>(row) * args.row_stride;
    }
    panel.rows = args.rows - row < args.panel_rows ? args.rows - row : args.panel_rows;
    panel.row_sum = args.row_sum == nullptr ? nullptr : args.row_sum + row;
    if (args.gathered != nullptr || args.depth_stride == 1) {
      pack_dense<Canonical, Stored, kKrs...>(panel, reinterpret_cast<Stored*>(to));
    } else {
      pack_strided<Canonical>(panel, reinterpret_cast<Stored*>(to));
    }
  }
}

// Any panel and strides.
void pack_any_s8(const PackArgs* args) { pack<int8_t, int8_t, 2, 4, 8, 16>(*args); }

#if OTTAVA_GENERIC_VECTORS

using generic::S16x8;
using generic::U16x8;
using generic::U32x4;
using generic::U64x2;
using generic::U8x16;

OTTAVA_INLINE U8x16 load_16(const uint8_t* from) {
  U8x16 v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}

// Adds a lane that is a signed sum.
OTTAVA_INLINE void add_wrapping(int32_t* sum, uint16_t lane) {
  add_to_sum(sum, static_cast<uint32_t>(static_cast<int16_t>(lane)));
}

OTTAVA_INLINE U16x8 zip_pairs(U16x8 a, U16x8 b, bool high) {
  return high ? __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
              : __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}
OTTAVA_INLINE U32x4 zip_fours(U16x8 a, U16x8 b, bool high) {
  const U32x4 x = reinterpret_cast<U32x4>(a), y = reinterpret_cast<U32x4>(b);
  return high ? __builtin_shufflevector(x, y, 2, 6, 3, 7) : __builtin_shufflevector(x, y, 0, 4, 1, 5);
}

// The panels of the portable kernels for kernels/pack_walk.h: 4 or 8 rows, a pair of depths in each lane of 16 bits.
template <size_t kPanelRows>
struct PairPanel : BytePanel<2> {
  static constexpr size_t kRows = kPanelRows;
  static constexpr size_t kGroup = 16 / kRows;
  static constexpr size_t kSpan = 16;
  static constexpr size_t kLanes = 16;
  static constexpr size_t kLongestSum = 8;  // vectors of kVector depths

  // Sums of 16 bits: those of pairs, -256 to 254, of up to 64 steps.
  static OTTAVA_INLINE U16x8 add(U16x8 sum, U16x8 pairs) {
    return sum + generic::shift_right_signed(pairs << 8, 8) + generic::shift_right_signed(pairs, 8);
  }

  OTTAVA_PACK_LOOP static void along(const uint8_t* from, ptrdiff_t row_stride, size_t vectors, uint8_t* to,
                                     uint8_t flip_byte, int32_t* sums) {
    const U8x16 flip = U8x16{} + flip_byte;
    while (vectors > 0) {
      const size_t several = least(vectors, kLongestSum);
      U16x8 sum = {};
      for (size_t i = 0; i < several; ++i, from += kVector, to += kVector * kRows) {
        U16x8 in[kRows], pairs[kRows];
        U32x4 fours[kRows];
        unroll<kRows>([&](auto row) OTTAVA_INLINE_LAMBDA {
          const uint8_t* const at = from + static_cast<ptrdiff_t>(size_t{row}) * row_stride;
          in[row] = reinterpret_cast<U16x8>(load_16(at) ^ flip);
        });
        unroll<kRows>([&](auto j) OTTAVA_INLINE_LAMBDA {  // half j % 2 of the depths of two rows
          pairs[j] = zip_pairs(in[j / 2 * 2], in[j / 2 * 2 + 1], j % 2 == 1);
        });
        unroll<kRows>([&](auto j) OTTAVA_INLINE_LAMBDA {  // quarter j % 4 of the depths of four rows
          constexpr size_t first = j / 4 * 4 + j % 4 / 2;
          fours[j] = zip_fours(pairs[first], pairs[first + 2], j % 2 == 1);
        });
        unroll<kRows>([&](auto j) OTTAVA_INLINE_LAMBDA {
          U64x2 out = reinterpret_cast<U64x2>(fours[j]);  // 4 rows: two steps
          if constexpr (kRows == 8) {
            const U64x2 low = reinterpret_cast<U64x2>(fours[j / 2]), high = reinterpret_cast<U64x2>(fours[4 + j / 2]);
            out = j % 2 == 1 ? __builtin_shufflevector(low, high, 1, 3) : __builtin_shufflevector(low, high, 0, 2);
          }
          __builtin_memcpy(to + j * 16, &out, sizeof out);
          sum = add(sum, reinterpret_cast<U16x8>(out));
        });
      }
      for (size_t lane = 0; lane < 8; ++lane) add_wrapping(&sums[lane % kRows], sum[lane]);
      vectors -= several;
    }
  }

  template <bool kWhole>
  OTTAVA_PACK_LOOP static void across(const uint8_t* from, ptrdiff_t depth_stride, size_t steps, uint8_t* to,
                                      size_t panel_stride, size_t rows, uint8_t flip_byte, int32_t* sums) {
    const U8x16 flip = U8x16{} + flip_byte;
    U16x8 sum[2] = {};
    for (; steps > 0; --steps, from += 2 * depth_stride, to += kRows * kKr) {
      const U8x16 a = load_16(from) ^ flip, b = load_16(from + depth_stride) ^ flip;
      const U8x16 out[2] = {
          __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23),
          __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)};
      unroll<2>([&](auto half) OTTAVA_INLINE_LAMBDA {
        sum[half] = add(sum[half], reinterpret_cast<U16x8>(out[half]));
        const U64x2 bytes = reinterpret_cast<U64x2>(out[half]);
        if constexpr (kRows == 8) {
          if (kWhole || half * kRows < rows) __builtin_memcpy(to + half * panel_stride, &bytes, sizeof bytes);
        } else {
          unroll<2>([&](auto i) OTTAVA_INLINE_LAMBDA {
            constexpr size_t panel = half * 2 + i;
            const uint64_t unit = bytes[size_t{i}];
            if (kWhole || panel * kRows < rows) __builtin_memcpy(to + panel * panel_stride, &unit, sizeof unit);
          });
        }
      });
    }
    for (size_t row = 0; row < 16; ++row) add_wrapping(&sums[row], sum[row / 8][row % 8]);
  }

  static void general(const PackArgs* args) { pack_any_s8(args); }
};

#else

// One panel of kRows rows that lie side by side, `steps` times kKr depths, at most kBlockDepths. Adds to `sums`.
template <size_t kRows, size_t kKr>
void pack_block(const uint8_t* from, ptrdiff_t depth_stride, size_t steps, uint8_t flip, int8_t* to, int32_t* sums) {
  static_assert(kBlockDepths <= 128, "sums of 16 bits");
  int16_t sum[kRows] = {};
  for (; steps > 0; --steps, from += static_cast<ptrdiff_t>(kKr) * depth_stride, to += kRows * kKr) {
    for (size_t j = 0; j < kKr; ++j) {
      const uint8_t* const depth = from + static_cast<ptrdiff_t>(j) * depth_stride;
      for (size_t row = 0; row < kRows; ++row) {
        const int8_t value = canonical<int8_t>(depth[row], flip);
        to[row * kKr + j] = value;
        sum[row] = static_cast<int16_t>(sum[row] + value);
      }
    }
  }
  for (size_t row = 0; row < kRows; ++row) sums[row] += sum[row];
}

// Rows side by side, in blocks of depths: what a block reads of the source is still in the cache for the next panel.
template <size_t kRows, size_t kKr>
void pack_blocks(const PackArgs& args) {
  for (size_t k = 0; k < args.depth; k += kBlockDepths) {
    PackArgs block = args;
    block.depth = args.depth - k < kBlockDepths ? args.depth - k : kBlockDepths;
    block.from = args.from + static_cast<ptrdiff_t>(k) * args.depth_stride;
    uint8_t* to = static_cast<uint8_t*>(args.to) + k * kRows;
    for (size_t row = 0; row < args.rows; row += kRows, block.from += kRows, to += args.panel_stride) {
      int32_t sums[kRows] = {};
      int8_t* const panel = reinterpret_cast<int8_t*>(to);
      block.rows = args.rows - row < kRows ? args.rows - row : kRows;
      if (block.rows == kRows && block.depth % kKr == 0) {
        pack_block<kRows, kKr>(block.from, args.depth_stride, block.depth / kKr, args.flip, panel, sums);
      } else {
        block.row_sum = sums;
        pack_strided<int8_t>(block, panel);
      }
      for (size_t i = 0; args.row_sum != nullptr && i < block.rows; ++i) {
        add_to_sum(args.row_sum + row + i, static_cast<uint32_t>(sums[i]));
      }
    }
  }
}

#endif

}  // namespace

// The panels of the kernels that have no packing of their own have loops of their own.
void pack_s8(const PackArgs* args) {
#if OTTAVA_GENERIC_VECTORS
  if (args->kr == 2 && args->panel_rows == 8) return pack_panels<PairPanel<8>>(args);
  if (args->kr == 2 && args->panel_rows == 4) return pack_panels<PairPanel<4>>(args);
#else
  const bool across = args->gathered == nullptr && args->row_stride == 1 && args->depth_stride != 1 && args->depth > 0;
  if (across && args->kr == 2 && args->panel_rows == 8) return pack_blocks<8, 2>(*args);
  if (across && args->kr == 2 && args->panel_rows == 4) return pack_blocks<4, 2>(*args);
  if (across && args->kr == 16 && args->panel_rows == 4) return pack_blocks<4, 16>(*args);
  if (across && args->kr == 16 && args->panel_rows == 2) return pack_blocks<2, 16>(*args);
#endif
  pack_any_s8(args);
}
void pack_u8(const PackArgs* args) { pack<uint8_t, uint8_t, 4>(*args); }
void pack_s16(const PackArgs* args) { pack<int8_t, int16_t, 2>(*args); }

const RhsLayout s8_8x2_portable = {Element::s8, 8, 2, pack_s8};

}  // namespace ottava
