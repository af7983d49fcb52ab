// Packing with the instructions of Armv8.2 dotprod: the inner loops of kernels/pack_walk.h for panels of 4 depths a
// step.
//
// A quad, four depths of one row, is a lane of 32 bits of the panel. SDOT with ones adds up quads: its sums lie as
// the rows do.
#include "kernels/arm_dotprod/pack.h"

#if !defined(__aarch64__) || !defined(__ARM_FEATURE_DOTPROD)
#error "arm_dotprod/pack.cpp is code for AArch64: compile it with -march=armv8.2-a+dotprod"
#endif

#include <arm_neon.h>

#include "kernels/pack.h"
#include "kernels/pack_walk.h"
#include "kernels/unroll.h"

extern "C" {
// pack_8x4.S
void ottava_pack_8x4_along_arm_dotprod(const uint8_t* from, ptrdiff_t row_stride, size_t rounds, uint8_t* to);
}

namespace ottava {
namespace {

OTTAVA_INLINE uint32x4_t quads(uint8x16_t v) { return vreinterpretq_u32_u8(v); }

OTTAVA_INLINE uint8x16_t zip_quads_64(uint32x4_t a, uint32x4_t b, bool high) {
  const uint64x2_t x = vreinterpretq_u64_u32(a), y = vreinterpretq_u64_u32(b);
  return vreinterpretq_u8_u64(high ? vzip2q_u64(x, y) : vzip1q_u64(x, y));
}

// kBlocks times 4 rows; a group is kGroup panels, whole registers of each depth. kPlain: nothing is flipped and no sums
// are asked for.
template <size_t kBlocks, size_t kPanels, bool kPlain>
struct Panel {
  static constexpr size_t kRows = 4 * kBlocks;
  static constexpr size_t kKr = 4;
  static constexpr size_t kBytes = 1;
  static constexpr size_t kVector = 16;
  static constexpr size_t kGroup = kPanels;
  static constexpr size_t kSpan = kGroup * kRows;
  static constexpr size_t kLanes = kSpan;
  static constexpr bool kMasked = false;
  static constexpr bool kGathers = true;
  static constexpr bool kSums = !kPlain;
  static_assert(kSpan % 16 == 0, "whole registers");

  static OTTAVA_INLINE uint8x16_t load(const uint8_t* from, uint8x16_t flip) {
    const uint8x16_t raw = vld1q_u8(from);
    return kPlain ? raw : veorq_u8(raw, flip);
  }
  static OTTAVA_INLINE int32x4_t add(int32x4_t sum, uint8x16_t v) {
    return kPlain ? sum : vdotq_s32(sum, vreinterpretq_s8_u8(v), vdupq_n_s8(1));
  }
  static OTTAVA_INLINE void add_to(int32_t* sums, int32x4_t v) {
    if (!kPlain) vst1q_s32(sums, vaddq_s32(vld1q_s32(sums), v));
  }

  OTTAVA_PACK_LOOP static void along(const uint8_t* from, ptrdiff_t row_stride, size_t vectors, uint8_t* to,
                                     uint8_t flip, int32_t* sums) {
    pack_rows(StridedRows{from, row_stride}, vectors, to, flip, sums);
  }
  OTTAVA_PACK_LOOP static void gather(const uint8_t* const* rows, size_t vectors, uint8_t* to, uint8_t flip,
                                      int32_t* sums) {
    pack_rows(GatheredRows<kRows>(rows), vectors, to, flip, sums);
  }
  // Quads of four rows transposed.
  template <class Rows>
  static OTTAVA_INLINE void pack_rows(Rows rows, size_t vectors, uint8_t* to, uint8_t flip_byte, int32_t* sums) {
    const uint8x16_t flip = vdupq_n_u8(flip_byte);
    int32x4_t sum[kBlocks] = {};
    for (; vectors > 0; --vectors, rows.advance(kVector), to += kVector * kRows) {
      uint8x16_t steps[4][kBlocks];
      unroll<kBlocks>([&](auto block) OTTAVA_INLINE_LAMBDA {
        uint32x4_t in[4];
        unroll<4>([&](auto i) OTTAVA_INLINE_LAMBDA { in[i] = quads(load(rows.at(block * 4 + i), flip)); });
        const uint32x4_t a = vtrn1q_u32(in[0], in[1]), b = vtrn2q_u32(in[0], in[1]);
        const uint32x4_t c = vtrn1q_u32(in[2], in[3]), d = vtrn2q_u32(in[2], in[3]);
        steps[0][block] = zip_quads_64(a, c, false);
        steps[1][block] = zip_quads_64(b, d, false);
        steps[2][block] = zip_quads_64(a, c, true);
        steps[3][block] = zip_quads_64(b, d, true);
      });
      // Side by side, two registers a store.
      unroll<4 * kBlocks>([&](auto i) OTTAVA_INLINE_LAMBDA {
        const uint8x16_t quad = steps[i / kBlocks][i % kBlocks];
        vst1q_u8(to + i * 16, quad);
        sum[i % kBlocks] = add(sum[i % kBlocks], quad);
      });
    }
    unroll<kBlocks>([&](auto block) OTTAVA_INLINE_LAMBDA { add_to(sums + block * 4, sum[block]); });
  }

  // Four depths interleaved: each register of 16 rows becomes four of 4 rows.
  template <bool kWhole>
  OTTAVA_PACK_LOOP static void across(const uint8_t* from, ptrdiff_t depth_stride, size_t steps, uint8_t* to,
                                      size_t panel_stride, size_t rows, uint8_t flip_byte, int32_t* sums) {
    const uint8x16_t flip = vdupq_n_u8(flip_byte);
    int32x4_t sum[kSpan / 4] = {};
    for (; steps > 0; --steps, from += 4 * depth_stride, to += kRows * kKr) {
      unroll<kSpan / 16>([&](auto column) OTTAVA_INLINE_LAMBDA {
        uint8x16_t in[4];
        unroll<4>([&](auto k) OTTAVA_INLINE_LAMBDA {
          const uint8_t* const at = from + static_cast<ptrdiff_t>(size_t{k}) * depth_stride;
          in[k] = load(at + column * 16, flip);
        });
        const uint8x16_t even[2] = {vzip1q_u8(in[0], in[2]), vzip2q_u8(in[0], in[2])};
        const uint8x16_t odd[2] = {vzip1q_u8(in[1], in[3]), vzip2q_u8(in[1], in[3])};
        unroll<4>([&](auto i) OTTAVA_INLINE_LAMBDA {
          const uint8x16_t a = even[i / 2], b = odd[i / 2];
          const uint8x16_t four = i % 2 == 0 ? vzip1q_u8(a, b) : vzip2q_u8(a, b);
          constexpr size_t block = column * 4 + i, panel = block / kBlocks;
          if (kWhole || panel * kRows < rows) vst1q_u8(to + panel * panel_stride + block % kBlocks * 16, four);
          sum[block] = add(sum[block], four);
        });
      });
    }
    unroll<kSpan / 4>([&](auto block) OTTAVA_INLINE_LAMBDA { add_to(sums + block * 4, sum[block]); });
  }

  static void general(const PackArgs* args) { pack_s8(args); }
};

// As is usual with the lhs.
struct PlainPanel : Panel<2, 4, true> {
  static OTTAVA_INLINE void along(const uint8_t* from, ptrdiff_t row_stride, size_t vectors, uint8_t* to, uint8_t,
                                  int32_t*) {
    ottava_pack_8x4_along_arm_dotprod(from, row_stride, vectors, to);
  }
};

}  // namespace

void pack_s8_8x4_arm_dotprod(const PackArgs* args) {
  if (args->flip == 0 && args->row_sum == nullptr) return pack_panels<PlainPanel>(args);
  pack_panels<Panel<2, 4, false>>(args);
}
void pack_s8_12x4_arm_dotprod(const PackArgs* args) { pack_panels<Panel<3, 4, false>>(args); }

const RhsLayout s8_12x4_arm_dotprod = {Element::s8, 12, 4, pack_s8_12x4_arm_dotprod};

}  // namespace ottava
