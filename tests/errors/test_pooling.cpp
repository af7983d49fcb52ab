// What pooling refuses: when it is made, and when it runs.
#include "layer_draft.h"

namespace ottava {
namespace {

struct PoolDraft {
  ottava_pool2d_desc desc = OTTAVA_POOL2D_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  bool no_output = false;

  PoolDraft() { desc.channels = 4; }
  const ottava_output* given() const { return no_output ? nullptr : &output; }
  ottava_status create(const ottava_context* context, ottava_layer** layer, ottava_error* error) const {
    return ottava_pool2d_create(context, &desc, given(), layer, error);
  }
  ottava_status size(const ottava_context* context, std::uint64_t* bytes, ottava_error* error) const {
    return ottava_pool2d_size(context, &desc, given(), bytes, error);
  }
  ottava_status init_at(void* memory, std::uint64_t bytes, const ottava_context* context, ottava_layer** layer,
                        ottava_error* error) const {
    return ottava_pool2d_init_at(memory, bytes, context, &desc, given(), layer, error);
  }
};

TEST_CASE("pooling refuses what it cannot be") {
  using D = PoolDraft;
  refused<D>({OTTAVA_BAD_STRUCT, "desc", {"struct_size"}}, [](D& d) { d.desc.struct_size = 76; });
  refused<D>({OTTAVA_BAD_OPTION, "desc.flags", {"2"}}, [](D& d) { d.desc.flags = 2; });
  refused<D>({OTTAVA_BAD_TYPE, "desc.kind", {"3", "OTTAVA_POOL_MAX"}}, [](D& d) { d.desc.kind = 3; });
  refused<D>({OTTAVA_BAD_TYPE, "desc.input_type", {"3"}}, [](D& d) { d.desc.input_type = OTTAVA_TYPE_S16; });
  refused<D>({OTTAVA_BAD_OPTION, "window.kernel_width", {"0"}}, [](D& d) { d.desc.window.kernel_width = 0; });
  refused<D>({OTTAVA_BAD_OPTION, "desc.window", {"OTTAVA_POOL_GLOBAL"}}, [](D& d) {
    d.desc.flags = OTTAVA_POOL_GLOBAL;
    d.desc.window.kernel_height = 2;
  });
  refused<D>({OTTAVA_BAD_SHAPE, "desc.channels", {"-1"}}, [](D& d) { d.desc.channels = -1; });
  refused<D>({OTTAVA_SIZE_OVERFLOW, "desc.channels", {}}, [](D& d) { d.desc.channels = INT64_MAX; });
  refused<D>({OTTAVA_BAD_ZERO_POINT, "desc.input_zero_point", {"128"}}, [](D& d) { d.desc.input_zero_point = 128; });
  refused<D>({OTTAVA_BAD_SCALE, "desc.input_scale", {"zero"}}, [](D& d) { d.desc.input_scale = 0.0f; });
  for (const std::uint32_t kind : {OTTAVA_POOL_MAX, OTTAVA_POOL_AVERAGE}) {
    refused<D>({OTTAVA_UNSUPPORTED, "output.type", {}}, [=](D& d) {
      d.desc.kind = kind;
      d.output.type = OTTAVA_TYPE_U8;
    });
    refused<D>({OTTAVA_UNSUPPORTED, "output.zero_point", {}}, [=](D& d) {
      d.desc.kind = kind;
      d.output.zero_point = 1;
    });
    refused<D>({OTTAVA_UNSUPPORTED, "output.scale", {}}, [=](D& d) {
      d.desc.kind = kind;
      d.output.scale = 2.0f;
    });
    refused<D>({OTTAVA_BAD_CLAMP, "output.clamp_min", {}}, [=](D& d) {
      d.desc.kind = kind;
      d.output.clamp_min = 5, d.output.clamp_max = 4;
    });
  }
  static const std::int32_t bias[4] = {};
  refused<D>({OTTAVA_UNSUPPORTED, "output.bias", {}}, [](D& d) { d.output.bias = bias; });
  static const ottava_add_desc addition = OTTAVA_ADD_DESC_INIT;
  refused<D>({OTTAVA_UNSUPPORTED, "output.addition", {"ottava_add_create"}},
             [](D& d) { d.output.addition = &addition; });
  refused<D>({OTTAVA_NULL_POINTER, "output", {}}, [](D& d) {
    d.desc.kind = OTTAVA_POOL_AVERAGE_RESCALED;
    d.no_output = true;
  });
  refused<D>({OTTAVA_BAD_SCALE, "desc.input_scale", {"power of two"}}, [](D& d) {
    d.desc.kind = OTTAVA_POOL_AVERAGE_RESCALED;
    d.desc.window.kernel_height = 3;
    d.output.requantization = OTTAVA_REQUANTIZE_POWER_OF_TWO;
  });
  refused<D>({OTTAVA_NOT_EXACT, "desc.window", {"8388608", "8388607"}}, [](D& d) {
    d.desc.kind = OTTAVA_POOL_AVERAGE;
    d.desc.window.kernel_height = 2048, d.desc.window.kernel_width = 4096;
  });
}

TEST_CASE("pooling refuses runs whose windows hold padding alone, or too much") {
  const KernelContext context(nullptr);
  ottava_layer_run_desc run = OTTAVA_LAYER_RUN_DESC_INIT;
  ottava_layer_info info = OTTAVA_LAYER_INFO_INIT;
  ottava_error error = unfilled_error();
  const auto query = [&](ottava_layer* layer, std::int64_t height, std::int64_t width) {
    run.height = height, run.width = width;
    error = unfilled_error();
    return ottava_layer_query(layer, &run, &info, &error);
  };
  ottava_layer* layer =
      made<PoolDraft>(context.get(), [](PoolDraft& d) { d.desc.window.kernel_width = 2, d.desc.window.pad_left = 2; });
  check_refusal({OTTAVA_BAD_SHAPE, "run.width", {"output 0", "padding alone"}}, query(layer, 3, 3), error);
  std::uint8_t input[36] = {}, output[64];
  std::memset(output, 0x5a, sizeof output);
  ottava_layer_operands operands = OTTAVA_LAYER_OPERANDS_INIT;
  operands.input = input, operands.output = output;
  error = unfilled_error();
  check_refusal({OTTAVA_BAD_SHAPE, "run.width", {"padding alone"}}, ottava_layer_run(layer, &run, &operands, &error),
                error);
  CHECK(output[0] == 0x5a);
  ottava_layer_destroy(layer);

  layer = made<PoolDraft>(context.get(), [](PoolDraft& d) {
    d.desc.window.kernel_height = 2, d.desc.window.pad_bottom = 2, d.desc.window.stride_height = 2;
  });
  CHECK(query(layer, 3, 3) == OTTAVA_OK);  // windows at 0 and 2
  check_refusal({OTTAVA_BAD_SHAPE, "run.height", {"output 2"}}, query(layer, 4, 3), error);
  ottava_layer_destroy(layer);

  // The taps of output 1 lie before and behind the one column.
  layer = made<PoolDraft>(context.get(), [](PoolDraft& d) {
    d.desc.window.kernel_width = 2, d.desc.window.dilation_width = 4, d.desc.window.pad_left = 4;
    d.desc.window.pad_right = 4;
  });
  check_refusal({OTTAVA_BAD_SHAPE, "run.width", {"output 1"}}, query(layer, 1, 1), error);
  CHECK(query(layer, 1, 4) == OTTAVA_OK);
  ottava_layer_destroy(layer);

  layer = made<PoolDraft>(context.get(), [](PoolDraft& d) {
    d.desc.flags = OTTAVA_POOL_GLOBAL;
    d.desc.kind = OTTAVA_POOL_AVERAGE;
  });
  CHECK(query(layer, 2047, 4097) == OTTAVA_OK);
  check_refusal({OTTAVA_NOT_EXACT, "run", {"8388608"}}, query(layer, 2048, 4096), error);
  ottava_layer_destroy(layer);
}

}  // namespace
}  // namespace ottava
