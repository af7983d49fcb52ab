// A matmul as the command line describes it: types, rule, zero points; and one of random numbers to be run.
#ifndef OTTAVA_CAPI_TOOLS_OPERANDS_H_
#define OTTAVA_CAPI_TOOLS_OPERANDS_H_

#include <vector>

#include "handles.h"
#include "shapes.h"

namespace ottava::tools {

struct OperandOptions {
  std::string lhs = "s8", rhs = "s8", dst = "s8";
  std::string rule;          // of requantization; empty: the default that goes with dst
  std::string quantization;  // of a float lhs; empty: the default
  std::int32_t lhs_zero_point = 0, rhs_zero_point = 0;
  bool per_channel = false;  // scales of the weights
  bool no_bias = false;
  bool rhs_by_column = false;
  bool runtime_rhs = false;
};

// Descriptor and output with the arrays that they point to. Not to be copied.
struct Problem {
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  std::vector<std::int32_t> bias;
  std::vector<float> bias_f32, scales;

  // Throws Misused.
  Problem(const OperandOptions& options, const Shape& shape);
  Problem(const Problem&) = delete;
  Problem& operator=(const Problem&) = delete;
};

// Bytes at random, of an operand of that type; floats are within -4 and 4.
std::vector<std::uint8_t> random_operand(std::uint32_t type, std::int64_t elements, std::uint64_t seed);
std::size_t bytes_of(std::uint32_t type);

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_OPERANDS_H_
