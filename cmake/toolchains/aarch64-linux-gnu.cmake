# Debian's AArch64 cross compiler (g++-aarch64-linux-gnu); programs run under QEMU user mode, on the CPU that QEMU_CPU
# names in the environment.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64;-L;/usr/aarch64-linux-gnu)

# OTTAVA_SYSROOT_DIR may name a folder with the target's libcpuinfo, libpthreadpool and Catch2. Libraries come from
# there or not at all, as this machine's own are for another architecture.
set(CMAKE_FIND_ROOT_PATH ${OTTAVA_SYSROOT_DIR} /usr/aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
