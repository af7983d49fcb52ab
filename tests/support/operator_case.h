// One whole operator as a test case: shapes, types, orders, strides, parameters and data, drawn at random or
// set by hand; run through the C ABI between guard pages and held against the oracle bit for bit.
#ifndef OTTAVA_TESTS_OPERATOR_CASE_H_
#define OTTAVA_TESTS_OPERATOR_CASE_H_

#include <string>
#include <vector>

#include "guarded_buffer.h"
#include "oracle/oracle.h"
#include "support.h"
#include "through_file.h"

namespace ottava {

// opposite: lhs at its highest, rhs at its lowest.
enum class Content { random, extremes, lowest, opposite };

struct OperatorCase {
  std::int64_t m = 1, n = 1, k = 1;
  std::uint32_t lhs_type = OTTAVA_TYPE_S8, rhs_type = OTTAVA_TYPE_S8, dst_type = OTTAVA_TYPE_S8;
  std::uint32_t lhs_order = OTTAVA_ORDER_ROW, rhs_order = OTTAVA_ORDER_ROW, dst_order = OTTAVA_ORDER_ROW;
  // Elements beyond the dense stride; the stride's sign.
  std::int64_t lhs_gap = 0, rhs_gap = 0, dst_gap = 0;
  bool lhs_negative = false, rhs_negative = false, dst_negative = false;
  std::int32_t lhs_zero = 0, rhs_zero = 0, dst_zero = 0;
  bool per_channel_zero = false, per_channel_scale = false, biased = false;
  std::uint32_t rule = OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS;
  std::int32_t clamp_min = INT32_MIN, clamp_max = INT32_MAX;
  float clamp_min_f32 = OTTAVA_FLOAT_LOWEST_BOUND, clamp_max_f32 = OTTAVA_FLOAT_HIGHEST_BOUND;
  float factor = 0.01f;  // about the effective scale
  bool integer_parameters = false;
  bool allow_wrap = false;
  bool in_caller_memory = false;
  bool with_workspace = true;
  Way way = Way::direct;  // the operator is run as made, or as its packed file gives it
  Content content = Content::random;
  Weights weights = Weights::any;  // what the kernel wants of them
  Side side = Side::upper;
  std::uint64_t seed = 0;

  std::string describe() const;
};

// Draws everything but m, n, k.
OperatorCase random_case(Random& random, std::int64_t m, std::int64_t n, std::int64_t k);

// Runs the case in `context` and requires the oracle's bits; also that no byte of dst outside its elements
// changed. Returns the dst bytes of the elements, row-major.
std::vector<std::uint8_t> check_case(const ottava_context* context, const OperatorCase& c);

// The same without the oracle: for shapes too large for it, to compare runs with each other.
std::vector<std::uint8_t> run_case(const ottava_context* context, const OperatorCase& c);

}  // namespace ottava

#endif  // OTTAVA_TESTS_OPERATOR_CASE_H_
