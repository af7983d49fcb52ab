// The choices of a route and its blocking that cost only time, as somebody else has made them: a host by hand, or a
// tuning. What is left at its default is chosen by the library. None of them changes a bit of a result, so a choice
// that an operator has no use for is passed over.
#ifndef OTTAVA_SRC_CONTRACTION_KNOBS_H_
#define OTTAVA_SRC_CONTRACTION_KNOBS_H_

#include "kernels/kernel.h"

namespace ottava {

// Values are those of OTTAVA_ROWS_..., OTTAVA_SCHEDULE_... and OTTAVA_CUT_... in the public header.
enum class LhsRows : uint32_t { any = 0, packed = 1, in_place = 2 };
enum class CoreSchedule : uint32_t { any = 0, out_of_order = 1, in_order = 2 };
enum class ThreadCut : uint32_t { any = 0, none = 1, rows = 2, columns = 3 };

struct Knobs {
  const Kernel* kernel = nullptr;  // for many rows; weights are packed for it
  LhsRows lhs_rows = LhsRows::any;
  CoreSchedule schedule = CoreSchedule::any;
  ThreadCut thread_cut = ThreadCut::any;
  int64_t small_m_rows = 0;  // -1: no run is one of the small M
  int64_t block_rows = 0;
  int64_t block_columns = 0;
  int64_t work_per_thread = 0;  // multiply-accumulates
};

}  // namespace ottava

#endif  // OTTAVA_SRC_CONTRACTION_KNOBS_H_
