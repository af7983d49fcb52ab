// The rules and the parameters of output stages: what each rule takes, and settings drawn for it.
#ifndef OTTAVA_TESTS_CONFORMANCE_PARAMETERS_H_
#define OTTAVA_TESTS_CONFORMANCE_PARAMETERS_H_

#include <cstdint>
#include <string>

#include "conformance/vectors.h"
#include "oracle/oracle.h"

namespace conformance {

enum class Parameters { fixed_point, right_shifts_alone, shift_alone, any_multiplier, none };

struct RuleEntry {
  const char* name;
  oracle::Rule rule;
  bool real;
  Parameters integers;
};

constexpr RuleEntry kRules[] = {
    {"fixed_two_roundings", oracle::Rule::fixed_two_roundings, true, Parameters::fixed_point},
    {"fixed_one_rounding", oracle::Rule::fixed_one_rounding, true, Parameters::fixed_point},
    {"float_nearest_even", oracle::Rule::float_nearest_even, true, Parameters::none},
    {"fixed_two_roundings_saturating", oracle::Rule::fixed_two_roundings_saturating, true, Parameters::fixed_point},
    {"gemmlowp_by_fixed_point", oracle::Rule::gemmlowp_by_fixed_point, true, Parameters::right_shifts_alone},
    {"fixed_one_rounding_away", oracle::Rule::fixed_one_rounding_away, true, Parameters::fixed_point},
    {"fixed_acl_fused", oracle::Rule::fixed_acl_fused, true, Parameters::fixed_point},
    {"fixed_16_bit_multiplier", oracle::Rule::fixed_16_bit_multiplier, true, Parameters::fixed_point},
    {"power_of_two", oracle::Rule::power_of_two, true, Parameters::shift_alone},
    {"multiply_shift_floor", oracle::Rule::multiply_shift_floor, false, Parameters::any_multiplier},
    {"multiply_shift_half_up", oracle::Rule::multiply_shift_half_up, false, Parameters::any_multiplier},
    {"multiply_shift_half_away", oracle::Rule::multiply_shift_half_away, false, Parameters::any_multiplier},
};

// Whether a rule takes these scales, the product rounded to float32 or not.
bool takes(oracle::Rule rule, float lhs_scale, float rhs_scale, float dst_scale, bool float_product = false);

struct Output {
  Type type;
  std::int64_t zero_point, clamp_min, clamp_max;
};

Output draw_output(Random& random, const Type& type);

oracle::Stage stage_of(const RuleEntry& rule, const Output& output);
std::string text_of(const Output& output);

// Shift as the rule's integer parameters have it: power_of_two has no multiplier to be relative to.
std::int64_t written_shift(const RuleEntry& rule, oracle::Multiplier m);

float draw_float(Random& random, int low_exponent, int high_exponent);
void draw_clamp_f32(Random& random, oracle::Stage& stage);

}  // namespace conformance

#endif  // OTTAVA_TESTS_CONFORMANCE_PARAMETERS_H_
