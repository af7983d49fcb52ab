#include "operators/validate_channels.h"

#include "contraction/exactness.h"
#include "output/validate_output.h"

namespace ottava {

Status validate_channels(const Contraction& problem, const Constants& constants, const ChannelNames& names,
                         Error* error) {
  const bool scale_array = constants.rhs_scales != nullptr;
  const char* const scale_argument = scale_array ? names.scales : names.scale;
  for (size_t channel = 0; channel < distinct_channels(problem, constants); ++channel) {
    const float scale = rhs_scale(problem, constants, channel);
    if (fault_of_scale(scale) != nullptr) {
      Text message = error->set(Status::bad_scale, scale_argument);
      explain_scale(scale, message << "of channel " << static_cast<uint64_t>(channel) << " ");
      return Status::bad_scale;
    }
    if (!has_row_scales(problem)) {
      const Status status = validate_accumulator_scale(problem.output, accumulator_scale(problem, constants, channel),
                                                       scale_argument, scale_array ? &channel : nullptr, error);
      if (status != Status::ok) return status;
    }
    const Status status = validate_channel(problem.output, constants.output, channel, error);
    if (status != Status::ok) return status;
    const int32_t zero_point = rhs_zero_point(problem, constants, channel);
    const Range range = range_of(problem.rhs.type);
    if (zero_point < range.min || zero_point > range.max) {
      error->set(Status::bad_zero_point, names.zero_points)
          << "of channel " << static_cast<uint64_t>(channel) << " is " << zero_point << ", outside "
          << name_of(problem.rhs.type) << " (" << range.min << " to " << range.max << ")";
      return Status::bad_zero_point;
    }
  }
  return Status::ok;
}

}  // namespace ottava
