// Running an operator.
#ifndef OTTAVA_SRC_EXEC_RUN_H_
#define OTTAVA_SRC_EXEC_RUN_H_

#include "base/view.h"
#include "exec/operator.h"
#include "exec/tasks.h"

namespace ottava {

// dst = op(lhs) for m >= 1 rows and an operator of at least one channel. `grid` and `layout` come from
// choose_grid and lay_out_workspace for this m; `workspace` holds layout.total bytes, any alignment.
void run_operator(const Operator& op, size_t m, ConstView lhs, View dst, const Grid& grid,
                  const WorkspaceLayout& layout, void* workspace, const Parallel& parallel);

}  // namespace ottava

#endif  // OTTAVA_SRC_EXEC_RUN_H_
