// What is refused of the constants of single channels, for every operator with weights.
#ifndef OTTAVA_SRC_OPERATORS_VALIDATE_CHANNELS_H_
#define OTTAVA_SRC_OPERATORS_VALIDATE_CHANNELS_H_

#include "base/status.h"
#include "contraction/contraction.h"

namespace ottava {

// What messages call them.
struct ChannelNames {
  const char* scale;
  const char* scales;
  const char* zero_points;
};

// Only after validate_arrays().
Status validate_channels(const Contraction& problem, const Constants& constants, const ChannelNames& names,
                         Error* error);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_VALIDATE_CHANNELS_H_
