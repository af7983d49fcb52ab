// The walk of packing over an operand, for ISA folders: which bytes are packed when, and what becomes of the
// edges. The folder gives the inner loops, over whole vectors alone.
//
// An edge (fewer rows than a panel has, or fewer depths than a vector) is first copied into a small buffer that
// is otherwise full of the raw value whose canonical one is zero: the inner loops never see an edge, no byte
// beyond the operand is read, and all padding comes out as zero. A panel with a quarter of its rows or less is
// packed by the portable function, whose work grows with the rows.
//
// Two orders of the source have a way of their own:
//
//   along   the depths of a row lie side by side (a row-ordered lhs, a column-ordered rhs): panel by panel. Gathered
//           rows have an inner loop of their own, gather(), or are all taken as an edge is.
//   across  the rows of a depth lie side by side (the other order): in blocks of kBlockDepths depths, and
//           within one block a group of panels at a time, so many that whole cache lines are read. A block takes
//           as many pages as a first-level TLB holds. One panel from end to end would read part of a line per
//           depth, from a page of its own.
//
// Any other strides take the portable function.
//
// Panel, a type of the including file's anonymous namespace, mostly derived from BytePanel, has
//
//   kRows, kKr     the panel
//   kBytes         of a packed element
//   kVector        depths that one iteration of along() packs, a multiple of kKr
//   kGroup, kSpan  panels that across() packs at once, and the bytes that it reads of each depth
//   kLanes         length of the sums: kGroup * kRows, or more where that is easier to write
//   along(from, row_stride, vectors, to, flip, sums)
//                  packs vectors * kVector depths of kRows rows; adds to sums[0, kRows)
//   gather(rows, vectors, to, flip, sums)
//                  likewise of rows that begin at rows[0, kRows), if kGathers says that there is such a loop; kSums
//                  then says whether it adds sums at all
//   across<kWhole>(from, depth_stride, steps, to, panel_stride, rows, flip, sums)
//                  packs steps * kKr depths, at most kBlockDepths, of a group that has so many rows; kWhole says
//                  that it is full. Only panels with a row are written. Adds to sums[0, kGroup * kRows)
//   kMasked        whether across<false> reads the bytes of these rows alone; else it reads kSpan, and the rows
//                  that are not there hold what becomes zero
//   general        the portable function
//
// along(), gather() and across() stay functions, as each has several callers.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_PACK_WALK_H_
#define OTTAVA_SRC_KERNELS_PACK_WALK_H_

#include "base/memory.h"
#include "kernels/kernel.h"

namespace ottava {
namespace {

constexpr size_t kBlockDepths = 64;

#if defined(__GNUC__)
#define OTTAVA_PACK_LOOP __attribute__((noinline))
#else
#define OTTAVA_PACK_LOOP
#endif

// What most panels say alike: elements of one byte, of which 128 bits hold 16 depths of a row.
template <size_t kStepDepths>
struct BytePanel {
  static constexpr size_t kKr = kStepDepths;
  static constexpr size_t kBytes = 1;
  static constexpr size_t kVector = 16;
  static constexpr bool kMasked = false;
  static constexpr bool kGathers = false;
};

// What along() and gather() may have in common: where row `row` goes on.
struct StridedRows {
  const uint8_t* from;
  ptrdiff_t stride;
  OTTAVA_INLINE const uint8_t* at(size_t row) const { return from + static_cast<ptrdiff_t>(row) * stride; }
  OTTAVA_INLINE void advance(size_t depths) { from += depths; }
};
template <size_t kRows>
struct GatheredRows {
  const uint8_t* rows[kRows];
  size_t k = 0;
  OTTAVA_INLINE explicit GatheredRows(const uint8_t* const* from) {
    for (size_t row = 0; row < kRows; ++row) rows[row] = from[row];
  }
  OTTAVA_INLINE const uint8_t* at(size_t row) const { return rows[row] + k; }
  OTTAVA_INLINE void advance(size_t depths) { k += depths; }
};

OTTAVA_INLINE size_t least(size_t a, size_t b) { return a < b ? a : b; }

OTTAVA_INLINE void add_wrapping_sums(const int32_t* sums, size_t rows, int32_t* to) {
  for (size_t i = 0; i < rows; ++i) {
    to[i] = static_cast<int32_t>(static_cast<uint32_t>(to[i]) + static_cast<uint32_t>(sums[i]));
  }
}

OTTAVA_INLINE void fill_bytes(uint8_t* to, uint8_t value, size_t bytes) { __builtin_memset(to, value, bytes); }

// The last depths of a panel whose row 0 is row `first`, from k on; or all depths of a panel that is not full.
template <class Panel>
void pack_edge_along(const PackArgs& args, size_t first, size_t rows, size_t k, uint8_t* to, int32_t* sums) {
  constexpr size_t kUnit = Panel::kRows * Panel::kKr * Panel::kBytes;
  constexpr size_t kLongest = 2 * kBlockDepths;
  constexpr size_t kDepthBytes = Panel::kRows * Panel::kBytes;
  alignas(kAlignment) uint8_t raw[Panel::kRows * kLongest];
  size_t left = args.depth - k;
  const size_t longest = least((left + Panel::kVector - 1) / Panel::kVector * Panel::kVector, kLongest);
  for (size_t round = 0; left > 0; ++round) {
    const size_t depths = least(left, longest);
    // The last round may be shorter than the one before, whose depths still lie there.
    if (round == 0 || depths < longest) fill_bytes(raw, args.flip, Panel::kRows * longest);
    if (args.gathered != nullptr) {
      for (size_t row = 0; row < rows; ++row) copy_few(raw + row * longest, args.gathered[first + row] + k, depths);
    } else {
      const uint8_t* from = args.from + static_cast<ptrdiff_t>(first) * args.row_stride + k;
      for (size_t row = 0; row < rows; ++row, from += args.row_stride) copy_few(raw + row * longest, from, depths);
    }
    const size_t steps = (depths + Panel::kKr - 1) / Panel::kKr;
    const size_t vectors = steps * Panel::kKr / Panel::kVector;
    uint8_t* const panel = to + k * kDepthBytes;
    const ptrdiff_t stride = static_cast<ptrdiff_t>(longest);
    if (vectors > 0) Panel::along(raw, stride, vectors, panel, args.flip, sums);
    const size_t done = vectors * Panel::kVector;
    if (done < depths) {
      alignas(kAlignment) uint8_t packed[Panel::kVector * kDepthBytes];
      Panel::along(raw + done, stride, 1, packed, args.flip, sums);
      const size_t bytes = steps * kUnit - done * kDepthBytes;
      constexpr size_t kPiece = kUnit % 16 == 0 ? 16 : 8;
      for (size_t i = 0; i < bytes; i += kPiece) __builtin_memcpy(panel + done * kDepthBytes + i, packed + i, kPiece);
    }
    k += depths;
    left -= depths;
  }
}

template <class Panel>
OTTAVA_INLINE void pack_whole(const PackArgs& args, const uint8_t* from, size_t row, size_t vectors, uint8_t* to,
                              int32_t* sums) {
  if constexpr (Panel::kGathers) {
    if (args.gathered != nullptr) return Panel::gather(args.gathered + row, vectors, to, args.flip, sums);
  }
  Panel::along(from, args.row_stride, vectors, to, args.flip, sums);
}

template <class Panel>
void pack_along(const PackArgs& args) {
  uint8_t* to = static_cast<uint8_t*>(args.to);
  for (size_t row = 0; row < args.rows; row += Panel::kRows, to += args.panel_stride) {
    const bool gathered = args.gathered != nullptr;
    const uint8_t* const from = gathered ? nullptr : args.from + static_cast<ptrdiff_t>(row) * args.row_stride;
    const size_t rows = least(args.rows - row, Panel::kRows);
    if (rows <= Panel::kRows / 4) {
      PackArgs few = args;
      few.from = from;
      if (gathered) few.gathered += row;
      few.rows = rows;
      few.to = to;
      if (few.row_sum != nullptr) few.row_sum += row;
      return Panel::general(&few);
    }
    alignas(kAlignment) int32_t sums[Panel::kLanes] = {};
    const bool whole = rows == Panel::kRows && (Panel::kGathers || !gathered);
    const size_t vectors = whole ? args.depth / Panel::kVector : 0;
    if (vectors > 0) pack_whole<Panel>(args, from, row, vectors, to, sums);
    const size_t done = vectors * Panel::kVector;
    if (done < args.depth) pack_edge_along<Panel>(args, row, rows, done, to, sums);
    if (args.row_sum != nullptr) add_wrapping_sums(sums, rows, args.row_sum + row);
  }
}

template <class Panel>
OTTAVA_INLINE void pack_group(const uint8_t* from, ptrdiff_t stride, size_t steps, uint8_t* to, size_t panel_stride,
                              size_t rows, uint8_t flip, int32_t* sums) {
  if (rows == Panel::kGroup * Panel::kRows) {
    Panel::template across<true>(from, stride, steps, to, panel_stride, rows, flip, sums);
  } else {
    Panel::template across<false>(from, stride, steps, to, panel_stride, rows, flip, sums);
  }
}

// `depths` depths of a group that has but `rows` rows in the source, or whose depths are no whole steps.
template <class Panel>
void pack_edge_across(const PackArgs& args, const uint8_t* from, size_t rows, size_t depths, uint8_t* to,
                      int32_t* sums) {
  alignas(kAlignment) uint8_t raw[kBlockDepths * Panel::kSpan];
  const size_t steps = (depths + Panel::kKr - 1) / Panel::kKr;
  fill_bytes(raw, args.flip, steps * Panel::kKr * Panel::kSpan);
  for (size_t k = 0; k < depths; ++k) {
    copy_few(raw + k * Panel::kSpan, from + static_cast<ptrdiff_t>(k) * args.depth_stride, rows);
  }
  pack_group<Panel>(raw, Panel::kSpan, steps, to, args.panel_stride, rows, args.flip, sums);
}

template <class Panel>
void pack_across(const PackArgs& args) {
  static_assert(kBlockDepths % Panel::kKr == 0 && Panel::kSpan >= Panel::kGroup * Panel::kRows, "");
  constexpr size_t kGroupRows = Panel::kGroup * Panel::kRows;
  constexpr size_t kDepthBytes = Panel::kRows * Panel::kBytes;
  for (size_t k = 0; k < args.depth; k += kBlockDepths) {
    const size_t depths = least(args.depth - k, kBlockDepths);
    for (size_t row = 0; row < args.rows; row += kGroupRows) {
      const uint8_t* const from = args.from + static_cast<ptrdiff_t>(k) * args.depth_stride + row;
      uint8_t* const to = static_cast<uint8_t*>(args.to) + row / Panel::kRows * args.panel_stride + k * kDepthBytes;
      const size_t rows = least(args.rows - row, kGroupRows);
      alignas(kAlignment) int32_t sums[Panel::kLanes] = {};
      // Whole steps are read where they lie; with masks those of an edge, if there are enough for two calls to pay.
      const bool readable = args.rows - row >= Panel::kSpan || (Panel::kMasked && depths >= 4 * Panel::kKr);
      const size_t steps = readable ? depths / Panel::kKr : 0;
      if (steps > 0) pack_group<Panel>(from, args.depth_stride, steps, to, args.panel_stride, rows, args.flip, sums);
      const size_t done = steps * Panel::kKr;
      if (done < depths) {
        pack_edge_across<Panel>(args, from + static_cast<ptrdiff_t>(done) * args.depth_stride, rows, depths - done,
                                to + done * kDepthBytes, sums);
      }
      if (args.row_sum != nullptr) {
        if (rows == kGroupRows) {
          add_wrapping_sums(sums, kGroupRows, args.row_sum + row);
        } else {
          add_wrapping_sums(sums, rows, args.row_sum + row);
        }
      }
    }
  }
}

template <class Panel>
OTTAVA_INLINE void pack_in_order(const PackArgs* args) {
  if (args->gathered != nullptr || args->depth_stride == 1 || args->depth == 0) {
    pack_along<Panel>(*args);
  } else if (args->row_stride == 1) {
    pack_across<Panel>(*args);
  } else {
    Panel::general(args);
  }
}
template <class Panel>
OTTAVA_PACK_LOOP void pack_others(const PackArgs* args) {
  pack_in_order<Panel>(args);
}

template <class Panel>
OTTAVA_INLINE void pack_panels(const PackArgs* args) {
  if constexpr (Panel::kGathers) {
    // Rows of an image come a panel at a time, mostly one without edges: without the frame on the stack that the others
    // want.
    const size_t vectors = args->depth / Panel::kVector;
    const bool whole = args->rows == Panel::kRows && vectors != 0 && args->depth % Panel::kVector == 0;
    const bool summed = !Panel::kSums || args->row_sum != nullptr;
    const bool along = args->gathered != nullptr || args->depth_stride == 1;
    if (!along || !whole || !summed) return pack_others<Panel>(args);
    pack_whole<Panel>(*args, args->from, 0, vectors, static_cast<uint8_t*>(args->to), args->row_sum);
  } else {
    pack_in_order<Panel>(args);
  }
}

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_PACK_WALK_H_
