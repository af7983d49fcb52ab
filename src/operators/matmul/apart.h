// What a run of a matmul writes, apart from what it reads.
#ifndef OTTAVA_SRC_OPERATORS_MATMUL_APART_H_
#define OTTAVA_SRC_OPERATORS_MATMUL_APART_H_

#include "contraction/run.h"
#include "operators/matmul/matmul.h"
#include "operators/overlap.h"
#include "operators/placement.h"

namespace ottava {

// Memory of a run beside its operands, or null.
struct Scratch {
  const void* workspace;
  size_t workspace_bytes;  // that the run touches
  const void* counters;    // of saturated elements
};

// Refuses a dst that shares a byte with anything else of the run, and a workspace that does with an operand.
Status check_apart(const Matmul& matmul, const ContractionSizes& sizes, const RunRequest& request,
                   const Scratch& scratch, Error* error);

// Whether the operands of a run of the small M, and its workspace unless that is null, lie one behind the other, as
// most do; `lhs` and `dst` are their lowest bytes.
inline bool are_small_m_blocks_apart(const void* lhs, size_t lhs_bytes, const void* dst, size_t dst_bytes,
                                     const void* workspace, size_t workspace_bytes) {
  if (!are_apart(lhs, lhs_bytes, dst, dst_bytes)) return false;
  return workspace == nullptr || (are_apart(lhs, lhs_bytes, workspace, workspace_bytes) &&
                                  are_apart(dst, dst_bytes, workspace, workspace_bytes));
}

// Of a run of the small M, whether it uses them or not.
inline size_t small_m_workspace(const Matmul& matmul, size_t rows) {
  const bool one_tile = rows <= matmul.plan.routes.small_m.tile.mr;
  return static_cast<size_t>(one_tile ? matmul.lone_tile_bytes : matmul.small_m_bytes);
}

// Whether they share no byte, wherever they lie.
bool is_small_m_apart(const Matmul& matmul, size_t rows, const void* lhs, const Strides& lhs_strides, const void* dst,
                      const Strides& dst_strides, const void* workspace);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_MATMUL_APART_H_
