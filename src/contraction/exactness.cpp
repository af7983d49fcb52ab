#include "contraction/exactness.h"

#include "base/view.h"

namespace ottava {
namespace {

// What the lhs can make of the weights of one channel: their sums above and below the zero point.
struct WeightSums {
  uint64_t above;
  uint64_t below;  // magnitude
};

WeightSums sum_weights(const Contraction& problem, const Constants& constants, size_t channel) {
  const int32_t zero_point = rhs_zero_point(problem, constants, channel);
  WeightSums sums = {0, 0};
  for (size_t position = 0; position < static_cast<size_t>(problem.positions); ++position) {
    const ConstView rhs = constants.rhs.at_position(position);
    for (size_t k = 0; k < static_cast<size_t>(problem.k); ++k) {
      const uint8_t raw = *rhs.at(k, channel);
      const int32_t value = (problem.rhs.type == Type::u8 ? raw : static_cast<int8_t>(raw)) - zero_point;
      if (value > 0) sums.above += static_cast<uint64_t>(value);
      if (value < 0) sums.below += static_cast<uint64_t>(-value);
    }
  }
  return sums;
}

// Of all positions; saturates, as no depth that large is exact.
uint64_t depth_of(const Contraction& problem) {
  uint64_t depth = 0;
  const bool overflow =
      __builtin_mul_overflow(static_cast<uint64_t>(problem.k), static_cast<uint64_t>(problem.positions), &depth);
  return overflow ? UINT64_MAX : depth;
}

// Whether an accumulator that its products carry no further than this can leave int32.
bool can_overflow(uint64_t positive, uint64_t negative, int64_t bias) {
  return static_cast<int64_t>(positive) + bias > INT32_MAX || bias - static_cast<int64_t>(negative) < INT32_MIN;
}

bool exact_by_types(const Contraction& problem, const Constants& constants, LhsSpan lhs, size_t channel) {
  const ProductBounds bounds = product_bounds(lhs, problem.rhs.type, rhs_zero_point(problem, constants, channel));
  const uint64_t k = depth_of(problem);
  if (k > max_exact_depth(bounds)) return false;
  const int64_t bias = constants.output.bias != nullptr ? constants.output.bias[channel] : 0;
  return !can_overflow(k * bounds.positive, k * bounds.negative, bias);
}

bool exact_by_weights(const Contraction& problem, const Constants& constants, LhsSpan lhs, size_t channel) {
  if (problem.runtime_rhs) return false;
  const WeightSums sums = sum_weights(problem, constants, channel);
  const uint64_t most = static_cast<uint64_t>(lhs.most);
  const uint64_t least = static_cast<uint64_t>(-lhs.least);
  const int64_t bias = constants.output.bias != nullptr ? constants.output.bias[channel] : 0;
  return !can_overflow(sums.above * most + sums.below * least, sums.above * least + sums.below * most, bias);
}

Status refuse(const Contraction& problem, const Constants& constants, size_t channel, Error* error) {
  const uint64_t limit =
      max_exact_depth(product_bounds(lhs_span(problem), problem.rhs.type, rhs_zero_point(problem, constants, channel)));
  if (depth_of(problem) <= limit) {
    error->set(Status::not_exact, "output.bias")
        << "of channel " << static_cast<uint64_t>(channel) << " is " << constants.output.bias[channel]
        << ": with K = " << depth_of(problem)
        << " the accumulator could leave int32. OTTAVA_MATMUL_ALLOW_WRAP accepts wrap-around";
  } else {
    Text message = error->set(Status::not_exact, "desc.k");
    message << "is " << depth_of(problem) << "; with these types and zero points int32 is exact up to K = " << limit;
    if (!problem.runtime_rhs) message << ", and channel " << static_cast<uint64_t>(channel) << " has large weights";
    message << ". OTTAVA_MATMUL_ALLOW_WRAP accepts wrap-around";
  }
  return Status::not_exact;
}

}  // namespace

LhsSpan lhs_span(const Contraction& problem) {
  const Range range = range_of(problem.lhs.type);
  if (problem.lhs_quantization == Quantization::tflite_symmetric) return {-127, 127};
  if (has_row_zero_points(problem)) return {range.min - range.max, range.max - range.min};
  return {range.min - problem.lhs.zero_point, range.max - problem.lhs.zero_point};
}

ProductBounds product_bounds(LhsSpan lhs, Type rhs_type, int32_t rhs_zero_point) {
  const Range rhs_range = range_of(rhs_type);
  const uint64_t lhs_above = static_cast<uint64_t>(lhs.most);
  const uint64_t lhs_below = static_cast<uint64_t>(-lhs.least);
  const uint64_t rhs_above = static_cast<uint64_t>(rhs_range.max - rhs_zero_point);
  const uint64_t rhs_below = static_cast<uint64_t>(rhs_zero_point - rhs_range.min);
  const uint64_t both_above = lhs_above * rhs_above;
  const uint64_t both_below = lhs_below * rhs_below;
  const uint64_t above_below = lhs_above * rhs_below;
  const uint64_t below_above = lhs_below * rhs_above;
  return {both_above > both_below ? both_above : both_below, above_below > below_above ? above_below : below_above};
}

uint64_t max_exact_depth(ProductBounds bounds) {
  const uint64_t by_positive = bounds.positive != 0 ? uint64_t{INT32_MAX} / bounds.positive : UINT64_MAX;
  const uint64_t by_negative = bounds.negative != 0 ? (uint64_t{INT32_MAX} + 1) / bounds.negative : UINT64_MAX;
  return by_positive < by_negative ? by_positive : by_negative;
}

uint64_t max_exact_depth(const Contraction& problem, const Constants& constants) {
  const LhsSpan lhs = lhs_span(problem);
  uint64_t least = max_exact_depth(product_bounds(
      lhs, problem.rhs.type, problem.n != 0 ? rhs_zero_point(problem, constants, 0) : problem.rhs.zero_point));
  for (size_t channel = 1; constants.rhs_zero_points != nullptr && channel < static_cast<size_t>(problem.n);
       ++channel) {
    const uint64_t limit = max_exact_depth(product_bounds(lhs, problem.rhs.type, constants.rhs_zero_points[channel]));
    if (limit < least) least = limit;
  }
  return least;
}

Status prove_exactness(const Contraction& problem, const Constants& constants, Exactness* exactness, Error* error) {
  *exactness = {Exact::by_types, 0};
  const LhsSpan lhs = lhs_span(problem);
  const size_t distinct = distinct_channels(problem, constants);
  size_t doubtful = 0;
  while (doubtful < distinct && exact_by_types(problem, constants, lhs, doubtful)) ++doubtful;
  if (doubtful == distinct) return Status::ok;

  if (problem.runtime_rhs && distinct == 1) {  // all channels alike, without weights to tell them apart
    if (!problem.allow_wrap) return refuse(problem, constants, 0, error);
    *exactness = {Exact::may_wrap, static_cast<uint64_t>(problem.n)};
    return Status::ok;
  }
  exactness->kind = Exact::by_weights;
  const size_t channels = static_cast<size_t>(problem.n);
  for (size_t channel = doubtful; channel < channels; ++channel) {
    if (exact_by_types(problem, constants, lhs, channel)) continue;
    if (exact_by_weights(problem, constants, lhs, channel)) continue;
    if (!problem.allow_wrap) return refuse(problem, constants, channel, error);
    exactness->kind = Exact::may_wrap;
    ++exactness->wrapping_channels;
  }
  return Status::ok;
}

size_t distinct_channels(const Contraction& problem, const Constants& constants) {
  const OutputArrays& output = constants.output;
  const bool any_array = constants.rhs_scales != nullptr || constants.rhs_zero_points != nullptr ||
                         output.bias != nullptr || output.bias_f32 != nullptr || output.multipliers != nullptr ||
                         output.shifts != nullptr;
  return any_array || problem.n == 0 ? static_cast<size_t>(problem.n) : 1;
}

}  // namespace ottava
