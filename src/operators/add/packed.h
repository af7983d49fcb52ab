// Additions to and from packed files: see operators/packed_layer.h. There are no weights, and so no kernel: a file is
// its numbers.
#ifndef OTTAVA_SRC_OPERATORS_ADD_PACKED_H_
#define OTTAVA_SRC_OPERATORS_ADD_PACKED_H_

#include "operators/add/add.h"
#include "operators/packed_layer.h"

namespace ottava {

struct StoredAdd {
  struct Nothing {};
  using Plan = Nothing;
  using Saving = Nothing;

  const PackedHeader* header;
  AddProblem problem;

  void visit(Numbers& numbers);
  int64_t n() const { return problem.channels; }
  int64_t k() const { return 0; }
};

Status read_packed(const void* file, uint64_t bytes, StoredAdd* stored, Error* error);
inline Status plan_loading(const StoredAdd&, const Site&, bool, StoredAdd::Plan*, Error*) { return Status::ok; }
inline Size loaded_bytes(const StoredAdd&, const StoredAdd::Plan&, bool) { return add_bytes(); }
const Layer* load(const StoredAdd& stored, const StoredAdd::Plan&, const Site& site, bool, uint8_t* memory);

Status plan_saving(const Add& layer, const Site& site, const char* target, StoredAdd* stored, StoredAdd::Saving*,
                   Error* error);
Size file_bytes(const StoredAdd& stored, const StoredAdd::Saving&);
void write_packed(const Add& layer, const StoredAdd& stored, const StoredAdd::Saving&, uint32_t library, uint8_t* file);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_ADD_PACKED_H_
