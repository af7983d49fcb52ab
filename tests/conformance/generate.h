// The files of conformance vectors, by kind. Each function draws its vectors from `random` and asks the oracle for the
// results.
#ifndef OTTAVA_TESTS_CONFORMANCE_GENERATE_H_
#define OTTAVA_TESTS_CONFORMANCE_GENERATE_H_

#include <string>
#include <vector>

#include "conformance/parameters.h"
#include "conformance/vectors.h"
#include "oracle/quantize.h"

namespace conformance {

// All files, to be written to `folder`; and writing them with their index, false where that cannot be done.
std::vector<File> generate(const std::string& folder);
bool write(const std::string& folder, const std::vector<File>& files);

// One accumulator.
File requantize(const std::string& folder, const RuleEntry& rule, Random& random);
File requantize_float_product(const std::string& folder, Random& random);
File s32(const std::string& folder, Random& random);
File f32(const std::string& folder, Random& random);

// One row of floats to 8 bits.
struct QuantizeRuleEntry {
  const char* name;
  oracle::QuantizeRule rule;
  bool dynamic;
  Type type;  // of the values; of a static rule the usual one, it has both
};
constexpr QuantizeRuleEntry kQuantizeRules[] = {
    {"divide", oracle::QuantizeRule::divide, false, kS8},
    {"multiply", oracle::QuantizeRule::multiply, false, kS8},
    {"tflite_symmetric", oracle::QuantizeRule::tflite_symmetric, true, kS8},
    {"tflite_asymmetric", oracle::QuantizeRule::tflite_asymmetric, true, kS8},
    {"xnnpack", oracle::QuantizeRule::xnnpack, true, kS8},
    {"kleidiai", oracle::QuantizeRule::kleidiai, true, kS8},
    {"onnx_dynamic", oracle::QuantizeRule::onnx_dynamic, true, kU8},
};
File quantize(const std::string& folder, const QuantizeRuleEntry& rule, Random& random);

// Whole products: 8-bit operands; a float lhs; rows with scales and zero points of their own; added to what dst holds;
// with the weights on the left.
File matmul(const std::string& folder, Random& random);
File hybrid(const std::string& folder, Random& random);
File rows(const std::string& folder, Random& random);
File rows_float_product(const std::string& folder, Random& random);
File accumulate(const std::string& folder, Random& random);
File left(const std::string& folder, Random& random);

}  // namespace conformance

#endif  // OTTAVA_TESTS_CONFORMANCE_GENERATE_H_
