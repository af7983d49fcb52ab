// One row with its output stage: fused_row.h.
// clang-format off
#include "kernels/cortexm_mve/fused_row.h"

fused_row ottava_row_two_roundings_cortexm_mve, 0, row_two_roundings
fused_row ottava_row_two_roundings_flip_cortexm_mve, 1, row_two_roundings
fused_row ottava_row_one_rounding_cortexm_mve, 0, row_one_rounding
fused_row ottava_row_one_rounding_flip_cortexm_mve, 1, row_one_rounding
