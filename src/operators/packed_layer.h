// Layers to and from packed files (contraction/packed_file.h): what all kinds have in common. A kind names what a file
// holds of it, `Stored`, and what is decided before it is loaded or saved, `Stored::Plan` and `Stored::Saving`; with
// these go functions of one name, in the kind's own packed.h:
//
//     read_packed(file, bytes, stored, error)                  what lies in the file, checked; reads no weights
//     plan_loading(stored, site, repacked, plan, error)        where they lie, or as creation would pack them
//     loaded_bytes(stored, plan, repacked)
//     load(stored, plan, site, repacked, memory)               memory of so many bytes, aligned to kAlignment
//     plan_saving(layer, site, target, stored, saving, error)  for a kernel or a tier; null: for what the layer runs
//     file_bytes(stored, saving)
//     write_packed(layer, stored, saving, library, file)       any alignment
#ifndef OTTAVA_SRC_OPERATORS_PACKED_LAYER_H_
#define OTTAVA_SRC_OPERATORS_PACKED_LAYER_H_

#include "contraction/in_place.h"
#include "contraction/target.h"
#include "operators/layer.h"

namespace ottava {

// Where a layer runs.
struct Site {
  const Machine& machine;
  const Choice& choice;
  uint32_t threads;
  const StageTable& stages;  // those of `isa`
  Isa isa;
};

// Refuses a target that is no tier: a layer without weights has the same file for all of them.
Status check_target_without_weights(const char* target, Error* error);

inline void visit(Numbers& numbers, WindowAxis& axis) {
  numbers.integer(axis.kernel);
  numbers.integer(axis.stride);
  numbers.integer(axis.dilation);
  numbers.integer(axis.before);
  numbers.integer(axis.after);
}
inline void visit(Numbers& numbers, Window& window) {
  visit(numbers, window.y);
  visit(numbers, window.x);
  numbers.listed(window.padding, 0, 2);
}

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_PACKED_LAYER_H_
