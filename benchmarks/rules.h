// rules/<tier>/<shape>/<output>/<rule>: what a rule, an output type, an activation or a quantization of the lhs costs.
// See rules.cpp.
#ifndef OTTAVA_BENCHMARKS_RULES_H_
#define OTTAVA_BENCHMARKS_RULES_H_

#include <cstdint>
#include <string>

namespace bench {

// The value of a rule by its name in lower case, such as float_nearest_even; ends the program where there is none.
std::uint32_t rule_of(const std::string& name);

// Registers the comparison of one tier, on one thread.
void register_rules(const std::string& tier_name, std::uint32_t tier);

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_RULES_H_
