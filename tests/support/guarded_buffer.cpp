#include "guarded_buffer.h"

#include <sys/mman.h>
#include <unistd.h>

#include <new>
#include <stdexcept>

namespace ottava {

namespace {

// Differs from byte to byte, so that a copy of slack to another place in the slack shows.
uint8_t pattern(size_t offset) { return static_cast<uint8_t>(0xa5u ^ (offset * 29u + (offset >> 8))); }

}  // namespace

GuardedBuffer::GuardedBuffer(size_t bytes, Side side, size_t alignment, size_t misalignment) : bytes_(bytes) {
  page_ = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  if (alignment == 0 || (alignment & (alignment - 1)) != 0 || alignment > page_ || misalignment >= alignment) {
    throw std::invalid_argument("GuardedBuffer: alignment");
  }
  if (bytes > SIZE_MAX / 2) throw std::bad_alloc();
  // Enough for the buffer at the worst place; no page at all for no bytes without alignment.
  accessible_ = (bytes + alignment - 1 + page_ - 1) / page_ * page_;

  void* mapping = mmap(nullptr, accessible_ + 2 * page_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) throw std::bad_alloc();
  mapping_ = static_cast<uint8_t*>(mapping);
  uint8_t* lower = mapping_ + page_;
  if (accessible_ > 0 && mprotect(lower, accessible_, PROT_READ | PROT_WRITE) != 0) {
    munmap(mapping_, accessible_ + 2 * page_);
    throw std::bad_alloc();
  }
  for (size_t i = 0; i < accessible_; ++i) lower[i] = pattern(i);

  // Both guard pages are aligned to more than `alignment`, so offsets can be aligned in place of addresses.
  size_t offset = misalignment;
  if (side == Side::upper) offset = ((accessible_ - bytes - misalignment) & ~(alignment - 1)) + misalignment;
  data_ = lower + offset;
}

GuardedBuffer::~GuardedBuffer() { munmap(mapping_, accessible_ + 2 * page_); }

bool GuardedBuffer::check() const {
  const uint8_t* lower = mapping_ + page_;
  const size_t begin = static_cast<size_t>(data_ - lower);
  for (size_t i = 0; i < begin; ++i) {
    if (lower[i] != pattern(i)) return false;
  }
  for (size_t i = begin + bytes_; i < accessible_; ++i) {
    if (lower[i] != pattern(i)) return false;
  }
  return true;
}

void GuardedBuffer::make_read_only() {
  if (accessible_ > 0 && mprotect(mapping_ + page_, accessible_, PROT_READ) != 0) {
    throw std::runtime_error("GuardedBuffer: mprotect");
  }
}

}  // namespace ottava
