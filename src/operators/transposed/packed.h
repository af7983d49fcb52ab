// Transposed convolutions to and from packed files: see operators/packed_layer.h. The file holds each phase of all
// groups, one phase after the other, all for one kernel.
#ifndef OTTAVA_SRC_OPERATORS_TRANSPOSED_PACKED_H_
#define OTTAVA_SRC_OPERATORS_TRANSPOSED_PACKED_H_

#include "operators/convolution/packed.h"
#include "operators/transposed/transposed.h"

namespace ottava {

struct TransposedSaving {
  TransposedPlan plan;
  Target target;
  PackedFor laid_out_for;
  Size array_bytes = 0;
  Size weight_bytes = 0;
};

struct StoredTransposed {
  using Plan = TransposedPlan;
  using Saving = TransposedSaving;

  const PackedHeader* header;
  TransposedProblem problem;
  bool float_bias;

  void visit(Numbers& numbers);
  int64_t n() const { return problem.output_channels; }
  int64_t k() const { return problem.group_depth() * problem.window.taps(); }
};

Status read_packed(const void* file, uint64_t bytes, StoredTransposed* stored, Error* error);
Status plan_loading(const StoredTransposed& stored, const Site& site, bool repacked, TransposedPlan* plan,
                    Error* error);
Size loaded_bytes(const StoredTransposed& stored, const TransposedPlan& plan, bool repacked);
const Layer* load(const StoredTransposed& stored, const TransposedPlan& plan, const Site& site, bool repacked,
                  uint8_t* memory);

Status plan_saving(const Transposed& layer, const Site& site, const char* target, StoredTransposed* stored,
                   TransposedSaving* saving, Error* error);
Size file_bytes(const StoredTransposed& stored, const TransposedSaving& saving);
void write_packed(const Transposed& layer, const StoredTransposed& stored, const TransposedSaving& saving,
                  uint32_t library, uint8_t* file);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_TRANSPOSED_PACKED_H_
