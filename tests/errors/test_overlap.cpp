// What a run writes and what it reads apart from each other. Operands are laid out at random in one block of memory,
// an oracle looks at every byte that they touch, and the call is refused, nothing written, exactly where it finds a
// byte that is shared; elsewhere the results are those of operands in blocks of their own.
#include <algorithm>

#include "random.h"
#include "small_operator.h"

using namespace ottava;

namespace {

constexpr std::int64_t kBlock = 4096;
using Block = std::vector<std::uint8_t>;

// The rows x columns of each batch as a run has them, with the part that it touches.
struct Layout {
  std::int64_t element_bytes = 1, rows = 0, columns = 0;
  std::int64_t first_row = 0, part_rows = 0, first_column = 0, part_columns = 0;
  bool by_row = true;
  std::int64_t stride = 0;  // elements, 0: dense
  std::int64_t batches = 1, batch_stride = 0;
  bool array = false;
  std::vector<std::int64_t> begins = {};  // bytes into the block: of each batch with an array, otherwise of the first

  std::int64_t begin(std::int64_t batch) const {
    return array ? begins[static_cast<std::size_t>(batch)] : begins[0] + batch * batch_stride * element_bytes;
  }
  std::int64_t line_stride() const { return stride != 0 ? stride : by_row ? columns : rows; }
  // Calls visit(byte of the block) for each byte of one batch that is touched, or for all of the batch.
  template <class Visit>
  void visit_batch(std::int64_t batch, bool whole, Visit visit) const {
    for (std::int64_t row = whole ? 0 : first_row; row < (whole ? rows : first_row + part_rows); ++row) {
      for (std::int64_t c = whole ? 0 : first_column; c < (whole ? columns : first_column + part_columns); ++c) {
        const std::int64_t element = by_row ? row * line_stride() + c : c * line_stride() + row;
        for (std::int64_t i = 0; i < element_bytes; ++i) visit(begin(batch) + element * element_bytes + i);
      }
    }
  }
  bool fits() const {
    bool inside = true;
    for (std::int64_t batch = 0; batch < batches; ++batch) {
      visit_batch(batch, true, [&](std::int64_t at) { inside = inside && at >= 0 && at < kBlock; });
    }
    return inside;
  }
  void place(Random& random) {
    begins.clear();
    for (std::int64_t i = 0; i < (array ? batches : 1); ++i) begins.push_back(random.between(0, kBlock - 1));
  }
};

template <class Pointer, class Bytes>
std::vector<Pointer> pointers_of(const Layout& layout, Bytes& block) {
  std::vector<Pointer> pointers;
  for (const std::int64_t begin : layout.begins) pointers.push_back(block.data() + begin);
  return pointers;
}

struct Variant {
  Change change;
  bool row_scales = false, row_zero_points = false;
};

struct Drawn {
  ottava_matmul_run_desc run = OTTAVA_MATMUL_RUN_DESC_INIT;
  Layout lhs, rhs, dst, values;  // of rows
  bool runtime_rhs = false, row_scales = false, row_zero_points = false;

  // Bytes written, and whether one of them is written twice or read.
  bool shares() const {
    std::vector<bool> written(kBlock), read(kBlock);
    bool shared = false;
    const auto mark_all = [](const Layout& layout, std::vector<bool>& marks, bool* twice) {
      for (std::int64_t batch = 0; batch < layout.batches; ++batch) {
        layout.visit_batch(batch, false, [&](std::int64_t at) {
          if (twice != nullptr && marks[static_cast<std::size_t>(at)]) *twice = true;
          marks[static_cast<std::size_t>(at)] = true;
        });
      }
    };
    mark_all(dst, written, &shared);
    mark_all(lhs, read, nullptr);
    if (runtime_rhs) mark_all(rhs, read, nullptr);
    if (row_scales || row_zero_points) mark_all(values, read, nullptr);
    for (std::size_t i = 0; i < written.size(); ++i) shared = shared || (written[i] && read[i]);
    return shared;
  }

  ottava_status execute(const SmallOperator& op, const Block& inputs, Block& outputs, ottava_error* error) const {
    ottava_matmul_operands operands = OTTAVA_MATMUL_OPERANDS_INIT;
    const auto lhs_pointers = pointers_of<const void*>(lhs, inputs);
    const auto rhs_pointers = pointers_of<const void*>(rhs, inputs);
    const auto dst_pointers = pointers_of<void*>(dst, outputs);
    if (lhs.array) operands.lhs_matrices = lhs_pointers.data();
    if (!lhs.array) operands.lhs = lhs_pointers[0];
    if (dst.array) operands.dst_matrices = dst_pointers.data();
    if (!dst.array) operands.dst = dst_pointers[0];
    if (runtime_rhs && rhs.array) operands.rhs_matrices = rhs_pointers.data();
    if (runtime_rhs && !rhs.array) operands.rhs = rhs_pointers[0];
    const void* const of_rows = inputs.data() + values.begins[0];
    if (row_scales) operands.lhs_scales = static_cast<const float*>(of_rows);
    if (row_zero_points) operands.lhs_zero_points = static_cast<const std::int32_t*>(of_rows);
    return ottava_matmul_execute(op.matmul, &run, &operands, error);
  }
};

// Strides near the length of a line, so that lines of one operand come to lie between those of another.
std::int64_t draw_stride(Random& random, std::int64_t line) {
  if (random.chance(3)) return 0;
  const std::int64_t stride = line + (random.chance(2) ? random.between(0, 3) : random.between(0, 2 * line));
  return random.chance(3) ? -stride : stride;
}

Drawn draw(Random& random, const SmallOperator& op, const Draft& shape, const Variant& variant) {
  Drawn drawn;
  drawn.runtime_rhs = op.runtime_rhs;
  drawn.row_scales = variant.row_scales, drawn.row_zero_points = variant.row_zero_points;
  ottava_matmul_run_desc& run = drawn.run;
  run.m = random.between(1, kMaxM);
  run.batches = random.chance(2) ? 1 : random.between(2, 3);
  std::int64_t rows = run.m;
  std::int64_t columns = shape.desc.n;
  if (random.chance(3)) {
    run.first_row = random.between(0, run.m - 1);
    run.rows = rows = random.between(1, run.m - run.first_row);
  }
  const std::int64_t granularity = op.info.column_granularity;
  if (random.chance(3) && columns > granularity) {
    run.first_column = random.chance(2) ? 0 : granularity;
    run.columns = columns = random.between(1, columns - run.first_column);
  }
  const std::int64_t element_bytes = shape.output.type == OTTAVA_TYPE_S8 ? 1 : 4;
  drawn.lhs = {1, run.m, shape.desc.k, run.first_row, rows, 0, shape.desc.k, shape.desc.lhs_order == OTTAVA_ORDER_ROW};
  drawn.rhs = {1,
               shape.desc.k,
               shape.desc.n,
               0,
               shape.desc.k,
               run.first_column,
               columns,
               shape.desc.rhs_order == OTTAVA_ORDER_ROW};
  drawn.dst = {element_bytes, run.m,
               shape.desc.n,  run.first_row,
               rows,          run.first_column,
               columns,       shape.desc.dst_order == OTTAVA_ORDER_ROW};
  for (Layout* layout : {&drawn.lhs, &drawn.rhs, &drawn.dst}) {
    const std::int64_t line = layout->by_row ? layout->columns : layout->rows;
    const std::int64_t lines = layout->by_row ? layout->rows : layout->columns;
    layout->stride = draw_stride(random, line);
    layout->batches = run.batches;
    layout->array = random.chance(4);
    const std::int64_t step = layout->stride != 0 ? std::abs(layout->stride) : line;
    layout->batch_stride = random.chance(2) ? line : lines * step + random.between(0, 9);
    if (random.chance(3)) layout->batch_stride = -layout->batch_stride;
    layout->place(random);
  }
  for (std::int64_t& begin : drawn.dst.begins) {
    if (random.chance(2)) begin = drawn.lhs.begins[0] + random.between(-80, 80);
  }
  // The lhs may lie as it likes; most often as slices of the rows of one tensor do, each beside the dst.
  if (random.chance(2)) drawn.lhs.stride = drawn.dst.stride * element_bytes;
  if (random.chance(8)) drawn.lhs.stride = random.between(1, 3);
  if (!drawn.runtime_rhs) drawn.rhs.stride = drawn.rhs.batch_stride = 0;
  drawn.values = {4, run.batches, run.m, 0, run.batches, run.first_row, rows};
  drawn.values.begins = {random.between(0, kBlock / 4 - 1) * 4};
  run.lhs_stride = drawn.lhs.stride, run.lhs_batch_stride = drawn.lhs.batch_stride;
  run.dst_stride = drawn.dst.stride, run.dst_batch_stride = drawn.dst.batch_stride;
  if (drawn.runtime_rhs) run.rhs_stride = drawn.rhs.stride, run.rhs_batch_stride = drawn.rhs.batch_stride;
  return drawn;
}

Block random_block(Random& random, const Drawn& drawn) {
  Block block(static_cast<std::size_t>(kBlock));
  for (std::uint8_t& byte : block) byte = static_cast<std::uint8_t>(random.bits());
  for (std::int64_t i = 0; i < drawn.run.batches * drawn.run.m; ++i) {
    const float scale = static_cast<float>(i + 1);
    const std::int32_t zero_point = static_cast<std::int32_t>(i);
    std::uint8_t* const at = block.data() + drawn.values.begins[0] + 4 * i;
    if (drawn.row_scales) std::memcpy(at, &scale, sizeof scale);
    if (drawn.row_zero_points) std::memcpy(at, &zero_point, sizeof zero_point);
  }
  return block;
}

// By ottava_matmul_run too, where that can say it: small M, and its own reading of what is dense.
void check_run(const SmallOperator& op, const Drawn& drawn, const Block& block, bool shared, const Block& expected) {
  std::vector<std::uint8_t> workspace(static_cast<std::size_t>(workspace_of(op, drawn.run)));
  for (const bool with_workspace : {false, true}) {
    Block memory = block;
    ottava_error error = unfilled_error();
    const ottava_status status =
        ottava_matmul_run(op.matmul, drawn.run.m, memory.data() + drawn.lhs.begins[0], drawn.lhs.stride,
                          memory.data() + drawn.dst.begins[0], drawn.dst.stride,
                          with_workspace ? workspace.data() : nullptr, with_workspace ? workspace.size() : 0, &error);
    CHECK(status == (shared ? OTTAVA_BAD_STRIDE : OTTAVA_OK));
    if (shared) check_refusal({OTTAVA_BAD_STRIDE, "dst", {"overlaps lhs, which begins"}}, status, error);
    CHECK((memory == (shared ? block : expected)));
  }
}

}  // namespace

TEST_CASE("errors: what a run writes and what it reads, byte by byte", "[errors]") {
  const auto wide = [](Draft& d) { d.desc.n = 70; };
  const Variant variants[] = {
      {[](Draft&) {}},
      {[](Draft& d) { d.output = OTTAVA_OUTPUT_INIT; }},
      {[=](Draft& d) { wide(d), d.output = OTTAVA_OUTPUT_INIT; }},
      {[](Draft& d) { d.desc.lhs_order = OTTAVA_ORDER_COLUMN; }},
      {[](Draft& d) { d.desc.dst_order = OTTAVA_ORDER_COLUMN; }},
      {[](Draft& d) { d.desc.lhs_order = d.desc.dst_order = OTTAVA_ORDER_COLUMN; }},
      {[=](Draft& d) { wide(d), to_runtime_rhs(d), d.output = OTTAVA_OUTPUT_INIT; }},
      {[](Draft& d) { to_runtime_rhs(d), d.desc.rhs_order = OTTAVA_ORDER_COLUMN; }},
      {to_row_scales, true},
      {to_row_zero_points, false, true},
  };
  Random random(11);
  int refused = 0, accepted = 0, ran = 0;
  for (const Variant& variant : variants) {
    const SmallOperator op(variant.change);
    Draft shape;
    shape.to_s32();
    variant.change(shape);
    for (std::size_t i = 0; i < 20000; i += test_sample()) {
      const Drawn drawn = draw(random, op, shape, variant);
      if (!drawn.lhs.fits() || !drawn.dst.fits() || !drawn.values.fits()) continue;
      if (drawn.runtime_rhs && !drawn.rhs.fits()) continue;
      const Block block = random_block(random, drawn);
      Block expected = block;
      const bool shared = drawn.shares();
      ottava_error error = unfilled_error();
      Block memory = block;
      const ottava_status status = drawn.execute(op, memory, memory, &error);
      const std::string argument = error.argument;
      if (argument == "dst_stride" || argument == "run.dst_batch_stride") continue;  // dst that overlap themselves
      INFO("variant " << &variant - variants << ", draw " << i << ": " << error.argument << " " << error.message);
      if (shared) {
        CHECK(status == OTTAVA_BAD_STRIDE);
        CHECK(argument == (drawn.dst.array ? "operands.dst_matrices" : "dst"));
        CHECK(std::string(error.message).find("overlaps ") != std::string::npos);
        ++refused;
      } else {
        CHECK(status == OTTAVA_OK);
        REQUIRE(drawn.execute(op, block, expected, nullptr) == OTTAVA_OK);
        ++accepted;
      }
      CHECK((memory == (shared ? block : expected)));
      const bool whole = drawn.run.rows == OTTAVA_TO_THE_END && drawn.run.columns == OTTAVA_TO_THE_END;
      if (!whole || drawn.run.batches != 1 || drawn.lhs.array || drawn.dst.array || drawn.runtime_rhs) continue;
      if (drawn.row_scales || drawn.row_zero_points) continue;
      check_run(op, drawn, block, shared, expected);
      ++ran;
    }
  }
  INFO(refused << " refused, " << accepted << " accepted, " << ran << " runs");
  const int enough = static_cast<int>(1000 / test_sample());
  CHECK((refused > enough && accepted > enough && ran > enough));
}

TEST_CASE("errors: memory of a run beside its matrices", "[errors]") {
  const auto memory = [](const char* argument, const std::string& words) {
    return Refusal{OTTAVA_BAD_STRIDE, argument, {words}};
  };
  // A run-time rhs is packed, which takes workspace.
  const SmallOperator op(to_runtime_rhs);
  const auto end_of = [](Call& c) { return reinterpret_cast<std::uint8_t*>(&c.dst[Call::kMiddle] + 4 * Draft::n); };
  check_execute_refused(op, memory("dst", "overlaps operands.rhs, which begins at the same address"),
                        [](Call& c) { c.operands.rhs = c.operands.dst; });
  check_execute_refused(op, memory("dst", "overlaps operands.rhs, which begins 47 bytes after it"),
                        [=](Call& c) { c.operands.rhs = end_of(c) - 1; });
  check_execute_refused(op, memory("dst", "overlaps lhs, which begins 15 bytes before it"),
                        [](Call& c) { c.operands.lhs = static_cast<std::uint8_t*>(c.operands.dst) - 15; });
  check_execute_refused(op, memory("dst", "overlaps operands.saturated"),
                        [](Call& c) { c.operands.saturated = reinterpret_cast<std::uint64_t*>(c.operands.dst); });
  check_execute_accepted(op, [=](Call& c) { c.operands.rhs = end_of(c); });
  check_execute_accepted(op, [](Call& c) { c.operands.lhs = static_cast<std::uint8_t*>(c.operands.dst) - 16; });
  check_execute_refused(SmallOperator(to_row_scales), memory("dst", "overlaps operands.lhs_scales"), [](Call& c) {
    c.dst.assign(c.dst.size(), 0x3f800000);  // ones, as scales
    c.operands.lhs_scales = static_cast<float*>(c.operands.dst) + 4 * Draft::n - 1;
  });
  check_execute_refused(SmallOperator(to_row_zero_points), memory("dst", "overlaps operands.lhs_zero_points"),
                        [](Call& c) {
                          c.dst.assign(c.dst.size(), 3);
                          c.operands.lhs_zero_points = static_cast<std::int32_t*>(c.operands.dst) - 3;
                        });
  const auto arrays = [](Call& c) {
    c.run.batches = 4;
    c.operands.lhs_matrices = c.lhs_matrices, c.operands.rhs_matrices = c.rhs_matrices;
    c.operands.dst_matrices = c.dst_matrices;
  };
  check_execute_accepted(op, arrays);
  check_execute_refused(op, memory("operands.dst_matrices", "of batch 1 overlaps operands.dst_matrices of batch 3"),
                        [=](Call& c) { arrays(c), c.dst_matrices[3] = &c.dst[Call::kMiddle + 1024 + 11]; });
  check_execute_refused(op, memory("operands.dst_matrices", "of batch 2 overlaps operands.lhs_matrices of batch 1"),
                        [=](Call& c) { arrays(c), c.lhs_matrices[1] = c.dst_matrices[2]; });
  check_execute_refused(op, memory("operands.dst_matrices", "of batch 0 overlaps operands.rhs_matrices of batch 3"),
                        [=](Call& c) { arrays(c), c.rhs_matrices[3] = c.dst_matrices[0]; });
  // The workspace, of which a run touches the first byte at least.
  const auto check_workspace = [&](const char* argument, const char* words, const Harm& harm) {
    Call call(op);
    harm(call);
    const std::vector<std::int32_t> dst = call.dst;
    const std::vector<std::uint8_t> workspace = call.workspace;
    ottava_error error = unfilled_error();
    check_refusal(memory(argument, words), call.execute(op, &error), error);
    CHECK((call.dst == dst && call.workspace == workspace));
  };
  check_workspace("dst", "overlaps workspace", [](Call& c) { c.operands.dst = c.workspace.data(); });
  check_workspace("dst", "overlaps workspace, which begins 47", [](Call& c) {
    c.operands.dst = &c.workspace[0] + 17;
    c.operands.workspace = &c.workspace[64];
  });
  check_workspace("workspace", "overlaps lhs", [](Call& c) { c.operands.lhs = c.workspace.data(); });
  check_workspace("workspace", "overlaps operands.rhs", [](Call& c) { c.operands.rhs = c.workspace.data(); });
  check_execute_accepted(op,
                         [](Call& c) { c.operands.dst = &c.workspace[16], c.operands.workspace = &c.workspace[64]; });
}
