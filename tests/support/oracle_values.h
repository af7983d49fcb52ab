// What the oracle calls a value of the public header.
#ifndef OTTAVA_TESTS_ORACLE_VALUES_H_
#define OTTAVA_TESTS_ORACLE_VALUES_H_

#include "oracle/oracle.h"

namespace ottava {

// Of OTTAVA_REQUANTIZE_...
inline oracle::Rule oracle_rule(std::uint32_t requantization) {
  const oracle::Rule rules[] = {oracle::Rule::none,
                                oracle::Rule::fixed_two_roundings,
                                oracle::Rule::fixed_one_rounding,
                                oracle::Rule::float_nearest_even,
                                oracle::Rule::fixed_two_roundings_saturating,
                                oracle::Rule::gemmlowp_by_fixed_point,
                                oracle::Rule::fixed_one_rounding_away,
                                oracle::Rule::fixed_acl_fused,
                                oracle::Rule::fixed_16_bit_multiplier,
                                oracle::Rule::power_of_two,
                                oracle::Rule::multiply_shift_floor,
                                oracle::Rule::multiply_shift_half_up,
                                oracle::Rule::multiply_shift_half_away};
  return rules[requantization];
}

// Of OTTAVA_TYPE_...
inline oracle::Output oracle_output(std::uint32_t type) {
  const oracle::Output outputs[] = {oracle::Output::s8, oracle::Output::u8, oracle::Output::s16, oracle::Output::s32,
                                    oracle::Output::f32};
  return outputs[type - 1];
}

}  // namespace ottava

#endif  // OTTAVA_TESTS_ORACLE_VALUES_H_
