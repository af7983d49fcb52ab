# The CPU tiers: which this build holds, their source files and the flags of those files alone. The library
# itself is compiled for the baseline CPU.
#
# To add a tier: what src/cpu/tiers.inc says, and one ottava_tier line here.
include(CheckCXXSourceCompiles)

function(ottava_detect_architecture variable)
  foreach(candidate "x86_64|defined(__x86_64__) || defined(_M_X64)" "arm64|defined(__aarch64__) || defined(_M_ARM64)"
                    "arm32|defined(__arm__)")
    string(REPLACE "|" ";" parts "${candidate}")
    list(POP_FRONT parts name)
    string(REPLACE ";" "|" condition "${parts}")
    set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
    check_cxx_source_compiles("#if !(${condition})\n#error other\n#endif\nextern int ottava_probe;" OTTAVA_ARCH_${name})
    if(OTTAVA_ARCH_${name})
      set(${variable} ${name} PARENT_SCOPE)
      return()
    endif()
  endforeach()
  set(${variable} portable PARENT_SCOPE)
endfunction()
ottava_detect_architecture(OTTAVA_ARCHITECTURE)

set(OTTAVA_TIER_SOURCES "")
set(OTTAVA_TIER_DEFINITIONS "")
set(OTTAVA_TIERS portable)

# ottava_tier(<name> <architecture> <#include> [EXTENDS <tier>] FLAGS ... SOURCES ...): builds a tier of this
# architecture unless its option is off, the compiler does not know the flags, or the tier whose parts it uses is left
# out.
function(ottava_tier name architecture header)
  cmake_parse_arguments(tier "" "EXTENDS" "FLAGS;SOURCES" ${ARGN})
  if(NOT architecture STREQUAL OTTAVA_ARCHITECTURE)
    return()
  endif()
  string(TOUPPER ${name} upper)
  option(OTTAVA_TIER_${upper} "Build the kernels of ${name}" ON)
  if(NOT OTTAVA_TIER_${upper} OR (tier_EXTENDS AND NOT tier_EXTENDS IN_LIST OTTAVA_TIERS))
    return()
  endif()
  set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
  list(JOIN tier_FLAGS " " CMAKE_REQUIRED_FLAGS)
  check_cxx_source_compiles("#include <${header}>\nint ottava_probe() { return 0; }" OTTAVA_COMPILER_HAS_${upper})
  if(NOT OTTAVA_COMPILER_HAS_${upper})
    message(WARNING "ottava: ${CMAKE_CXX_COMPILER} cannot build the tier ${name}; it is left out")
    return()
  endif()
  list(TRANSFORM tier_SOURCES PREPEND ${PROJECT_SOURCE_DIR}/src/kernels/${name}/)
  if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
    list(APPEND tier_FLAGS -fno-lto) # code of one tier must not be inlined into another
    if(OTTAVA_FUZZ) # what libFuzzer steers by are the checks and choices before a kernel
      list(APPEND tier_FLAGS -fno-sanitize=fuzzer-no-link)
    endif()
    if(name IN_LIST OTTAVA_UNSANITIZED_TIERS)
      list(APPEND tier_FLAGS -fno-sanitize=all)
    elseif(OTTAVA_SANITIZE MATCHES undefined)
      list(APPEND tier_FLAGS ${OTTAVA_SPARED_CHECKS})
    endif()
  endif()
  set_source_files_properties(${tier_SOURCES} PROPERTIES COMPILE_OPTIONS "${tier_FLAGS}")
  set(OTTAVA_TIERS ${OTTAVA_TIERS} ${name} PARENT_SCOPE)
  set(OTTAVA_TIER_SOURCES ${OTTAVA_TIER_SOURCES} ${tier_SOURCES} PARENT_SCOPE)
  set(OTTAVA_TIER_DEFINITIONS ${OTTAVA_TIER_DEFINITIONS} OTTAVA_BUILD_${upper}=1 PARENT_SCOPE)
endfunction()

ottava_tier(x86_avx2 x86_64 immintrin.h
  FLAGS -mavx2
  SOURCES u8s8s32_6x16x4.cpp u8s8s32_indirect_6x16x4.cpp pack_quads.cpp s8s8s32_6x16x2.cpp
          s8s8s32_indirect_6x16x2.cpp s8s8s32_indirect_6x8x16.cpp pack.cpp output_stage.cpp depthwise.cpp pooling.cpp)
ottava_tier(x86_avxvnni x86_64 immintrin.h EXTENDS x86_avx2
  FLAGS -mavx2 -mavxvnni
  SOURCES u8s8s32_6x16x4.cpp u8s8s32_indirect_6x16x4.cpp u8s8s32_indirect_6x8x32.cpp pack.cpp depthwise.cpp)
ottava_tier(x86_avx512vnni x86_64 immintrin.h EXTENDS x86_avx2
  FLAGS -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni
  SOURCES u8s8s32_12x32x4.cpp u8s8s32_indirect_6x32x4.cpp u8s8s32_indirect_6x8x64.cpp pack.cpp output_stage.cpp
          look_up_vbmi.cpp depthwise.cpp pooling.cpp)
ottava_tier(x86_amx x86_64 immintrin.h EXTENDS x86_avx512vnni
  FLAGS -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni -mamx-tile -mamx-int8
  SOURCES s8s8s32_indirect_32x32x4.cpp u8s8s32_indirect_32x32x4.cpp)

ottava_tier(arm_neon arm64 arm_neon.h
  SOURCES s8s8s32_4x4x16.cpp s8s8s32_4x4x16.S s8s8s32_indirect_4x4x16.S depthwise_3x3.cpp depthwise_5x5.cpp
          depthwise_any.cpp pack.cpp output_stage.cpp pooling.cpp)
ottava_tier(arm_dotprod arm64 arm_neon.h
  FLAGS -march=armv8.2-a+dotprod
  SOURCES s8s8s32_8x12x4/s8s8s32_8x12x4.cpp s8s8s32_8x12x4/s8s8s32_8x12x4.S
          s8s8s32_8x12x4/s8s8s32_8x12x4_in_order.S
          s8s8s32_indirect_4x12x4/s8s8s32_indirect_4x12x4.cpp s8s8s32_indirect_4x12x4/s8s8s32_indirect_4x12x4.S
          s8s8s32_indirect_4x12x4/s8s8s32_indirect_4x12x4_in_order.S
          depthwise_3x3.cpp depthwise_5x5.cpp pack.cpp pack_8x4.S)
ottava_tier(arm_i8mm arm64 arm_neon.h
  FLAGS -march=armv8.2-a+dotprod+i8mm
  SOURCES s8s8s32_8x8x8/s8s8s32_8x8x8.cpp s8s8s32_8x8x8/s8s8s32_8x8x8.S s8s8s32_8x8x8/s8s8s32_8x8x8_in_order.S
          s8s8s32_indirect_4x8x8/s8s8s32_indirect_4x8x8.cpp s8s8s32_indirect_4x8x8/s8s8s32_indirect_4x8x8.S
          s8s8s32_indirect_4x8x8/s8s8s32_indirect_4x8x8_in_order.S
          pack.cpp)

if(OTTAVA_HOSTED) # the instruction set of application cores; firmware cores have Thumb and Helium
  ottava_tier(armv7_neon arm32 arm_neon.h
    FLAGS -march=armv7-a -mfpu=neon
    SOURCES s8s8s32_2x4x16.cpp s8s8s32_2x4x16.S depthwise.cpp pack.cpp output_stage.cpp pooling.cpp)
endif()

# Firmware is compiled for the core that it runs on. The loops of its kernels are assembly; what is around them is small.
if(NOT OTTAVA_HOSTED AND OTTAVA_ARCHITECTURE STREQUAL arm32)
  set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
  check_cxx_source_compiles("#if !defined(__ARM_FEATURE_DSP) || !defined(__ARM_FEATURE_UNALIGNED) || \
      defined(__ARM_FEATURE_MVE) || defined(__ARM_BIG_ENDIAN) || __ARM_ARCH_PROFILE != 'M'
    #error other
    #endif
    int ottava_probe() { return 0; }" OTTAVA_CORE_IS_CORTEXM_DSP)
  if(OTTAVA_CORE_IS_CORTEXM_DSP)
    ottava_tier(cortexm_dsp arm32 arm_acle.h
      FLAGS -Os
      SOURCES s8s8s32_indirect_2x4x4.cpp s8s8s32_indirect_2x4x4.S depthwise.cpp depthwise.S fixed_point.cpp fixed_point.S
              output_stage.cpp)
  endif()
  check_cxx_source_compiles("#if !defined(__ARM_FEATURE_MVE) || defined(__ARM_BIG_ENDIAN)
    #error other
    #endif
    int ottava_probe() { return 0; }" OTTAVA_CORE_IS_CORTEXM_MVE)
  if(OTTAVA_CORE_IS_CORTEXM_MVE)
    # GCC tells of every vector in a structure that its passing changed in GCC 10; these are inlined.
    ottava_tier(cortexm_mve arm32 arm_mve.h
      FLAGS -O2 -Wno-psabi
      SOURCES s8s8s32_indirect_16x4x16.cpp fused.cpp fused_rows.S fused_row.S depthwise.cpp
              depthwise_3x3.cpp depthwise_3x3.S output_stage.cpp entries.cpp)
  endif()
endif()

# CPUs of the tier may have AVX512-VBMI or not; this file is run where they have.
if("x86_avx512vnni" IN_LIST OTTAVA_TIERS)
  set_property(SOURCE ${PROJECT_SOURCE_DIR}/src/kernels/x86_avx512vnni/look_up_vbmi.cpp
               APPEND PROPERTY COMPILE_OPTIONS -mavx512vbmi)
endif()

# Below -O2 GCC leaves vzeroupper out, and SSE code after the kernel would run slowly.
if(OTTAVA_ARCHITECTURE STREQUAL x86_64 AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set_property(SOURCE ${OTTAVA_TIER_SOURCES} APPEND PROPERTY COMPILE_OPTIONS -fexpensive-optimizations)
endif()

# GCC 12 takes the undefined vectors inside its own AVX-512 header for uninitialized variables.
if("x86_avx512vnni" IN_LIST OTTAVA_TIERS AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set_property(SOURCE ${PROJECT_SOURCE_DIR}/src/kernels/x86_avx512vnni/depthwise.cpp
                      ${PROJECT_SOURCE_DIR}/src/kernels/x86_avx512vnni/output_stage.cpp
                      ${PROJECT_SOURCE_DIR}/src/kernels/x86_avx512vnni/pack.cpp
                      ${PROJECT_SOURCE_DIR}/src/kernels/x86_avx512vnni/pooling.cpp
                      ${PROJECT_SOURCE_DIR}/src/kernels/x86_avx512vnni/u8s8s32_12x32x4.cpp
                      ${PROJECT_SOURCE_DIR}/src/kernels/x86_avx512vnni/u8s8s32_indirect_6x32x4.cpp
                      ${PROJECT_SOURCE_DIR}/src/kernels/x86_avx512vnni/u8s8s32_indirect_6x8x64.cpp
               APPEND PROPERTY COMPILE_OPTIONS -Wno-maybe-uninitialized -Wno-uninitialized)
endif()

# The tiles of 5 x 5 are written in an order that just fits the registers, which GCC would lose before it allocates them;
# and it would load the quads only where they are used.
if(OTTAVA_ARCHITECTURE STREQUAL arm64 AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set_property(SOURCE ${PROJECT_SOURCE_DIR}/src/kernels/arm_neon/depthwise_5x5.cpp
               APPEND PROPERTY COMPILE_OPTIONS -fno-schedule-insns)
  set_property(SOURCE ${PROJECT_SOURCE_DIR}/src/kernels/arm_dotprod/depthwise_5x5.cpp
               APPEND PROPERTY COMPILE_OPTIONS -fno-schedule-insns -fno-tree-ter)
endif()
