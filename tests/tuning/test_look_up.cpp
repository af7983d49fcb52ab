// Which line an operator takes, and the variable OTTAVA_TUNING.
#include <cstdio>
#include <cstdlib>

#include "handles.h"
#include "tuning_text.h"

using namespace ottava;

namespace {

const std::string kMatmul = " n=48 k=40 lhs=s8 rhs=s8 dst=s8 rule=fixed_two_roundings";

// Each of these lines has another number, by which it is known again.
std::string numbered(const std::string& words, int number) {
  return line_of_words(words + " work_per_thread=" + std::to_string(number));
}

struct Made {
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  Made() {
    desc.n = 48, desc.k = 40;
    output.scale = 100.0f;
  }
};

// The number of the line that an operator takes; 0: none.
std::uint64_t taken(const ottava_context* context, const Made& made, std::int8_t weight = 1) {
  const std::vector<std::int8_t> weights(48 * 40, weight);
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  if ((made.desc.flags & OTTAVA_MATMUL_RUNTIME_RHS) == 0) constants.rhs = weights.data();
  ottava_matmul* matmul = nullptr;
  ottava_error error = OTTAVA_ERROR_INIT;
  const ottava_status status = ottava_matmul_create(context, &made.desc, &made.output, &constants, &matmul, &error);
  INFO(error.argument << ": " << error.message);
  REQUIRE(status == OTTAVA_OK);
  const std::uint64_t number = matmul->op.plan.blocking.work_per_thread;
  ottava_route route = OTTAVA_ROUTE_INIT;
  REQUIRE(ottava_matmul_route(matmul, 1, &route, nullptr) == OTTAVA_OK);
  CHECK(route.tuned == (number != 0 ? 1u : 0u));
  ottava_matmul_destroy(matmul);
  return number;
}

// A context of that machine with these lines.
class TunedContext {
 public:
  explicit TunedContext(const std::vector<std::string>& lines, const ottava_knobs* knobs = nullptr)
      : parent_(nullptr), tuning_(read_sound(parent_.get(), text_with(parent_.get(), lines))) {
    ottava_error error = OTTAVA_ERROR_INIT;
    REQUIRE(ottava_context_derive(parent_.get(), knobs, tuning_.get(), &context_, &error) == OTTAVA_OK);
  }
  ~TunedContext() { ottava_context_destroy(context_); }
  TunedContext(const TunedContext&) = delete;
  TunedContext& operator=(const TunedContext&) = delete;
  const ottava_context* get() const { return context_; }

 private:
  KernelContext parent_;
  OwnedTuning tuning_;
  ottava_context* context_ = nullptr;
};

}  // namespace

TEST_CASE("tuning: an operator takes the line of the smallest class of M that holds its rows", "[tuning]") {
  const TunedContext context({numbered("m=16" + kMatmul, 3), numbered("m=4" + kMatmul, 2),
                              numbered("m=64" + kMatmul, 4), numbered("m=1" + kMatmul, 1)});
  const struct {
    std::int64_t max_m;
    std::uint64_t number;
  } cases[] = {{1, 1}, {2, 2}, {3, 2}, {4, 2}, {5, 3}, {16, 3}, {17, 4}, {64, 4}, {65, 0}, {1 << 20, 0}, {0, 4}};
  for (const auto& c : cases) {
    INFO("max_m " << c.max_m);
    Made made;
    made.desc.max_m = c.max_m;
    CHECK(taken(context.get(), made) == c.number);
  }
}

TEST_CASE("tuning: a line is of a descriptor, as far as that decides about time", "[tuning]") {
  const TunedContext context({numbered("m=1" + kMatmul, 7)});
  const std::function<void(Made&)> same[] = {
      [](Made&) {},
      [](Made& m) { m.desc.lhs_zero_point = 3; },
      [](Made& m) { m.desc.lhs_scale = 0.5f; },
      [](Made& m) { m.desc.rhs_order = OTTAVA_ORDER_COLUMN; },
      [](Made& m) { m.desc.flags = OTTAVA_MATMUL_ALLOW_WRAP; },
      [](Made& m) { m.output.zero_point = -4, m.output.clamp_min = 0; },
      // The same product, transposed: all orders are those of the other side.
      [](Made& m) {
        m.desc.flags = OTTAVA_MATMUL_WEIGHTS_LEFT;
        m.desc.lhs_order = m.desc.dst_order = OTTAVA_ORDER_COLUMN;
      },
  };
  for (std::size_t i = 0; i < std::size(same); ++i) {
    INFO("same " << i);
    Made made;
    same[i](made);
    CHECK(taken(context.get(), made) == 7);
  }
  const std::function<void(Made&)> different[] = {
      [](Made& m) { m.desc.n = 47; },
      [](Made& m) { m.desc.k = 39; },
      [](Made& m) { m.desc.lhs_type = OTTAVA_TYPE_U8; },
      [](Made& m) { m.desc.rhs_type = OTTAVA_TYPE_U8, m.desc.rhs_zero_point = 128; },
      [](Made& m) { m.desc.rhs_zero_point = 1; },
      [](Made& m) { m.desc.lhs_order = OTTAVA_ORDER_COLUMN; },
      [](Made& m) { m.desc.dst_order = OTTAVA_ORDER_COLUMN; },
      [](Made& m) { m.desc.flags = OTTAVA_MATMUL_WEIGHTS_LEFT; },
      [](Made& m) { m.desc.flags = OTTAVA_MATMUL_RUNTIME_RHS; },
      [](Made& m) { m.desc.flags = OTTAVA_MATMUL_LHS_ROW_SCALES, m.output.requantization = 3; },
      [](Made& m) { m.desc.flags = OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS; },
      [](Made& m) { m.desc.lhs_type = OTTAVA_TYPE_F32, m.desc.lhs_quantization = OTTAVA_QUANTIZE_DIVIDE; },
      [](Made& m) { m.output.type = OTTAVA_TYPE_U8; },
      [](Made& m) { m.output.type = OTTAVA_TYPE_S32, m.output.requantization = 0, m.output.scale = 1.0f; },
      [](Made& m) { m.output.requantization = OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING; },
      [](Made& m) {
        static const std::uint8_t table[256] = {};
        m.output.activation = OTTAVA_ACTIVATION_TABLE, m.output.table = table;
      },
      [](Made& m) {
        static const ottava_add_desc addition = OTTAVA_ADD_DESC_INIT;
        m.output.addition = &addition;
      },
  };
  for (std::size_t i = 0; i < std::size(different); ++i) {
    INFO("different " << i);
    Made made;
    different[i](made);
    CHECK(taken(context.get(), made) == 0);
  }
}

TEST_CASE("tuning: a kernel that is not there is passed over, and knobs come before lines", "[tuning]") {
  Made made;
  const std::string words = "m=1" + kMatmul;
  CHECK(taken(TunedContext({numbered(words + " kernel=of_another_build", 7)}).get(), made) == 0);
  CHECK(taken(TunedContext({numbered(words + " kernel=s8s8s32_4x8x2_portable", 7)}).get(), made) == 7);
  CHECK(taken(TunedContext({line_of_words(words)}).get(), made) == 0);  // nothing was better
  ottava_knobs knobs = OTTAVA_KNOBS_INIT;
  knobs.block_rows = 8;
  CHECK(taken(TunedContext({numbered(words, 7)}, &knobs).get(), made) == 7);
  knobs.work_per_thread = 9;
  const TunedContext context({numbered(words + " block_rows=16", 7)}, &knobs);
  CHECK(taken(context.get(), made) == 9);
}

TEST_CASE("tuning: lines for weights that a kernel does not take, and for those that it does", "[tuning]") {
  const TunedContext context({numbered("m=1" + kMatmul, 5), numbered("m=1" + kMatmul + " unfit_weights", 6)});
  const KernelContext plain(nullptr);
  for (const std::int8_t weight : {std::int8_t{1}, std::int8_t{-128}}) {
    Made made;
    ottava_matmul* matmul = nullptr;
    const std::vector<std::int8_t> weights(48 * 40, weight);
    ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
    constants.rhs = weights.data();
    REQUIRE(ottava_matmul_create(plain.get(), &made.desc, &made.output, &constants, &matmul, nullptr) == OTTAVA_OK);
    const bool unfit = matmul->op.problem.weights_unfit;
    ottava_matmul_destroy(matmul);
    CHECK(taken(context.get(), made, weight) == (unfit ? 6 : 5));
  }
}

TEST_CASE("tuning: the room for an operator is known before its weights, whichever kernels lines name", "[tuning]") {
  // Kernels with layouts of their own for either case: the larger one decides.
  const std::string words = "m=1" + kMatmul;
  for (const Kernel* const fit : runnable_kernels_for_some_weights()) {
    for (const Kernel* const unfit : runnable_kernels_for_some_weights()) {
      const TunedContext context({line_of_words(words + " kernel=" + fit->name),
                                  line_of_words(words + " unfit_weights kernel=" + unfit->name)});
      Made made;
      std::uint64_t bytes = 0;
      REQUIRE(ottava_matmul_size(context.get(), &made.desc, &made.output, &bytes, nullptr) == OTTAVA_OK);
      for (const int weight : {1, 127, -128}) {
        const std::vector<std::int8_t> weights(48 * 40, static_cast<std::int8_t>(weight));
        ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
        constants.rhs = weights.data();
        std::vector<std::uint8_t> memory(static_cast<std::size_t>(bytes));
        ottava_matmul* matmul = nullptr;
        REQUIRE(ottava_matmul_init_at(memory.data(), bytes, context.get(), &made.desc, &made.output, &constants,
                                      &matmul, nullptr) == OTTAVA_OK);
        const std::size_t end =
            static_cast<std::size_t>(matmul->op.packed - memory.data()) + matmul->op.plan.packed.total;
        CHECK(end <= bytes);
      }
    }
  }
}

#if !defined(_WIN32)
TEST_CASE("tuning: the file that OTTAVA_TUNING names", "[tuning]") {
  const KernelContext plain(nullptr);
  const std::string path = "ottava_test_tuning_" + std::to_string(test_seed()) + ".txt";
  const auto put = [&path](const std::string& text) {
    std::FILE* const file = std::fopen(path.c_str(), "wb");
    REQUIRE(file != nullptr);
    REQUIRE(std::fwrite(text.data(), 1, text.size(), file) == text.size());
    REQUIRE(std::fclose(file) == 0);
  };
  const auto refused = [](const Refusal& expected) {
    ottava_context* context = sentinel<ottava_context>();
    ottava_error error = unfilled_error();
    check_refusal(expected, ottava_context_create(nullptr, nullptr, &context, &error), error);
    CHECK(context == sentinel<ottava_context>());
  };
  const std::string text = text_with(plain.get(), {numbered("m=1" + kMatmul, 5)});
  std::string other = text;
  other.replace(other.find("threads=1"), 9, "threads=3");
  REQUIRE(setenv("OTTAVA_TUNING", path.c_str(), 1) == 0);
  refused({OTTAVA_BAD_TUNING, "OTTAVA_TUNING", {path, "cannot be read"}});
  put(text + "m=2");
  refused({OTTAVA_BAD_TUNING, "OTTAVA_TUNING", {path, "line 11"}});
  put(other);
  refused({OTTAVA_UNSUPPORTED, "OTTAVA_TUNING", {path, "threads 3, not 1"}});
  put(text);
  ottava_context* context = nullptr;
  CHECK(ottava_context_create(nullptr, nullptr, &context, nullptr) == OTTAVA_OK);
  CHECK(taken(context, Made()) == 5);
  // What is derived has nothing of it, nor what is made in memory of the caller.
  ottava_context* derived = nullptr;
  CHECK(ottava_context_derive(context, nullptr, nullptr, &derived, nullptr) == OTTAVA_OK);
  CHECK(taken(derived, Made()) == 0);
  CHECK(ottava_context_destroy(derived) == OTTAVA_OK);
  CHECK(ottava_context_destroy(context) == OTTAVA_OK);
  std::uint64_t bytes = 0;
  REQUIRE(ottava_context_size(&bytes) == OTTAVA_OK);
  std::vector<std::uint8_t> memory(static_cast<std::size_t>(bytes));
  const KernelContext host(nullptr);
  ottava_context* init = nullptr;
  CHECK(ottava_context_init_at(memory.data(), bytes, nullptr, nullptr, &init, nullptr) == OTTAVA_OK);
  CHECK(init->choice.tuned.plan == nullptr);
  REQUIRE(setenv("OTTAVA_TUNING", "", 1) == 0);
  CHECK(ottava_context_create(nullptr, nullptr, &context, nullptr) == OTTAVA_OK);
  CHECK(taken(context, Made()) == 0);
  ottava_context_destroy(context);
  unsetenv("OTTAVA_TUNING");
  std::remove(path.c_str());
}
#endif
