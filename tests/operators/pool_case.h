// A pooling layer, drawn at random, made and run through the C ABI in guarded memory, and held against the oracle.
#ifndef OTTAVA_TESTS_POOL_CASE_H_
#define OTTAVA_TESTS_POOL_CASE_H_

#include "oracle/elementwise.h"
#include "ottava/ottava.h"
#include "random.h"

namespace ottava {

struct PoolCase {
  ottava_pool2d_desc desc = OTTAVA_POOL2D_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  bool no_output = false;
  std::int64_t batch = 1, height = 1, width = 1;
  bool extremes = false;
  std::int64_t input_gap = 0, output_gap = 0;
  oracle::Stage stage;
};

// A case around every edge; with `lines` one of so many, for threads to share.
PoolCase draw_pool(Random& random, std::int64_t lines = 0);

// The number of cases that were computed, 0 or 1.
int check_pool(const PoolCase& c, const ottava_context* context, Random& random);

}  // namespace ottava

#endif  // OTTAVA_TESTS_POOL_CASE_H_
