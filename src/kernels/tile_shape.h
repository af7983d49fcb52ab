// The tile of a kernel on one machine, where every size of it is known. Plans read sizes here and nowhere else, so that
// a kernel whose tile depends on the vector length is no special case.
#ifndef OTTAVA_SRC_KERNELS_TILE_SHAPE_H_
#define OTTAVA_SRC_KERNELS_TILE_SHAPE_H_

#include "cpu/machine.h"
#include "kernels/kernel.h"

namespace ottava {

struct TileShape {
  size_t mr;
  size_t nr;
  size_t kr;
  size_t width;  // channels of a tile: those of its panels
  size_t panels;
  size_t lhs_bytes;             // of a packed element of the lhs
  bool lanes_of_depth = false;  // a vector has depths of one channel, see Kernel::min_depth_per_channel

  size_t accumulators() const { return mr * width; }
};

constexpr size_t resolve(TileSize size, const Machine& machine) {
  return size.scalable && machine.vector_bytes > 16 ? size.count * size_t{machine.vector_bytes / 16} : size.count;
}

inline TileShape resolve(const Kernel& kernel, const Machine& machine) {
  TileShape shape;
  shape.mr = resolve(kernel.mr, machine);
  shape.nr = resolve(kernel.rhs->nr, machine);
  shape.kr = kernel.rhs->kr;
  shape.width = shape.nr * kernel.panels;
  shape.panels = kernel.panels;
  shape.lhs_bytes = bytes_of(kernel.lhs_element);
  shape.lanes_of_depth = kernel.min_depth_per_channel != 0;
  return shape;
}

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_TILE_SHAPE_H_
