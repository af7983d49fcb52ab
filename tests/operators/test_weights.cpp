// The choice of a kernel by the values of the weights: one that wants something of them is picked where they have it,
// wherever the one that has not may hide, and the words of info say so.
#include <string>

#include "catch.h"
#include "contraction/weights.h"
#include "convolution_case.h"
#include "draft.h"
#include "kernels/registry.h"

using namespace ottava;

namespace {

constexpr std::int64_t kChannels = 37, kDepth = 53;

const Kernel* named(const std::string& name) {
  for (const Kernel* kernel : runnable_kernels_for_some_weights()) {
    if (name == kernel->name) return kernel;
  }
  return nullptr;
}

struct Made {
  ottava_status status = OTTAVA_OK;
  Weights wants = Weights::any;  // the chosen kernel
  std::string kernel, reason, message;
};

std::size_t place(const ottava_matmul_desc& desc, std::int64_t k, std::int64_t n) {
  const bool by_row = desc.rhs_order == OTTAVA_ORDER_ROW;
  return static_cast<std::size_t>(by_row ? k * desc.rhs_stride + n : n * desc.rhs_stride + k);
}

// Whether a run of m rows of 255, the highest of the lhs, has the sums of the weights times 255.
void check_sums(const ottava_matmul* matmul, const ottava_matmul_desc& desc, std::int64_t m, std::uint64_t workspace,
                const std::vector<std::uint8_t>& weights) {
  const std::vector<std::uint8_t> lhs(static_cast<std::size_t>(m * desc.k), 255);
  std::vector<std::int32_t> sums(static_cast<std::size_t>(m * desc.n)), expected;
  for (std::int64_t n = 0; n < desc.n; ++n) {
    std::int32_t sum = 0;
    for (std::int64_t k = 0; k < desc.k; ++k) {
      const std::uint8_t weight = weights[place(desc, k, n)];
      sum += 255 * (desc.rhs_type == OTTAVA_TYPE_U8 ? weight - 128 : static_cast<std::int8_t>(weight));
    }
    expected.push_back(sum);
  }
  std::vector<std::uint8_t> memory(static_cast<std::size_t>(workspace));
  REQUIRE(ottava_matmul_run(matmul, m, lhs.data(), 0, sums.data(), 0, memory.data(), workspace, nullptr) == OTTAVA_OK);
  for (std::size_t i = 0; i < sums.size(); ++i) {
    INFO("row " << i / expected.size() << " of " << m << ", channel " << i % expected.size());
    REQUIRE(sums[i] == expected[i % expected.size()]);
  }
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
  for (const std::int64_t m : {1, 13, 1000}) {
    ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
    REQUIRE(ottava_matmul_query(matmul, m, &info, nullptr) == OTTAVA_OK);
    made.kernel = info.kernel;
    made.reason = info.reason;
    REQUIRE(named(info.kernel) != nullptr);
    // All sizes of a run choose alike.
    const Weights wants = named(info.kernel)->weights;
    if (m > 1) CHECK(wants == made.wants);
    made.wants = wants;
    const bool sums = !runtime && desc.n != 0 && desc.k != 0 && m != 1000;
    if (sums) check_sums(placed, desc, m, info.workspace_bytes, weights);
  }
  ottava_matmul_destroy(matmul);
  return made;
}

ottava_matmul_desc description(std::uint32_t type, std::uint32_t order, std::int64_t gap) {
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  desc.lhs_type = OTTAVA_TYPE_U8;
  desc.n = kChannels;
  desc.k = kDepth;
  desc.rhs_type = type;
  desc.rhs_zero_point = type == OTTAVA_TYPE_U8 ? 128 : 0;
  desc.rhs_order = order;
  desc.rhs_stride = (order == OTTAVA_ORDER_ROW ? kChannels : kDepth) + gap;
  return desc;
}

std::uint8_t raw(const ottava_matmul_desc& desc, std::int64_t canonical) {
  return static_cast<std::uint8_t>(desc.rhs_type == OTTAVA_TYPE_U8 ? canonical + 128 : canonical);
}

// At both ends of what a kernel takes: next to -128, or pairs of depths that add up to 128 and to -128.
std::int64_t safe_weight(Weights wants, std::int64_t k, std::int64_t n) {
  const std::int64_t sign = (k / 2 + n) % 2 == 0 ? 1 : -1;
  if (wants == Weights::narrow_pairs) return sign * (k % 2 == 0 ? 100 : 28);
  return sign == 1 ? 127 : -127;
}

// One further.
std::int64_t unsafe_weight(Weights wants, std::int64_t k, std::int64_t n) {
  const std::int64_t safe = safe_weight(wants, k, n);
  return wants == Weights::narrow_pairs ? safe + (safe > 0 ? 1 : -1) : -128;
}

// Between the lines, where nobody may look, what no kernel takes that asks for something.
std::vector<std::uint8_t> safe_weights(const ottava_matmul_desc& desc, Weights wants) {
  std::vector<std::uint8_t> weights(place(desc, desc.k - 1, desc.n - 1) + 1, raw(desc, -128));
  for (std::int64_t k = 0; k < desc.k; ++k) {
    for (std::int64_t n = 0; n < desc.n; ++n) weights[place(desc, k, n)] = raw(desc, safe_weight(wants, k, n));
  }
  return weights;
}

bool says(const Made& made, const char* words) {
  return words != nullptr && made.reason.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("weights: one that is beyond what a kernel wants decides, wherever it lies") {
  for (const Kernel* best : first_kernels()) {
    const Weights wants = best->weights;
    const KernelContext context(best->isa);
    for (const std::uint32_t type : {OTTAVA_TYPE_S8, OTTAVA_TYPE_U8}) {
      for (const std::uint32_t order : {OTTAVA_ORDER_ROW, OTTAVA_ORDER_COLUMN}) {
        for (const std::int64_t gap : {0, 5}) {
          const ottava_matmul_desc desc = description(type, order, gap);
          INFO(best->name << " type " << type << " order " << order << " gap " << gap);
          std::vector<std::uint8_t> weights = safe_weights(desc, wants);
          const Made safe = make(context.get(), desc, weights);
          REQUIRE(safe.status == OTTAVA_OK);
          CHECK(safe.wants == wants);
          CHECK(says(safe, words_of(wants).fit) == (wants != Weights::any));

          const struct {
            std::int64_t k, n;
          } places[] = {{0, 0}, {1, 0}, {0, kChannels - 1}, {7, 17}, {24, 30}, {kDepth - 2, kChannels - 1}};
          for (const auto& at : places) {
            INFO("beyond at depth " << at.k << " of channel " << at.n);
            std::uint8_t& weight = weights[place(desc, at.k, at.n)];
            weight = raw(desc, unsafe_weight(wants, at.k, at.n));
            const Made unsafe = make(context.get(), desc, weights);
            weight = raw(desc, safe_weight(wants, at.k, at.n));
            REQUIRE(unsafe.status == OTTAVA_OK);
            CHECK(unsafe.wants == Weights::any);
            CHECK(says(unsafe, words_of(wants).unfit) == (wants != Weights::any));
            CHECK((unsafe.kernel == safe.kernel) == (wants == Weights::any));
          }

          // The last depth has no partner: alone it may be anything but -128 where that is what is not wanted.
          std::uint8_t& last = weights[place(desc, kDepth - 1, kChannels - 1)];
          for (const std::int64_t value : {-128, 127}) {
            last = raw(desc, value);
            const bool refused = wants == Weights::no_minus_128 && value == -128;
            CHECK(make(context.get(), desc, weights).wants == (refused ? Weights::any : wants));
          }
        }
      }
    }
  }
}

TEST_CASE("weights: those that are known at run time alone may be anything") {
  for (const Kernel* best : first_kernels()) {
    const KernelContext context(best->isa);
    ottava_matmul_desc desc = description(OTTAVA_TYPE_S8, OTTAVA_ORDER_ROW, 0);
    desc.flags = OTTAVA_MATMUL_RUNTIME_RHS;
    desc.rhs_stride = 0;
    const Made made = make(context.get(), desc, {});
    REQUIRE(made.status == OTTAVA_OK);
    CHECK(made.wants == Weights::any);
    CHECK(says(made, words_of(best->weights).unknown) == (best->weights != Weights::any));
  }
}

TEST_CASE("weights: no weights at all are as any kernel wants them") {
  for (const Kernel* best : first_kernels()) {
    const KernelContext context(best->isa);
    for (const bool channels : {false, true}) {
      ottava_matmul_desc desc = description(OTTAVA_TYPE_S8, OTTAVA_ORDER_ROW, 0);
      desc.rhs_stride = 0;
      (channels ? desc.k : desc.n) = 0;
      const Made made = make(context.get(), desc, {0x80});
      REQUIRE(made.status == OTTAVA_OK);
      CHECK(made.wants == (channels && best->min_depth != 0 ? Weights::any : best->weights));
    }
  }
}

TEST_CASE("weights: a kernel that is asked for by name declines those that it cannot take, in words") {
  for (const Kernel* kernel : runnable_kernels_for_some_weights()) {
    if (kernel->weights == Weights::any) continue;
    const KernelContext context(kernel->name);
    ottava_matmul_desc desc = description(OTTAVA_TYPE_S8, OTTAVA_ORDER_ROW, 0);
    std::vector<std::uint8_t> weights = safe_weights(desc, kernel->weights);
    CHECK(make(context.get(), desc, weights).kernel == kernel->name);
    weights[place(desc, 3, 5)] = raw(desc, unsafe_weight(kernel->weights, 3, 5));
    const Made unsafe = make(context.get(), desc, weights);
    CHECK(unsafe.status == OTTAVA_KERNEL_UNAVAILABLE);
    const std::string words = std::string(kernel->name) + " declines: " + words_of(kernel->weights).unfit;
    CHECK(unsafe.message.find(words) != std::string::npos);
    desc.flags = OTTAVA_MATMUL_RUNTIME_RHS;
    desc.rhs_stride = 0;
    CHECK(make(context.get(), desc, {}).status == OTTAVA_KERNEL_UNAVAILABLE);
  }
}

// Convolutions merge groups, put taps side by side and pair weights with zero points: whatever that makes of weights at
// the edge of what a kernel wants, the oracle's bits come out.
TEST_CASE("weights: convolutions look at them as they are multiplied") {
  Random random(test_seed() + 40);
  for (const Kernel* best : first_kernels()) {
    if (best->weights == Weights::any) continue;
    const KernelContext context(best->isa);
    const std::int64_t safe = best->weights == Weights::narrow_pairs ? 64 : 127;
    for (std::size_t i = 0; i < 1500 / test_sample() + 40; ++i) {
      ConvolutionCase c =
          draw_convolution(random, random.chance(3) ? ConvolutionKind::transposed : ConvolutionKind::conv2d);
      c.weight_bound = safe + (best->weights == Weights::narrow_pairs && random.chance(2) ? 1 : 0);
      const std::string kernel = check_convolution(c, context.get());
      if (kernel.empty()) continue;
      const bool fit = c.weight_bound == safe && c.weights_type == OTTAVA_TYPE_S8 && !c.zero_points;
      const bool few_channels = named(kernel)->min_depth_per_channel != 0;  // which then goes before all others
      const bool shallow = c.input_channels / c.groups < best->min_depth;   // unless taps or groups lie side by side
      if (fit && !few_channels && !shallow) CHECK(named(kernel)->weights == best->weights);
    }
  }
}

TEST_CASE("weights: behind a kernel that wants something stands one that takes all and needs no more room") {
  const KernelList list = built_kernels();
  for (std::size_t i = 0; i < list.count; ++i) {
    const Kernel& fast = *list.kernels[i];
    if (fast.weights == Weights::any) continue;
    bool found = false;
    for (std::size_t j = i + 1; j < list.count; ++j) {
      const Kernel& exact = *list.kernels[j];
      found |= exact.isa == fast.isa && exact.form == fast.form && exact.weights == Weights::any &&
               exact.rhs->nr.count == fast.rhs->nr.count && fast.rhs->kr % exact.rhs->kr == 0 &&
               exact.panels == fast.panels && exact.stages == fast.stages;
    }
    INFO(fast.name);
    CHECK(found);
  }
}
