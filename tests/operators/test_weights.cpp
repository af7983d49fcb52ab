// The choice of a kernel by the values of the weights: one that wants none of them to be -128 is picked where none is,
// wherever the one that is may hide, and the words of info say so.
#include <string>

#include "catch.h"
#include "draft.h"
#include "kernels/registry.h"

using namespace ottava;

namespace {

constexpr std::int64_t kChannels = 37, kDepth = 53;

// What a kernel by this name makes of a context that names none: the list of this machine, best first.
bool best_wants_no_minus_128() { return runnable_kernels_for_some_weights()[0]->needs_no_minus_128; }

struct Made {
  ottava_status status = OTTAVA_OK;
  bool needs_no_minus_128 = false;
  std::string kernel, reason, message;
};

const Kernel* named(const std::string& name) {
  for (const Kernel* kernel : runnable_kernels_for_some_weights()) {
    if (name == kernel->name) return kernel;
  }
  return nullptr;
}

Made make(const ottava_context* context, const ottava_matmul_desc& desc, const std::vector<std::uint8_t>& weights) {
  ottava_output output = OTTAVA_OUTPUT_INIT;
  output.type = OTTAVA_TYPE_S32;
  output.requantization = OTTAVA_REQUANTIZE_NONE;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  const bool runtime = (desc.flags & OTTAVA_MATMUL_RUNTIME_RHS) != 0;
  constants.rhs = runtime ? nullptr : weights.data();
  ottava_matmul* matmul = nullptr;
  ottava_error error = OTTAVA_ERROR_INIT;
  Made made;
  made.status = ottava_matmul_create(context, &desc, &output, &constants, &matmul, &error);
  made.message = error.message;
  if (made.status != OTTAVA_OK) return made;
  std::uint64_t bytes = 0;
  REQUIRE(ottava_matmul_size(context, &desc, &output, &bytes, nullptr) == OTTAVA_OK);
  std::vector<std::uint8_t> memory(static_cast<std::size_t>(bytes));
  ottava_matmul* placed = nullptr;  // the size, found without the weights, does for either choice
  REQUIRE(ottava_matmul_init_at(memory.data(), bytes, context, &desc, &output, &constants, &placed, nullptr) ==
          OTTAVA_OK);
  for (const std::int64_t m : {1, 1000}) {
    ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
    REQUIRE(ottava_matmul_query(matmul, m, &info, nullptr) == OTTAVA_OK);
    made.kernel = info.kernel;
    made.reason = info.reason;
    REQUIRE(named(info.kernel) != nullptr);
    // Both sizes of a run choose alike.
    const bool wants = named(info.kernel)->needs_no_minus_128;
    if (m > 1) CHECK(wants == made.needs_no_minus_128);
    made.needs_no_minus_128 = wants;
  }
  ottava_matmul_destroy(matmul);
  return made;
}

ottava_matmul_desc description(std::uint32_t type, std::uint32_t order, std::int64_t gap) {
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  desc.n = kChannels;
  desc.k = kDepth;
  desc.rhs_type = type;
  desc.rhs_zero_point = type == OTTAVA_TYPE_U8 ? 128 : 0;
  desc.rhs_order = order;
  desc.rhs_stride = (order == OTTAVA_ORDER_ROW ? kChannels : kDepth) + gap;
  return desc;
}

// Weights next to -128 at both ends, and -128 between the lines, where nobody may look.
std::vector<std::uint8_t> safe_weights(const ottava_matmul_desc& desc) {
  const std::uint8_t lowest = desc.rhs_type == OTTAVA_TYPE_U8 ? 0 : 0x80;
  const bool by_row = desc.rhs_order == OTTAVA_ORDER_ROW;
  const std::size_t length = static_cast<std::size_t>(by_row ? kChannels : kDepth);
  const std::size_t lines = static_cast<std::size_t>(by_row ? kDepth : kChannels);
  const std::size_t stride = static_cast<std::size_t>(desc.rhs_stride);
  std::vector<std::uint8_t> weights((lines - 1) * stride + length, lowest);
  for (std::size_t line = 0; line < lines; ++line) {
    for (std::size_t i = 0; i < length; ++i) {
      weights[line * stride + i] = static_cast<std::uint8_t>(lowest + ((line + i) % 2 == 0 ? 1 : 255));
    }
  }
  return weights;
}

}  // namespace

TEST_CASE("weights: one that is -128 decides between the kernels, wherever it lies") {
  const KernelContext context(nullptr);
  for (const std::uint32_t type : {OTTAVA_TYPE_S8, OTTAVA_TYPE_U8}) {
    for (const std::uint32_t order : {OTTAVA_ORDER_ROW, OTTAVA_ORDER_COLUMN}) {
      for (const std::int64_t gap : {0, 5}) {
        const ottava_matmul_desc desc = description(type, order, gap);
        INFO("type " << type << " order " << order << " gap " << gap);
        std::vector<std::uint8_t> weights = safe_weights(desc);
        const Made safe = make(context.get(), desc, weights);
        REQUIRE(safe.status == OTTAVA_OK);
        CHECK(safe.needs_no_minus_128 == best_wants_no_minus_128());
        CHECK((safe.reason.find("no weight is -128") != std::string::npos) == best_wants_no_minus_128());

        const std::size_t length = static_cast<std::size_t>(order == OTTAVA_ORDER_ROW ? kChannels : kDepth);
        const std::size_t stride = static_cast<std::size_t>(desc.rhs_stride);
        const std::size_t line = 7 * stride;
        for (const std::size_t at :
             {std::size_t{0}, length - 1, line, line + 17, line + length - 1, weights.size() - 1}) {
          INFO("-128 at " << at);
          const std::uint8_t before = weights[at];
          weights[at] = type == OTTAVA_TYPE_U8 ? 0 : 0x80;
          const Made unsafe = make(context.get(), desc, weights);
          weights[at] = before;
          REQUIRE(unsafe.status == OTTAVA_OK);
          CHECK(!unsafe.needs_no_minus_128);
          CHECK((unsafe.reason.find("a weight is -128") != std::string::npos) == best_wants_no_minus_128());
          CHECK((unsafe.kernel == safe.kernel) == !best_wants_no_minus_128());
        }
      }
    }
  }
}

TEST_CASE("weights: those that are known at run time alone may be anything") {
  const KernelContext context(nullptr);
  ottava_matmul_desc desc = description(OTTAVA_TYPE_S8, OTTAVA_ORDER_ROW, 0);
  desc.flags = OTTAVA_MATMUL_RUNTIME_RHS;
  desc.rhs_stride = 0;
  const Made made = make(context.get(), desc, {});
  REQUIRE(made.status == OTTAVA_OK);
  CHECK(!made.needs_no_minus_128);
  CHECK((made.reason.find("a weight may be -128") != std::string::npos) == best_wants_no_minus_128());
}

TEST_CASE("weights: no weights at all hold no -128") {
  const KernelContext context(nullptr);
  for (const bool channels : {false, true}) {
    ottava_matmul_desc desc = description(OTTAVA_TYPE_S8, OTTAVA_ORDER_ROW, 0);
    desc.rhs_stride = 0;
    (channels ? desc.k : desc.n) = 0;
    const Made made = make(context.get(), desc, {0x80});
    REQUIRE(made.status == OTTAVA_OK);
    CHECK(made.needs_no_minus_128 == best_wants_no_minus_128());
  }
}

TEST_CASE("weights: a kernel that is asked for by name and wants no -128 declines one, in words") {
  for (const Kernel* kernel : runnable_kernels_for_some_weights()) {
    if (!kernel->needs_no_minus_128) continue;
    const KernelContext context(kernel->name);
    ottava_matmul_desc desc = description(OTTAVA_TYPE_S8, OTTAVA_ORDER_ROW, 0);
    std::vector<std::uint8_t> weights = safe_weights(desc);
    CHECK(make(context.get(), desc, weights).kernel == kernel->name);
    weights.back() = 0x80;
    const Made unsafe = make(context.get(), desc, weights);
    CHECK(unsafe.status == OTTAVA_KERNEL_UNAVAILABLE);
    CHECK(unsafe.message.find(std::string(kernel->name) + " declines: a weight is -128") != std::string::npos);
    desc.flags = OTTAVA_MATMUL_RUNTIME_RHS;
    desc.rhs_stride = 0;
    CHECK(make(context.get(), desc, {}).status == OTTAVA_KERNEL_UNAVAILABLE);
  }
}

TEST_CASE("weights: behind a kernel that wants no -128 stands one of the same layouts that takes all weights") {
  const KernelList list = built_kernels();
  for (std::size_t i = 0; i < list.count; ++i) {
    const Kernel& fast = *list.kernels[i];
    if (!fast.needs_no_minus_128) continue;
    bool found = false;
    for (std::size_t j = i + 1; j < list.count; ++j) {
      const Kernel& exact = *list.kernels[j];
      found |= exact.isa == fast.isa && exact.form == fast.form && !exact.needs_no_minus_128 &&
               exact.mr.count == fast.mr.count && exact.rhs == fast.rhs && exact.panels == fast.panels &&
               exact.pack_lhs == fast.pack_lhs;
    }
    INFO(fast.name);
    CHECK(found);
  }
}
