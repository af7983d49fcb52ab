#include "contraction/exactness.h"

#include "base/view.h"

namespace ottava {
namespace {

// What the lhs contributes to a product, element minus zero point: least <= 0 <= most.
struct LhsSpan {
  uint64_t most;
  uint64_t least;  // magnitude
};

// At both ends of the zero point, which are the same where it is known.
struct LhsSpans {
  LhsSpan ends[2];
};
LhsSpans lhs_spans(const Contraction& problem) {
  if (problem.lhs_quantization == Quantization::tflite_symmetric) return {{{127, 127}, {127, 127}}};
  if (has_row_zero_points(problem)) return {{{255, 0}, {0, 255}}};
  const Range range = range_of(problem.lhs.type);
  const LhsSpan known = {static_cast<uint64_t>(range.max - problem.lhs.zero_point),
                         static_cast<uint64_t>(problem.lhs.zero_point - range.min)};
  return {{known, known}};
}

// Largest values on either side of 0.
struct Bounds {
  uint64_t positive;
  uint64_t negative;  // magnitude
};

uint64_t larger(uint64_t a, uint64_t b) { return a > b ? a : b; }

// Of what one depth can add to an accumulator, from the ranges of the types around their zero points.
Bounds product_bounds(const LhsSpans& lhs, Type rhs_type, int32_t rhs_zero_point) {
  const Range range = range_of(rhs_type);
  const uint64_t above = static_cast<uint64_t>(range.max - rhs_zero_point);
  const uint64_t below = static_cast<uint64_t>(rhs_zero_point - range.min);
  Bounds bounds = {0, 0};
  for (const LhsSpan& span : lhs.ends) {
    bounds.positive = larger(bounds.positive, larger(span.most * above, span.least * below));
    bounds.negative = larger(bounds.negative, larger(span.most * below, span.least * above));
  }
  return bounds;
}

// Of what all weights of one channel can add to it.
Bounds sum_bounds(const LhsSpans& lhs, const Contraction& problem, const Constants& constants, size_t channel) {
  const int32_t zero_point = rhs_zero_point(problem, constants, channel);
  uint64_t above = 0;
  uint64_t below = 0;
  for (size_t position = 0; position < static_cast<size_t>(problem.positions); ++position) {
    const ConstView rhs = constants.rhs.at_position(position);
    for (size_t k = 0; k < static_cast<size_t>(problem.k); ++k) {
      const uint8_t raw = *rhs.at(k, channel);
      const int32_t value = (problem.rhs.type == Type::u8 ? raw : static_cast<int8_t>(raw)) - zero_point;
      if (value > 0) above += static_cast<uint64_t>(value);
      if (value < 0) below += static_cast<uint64_t>(-value);
    }
  }
  Bounds bounds = {0, 0};
  for (const LhsSpan& span : lhs.ends) {
    bounds.positive = larger(bounds.positive, span.most * above + span.least * below);
    bounds.negative = larger(bounds.negative, span.most * below + span.least * above);
  }
  return bounds;
}

bool stays_within(Bounds bounds, const Constants& constants, size_t channel) {
  const int64_t bias = constants.output.bias != nullptr ? constants.output.bias[channel] : 0;
  return bias + static_cast<int64_t>(bounds.positive) <= INT32_MAX &&
         bias - static_cast<int64_t>(bounds.negative) >= INT32_MIN;
}

// Of all positions; saturates, as no depth that large is exact.
uint64_t depth_of(const Contraction& problem) {
  uint64_t depth = 0;
  const bool overflow =
      __builtin_mul_overflow(static_cast<uint64_t>(problem.k), static_cast<uint64_t>(problem.positions), &depth);
  return overflow ? UINT64_MAX : depth;
}

bool exact_by_types(const Contraction& problem, const Constants& constants, const LhsSpans& lhs, size_t channel) {
  const uint64_t k = depth_of(problem);
  if (k > UINT32_MAX) return false;  // one of the bounds is at least 128 * 128: no bias makes up for so many
  const Bounds bounds = product_bounds(lhs, problem.rhs.type, rhs_zero_point(problem, constants, channel));
  return stays_within({k * bounds.positive, k * bounds.negative}, constants, channel);
}

bool exact_by_weights(const Contraction& problem, const Constants& constants, const LhsSpans& lhs, size_t channel) {
  return !problem.runtime_rhs && stays_within(sum_bounds(lhs, problem, constants, channel), constants, channel);
}

// Largest K that is exact without a bias.
uint64_t max_exact_depth(Bounds bounds) {
  const uint64_t by_positive = bounds.positive != 0 ? uint64_t{INT32_MAX} / bounds.positive : UINT64_MAX;
  const uint64_t by_negative = bounds.negative != 0 ? (uint64_t{INT32_MAX} + 1) / bounds.negative : UINT64_MAX;
  return by_positive < by_negative ? by_positive : by_negative;
}

Status refuse(const Contraction& problem, const Constants& constants, size_t channel, Error* error) {
  const uint64_t limit = max_exact_depth(
      product_bounds(lhs_spans(problem), problem.rhs.type, rhs_zero_point(problem, constants, channel)));
  if (depth_of(problem) <= limit) {
    error->set(Status::not_exact, "output.bias")
        << "of channel " << static_cast<uint64_t>(channel) << " is " << constants.output.bias[channel]
        << ": with K = " << depth_of(problem) << " the accumulator could leave int32. " << problem.depth_words.wrap_flag
        << " accepts wrap-around";
  } else {
    Text message = error->set(Status::not_exact, problem.depth_words.argument);
    message << problem.depth_words.is << depth_of(problem)
            << "; with these types and zero points int32 is exact up to K = " << limit;
    if (!problem.runtime_rhs) message << ", and channel " << static_cast<uint64_t>(channel) << " has large weights";
    message << ". " << problem.depth_words.wrap_flag << " accepts wrap-around";
  }
  return Status::not_exact;
}

}  // namespace

uint64_t max_exact_depth(const Contraction& problem, const Constants& constants) {
  const LhsSpans lhs = lhs_spans(problem);
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
  const LhsSpans lhs = lhs_spans(problem);
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
