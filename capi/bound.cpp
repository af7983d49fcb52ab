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

struct Run {
  size_t rows;
  Strides lhs;
  Strides dst;
};

Status check(const BoundMatmul& op, size_t element_bytes, int64_t m, const void* lhs, int64_t lhs_stride,
             const void* dst, int64_t dst_stride, Run* run, Error* error) {
  if (m < 0 || m > PTRDIFF_MAX || (op.max_m != 0 && m > op.max_m)) {
    error->set(Status::bad_shape, "m") << "is " << m << (m < 0 ? ", negative" : ", above the operator's max_m");
    return Status::bad_shape;
  }
  const size_t rows = run->rows = static_cast<size_t>(m);
  if (rows == 0) return Status::ok;
  if (lhs == nullptr) return require(lhs, "lhs", error);
  if (dst == nullptr) return require(dst, "dst", error);
  const Placement from = {rows, op.k, Order::row, 1, lhs_stride, "lhs_stride", 0, "", 1};
  const Placement to = {rows, op.n, Order::row, element_bytes, dst_stride, "dst_stride", 0, "", 1};
  Status status = resolve_strides(from, &run->lhs, error);
  if (status == Status::ok) status = check_stride(to, error);
  if (status == Status::ok) status = resolve_strides(to, &run->dst, error);
  if (status != Status::ok) return status;
  const Region written = region_of(reinterpret_cast<uintptr_t>(dst), op.n * element_bytes, rows, run->dst.row, 1, 0);
  const Region read = region_of(reinterpret_cast<uintptr_t>(lhs), op.k, rows, run->lhs.row, 1, 0);
  return check_apart(written, "dst", read, "lhs", error);
}

}  // namespace

ottava_status ottava::run_bound_matmul(const ottava_matmul* operation, int64_t m, const void* lhs, int64_t lhs_stride,
                                       void* dst, int64_t dst_stride, void*, uint64_t, ottava_error* error) {
  const BoundMatmul& op = *reinterpret_cast<const BoundMatmul*>(operation);
  const BoundPart& part = static_cast<const ottava_part*>(op.part)->part;
  Run run;
  // The words of an error are off the stack again when the product wants it.
  const ottava_status status = at_boundary(error, [&](Error* words) {
    return check(op, part.element_bytes, m, lhs, lhs_stride, dst, dst_stride, &run, words);
  });
  if (status == OTTAVA_OK && run.rows != 0) {
    run_bound(part, op, run.rows, static_cast<const uint8_t*>(lhs), run.lhs.row, static_cast<uint8_t*>(dst),
              run.dst.row);
  }
  return status;
}
