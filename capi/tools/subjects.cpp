#include "subjects.h"

#include <algorithm>
#include <sstream>

#include "combination_check.h"
#include "convolution_case.h"
#include "hosts.h"
#include "pool_case.h"
#include "sum_case.h"
#include "without_catch.h"

// What the cases of the tests want of their program: a difference is thrown, with the notes that lead to it.
namespace ottava {

const Note* Note::innermost = nullptr;

void fail(const char*, int, const std::string& what) {
  std::ostringstream words;
  words << what;
  for (const Note* note = Note::innermost; note != nullptr; note = note->outer) {
    words << "; ";
    note->tell(words);
  }
  throw tools::Difference(words.str());
}

// A program binds what it has the parts of; the command has none.
std::unique_ptr<GuardedBuffer> bind_file(const GuardedBuffer&) { return nullptr; }

// Nor has it a reference of gemmlowp's tanh: no case is drawn that asks for it.
std::int32_t expected_tanh(std::int32_t y, std::int32_t, std::int32_t) { return y; }

}  // namespace ottava

namespace ottava::tools {
namespace {

using ContextPtr = std::shared_ptr<ottava_context>;

// What a case is computed in: one thread or several, as the library does it or with knobs at random.
class Contexts {
 public:
  Contexts(std::uint32_t tier, const char* kernel);
  ContextPtr pick(Random& random) const;

 private:
  ContextPtr one_, several_;
};

ContextPtr make(std::uint32_t threads, std::uint32_t tier, const char* kernel) {
  ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  ottava_context_host host = OTTAVA_CONTEXT_HOST_INIT;
  options.threads = threads;
  options.tier_cap = tier;
  host.kernel = kernel;
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_context* context = nullptr;
  ottava_status status = ottava_context_create(&options, &host, &context, &error);
  if (status == OTTAVA_UNSUPPORTED) {  // a build without a pool
    host.parallel_for = with_threads;
    status = ottava_context_create(&options, &host, &context, &error);
  }
  if (status != OTTAVA_OK) throw Refused(std::string(kernel != nullptr ? kernel : "context") + ": " + error.message);
  return ContextPtr(context, Destroy());
}

Contexts::Contexts(std::uint32_t tier, const char* kernel)
    : one_(make(1, tier, kernel)), several_(make(3, tier, kernel)) {}

ContextPtr Contexts::pick(Random& random) const {
  const ContextPtr& parent = random.chance(4) ? several_ : one_;
  if (random.chance(2)) return parent;
  const auto number = [&random](std::int64_t least, std::int64_t most) {
    return random.chance(2) ? 0 : random.between(least, most);
  };
  ottava_knobs knobs = OTTAVA_KNOBS_INIT;
  knobs.lhs_rows = static_cast<std::uint32_t>(number(OTTAVA_ROWS_PACKED, OTTAVA_ROWS_IN_PLACE));
  knobs.schedule = static_cast<std::uint32_t>(number(OTTAVA_SCHEDULE_OUT_OF_ORDER, OTTAVA_SCHEDULE_IN_ORDER));
  knobs.thread_cut = static_cast<std::uint32_t>(number(OTTAVA_CUT_NONE, OTTAVA_CUT_COLUMNS));
  knobs.small_m_rows = number(-1, 80);
  knobs.block_rows = number(1, 100);
  knobs.block_columns = number(1, 100);
  knobs.work_per_thread = number(1, 1000);
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_context* context = nullptr;
  if (ottava_context_derive(parent.get(), &knobs, nullptr, &context, &error) != OTTAVA_OK) {
    throw Difference(std::string("knobs are refused: ") + error.argument + ": " + error.message);
  }
  return ContextPtr(context, Destroy());
}

constexpr int kAttempts = 4;          // at a case that the kernel takes
constexpr std::int64_t kNarrow = 64;  // weights of which every kernel takes any two

// Most are few numbers around the edges of tiles; some are long, wide or deep.
CombinationRange draw_range(Random& random) {
  constexpr CombinationRange kRanges[] = {{6, 40, 18}, {6, 40, 18}, {70, 130, 150}, {3, 300, 1200}, {200, 30, 70}};
  constexpr std::int64_t kWeights[] = {0, 0, 127, kNarrow};  // of all, without -128
  CombinationRange range = random.pick(kRanges);
  range.most_weight = random.pick(kWeights);
  range.may_decline = true;
  return range;
}

// An offered one, the usual kinds more often than others.
Combination draw_combination(Random& random) {
  const auto one_of = [&random](std::uint32_t least, std::uint32_t most) {
    return static_cast<std::uint32_t>(random.between(least, most));
  };
  for (;;) {
    Combination c = {};
    c.lhs_type = one_of(OTTAVA_TYPE_S8, OTTAVA_TYPE_U8);
    if (random.chance(5)) {
      c.quantization = one_of(OTTAVA_QUANTIZE_DIVIDE, OTTAVA_QUANTIZE_ONNX_DYNAMIC);
      c.quantized_type = is_dynamic_rule(c.quantization) ? 0u : c.lhs_type;
      c.lhs_type = OTTAVA_TYPE_F32;
    } else {
      c.row_scales = random.chance(8);
      c.row_zeros = random.chance(8);
    }
    c.rhs_type = one_of(OTTAVA_TYPE_S8, OTTAVA_TYPE_U8);
    c.channel_zeros = random.chance(4);
    c.channel_scales = random.chance(2);
    c.runtime_rhs = random.chance(6);
    c.weights_left = random.chance(6);
    c.dst_type = random.chance(2) ? OTTAVA_TYPE_S8 : one_of(OTTAVA_TYPE_S8, OTTAVA_TYPE_F32);
    c.rule = random.chance(2) ? one_of(OTTAVA_REQUANTIZE_NONE, OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN)
                              : one_of(OTTAVA_REQUANTIZE_NONE, OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_AWAY);
    c.integer = random.chance(3);
    c.bias = random.chance(2) ? Bias::s32 : static_cast<Bias>(one_of(0, 3));
    c.activation = random.chance(4) ? OTTAVA_ACTIVATION_TABLE : OTTAVA_ACTIVATION_NONE;
    c.accumulate = random.chance(4);
    if (c.offered() && (!c.accumulate || c.can_accumulate())) return c;
  }
}

Subject kernel_subject(const ottava_kernel_info& kernel) {
  const std::string name = kernel.name;
  const bool rows_only = kernel.lhs_rows == OTTAVA_ROWS_IN_PLACE;
  const Contexts with(OTTAVA_TIER_ANY, kernel.name);
  return {name, true, [=](std::uint64_t seed) {
            Random random(seed);
            const ContextPtr context = with.pick(random);
            for (int attempt = 0; attempt < kAttempts; ++attempt) {
              CombinationRange range = draw_range(random);
              if (attempt > 0) range.most_weight = kNarrow;
              if (check_offered(context.get(), draw_combination(random), random, rows_only, range) == name) return true;
            }
            return false;
          }};
}

void add_layers(const ottava_tier_info& tier, std::vector<Subject>* subjects) {
  const Contexts with(tier.tier, nullptr);
  const auto add = [&](const char* layer, std::function<void(const ottava_context*, Random&)> check) {
    subjects->push_back({std::string(layer) + "@" + tier.name, false, [=](std::uint64_t seed) {
                           Random random(seed);
                           check(with.pick(random).get(), random);
                           return true;
                         }});
  };
  constexpr std::pair<const char*, ConvolutionKind> kKinds[] = {{"conv2d", ConvolutionKind::conv2d},
                                                                {"depthwise_conv2d", ConvolutionKind::depthwise},
                                                                {"transposed_conv2d", ConvolutionKind::transposed}};
  for (const auto& [name, kind] : kKinds) {
    add(name, [kind = kind](const ottava_context* context, Random& random) {
      check_convolution(draw_convolution(random, kind), context);
    });
  }
  add("pool2d", [](const ottava_context* context, Random& random) {
    check_pool(draw_pool(random, random.chance(20) ? 20 : 0), context, random);
  });
  add("add",
      [](const ottava_context* context, Random& random) { check_sum(context, random, random.chance(20) ? 40 : 0); });
}

}  // namespace

std::vector<Subject> subjects_of(const std::string& tier) {
  const Context machine = make_machine({1, tier});
  std::vector<Subject> subjects;
  for (const ottava_kernel_info& kernel : kernels_of(machine.get())) {
    if (kernel.usable != 0) subjects.push_back(kernel_subject(kernel));
  }
  ottava_tier_info info = OTTAVA_TIER_INFO_INIT;
  for (std::uint32_t i = 0; ottava_tier_query(machine.get(), i, &info, nullptr) == OTTAVA_OK; ++i) {
    if (info.usable != 0) add_layers(info, &subjects);
  }
  return subjects;
}

}  // namespace ottava::tools
