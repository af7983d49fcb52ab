# Debian's AArch64 cross compiler (g++-aarch64-linux-gnu); programs run under QEMU user mode.
# OTTAVA_SYSROOT_DIR may name a folder with the target's libcpuinfo and libpthreadpool.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64;-L;/usr/aarch64-linux-gnu)
