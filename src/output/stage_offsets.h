// Where assembly finds the fields of StageArgs: output/stage.h asserts it. Plain numbers, for .S files and C++ alike.
#ifndef OTTAVA_SRC_OUTPUT_STAGE_OFFSETS_H_
#define OTTAVA_SRC_OUTPUT_STAGE_OFFSETS_H_

#define STAGE_DST (4 * __SIZEOF_POINTER__)
#define STAGE_DST_ROW_STRIDE (5 * __SIZEOF_POINTER__)
#define STAGE_OFFSET (7 * __SIZEOF_POINTER__)
#define STAGE_MULTIPLIER (12 * __SIZEOF_POINTER__)
#define STAGE_EXPONENT (13 * __SIZEOF_POINTER__)
#define STAGE_SCALE (14 * __SIZEOF_POINTER__)
#define STAGE_BIAS (15 * __SIZEOF_POINTER__)
#define STAGE_ZERO_POINT (17 * __SIZEOF_POINTER__)
#define STAGE_CLAMP_MIN (17 * __SIZEOF_POINTER__ + 4)
#define STAGE_CLAMP_MAX (17 * __SIZEOF_POINTER__ + 8)
#define STAGE_HAS_BIAS (17 * __SIZEOF_POINTER__ + 20)

// Bits of what stands there for a fused epilogue in assembly, which kernels/arm_neon/fused_epilogue.h calls: whether
// channels have a second value beside that at `scale`, at `bias`, and whether the two are not scale and bias but
// multiplier and exponent, of a rule with two roundings or with one. The bits between are the epilogue's own.
#define EPILOGUE_SECOND_VALUES 0
#define EPILOGUE_FIXED 3
#define EPILOGUE_TWO_ROUNDINGS 4

#endif  // OTTAVA_SRC_OUTPUT_STAGE_OFFSETS_H_
