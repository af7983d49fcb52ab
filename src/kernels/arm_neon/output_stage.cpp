// The vector operations behind the output stages of AArch64: four lanes of Advanced SIMD. The stages
// themselves are in output/vector_stage.h; they run after a kernel has left its tile in acc.
#if !defined(__aarch64__) || !defined(__ARM_NEON)
#error "arm_neon/output_stage.cpp is code for AArch64 with Advanced SIMD"
#endif

#include "kernels/arm_neon/output_stage.h"

#include <arm_neon.h>

#include "kernels/arm_neon/vector_operations.h"
#include "output/vector_quantize.h"
#include "output/vector_stage.h"

namespace ottava {
namespace {

struct Neon : NeonOperations {
  static constexpr bool rounds_any = true;
  static OTTAVA_INLINE I round_half_even(F value) { return vcvtnq_s32_f32(value); }
  static OTTAVA_INLINE F canonical_nan(F value) {
    return vbslq_f32(vceqq_f32(value, value), value, vreinterpretq_f32_s32(vdupq_n_s32(0x7FC00000)));
  }
  static OTTAVA_INLINE I round_half_away(F value) { return vcvtaq_s32_f32(value); }
  static OTTAVA_INLINE F divide_f32(F a, F b) { return vdivq_f32(a, b); }

  // Comparisons with NaN are false: it takes no place.
  struct Extent {
    F smallest, largest;
  };
  static OTTAVA_INLINE Extent no_extent() {
    return {broadcast_f32(__builtin_inff()), broadcast_f32(-__builtin_inff())};
  }
  static OTTAVA_INLINE Extent extend(Extent e, F x) {
    return {vbslq_f32(vcltq_f32(x, e.smallest), x, e.smallest), vbslq_f32(vcgtq_f32(x, e.largest), x, e.largest)};
  }
  static OTTAVA_INLINE Extent both(Extent a, Extent b) {
    return {vminq_f32(a.smallest, b.smallest), vmaxq_f32(a.largest, b.largest)};
  }
  static OTTAVA_INLINE void reduce(Extent e, float* smallest, float* largest) {
    *smallest = vminvq_f32(e.smallest);
    *largest = vmaxvq_f32(e.largest);
  }
};

}  // namespace

#define OTTAVA_DEFINE_STAGE(name)                                             \
  void name##_arm_neon(const StageArgs* args) {                               \
    constexpr StageTable kStages = make_vector_stages<Neon>();                \
    constexpr StageFn kStage = kStages.run[static_cast<size_t>(Stage::name)]; \
    kStage(args);                                                             \
  }
OTTAVA_PART_STAGES(OTTAVA_DEFINE_STAGE)
#undef OTTAVA_DEFINE_STAGE

extern const StageTable arm_neon_stages = make_vector_stages<Neon>();
extern const QuantizeTable arm_neon_quantize = make_vector_quantize<Neon>();

}  // namespace ottava
