// A matmul that is part of a program: its plan was made where its weights were packed, its parts are named by symbols,
// so that a linker takes these alone. Constant data, in flash; a run needs no memory but the stack. For firmware, and
// for whoever counts bytes: what a plan could choose between is not there.
#ifndef OTTAVA_SRC_OPERATORS_MATMUL_BOUND_H_
#define OTTAVA_SRC_OPERATORS_MATMUL_BOUND_H_

#include "contraction/route.h"

namespace ottava {

// A kernel of the indirect form with one output stage.
struct BoundPart {
  TileFn run;
  StageFn stage;
  FusedEpilogue fused;  // instead of both, for rows of the lhs that are canonical as they lie; or nothing
  uint8_t mr;
  uint8_t panels;         // of a tile
  uint16_t width;         // channels of these
  uint8_t element_bytes;  // of dst
  bool bias_initialized;  // see Kernel
};

// As include/ottava/firmware.h has it, but for the first member.
struct BoundMatmul {
  const void* part;
  const void* weights;
  const int32_t* offset;
  const int32_t* multiplier;
  const int32_t* exponent;
  const float* scale;
  const float* bias;
  uint32_t n;
  uint32_t k;
  uint32_t panel_bytes;
  uint32_t max_m;  // 0: no limit
  int32_t zero_point;
  int32_t clamp_min;
  int32_t clamp_max;
  uint32_t clamp_min_f32;  // bits of a float
  uint32_t clamp_max_f32;
  uint32_t sign_flip;
  uint32_t has_bias;
  uint32_t reserved;
};

// All rows, at least 1, whose strides are in bytes. Returns 0, so that a caller may end with the call and leave the
// stack.
uint32_t run_bound(const BoundPart& part, const BoundMatmul& op, size_t rows, const uint8_t* lhs, ptrdiff_t lhs_stride,
                   uint8_t* dst, ptrdiff_t dst_stride);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_MATMUL_BOUND_H_
