// How many buffers lay where.
#ifndef OTTAVA_TESTS_FIRMWARE_SWEEP_GUARDS_H_
#define OTTAVA_TESTS_FIRMWARE_SWEEP_GUARDS_H_

#include <stddef.h>

namespace ottava {

struct GuardCounts {
  size_t regions;   // in a region of the MPU
  size_t canaries;  // between canaries
};
GuardCounts guard_counts();

}  // namespace ottava

#endif  // OTTAVA_TESTS_FIRMWARE_SWEEP_GUARDS_H_
