#include "guarded_buffer.h"

#include <new>
#include <stdexcept>

#include "guarded_pages.h"

namespace ottava {

namespace {

// Differs from byte to byte, so that a copy of slack to another place in the slack shows.
uint8_t pattern(size_t offset) { return static_cast<uint8_t>(0xa5u ^ (offset * 29u + (offset >> 8))); }

}  // namespace

GuardedBuffer::GuardedBuffer(size_t bytes, Side side, size_t alignment, size_t misalignment) : bytes_(bytes) {
  if (alignment == 0 || (alignment & (alignment - 1)) != 0 || alignment > guarded_page() || misalignment >= alignment) {
    throw std::invalid_argument("GuardedBuffer: alignment");
  }
  if (bytes > SIZE_MAX / 2) throw std::bad_alloc();
  // Enough for the buffer at the worst place; no page at all for no bytes without alignment.
  accessible_ = guarded_extent(bytes + alignment - 1);
  block_ = map_guarded(accessible_);
  if (block_ == nullptr) throw std::bad_alloc();
  for (size_t i = 0; i < accessible_; ++i) block_[i] = pattern(i);

  // Both guard pages are aligned to more than `alignment`, so offsets can be aligned in place of addresses.
  size_t offset = misalignment;
  if (side == Side::upper) offset = ((accessible_ - bytes - misalignment) & ~(alignment - 1)) + misalignment;
  data_ = block_ + offset;
}

GuardedBuffer::~GuardedBuffer() { unmap_guarded(block_, accessible_); }

bool GuardedBuffer::check() const {
  const size_t begin = static_cast<size_t>(data_ - block_);
  for (size_t i = 0; i < begin; ++i) {
    if (block_[i] != pattern(i)) return false;
  }
  for (size_t i = begin + bytes_; i < accessible_; ++i) {
    if (block_[i] != pattern(i)) return false;
  }
  return true;
}

void GuardedBuffer::make_read_only() {
  if (!forbid_writes(block_, accessible_)) throw std::runtime_error("GuardedBuffer: read-only");
}

}  // namespace ottava
