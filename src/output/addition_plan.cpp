#include "output/addition_plan.h"

#include "output/arithmetic.h"
#include "output/validate_output.h"

namespace ottava {
namespace {

constexpr double kTfliteUnit = 1048576.0;  // 2^20: how much finer than an element the sum of the terms is

double larger_scale(const Addition& addition) {
  return addition.first_scale > addition.second_scale ? addition.first_scale : addition.second_scale;
}

FixedPoint tflite_factor(const Addition& addition) {
  return fixed_point(2.0 * larger_scale(addition) / (kTfliteUnit * static_cast<double>(addition.scale)));
}

// x = significand * 2^exponent with a significand in [1, 2); x is above 0 and no denormal.
int32_t exponent_of(float x) {
  uint32_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  return static_cast<int32_t>(bits >> 23) - 127;
}

float power_of_two(int32_t exponent) {
  const uint32_t bits = static_cast<uint32_t>(exponent + 127) << 23;
  float power;
  __builtin_memcpy(&power, &bits, sizeof power);
  return power;
}

// The scales of the terms over that of the sum, as QNNPACK and XNNPACK form them.
struct Ratios {
  float first;
  float second;
  float larger() const { return first > second ? first : second; }
};
Ratios ratios_of(const Addition& addition) {
  return {addition.first_scale / addition.scale, addition.second_scale / addition.scale};
}

Status check_ratio(float ratio, float least, const char* argument, const char* takes, Error* error) {
  if (ratio >= least && ratio < 256.0f) return Status::ok;
  error->set(Status::bad_scale, argument)
      << "over the scale of the sum is " << ratio << "; this arithmetic takes " << takes;
  return Status::bad_scale;
}

Status check_ratios(const Addition& addition, const AdditionNames& names, Error* error) {
  if (addition.arithmetic == AddArithmetic::tflite) {
    if (2.0 * larger_scale(addition) < kTfliteUnit * static_cast<double>(addition.scale) &&
        tflite_factor(addition).exponent <= 0) {
      return Status::ok;
    }
    error->set(Status::bad_scale, names.scale)
        << "is " << addition.scale << ", not above 2^-19 of the larger scale, " << larger_scale(addition);
    return Status::bad_scale;
  }
  const bool qnnpack = addition.arithmetic == AddArithmetic::qnnpack;
  const float least = qnnpack ? 0x1p-14f : 0x1p-10f;
  const char* const takes = qnnpack ? "2^-14 up to below 2^8" : "2^-10 up to below 2^8";
  const Ratios ratios = ratios_of(addition);
  Status status = check_ratio(ratios.first, least, names.first_scale, takes, error);
  if (status == Status::ok) status = check_ratio(ratios.second, least, names.second_scale, takes, error);
  if (status != Status::ok || ratios.larger() >= 0x1p-10f) return status;
  error->set(Status::bad_scale, names.scale)
      << "is " << addition.scale << ": the larger scale over it is " << ratios.larger() << ", below 2^-10";
  return Status::bad_scale;
}

Status check_clamp(const Addition& addition, const AdditionNames& names, Error* error) {
  const Range range = range_of(addition.is_unsigned ? Type::u8 : Type::s8);
  const struct {
    int32_t bound, unbounded;
    const char* argument;
  } bounds[] = {{addition.clamp_min, INT32_MIN, names.clamp_min}, {addition.clamp_max, INT32_MAX, names.clamp_max}};
  for (const auto& entry : bounds) {
    if (entry.bound == entry.unbounded || (entry.bound >= range.min && entry.bound <= range.max)) continue;
    error->set(Status::bad_clamp, entry.argument)
        << "is " << entry.bound << ", outside " << name_of(addition.is_unsigned ? Type::u8 : Type::s8);
    return Status::bad_clamp;
  }
  if (addition.clamp_min > addition.clamp_max || (addition.clamp_min == 0 && addition.clamp_max == 0)) {
    error->set(Status::bad_clamp, names.clamp_min)
        << "is " << addition.clamp_min << " and clamp_max " << addition.clamp_max
        << (addition.clamp_max == 0 ? ": INT32_MIN and INT32_MAX, the defaults, stand for none" : ", below it");
    return Status::bad_clamp;
  }
  return Status::ok;
}

AddTerm tflite_term(int32_t zero_point, float scale, const Addition& addition) {
  const FixedPoint factor = fixed_point(static_cast<double>(scale) / (2.0 * larger_scale(addition)));
  return {zero_point, factor.multiplier, -factor.exponent};
}

double magnitude(double x) { return x < 0 ? -x : x; }

double two_to(int32_t exponent) {
  const uint64_t bits = static_cast<uint64_t>(exponent + 1023) << 52;
  double power;
  __builtin_memcpy(&power, &bits, sizeof power);
  return power;
}

// Of an element's difference from its zero point.
constexpr double kMostDifference = 255.0;

// Of a weight of an element in units of the sum; how much it is wrong is added to *error.
AddTerm estimated_term(const AddTerm& term, double weight, int32_t shift, double* error) {
  const double scaled = weight * two_to(shift);
  const int32_t multiplier = static_cast<int32_t>(scaled + (scaled < 0 ? -0.5 : 0.5));
  *error += kMostDifference * magnitude(multiplier - scaled);
  return {term.zero_point, multiplier, 0};
}

// By a sample of pairs: whether one in 64 or more has to be computed twice, which happens where scales have a common
// measure and many sums lie close to a half. (Sums of 32 elements are looked at together.)
bool is_often_doubtful(const AddEstimate& e) {
  const uint32_t one = uint32_t{1} << e.shift, error = static_cast<uint32_t>(e.error);
  uint32_t doubtful = 0;
  for (int32_t a = -128; a < 128; a += 17) {
    for (int32_t b = -128; b < 128; ++b) {
      const uint32_t v = static_cast<uint32_t>(a * e.first.multiplier) + static_cast<uint32_t>(b * e.second.multiplier);
      doubtful += ((v + one / 2 + error) & (one - 1)) <= 2 * error ? 1 : 0;
    }
  }
  return doubtful * 64 > 16 * 256;
}

// A term of the larger scale is a * +-2^19, without rounding. That of the other is wrong by less than 1, and the sum's
// H by 1/2, unless what they divide by divides all that they are given.
AddEstimate tflite_estimate(const AddParameters& p) {
  const AddTerm& less = p.second_is_larger ? p.first : p.second;
  const double unit = p.multiplier * two_to(-31 - p.shift);  // of the terms, in those of the sum
  const auto weight = [&](const AddTerm& term) { return term.multiplier * two_to(-11 - term.shift) * unit; };
  const double first = weight(p.first), second = weight(p.second);

  // So fine that neither v nor what is added to it leaves int32.
  AddEstimate estimate = {};
  estimate.shift = 29;
  const double most = (kMostDifference + 1) * (magnitude(first) + magnitude(second)) + 2;
  while (estimate.shift > 0 && most * two_to(estimate.shift) > two_to(31)) --estimate.shift;

  const int64_t term_unit = int64_t{1} << (11 + less.shift), sum_unit = int64_t{1} << 31;
  const bool term_is_exact = less.multiplier % term_unit == 0;
  const bool sum_is_exact = term_is_exact && int64_t{p.multiplier} * (1 << 19) % sum_unit == 0 &&
                            int64_t{p.multiplier} * (less.multiplier / term_unit) % sum_unit == 0;
  double error = (term_is_exact ? 0 : unit) + (sum_is_exact ? 0 : two_to(-1 - p.shift));
  error *= two_to(estimate.shift);
  estimate.first = estimated_term(p.first, first, estimate.shift, &error);
  estimate.second = estimated_term(p.second, second, estimate.shift, &error);
  const bool fits = error < two_to(estimate.shift) / 64 - 2;
  estimate.error = !fits ? kNoEstimate : error == 0 ? 0 : static_cast<int32_t>(error) + 2;
  if (estimate.error > 0 && is_often_doubtful(estimate)) estimate.error = kNoEstimate;
  return estimate;
}

}  // namespace

Status validate_addition(const Addition& addition, const AdditionNames& names, Error* error) {
  const Type type = addition.is_unsigned ? Type::u8 : Type::s8;
  Status status = check_zero_point(addition.first_zero_point, type, names.first_zero_point, error);
  if (status == Status::ok) status = check_scale(addition.first_scale, names.first_scale, error);
  if (status == Status::ok) {
    status = check_zero_point(addition.second_zero_point, type, names.second_zero_point, error);
  }
  if (status == Status::ok) status = check_scale(addition.second_scale, names.second_scale, error);
  if (status == Status::ok) status = check_zero_point(addition.zero_point, type, names.zero_point, error);
  if (status == Status::ok) status = check_scale(addition.scale, names.scale, error);
  if (status == Status::ok) status = check_clamp(addition, names, error);
  return status == Status::ok ? check_ratios(addition, names, error) : status;
}

AddParameters form_addition(const Addition& addition) {
  AddParameters p = {};
  p.arithmetic = addition.arithmetic;
  p.is_unsigned = addition.is_unsigned;
  p.second_is_larger = addition.second_scale > addition.first_scale;
  p.zero_point = addition.zero_point;
  const Range range = range_of(addition.is_unsigned ? Type::u8 : Type::s8);
  p.clamp_min = addition.clamp_min == INT32_MIN ? range.min : addition.clamp_min;
  p.clamp_max = addition.clamp_max == INT32_MAX ? range.max : addition.clamp_max;
  if (addition.arithmetic == AddArithmetic::tflite) {
    const FixedPoint factor = tflite_factor(addition);
    p.first = tflite_term(addition.first_zero_point, addition.first_scale, addition);
    p.second = tflite_term(addition.second_zero_point, addition.second_scale, addition);
    p.multiplier = factor.multiplier;
    p.shift = -factor.exponent;
  } else {
    const Ratios ratios = ratios_of(addition);
    p.shift = (addition.arithmetic == AddArithmetic::qnnpack ? 21 : 20) - exponent_of(ratios.larger());
    const float power = power_of_two(p.shift);
    p.first = {addition.first_zero_point, round_half_even(ratios.first * power), 0};
    p.second = {addition.second_zero_point, round_half_even(ratios.second * power), 0};
  }
  if (addition.subtract) p.second.multiplier = -p.second.multiplier;
  if (addition.arithmetic == AddArithmetic::tflite) p.estimate = tflite_estimate(p);
  return p;
}

void run_addition(AddFn add, AddArgs args) {
  const ptrdiff_t line = static_cast<ptrdiff_t>(args.count);
  if (args.first_stride == line && args.second_stride == line && args.sum_stride == line) {
    args.count *= args.rows;
    args.rows = 1;
  }
  add(&args);
}

}  // namespace ottava
