#include "guarded_pages.h"

#include <sys/mman.h>
#include <unistd.h>

namespace ottava {

size_t guarded_page() { return static_cast<size_t>(sysconf(_SC_PAGESIZE)); }

size_t guarded_extent(size_t bytes) { return (bytes + guarded_page() - 1) / guarded_page() * guarded_page(); }

uint8_t* map_guarded(size_t extent) {
  const size_t page = guarded_page();
  void* const mapping = mmap(nullptr, extent + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) return nullptr;
  uint8_t* const block = static_cast<uint8_t*>(mapping) + page;
  if (extent == 0 || mprotect(block, extent, PROT_READ | PROT_WRITE) == 0) return block;
  unmap_guarded(block, extent);
  return nullptr;
}

void unmap_guarded(uint8_t* block, size_t extent) { munmap(block - guarded_page(), extent + 2 * guarded_page()); }

bool forbid_writes(uint8_t* block, size_t extent) { return extent == 0 || mprotect(block, extent, PROT_READ) == 0; }

}  // namespace ottava
