// A convolution of any kind that is sound but for what a test does to it, and the check that create, size and init_at
// refuse it alike: no handle, no size and no byte of memory touched.
#ifndef OTTAVA_TESTS_CONVOLUTION_DRAFT_H_
#define OTTAVA_TESTS_CONVOLUTION_DRAFT_H_

#include "refusal.h"
#include "support.h"

namespace ottava {

constexpr bool kWide = sizeof(void*) == 8;

// The functions of a kind, and its smallest sound descriptor of interest: 3 x 3, 4 channels to 8.
template <class Desc>
struct LayerKind;

template <>
struct LayerKind<ottava_conv2d_desc> {
  static constexpr auto create = ottava_conv2d_create;
  static constexpr auto size = ottava_conv2d_size;
  static constexpr auto init_at = ottava_conv2d_init_at;
  static constexpr const char* name = "conv2d";
  static ottava_conv2d_desc sound() {
    ottava_conv2d_desc desc = OTTAVA_CONV2D_DESC_INIT;
    desc.input_channels = 4, desc.output_channels = 8, desc.groups = 2;
    return desc;
  }
};

template <>
struct LayerKind<ottava_depthwise_conv2d_desc> {
  static constexpr auto create = ottava_depthwise_conv2d_create;
  static constexpr auto size = ottava_depthwise_conv2d_size;
  static constexpr auto init_at = ottava_depthwise_conv2d_init_at;
  static constexpr const char* name = "depthwise";
  static ottava_depthwise_conv2d_desc sound() {
    ottava_depthwise_conv2d_desc desc = OTTAVA_DEPTHWISE_CONV2D_DESC_INIT;
    desc.channels = 4, desc.multiplier = 2;
    return desc;
  }
};

template <>
struct LayerKind<ottava_transposed_conv2d_desc> {
  static constexpr auto create = ottava_transposed_conv2d_create;
  static constexpr auto size = ottava_transposed_conv2d_size;
  static constexpr auto init_at = ottava_transposed_conv2d_init_at;
  static constexpr const char* name = "transposed";
  static ottava_transposed_conv2d_desc sound() {
    ottava_transposed_conv2d_desc desc = OTTAVA_TRANSPOSED_CONV2D_DESC_INIT;
    desc.input_channels = 4, desc.output_channels = 8, desc.groups = 2;
    desc.window.stride_height = desc.window.stride_width = 2;
    return desc;
  }
};

template <class Desc>
struct LayerDraft {
  static constexpr std::size_t kInput = 4, kOutput = 8, kTaps = 9;

  LayerDraft() {
    desc.window.kernel_height = desc.window.kernel_width = 3;
    constants.weights = weights.data();
  }
  LayerDraft(const LayerDraft&) = delete;
  LayerDraft& operator=(const LayerDraft&) = delete;

  void to_s32() {
    output.type = OTTAVA_TYPE_S32;
    output.requantization = OTTAVA_REQUANTIZE_NONE;
  }
  ottava_status create(const ottava_context* context, ottava_layer** layer, ottava_error* error) const {
    return LayerKind<Desc>::create(context, &desc, &output, &constants, layer, error);
  }

  Desc desc = LayerKind<Desc>::sound();
  ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_conv2d_constants constants = OTTAVA_CONV2D_CONSTANTS_INIT;
  std::vector<std::int8_t> weights = std::vector<std::int8_t>(kTaps * kInput * kOutput, 1);
  std::vector<float> scales = std::vector<float>(kOutput, 1.0f);
  std::vector<float> bias_f32 = std::vector<float>(kOutput, 1.0f);
  std::vector<std::int32_t> zero_points = std::vector<std::int32_t>(kOutput, 0);
};

using Conv2dDraft = LayerDraft<ottava_conv2d_desc>;
using DepthwiseDraft = LayerDraft<ottava_depthwise_conv2d_desc>;
using TransposedDraft = LayerDraft<ottava_transposed_conv2d_desc>;

// What is at fault. The size query does not see the constants, and an array of the output as little.
enum class LayerPart { numbers, arrays };

template <class Desc, class Change>
void check_layer_refused(const ottava_context* context, LayerPart part, const Refusal& expected, Change change) {
  using Kind = LayerKind<Desc>;
  INFO(Kind::name << ": " << expected.argument);
  LayerDraft<Desc> draft;
  change(draft);
  ottava_layer* layer = sentinel<ottava_layer>();
  ottava_error error = unfilled_error();
  check_refusal(expected, draft.create(context, &layer, &error), error);
  CHECK(draft.create(context, &layer, nullptr) == expected.status);

  std::vector<std::uint8_t> memory(1 << 16, 0xab);
  error = unfilled_error();
  check_refusal(expected,
                Kind::init_at(memory.data(), memory.size(), context, &draft.desc, &draft.output, &draft.constants,
                              &layer, &error),
                error);
  CHECK(layer == sentinel<ottava_layer>());
  CHECK(memory == std::vector<std::uint8_t>(1 << 16, 0xab));

  std::uint64_t bytes = 77;
  error = unfilled_error();
  const ottava_status sized = Kind::size(context, &draft.desc, &draft.output, &bytes, &error);
  if (part == LayerPart::arrays) {
    CHECK(sized == OTTAVA_OK);
    return;
  }
  check_refusal(expected, sized, error);
  CHECK(bytes == 77);
}

template <class Desc, class Change>
void check_layer_accepted(const ottava_context* context, Change change) {
  LayerDraft<Desc> draft;
  change(draft);
  ottava_layer* layer = nullptr;
  ottava_error error = OTTAVA_ERROR_INIT;
  const ottava_status status = draft.create(context, &layer, &error);
  INFO(LayerKind<Desc>::name << ": " << error.argument << ": " << error.message);
  CHECK(status == OTTAVA_OK);
  if (status == OTTAVA_OK) CHECK(ottava_layer_destroy(layer) == OTTAVA_OK);
}

// Of every kind, whose descriptors have the same names for what they share.
template <class Change>
void check_every_kind_refused(const ottava_context* context, LayerPart part, const Refusal& expected, Change change) {
  check_layer_refused<ottava_conv2d_desc>(context, part, expected, change);
  check_layer_refused<ottava_depthwise_conv2d_desc>(context, part, expected, change);
  check_layer_refused<ottava_transposed_conv2d_desc>(context, part, expected, change);
}

template <class Change>
void check_every_kind_accepted(const ottava_context* context, Change change) {
  check_layer_accepted<ottava_conv2d_desc>(context, change);
  check_layer_accepted<ottava_depthwise_conv2d_desc>(context, change);
  check_layer_accepted<ottava_transposed_conv2d_desc>(context, change);
}

// A context in memory of the test: without an allocator, or with one that refuses.
class PlacedContext {
 public:
  explicit PlacedContext(const ottava_context_host& host) {
    std::uint64_t bytes = 0;
    REQUIRE(ottava_context_size(&bytes) == OTTAVA_OK);
    memory_.resize(static_cast<std::size_t>(bytes));
    REQUIRE(ottava_context_init_at(memory_.data(), bytes, nullptr, &host, &context_, nullptr) == OTTAVA_OK);
  }
  ~PlacedContext() { ottava_context_destroy(context_); }
  PlacedContext(const PlacedContext&) = delete;
  PlacedContext& operator=(const PlacedContext&) = delete;
  const ottava_context* get() const { return context_; }

 private:
  std::vector<std::uint8_t> memory_;
  ottava_context* context_ = nullptr;
};

inline ottava_context_host host_without_allocator() { return OTTAVA_CONTEXT_HOST_INIT; }
inline ottava_context_host host_without_memory() {
  ottava_context_host host = OTTAVA_CONTEXT_HOST_INIT;
  host.allocate = [](void*, std::uint64_t, std::uint64_t) -> void* { return nullptr; };
  host.release = [](void*, void*, std::uint64_t) {};
  return host;
}

inline std::string number(std::int64_t value) { return std::to_string(value); }

}  // namespace ottava

#endif  // OTTAVA_TESTS_CONVOLUTION_DRAFT_H_
