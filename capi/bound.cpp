// Runs of bound matmuls: include/ottava/firmware.h. Nothing here may want what makes plans: it would come into every
// image.
#include "boundary.h"
#include "handles.h"
#include "operators/overlap.h"
#include "operators/placement.h"

using namespace ottava;

static_assert(sizeof(BoundMatmul) == sizeof(ottava_bound_matmul) &&
                  offsetof(BoundMatmul, has_bias) == offsetof(ottava_bound_matmul, has_bias) &&
                  offsetof(BoundMatmul, n) == offsetof(ottava_bound_matmul, n),
              "one structure under two names");

namespace {

Status check(const BoundMatmul& op, size_t element_bytes, int64_t m, const void* lhs, int64_t lhs_stride,
             const void* dst, int64_t dst_stride, Error* error) {
  if (m < 0 || (op.max_m != 0 && m > op.max_m)) {
    error->set(Status::bad_shape, "m") << "is " << m << (m < 0 ? ", negative" : ", above the operator's max_m");
    return Status::bad_shape;
  }
  if (m > PTRDIFF_MAX) {
    return refuse(Status::size_overflow, "m", "is more than the address space holds", error);
  }
  const size_t rows = static_cast<size_t>(m);
  if (rows == 0) return Status::ok;
  if (lhs == nullptr) return require(lhs, "lhs", error);
  if (dst == nullptr) return require(dst, "dst", error);
  Strides read, written;
  // What most runs are.
  if (resolve_dense(rows, op.k, Order::row, 1, lhs_stride, &read) &&
      resolve_dense(rows, op.n, Order::row, element_bytes, dst_stride, &written) &&
      are_apart(lhs, read.span, dst, written.span)) {
    return Status::ok;
  }
  const Placement from = {rows, op.k, Order::row, 1, lhs_stride, "lhs_stride", 0, "", 1};
  const Placement to = {rows, op.n, Order::row, element_bytes, dst_stride, "dst_stride", 0, "", 1};
  Status status = resolve_strides(from, &read, error);
  if (status == Status::ok) status = check_stride(to, error);
  if (status == Status::ok) status = resolve_strides(to, &written, error);
  if (status != Status::ok) return status;
  return check_apart(region_of(reinterpret_cast<uintptr_t>(dst), op.n * element_bytes, rows, written.row, 1, 0), "dst",
                     region_of(reinterpret_cast<uintptr_t>(lhs), op.k, rows, read.row, 1, 0), "lhs", error);
}

}  // namespace

ottava_status ottava::run_bound_matmul(const ottava_matmul* operation, int64_t m, const void* lhs, int64_t lhs_stride,
                                       void* dst, int64_t dst_stride, void*, uint64_t, ottava_error* error) {
  const BoundMatmul* const op = reinterpret_cast<const BoundMatmul*>(operation);
  const BoundPart* const part = &static_cast<const ottava_part*>(op->part)->part;
  // What this keeps on the stack, the words of an error above all, is off it again when the product wants it.
  const ottava_status status = at_boundary(
      error, [=](Error* words) { return check(*op, part->element_bytes, m, lhs, lhs_stride, dst, dst_stride, words); });
  if (status != OTTAVA_OK || m == 0) return status;
  const ptrdiff_t from = static_cast<ptrdiff_t>(lhs_stride != 0 ? lhs_stride : op->k);
  const ptrdiff_t to = static_cast<ptrdiff_t>(dst_stride != 0 ? dst_stride : op->n) * part->element_bytes;
  return run_bound(*part, *op, static_cast<size_t>(m), static_cast<const uint8_t*>(lhs), from,
                   static_cast<uint8_t*>(dst), to);
}
