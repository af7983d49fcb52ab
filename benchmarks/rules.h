// rules/<tier>/<output>/<rule>: what a rule, an output type, an activation or a quantization of the lhs costs. See
// rules.cpp.
#ifndef OTTAVA_BENCHMARKS_RULES_H_
#define OTTAVA_BENCHMARKS_RULES_H_

#include <cstdint>
#include <string>

namespace bench {

// Registers the comparison of one tier, on one thread.
void register_rules(const std::string& tier_name, std::uint32_t tier);

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_RULES_H_
