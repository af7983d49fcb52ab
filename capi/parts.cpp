// Kernels with one output stage each, as constants that a linker takes one by one: include/ottava/firmware.h names
// them, src/kernels/parts.inc says for which files.
#include "handles.h"
#include "kernels/generic/tile.h"

using namespace ottava;

namespace {

constexpr uint8_t element_bytes(Stage stage) { return stage == Stage::plain_s32 || stage == Stage::scaled_f32 ? 4 : 1; }

}  // namespace

// They are C symbols that no C++ header declares.
#define OTTAVA_PART(kernel, name, stage_function, fused, mr, nr, bias_initialized)                                \
  extern "C" {                                                                                                    \
  extern const ottava_part ottava_part_##kernel##_##name;                                                         \
  const ottava_part ottava_part_##kernel##_##name = {                                                             \
      {run_bound_matmul}, {kernel, stage_function, fused, mr, nr, element_bytes(Stage::name), bias_initialized}}; \
  }

#define OTTAVA_PORTABLE_PART(stage) \
  OTTAVA_PART(s8s8s32_indirect_4x8x2_portable, stage, portable_##stage, {}, generic::kMr, generic::kNr, false)
OTTAVA_PART_STAGES(OTTAVA_PORTABLE_PART)
