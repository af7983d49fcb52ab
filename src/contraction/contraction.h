// What the engine computes, whoever asks for it:
//
//     dst[row, n] = output( sum over positions t and depths k of (lhs(row, t)[k] - lhs_zero) * (rhs[t, k, n] -
//     rhs_zero[n]) )
//
// A matmul has one position, a convolution as many as its kernel has taps. The engine knows positions, not images:
// where the depths of (row, position) lie, the operator tells it for one tile of rows at a time
// (contraction/row_table.h).
#ifndef OTTAVA_SRC_CONTRACTION_CONTRACTION_H_
#define OTTAVA_SRC_CONTRACTION_CONTRACTION_H_

#include "base/view.h"
#include "output/output.h"
#include "output/quantize.h"

namespace ottava {

struct Operand {
  Type type = Type::s8;
  int32_t zero_point = 0;
  float scale = 1.0f;
};

// Where the depths of a row and position of the lhs lie.
enum class RowsFrom : uint8_t {
  strides,    // of a matrix; one position
  table,      // where a table of pointers says, side by side: contraction/row_table.h
  assembled,  // one position, which the operator writes into the workspace, row by row: it is made of many short parts
};

// What messages call the depth of a contraction, which each operator's descriptor puts in words of its own.
struct DepthWords {
  const char* argument = "desc.k";
  const char* is = "is ";
  const char* wrap_flag = "OTTAVA_MATMUL_ALLOW_WRAP";
};

// Sizes are not negative.
struct Contraction {
  int64_t n = 0;
  int64_t k = 0;  // depth of one position
  int64_t positions = 1;
  Operand lhs;
  Operand rhs;
  Output output;
  RowsFrom rows_from = RowsFrom::strides;
  bool contiguous_rows = true;  // the depths of a row and position of the lhs lie side by side; but for strides they do
  bool allow_wrap = false;
  bool runtime_rhs = false;
  bool lhs_row_scales = false;       // given with each run
  bool lhs_row_zero_points = false;  // likewise
  Quantization lhs_quantization = Quantization::none;
  DepthWords depth_words;
  // A kernel that asks something of its weights (kernels/kernel.h) was chosen and does not find it in them; false as
  // long as nobody has looked. No such kernel is chosen then.
  bool weights_unfit = false;
};

// A float lhs has the 8-bit type in `lhs.type` already: what it becomes.
constexpr bool has_float_lhs(const Contraction& problem) { return problem.lhs_quantization != Quantization::none; }
constexpr bool has_row_scales(const Contraction& problem) {
  return problem.lhs_row_scales || is_dynamic(problem.lhs_quantization);
}
constexpr bool has_row_zero_points(const Contraction& problem) {
  const bool asymmetric =
      is_dynamic(problem.lhs_quantization) && problem.lhs_quantization != Quantization::tflite_symmetric;
  return problem.lhs_row_zero_points || asymmetric;
}

// The weights, depth by channel: those of position t lie t * position_stride bytes further on.
struct RhsView {
  ConstView first;
  ptrdiff_t position_stride;
  // Not 0: channels take only a part of the depths, so many channels the first so many depths, as many the next, and so
  // on; elsewhere their weights are their zero points. `first` then has no more depths than one part.
  size_t part_channels = 0;
  size_t part_depth = 0;
  // Not 0: positions come in lines of so many, line_stride bytes apart.
  size_t line_positions = 0;
  ptrdiff_t line_stride = 0;

  ConstView at_position(size_t position) const {
    const size_t line = line_positions != 0 ? position / line_positions : 0;
    const ptrdiff_t in_line = static_cast<ptrdiff_t>(position - line * line_positions) * position_stride;
    return {first.data + static_cast<ptrdiff_t>(line) * line_stride + in_line, first.row_stride, first.column_stride};
  }
};

// The constant arrays; null where the value for all channels, or nothing, stands in.
struct Constants {
  RhsView rhs = {};
  const float* rhs_scales = nullptr;
  const int32_t* rhs_zero_points = nullptr;
  OutputArrays output;
};

inline float rhs_scale(const Contraction& problem, const Constants& constants, size_t channel) {
  return constants.rhs_scales != nullptr ? constants.rhs_scales[channel] : problem.rhs.scale;
}
inline int32_t rhs_zero_point(const Contraction& problem, const Constants& constants, size_t channel) {
  return constants.rhs_zero_points != nullptr ? constants.rhs_zero_points[channel] : problem.rhs.zero_point;
}
// Exact, 48 significant bits, unless rounded to float32. Without a meaning where rows have scales of their own.
inline double accumulator_scale(const Contraction& problem, const Constants& constants, size_t channel) {
  const float scale = rhs_scale(problem, constants, channel);
  if (problem.output.parameters == Parameters::real_float_product) {
    return static_cast<double>(problem.lhs.scale * scale);
  }
  return static_cast<double>(problem.lhs.scale) * static_cast<double>(scale);
}

}  // namespace ottava

#endif  // OTTAVA_SRC_CONTRACTION_CONTRACTION_H_
