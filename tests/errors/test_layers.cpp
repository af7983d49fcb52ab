// Errors of creating convolutions of every kind: every fault alone, in a layer that is otherwise sound. Exact status,
// argument and words from create, size and init_at; no handle, no size and no memory touched.
#include <cmath>

#include "convolution_draft.h"

using namespace ottava;

namespace {

constexpr LayerPart kNumbers = LayerPart::numbers, kArrays = LayerPart::arrays;

template <class Desc>
void check_null_pointers() {
  using Kind = LayerKind<Desc>;
  INFO(Kind::name);
  const KernelContext owner(nullptr);
  const ottava_context* const context = owner.get();
  LayerDraft<Desc> d;
  ottava_layer* layer = sentinel<ottava_layer>();
  std::uint64_t bytes = 77;
  std::vector<std::uint8_t> memory(1 << 16, 0xab);
  void* const at = memory.data();
  ottava_error error = unfilled_error();
  const auto refused = [&](const char* argument, ottava_status status) {
    check_refusal({OTTAVA_NULL_POINTER, argument, {"NULL"}}, status, error);
    error = unfilled_error();
  };
  refused("context", Kind::create(nullptr, &d.desc, &d.output, &d.constants, &layer, &error));
  refused("desc", Kind::create(context, nullptr, &d.output, &d.constants, &layer, &error));
  refused("output", Kind::create(context, &d.desc, nullptr, &d.constants, &layer, &error));
  refused("constants", Kind::create(context, &d.desc, &d.output, nullptr, &layer, &error));
  refused("layer", Kind::create(context, &d.desc, &d.output, &d.constants, nullptr, &error));
  refused("context", Kind::size(nullptr, &d.desc, &d.output, &bytes, &error));
  refused("desc", Kind::size(context, nullptr, &d.output, &bytes, &error));
  refused("output", Kind::size(context, &d.desc, nullptr, &bytes, &error));
  refused("bytes", Kind::size(context, &d.desc, &d.output, nullptr, &error));
  const std::uint64_t size = memory.size();
  refused("memory", Kind::init_at(nullptr, size, context, &d.desc, &d.output, &d.constants, &layer, &error));
  refused("context", Kind::init_at(at, size, nullptr, &d.desc, &d.output, &d.constants, &layer, &error));
  refused("desc", Kind::init_at(at, size, context, nullptr, &d.output, &d.constants, &layer, &error));
  refused("output", Kind::init_at(at, size, context, &d.desc, nullptr, &d.constants, &layer, &error));
  refused("constants", Kind::init_at(at, size, context, &d.desc, &d.output, nullptr, &layer, &error));
  refused("layer", Kind::init_at(at, size, context, &d.desc, &d.output, &d.constants, nullptr, &error));
  CHECK(layer == sentinel<ottava_layer>());
  CHECK(bytes == 77);
}

template <class Desc>
void check_memory() {
  using Kind = LayerKind<Desc>;
  INFO(Kind::name);
  const LayerDraft<Desc> draft;
  ottava_layer* layer = sentinel<ottava_layer>();
  ottava_error error = unfilled_error();

  // No allocator: the size query and the caller's memory, of exactly that size, do without.
  const PlacedContext heapless(host_without_allocator());
  check_refusal({OTTAVA_BAD_MEMORY, "context", {"no allocator", "init_at"}},
                draft.create(heapless.get(), &layer, &error), error);
  std::uint64_t bytes = 0;
  REQUIRE(Kind::size(heapless.get(), &draft.desc, &draft.output, &bytes, &error) == OTTAVA_OK);
  std::vector<std::uint8_t> memory(static_cast<std::size_t>(bytes) + 1);
  const auto init = [&](std::size_t offset, std::uint64_t size) {
    return Kind::init_at(memory.data() + offset, size, heapless.get(), &draft.desc, &draft.output, &draft.constants,
                         &layer, &error);
  };
  error = unfilled_error();
  check_refusal({OTTAVA_BAD_MEMORY, "bytes", {"is " + number(static_cast<std::int64_t>(bytes) - 1) + ",", "needs"}},
                init(0, bytes - 1), error);
  CHECK(layer == sentinel<ottava_layer>());
  REQUIRE(init(1, bytes) == OTTAVA_OK);
  CHECK(ottava_layer_destroy(layer) == OTTAVA_OK);

  layer = sentinel<ottava_layer>();
  const PlacedContext empty(host_without_memory());
  error = unfilled_error();
  check_refusal({OTTAVA_OUT_OF_MEMORY, "layer", {"allocator", number(static_cast<std::int64_t>(bytes))}},
                draft.create(empty.get(), &layer, &error), error);
  CHECK(layer == sentinel<ottava_layer>());
}

}  // namespace

TEST_CASE("errors: layers, NULL where a pointer is required to create them", "[errors]") {
  check_null_pointers<ottava_conv2d_desc>();
  check_null_pointers<ottava_depthwise_conv2d_desc>();
  check_null_pointers<ottava_transposed_conv2d_desc>();
  const KernelContext context(nullptr);
  check_every_kind_refused(context.get(), kArrays, {OTTAVA_NULL_POINTER, "constants.weights", {"NULL", "weights"}},
                           [](auto& d) { d.constants.weights = nullptr; });
  CHECK(ottava_layer_destroy(nullptr) == OTTAVA_OK);
}

TEST_CASE("errors: layers, memory of the caller and of the allocator", "[errors]") {
  check_memory<ottava_conv2d_desc>();
  check_memory<ottava_depthwise_conv2d_desc>();
  check_memory<ottava_transposed_conv2d_desc>();
}

TEST_CASE("errors: layers, structures", "[errors]") {
  const KernelContext context(nullptr);
  for (const std::uint32_t size : {0u, 4u, 12u, 103u, 121u, 4097u, UINT32_MAX}) {
    check_every_kind_refused(context.get(), kNumbers, {OTTAVA_BAD_STRUCT, "desc", {"struct_size", number(size)}},
                             [=](auto& d) { d.desc.struct_size = size; });
    check_every_kind_refused(context.get(), kNumbers, {OTTAVA_BAD_STRUCT, "output", {"struct_size", number(size)}},
                             [=](auto& d) { d.output.struct_size = size; });
    check_every_kind_refused(context.get(), kArrays, {OTTAVA_BAD_STRUCT, "constants", {"struct_size", number(size)}},
                             [=](auto& d) { d.constants.struct_size = size; });
  }
  check_every_kind_refused(context.get(), kNumbers, {OTTAVA_BAD_OPTION, "desc.reserved", {"is 1", "not 0"}},
                           [](auto& d) { d.desc.reserved = 1; });
  check_every_kind_refused(context.get(), kNumbers, {OTTAVA_BAD_OPTION, "window.reserved", {"is 1", "not 0"}},
                           [](auto& d) { d.desc.window.reserved = 1; });
  check_every_kind_refused(context.get(), kArrays, {OTTAVA_BAD_OPTION, "constants.reserved", {"is 1", "not 0"}},
                           [](auto& d) { d.constants.reserved = 1; });
  for (const std::uint32_t flags : {2u, 3u, 1u << 31}) {
    check_every_kind_refused(context.get(), kNumbers,
                             {OTTAVA_BAD_OPTION, "desc.flags", {"is " + number(flags), "not defined"}},
                             [=](auto& d) { d.desc.flags = flags; });
  }
  // An error that cannot be filled: nothing is done.
  const Conv2dDraft draft;
  ottava_layer* layer = sentinel<ottava_layer>();
  ottava_error error = patterned<ottava_error>(255);
  const ottava_error before = error;
  CHECK(draft.create(context.get(), &layer, &error) == OTTAVA_BAD_STRUCT);
  CHECK(same_bytes(error, before));
  CHECK(layer == sentinel<ottava_layer>());
}

TEST_CASE("errors: layers, choices that do not exist", "[errors]") {
  const KernelContext context(nullptr);
  for (const std::uint32_t type : {0u, 6u, UINT32_MAX}) {
    check_every_kind_refused(
        context.get(), kNumbers,
        {OTTAVA_BAD_TYPE, "desc.input_type", {"is " + number(type) + ";", "offered", "OTTAVA_TYPE_S8 (1)"}},
        [=](auto& d) { d.desc.input_type = type; });
    check_every_kind_refused(
        context.get(), kNumbers,
        {OTTAVA_BAD_TYPE, "desc.weights_type", {"is " + number(type) + ";", "offered", "OTTAVA_TYPE_U8 (2)"}},
        [=](auto& d) { d.desc.weights_type = type; });
    check_every_kind_refused(context.get(), kNumbers,
                             {OTTAVA_BAD_TYPE, "output.type", {"is " + number(type) + ";", "offered"}},
                             [=](auto& d) { d.output.type = type; });
  }
  for (const std::uint32_t type : {OTTAVA_TYPE_S16, OTTAVA_TYPE_S32, OTTAVA_TYPE_F32}) {
    check_every_kind_refused(context.get(), kNumbers, {OTTAVA_UNSUPPORTED, "desc.input_type", {"s8 or u8"}},
                             [=](auto& d) { d.desc.input_type = type; });
    check_every_kind_refused(context.get(), kNumbers, {OTTAVA_UNSUPPORTED, "desc.weights_type", {"s8 or u8"}},
                             [=](auto& d) { d.desc.weights_type = type; });
  }
  for (const std::uint32_t layout : {2u, UINT32_MAX}) {
    check_every_kind_refused(
        context.get(), kNumbers,
        {OTTAVA_BAD_TYPE, "desc.weights_layout", {"is " + number(layout) + ";", "offered", "OTTAVA_WEIGHTS_HWIO (1)"}},
        [=](auto& d) { d.desc.weights_layout = layout; });
  }
  for (const std::uint32_t padding : {3u, UINT32_MAX}) {
    check_every_kind_refused(
        context.get(), kNumbers,
        {OTTAVA_BAD_TYPE, "window.padding", {"is " + number(padding) + ";", "offered", "OTTAVA_PADDING_SAME (1)"}},
        [=](auto& d) { d.desc.window.padding = padding; });
  }
  check_every_kind_refused(context.get(), kNumbers,
                           {OTTAVA_UNSUPPORTED, "output.requantization", {"OTTAVA_REQUANTIZE_NONE", "s8"}},
                           [](auto& d) { d.output.requantization = OTTAVA_REQUANTIZE_NONE; });
  check_every_kind_refused(context.get(), kArrays, {OTTAVA_UNSUPPORTED, "output.bias_f32", {"does not go with"}},
                           [](auto& d) { d.output.bias_f32 = d.bias_f32.data(); });
}

TEST_CASE("errors: layers, windows", "[errors]") {
  const KernelContext context(nullptr);
  struct Field {
    std::int32_t ottava_window::*member;
    const char* argument;
  };
  const Field steps[] = {{&ottava_window::kernel_height, "window.kernel_height"},
                         {&ottava_window::kernel_width, "window.kernel_width"},
                         {&ottava_window::stride_height, "window.stride_height"},
                         {&ottava_window::stride_width, "window.stride_width"},
                         {&ottava_window::dilation_height, "window.dilation_height"},
                         {&ottava_window::dilation_width, "window.dilation_width"}};
  for (const Field& field : steps) {
    for (const std::int32_t value : {0, -1, 65536, INT32_MIN, INT32_MAX}) {
      check_every_kind_refused(context.get(), kNumbers,
                               {OTTAVA_BAD_OPTION, field.argument, {"is " + number(value) + ",", "outside 1 to 65535"}},
                               [=](auto& d) { d.desc.window.*(field.member) = value; });
    }
  }
  const Field pads[] = {{&ottava_window::pad_top, "window.pad_top"},
                        {&ottava_window::pad_left, "window.pad_left"},
                        {&ottava_window::pad_bottom, "window.pad_bottom"},
                        {&ottava_window::pad_right, "window.pad_right"}};
  for (const Field& field : pads) {
    for (const std::int32_t value : {-1, (1 << 30) + 1, INT32_MIN, INT32_MAX}) {
      check_every_kind_refused(context.get(), kNumbers,
                               {OTTAVA_BAD_OPTION, field.argument, {"is " + number(value) + ",", "0 to 1073741824"}},
                               [=](auto& d) { d.desc.window.*(field.member) = value; });
    }
    for (const std::uint32_t padding : {OTTAVA_PADDING_SAME, OTTAVA_PADDING_VALID}) {
      check_every_kind_refused(context.get(), kNumbers, {OTTAVA_BAD_OPTION, field.argument, {"is 1,", "0 to 0"}},
                               [=](auto& d) { d.desc.window.padding = padding, d.desc.window.*(field.member) = 1; });
    }
    check_every_kind_accepted(context.get(), [=](auto& d) { d.desc.window.*(field.member) = 1 << 30; });
  }
  for (const std::int32_t value : {-1, 65536, INT32_MAX}) {
    const auto outside = [=](const char* argument) {
      return Refusal{OTTAVA_BAD_OPTION, argument, {"is " + number(value) + ",", "0 to 65535"}};
    };
    check_layer_refused<ottava_transposed_conv2d_desc>(context.get(), kNumbers, outside("desc.adjustment_height"),
                                                       [=](auto& d) { d.desc.adjustment_height = value; });
    check_layer_refused<ottava_transposed_conv2d_desc>(context.get(), kNumbers, outside("desc.adjustment_width"),
                                                       [=](auto& d) { d.desc.adjustment_width = value; });
  }
  for (const std::uint32_t padding : {OTTAVA_PADDING_SAME, OTTAVA_PADDING_VALID}) {
    check_layer_refused<ottava_transposed_conv2d_desc>(
        context.get(), kNumbers, {OTTAVA_BAD_OPTION, "desc.adjustment_width", {"is 1,", "this padding"}},
        [=](auto& d) { d.desc.window.padding = padding, d.desc.adjustment_width = 1; });
  }
}

TEST_CASE("errors: layers, channels and groups", "[errors]") {
  const KernelContext context(nullptr);
  const auto check_grouped = [&context](const Refusal& expected, auto change) {
    check_layer_refused<ottava_conv2d_desc>(context.get(), kNumbers, expected, change);
    check_layer_refused<ottava_transposed_conv2d_desc>(context.get(), kNumbers, expected, change);
  };
  for (const std::int64_t value : {std::int64_t{-1}, INT64_MIN}) {
    const std::string is = "is " + number(value);
    check_grouped({OTTAVA_BAD_SHAPE, "desc.input_channels", {is, "negative"}},
                  [=](auto& d) { d.desc.input_channels = value; });
    check_grouped({OTTAVA_BAD_SHAPE, "desc.output_channels", {is, "negative"}},
                  [=](auto& d) { d.desc.output_channels = value; });
    check_layer_refused<ottava_depthwise_conv2d_desc>(context.get(), kNumbers,
                                                      {OTTAVA_BAD_SHAPE, "desc.channels", {is, "negative"}},
                                                      [=](auto& d) { d.desc.channels = value; });
  }
  for (const std::int64_t value : {std::int64_t{0}, std::int64_t{-1}, INT64_MIN}) {
    const std::string is = "is " + number(value);
    check_grouped({OTTAVA_BAD_SHAPE, "desc.groups", {is, "1 is the least"}}, [=](auto& d) { d.desc.groups = value; });
    check_layer_refused<ottava_depthwise_conv2d_desc>(context.get(), kNumbers,
                                                      {OTTAVA_BAD_SHAPE, "desc.multiplier", {is, "1 is the least"}},
                                                      [=](auto& d) { d.desc.multiplier = value; });
  }
  check_grouped({OTTAVA_BAD_SHAPE, "desc.input_channels", {"is 4,", "no multiple of the 8 groups"}},
                [](auto& d) { d.desc.groups = 8; });
  check_grouped({OTTAVA_BAD_SHAPE, "desc.output_channels", {"is 7,", "no multiple of the 2 groups"}},
                [](auto& d) { d.desc.output_channels = 7; });
  check_grouped({OTTAVA_BAD_SHAPE, "desc.input_channels", {"no multiple"}}, [](auto& d) { d.desc.groups = INT64_MAX; });

  // Weights, or what is kept of each channel, beyond the address space.
  const std::int64_t huge = INT64_MAX - 1;
  check_grouped({OTTAVA_SIZE_OVERFLOW, "desc", {"address space"}}, [=](auto& d) { d.desc.output_channels = huge; });
  check_grouped({OTTAVA_SIZE_OVERFLOW, "desc", {"address space"}}, [=](auto& d) { d.desc.input_channels = huge; });
  check_grouped({OTTAVA_SIZE_OVERFLOW, "desc", {"address space"}},
                [=](auto& d) { d.desc.input_channels = d.desc.output_channels = huge, d.desc.groups = 1; });
  check_grouped({OTTAVA_SIZE_OVERFLOW, "desc", {"address space"}},
                [=](auto& d) { d.desc.input_channels = 0, d.desc.output_channels = huge; });
  check_grouped({OTTAVA_SIZE_OVERFLOW, "desc", {"address space"}},
                [=](auto& d) { d.desc.input_channels = d.desc.output_channels = 0, d.desc.groups = huge; });
  check_layer_refused<ottava_depthwise_conv2d_desc>(context.get(), kNumbers,
                                                    {OTTAVA_SIZE_OVERFLOW, "desc.multiplier", {"64 bits"}},
                                                    [=](auto& d) { d.desc.multiplier = huge; });
  check_layer_refused<ottava_depthwise_conv2d_desc>(context.get(), kNumbers,
                                                    {OTTAVA_SIZE_OVERFLOW, "desc", {"address space"}},
                                                    [=](auto& d) { d.desc.channels = huge / 2; });
  check_every_kind_accepted(context.get(), [](auto&) {});
}

TEST_CASE("errors: layers, scales, zero points and sums", "[errors]") {
  const KernelContext context(nullptr);
  for (const float scale : {0.0f, -1.0f, INFINITY, NAN}) {
    check_every_kind_refused(context.get(), kNumbers, {OTTAVA_BAD_SCALE, "desc.input_scale", {"finite and above 0"}},
                             [=](auto& d) { d.desc.input_scale = scale; });
    check_every_kind_refused(context.get(), kNumbers, {OTTAVA_BAD_SCALE, "desc.weights_scale", {"finite and above 0"}},
                             [=](auto& d) { d.desc.weights_scale = scale; });
    check_every_kind_refused(context.get(), kNumbers, {OTTAVA_BAD_SCALE, "output.scale", {"finite and above 0"}},
                             [=](auto& d) { d.output.scale = scale; });
    check_every_kind_refused(context.get(), kArrays, {OTTAVA_BAD_SCALE, "constants.weights_scales", {"channel 7"}},
                             [=](auto& d) { d.scales[7] = scale, d.constants.weights_scales = d.scales.data(); });
  }
  for (const std::int32_t zero : {-129, 128, INT32_MIN, INT32_MAX}) {
    const std::string is = "is " + number(zero) + ", outside s8";
    check_every_kind_refused(context.get(), kNumbers, {OTTAVA_BAD_ZERO_POINT, "desc.input_zero_point", {is}},
                             [=](auto& d) { d.desc.input_zero_point = zero; });
    check_every_kind_refused(context.get(), kNumbers, {OTTAVA_BAD_ZERO_POINT, "desc.weights_zero_point", {is}},
                             [=](auto& d) { d.desc.weights_zero_point = zero; });
    check_every_kind_refused(
        context.get(), kArrays, {OTTAVA_BAD_ZERO_POINT, "constants.weights_zero_points", {"channel 7"}},
        [=](auto& d) { d.zero_points[7] = zero, d.constants.weights_zero_points = d.zero_points.data(); });
  }
  // 65536 products of 255 by 255 leave int32.
  const std::vector<std::uint8_t> weights(1 << 16, 255);
  const auto deep = [&weights](auto& d) {
    d.desc.input_channels = 1 << 16, d.desc.output_channels = d.desc.groups = 1;
    d.desc.window = ottava_window OTTAVA_WINDOW_INIT;
    d.desc.input_type = d.desc.weights_type = OTTAVA_TYPE_U8;
    d.constants.weights = weights.data();
  };
  const auto wrapping = [=](auto& d) { deep(d), d.desc.flags = OTTAVA_CONV2D_ALLOW_WRAP; };
  const Refusal not_exact = {OTTAVA_NOT_EXACT, "desc.window", {"65536", "OTTAVA_CONV2D_ALLOW_WRAP"}};
  check_layer_refused<ottava_conv2d_desc>(context.get(), kArrays, not_exact, deep);
  check_layer_refused<ottava_transposed_conv2d_desc>(context.get(), kArrays, not_exact, deep);
  check_layer_accepted<ottava_conv2d_desc>(context.get(), wrapping);
  check_layer_accepted<ottava_transposed_conv2d_desc>(context.get(), wrapping);
}
