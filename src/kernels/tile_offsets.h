// Where assembly finds the fields of TileArgs: kernels/kernel.h asserts it. Plain numbers, for .S files and C++ alike.
#ifndef OTTAVA_SRC_KERNELS_TILE_OFFSETS_H_
#define OTTAVA_SRC_KERNELS_TILE_OFFSETS_H_

#define TILE_LHS (0 * __SIZEOF_POINTER__)
#define TILE_RHS (1 * __SIZEOF_POINTER__)
#define TILE_ACC (2 * __SIZEOF_POINTER__)
#define TILE_DEPTH (3 * __SIZEOF_POINTER__)
#define TILE_M (4 * __SIZEOF_POINTER__)
#define TILE_N (5 * __SIZEOF_POINTER__)
#define TILE_POSITIONS (6 * __SIZEOF_POINTER__)
#define TILE_SIGN_FLIP (7 * __SIZEOF_POINTER__)
#define TILE_BIAS (8 * __SIZEOF_POINTER__)
#define TILE_ACCUMULATE (9 * __SIZEOF_POINTER__)
#define TILE_PANEL_STRIDE (10 * __SIZEOF_POINTER__)

#endif  // OTTAVA_SRC_KERNELS_TILE_OFFSETS_H_
