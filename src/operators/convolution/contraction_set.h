// A layer that is several contractions (groups, the phases of a transposed convolution), run as one. Where there are
// many of them each is computed by one thread and the threads share them out; else all threads share each.
#ifndef OTTAVA_SRC_OPERATORS_CONVOLUTION_CONTRACTION_SET_H_
#define OTTAVA_SRC_OPERATORS_CONVOLUTION_CONTRACTION_SET_H_

#include "contraction/prepared.h"
#include "contraction/run.h"
#include "operators/layer.h"

namespace ottava {

// What a row table is filled by (RunRequest::geometry), as the operator has it.
constexpr size_t kMostGeometryBytes = 192;
struct alignas(16) GeometryMemory {
  uint8_t bytes[kMostGeometryBytes];

  template <class Geometry>
  Geometry* as() {
    static_assert(sizeof(Geometry) <= kMostGeometryBytes, "more bytes than there are");
    return reinterpret_cast<Geometry*>(bytes);
  }
};

// What an operator says of part number `index` of its run, below `count`.
struct ContractionSet {
  const Layer* layer;
  size_t count;
  size_t kinds;  // parts at the beginning, whose shapes and plans the others repeat, each as often
  const PreparedContraction& (*contraction_of)(const Layer& layer, const LayerShape& shape, size_t index);
  RunShape (*shape_of)(const Layer& layer, const LayerShape& shape, size_t index);  // no rows: it has nothing to do
  // Fills in where operands lie, and how rows are read: rows, columns and batches are those of the shape. `geometry`
  // lives as long as the part runs.
  void (*request_of)(const Layer& layer, const LayerRequest& layer_request, size_t index, GeometryMemory* geometry,
                     RunRequest* request);
};

Status schedule_set(const ContractionSet& set, const LayerShape& shape, uint32_t threads, Enough enough,
                    LayerSchedule* schedule, Error* error);

void run_set(const ContractionSet& set, const LayerRequest& request, uint32_t threads, void* workspace,
             const Parallel& parallel);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_CONVOLUTION_CONTRACTION_SET_H_
