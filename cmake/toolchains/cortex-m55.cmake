# Cortex-M55 with FPU and Helium (MVE), by Debian's gcc-arm-none-eabi.
#
# -fno-if-conversion2: where GCC 12 makes the conversion of a double conditional on "not equal", as it does at -Os, it writes
# vcvtne.f64.s32, which the assembler takes for VCVTN and an "else" of a Helium block and refuses.
set(CMAKE_SYSTEM_PROCESSOR arm)
set(OTTAVA_FIRMWARE_COMPILER arm-none-eabi-)
set(OTTAVA_FIRMWARE_FLAGS "-mcpu=cortex-m55 -mthumb -mfloat-abi=hard -fno-if-conversion2")
include(${CMAKE_CURRENT_LIST_DIR}/firmware.cmake)
