// Matmul operators, their output stage alone: on accumulators that come from elsewhere.
#include "boundary.h"
#include "contraction/tile.h"
#include "handles.h"
#include "operators/matmul/call.h"
#include "operators/overlap.h"

using namespace ottava;

namespace {

// Rows are finished one after the other, each from a copy.
Status check_stage_apart(const ContractionPlan& plan, size_t rows, ConstView accumulators, const float* lhs_scales,
                         View dst, Error* error) {
  const size_t element_bytes = plan.output.element_bytes;
  const bool by_row = dst.column_stride == static_cast<ptrdiff_t>(element_bytes);
  const Region to = region_of(reinterpret_cast<uintptr_t>(dst.data), (by_row ? plan.n : rows) * element_bytes,
                              by_row ? rows : plan.n, by_row ? dst.row_stride : dst.column_stride, 1, 0);
  const size_t line_bytes = plan.n * sizeof(int32_t);
  Status status = Status::ok;
  if (!by_row || !may_replace(accumulators.data, line_bytes, accumulators.row_stride, dst.data, dst.row_stride, rows)) {
    const Region from =
        region_of(reinterpret_cast<uintptr_t>(accumulators.data), line_bytes, rows, accumulators.row_stride, 1, 0);
    status = check_apart(to, "dst", from, "accumulators", error);
  }
  if (status != Status::ok || lhs_scales == nullptr) return status;
  return check_apart(to, "dst", region_of(lhs_scales, rows * sizeof(float)), "lhs_scales", error);
}

}  // namespace

extern "C" ottava_status ottava_matmul_output_stage(const ottava_matmul* operation, int64_t m,
                                                    const int32_t* accumulators, int64_t accumulator_stride,
                                                    const float* lhs_scales, void* dst, int64_t dst_stride,
                                                    ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require_prepared(operation, words);
    if (status == Status::ok) status = check_rows(operation->op, m, words);
    if (status != Status::ok) return status;
    const Matmul& op = operation->op;
    const ContractionPlan& plan = op.plan;
    if (plan.output.add != nullptr) {
      return refuse(Status::unsupported, "operation",
                    "adds a second matrix, which goes with ottava_matmul_execute alone", words);
    }
    const size_t rows = static_cast<size_t>(m);
    if (rows == 0 || plan.n == 0) return Status::ok;

    status = require(accumulators, "accumulators", words);
    if (status == Status::ok) status = require(dst, "dst", words);
    if (status != Status::ok) return status;
    const Placement from = {rows, plan.n, Order::row, sizeof(int32_t), accumulator_stride, "accumulator_stride",
                            0,    "",     1};
    const Placement to = {rows, plan.n, op.dst_order, plan.output.element_bytes, dst_stride, "dst_stride", 0, "", 1};
    Strides from_strides = {};
    Strides to_strides = {};
    status = check_dst_overlap(to, words);
    if (status == Status::ok) status = resolve_strides(from, &from_strides, words);
    if (status == Status::ok) status = resolve_strides(to, &to_strides, words);
    if (status != Status::ok) return status;
    if (plan.row_scales != (lhs_scales != nullptr)) {
      return plan.row_scales
                 ? refuse(Status::null_pointer, "lhs_scales", "is NULL, and rows have scales of their own", words)
                 : refuse(Status::unsupported, "lhs_scales", "does not go with this operator", words);
    }
    for (uint64_t row = 0; lhs_scales != nullptr && row < rows; ++row) {
      status = check_scale(lhs_scales[row], "lhs_scales", &row, words);
      if (status != Status::ok) return status;
    }
    const ConstView source = {reinterpret_cast<const uint8_t*>(accumulators), from_strides.row, from_strides.column};
    const View target = {static_cast<uint8_t*>(dst), to_strides.row, to_strides.column};
    status = check_stage_apart(plan, rows, source, lhs_scales, target, words);
    if (status == Status::ok) run_output_stage(op, rows, source, lhs_scales, target);
    return status;
  });
}
