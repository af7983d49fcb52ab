#include "combination_check.h"

#include <cstring>
#include <memory>

#include "catch.h"
#include "combination_draw.h"
#include "guarded_buffer.h"
#include "oracle/oracle.h"
#include "through_file.h"

namespace ottava {
namespace {

std::uint32_t flipped(std::uint32_t order, bool left) { return left ? order ^ 1u : order; }

std::int64_t activated(const Parameters& p, std::int64_t y) {
  if (p.output.activation == OTTAVA_ACTIVATION_TABLE) return p.table[static_cast<std::uint8_t>(y)];
  if (p.output.activation == OTTAVA_ACTIVATION_GEMMLOWP_TANH) {
    return expected_tanh(static_cast<std::int32_t>(y), p.output.tanh_zero, p.output.tanh_amplitude);
  }
  return y;
}

oracle::Matrix rows_of(const oracle::Matrix& whole, std::size_t first, std::size_t count) {
  oracle::Matrix part = whole;
  part.rows = static_cast<std::int64_t>(count);
  const std::size_t columns = static_cast<std::size_t>(whole.columns);
  const std::int64_t* const begin = whole.values.data() + first * columns;
  part.values.assign(begin, begin + count * columns);
  return part;
}

}  // namespace

void check_refused(const ottava_context* context, const Combination& c) {
  Random random(1);
  Parameters p;
  draw_parameters(random, c, 3, 4, &p);
  const std::uint8_t weights[12] = {};
  if (!c.runtime_rhs) p.constants.rhs = weights;
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_matmul* matmul = nullptr;
  const ottava_status status = ottava_matmul_create(context, &p.desc, &p.output, &p.constants, &matmul, &error);
  if (status == OTTAVA_UNSUPPORTED && error.argument[0] != '\0' && matmul == nullptr &&
      (std::strstr(error.message, "not go with") != nullptr || std::strstr(error.message, "goes with") != nullptr)) {
    return;
  }
  INFO(c.describe() << ": " << error.argument << " " << error.message);
  REQUIRE(status == OTTAVA_UNSUPPORTED);
  REQUIRE(matmul == nullptr);
  FAIL("the message does not say what does not go together");
}

std::string check_offered(const ottava_context* context, const Combination& c, Random& random, bool rows_only,
                          const CombinationRange& range) {
  const std::uint64_t seed = random.bits();
  Random own(seed);
  INFO(c.describe() << "; seed " << seed);
  const auto draw = [&own](std::size_t least, std::size_t most) {
    return static_cast<std::size_t>(own.between(static_cast<std::int64_t>(least), static_cast<std::int64_t>(most)));
  };
  const std::size_t m = draw(1, range.m), n = draw(1, own.chance(3) ? range.n : range.n / 5 + 1), k = draw(0, range.k);
  const std::size_t batches = own.chance(2) ? 1 : draw(2, 3);
  // Of a run-time rhs, some runs take fewer channels and depths than the operator has.
  const bool fewer_sizes = c.runtime_rhs && own.chance(2);
  const std::size_t most_n = n + (fewer_sizes ? draw(0, 30) : 0), most_k = k + (fewer_sizes && k > 0 ? draw(0, 20) : 0);
  Parameters p;
  draw_parameters(own, c, most_n, most_k, &p);
  const std::uint32_t lhs_order =
                          rows_only && c.lhs_type != OTTAVA_TYPE_F32 ? 0 : static_cast<std::uint32_t>(draw(0, 1)),
                      rhs_order = static_cast<std::uint32_t>(draw(0, 1)),
                      dst_order = static_cast<std::uint32_t>(draw(0, 1));
  p.desc.lhs_order = flipped(lhs_order, c.weights_left);
  p.desc.rhs_order = flipped(rhs_order, c.weights_left);
  p.desc.dst_order = flipped(dst_order, c.weights_left);

  const Batch lhs(own, batches, m, k, lhs_order, c.lhs_type == OTTAVA_TYPE_F32 ? 4 : 1, own.chance(3));
  const Batch rhs(own, c.runtime_rhs ? batches : 1, k, n, rhs_order, 1, !c.runtime_rhs || own.chance(3));
  Batch dst(own, batches, m, n, dst_order, element_bytes(c.dst_type), false);
  std::vector<oracle::Matrix> lhs_values, rhs_values;
  std::vector<oracle::Rows> rows(batches);
  std::vector<float> row_scales;
  std::vector<std::int32_t> row_zeros;
  for (std::size_t batch = 0; batch < batches; ++batch) {
    if (lhs.distinct(batch) == batch) {
      lhs_values.push_back(draw_lhs(own, c, lhs, batch, m, k, p.desc, &rows[batch]));
    } else {
      lhs_values.push_back(lhs_values[0]);
      if (c.lhs_type == OTTAVA_TYPE_F32) rows[batch] = rows[0];
    }
    const bool drawn = batch != 0 && (!c.runtime_rhs || rhs.distinct(batch) == 0);
    rhs_values.push_back(drawn ? rhs_values[0] : draw_rhs(own, c, rhs, batch, k, n, range.most_weight));
    for (std::size_t row = 0; row < m; ++row) {
      row_scales.push_back(static_cast<float>(own.between(1, 4000)) / 170000.0f);
      row_zeros.push_back(static_cast<std::int32_t>(own.between(lowest(c.lhs_type), lowest(c.lhs_type) + 255)));
      if (c.row_scales) rows[batch].scales.push_back(row_scales.back());
      if (c.row_zeros) rows[batch].zero_points.push_back(row_zeros.back());
    }
  }
  if (!c.runtime_rhs) p.constants.rhs = rhs.first();
  p.desc.rhs_stride = c.runtime_rhs ? 0 : rhs.stride();

  ottava_error error = OTTAVA_ERROR_INIT;
  const auto require_ok = [&error](ottava_status status) {
    if (status == OTTAVA_OK) return;
    INFO("status " << status << ", " << error.argument << ": " << error.message);
    REQUIRE(status == OTTAVA_OK);
  };
  ottava_matmul* matmul = nullptr;
  const ottava_status made = ottava_matmul_create(context, &p.desc, &p.output, &p.constants, &matmul, &error);
  if (range.may_decline && made == OTTAVA_KERNEL_UNAVAILABLE) return "";
  require_ok(made);
  std::vector<std::unique_ptr<GuardedBuffer>> kept;
  // Some are run as their packed files give them.
  const bool through_file = !c.runtime_rhs && own.chance(4);
  const Way way = own.chance(2) ? Way::in_place : Way::repacked;
  if (through_file) kept = send_through_file(context, way, own.chance(2), &matmul);
  ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
  require_ok(ottava_matmul_query(matmul, static_cast<std::int64_t>(m), &info, &error));

  ottava_matmul_run_desc run = OTTAVA_MATMUL_RUN_DESC_INIT;
  ottava_matmul_operands operands = OTTAVA_MATMUL_OPERANDS_INIT;
  run.m = static_cast<std::int64_t>(m);
  run.batches = static_cast<std::int64_t>(batches);
  run.lhs_stride = lhs.stride();
  run.dst_stride = dst.stride();
  run.flags = c.accumulate ? OTTAVA_RUN_ACCUMULATE : 0;
  if (n != most_n || own.chance(4)) run.n = static_cast<std::int64_t>(n);
  if (k != most_k || own.chance(4)) run.k = static_cast<std::int64_t>(k);
  const auto place = [&own](const Batch& batch, const void** first, std::int64_t* stride,
                            const void* const** pointers) {
    if (own.chance(3)) {
      *pointers = const_cast<const void* const*>(batch.pointers());
    } else {
      *first = batch.first();
      *stride = batch.batch_stride();
    }
  };
  place(lhs, &operands.lhs, &run.lhs_batch_stride, &operands.lhs_matrices);
  if (c.runtime_rhs) {
    run.rhs_stride = rhs.stride();
    place(rhs, &operands.rhs, &run.rhs_batch_stride, &operands.rhs_matrices);
  }
  if (own.chance(3)) {
    operands.dst_matrices = dst.pointers();
  } else {
    operands.dst = dst.first();
    run.dst_batch_stride = dst.batch_stride();
  }
  if (c.row_scales) operands.lhs_scales = row_scales.data();
  if (c.row_zeros) operands.lhs_zero_points = row_zeros.data();

  std::size_t first_row = 0, part_rows = m, first_column = 0, part_columns = n;
  if (own.chance(3)) {
    first_row = draw(0, m - 1);
    part_rows = draw(1, m - first_row);
    first_column = draw(0, (n - 1) / info.column_granularity) * info.column_granularity;
    part_columns = draw(1, n - first_column);
    run.first_row = static_cast<std::int64_t>(first_row);
    run.rows = static_cast<std::int64_t>(part_rows);
    run.first_column = static_cast<std::int64_t>(first_column);
    run.columns = static_cast<std::int64_t>(part_columns);
  }
  std::unique_ptr<GuardedBuffer> workspace;
  const bool refused = c.accumulate && !c.can_accumulate();
  if (own.chance(8) && !refused) {
    ottava_matmul_run_desc largest = OTTAVA_MATMUL_RUN_DESC_INIT;
    largest.m = run.m, largest.batches = run.batches;
    require_ok(ottava_matmul_workspace(matmul, own.chance(2) ? &run : &largest, &operands.workspace_bytes, &error));
    workspace = std::make_unique<GuardedBuffer>(static_cast<std::size_t>(operands.workspace_bytes),
                                                own.chance(2) ? Side::lower : Side::upper, 64, draw(0, 63));
    operands.workspace = workspace->data();
  }
  const bool counting = own.chance(3);
  std::uint64_t saturated[2] = {77, 77};
  if (counting) operands.saturated = saturated;

  const std::vector<std::uint8_t> before = dst.bytes();
  std::vector<std::uint8_t> expected = before;
  oracle::Counts counts;
  const std::size_t bytes = element_bytes(c.dst_type);
  for (std::size_t batch = 0; batch < batches; ++batch) {
    oracle::Rows part;
    const auto pick = [&](auto& from, auto& to) {
      if (!from.empty())
        to.assign(from.begin() + static_cast<std::ptrdiff_t>(first_row),
                  from.begin() + static_cast<std::ptrdiff_t>(first_row + part_rows));
    };
    pick(rows[batch].zero_points, part.zero_points);
    pick(rows[batch].scales, part.scales);
    // A channel at a time, so that those outside the part are not counted.
    for (std::size_t channel = first_column; channel < first_column + part_columns; ++channel) {
      oracle::Matrix column;
      column.rows = static_cast<std::int64_t>(k);
      column.columns = 1;
      for (std::size_t d = 0; d < k; ++d) {
        column.values.push_back(rhs_values[batch].at(static_cast<std::int64_t>(d), static_cast<std::int64_t>(channel)));
      }
      oracle::Stage stage = p.stage;
      stage.rhs_scales = {p.stage.rhs_scales[channel]};
      if (!p.stage.integers.empty()) stage.integers = {p.stage.integers[channel]};
      if (!p.stage.bias.empty()) stage.bias = {p.stage.bias[channel]};
      if (!p.stage.bias_f32.empty()) stage.bias_f32 = {p.stage.bias_f32[channel]};
      oracle::Matrix previous;
      previous.rows = static_cast<std::int64_t>(part_rows);
      previous.columns = 1;
      for (std::size_t row = 0; row < part_rows; ++row) {
        std::int32_t held = 0;
        std::memcpy(&held, dst.at(batch, first_row + row, channel), bytes);
        previous.values.push_back(held);
      }
      const oracle::Matrix result =
          oracle::matmul(rows_of(lhs_values[batch], first_row, part_rows), p.desc.lhs_zero_point, column,
                         {p.rhs_zeros[channel]}, stage, part, c.accumulate ? &previous : nullptr, &counts);
      for (std::size_t row = 0; row < part_rows; ++row) {
        const std::int64_t y = activated(p, result.values[row]);
        const std::uint8_t* const at = dst.at(batch, first_row + row, channel);
        std::memcpy(expected.data() + (at - dst.begin()), &y, bytes);  // little-endian: the low bytes
      }
    }
  }

  const ottava_status status = ottava_matmul_execute(matmul, &run, &operands, &error);
  ottava_matmul_destroy(matmul);
  if (refused) {
    REQUIRE(status == OTTAVA_UNSUPPORTED);
    REQUIRE(std::string(error.message).find("does not go with") != std::string::npos);
    REQUIRE(dst.bytes() == before);
    return info.kernel;
  }
  require_ok(status);
  if (workspace != nullptr) REQUIRE(workspace->check());
  if (counting) {
    REQUIRE(saturated[0] == counts.below);
    REQUIRE(saturated[1] == counts.above);
  }
  REQUIRE(dst.intact());
  const std::vector<std::uint8_t> after = dst.bytes();
  if (after == expected) return info.kernel;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    INFO("m " << m << " n " << n << " of " << most_n << " k " << k << " of " << most_k << " batches " << batches
              << " byte " << i << " part " << first_row << " " << part_rows << " " << first_column << " "
              << part_columns);
    REQUIRE(static_cast<int>(after[i]) == static_cast<int>(expected[i]));
  }
  return info.kernel;
}

}  // namespace ottava
