// Refusals of packed layers: each fault alone, with exact status, argument and words from every function that reads or
// writes a file; no handle, no size and no memory touched. What header and matmul have in common is in test_packed.cpp.
#include <cstring>

#include "contraction/packed_file.h"
#include "convolution_draft.h"
#include "handles.h"
#include "layer_file.h"

using namespace ottava;

namespace {

constexpr std::uint32_t kKinds[] = {OTTAVA_PACKED_CONV2D, OTTAVA_PACKED_DEPTHWISE_CONV2D,
                                    OTTAVA_PACKED_TRANSPOSED_CONV2D, OTTAVA_PACKED_POOL2D, OTTAVA_PACKED_ADD};

// A small layer of a kind.
class Made {
 public:
  Made(const ottava_context* context, std::uint32_t kind) {
    ottava_error error = OTTAVA_ERROR_INIT;
    ottava_status status = OTTAVA_OK;
    if (kind == OTTAVA_PACKED_CONV2D) {
      status = Conv2dDraft().create(context, &layer_, &error);
    } else if (kind == OTTAVA_PACKED_DEPTHWISE_CONV2D) {
      status = DepthwiseDraft().create(context, &layer_, &error);
    } else if (kind == OTTAVA_PACKED_TRANSPOSED_CONV2D) {
      status = TransposedDraft().create(context, &layer_, &error);
    } else if (kind == OTTAVA_PACKED_POOL2D) {
      ottava_pool2d_desc desc = OTTAVA_POOL2D_DESC_INIT;
      desc.channels = 4;
      status = ottava_pool2d_create(context, &desc, nullptr, &layer_, &error);
    } else {
      ottava_add_desc desc = OTTAVA_ADD_DESC_INIT;
      desc.channels = 4;
      status = ottava_add_create(context, &desc, &layer_, &error);
    }
    INFO(error.argument << ": " << error.message);
    REQUIRE(status == OTTAVA_OK);
  }
  ~Made() { ottava_layer_destroy(layer_); }
  Made(const Made&) = delete;
  Made& operator=(const Made&) = delete;
  const ottava_layer* get() const { return layer_; }

 private:
  ottava_layer* layer_ = nullptr;
};

// By everything that loads this kind.
void check_load_refused(const ottava_context* context, std::uint32_t kind, const Refusal& expected, const void* file,
                        std::uint64_t bytes, std::uint32_t flags) {
  const LayerLoading loading = loading_of(kind);
  ottava_layer* layer = sentinel<ottava_layer>();
  std::uint64_t needed = 77;
  std::vector<std::uint8_t> memory(1 << 16, 0xab);
  ottava_error error = unfilled_error();
  check_refusal(expected, loading.load(context, file, bytes, flags, &layer, &error), error);
  error = unfilled_error();
  check_refusal(expected, loading.size(context, file, bytes, flags, &needed, &error), error);
  error = unfilled_error();
  check_refusal(expected, loading.at(memory.data(), memory.size(), context, file, bytes, flags, &layer, &error), error);
  CHECK(loading.load(context, file, bytes, flags, &layer, nullptr) == expected.status);
  CHECK(layer == sentinel<ottava_layer>());
  CHECK(needed == 77);
  CHECK(memory == std::vector<std::uint8_t>(1 << 16, 0xab));
}

// Harm that the checksums do not notice, at number `number` of the parameters.
void check_number_refused(std::uint32_t kind, std::size_t number, std::int64_t value,
                          const std::vector<std::string>& words) {
  INFO("kind " << kind << ", number " << number << " is " << value);
  const KernelContext context(nullptr);
  const Made made(context.get(), kind);
  const auto file = packed_file(made.get(), nullptr);
  GuardedBuffer copy(file->size(), Side::upper, 64);
  std::memcpy(copy.data(), file->data(), file->size());
  std::memcpy(copy.data() + sizeof(PackedHeader) + 8 * number, &value, sizeof value);
  seal_packed(copy.data());
  std::vector<std::string> all = words;
  all.push_back("corrupt");
  for (const std::uint32_t flags : {0u, OTTAVA_LOAD_REPACK}) {
    check_load_refused(context.get(), kind, {OTTAVA_BAD_PACKED, "packed", all}, copy.data(), copy.size(), flags);
  }
  ottava_packed_info info = OTTAVA_PACKED_INFO_INIT;
  CHECK(ottava_packed_query(copy.data(), copy.size(), &info, nullptr) == OTTAVA_BAD_PACKED);
  CHECK(ottava_packed_verify(copy.data(), copy.size(), nullptr) == OTTAVA_BAD_PACKED);
}

}  // namespace

TEST_CASE("errors: packed layers of another kind", "[errors]") {
  const KernelContext context(nullptr);
  for (const std::uint32_t kind : kKinds) {
    const Made made(context.get(), kind);
    const auto file = packed_file(made.get(), nullptr);
    CHECK(describe_file(*file).operator_kind == kind);
    for (const std::uint32_t other : kKinds) {
      if (other == kind) continue;
      check_load_refused(context.get(), other, {OTTAVA_UNSUPPORTED, "packed", {"another operator than"}}, file->data(),
                         file->size(), 0);
    }
    ottava_matmul* matmul = nullptr;
    CHECK(ottava_matmul_load(context.get(), file->data(), file->size(), 0, &matmul, nullptr) == OTTAVA_UNSUPPORTED);
  }
}

TEST_CASE("errors: packed layers that are truncated, misaligned, or for another kernel", "[errors]") {
  const KernelContext context(nullptr);
  for (const std::uint32_t kind : kKinds) {
    const Made made(context.get(), kind);
    const auto file = packed_file(made.get(), nullptr);
    for (const std::uint64_t bytes : {std::uint64_t{0}, std::uint64_t{64}, std::uint64_t{file->size() - 1}}) {
      check_load_refused(context.get(), kind, {OTTAVA_BAD_PACKED, "packed", {"truncated"}}, file->data(), bytes, 0);
    }
    GuardedBuffer moved(file->size(), Side::upper, 64, 8);
    std::memcpy(moved.data(), file->data(), file->size());
    check_load_refused(context.get(), kind, {OTTAVA_BAD_MEMORY, "packed", {"not aligned"}}, moved.data(), moved.size(),
                       0);
    GuardedBuffer foreign(file->size(), Side::upper, 64);
    std::memcpy(foreign.data(), file->data(), file->size());
    std::strcpy(foreign.as<PackedHeader>()->kernel, "kernel_of_elsewhere");
    seal_packed(foreign.data());
    ottava_layer* layer = nullptr;
    const LayerLoading loading = loading_of(kind);
    if (kind <= OTTAVA_PACKED_TRANSPOSED_CONV2D) {
      check_load_refused(context.get(), kind,
                         {OTTAVA_UNSUPPORTED, "packed", {"kernel_of_elsewhere", "no such kernel", "REPACK"}},
                         foreign.data(), foreign.size(), 0);
    }
    REQUIRE(loading.load(context.get(), foreign.data(), foreign.size(), OTTAVA_LOAD_REPACK, &layer, nullptr) ==
            OTTAVA_OK);
    ottava_layer_destroy(layer);
  }
  // Above the cap of a context.
  const KernelContext portable(Isa::portable);
  if (runnable_kernels()[0]->isa == Isa::portable) return;
  for (const std::uint32_t kind : {OTTAVA_PACKED_CONV2D, OTTAVA_PACKED_TRANSPOSED_CONV2D}) {
    const Made made(context.get(), kind);
    const auto file = packed_file(made.get(), nullptr);
    check_load_refused(portable.get(), kind, {OTTAVA_UNSUPPORTED, "packed", {"above the cap", "portable", "REPACK"}},
                       file->data(), file->size(), 0);
  }
}

// Numbers of a convolution, in their order in the file: channels, groups, the window (5 down, 5 across, padding),
// input and weights (type, zero point, scale), their order, 26 of the output, whether sums may wrap; then its own.
TEST_CASE("errors: packed layers whose parameters make no sense", "[errors]") {
  constexpr std::size_t kOwn = 3 + 11 + 6 + 1 + 26 + 1;
  for (const std::uint32_t kind : {kKinds[0], kKinds[1], kKinds[2]}) {
    for (const std::int64_t value : {std::int64_t{-1}, std::int64_t{3}, std::int64_t{4096}, INT64_MAX, INT64_MIN}) {
      for (std::size_t number = 0; number < 3; ++number) check_number_refused(kind, number, value, {});
    }
    check_number_refused(kind, 3, 70000, {"window"});
    check_number_refused(kind, 3, 40, {});
    check_number_refused(kind, 13, 3, {"value that does not exist"});
    check_number_refused(kind, 14, 3, {"value that does not exist"});
    check_number_refused(kind, 15, 128, {"desc.input_zero_point"});
    check_number_refused(kind, 18, 128, {"desc.weights_zero_point"});
  }
  check_number_refused(OTTAVA_PACKED_CONV2D, kOwn, 0, {"contractions"});      // where rows are from
  check_number_refused(OTTAVA_PACKED_CONV2D, kOwn + 1, 3, {"contractions"});  // groups in each
  check_number_refused(OTTAVA_PACKED_CONV2D, kOwn + 1, 0, {"contractions"});
  check_number_refused(OTTAVA_PACKED_CONV2D, kOwn + 2, 77, {"contractions"});    // bytes of a row
  check_number_refused(OTTAVA_PACKED_DEPTHWISE_CONV2D, kOwn, 64000, {"sizes"});  // of packed weights
  check_number_refused(OTTAVA_PACKED_DEPTHWISE_CONV2D, kOwn, INT64_MAX, {});
  check_number_refused(OTTAVA_PACKED_DEPTHWISE_CONV2D, kOwn + 1, 129, {"does not exist"});  // its sign flip
  check_number_refused(OTTAVA_PACKED_TRANSPOSED_CONV2D, kOwn, -1, {"adjustment"});
  check_number_refused(OTTAVA_PACKED_POOL2D, 0, -1, {"desc.channels"});
  check_number_refused(OTTAVA_PACKED_POOL2D, 1, 0, {"window"});
  check_number_refused(OTTAVA_PACKED_POOL2D, 13, 3, {"value that does not exist"});
  check_number_refused(OTTAVA_PACKED_POOL2D, 15, 1000, {"desc.input_zero_point"});
  check_number_refused(OTTAVA_PACKED_ADD, 0, -1, {"desc.channels"});
  check_number_refused(OTTAVA_PACKED_ADD, 1, 3, {"value that does not exist"});
  check_number_refused(OTTAVA_PACKED_ADD, 4, 1000, {"desc.first_zero_point"});
}

TEST_CASE("errors: arguments of packed layers", "[errors]") {
  const KernelContext context(nullptr);
  const PlacedContext without_allocator(host_without_allocator()), without_memory(host_without_memory());
  std::vector<std::uint8_t> memory(1 << 16, 0xab);
  void* const at = memory.data();
  ottava_layer* layer = sentinel<ottava_layer>();
  std::uint64_t bytes = 77;
  ottava_error error = unfilled_error();
  const auto refused = [&](const Refusal& expected, ottava_status status) {
    check_refusal(expected, status, error);
    error = unfilled_error();
  };
  const auto null = [&](const char* argument, ottava_status status) {
    refused({OTTAVA_NULL_POINTER, argument, {"NULL"}}, status);
  };
  null("layer", ottava_layer_save_size(nullptr, nullptr, &bytes, &error));
  null("layer", ottava_layer_save(nullptr, nullptr, at, 1 << 16, &error));
  for (const std::uint32_t kind : kKinds) {
    INFO("kind " << kind);
    const Made made(context.get(), kind);
    const auto file = packed_file(made.get(), nullptr);
    const std::uint64_t size = file->size();
    const void* const data = file->data();
    const LayerLoading loading = loading_of(kind);
    null("bytes", ottava_layer_save_size(made.get(), nullptr, nullptr, &error));
    null("memory", ottava_layer_save(made.get(), nullptr, nullptr, size, &error));
    null("context", loading.load(nullptr, data, size, 0, &layer, &error));
    null("packed", loading.load(context.get(), nullptr, size, 0, &layer, &error));
    null("layer", loading.load(context.get(), data, size, 0, nullptr, &error));
    null("context", loading.size(nullptr, data, size, 0, &bytes, &error));
    null("packed", loading.size(context.get(), nullptr, size, 0, &bytes, &error));
    null("bytes", loading.size(context.get(), data, size, 0, nullptr, &error));
    null("memory", loading.at(nullptr, 1 << 16, context.get(), data, size, 0, &layer, &error));
    null("context", loading.at(at, 1 << 16, nullptr, data, size, 0, &layer, &error));
    null("packed", loading.at(at, 1 << 16, context.get(), nullptr, size, 0, &layer, &error));
    null("layer", loading.at(at, 1 << 16, context.get(), data, size, 0, nullptr, &error));
    check_load_refused(context.get(), kind, {OTTAVA_BAD_OPTION, "flags", {"is 2"}}, data, size, 2);
    for (const std::uint32_t flags : {0u, OTTAVA_LOAD_REPACK}) {
      std::uint64_t needed = 0;
      REQUIRE(loading.size(context.get(), data, size, flags, &needed, nullptr) == OTTAVA_OK);
      refused({OTTAVA_BAD_MEMORY, "bytes", {std::to_string(needed - 1), std::to_string(needed)}},
              loading.at(at, needed - 1, context.get(), data, size, flags, &layer, &error));
      refused({OTTAVA_BAD_MEMORY, "context", {"no allocator", "load_at"}},
              loading.load(without_allocator.get(), data, size, OTTAVA_LOAD_REPACK, &layer, &error));
      refused({OTTAVA_OUT_OF_MEMORY, "layer", {"NULL"}},
              loading.load(without_memory.get(), data, size, OTTAVA_LOAD_REPACK, &layer, &error));
    }
    refused({OTTAVA_BAD_MEMORY, "bytes", {std::to_string(size - 1), std::to_string(size)}},
            ottava_layer_save(made.get(), nullptr, at, size - 1, &error));
    refused({OTTAVA_UNKNOWN_NAME, "kernel", {"fastest"}},
            ottava_layer_save_size(made.get(), "fastest", &bytes, &error));
  }
  // A kernel of another window.
  if (std::string(built_depthwise_kernels().kernels[0]->name).find("3x3") == std::string::npos) return;
  SECTION("depthwise") {
    DepthwiseDraft draft;
    draft.desc.window.kernel_height = 1;
    ottava_layer* thin = nullptr;
    REQUIRE(draft.create(context.get(), &thin, nullptr) == OTTAVA_OK);
    refused({OTTAVA_KERNEL_UNAVAILABLE, "kernel", {built_depthwise_kernels().kernels[0]->name, "declines"}},
            ottava_layer_save_size(thin, built_depthwise_kernels().kernels[0]->name, &bytes, &error));
    ottava_layer_destroy(thin);
  }
  CHECK(layer == sentinel<ottava_layer>());
  CHECK(bytes == 77);
  CHECK(memory == std::vector<std::uint8_t>(1 << 16, 0xab));
}
