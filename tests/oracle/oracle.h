// The independent oracle: every result that ottava may give, computed from the formulas with 64-bit
// integers and plain loops. It shares no code, no header and no data layout with src/.
#ifndef OTTAVA_TESTS_ORACLE_ORACLE_H_
#define OTTAVA_TESTS_ORACLE_ORACLE_H_

#include <cstdint>
#include <vector>

namespace oracle {

enum class Rule {
  none,
  fixed_two_roundings,
  fixed_two_roundings_saturating,
  gemmlowp_by_fixed_point,
  fixed_one_rounding,
  fixed_one_rounding_away,
  fixed_acl_fused,
  fixed_16_bit_multiplier,
  power_of_two,
  multiply_shift_floor,
  multiply_shift_half_up,
  multiply_shift_half_away,
  float_nearest_even,
};
enum class Output { s8, u8, s16, s32, f32 };

// A real factor s = multiplier * 2^(exponent - 31), formed as the requantization rules say; or the integer
// parameters of a rule as its system writes them, exponent left positive.
struct Multiplier {
  std::int64_t multiplier;
  int exponent;
};
Multiplier multiplier_of(double s);

// A rule other than none and float on one accumulator, before the zero point, in unbounded integers.
std::int64_t requantize(Rule rule, std::int64_t x, Multiplier m);

// Values, not bytes: element (row, column) of a row-major matrix.
struct Matrix {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::vector<std::int64_t> values;
  std::int64_t at(std::int64_t row, std::int64_t column) const {
    return values[static_cast<std::size_t>(row * columns + column)];
  }
};

struct Stage {
  Rule rule = Rule::none;
  Output output = Output::s32;
  std::vector<Multiplier> integers;  // integer parameters, one per channel; or none: the scales hold
  float lhs_scale = 1;
  std::vector<float> rhs_scales;  // one per channel
  float dst_scale = 1;
  bool float_product = false;      // fixed-point rules: lhs_scale * rhs_scale is rounded to float32
  std::vector<std::int64_t> bias;  // one per channel, or none
  std::vector<float> bias_f32;     // likewise, in real units
  std::int64_t zero_point = 0;
  std::int64_t clamp_min = INT32_MIN;
  std::int64_t clamp_max = INT32_MAX;
  float clamp_min_f32 = 0;
  float clamp_max_f32 = 0;
};

// Elements that the clamp changed.
struct Counts {
  std::uint64_t below = 0;
  std::uint64_t above = 0;
};

// What the rows of a product may have of their own.
struct Rows {
  std::vector<std::int64_t> zero_points;  // instead of the one of the lhs; or none
  std::vector<float> scales;              // instead of Stage::lhs_scale; or none
};

// The stage on one accumulator (bias included) of a channel: the stored bits, as an integer; for f32 the
// bits of the float. `row_scale` stands in for lhs_scale unless it is 0. `previous` is added unless null: an s32, or
// the bits of an f32.
std::int64_t apply_stage(const Stage& stage, std::int64_t accumulator, std::size_t channel, float row_scale = 0,
                         const std::int64_t* previous = nullptr, Counts* counts = nullptr);

// The whole operator. Zero points of the rhs: one per channel. The accumulator wraps to 32 bits, which
// matters only where wrap-around was asked for.
// `previous`, if not null, is added as in apply_stage.
Matrix matmul(const Matrix& lhs, std::int64_t lhs_zero_point, const Matrix& rhs,
              const std::vector<std::int64_t>& rhs_zero_points, const Stage& stage, const Rows& rows = {},
              const Matrix* previous = nullptr, Counts* counts = nullptr);

}  // namespace oracle

#endif  // OTTAVA_TESTS_ORACLE_ORACLE_H_
