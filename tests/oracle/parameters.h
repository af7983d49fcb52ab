// The independent oracle of parameters and tables: the formulas of quantization.h once more, with the C library's
// long double functions. It shares no code with src/.
#ifndef OTTAVA_TESTS_ORACLE_PARAMETERS_H_
#define OTTAVA_TESTS_ORACLE_PARAMETERS_H_

#include <cstdint>

namespace oracle {

enum class Function { tanh, sigmoid, gelu, gelu_tanh, hard_swish, silu, relu, leaky_relu };
constexpr int kFunctions = 8;

long double normal_distribution(long double x);  // (1 + erf(x / sqrt(2))) / 2
long double value_of(Function function, long double x);

struct Chosen {
  float scale;
  std::int64_t zero_point;
};
Chosen choose_asymmetric(std::int64_t lowest_code, std::int64_t highest_code, float smallest, float largest);

// What an entry of a table may hold. One value, but for a quotient within `tie` of a half: there the last bit of the
// function decides, and either neighbour is right.
struct Entry {
  std::int64_t lower;
  std::int64_t upper;
};
Entry table_entry(Function function, std::int64_t lowest_code, std::int64_t highest_code, float from_scale,
                  std::int64_t from_zero_point, float to_scale, std::int64_t to_zero_point, std::int64_t q);

}  // namespace oracle

#endif  // OTTAVA_TESTS_ORACLE_PARAMETERS_H_
