// Matmul operators, their output stage alone: on accumulators that come from elsewhere.
#include "boundary.h"
#include "contraction/tile.h"
#include "handles.h"
#include "operators/matmul/call.h"

using namespace ottava;

extern "C" ottava_status ottava_matmul_output_stage(const ottava_matmul* operation, int64_t m,
                                                    const int32_t* accumulators, int64_t accumulator_stride,
                                                    const float* lhs_scales, void* dst, int64_t dst_stride,
                                                    ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require(operation, "operation", words);
    if (status == Status::ok) status = check_rows(operation->op, m, words);
    if (status != Status::ok) return status;
    const Matmul& op = operation->op;
    const ContractionPlan& plan = op.plan;
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
    run_output_stage(op, rows, {reinterpret_cast<const uint8_t*>(accumulators), from_strides.row, from_strides.column},
                     lhs_scales, {static_cast<uint8_t*>(dst), to_strides.row, to_strides.column});
    return Status::ok;
  });
}
