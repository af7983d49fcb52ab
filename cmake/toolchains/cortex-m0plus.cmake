# Cortex-M0+, by Debian's gcc-arm-none-eabi. Its code runs on every Cortex-M.
set(CMAKE_SYSTEM_PROCESSOR arm)
set(OTTAVA_FIRMWARE_COMPILER arm-none-eabi-)
set(OTTAVA_FIRMWARE_FLAGS "-mcpu=cortex-m0plus -mthumb")
include(${CMAKE_CURRENT_LIST_DIR}/firmware.cmake)
