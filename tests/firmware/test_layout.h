// What kernels/layouts.inc says of a kernel, against the kernel: no other build has those of cores without an operating
// system.
#ifndef OTTAVA_TESTS_FIRMWARE_TEST_LAYOUT_H_
#define OTTAVA_TESTS_FIRMWARE_TEST_LAYOUT_H_

#include "base/text.h"
#include "firmware/check.h"
#include "kernels/layouts.h"

namespace ottava_test {

inline bool test_layout(const ottava::Kernel& kernel) {
  using namespace ottava;
  const KernelList described = described_kernels();
  for (size_t i = 0; i < described.count; ++i) {
    const Kernel& line = *described.kernels[i];
    if (!same_text(line.name, kernel.name)) continue;
    return line.isa == kernel.isa && line.form == kernel.form && line.lhs_element == kernel.lhs_element &&
           line.mr.count == kernel.mr.count && line.rhs->element == kernel.rhs->element &&
           line.rhs->nr.count == kernel.rhs->nr.count && line.rhs->kr == kernel.rhs->kr &&
           line.weights == kernel.weights && line.min_depth == kernel.min_depth && line.min_m == kernel.min_m &&
           line.min_n == kernel.min_n && line.min_depth_per_channel == kernel.min_depth_per_channel &&
           line.most_channels == kernel.most_channels;
  }
  return false;
}

}  // namespace ottava_test

#endif  // OTTAVA_TESTS_FIRMWARE_TEST_LAYOUT_H_
