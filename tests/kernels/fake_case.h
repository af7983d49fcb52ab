// One contraction on a kernel of fake_kernels.h or on a stand-in: planned, prepared and run as an operator would be,
// and held against the oracle.
#ifndef OTTAVA_TESTS_KERNELS_FAKE_CASE_H_
#define OTTAVA_TESTS_KERNELS_FAKE_CASE_H_

#include "cpu/machine.h"
#include "fake_kernels.h"
#include "operators/matmul/problem.h"
#include "random.h"

namespace ottava {

struct FakeCase {
  std::size_t m, n, k, batches;
  std::size_t positions;  // with several, rows are drawn from an image of pixels and from padding
  std::size_t vectors;    // of 16 bytes that the machine's vectors hold
  bool runtime_rhs, shared_rhs;
  bool companions;  // other kernels stand behind the one under test
  bool stand_in;    // those that run here; else made-up ones
  Type lhs_type, rhs_type;
  Order lhs_order, rhs_order, dst_order;
  std::int32_t lhs_zero;
  std::size_t m_block_tiles;  // forced blocking; 0: as planned
  std::uint32_t threads;
  bool backwards;
  CoreOrder core_order;
  std::uint64_t l3_bytes;
  bool zen_4;  // is what the machine counts as for prefetching
};

// A kernel that runs here, from whose packed weights a stand-in that leaves few rows to others could read; or null.
const Kernel* companion_of(const Kernel& kernel);

void check_fake(Random& random, const Kernel& kernel, const FakeCase& c);

}  // namespace ottava

#endif  // OTTAVA_TESTS_KERNELS_FAKE_CASE_H_
