// Two rows or more with their output stage: fused_rows.h.
// clang-format off
#include "kernels/cortexm_mve/fused_rows.h"

fused_rows ottava_rows_two_roundings_cortexm_mve, 0, epilogue_two_roundings
fused_rows ottava_rows_two_roundings_flip_cortexm_mve, 1, epilogue_two_roundings
fused_rows ottava_rows_one_rounding_cortexm_mve, 0, epilogue_one_rounding
fused_rows ottava_rows_one_rounding_flip_cortexm_mve, 1, epilogue_one_rounding
