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

Status run(const BoundMatmul& op, int64_t m, const void* lhs, int64_t lhs_stride, void* dst, int64_t dst_stride,
           Error* error) {
  const Part& part = static_cast<const ottava_part*>(op.part)->part;
  if (m < 0 || m > PTRDIFF_MAX || (op.max_m != 0 && m > op.max_m)) {
    error->set(Status::bad_shape, "m") << "is " << m << (m < 0 ? ", negative" : ", above the operator's max_m");
    return Status::bad_shape;
  }
  if (m == 0) return Status::ok;
  if (lhs == nullptr) return require(lhs, "lhs", error);
  if (dst == nullptr) return require(dst, "dst", error);
  const size_t rows = static_cast<size_t>(m);
  const Placement from = {rows, op.k, Order::row, 1, lhs_stride, "lhs_stride", 0, "", 1};
  const Placement to = {rows, op.n, Order::row, part.element_bytes, dst_stride, "dst_stride", 0, "", 1};
  Strides lhs_strides, dst_strides;
  Status status = resolve_strides(from, &lhs_strides, error);
  if (status == Status::ok) status = check_stride(to, error);
  if (status == Status::ok) status = resolve_strides(to, &dst_strides, error);
  if (status != Status::ok) return status;
  const Region written =
      region_of(reinterpret_cast<uintptr_t>(dst), op.n * size_t{part.element_bytes}, rows, dst_strides.row, 1, 0);
  const Region read = region_of(reinterpret_cast<uintptr_t>(lhs), op.k, rows, lhs_strides.row, 1, 0);
  status = check_apart(written, "dst", read, "lhs", error);
  if (status != Status::ok) return status;
  run_bound(part, op, rows, static_cast<const uint8_t*>(lhs), lhs_strides.row, static_cast<uint8_t*>(dst),
            dst_strides.row);
  return Status::ok;
}

}  // namespace

ottava_status ottava::run_bound_matmul(const ottava_matmul* operation, int64_t m, const void* lhs, int64_t lhs_stride,
                                       void* dst, int64_t dst_stride, void*, uint64_t, ottava_error* error) {
  const BoundMatmul* const op = reinterpret_cast<const BoundMatmul*>(operation);
  return at_boundary(error, [=](Error* words) { return run(*op, m, lhs, lhs_stride, dst, dst_stride, words); });
}
