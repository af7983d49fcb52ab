# AArch64 without an operating system. Debian has no aarch64-none-elf-gcc: the compiler for Linux makes the same code when
# it assumes no C library, and images are linked with -nostdlib.
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(OTTAVA_FIRMWARE_COMPILER aarch64-linux-gnu-)
set(OTTAVA_FIRMWARE_FLAGS "-ffreestanding -fno-pic -fno-stack-protector -fno-asynchronous-unwind-tables -mno-outline-atomics")
include(${CMAKE_CURRENT_LIST_DIR}/firmware.cmake)
