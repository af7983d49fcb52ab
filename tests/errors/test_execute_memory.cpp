// Errors of executing an operator, where memory is concerned: strides beyond the address space, dst that overlap, the
// workspace, an allocator that has nothing. Exact status, argument and words, and every byte left as it was; the
// workspace that is asked for is enough, and nothing beyond it is touched.
#include <cstring>

#include "hosts.h"
#include "small_operator.h"

using namespace ottava;

TEST_CASE("errors: execute, strides beyond the address space", "[errors]") {
  const SmallOperator op(to_runtime_rhs), floats(to_float_lhs);
  const auto too_far = [](const char* argument, std::int64_t stride) {
    return Refusal{OTTAVA_SIZE_OVERFLOW, argument, {"is " + number(stride) + ":", "address space"}};
  };
  for (const std::int64_t stride : {INT64_MAX, INT64_MIN, INT64_MAX / 3, -(INT64_MAX / 3)}) {
    check_both_refused(op, too_far("lhs_stride", stride), [=](Call& c) { c.run.lhs_stride = stride; });
    check_both_refused(op, too_far("run.rhs_stride", stride), [=](Call& c) { c.run.rhs_stride = stride; });
    check_both_refused(op, too_far("dst_stride", stride), [=](Call& c) { c.run.dst_stride = stride; });
  }
  for (const std::int64_t stride : {kHuge, -kHuge, kHuge / 3, -(kHuge / 3)}) {
    check_both_refused(op, too_far("dst_stride", stride), [=](Call& c) { c.run.dst_stride = stride; });
    check_both_refused(floats, too_far("lhs_stride", stride), [=](Call& c) { c.run.lhs_stride = stride; });
  }
  // From batch to batch; with one batch no step is made.
  for (const std::int64_t stride : {INT64_MAX, INT64_MIN, INT64_MAX / 2, -(INT64_MAX / 2)}) {
    const auto batches = [=](std::int64_t count, std::int64_t ottava_matmul_run_desc::*member) {
      return [=](Call& c) { c.run.batches = count, c.run.dst_batch_stride = 12, c.run.*member = stride; };
    };
    check_execute_refused(op, too_far("run.lhs_batch_stride", stride),
                          batches(3, &ottava_matmul_run_desc::lhs_batch_stride));
    check_execute_refused(op, too_far("run.rhs_batch_stride", stride),
                          batches(3, &ottava_matmul_run_desc::rhs_batch_stride));
    check_execute_refused(op, too_far("run.dst_batch_stride", stride),
                          batches(3, &ottava_matmul_run_desc::dst_batch_stride));
    check_execute_accepted(op, batches(1, &ottava_matmul_run_desc::lhs_batch_stride));
    check_execute_accepted(op, batches(1, &ottava_matmul_run_desc::rhs_batch_stride));
    check_execute_accepted(op, batches(1, &ottava_matmul_run_desc::dst_batch_stride));
  }
  check_execute_refused(floats, too_far("run.lhs_batch_stride", kHuge), [](Call& c) {
    c.run.batches = 2, c.run.dst_batch_stride = 12, c.run.lhs_batch_stride = kHuge;
  });
  // The end of an address space of 32 bits, of whose offsets int64 holds far more.
  for (const std::int64_t stride : {std::int64_t{1} << 30, -(std::int64_t{1} << 30), std::int64_t{1} << 31}) {
    if (kWide) break;
    check_execute_refused(op, too_far("lhs_stride", stride), [=](Call& c) { c.run.lhs_stride = stride; });
    check_execute_refused(op, too_far("run.rhs_stride", stride), [=](Call& c) { c.run.rhs_stride = stride; });
    check_execute_refused(op, too_far("dst_stride", stride / 4), [=](Call& c) { c.run.dst_stride = stride / 4; });
    check_execute_refused(op, too_far("run.lhs_batch_stride", stride), [=](Call& c) {
      c.run.batches = 3, c.run.dst_batch_stride = 12, c.run.lhs_batch_stride = stride;
    });
    check_execute_refused(op, too_far("run.dst_batch_stride", stride / 4),
                          [=](Call& c) { c.run.batches = 3, c.run.dst_batch_stride = stride / 4; });
  }
  // Each step fits, all of them together do not.
  check_execute_refused(op, too_far("run.dst_batch_stride", kHuge / 4),
                        [](Call& c) { c.run.batches = 9, c.run.dst_batch_stride = kHuge / 4; });
}

TEST_CASE("errors: execute, a stride of the rhs shorter than a row", "[errors]") {
  const SmallOperator op(to_runtime_rhs);
  for (const std::int64_t stride : {1, -1, 2, -2}) {
    check_both_refused(op, {OTTAVA_BAD_STRIDE, "run.rhs_stride", {"is " + number(stride) + ",", "row", "3 elements"}},
                       [=](Call& c) { c.run.rhs_stride = stride; });
  }
  check_execute_accepted(op, [](Call& c) { c.run.rhs_stride = 3; });
}

TEST_CASE("errors: execute, dst that overlap", "[errors]") {
  struct Layout {
    std::int64_t stride, batches, batch_stride;
  };
  for (const std::uint32_t order : {OTTAVA_ORDER_ROW, OTTAVA_ORDER_COLUMN}) {
    const bool by_row = order == OTTAVA_ORDER_ROW;
    // Lines of 3 elements: 4 rows of 3, or 4 columns of 3.
    const SmallOperator op([=](Draft& d) { d.desc.dst_order = order, d.desc.n = by_row ? 3 : 4; });
    const std::int64_t m = by_row ? 4 : 3;
    const auto laid_out = [=](const Layout& at) {
      return [=](Call& c) {
        c.run.m = m;
        c.run.dst_stride = at.stride, c.run.batches = at.batches, c.run.dst_batch_stride = at.batch_stride;
      };
    };
    for (const std::int64_t stride : {1, 2, -1, -2}) {
      check_both_refused(
          op,
          {OTTAVA_BAD_STRIDE, "dst_stride", {"is " + number(stride) + ",", by_row ? "row" : "column", "3 elements"}},
          laid_out({stride, 1, 0}));
    }
    for (const Layout& at : {Layout{0, 2, 0}, Layout{0, 2, 1}, Layout{0, 2, 11}, Layout{0, 2, -11}, Layout{3, 3, 6},
                             Layout{-3, 2, 11}, Layout{6, 2, 2}, Layout{6, 2, 4}, Layout{6, 3, 3}, Layout{8, 3, 3},
                             Layout{-8, 3, -3}, Layout{100, 2, 99}, Layout{100, 34, 3}}) {
      INFO("stride " << at.stride << ", " << at.batches << " batches " << at.batch_stride << " apart");
      check_execute_refused(op,
                            {OTTAVA_BAD_STRIDE,
                             "run.dst_batch_stride",
                             {"is " + number(at.batch_stride) + ":", number(at.batches) + " batches", "overlap"}},
                            laid_out(at));
    }
    // One behind the other, in either direction, or each between the lines of the others, to the last element.
    for (const Layout& at :
         {Layout{0, 3, 12}, Layout{0, 3, -12}, Layout{-3, 3, 12}, Layout{5, 2, 18}, Layout{6, 2, 3}, Layout{6, 2, -3},
          Layout{-6, 2, 3}, Layout{9, 3, 3}, Layout{7, 2, 4}, Layout{100, 2, 97}, Layout{100, 33, 3}}) {
      INFO("stride " << at.stride << ", " << at.batches << " batches " << at.batch_stride << " apart");
      Call call(op);
      laid_out(at)(call);
      // All of batch b is b + 1, as one lhs row of 4 that each of its rows repeats.
      std::vector<std::int8_t> lhs(static_cast<std::size_t>(4 * m * at.batches));
      for (std::size_t i = 0; i < lhs.size(); ++i)
        lhs[i] = static_cast<std::int8_t>(i / static_cast<std::size_t>(4 * m) + 1);
      call.operands.lhs = lhs.data();
      call.run.lhs_batch_stride = 4 * m;
      CHECK(call.execute(op, nullptr) == OTTAVA_OK);
      std::vector<std::int32_t> expected(Call::kDst, 0x5a5a5a5a);
      for (std::int64_t batch = 0; batch < at.batches; ++batch) {
        for (std::int64_t line = 0; line < 4; ++line) {
          for (std::int64_t i = 0; i < 3; ++i) {
            const std::int64_t offset = batch * at.batch_stride + line * (at.stride == 0 ? 3 : at.stride) + i;
            expected[static_cast<std::size_t>(static_cast<std::int64_t>(Call::kMiddle) + offset)] =
                static_cast<std::int32_t>(4 * (batch + 1));
          }
        }
      }
      CHECK((call.dst == expected));
    }
  }
  // The size query does not know whether an array of pointers will say where the batches lie.
  const SmallOperator unknown(to_runtime_rhs);
  for (const std::int64_t batch_stride : {std::int64_t{0}, std::int64_t{1}, INT64_MAX}) {
    check_workspace_accepted(unknown, [=](Call& c) {
      c.run.batches = 3;
      c.run.lhs_batch_stride = c.run.rhs_batch_stride = c.run.dst_batch_stride = batch_stride;
    });
  }
  // A single line each: beyond its end is enough.
  const SmallOperator op;
  const auto one_row = [](std::int64_t batch_stride) {
    return [=](Call& c) { c.run.m = 1, c.run.batches = 4, c.run.dst_batch_stride = batch_stride; };
  };
  check_execute_accepted(op, one_row(3));
  check_execute_accepted(op, one_row(-3));
  check_execute_refused(op, {OTTAVA_BAD_STRIDE, "run.dst_batch_stride", {"is 2:"}}, one_row(2));
}

TEST_CASE("errors: execute, the workspace", "[errors]") {
  for (const Change& change : {Change([](Draft&) {}), Change(to_runtime_rhs), Change(to_row_scales),
                               Change(to_row_zero_points), Change(to_float_lhs), Change(to_table), Change([](Draft& d) {
                                 to_runtime_rhs(d), d.to_quantize(OTTAVA_QUANTIZE_XNNPACK), d.to_f32();
                               })}) {
    const SmallOperator op(change);
    const auto batches = [](Call& c) {
      c.run.batches = 3;
      c.run.lhs_batch_stride = c.run.dst_batch_stride = 16;
      if (c.operands.rhs != nullptr) c.run.rhs_batch_stride = 12;
    };
    Call sound(op);
    batches(sound);
    sound.operands.workspace_bytes = 0;  // does not matter here
    const std::uint64_t needed = workspace_of(op, sound.run);
    REQUIRE((needed != 0 && needed < sound.workspace.size() - 64));
    for (const std::uint64_t bytes : {std::uint64_t{0}, std::uint64_t{1}, needed - 1}) {
      Call call(op);
      batches(call);
      call.operands.workspace_bytes = bytes;
      const std::vector<std::int32_t> dst = call.dst;
      const std::vector<std::uint8_t> workspace = call.workspace;
      ottava_error error = unfilled_error();
      check_refusal(
          {OTTAVA_BAD_MEMORY, "workspace_bytes", {"is " + std::to_string(bytes) + ",", std::to_string(needed)}},
          call.execute(op, &error), error);
      CHECK((call.dst == dst && call.workspace == workspace));
      CHECK((call.saturated[0] == 77 && call.saturated[1] == 78));
    }
    // Exactly that is enough, anywhere.
    for (std::size_t offset = 0; offset < 65; ++offset) {
      Call call(op);
      batches(call);
      call.operands.workspace = &call.workspace[offset];
      call.operands.workspace_bytes = needed;
      CHECK(call.execute(op, nullptr) == OTTAVA_OK);
      const std::vector<std::uint8_t> before(call.workspace.size(), 0xab);
      const std::size_t end = offset + static_cast<std::size_t>(needed);
      CHECK(std::memcmp(call.workspace.data(), before.data(), offset) == 0);
      CHECK(std::memcmp(&call.workspace[end], before.data(), call.workspace.size() - end) == 0);
    }
  }
}

TEST_CASE("errors: execute, a workspace serves all that is not larger", "[errors]") {
  for (const std::uint32_t threads : {1u, 4u, 7u}) {
    const KernelContext context(nullptr, threads, one_after_the_other);
    for (const Change& change : {Change([](Draft&) {}), Change(to_runtime_rhs), Change(to_float_lhs)}) {
      const SmallOperator op(
          [&](Draft& d) {
            change(d);
            d.desc.max_m = 0, d.desc.n = 130, d.desc.k = 600;
          },
          context.get());
      const std::int64_t m = 70, n = 130, k = 600, batches = 5;
      const std::vector<float> lhs(static_cast<std::size_t>(m * k * batches));
      const std::vector<std::int8_t> rhs(static_cast<std::size_t>(n * k * batches));
      std::vector<std::int32_t> dst(static_cast<std::size_t>(m * n * batches));
      ottava_matmul_run_desc run = OTTAVA_MATMUL_RUN_DESC_INIT;
      run.m = m, run.batches = batches;
      const std::uint64_t enough = workspace_of(op, run);
      std::vector<std::uint8_t> workspace(static_cast<std::size_t>(enough));
      ottava_matmul_operands operands = OTTAVA_MATMUL_OPERANDS_INIT;
      operands.lhs = lhs.data();
      operands.rhs = op.runtime_rhs ? rhs.data() : nullptr;
      operands.dst = dst.data();
      operands.workspace = workspace.data();
      operands.workspace_bytes = enough;
      const std::vector<std::int64_t> all_rows = {1, 2, 5, 11, 30, 47, 64, 69, 70}, some_rows = {5, 47, 70};
      for (std::int64_t fewer = 1; fewer <= batches; fewer += kEmulated ? 2 : 1) {
        for (const std::int64_t rows : kEmulated ? some_rows : all_rows) {
          for (const bool part : {false, true}) {
            for (const bool one_rhs : {false, true}) {
              run.batches = fewer;
              run.m = part ? m : rows;
              run.rows = part ? rows : OTTAVA_TO_THE_END;
              run.lhs_batch_stride = run.m * k, run.dst_batch_stride = run.m * n;
              run.rhs_batch_stride = op.runtime_rhs && !one_rhs ? n * k : 0;
              INFO(threads << " threads, " << rows << " rows, " << fewer << " batches, part " << part);
              CHECK(ottava_matmul_execute(op.matmul, &run, &operands, nullptr) == OTTAVA_OK);
            }
          }
        }
      }
    }
  }
}

TEST_CASE("errors: execute, no memory to be had", "[errors]") {
  const auto never = [](void*, std::uint64_t, std::uint64_t) -> void* { return nullptr; };
  const auto release = [](void*, void*, std::uint64_t) {};
  for (const bool with_allocator : {false, true}) {
    ottava_context_host host = OTTAVA_CONTEXT_HOST_INIT;
    host.allocate = never;
    host.release = release;
    std::vector<std::uint8_t> context_memory(1 << 14), memory(1 << 16);
    ottava_context* context = nullptr;
    REQUIRE(ottava_context_init_at(context_memory.data(), context_memory.size(), nullptr,
                                   with_allocator ? &host : nullptr, &context, nullptr) == OTTAVA_OK);
    Draft draft;
    draft.desc.flags = OTTAVA_MATMUL_RUNTIME_RHS;
    draft.constants.rhs = nullptr;
    ottava_matmul* matmul = nullptr;
    REQUIRE(ottava_matmul_init_at(memory.data(), memory.size(), context, &draft.desc, &draft.output, &draft.constants,
                                  &matmul, nullptr) == OTTAVA_OK);
    const std::vector<std::int8_t> lhs(64, 1), rhs(64, 1);
    std::vector<std::int8_t> dst(64, 0x5a);
    std::uint64_t saturated[] = {77, 78};
    ottava_matmul_run_desc run = OTTAVA_MATMUL_RUN_DESC_INIT;
    run.m = 4, run.batches = 2, run.dst_batch_stride = 12;
    ottava_matmul_operands operands = OTTAVA_MATMUL_OPERANDS_INIT;
    operands.workspace_bytes = 1 << 20;  // of nothing
    operands.lhs = lhs.data();
    operands.rhs = rhs.data();
    operands.dst = dst.data();
    operands.saturated = saturated;
    ottava_error error = unfilled_error();
    check_refusal(with_allocator ? Refusal{OTTAVA_OUT_OF_MEMORY, "workspace", {"NULL", "bytes"}}
                                 : Refusal{OTTAVA_BAD_MEMORY, "workspace", {"NULL", "no allocator"}},
                  ottava_matmul_execute(matmul, &run, &operands, &error), error);
    CHECK((dst == std::vector<std::int8_t>(64, 0x5a)));
    CHECK((saturated[0] == 77 && saturated[1] == 78));
    std::vector<std::uint8_t> workspace(1 << 16);
    operands.workspace = workspace.data();
    operands.workspace_bytes = workspace.size();
    CHECK(ottava_matmul_execute(matmul, &run, &operands, nullptr) == OTTAVA_OK);
    CHECK(dst[0] == 4);
    CHECK((saturated[0] == 0 && saturated[1] == 0));
    CHECK(ottava_matmul_destroy(matmul) == OTTAVA_OK);
    CHECK(ottava_context_destroy(context) == OTTAVA_OK);
  }
}
