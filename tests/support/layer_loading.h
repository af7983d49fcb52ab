// What loads a layer of each kind, so that a test goes through all of them.
#ifndef OTTAVA_TESTS_LAYER_LOADING_H_
#define OTTAVA_TESTS_LAYER_LOADING_H_

#include <cstdint>

#include "ottava/ottava.h"

namespace ottava {

// The functions of a kind.
struct LayerLoading {
  ottava_status (*load)(const ottava_context*, const void*, std::uint64_t, std::uint32_t, ottava_layer**,
                        ottava_error*);
  ottava_status (*size)(const ottava_context*, const void*, std::uint64_t, std::uint32_t, std::uint64_t*,
                        ottava_error*);
  ottava_status (*at)(void*, std::uint64_t, const ottava_context*, const void*, std::uint64_t, std::uint32_t,
                      ottava_layer**, ottava_error*);
};
inline LayerLoading loading_of(std::uint32_t kind) {
  switch (kind) {
    case OTTAVA_PACKED_CONV2D: return {ottava_conv2d_load, ottava_conv2d_load_size, ottava_conv2d_load_at};
    case OTTAVA_PACKED_DEPTHWISE_CONV2D:
      return {ottava_depthwise_conv2d_load, ottava_depthwise_conv2d_load_size, ottava_depthwise_conv2d_load_at};
    case OTTAVA_PACKED_TRANSPOSED_CONV2D:
      return {ottava_transposed_conv2d_load, ottava_transposed_conv2d_load_size, ottava_transposed_conv2d_load_at};
    case OTTAVA_PACKED_POOL2D: return {ottava_pool2d_load, ottava_pool2d_load_size, ottava_pool2d_load_at};
    default: return {ottava_add_load, ottava_add_load_size, ottava_add_load_at};
  }
}

}  // namespace ottava

#endif  // OTTAVA_TESTS_LAYER_LOADING_H_
