// Runs of changing shape: what a run costs by an operator of just its sizes, and by one made for more channels and
// depth, as over a cache that grows. Packing of the rhs included; they take turns, on one thread.
#include "changing.h"

#include <memory>

#include "problem.h"
#include "support.h"
#include "turns.h"

namespace bench {
namespace {

// So many times the channels and the depth.
constexpr std::int64_t kLarger = 8;

// One shape on one tier, measured when the first of its two is asked for.
class Changing {
 public:
  static constexpr const char* kNames[] = {"exact", "largest"};
  Timed timed[2];

  Changing(const Shape& shape, std::uint32_t tier, int turns) : shape_(shape), tier_(tier), turns_(turns) {}

  void measure() {
    if (measured_) return;
    measured_ = true;
    const Context context = make_context(tier_, 1);
    const Problem problem(shape_);
    Call calls[2];
    std::vector<Turn> turns;
    for (std::size_t i = 0; i < 2; ++i) {
      if (!timed[i].wanted) continue;
      Call* const call = &calls[i];
      prepare(context.get(), problem, i == 0 ? 1 : kLarger, call);
      call->run();
      if (problem.spot_check(call->dst.data())) {
        turns.emplace_back(&timed[i], [call](int count) {
          for (int repeat = 0; repeat < count; ++repeat) call->run();
        });
      } else {
        timed[i].refusal = "wrong result";
      }
    }
    take_turns(&turns, turns_, false);
  }

 private:
  struct Call {
    Matmul matmul;
    ottava_matmul_run_desc desc = OTTAVA_MATMUL_RUN_DESC_INIT;
    ottava_matmul_operands operands = OTTAVA_MATMUL_OPERANDS_INIT;
    std::vector<std::uint8_t> workspace;
    std::vector<std::int8_t> dst;

    void run() const {
      if (ottava_matmul_execute(matmul.get(), &desc, &operands, nullptr) != OTTAVA_OK) fail("a run failed");
      benchmark::ClobberMemory();
    }
  };

  void prepare(const ottava_context* context, const Problem& problem, std::int64_t times, Call* call) const {
    Description d(problem, OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN);
    d.desc.flags |= OTTAVA_MATMUL_RUNTIME_RHS | OTTAVA_MATMUL_ALLOW_WRAP;
    d.desc.n *= times, d.desc.k *= times;
    d.scales.resize(index(d.desc.n), 1.0f);
    d.bias.resize(index(d.desc.n), 0);
    d.output.bias = d.bias.data();
    ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
    constants.rhs_scales = d.scales.data();
    ottava_error error = OTTAVA_ERROR_INIT;
    ottava_matmul* matmul = nullptr;
    check(ottava_matmul_create(context, &d.desc, &d.output, &constants, &matmul, &error), error);
    call->matmul.reset(matmul);
    call->desc.m = shape_.m;
    if (times != 1) call->desc.n = shape_.n, call->desc.k = shape_.k;
    std::uint64_t bytes = 0;
    check(ottava_matmul_workspace(matmul, &call->desc, &bytes, &error), error);
    call->workspace.resize(static_cast<std::size_t>(bytes));
    call->dst.assign(elements(shape_.m, shape_.n), 0x55);
    call->operands.lhs = problem.lhs.data();
    call->operands.rhs = problem.rhs.data();
    call->operands.dst = call->dst.data();
    call->operands.workspace = call->workspace.data();
    call->operands.workspace_bytes = bytes;
  }

  const Shape shape_;
  const std::uint32_t tier_;
  const int turns_;
  bool measured_ = false;
};

}  // namespace

void register_changing(const Shape& shape, const Tier& tier, const Options& options) {
  const auto changing = std::make_shared<Changing>(shape, tier.value, options.turns);
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string name = "changing/" + tier.name + "/" + Changing::kNames[i] + "/" + shape.name();
    changing->timed[i].wanted = chosen(name);
    changing->timed[i].best = options.best;
    register_reported(name, [changing, i, shape](benchmark::State& state) {
      changing->measure();
      const Timed& timed = changing->timed[i];
      if (!timed.ran()) {
        state.SkipWithError(timed.refusal.c_str());
        return;
      }
      const double seconds = timed.seconds();
      for (auto _ : state) state.SetIterationTime(seconds);
      state.counters["GOPS"] = shape.operations() / seconds * 1e-9;
      if (i != 0 && changing->timed[0].ran()) state.counters["ratio"] = speed_ratio(timed, changing->timed[0]);
    });
  }
}

}  // namespace bench
