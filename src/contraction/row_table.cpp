#include "contraction/row_table.h"

#include "base/checked.h"
#include "base/memory.h"

namespace ottava {
namespace {

// Sum of the canonical values of one dense row, for kernels that read the lhs in place.
uint32_t sum_row(const uint8_t* row, size_t depth, uint8_t flip, bool is_unsigned) {
  uint32_t sum = 0;
  for (size_t k = 0; k < depth; ++k) {
    const uint8_t value = static_cast<uint8_t>(row[k] ^ flip);
    sum += is_unsigned ? value : static_cast<uint32_t>(static_cast<int8_t>(value));
  }
  return sum;
}

bool is_float(const ContractionPlan& plan) { return plan.lhs_quantization != Quantization::none; }

OTTAVA_INLINE void quantize_view(const ContractionPlan& plan, const Route& route, const ConstView& lhs, size_t m,
                                 size_t k, uint8_t* to, float* scales, int32_t* zeros) {
  if (is_dynamic(plan.lhs_quantization)) {
    if (!plan.row_zero_points) zeros = nullptr;
    const QuantizeRowsArgs args = {plan.lhs_quantization,     lhs.at(0, 0), lhs.row_stride, lhs.column_stride, m, k, to,
                                   static_cast<ptrdiff_t>(k), scales,       zeros};
    plan.quantize->quantize_rows(&args);
    for (size_t row = 0; zeros != nullptr && row < m; ++row) zeros[row] += route.lhs.zero_shift;
    return;
  }
  QuantizeArgs args = {lhs.at(0, 0), lhs.column_stride, k, to, plan.static_quantization};
  const ptrdiff_t row_bytes = static_cast<ptrdiff_t>(k * sizeof(float));
  if (lhs.column_stride == static_cast<ptrdiff_t>(sizeof(float)) && lhs.row_stride == row_bytes) {  // as one row
    args.count = m * k;
    m = 1;
  }
  for (size_t row = 0; row < m; ++row, args.to += k) {
    args.from = lhs.at(row, 0);
    plan.quantize->quantize(&args);
  }
}

// Quantizes m rows from row i of the block on into k bytes each at `to`, and notes their scales and zero points.
void quantize_rows(const ContractionPlan& plan, const RowSource& source, size_t i, size_t m, const RowBlock& block,
                   uint8_t* to) {
  const ConstView rows = {source.lhs.at(i, 0), source.lhs.row_stride, source.lhs.column_stride};
  quantize_view(plan, *source.route, rows, m, source.sizes->k, to, block.scales + i, block.zeros + i);
}

// Writes m rows from row i of the block on, side by side, to `to`.
void make_dense(const ContractionPlan& plan, const RowSource& source, size_t i, size_t m, const RowBlock& block,
                uint8_t* to) {
  if (source.assemble != nullptr) return source.assemble(source.geometry, source.lhs.data, source.first_row + i, m, to);
  quantize_rows(plan, source, i, m, block, to);
}

void note_given(const ContractionPlan& plan, const RowSource& source, size_t rows, const RowBlock& block) {
  for (size_t i = 0; plan.given_row_zero_points && i < rows; ++i)
    block.zeros[i] = source.zeros[i] + source.route->lhs.zero_shift;
  if (plan.given_row_scales) copy_bytes(block.scales, source.scales, rows * sizeof(float));
}

}  // namespace

size_t distance_of_rows(const ContractionPlan& plan, const RowSource& source) {
  if (source.fill != nullptr) return 0;
  return plan.dense_rows() ? source.sizes->k : static_cast<size_t>(source.lhs.row_stride);
}

namespace {

// Fills the part of the table that belongs to m rows from row i of the block on.
void fill_table(const ContractionPlan& plan, const RowSource& source, size_t i, size_t m, const RowBlock& block,
                const uint8_t** table) {
  if (source.fill != nullptr) {
    source.fill(source.geometry, source.lhs.data, source.matrix, source.first_row + i, m, block.padding, false, table);
    return;
  }
  const uint8_t* const first = plan.dense_rows() ? block.dense : source.lhs.data;
  const ptrdiff_t stride = static_cast<ptrdiff_t>(distance_of_rows(plan, source));
  ptrdiff_t at = static_cast<ptrdiff_t>(i) * stride;
  for (size_t row = 0; row < m; ++row, at += stride) table[row] = first + at;
}

// Tile by tile, as the kernel takes them.
void prepare_indirect(const PreparedContraction& op, const RowSource& source, size_t rows, const RowBlock& block) {
  const ContractionPlan& plan = op.plan;
  const Route& route = *source.route;
  const size_t k = source.sizes->k;
  if (plan.dense_rows()) make_dense(plan, source, 0, rows, block, block.dense);
  const uint8_t** table = block.table;
  for (size_t i = 0; i < rows; i += route.tile.mr) {
    const size_t m = smaller(rows - i, route.tile.mr);
    fill_table(plan, source, i, m, block, table);
    for (size_t row = 0; op.row_term && row < m; ++row) {
      uint32_t sum = 0;
      for (size_t position = 0; position < plan.positions; ++position) {
        sum += sum_row(table[position * m + row], k, route.lhs.flip, route.kernel->lhs_element == Element::u8);
      }
      block.sums[i + row] = static_cast<int32_t>(sum);
    }
    table += plan.positions * m;
  }
}

// A kernel of any stride reads rows where they lie.
void sum_strided(const PreparedContraction& op, const RowSource& source, size_t rows, const RowBlock& block) {
  const Route& route = *source.route;
  for (size_t i = 0; op.row_term && i < rows; ++i) {
    block.sums[i] = static_cast<int32_t>(
        sum_row(source.lhs.at(i, 0), source.sizes->k, route.lhs.flip, route.kernel->lhs_element == Element::u8));
  }
}

// All panels at once where rows lie at strides, a few where they are made first; rows of a table are gathered panel by
// panel.
void pack_block(const PreparedContraction& op, const RowSource& source, size_t rows, const RowBlock& block) {
  const ContractionPlan& plan = op.plan;
  const Route& route = *source.route;
  PackArgs args = {};
  args.panel_rows = route.tile.mr;
  args.depth = source.sizes->k;
  args.kr = route.tile.kr;
  args.flip = route.lhs.flip;
  args.panel_stride = lhs_panel_bytes(*source.sizes, route);
  args.row_sum = op.row_term ? block.sums : nullptr;
  if (op.row_term) zero_bytes(block.sums, rows * sizeof(int32_t));
  if (plan.rows_from == RowsFrom::strides && !is_float(plan)) {
    args.from = source.lhs.at(0, 0);
    args.row_stride = source.lhs.row_stride;
    args.depth_stride = source.lhs.column_stride;
    args.rows = rows;
    args.to = block.lhs;
    route.kernel->pack_lhs(&args);
    return;
  }
  args.depth_stride = 1;
  if (plan.dense_rows()) {
    args.from = block.dense;
    args.row_stride = static_cast<ptrdiff_t>(source.sizes->k);
    const size_t at_once = rows_made_at_once(plan, route, rows);
    for (size_t first = 0; first < rows; first += at_once) {
      args.rows = smaller(rows - first, at_once);
      make_dense(plan, source, first, args.rows, block, block.dense);
      args.to = block.lhs + first * source.sizes->packed_k * route.tile.lhs_bytes;
      route.kernel->pack_lhs(&args);
      if (args.row_sum != nullptr) args.row_sum += args.rows;
    }
    return;
  }
  const size_t position_bytes = route.tile.mr * source.sizes->padded_k * route.tile.lhs_bytes;
  const PackFn pack = route.kernel->pack_lhs;
  const size_t positions = plan.positions;
  uint8_t* to = block.lhs;
  for (size_t first = 0; first < rows; first += route.tile.mr, to += args.panel_stride) {
    const size_t rows_of_panel = smaller(rows - first, route.tile.mr);
    args.rows = rows_of_panel;
    args.row_stride = source.fill(source.geometry, source.lhs.data, source.matrix, source.first_row + first,
                                  rows_of_panel, block.padding, true, block.table);
    args.gathered = nullptr;
    const bool even = args.row_stride != 0;
    const uint8_t* const* rows_at = block.table;
    uint8_t* position_to = to;
    for (size_t left = positions; left > 0; --left, rows_at += rows_of_panel, position_to += position_bytes) {
      if (even) args.from = *rows_at;
      if (!even) args.gathered = rows_at;
      args.to = position_to;
      pack(&args);
    }
    if (args.row_sum != nullptr) args.row_sum += args.rows;
  }
}

}  // namespace

void quantize_few(const ContractionPlan& plan, const Route& route, const ConstView& rows, size_t m, uint8_t* to,
                  float* scales, int32_t* zeros) {
  quantize_view(plan, route, rows, m, plan.k, to, scales, zeros);
}

void prepare_rows(const PreparedContraction& op, const RowSource& source, size_t rows, const RowBlock& block) {
  const ContractionPlan& plan = op.plan;
  note_given(plan, source, rows, block);
  if (source.sizes->k == 0) {
    zero_bytes(block.sums, rows * sizeof(int32_t));
    if (is_float(plan)) quantize_rows(plan, source, 0, rows, block, block.dense);
    if (source.route->indirect()) zero_bytes(block.table, rows * plan.positions * sizeof(void*));
  } else if (source.route->indirect()) {
    prepare_indirect(op, source, rows, block);
  } else if (source.route->in_place) {
    sum_strided(op, source, rows, block);
  } else {
    pack_block(op, source, rows, block);
  }
}

}  // namespace ottava
