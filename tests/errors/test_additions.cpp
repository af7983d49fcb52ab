// What additions refuse: as a layer when it is made and when it runs, and as the end of an operator.
#include "floats.h"
#include "layer_draft.h"

namespace ottava {
namespace {

struct AddDraft {
  ottava_add_desc desc = OTTAVA_ADD_DESC_INIT;

  AddDraft() { desc.channels = 4; }
  ottava_status create(const ottava_context* context, ottava_layer** layer, ottava_error* error) const {
    return ottava_add_create(context, &desc, layer, error);
  }
  ottava_status size(const ottava_context* context, std::uint64_t* bytes, ottava_error* error) const {
    return ottava_add_size(context, &desc, bytes, error);
  }
  ottava_status init_at(void* memory, std::uint64_t bytes, const ottava_context* context, ottava_layer** layer,
                        ottava_error* error) const {
    return ottava_add_init_at(memory, bytes, context, &desc, layer, error);
  }
};

TEST_CASE("additions refuse what they cannot be") {
  using D = AddDraft;
  refused<D>({OTTAVA_BAD_STRUCT, "desc", {"struct_size"}}, [](D& d) { d.desc.struct_size = 48; });
  refused<D>({OTTAVA_BAD_OPTION, "desc.flags", {"2"}}, [](D& d) { d.desc.flags = 2; });
  refused<D>({OTTAVA_BAD_SHAPE, "desc.channels", {"-5"}}, [](D& d) { d.desc.channels = -5; });
  refused<D>({OTTAVA_BAD_TYPE, "desc.arithmetic", {"3"}}, [](D& d) { d.desc.arithmetic = 3; });
  refused<D>({OTTAVA_BAD_TYPE, "desc.type", {"3"}}, [](D& d) { d.desc.type = OTTAVA_TYPE_S16; });
  refused<D>({OTTAVA_BAD_ZERO_POINT, "desc.first_zero_point", {"-129"}}, [](D& d) { d.desc.first_zero_point = -129; });
  refused<D>({OTTAVA_BAD_ZERO_POINT, "desc.second_zero_point", {"128"}}, [](D& d) { d.desc.second_zero_point = 128; });
  refused<D>({OTTAVA_BAD_ZERO_POINT, "desc.zero_point", {"300"}}, [](D& d) { d.desc.zero_point = 300; });
  refused<D>({OTTAVA_BAD_SCALE, "desc.first_scale", {"negative"}}, [](D& d) { d.desc.first_scale = -1.0f; });
  refused<D>({OTTAVA_BAD_SCALE, "desc.second_scale", {"NaN"}}, [](D& d) { d.desc.second_scale = kNan; });
  refused<D>({OTTAVA_BAD_SCALE, "desc.scale", {"infinite"}}, [](D& d) { d.desc.scale = kInfinity; });
  refused<D>({OTTAVA_BAD_CLAMP, "desc.clamp_min", {"3", "2"}},
             [](D& d) { d.desc.clamp_min = 3, d.desc.clamp_max = 2; });
  refused<D>({OTTAVA_BAD_CLAMP, "desc.clamp_min", {"0"}}, [](D& d) { d.desc.clamp_min = d.desc.clamp_max = 0; });
  refused<D>({OTTAVA_BAD_CLAMP, "desc.clamp_max", {"200"}}, [](D& d) { d.desc.clamp_max = 200; });
  // Ratios at the ends of what each arithmetic takes.
  const auto with = [](std::uint32_t arithmetic, float first, float second, float scale) {
    return [=](D& d) {
      d.desc.arithmetic = arithmetic;
      d.desc.first_scale = first, d.desc.second_scale = second, d.desc.scale = scale;
    };
  };
  const KernelContext context(nullptr);
  const auto accepted = [&](const std::function<void(D&)>& change) {
    ottava_layer_destroy(made<D>(context.get(), change));
  };
  refused<D>({OTTAVA_BAD_SCALE, "desc.scale", {"larger scale"}}, with(OTTAVA_ADD_TFLITE, 0x1p19f, 1.0f, 1.0f));
  accepted(with(OTTAVA_ADD_TFLITE, 0x1.fffffep18f, 1.0f, 1.0f));
  accepted(with(OTTAVA_ADD_TFLITE, 1.0f, 0x1p-60f, 0x1p60f));
  for (const std::uint32_t arithmetic : {OTTAVA_ADD_QNNPACK, OTTAVA_ADD_XNNPACK}) {
    refused<D>({OTTAVA_BAD_SCALE, "desc.first_scale", {"256"}}, with(arithmetic, 256.0f, 1.0f, 1.0f));
    accepted(with(arithmetic, 0x1.fffffep7f, 1.0f, 1.0f));
  }
  refused<D>({OTTAVA_BAD_SCALE, "desc.second_scale", {"2^-10"}}, with(OTTAVA_ADD_XNNPACK, 1.0f, 0x1.fffffep-11f, 1.0f));
  accepted(with(OTTAVA_ADD_XNNPACK, 1.0f, 0x1p-10f, 1.0f));
  refused<D>({OTTAVA_BAD_SCALE, "desc.second_scale", {"2^-14"}}, with(OTTAVA_ADD_QNNPACK, 1.0f, 0x1.fffffep-15f, 1.0f));
  accepted(with(OTTAVA_ADD_QNNPACK, 1.0f, 0x1p-14f, 1.0f));
  refused<D>({OTTAVA_BAD_SCALE, "desc.scale", {"2^-10"}}, with(OTTAVA_ADD_QNNPACK, 0x1p-11f, 0x1p-12f, 1.0f));
}

TEST_CASE("additions refuse operands that are missing or lie across each other") {
  const KernelContext context(nullptr);
  ottava_layer* const layer = made<AddDraft>(context.get(), [](AddDraft&) {});
  std::uint8_t first[16] = {}, second[16] = {}, sum[17] = {};
  ottava_layer_run_desc run = OTTAVA_LAYER_RUN_DESC_INIT;
  run.height = run.width = 2;
  ottava_layer_operands sound = OTTAVA_LAYER_OPERANDS_INIT;
  sound.input = first, sound.second = second, sound.output = sum;
  const auto refuses = [&](const Refusal& expected, const std::function<void(ottava_layer_operands&)>& change) {
    ottava_layer_operands operands = sound;
    change(operands);
    ottava_error error = unfilled_error();
    check_refusal(expected, ottava_layer_run(layer, &run, &operands, &error), error);
  };
  using O = ottava_layer_operands;
  refuses({OTTAVA_NULL_POINTER, "operands.input", {}}, [](O& o) { o.input = nullptr; });
  refuses({OTTAVA_NULL_POINTER, "operands.second", {}}, [](O& o) { o.second = nullptr; });
  refuses({OTTAVA_NULL_POINTER, "operands.output", {}}, [](O& o) { o.output = nullptr; });
  refuses({OTTAVA_BAD_STRIDE, "operands.output", {"overlaps operands.input"}}, [&](O& o) { o.input = sum + 1; });
  refuses({OTTAVA_BAD_STRIDE, "operands.output", {"operands.second"}}, [&](O& o) { o.second = sum + 1; });
  std::uint64_t counters[2];
  refuses({OTTAVA_UNSUPPORTED, "operands.saturated", {}}, [&](O& o) { o.saturated = counters; });
  ottava_layer_operands all_one = sound;
  all_one.input = all_one.second = sum;
  CHECK(ottava_layer_run(layer, &run, &all_one, nullptr) == OTTAVA_OK);
  ottava_layer_destroy(layer);
}

TEST_CASE("an output refuses additions that it cannot make, and runs without a second tensor") {
  const KernelContext context(nullptr);
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  desc.n = 3, desc.k = 4;
  const std::int8_t weights[12] = {};
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  constants.rhs = weights;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_add_desc addition = OTTAVA_ADD_DESC_INIT;
  output.addition = &addition;
  ottava_matmul* matmul = sentinel<ottava_matmul>();
  ottava_error error = unfilled_error();
  const auto create = [&] {
    error = unfilled_error();
    return ottava_matmul_create(context.get(), &desc, &output, &constants, &matmul, &error);
  };
  addition.flags = 4;
  check_refusal({OTTAVA_BAD_OPTION, "output.addition.flags", {"4"}}, create(), error);
  addition.flags = 0, addition.arithmetic = 9;
  check_refusal({OTTAVA_BAD_TYPE, "output.addition.arithmetic", {"9"}}, create(), error);
  addition.arithmetic = OTTAVA_ADD_XNNPACK, addition.second_scale = 0x1p9f;
  check_refusal({OTTAVA_BAD_SCALE, "output.addition.second_scale", {"512"}}, create(), error);
  addition.second_scale = 1.0f, addition.zero_point = 200;
  check_refusal({OTTAVA_BAD_ZERO_POINT, "output.addition.zero_point", {"200"}}, create(), error);
  addition.zero_point = 0, output.type = OTTAVA_TYPE_S16;
  check_refusal({OTTAVA_UNSUPPORTED, "output.addition", {"s8 or u8"}}, create(), error);
  output.type = OTTAVA_TYPE_S8;
  // Not read: the output's own.
  addition.type = 77, addition.first_scale = -1.0f, addition.first_zero_point = 1000, addition.channels = -1;
  REQUIRE(create() == OTTAVA_OK);

  const std::int8_t lhs[4] = {};
  std::int8_t dst[3] = {}, second[3] = {};
  error = unfilled_error();
  check_refusal({OTTAVA_UNSUPPORTED, "operation", {"ottava_matmul_execute"}},
                ottava_matmul_run(matmul, 1, lhs, 0, dst, 0, nullptr, 0, &error), error);
  const std::int32_t accumulators[3] = {};
  error = unfilled_error();
  check_refusal({OTTAVA_UNSUPPORTED, "operation", {"ottava_matmul_execute"}},
                ottava_matmul_output_stage(matmul, 1, accumulators, 0, nullptr, dst, 0, &error), error);
  ottava_matmul_run_desc run = OTTAVA_MATMUL_RUN_DESC_INIT;
  run.m = 1;
  ottava_matmul_operands operands = OTTAVA_MATMUL_OPERANDS_INIT;
  operands.lhs = lhs, operands.dst = dst;
  error = unfilled_error();
  check_refusal({OTTAVA_NULL_POINTER, "operands.second", {}}, ottava_matmul_execute(matmul, &run, &operands, &error),
                error);
  operands.second = second;
  CHECK(ottava_matmul_execute(matmul, &run, &operands, nullptr) == OTTAVA_OK);
  operands.second = dst;
  CHECK(ottava_matmul_execute(matmul, &run, &operands, nullptr) == OTTAVA_OK);
  operands.second = dst + 1;
  error = unfilled_error();
  check_refusal({OTTAVA_BAD_STRIDE, "dst", {"overlaps operands.second"}},
                ottava_matmul_execute(matmul, &run, &operands, &error), error);
  ottava_matmul_destroy(matmul);

  output.addition = nullptr;
  REQUIRE(create() == OTTAVA_OK);
  error = unfilled_error();
  check_refusal({OTTAVA_UNSUPPORTED, "operands.second", {"no addition"}},
                ottava_matmul_execute(matmul, &run, &operands, &error), error);
  operands.second = nullptr, run.second_stride = 3;
  error = unfilled_error();
  check_refusal({OTTAVA_UNSUPPORTED, "run.second_stride", {"no addition"}},
                ottava_matmul_execute(matmul, &run, &operands, &error), error);
  ottava_matmul_destroy(matmul);
  std::int32_t value = 0;
  const std::int32_t from[1] = {};
  output.addition = &addition;
  error = unfilled_error();
  check_refusal({OTTAVA_UNSUPPORTED, "output.addition", {}},
                ottava_requantize(context.get(), &output, 1.0f, 1, from, &value, &error), error);
}

}  // namespace
}  // namespace ottava
