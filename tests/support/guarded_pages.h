// What protects the memory of GuardedBuffer: the pages of the operating system, or a core's MPU.
#ifndef OTTAVA_TESTS_GUARDED_PAGES_H_
#define OTTAVA_TESTS_GUARDED_PAGES_H_

#include <stddef.h>
#include <stdint.h>

namespace ottava {

// Every block starts at a multiple of this, and memory around it that no access survives is at least so long.
size_t guarded_page();

// The least size of a block that holds so many bytes.
size_t guarded_extent(size_t bytes);

// A block of a size that guarded_extent returned, 0 included. Null where there is no memory.
uint8_t* map_guarded(size_t extent);
void unmap_guarded(uint8_t* block, size_t extent);

// Whether a write into the block is fatal from now on.
bool forbid_writes(uint8_t* block, size_t extent);

}  // namespace ottava

#endif  // OTTAVA_TESTS_GUARDED_PAGES_H_
