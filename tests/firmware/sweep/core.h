// A core: its way to the host, its memory protection, and what happens at a fault.
#ifndef OTTAVA_TESTS_FIRMWARE_SWEEP_CORE_H_
#define OTTAVA_TESTS_FIRMWARE_SWEEP_CORE_H_

#include <stddef.h>
#include <stdint.h>

namespace ottava {

// Memory beside the program, which nothing may touch but where a region of the MPU says so.
extern "C" uint8_t guarded_start[], guarded_end[];

size_t semihosting(size_t operation, const void* parameters);

// Regions of the MPU, or of pages, for guarded memory, numbered from 0.
size_t mpu_regions();

// The least size that one region can have exactly, at a multiple of `alignment`.
struct MpuExtent {
  size_t bytes, alignment;
};
MpuExtent mpu_extent(size_t bytes);

// From now on the region has these bytes, a size of mpu_extent; 0: none.
void set_mpu_region(size_t region, const uint8_t* start, size_t bytes, bool read_only);

// What a fault ends in, outside the handler. `address` is what was accessed, if the core can tell; 0 else.
[[noreturn]] void report_fault(uintptr_t instruction, uintptr_t status, uintptr_t address);

}  // namespace ottava

#endif  // OTTAVA_TESTS_FIRMWARE_SWEEP_CORE_H_
