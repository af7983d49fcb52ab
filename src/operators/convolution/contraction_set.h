// A layer that is several contractions (groups, the phases of a transposed convolution), run as one. Where there are
// many of them each is computed by one thread and the threads share them out; else all threads share each.
#ifndef OTTAVA_SRC_OPERATORS_CONVOLUTION_CONTRACTION_SET_H_
#define OTTAVA_SRC_OPERATORS_CONVOLUTION_CONTRACTION_SET_H_

#include "contraction/prepared.h"
#include "contraction/run.h"
#include "operators/layer.h"

namespace ottava {

// What an operator says of contraction number `index`: the shape of its run (no rows: it has nothing to do), and the
// run. `request` comes without the rows, columns and batches of the shape.
struct ContractionSet {
  const Layer* layer;
  const PreparedContraction* contractions;
  size_t count;
  RunShape (*shape_of)(const Layer& layer, const LayerShape& shape, size_t index);
  void (*request_of)(const Layer& layer, const LayerRequest& layer_request, size_t index, RunRequest* request);
};

Status schedule_set(const ContractionSet& set, const LayerShape& shape, uint32_t threads, LayerSchedule* schedule,
                    Error* error);

// `geometry` of a request must stay as long as its run: it is const data of the operator or of `layer_request`.
void run_set(const ContractionSet& set, const LayerRequest& request, uint32_t threads, void* workspace,
             const Parallel& parallel);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_CONVOLUTION_CONTRACTION_SET_H_
