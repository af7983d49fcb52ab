#include "exec/few_rows.h"

#include "base/checked.h"
#include "exec/tile.h"

namespace ottava {
namespace {

constexpr size_t kMostRows = 16;
constexpr size_t kMostAccumulators = 1024;  // that are kept on the stack

}  // namespace

const Kernel* few_rows_kernel(const Operator& op) {
  const Plan& plan = op.plan;
  const Kernel& kernel = plan.few_rows != nullptr ? *plan.few_rows : *plan.kernel;
  const bool fits = kernel.lhs_form == LhsForm::rows && kernel.mr <= kMostRows &&
                    kernel.mr * tile_width(kernel) <= kMostAccumulators && kernel.release == nullptr;
  const bool plain = plan.lhs_quantization == Quantization::none && plan.activation == Activation::none &&
                     !plan.runtime_rhs && !plan.row_scales && !plan.row_zero_points && !op.row_term;
  const bool dense = plan.lhs_order == Order::row && plan.dst_order == Order::row;
  return fits && plain && dense && plan.k != 0 && plan.n != 0 ? &kernel : nullptr;
}

void run_few_rows(const Operator& op, size_t rows, const uint8_t* lhs, ptrdiff_t lhs_stride, uint8_t* dst,
                  ptrdiff_t dst_stride) {
  alignas(kAlignment) int32_t acc[kMostAccumulators];
  const uint8_t* pointers[kMostRows];
  for (size_t i = 0; i < rows; ++i, lhs += lhs_stride) pointers[i] = lhs;
  const Plan& plan = op.plan;
  const Kernel& kernel = *op.few_rows;
  const size_t width = tile_width(kernel);
  TileRunner tiles(op, kernel, op.packed, {acc, nullptr, nullptr}, false, nullptr);
  tiles.set_dst(dst, dst_stride, static_cast<ptrdiff_t>(plan.dst_element_bytes));
  size_t panel = 0;
  for (size_t channel = 0; channel < plan.n; channel += width, panel += kernel.panels) {
    tiles.begin_panel(panel, smaller(plan.n - channel, width));
    tiles.run(pointers, 0, rows, {nullptr, nullptr, nullptr});
  }
}

}  // namespace ottava
