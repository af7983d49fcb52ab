// Runs of a kernel that takes all panels at once (kernels/kernel.h, FusedPanelsFn): no arguments are filled, no
// accumulators laid out, and no channels walked here. What small_m.h does with tiles, in fewer instructions; and any
// number of rows where the kernel for the small M serves them too.
#ifndef OTTAVA_SRC_CONTRACTION_PANELS_H_
#define OTTAVA_SRC_CONTRACTION_PANELS_H_

#include "base/checked.h"
#include "contraction/prepared.h"

namespace ottava {

// The least equal heights of as many tiles as hold the rows.
OTTAVA_INLINE size_t even_height(size_t rows, size_t mr) {
  return rows <= mr ? rows : ceil_div(rows, ceil_div(rows, mr));
}

#if OTTAVA_ARCH_IS_X86_64
// Decides whether the operator's runs, those of the small M that are to go some short way, go this one; everything else
// of *op is there. Rows of floats have no other.
void prepare_panels(bool floats, PreparedContraction* op);

inline bool takes_panels(const PreparedContraction& op) { return op.panels.run != nullptr; }

// Whether rows that lie side by side on both sides go by run_lone_tile, as many as one tile holds.
inline bool has_dense_tiles(const PreparedContraction& op) { return op.panels.dense[0] != nullptr; }

// Nothing is decided here: what a run of a few hundred instructions may still ask has been asked.
OTTAVA_INLINE void run_lone_tile(const PreparedContraction& op, size_t rows, const void* lhs, void* dst,
                                 const void* dst_end) {
  op.panels.dense[rows - 1](&op.small_m.tile, &op.small_m.output, static_cast<const uint8_t*>(lhs),
                            static_cast<uint8_t*>(dst), static_cast<const uint8_t*>(dst_end));
}

// All channels of rows, on the calling thread. Strides are in bytes.
void run_all_panels(const PreparedContraction& op, size_t rows, const uint8_t* lhs, ptrdiff_t lhs_stride, uint8_t* dst,
                    ptrdiff_t dst_stride);

// Likewise, of rows that lie side by side.
void run_dense_panels(const PreparedContraction& op, size_t rows, const uint8_t* lhs, uint8_t* dst);

// Channels from `first` on, a multiple of the tile's width, to `end`, which is another or the last; dst is where the
// first of them goes.
void run_panels(const PreparedContraction& op, size_t first, size_t end, size_t rows, const uint8_t* lhs,
                ptrdiff_t lhs_stride, uint8_t* dst, ptrdiff_t dst_stride);
#else
inline void prepare_panels(bool floats, PreparedContraction* op) { op->lone_tile = op->lone_tile && !floats; }
inline constexpr bool takes_panels(const PreparedContraction&) { return false; }
inline constexpr bool has_dense_tiles(const PreparedContraction&) { return false; }
inline void run_lone_tile(const PreparedContraction&, size_t, const void*, void*, const void*) {}
inline void run_all_panels(const PreparedContraction&, size_t, const uint8_t*, ptrdiff_t, uint8_t*, ptrdiff_t) {}
inline void run_dense_panels(const PreparedContraction&, size_t, const uint8_t*, uint8_t*) {}
inline void run_panels(const PreparedContraction&, size_t, size_t, size_t, const uint8_t*, ptrdiff_t, uint8_t*,
                       ptrdiff_t) {}
#endif

}  // namespace ottava

#endif  // OTTAVA_SRC_CONTRACTION_PANELS_H_
