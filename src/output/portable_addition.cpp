// The sum of two tensors in portable C++: the reference arithmetic, element by element.
#include "output/addition.h"
#include "output/arithmetic.h"
#include "output/stage.h"

namespace ottava {
namespace {

// What a term adds to the sum under tflite, 2^20 times as fine.
int32_t tflite_term(int32_t difference, const AddTerm& term) {
  return divide_half_away(doubling_high_multiply_rounded(difference * (1 << 20), term.multiplier), term.shift);
}

// Each takes the differences of the elements from their zero points.
int32_t tflite(const AddParameters& p, int32_t a, int32_t b) {
  const int32_t sum = tflite_term(a, p.first) + tflite_term(b, p.second);
  return divide_half_away(doubling_high_multiply_rounded(sum, p.multiplier), p.shift);
}
int32_t qnnpack(const AddParameters& p, int32_t a, int32_t b) {
  return divide_half_away(a * p.first.multiplier + b * p.second.multiplier, p.shift);
}
int32_t xnnpack(const AddParameters& p, int32_t a, int32_t b) {
  return divide_half_up(a * p.first.multiplier + b * p.second.multiplier, p.shift);
}

template <class Element, int32_t (*kRule)(const AddParameters&, int32_t, int32_t)>
void add_rows(const AddArgs& args) {
  const AddParameters p = *args.parameters;  // a store of bytes may alias them
  const uint8_t *first = args.first, *second = args.second;
  uint8_t* sum = args.sum;
  for (size_t row = 0; row < args.rows; ++row) {
    for (size_t i = 0; i < args.count; ++i) {
      const int32_t a = static_cast<Element>(first[i]) - p.first.zero_point;
      const int32_t b = static_cast<Element>(second[i]) - p.second.zero_point;
      sum[i] = static_cast<uint8_t>(clamp(int64_t{kRule(p, a, b)} + p.zero_point, p.clamp_min, p.clamp_max));
    }
    first += args.first_stride;
    second += args.second_stride;
    sum += args.sum_stride;
  }
}

template <int32_t (*kRule)(const AddParameters&, int32_t, int32_t)>
void add_rows_by(const AddArgs& args) {
  args.parameters->is_unsigned ? add_rows<uint8_t, kRule>(args) : add_rows<int8_t, kRule>(args);
}

}  // namespace

void portable_addition(const AddArgs* args) {
  switch (args->parameters->arithmetic) {
    case AddArithmetic::tflite: return add_rows_by<tflite>(*args);
    case AddArithmetic::qnnpack: return add_rows_by<qnnpack>(*args);
    case AddArithmetic::xnnpack: return add_rows_by<xnnpack>(*args);
  }
}

}  // namespace ottava
