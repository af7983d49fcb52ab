// The fixed-point tanh against gemmlowp's own OutputStageTanh, where its headers are installed. Compiled with
// -fwrapv: sums that leave int32, undefined in gemmlowp's sources, wrap.
#include <cstdint>
#include <set>
#include <vector>

#include <gemmlowp/public/gemmlowp.h>

#include "catch.h"
#include "output/fixed_tanh.h"
#include "support.h"

using namespace ottava;

namespace {

// One element at a time runs the scalar version, on every CPU.
using OneElement = gemmlowp::RegisterBlock<std::int32_t, 1, 1>;
using GemmlowpStage = gemmlowp::OutputStageEvalImpl<gemmlowp::OutputStageTanh, OneElement>;
static_assert(OneElement::kRegisterLanes == 1, "the scalar version");

std::int32_t theirs(const GemmlowpStage& stage, std::int32_t x) {
  OneElement element;
  element.buf.reg[0] = x;
  return stage.Eval(element, 0, 0).buf.reg[0];
}

std::vector<std::int32_t> edges(std::int32_t zero, std::int32_t amplitude) {
  std::set<std::int64_t> centers = {INT32_MIN, INT32_MAX, 0, zero};
  for (int bit = 0; bit < 31; ++bit) {
    for (const std::int64_t sign : {-1, 1}) {
      centers.insert(sign * (std::int64_t{1} << bit));
      centers.insert(zero + sign * (std::int64_t{1} << bit));
    }
  }
  // Eighths of the amplitude up to the cutoff and beyond: every step of the exponential.
  for (std::int64_t eighth = -80; eighth <= 80; ++eighth) centers.insert(zero + eighth * amplitude / 8);
  std::vector<std::int32_t> values;
  for (const std::int64_t center : centers) {
    for (std::int64_t x = center - 3; x <= center + 3; ++x) {
      values.push_back(static_cast<std::int32_t>(static_cast<std::uint32_t>(x)));
    }
  }
  return values;
}

}  // namespace

TEST_CASE("fixed tanh: equals gemmlowp's for edges and random values") {
  struct Pair {
    std::int32_t zero;
    std::int32_t amplitude;
  };
  const std::vector<Pair> pairs = {{0, 1},
                                   {0, 2},
                                   {5, 3},
                                   {0, 1 << 8},
                                   {128, 127},
                                   {-128, 255},
                                   {-77, 1000},
                                   {-1000000, 123457},
                                   {0, 1 << 20},
                                   {-1, (1 << 20) + 1},
                                   {1 << 24, 3 << 22},
                                   {-(1 << 28), 16777213},
                                   {0, (1 << 28) - 1},
                                   // where the cutoffs wrap
                                   {0, 1 << 28},
                                   {INT32_MIN, 1 << 10},
                                   {INT32_MAX, 98765},
                                   {2000000000, 100000007},
                                   {-7, 1 << 29}};
  Random random(test_seed());
  for (const Pair& pair : pairs) {
    const gemmlowp::OutputStageTanh stage = {pair.zero, pair.amplitude};
    const GemmlowpStage gemmlowp_stage(stage);
    const FixedTanh ours = prepare_tanh(pair.zero, pair.amplitude);
    std::vector<std::int32_t> values = edges(pair.zero, pair.amplitude);
    for (int i = 0; i < 300000; ++i) values.push_back(static_cast<std::int32_t>(random.bits()));
    for (int i = 0; i < 800000; ++i) {  // where tanh is neither -1 nor 1
      const std::int64_t reach = std::int64_t{9} * pair.amplitude + 9;
      const std::int64_t x = pair.zero + random.between(-reach, reach);
      values.push_back(static_cast<std::int32_t>(static_cast<std::uint32_t>(x)));
    }
    std::int64_t different = 0;
    std::int32_t first = 0;
    for (const std::int32_t x : values) {
      if (fixed_tanh(x, ours) == theirs(gemmlowp_stage, x)) continue;
      if (different++ == 0) first = x;
    }
    INFO("zero " << pair.zero << ", amplitude " << pair.amplitude << ": first at " << first << ", gemmlowp "
                 << theirs(gemmlowp_stage, first) << ", here " << fixed_tanh(first, ours) << ", seed " << test_seed());
    CHECK(different == 0);
  }
}
