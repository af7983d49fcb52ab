#include "exec/rows.h"

#include "base/checked.h"
#include "base/memory.h"

namespace ottava {
namespace {

// Sum of the canonical values of one dense row, for kernels that read the lhs in place.
int32_t sum_row(const uint8_t* row, size_t depth, uint8_t flip, bool is_unsigned) {
  uint32_t sum = 0;
  for (size_t k = 0; k < depth; ++k) {
    const uint8_t value = static_cast<uint8_t>(row[k] ^ flip);
    sum += is_unsigned ? value : static_cast<uint32_t>(static_cast<int8_t>(value));
  }
  return static_cast<int32_t>(sum);
}

bool is_float(const Plan& plan) { return plan.lhs_quantization != Quantization::none; }

// Quantizes row i of the block into k bytes at `to`, and notes its scale and zero point.
void quantize_row(const Plan& plan, const RowSource& source, size_t i, const RowBlock& block, uint8_t* to) {
  QuantizeArgs args;
  args.from = reinterpret_cast<const float*>(source.lhs.at(i, 0));
  args.stride = source.lhs.column_stride;
  args.count = plan.k;
  args.to = to;
  const QuantizeTable& table = *plan.kernel->quantize;
  args.row = is_dynamic(plan.lhs_quantization)
                 ? dynamic_quantization(plan.lhs_quantization, table.extremes(args.from, args.stride, args.count))
                 : plan.static_quantization;
  table.quantize(&args);
  if (plan.row_zero_points) block.zeros[i] = args.row.zero_point + lhs_of(plan, *source.kernel).zero_shift;
  if (plan.row_scales) block.scales[i] = args.row.scale;
}

void note_given(const Plan& plan, const RowSource& source, size_t rows, const RowBlock& block) {
  for (size_t i = 0; plan.given_row_zero_points && i < rows; ++i)
    block.zeros[i] = source.zeros[i] + lhs_of(plan, *source.kernel).zero_shift;
  if (plan.given_row_scales) copy_bytes(block.scales, source.scales, rows * sizeof(float));
}

// The row that a kernel reads in place.
const uint8_t* row_in_place(const Plan& plan, const RowSource& source, size_t i, const RowBlock& block) {
  return is_float(plan) ? block.quantized + i * plan.k : source.lhs.at(i, 0);
}

void prepare_in_place(const Operator& op, const RowSource& source, size_t rows, const RowBlock& block) {
  const Plan& plan = op.plan;
  for (size_t i = 0; is_float(plan) && i < rows; ++i) {
    quantize_row(plan, source, i, block, block.quantized + i * plan.k);
  }
  for (size_t i = 0; op.row_term && i < rows; ++i) {
    block.sums[i] = sum_row(row_in_place(plan, source, i, block), plan.k, lhs_of(plan, *source.kernel).flip,
                            source.kernel->lhs_element == Element::u8);
  }
}

// All panels at once; where rows are quantized first, panel by panel: they are packed while they are in the first-level
// cache.
void pack_block(const Operator& op, const RowSource& source, size_t rows, const RowBlock& block) {
  const Plan& plan = op.plan;
  PackArgs args = {};
  args.panel_rows = source.kernel->mr;
  args.depth = plan.k;
  args.kr = source.kernel->kr;
  args.flip = lhs_of(plan, *source.kernel).flip;
  args.panel_stride = lhs_panel_bytes(*source.kernel, plan.packed_k);
  if (!is_float(plan)) {
    args.from = source.lhs.at(0, 0);
    args.row_stride = source.lhs.row_stride;
    args.depth_stride = source.lhs.column_stride;
    args.rows = rows;
    args.to = block.lhs;
    args.row_sum = op.row_term ? block.sums : nullptr;
    source.kernel->pack_lhs(&args);
    return;
  }
  args.from = block.quantized;
  args.row_stride = static_cast<ptrdiff_t>(plan.k);
  args.depth_stride = 1;
  uint8_t* to = block.lhs;
  for (size_t first = 0; first < rows;
       first += source.kernel->mr, to += lhs_panel_bytes(*source.kernel, plan.packed_k)) {
    args.rows = smaller(rows - first, source.kernel->mr);
    for (size_t i = 0; i < args.rows; ++i) {
      quantize_row(plan, source, first + i, block, block.quantized + i * plan.k);
    }
    args.to = to;
    args.row_sum = op.row_term ? block.sums + first : nullptr;
    source.kernel->pack_lhs(&args);
  }
}

}  // namespace

void prepare_rows(const Operator& op, const RowSource& source, size_t rows, const RowBlock& block) {
  const Plan& plan = op.plan;
  note_given(plan, source, rows, block);
  if (plan.k == 0) {
    zero_bytes(block.sums, rows * sizeof(int32_t));
    for (size_t i = 0; is_float(plan) && i < rows; ++i) quantize_row(plan, source, i, block, block.quantized);
  } else if (source.in_place) {
    prepare_in_place(op, source, rows, block);
  } else {
    pack_block(op, source, rows, block);
  }
}

void point_at_rows(const Operator& op, const RowSource& source, size_t i, size_t rows, const RowBlock& block) {
  const Plan& plan = op.plan;
  const uint8_t** pointers = reinterpret_cast<const uint8_t**>(block.lhs);
  for (size_t row = 0; row < rows; ++row) {
    // With no depth there is nothing to point at: the lhs itself may be null.
    pointers[row] = plan.k == 0 ? nullptr : row_in_place(plan, source, i + row, block);
  }
}

}  // namespace ottava
