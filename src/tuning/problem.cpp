#include "tuning/problem.h"

namespace ottava {
namespace {

constexpr const char* kTypes[] = {"s8", "u8", "s16", "s32", "f32"};
constexpr const char* kOrders[] = {"row", "column"};
constexpr const char* kRules[] = {"none",
                                  "fixed_two_roundings",
                                  "fixed_one_rounding",
                                  "float_nearest_even",
                                  "fixed_two_roundings_saturating",
                                  "gemmlowp_by_fixed_point",
                                  "fixed_one_rounding_away",
                                  "fixed_acl_fused",
                                  "fixed_16_bit_multiplier",
                                  "power_of_two",
                                  "multiply_shift_floor",
                                  "multiply_shift_half_up",
                                  "multiply_shift_half_away"};
constexpr const char* kQuantizations[] = {"none",    "divide",   "multiply",    "tflite_symmetric", "tflite_asymmetric",
                                          "xnnpack", "kleidiai", "onnx_dynamic"};
constexpr const char* kActivations[] = {"none", "table", "gemmlowp_tanh"};
constexpr const char* kAdditions[] = {"none", "tflite", "qnnpack", "xnnpack"};

uint8_t type_index(Type type) { return static_cast<uint8_t>(static_cast<uint32_t>(type) - 1); }

template <class T>
uint8_t index_of(T value) {
  return static_cast<uint8_t>(value);
}

}  // namespace

// In the order of ProblemWordIndex. Values have the order of the enumerations that they spell.
const ProblemWord problem_words[kProblemWords] = {
    {"lhs", kTypes, 2, true},
    {"rhs", kTypes, 2, true},
    {"dst", kTypes, 5, true},
    {"rule", kRules, 13, true},
    {"quantization", kQuantizations, kQuantizationCount, false},
    {"lhs_order", kOrders, 2, false},
    {"rhs_order", kOrders, 2, false},
    {"dst_order", kOrders, 2, false},
    {"runtime_rhs", nullptr, 2, false},
    {"row_scales", nullptr, 2, false},
    {"row_zero_points", nullptr, 2, false},
    {"rhs_zero_point", nullptr, 2, false},
    {"unfit_weights", nullptr, 2, false},
    {"activation", kActivations, 3, false},
    {"addition", kAdditions, 4, false},
};

TunedProblem tuned_problem(const MatmulProblem& problem) {
  const Output& output = problem.output;
  TunedProblem tuned;
  tuned.n = problem.n;
  tuned.k = problem.k;
  uint8_t* const words = tuned.words;
  words[kWordLhs] = type_index(problem.lhs.type);
  words[kWordRhs] = type_index(problem.rhs.type);
  words[kWordDst] = type_index(output.type);
  words[kWordRule] = index_of(output.requantization);
  words[kWordQuantization] = index_of(problem.lhs_quantization);
  words[kWordLhsOrder] = index_of(problem.lhs_order);
  // That of constant weights is gone once they are packed.
  words[kWordRhsOrder] = problem.runtime_rhs ? index_of(problem.rhs_order) : uint8_t{0};
  words[kWordDstOrder] = index_of(problem.dst_order);
  words[kWordRuntimeRhs] = problem.runtime_rhs;
  words[kWordRowScales] = problem.lhs_row_scales;
  words[kWordRowZeroPoints] = problem.lhs_row_zero_points;
  // Sums of rows are taken where the canonical zero point, that of s8, is not 0.
  words[kWordRhsZeroPoint] = problem.rhs.zero_point != (problem.rhs.type == Type::u8 ? 128 : 0);
  words[kWordUnfitWeights] = problem.weights_unfit;
  words[kWordActivation] = index_of(output.activation);
  words[kWordAddition] = output.adds ? static_cast<uint8_t>(index_of(output.addition.arithmetic) + 1) : uint8_t{0};
  return tuned;
}

int64_t class_of_rows(int64_t rows) {
  uint64_t most = 1;
  while (most < static_cast<uint64_t>(rows) && most < uint64_t{1} << 62) most *= 2;
  return static_cast<int64_t>(most);
}

bool is_same_matmul(const TunedProblem& a, const TunedProblem& b) {
  if (a.n != b.n || a.k != b.k) return false;
  for (size_t i = 0; i < kProblemWords; ++i) {
    if (a.words[i] != b.words[i]) return false;
  }
  return true;
}

void write_problem(const TunedProblem& problem, Text& text) {
  text << "m=" << problem.most_rows << " n=" << problem.n << " k=" << problem.k;
  for (size_t i = 0; i < kProblemWords; ++i) {
    const ProblemWord& word = problem_words[i];
    if (problem.words[i] == 0 && !word.always) continue;
    text << " " << word.name;
    if (word.values != nullptr) text << "=" << word.values[problem.words[i]];
  }
}

}  // namespace ottava
