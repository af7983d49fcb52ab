# What the toolchain files of bare-metal targets share. They set OTTAVA_FIRMWARE_COMPILER (the prefix of GCC's tools) and
# OTTAVA_FIRMWARE_FLAGS (the core) and include this file. No C library is assumed.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_C_COMPILER ${OTTAVA_FIRMWARE_COMPILER}gcc)
set(CMAKE_CXX_COMPILER ${OTTAVA_FIRMWARE_COMPILER}g++)
set(CMAKE_ASM_COMPILER ${OTTAVA_FIRMWARE_COMPILER}gcc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
# Each function and each table in a section of its own: an image that is linked with --gc-sections holds what it uses.
set(OTTAVA_FIRMWARE_FLAGS "${OTTAVA_FIRMWARE_FLAGS} -ffunction-sections -fdata-sections")
foreach(language C CXX)
  set(CMAKE_${language}_FLAGS_INIT "${OTTAVA_FIRMWARE_FLAGS}")
endforeach()
set(CMAKE_ASM_FLAGS_INIT "${OTTAVA_FIRMWARE_FLAGS}")
set(CMAKE_BUILD_TYPE MinSizeRel CACHE STRING "Smallest code; kernels set their own level") # before the project's default
