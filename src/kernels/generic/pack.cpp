// Portable packing. Written for two cases that compilers turn into wide moves: depths side by side in
// memory (a row-ordered lhs, a column-ordered rhs), and rows side by side (the other order); a general
// stride takes the second way. Sums are taken modulo 2^32.
#include "kernels/pack.h"

#include "base/memory.h"

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

template <class Canonical, class Stored>
void pack_dense(const PackArgs& args, Stored* to) {
  const size_t step = args.panel_rows * args.kr;
  for (size_t row = 0; row < args.rows; ++row) {
    const uint8_t* from = args.from + static_cast<ptrdiff_t>(row) * args.row_stride;
    Stored* unit = to + row * args.kr;
    uint32_t sum = 0;
    switch (args.kr) {
      case 1: sum = pack_dense_row<Canonical, Stored, 1>(from, args.depth, args.flip, unit, step); break;
      case 2: sum = pack_dense_row<Canonical, Stored, 2>(from, args.depth, args.flip, unit, step); break;
      case 4: sum = pack_dense_row<Canonical, Stored, 4>(from, args.depth, args.flip, unit, step); break;
      case 8: sum = pack_dense_row<Canonical, Stored, 8>(from, args.depth, args.flip, unit, step); break;
      case 16: sum = pack_dense_row<Canonical, Stored, 16>(from, args.depth, args.flip, unit, step); break;
      default:
        for (size_t k = 0; k < args.depth; k += args.kr, unit += step) {
          const size_t left = args.depth - k < args.kr ? args.depth - k : args.kr;
          for (size_t j = 0; j < args.kr; ++j) {
            const Canonical value = j < left ? canonical<Canonical>(from[k + j], args.flip) : Canonical{0};
            unit[j] = value;
            sum += static_cast<uint32_t>(value);
          }
        }
    }
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

template <class Canonical, class Stored>
void pack(const PackArgs& args) {
  PackArgs panel = args;
  const size_t padded_depth = (args.depth + args.kr - 1) / args.kr * args.kr;
  uint8_t* to = static_cast<uint8_t*>(args.to);
  for (size_t row = 0; row < args.rows; row += args.panel_rows, to += args.panel_stride) {
    panel.from = args.from + static_cast<ptrdiff_t>(row) * args.row_stride;
    panel.rows = args.rows - row < args.panel_rows ? args.rows - row : args.panel_rows;
    panel.row_sum = args.row_sum == nullptr ? nullptr : args.row_sum + row;
    Stored* const stored = reinterpret_cast<Stored*>(to);
    if (panel.rows < args.panel_rows) zero_bytes(to, padded_depth * args.panel_rows * sizeof(Stored));
    if (args.depth_stride == 1) {
      pack_dense<Canonical>(panel, stored);
    } else {
      pack_strided<Canonical>(panel, stored);
    }
  }
}

}  // namespace

void pack_s8(const PackArgs* args) { pack<int8_t, int8_t>(*args); }
void pack_u8(const PackArgs* args) { pack<uint8_t, uint8_t>(*args); }
void pack_s16(const PackArgs* args) { pack<int8_t, int16_t>(*args); }

}  // namespace ottava
