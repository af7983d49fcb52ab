# Debian's ARMv7 hard-float cross compiler (g++-arm-linux-gnueabihf); programs run under QEMU user mode, on the CPU
# that QEMU_CPU names in the environment.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR armv7)
set(CMAKE_C_COMPILER arm-linux-gnueabihf-gcc)
set(CMAKE_CXX_COMPILER arm-linux-gnueabihf-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-arm;-L;/usr/arm-linux-gnueabihf)

# OTTAVA_SYSROOT_DIR may name a folder with the target's libcpuinfo, libpthreadpool and Catch2. Libraries come from
# there or not at all, as this machine's own are for another architecture.
set(CMAKE_FIND_ROOT_PATH ${OTTAVA_SYSROOT_DIR} /usr/arm-linux-gnueabihf)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
