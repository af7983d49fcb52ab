// Makes the data of a shape and the operators on it.
#include "problem.h"

#include <algorithm>
#include <cmath>

namespace bench {

Problem::Problem(const Shape& s) : shape(s) {
  Bytes bytes;
  lhs.resize(elements(s.m, s.k));
  rhs.resize(elements(s.k, s.n));
  for (std::uint8_t& value : lhs) value = bytes.next();
  for (std::int8_t& value : rhs) value = bytes.next_weight();
  // Sums over K of such bytes spread by about 5550 * sqrt(K), half of that with weights of 7 bits; these scales spread
  // the outputs by about 40, so that few are clamped and each tells right from wrong.
  const float spread = dst_scale * 40.0f / (5550.0f * std::sqrt(static_cast<float>(s.k)));
  for (std::int64_t n = 0; n < s.n; ++n) {
    scales.push_back(spread * (0.5f + static_cast<float>(bytes.next()) / 256.0f));
    bias.push_back(bytes.next() * 16);
  }
}

bool Problem::spot_check(const std::int8_t* dst) const {
  for (std::int64_t probe = 0; probe < 64; ++probe) {
    const std::int64_t m = probe * 7919 % shape.m;
    const std::int64_t n = probe * 104729 % shape.n;
    std::int64_t sum = bias[index(n)];
    for (std::int64_t k = 0; k < shape.k; ++k) {
      sum += (lhs[index(m * shape.k + k)] - lhs_zero_point) * rhs[index(k * shape.n + n)];
    }
    const double exact =
        static_cast<double>(sum) * static_cast<double>(scales[index(n)]) / static_cast<double>(dst_scale) +
        dst_zero_point;
    const double bounded = std::min(std::max(exact, -128.0), 127.0);
    if (std::fabs(dst[index(m * shape.n + n)] - bounded) > 1) return false;
  }
  return true;
}

Description::Description(const Problem& problem, std::uint32_t rule) {
  desc.n = problem.shape.n;
  desc.k = problem.shape.k;
  desc.lhs_type = OTTAVA_TYPE_U8;
  desc.lhs_zero_point = Problem::lhs_zero_point;
  output.zero_point = Problem::dst_zero_point;
  output.scale = Problem::dst_scale;
  output.requantization = rule;
  scales = problem.scales;
  bias = problem.bias;
}

Matmul create(const ottava_context* context, const Problem& problem, const Description& description) {
  const auto array = [](const auto& values) { return values.empty() ? nullptr : values.data(); };
  ottava_output output = description.output;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  constants.rhs = problem.rhs.data();
  constants.rhs_scales = array(description.scales);
  output.bias = array(description.bias);
  output.bias_f32 = array(description.bias_f32);
  output.multipliers = array(description.multipliers);
  output.shifts = array(description.shifts);
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_matmul* matmul = nullptr;
  check(ottava_matmul_create(context, &description.desc, &output, &constants, &matmul, &error), error);
  return Matmul(matmul);
}

Operation::Operation(const ottava_context* context, const Problem& problem, const Description& description)
    : m_(problem.shape.m), lhs_(problem.lhs.data()), matmul_(create(context, problem, description)) {
  ottava_error error = OTTAVA_ERROR_INIT;
  check(ottava_matmul_query(matmul_.get(), m_, &info_, &error), error);
  workspace_.resize(static_cast<std::size_t>(info_.workspace_bytes));
  dst_.assign(elements(m_, problem.shape.n), 0x55);
}

}  // namespace bench
