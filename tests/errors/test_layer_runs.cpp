// Errors of querying and running convolutions of every kind. Exact status, argument and words, and every byte of
// output, workspace, counters and info as it was; what is allowed and looks odd is done.
#include <algorithm>
#include <functional>
#include <memory>

#include "convolution_draft.h"
#include "hosts.h"

using namespace ottava;

namespace {

// A run that is sound for the layers of convolution_draft.h: two images of 5 x 6 pixels, 8 channels of 4 bytes at most.
struct Call {
  static constexpr std::size_t kBytes = 1 << 16;

  Call() {
    run.batch = 2, run.height = 5, run.width = 6;
    operands.input = memory.data();
    operands.output = memory.data() + kBytes / 2;
    operands.workspace = workspace.data();
    operands.workspace_bytes = workspace.size();
    operands.saturated = saturated;
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  ottava_layer_run_desc run = OTTAVA_LAYER_RUN_DESC_INIT;
  ottava_layer_operands operands = OTTAVA_LAYER_OPERANDS_INIT;
  std::vector<std::uint8_t> memory = std::vector<std::uint8_t>(kBytes, 0x5a);  // of both tensors
  std::vector<std::uint8_t> workspace = std::vector<std::uint8_t>(1 << 18, 0xab);
  std::uint64_t saturated[2] = {77, 78};
};

using Harm = std::function<void(Call&)>;

class Layer {
 public:
  template <class Draft>
  Layer(const ottava_context* context, const Draft& draft) {
    ottava_error error = OTTAVA_ERROR_INIT;
    const ottava_status status = draft.create(context, &layer_, &error);
    INFO(error.argument << ": " << error.message);
    REQUIRE(status == OTTAVA_OK);
  }
  explicit Layer(ottava_layer* made) : layer_(made) {}
  ~Layer() { ottava_layer_destroy(layer_); }
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;
  const ottava_layer* get() const { return layer_; }

 private:
  ottava_layer* layer_ = nullptr;
};

// One layer of each kind, to s8 or to s32.
struct EveryKind {
  explicit EveryKind(
      const std::function<void(ottava_window&)>& change = [](ottava_window&) {}, bool to_s32 = false)
      : context(nullptr) {
    make<ottava_conv2d_desc>(change, to_s32);
    make<ottava_depthwise_conv2d_desc>(change, to_s32);
    make<ottava_transposed_conv2d_desc>(change, to_s32);
  }

  KernelContext context;
  std::vector<std::unique_ptr<Layer>> layers;

 private:
  template <class Desc>
  void make(const std::function<void(ottava_window&)>& change, bool to_s32) {
    LayerDraft<Desc> draft;
    change(draft.desc.window);
    if (to_s32) draft.to_s32();
    layers.push_back(std::make_unique<Layer>(context.get(), draft));
  }
};

void check_run_refused(const ottava_layer* layer, const Refusal& expected, const Harm& harm) {
  Call call;
  harm(call);
  const std::vector<std::uint8_t> memory = call.memory, workspace = call.workspace;
  ottava_error error = unfilled_error();
  check_refusal(expected, ottava_layer_run(layer, &call.run, &call.operands, &error), error);
  CHECK(ottava_layer_run(layer, &call.run, &call.operands, nullptr) == expected.status);
  CHECK((call.memory == memory));
  CHECK((call.workspace == workspace));
  CHECK((call.saturated[0] == 77 && call.saturated[1] == 78));
}

void check_query_refused(const ottava_layer* layer, const Refusal& expected, const Harm& harm) {
  Call call;
  harm(call);
  ottava_layer_info info = patterned<ottava_layer_info>(sizeof(ottava_layer_info));
  const ottava_layer_info before = info;
  ottava_error error = unfilled_error();
  check_refusal(expected, ottava_layer_query(layer, &call.run, &info, &error), error);
  CHECK(same_bytes(info, before));
}

void check_both_refused(const ottava_layer* layer, const Refusal& expected, const Harm& harm) {
  check_run_refused(layer, expected, harm);
  check_query_refused(layer, expected, harm);
}

void check_accepted(const ottava_layer* layer, Call& call) {
  ottava_error error = unfilled_error();
  const ottava_status status = ottava_layer_run(layer, &call.run, &call.operands, &error);
  INFO(error.argument << ": " << error.message);
  CHECK(status == OTTAVA_OK);
}

void check_accepted(const ottava_layer* layer, const Harm& harm) {
  Call call;
  harm(call);
  check_accepted(layer, call);
}

// Accepted, with nothing written but counters.
void check_nothing_done(const ottava_layer* layer, const Harm& harm) {
  Call call;
  harm(call);
  const std::vector<std::uint8_t> memory = call.memory, workspace = call.workspace;
  check_accepted(layer, call);
  CHECK((call.memory == memory));
  CHECK((call.workspace == workspace));
  CHECK((call.saturated[0] == 0 && call.saturated[1] == 0));
}

}  // namespace

TEST_CASE("errors: layers, pointers and structures of a run", "[errors]") {
  const EveryKind kinds;
  for (const auto& made : kinds.layers) {
    const ottava_layer* const layer = made->get();
    Call call;
    ottava_layer_info info = OTTAVA_LAYER_INFO_INIT;
    ottava_error error = unfilled_error();
    const auto refused = [&](const char* argument, ottava_status status) {
      check_refusal({OTTAVA_NULL_POINTER, argument, {"NULL"}}, status, error);
      error = unfilled_error();
    };
    refused("layer", ottava_layer_run(nullptr, &call.run, &call.operands, &error));
    refused("run", ottava_layer_run(layer, nullptr, &call.operands, &error));
    refused("operands", ottava_layer_run(layer, &call.run, nullptr, &error));
    refused("layer", ottava_layer_query(nullptr, &call.run, &info, &error));
    refused("run", ottava_layer_query(layer, nullptr, &info, &error));
    refused("info", ottava_layer_query(layer, &call.run, nullptr, &error));
    check_run_refused(layer, {OTTAVA_NULL_POINTER, "operands.input", {"NULL"}},
                      [](Call& c) { c.operands.input = nullptr; });
    check_run_refused(layer, {OTTAVA_NULL_POINTER, "operands.output", {"NULL"}},
                      [](Call& c) { c.operands.output = nullptr; });
    for (const std::uint32_t size : {0u, 4u, 32u, 57u, 4104u}) {
      check_both_refused(layer, {OTTAVA_BAD_STRUCT, "run", {"struct_size", number(size)}},
                         [=](Call& c) { c.run.struct_size = size; });
      check_run_refused(layer, {OTTAVA_BAD_STRUCT, "operands", {"struct_size", number(size)}},
                        [=](Call& c) { c.operands.struct_size = size; });
      ottava_layer_info odd = patterned<ottava_layer_info>(size);
      const ottava_layer_info before = odd;
      check_refusal({OTTAVA_BAD_STRUCT, "info", {"struct_size", number(size)}},
                    ottava_layer_query(layer, &call.run, &odd, &error), error);
      CHECK(same_bytes(odd, before));
      error = unfilled_error();
    }
    for (const std::uint32_t flags : {2u, 3u, 1u << 31}) {
      check_both_refused(layer, {OTTAVA_BAD_OPTION, "run.flags", {"is " + number(flags), "not defined"}},
                         [=](Call& c) { c.run.flags = flags; });
    }
    check_run_refused(layer, {OTTAVA_BAD_OPTION, "operands.reserved", {"is 1", "not 0"}},
                      [](Call& c) { c.operands.reserved = 1; });
    check_run_refused(layer, {OTTAVA_BAD_OPTION, "operands.unused", {"not 0"}},
                      [](Call& c) { c.operands.unused = c.memory.data(); });
    check_run_refused(layer, {OTTAVA_UNSUPPORTED, "operands.second", {"no second tensor"}},
                      [](Call& c) { c.operands.second = c.memory.data(); });
    check_run_refused(layer, {OTTAVA_UNSUPPORTED, "run.flags", {"OTTAVA_RUN_ACCUMULATE", "s32 or f32"}},
                      [](Call& c) { c.run.flags = OTTAVA_RUN_ACCUMULATE; });
    check_accepted(layer, [](Call&) {});
    ottava_error impossible = patterned<ottava_error>(255);
    const std::vector<std::uint8_t> memory = call.memory;
    CHECK(ottava_layer_run(layer, &call.run, &call.operands, &impossible) == OTTAVA_BAD_STRUCT);
    CHECK((call.memory == memory));
  }
  const EveryKind wide([](ottava_window&) {}, true);
  for (const auto& made : wide.layers) {
    check_accepted(made->get(), [](Call& c) { c.run.flags = OTTAVA_RUN_ACCUMULATE; });
  }
}

TEST_CASE("errors: layers, sizes of a run", "[errors]") {
  const EveryKind kinds;
  struct Field {
    std::int64_t ottava_layer_run_desc::*member;
    const char* argument;
  };
  const Field fields[] = {{&ottava_layer_run_desc::batch, "run.batch"},
                          {&ottava_layer_run_desc::height, "run.height"},
                          {&ottava_layer_run_desc::width, "run.width"}};
  for (const auto& made : kinds.layers) {
    const ottava_layer* const layer = made->get();
    for (const Field& field : fields) {
      for (const std::int64_t value : {std::int64_t{-1}, INT64_MIN}) {
        check_both_refused(layer, {OTTAVA_BAD_SHAPE, field.argument, {"is " + number(value), "negative"}},
                           [=](Call& c) { c.run.*(field.member) = value; });
      }
      // Nothing to compute, nothing wrong, and no memory wanted.
      check_nothing_done(layer, [=](Call& c) { c.run.*(field.member) = 0; });
      check_nothing_done(layer, [=](Call& c) {
        c.run.*(field.member) = 0;
        c.operands.input = nullptr, c.operands.output = nullptr, c.operands.workspace = nullptr;
      });
    }
    for (const std::int64_t value : {std::int64_t{1} << 31, INT64_MAX}) {
      for (const Field& field : {fields[1], fields[2]}) {
        check_both_refused(layer, {OTTAVA_SIZE_OVERFLOW, field.argument, {"is " + number(value), "2147483647"}},
                           [=](Call& c) { c.run.*(field.member) = value; });
      }
    }
    check_both_refused(layer, {OTTAVA_SIZE_OVERFLOW, "run", {"batch, height and width", "address space"}},
                       [](Call& c) { c.run.batch = PTRDIFF_MAX; });
    check_both_refused(layer, {OTTAVA_SIZE_OVERFLOW, "run", {"batch, height and width", "address space"}},
                       [](Call& c) { c.run.batch = PTRDIFF_MAX / 30 / 4 + 1; });
  }
  for (const std::size_t kind : {0u, 1u}) {  // a convolution that looks further than the image reaches
    const ottava_layer* const layer = kinds.layers[kind]->get();
    check_both_refused(layer, {OTTAVA_BAD_SHAPE, "height", {"is 2,", "pads 2;", "spans 3"}},
                       [](Call& c) { c.run.height = 2; });
    check_both_refused(layer, {OTTAVA_BAD_SHAPE, "width", {"is 1,", "pads 1;", "spans 3"}},
                       [](Call& c) { c.run.width = 1; });
    check_both_refused(layer, {OTTAVA_SIZE_OVERFLOW, "run", {"address space"}},
                       [](Call& c) { c.run.height = c.run.width = INT32_MAX, c.run.batch = kWide ? 8 : 1; });
  }
  check_both_refused(kinds.layers[2]->get(), {OTTAVA_SIZE_OVERFLOW, "height", {"the output would be too large"}},
                     [](Call& c) { c.run.height = 1 << 30; });
  const EveryKind narrow([](ottava_window& w) { w.pad_top = 3, w.pad_bottom = 6, w.dilation_height = 5; });
  check_both_refused(narrow.layers[0]->get(), {OTTAVA_BAD_SHAPE, "height", {"is 1,", "pads 10;", "spans 11"}},
                     [](Call& c) { c.run.height = 1; });
  check_accepted(narrow.layers[0]->get(), [](Call& c) { c.run.height = 2; });
  const EveryKind padded([](ottava_window& w) { w.pad_left = 6, w.pad_right = 7; });
  check_both_refused(padded.layers[2]->get(), {OTTAVA_BAD_SHAPE, "width", {"is 6:", "pads take all of the 13"}},
                     [](Call&) {});
}

TEST_CASE("errors: layers, pixel strides", "[errors]") {
  const EveryKind kinds;
  for (const auto& made : kinds.layers) {
    const ottava_layer* const layer = made->get();
    for (const std::int64_t stride : {1, 3, -1, -4, -100}) {  // fewer channels at run time than at creation
      check_run_refused(
          layer,
          {OTTAVA_BAD_STRIDE, "run.input_pixel_stride", {"is " + number(stride) + ",", "less than the 4 channels"}},
          [=](Call& c) { c.run.input_pixel_stride = stride; });
    }
    for (const std::int64_t stride : {1, 7, -1, -8, -100}) {
      check_run_refused(
          layer,
          {OTTAVA_BAD_STRIDE, "run.output_pixel_stride", {"is " + number(stride) + ",", "less than the 8 channels"}},
          [=](Call& c) { c.run.output_pixel_stride = stride; });
    }
    for (const std::int64_t stride : {INT64_MAX, INT64_MAX / 8, std::int64_t{PTRDIFF_MAX} / 30}) {
      check_run_refused(layer, {OTTAVA_SIZE_OVERFLOW, "run.input_pixel_stride", {"address space"}},
                        [=](Call& c) { c.run.input_pixel_stride = stride; });
      check_run_refused(layer, {OTTAVA_SIZE_OVERFLOW, "run.output_pixel_stride", {"address space"}},
                        [=](Call& c) { c.run.output_pixel_stride = stride, c.run.height = 11; });
    }
    check_accepted(layer, [](Call& c) { c.run.input_pixel_stride = 4, c.run.output_pixel_stride = 8; });
    check_accepted(layer, [](Call& c) { c.run.input_pixel_stride = 9, c.run.output_pixel_stride = 17; });
  }
}

TEST_CASE("errors: layers, an output that overlaps the input", "[errors]") {
  // One pixel of output for one of input, so that two slices of channels of one tensor lie between each other.
  const EveryKind kinds(
      [](ottava_window& w) { w.kernel_height = w.kernel_width = w.stride_height = w.stride_width = 1; });
  const std::ptrdiff_t input_bytes = 2 * 5 * 6 * 4, output_bytes = 2 * 5 * 6 * 8;
  for (const auto& made : kinds.layers) {
    const ottava_layer* const layer = made->get();
    const auto at = [](std::ptrdiff_t distance) {  // of the output from the input
      return [distance](Call& c) {
        c.operands.input = c.memory.data() + Call::kBytes / 2;
        c.operands.output = c.memory.data() + Call::kBytes / 2 + distance;
      };
    };
    const auto refused = [&](const Harm& harm) {
      check_run_refused(layer, {OTTAVA_BAD_STRIDE, "operands.output", {"overlaps operands.input"}}, harm);
    };
    for (const std::ptrdiff_t distance : {std::ptrdiff_t{0}, std::ptrdiff_t{1}, input_bytes - 1, 1 - output_bytes}) {
      refused(at(distance));
    }
    check_accepted(layer, at(input_bytes));
    check_accepted(layer, at(-output_bytes));
    // Pixels of 12 bytes hold the 4 of the input and the 8 of the output, in either order.
    const auto slices = [&](std::ptrdiff_t distance, std::int64_t input_stride, std::int64_t output_stride) {
      return [=](Call& c) {
        at(distance)(c);
        c.run.input_pixel_stride = input_stride, c.run.output_pixel_stride = output_stride;
      };
    };
    for (const std::ptrdiff_t distance : {4, -8, 16, 12 * 3 + 4, -12 * 70 - 8}) {
      check_accepted(layer, slices(distance, 12, 12));
    }
    for (const std::ptrdiff_t distance : {3, 5, -7, -9, 12, 12 * 3}) refused(slices(distance, 12, 12));
    refused(slices(4, 12, 13));  // drifts into it
    refused(slices(4, 16, 12));
    check_accepted(layer, slices(4, 12, 24));  // every other pixel
  }
}

TEST_CASE("errors: layers, a workspace or counters that overlap a tensor", "[errors]") {
  const EveryKind kinds;
  for (const auto& made : kinds.layers) {
    const auto refused = [&](const char* argument, const char* words, const Harm& harm) {
      check_run_refused(made->get(), {OTTAVA_BAD_STRIDE, argument, {words}}, harm);
    };
    refused("operands.workspace", "overlaps operands.output",
            [](Call& c) { c.operands.workspace = c.memory.data() + Call::kBytes / 2 - 1; });
    refused("operands.workspace", "overlaps operands.input", [](Call& c) { c.operands.workspace = c.memory.data(); });
    refused("operands.saturated", "overlaps operands.output", [](Call& c) {
      c.operands.saturated = reinterpret_cast<std::uint64_t*>(c.memory.data() + Call::kBytes / 2 - 8);
    });
    refused("operands.workspace", "overlaps operands.saturated",
            [](Call& c) { c.operands.saturated = reinterpret_cast<std::uint64_t*>(c.workspace.data()); });
    check_accepted(made->get(), [](Call& c) {
      c.operands.saturated = reinterpret_cast<std::uint64_t*>(c.memory.data() + Call::kBytes / 2 - 16);
    });
  }
}

TEST_CASE("errors: layers, the workspace of a run", "[errors]") {
  const EveryKind kinds;
  for (const auto& made : kinds.layers) {
    const Call sound;
    ottava_layer_info info = OTTAVA_LAYER_INFO_INIT;
    REQUIRE(ottava_layer_query(made->get(), &sound.run, &info, nullptr) == OTTAVA_OK);
    REQUIRE(info.workspace_bytes > 1);
    const std::uint64_t bytes = info.workspace_bytes;
    for (const std::uint64_t less : {std::uint64_t{0}, std::uint64_t{1}, bytes - 1}) {
      check_run_refused(made->get(),
                        {OTTAVA_BAD_MEMORY,
                         "operands.workspace_bytes",
                         {"is " + std::to_string(less) + ",", "at least " + std::to_string(bytes)}},
                        [=](Call& c) { c.operands.workspace_bytes = less; });
    }
    check_accepted(made->get(), [=](Call& c) { c.operands.workspace_bytes = bytes; });
  }
  for (const bool is_empty : {true, false}) {
    const PlacedContext context(is_empty ? host_without_memory() : host_without_allocator());
    const Conv2dDraft draft;
    std::vector<std::uint8_t> memory(1 << 16);
    ottava_layer* made = nullptr;
    REQUIRE(ottava_conv2d_init_at(memory.data(), memory.size(), context.get(), &draft.desc, &draft.output,
                                  &draft.constants, &made, nullptr) == OTTAVA_OK);
    const Layer layer(made);
    const Refusal expected = is_empty ? Refusal{OTTAVA_OUT_OF_MEMORY, "operands.workspace", {"allocator"}}
                                      : Refusal{OTTAVA_BAD_MEMORY, "operands.workspace", {"NULL", "no allocator"}};
    check_run_refused(layer.get(), expected, [](Call& c) { c.operands.workspace = nullptr; });
    check_accepted(layer.get(), [](Call&) {});
  }
}

TEST_CASE("errors: layers without channels", "[errors]") {
  const KernelContext context(nullptr);
  Conv2dDraft empty;  // of output
  empty.desc.output_channels = 0, empty.constants.weights = nullptr;
  const Layer none(context.get(), empty);
  check_nothing_done(none.get(), [](Call&) {});
  check_nothing_done(none.get(), [](Call& c) { c.operands.output = nullptr, c.operands.workspace = nullptr; });
  DepthwiseDraft idle;
  idle.desc.channels = 0, idle.constants.weights = nullptr;
  const Layer still(context.get(), idle);
  check_nothing_done(still.get(), [](Call&) {});
  // Without input the output is that of the bias alone.
  Conv2dDraft deaf;
  const std::vector<std::int32_t> bias = {1, -2, 3, -4, 5, -6, 7, -8};
  deaf.to_s32();
  deaf.desc.input_channels = 0, deaf.constants.weights = nullptr, deaf.output.bias = bias.data();
  const Layer constant(context.get(), deaf);
  Call call;
  call.operands.input = nullptr;
  check_accepted(constant.get(), call);
  const std::int32_t* const output = static_cast<const std::int32_t*>(call.operands.output);
  for (std::size_t i = 0; i < 2 * 3 * 4 * 8; ++i) CHECK(output[i] == bias[i % 8]);
}

TEST_CASE("errors: layers, absurd sizes are answered at once", "[errors]") {
  const EveryKind kinds;
  const KernelContext three(nullptr, 3, one_after_the_other);
  const Layer shared(three.get(), TransposedDraft());
  std::vector<const ottava_layer*> layers = {shared.get()};
  for (const auto& made : kinds.layers) layers.push_back(made->get());
  for (const ottava_layer* const layer : layers) {
    Call call;
    ottava_layer_info one = OTTAVA_LAYER_INFO_INIT, many = OTTAVA_LAYER_INFO_INIT;
    REQUIRE(ottava_layer_query(layer, &call.run, &one, nullptr) == OTTAVA_OK);
    call.run.batch = kWide ? std::int64_t{1} << 45 : 1 << 18;
    REQUIRE(ottava_layer_query(layer, &call.run, &many, nullptr) == OTTAVA_OK);
    CHECK(many.workspace_bytes <= 3 * (one.workspace_bytes + 64));
  }
  // As many contractions as the window has taps.
  TransposedDraft wide;
  ottava_window& window = wide.desc.window;
  window.kernel_height = window.kernel_width = window.stride_height = window.stride_width = 65535;
  wide.desc.input_channels = wide.desc.output_channels = 0;
  std::uint64_t bytes = 0;
  const ottava_status sized =
      ottava_transposed_conv2d_size(kinds.context.get(), &wide.desc, &wide.output, &bytes, nullptr);
  CHECK(sized == (kWide ? OTTAVA_OK : OTTAVA_SIZE_OVERFLOW));
  if (kWide) CHECK(bytes > std::uint64_t{65535} * 65535);
  // Groups without channels, each of which has a contraction that nobody could keep.
  Conv2dDraft grouped;
  grouped.desc.input_channels = grouped.desc.output_channels = 0;
  grouped.desc.groups = kWide ? std::int64_t{1} << 46 : 1 << 18;
  std::uint8_t memory[64];
  ottava_layer* layer = nullptr;
  CHECK(ottava_conv2d_init_at(memory, sizeof memory, kinds.context.get(), &grouped.desc, &grouped.output,
                              &grouped.constants, &layer, nullptr) == OTTAVA_BAD_MEMORY);
  // No weights, of a great depth.
  ottava_matmul_desc deep = OTTAVA_MATMUL_DESC_INIT;
  deep.k = kWide ? std::int64_t{1} << 45 : 1 << 20;
  const ottava_output output = OTTAVA_OUTPUT_INIT;
  const ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  ottava_matmul* matmul = nullptr;
  REQUIRE(ottava_matmul_create(kinds.context.get(), &deep, &output, &constants, &matmul, nullptr) == OTTAVA_OK);
  CHECK(ottava_matmul_destroy(matmul) == OTTAVA_OK);
}
