// Portable packing. Written for two cases that compilers turn into wide moves: depths side by side in
// memory (a row-ordered lhs, a column-ordered rhs), and rows side by side (the other order); a general
// stride takes the second way. Sums are taken modulo 2^32.
#include "kernels/pack.h"

namespace ottava {
namespace {

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
    const uint8_t* from = args.from + static_cast<ptrdiff_t>(row) * args.row_stride;
    Stored* unit = to + row * args.kr;
    uint32_t sum = 0;
    const bool done =
        ((args.kr == kKrs &&
          (sum = pack_dense_row<Canonical, Stored, kKrs>(from, args.depth, args.flip, unit, step), true)) ||
         ...);
    if (!done) sum = pack_dense_row<Canonical>(from, args.depth, args.flip, unit, step, args.kr);
    if (args.row_sum != nullptr) args.row_sum[row] = static_cast<int32_t>(sum);
  }
}

template <class Canonical, class Stored>
void pack_strided(const PackArgs& args, Stored* to) {
  const size_t padded_depth = (args.depth + args.kr - 1) / args.kr * args.kr;
  if (args.row_sum != nullptr) {
    for (size_t row = 0; row < args.rows; ++row) args.row_sum[row] = 0;
  }
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
      if (args.row_sum != nullptr) {
        args.row_sum[row] =
            static_cast<int32_t>(static_cast<uint32_t>(args.row_sum[row]) + static_cast<uint32_t>(value));
      }
    }
  }
}

constexpr size_t kBlockDepths = 64;

// One panel of kRows rows that lie side by side, `steps` times kKr depths, at most kBlockDepths. Adds to `sums`.
template <class Canonical, class Stored, size_t kRows, size_t kKr>
void pack_block(const uint8_t* from, ptrdiff_t depth_stride, size_t steps, uint8_t flip, Stored* to, int32_t* sums) {
  static_assert(kBlockDepths <= 128, "sums of 16 bits");
  int16_t sum[kRows] = {};
  for (; steps > 0; --steps, from += static_cast<ptrdiff_t>(kKr) * depth_stride, to += kRows * kKr) {
    for (size_t j = 0; j < kKr; ++j) {
      const uint8_t* const depth = from + static_cast<ptrdiff_t>(j) * depth_stride;
      for (size_t row = 0; row < kRows; ++row) {
        const Canonical value = canonical<Canonical>(depth[row], flip);
        to[row * kKr + j] = value;
        sum[row] = static_cast<int16_t>(sum[row] + value);
      }
    }
  }
  for (size_t row = 0; row < kRows; ++row) sums[row] += sum[row];
}

// Rows side by side, in blocks of depths: what a block reads of the source is still in the cache for the next panel.
template <class Canonical, class Stored, size_t kRows, size_t kKr>
void pack_across(const PackArgs& args) {
  for (size_t k = 0; k < args.depth; k += kBlockDepths) {
    PackArgs block = args;
    block.depth = args.depth - k < kBlockDepths ? args.depth - k : kBlockDepths;
    block.from = args.from + static_cast<ptrdiff_t>(k) * args.depth_stride;
    uint8_t* to = static_cast<uint8_t*>(args.to) + k * kRows * sizeof(Stored);
    for (size_t row = 0; row < args.rows; row += kRows, block.from += kRows, to += args.panel_stride) {
      int32_t sums[kRows] = {};
      Stored* const panel = reinterpret_cast<Stored*>(to);
      block.rows = args.rows - row < kRows ? args.rows - row : kRows;
      if (block.rows == kRows && block.depth % kKr == 0) {
        pack_block<Canonical, Stored, kRows, kKr>(block.from, args.depth_stride, block.depth / kKr, args.flip, panel,
                                                  sums);
      } else {
        block.row_sum = sums;
        pack_strided<Canonical>(block, panel);
      }
      for (size_t i = 0; args.row_sum != nullptr && i < block.rows; ++i) {
        const uint32_t before = k == 0 ? 0 : static_cast<uint32_t>(args.row_sum[row + i]);
        args.row_sum[row + i] = static_cast<int32_t>(before + static_cast<uint32_t>(sums[i]));
      }
    }
  }
}

template <class Canonical, class Stored, size_t... kKrs>
void pack(const PackArgs& args) {
  PackArgs panel = args;
  uint8_t* to = static_cast<uint8_t*>(args.to);
  for (size_t row = 0; row < args.rows; row += args.panel_rows, to += args.panel_stride) {
    panel.from = args.from + static_cast<ptrdiff_t>(row) * args.row_stride;
    panel.rows = args.rows - row < args.panel_rows ? args.rows - row : args.panel_rows;
    panel.row_sum = args.row_sum == nullptr ? nullptr : args.row_sum + row;
    if (args.depth_stride == 1) {
      pack_dense<Canonical, Stored, kKrs...>(panel, reinterpret_cast<Stored*>(to));
    } else {
      pack_strided<Canonical>(panel, reinterpret_cast<Stored*>(to));
    }
  }
}

}  // namespace

// The panels of the kernels that have no packing of their own have loops of their own where rows lie side by side.
void pack_s8(const PackArgs* args) {
  if (args->row_stride == 1 && args->depth_stride != 1 && args->depth > 0) {
    if (args->kr == 2 && args->panel_rows == 8) return pack_across<int8_t, int8_t, 8, 2>(*args);
    if (args->kr == 2 && args->panel_rows == 4) return pack_across<int8_t, int8_t, 4, 2>(*args);
    if (args->kr == 16 && args->panel_rows == 4) return pack_across<int8_t, int8_t, 4, 16>(*args);
    if (args->kr == 16 && args->panel_rows == 2) return pack_across<int8_t, int8_t, 2, 16>(*args);
  }
  pack<int8_t, int8_t, 2, 4, 8, 16>(*args);
}
void pack_u8(const PackArgs* args) { pack<uint8_t, uint8_t, 4>(*args); }
void pack_s16(const PackArgs* args) { pack<int8_t, int16_t, 2>(*args); }

}  // namespace ottava
