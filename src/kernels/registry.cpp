// The ordered list: the first kernel whose tier the machine has, and which takes the operator, is used.
// To add a kernel: one line here under its tier's macro (set by cmake/tiers.cmake where the compiler can
// build the tier), and its file in the tier's folder.
#include "kernels/registry.h"

#define OTTAVA_KERNELS_PORTABLE(X)   \
  X(s8s8s32_rows_4x8x2_portable)     \
  X(s8s8s32_4x8x2_portable)

#if OTTAVA_BUILD_X86_AVX512VNNI
#define OTTAVA_KERNELS_X86_AVX512VNNI(X) X(u8s8s32_12x32x4_x86_avx512vnni)
#else
#define OTTAVA_KERNELS_X86_AVX512VNNI(X)
#endif

#if OTTAVA_BUILD_X86_AVX2
#define OTTAVA_KERNELS_X86_AVX2(X) X(s8s8s32_6x16x2_x86_avx2)
#else
#define OTTAVA_KERNELS_X86_AVX2(X)
#endif

#if OTTAVA_BUILD_ARM_I8MM
#define OTTAVA_KERNELS_ARM_I8MM(X) X(s8s8s32_8x8x8_arm_i8mm)
#else
#define OTTAVA_KERNELS_ARM_I8MM(X)
#endif

#if OTTAVA_BUILD_ARM_DOTPROD
#define OTTAVA_KERNELS_ARM_DOTPROD(X) X(s8s8s32_8x12x4_arm_dotprod)
#else
#define OTTAVA_KERNELS_ARM_DOTPROD(X)
#endif

#if OTTAVA_BUILD_ARM_NEON
#define OTTAVA_KERNELS_ARM_NEON(X) X(s8s8s32_4x4x16_arm_neon)
#else
#define OTTAVA_KERNELS_ARM_NEON(X)
#endif

#if OTTAVA_BUILD_ARMV7_NEON
#define OTTAVA_KERNELS_ARMV7_NEON(X) X(s8s8s32_2x4x16_armv7_neon)
#else
#define OTTAVA_KERNELS_ARMV7_NEON(X)
#endif

#define OTTAVA_KERNELS(X)          \
  OTTAVA_KERNELS_X86_AVX512VNNI(X) \
  OTTAVA_KERNELS_X86_AVX2(X)       \
  OTTAVA_KERNELS_ARM_I8MM(X)       \
  OTTAVA_KERNELS_ARM_DOTPROD(X)    \
  OTTAVA_KERNELS_ARM_NEON(X)       \
  OTTAVA_KERNELS_ARMV7_NEON(X)     \
  OTTAVA_KERNELS_PORTABLE(X)

namespace ottava {

#define OTTAVA_DECLARE_KERNEL(name) extern const Kernel kernel_##name;
OTTAVA_KERNELS(OTTAVA_DECLARE_KERNEL)
#undef OTTAVA_DECLARE_KERNEL

KernelList built_kernels() {
#define OTTAVA_LIST_KERNEL(name) &kernel_##name,
  static const Kernel* const kernels[] = {OTTAVA_KERNELS(OTTAVA_LIST_KERNEL)};
#undef OTTAVA_LIST_KERNEL
  return {kernels, sizeof kernels / sizeof kernels[0]};
}

}  // namespace ottava
