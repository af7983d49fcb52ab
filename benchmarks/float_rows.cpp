// A float lhs under XNNPACK's rule, whose dynamic matmuls do the same: whole calls, quantization included, with f32 and
// with s8 outputs, the quantization of all rows alone, and another library's calls with f32 outputs. They take turns,
// on one thread. The counter `ratio` is ottava's speed with f32 outputs by that of the other library.
#include "float_rows.h"

#include <cmath>
#include <memory>
#include <utility>

#include "peers/float_peer.h"
#include "problem.h"
#include "support.h"
#include "turns.h"

namespace bench {
namespace {

// One shape on one tier, measured when the first of its four is asked for.
class FloatRows {
 public:
  static constexpr const char* kNames[] = {"f32", "s8", "rows", "peer"};
  static constexpr std::size_t kRows = 2, kPeer = 3, kAll = 4;
  Timed timed[kAll];  // the peer where there is one

  FloatRows(const Shape& shape, std::uint32_t tier, int turns) : shape_(shape), tier_(tier), turns_(turns) {}

  void measure() {
    if (measured_) return;
    measured_ = true;
    const Context context = make_context(tier_, 1);
    const Problem problem(shape_);
    for (const std::uint8_t value : problem.lhs) {
      lhs_.push_back(static_cast<float>(value - Problem::lhs_zero_point) * 0.9f);
    }
    Call calls[kRows];
    std::vector<Turn> turns;
    for (std::size_t i = 0; i < kRows; ++i) {
      if (!timed[i].wanted) continue;
      Call* const call = &calls[i];
      prepare(context.get(), problem, i == 0 ? OTTAVA_TYPE_F32 : OTTAVA_TYPE_S8, call);
      run(*call);
      if (spot_check(problem, call->dst.data(), i == 0)) {
        turns.emplace_back(&timed[i], [this, call](int count) {
          for (int repeat = 0; repeat < count; ++repeat) run(*call);
        });
      } else {
        timed[i].refusal = "wrong result";
      }
    }
    std::vector<std::int8_t> values(lhs_.size());
    std::vector<float> scales(index(shape_.m));
    std::vector<std::int32_t> zero_points(index(shape_.m));
    if (timed[kRows].wanted) {
      turns.emplace_back(&timed[kRows], [&](int count) {
        for (int repeat = 0; repeat < count; ++repeat) {
          ottava_error error = OTTAVA_ERROR_INIT;
          check(ottava_quantize_rows(context.get(), OTTAVA_QUANTIZE_XNNPACK, shape_.m, shape_.k, lhs_.data(), 0,
                                     values.data(), 0, scales.data(), zero_points.data(), &error),
                error);
          benchmark::ClobberMemory();
        }
      });
    }
    std::unique_ptr<FloatPeer> peer;
    if (timed[kPeer].wanted && float_library() != nullptr) {
      peer = float_library()->make(problem, lhs_);
      if (peer) peer->run();
      if (!peer) {
        timed[kPeer].refusal = "declined";
      } else if (spot_check(problem, peer->dst(), true)) {
        turns.emplace_back(&timed[kPeer], [&](int count) {
          for (int repeat = 0; repeat < count; ++repeat) peer->run();
        });
      } else {
        timed[kPeer].refusal = "wrong result";
      }
    }
    take_turns(&turns, turns_, false);
  }

 private:
  struct Call {
    Matmul matmul;
    std::vector<std::uint8_t> workspace, dst;
  };

  void prepare(const ottava_context* context, const Problem& problem, std::uint32_t type, Call* call) const {
    ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
    desc.n = shape_.n;
    desc.k = shape_.k;
    desc.lhs_type = OTTAVA_TYPE_F32;
    desc.lhs_quantization = OTTAVA_QUANTIZE_XNNPACK;
    ottava_output output = OTTAVA_OUTPUT_INIT;
    output.type = type;
    output.requantization = OTTAVA_REQUANTIZE_NONE;
    if (type == OTTAVA_TYPE_S8) {
      output.zero_point = Problem::dst_zero_point;
      output.scale = Problem::dst_scale;
      output.requantization = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN;
    }
    ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
    constants.rhs = problem.rhs.data();
    constants.rhs_scales = problem.scales.data();
    ottava_error error = OTTAVA_ERROR_INIT;
    ottava_matmul* matmul = nullptr;
    check(ottava_matmul_create(context, &desc, &output, &constants, &matmul, &error), error);
    call->matmul.reset(matmul);
    ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
    check(ottava_matmul_query(matmul, shape_.m, &info, &error), error);
    call->workspace.resize(static_cast<std::size_t>(info.workspace_bytes));
    call->dst.assign(elements(shape_.m, shape_.n) * (type == OTTAVA_TYPE_F32 ? sizeof(float) : 1), 0x55);
  }

  void run(Call& call) const {
    const ottava_status status = ottava_matmul_run(call.matmul.get(), shape_.m, lhs_.data(), 0, call.dst.data(), 0,
                                                   call.workspace.data(), call.workspace.size(), nullptr);
    if (status != OTTAVA_OK) fail("a run failed");
    benchmark::ClobberMemory();
  }

  // A few elements by the plain formula on the floats, within what rounding each of a row may move them by.
  bool spot_check(const Problem& problem, const std::uint8_t* dst, bool to_float) const {
    for (std::int64_t probe = 0; probe < 64; ++probe) {
      const std::int64_t m = probe * 7919 % shape_.m;
      const std::int64_t n = probe * 104729 % shape_.n;
      double sum = 0, weights = 0;
      for (std::int64_t k = 0; k < shape_.k; ++k) {
        const double weight = problem.rhs[index(k * shape_.n + n)];
        sum += static_cast<double>(lhs_[index(m * shape_.k + k)]) * weight;
        weights += std::fabs(weight);
      }
      const double scale = static_cast<double>(problem.scales[index(n)]);
      const std::size_t at = elements(m, shape_.n) + index(n);
      if (to_float) {
        const double got = static_cast<double>(reinterpret_cast<const float*>(dst)[at]);
        if (!(std::fabs(got - sum * scale) <= weights * scale)) return false;
      } else {
        const double step = static_cast<double>(Problem::dst_scale);
        const double exact = sum * scale / step + Problem::dst_zero_point;
        const double bounded = std::min(std::max(exact, -128.0), 127.0);
        const double got = static_cast<std::int8_t>(dst[at]);
        if (!(std::fabs(got - bounded) <= weights * scale / step + 1)) return false;
      }
    }
    return true;
  }

  const Shape shape_;
  const std::uint32_t tier_;
  const int turns_;
  std::vector<float> lhs_;
  bool measured_ = false;
};

}  // namespace

void register_float_rows(const Shape& shape, const Tier& tier, const Options& options) {
  const auto rows = std::make_shared<FloatRows>(shape, tier.value, options.turns);
  for (std::size_t i = 0; i < FloatRows::kAll; ++i) {
    if (i == FloatRows::kPeer && float_library() == nullptr) continue;
    const std::string name = "float/" + tier.name + "/" + FloatRows::kNames[i] + "/" + shape.name();
    rows->timed[i].wanted = chosen(name);
    rows->timed[i].best = options.best;
    register_reported(name, [rows, i, shape](benchmark::State& state) {
      rows->measure();
      const Timed& timed = rows->timed[i];
      if (!timed.ran()) {
        state.SkipWithError(timed.refusal.c_str());
        return;
      }
      const double seconds = timed.seconds();
      for (auto _ : state) state.SetIterationTime(seconds);
      if (i != FloatRows::kRows) state.counters["GOPS"] = shape.operations() / seconds * 1e-9;
      if (i == FloatRows::kPeer && rows->timed[0].ran()) state.counters["ratio"] = speed_ratio(rows->timed[0], timed);
      state.counters["ns_per_row"] = seconds / static_cast<double>(shape.m) * 1e9;
    });
  }
}

}  // namespace bench
