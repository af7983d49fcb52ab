// Pooling to and from packed files: see operators/packed_layer.h. There are no weights, and so no kernel: a file is
// its numbers.
#ifndef OTTAVA_SRC_OPERATORS_POOL2D_PACKED_H_
#define OTTAVA_SRC_OPERATORS_POOL2D_PACKED_H_

#include "operators/packed_layer.h"
#include "operators/pool2d/pool2d.h"

namespace ottava {

struct StoredPool2d {
  struct Nothing {};
  using Plan = Nothing;
  using Saving = Nothing;

  const PackedHeader* header;
  Pool2dProblem problem;

  void visit(Numbers& numbers);
  int64_t n() const { return problem.channels; }
  int64_t k() const { return 0; }
};

Status read_packed(const void* file, uint64_t bytes, StoredPool2d* stored, Error* error);
inline Status plan_loading(const StoredPool2d&, const Site&, bool, StoredPool2d::Plan*, Error*) { return Status::ok; }
inline Size loaded_bytes(const StoredPool2d&, const StoredPool2d::Plan&, bool) { return pool2d_bytes(); }
const Layer* load(const StoredPool2d& stored, const StoredPool2d::Plan&, const Site& site, bool, uint8_t* memory);

Status plan_saving(const Pool2d& layer, const Site& site, const char* target, StoredPool2d* stored,
                   StoredPool2d::Saving*, Error* error);
Size file_bytes(const StoredPool2d& stored, const StoredPool2d::Saving&);
void write_packed(const Pool2d& layer, const StoredPool2d& stored, const StoredPool2d::Saving&, uint32_t library,
                  uint8_t* file);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_POOL2D_PACKED_H_
