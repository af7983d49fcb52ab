// The data of one shape, the same for ottava and for every peer: u8 activations with a zero point, s8 weights with a
// scale per channel, an int32 bias, an s8 output with a scale and a zero point.
#ifndef OTTAVA_BENCHMARKS_PROBLEM_H_
#define OTTAVA_BENCHMARKS_PROBLEM_H_

#include <cstdint>
#include <vector>

#include "ottava/ottava.h"
#include "shapes.h"
#include "support.h"

namespace bench {

struct Problem {
  static constexpr std::int32_t lhs_zero_point = 117;
  static constexpr std::int32_t dst_zero_point = -3;
  static constexpr float dst_scale = 0.3f;

  Shape shape;
  std::vector<std::uint8_t> lhs;   // M x K
  std::vector<std::int8_t> rhs;    // K x N
  std::vector<float> scales;       // one per channel; that of the lhs is 1
  std::vector<std::int32_t> bias;  // one per channel, in units of the accumulator

  explicit Problem(const Shape& shape);

  // A few elements of an s8 dst by the plain formula, within the 1 by which rules differ; the whole is proven by the
  // tests.
  bool spot_check(const std::int8_t* dst) const;
};

// An operator of ottava in numbers, with its arrays. Not to be copied.
struct Description {
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  std::vector<float> scales, bias_f32;
  std::vector<std::int32_t> bias, multipliers, shifts;

  Description() = default;
  Description(const Problem& problem, std::uint32_t rule);
};

// Makes the operator: packs the weights.
Matmul create(const ottava_context* context, const Problem& problem, const Description& description);

// An operator of ottava, ready to run on one problem.
class Operation {
 public:
  Operation(const ottava_context* context, const Problem& problem, const Description& description);
  void run() const {
    const ottava_status status =
        ottava_matmul_run(matmul_.get(), m_, lhs_, 0, dst_.data(), 0, workspace_.data(), workspace_.size(), nullptr);
    if (status != OTTAVA_OK) fail("a run failed");
  }
  const std::uint8_t* dst() const { return dst_.data(); }
  const ottava_matmul_info& info() const { return info_; }

 private:
  std::int64_t m_;
  const std::uint8_t* lhs_;
  Matmul matmul_;
  ottava_matmul_info info_ = OTTAVA_MATMUL_INFO_INIT;
  mutable std::vector<std::uint8_t> workspace_, dst_;
};

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_PROBLEM_H_
