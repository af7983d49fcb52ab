// Guarded memory of a core: each block in a region of the MPU, and a canary before and behind it where all regions are
// taken or the block is too large for the memory that is set aside.
#include "guarded_pages.h"

#include <malloc.h>
#include <string.h>

#include "core.h"
#include "guards.h"
#include "without_catch.h"

namespace ottava {
namespace {

constexpr size_t kSlotBytes = size_t{128} << 10;  // beside as many that are never accessible
constexpr size_t kMostRegions = 16;
constexpr size_t kCanary = 1024;
bool taken[kMostRegions];
GuardCounts counts;

size_t slot_count() {
  const size_t room = static_cast<size_t>(guarded_end - guarded_start) / (2 * kSlotBytes);
  const size_t regions = mpu_regions() < kMostRegions ? mpu_regions() : kMostRegions;
  return room < regions ? room : regions;
}
uint8_t* slot(size_t index) { return guarded_start + 2 * kSlotBytes * index; }
bool in_slot(const uint8_t* block) { return block >= guarded_start && block < guarded_end; }
size_t slot_of(const uint8_t* block) { return static_cast<size_t>(block - guarded_start) / (2 * kSlotBytes); }

uint8_t canary(size_t offset) { return static_cast<uint8_t>(0x5au + offset * 37u); }

uint64_t checksum(const uint8_t* block, size_t extent) {
  uint64_t sum = 0;
  for (size_t i = 0; i < extent; ++i) sum = sum * 1099511628211u + block[i];
  return sum;
}

// Before the block, behind its canary.
struct Header {
  uint64_t sum;  // of the block, once writes are forbidden
  bool read_only;
};
constexpr size_t kFront = sizeof(Header) + kCanary;
Header* header(uint8_t* block) { return reinterpret_cast<Header*>(block - kFront); }

uint8_t* map_with_canaries(size_t extent) {
  uint8_t* const memory = static_cast<uint8_t*>(memalign(64, kFront + extent + kCanary));
  if (memory == nullptr) return nullptr;
  uint8_t* const block = memory + kFront;
  *header(block) = {0, false};
  for (size_t i = 0; i < kCanary; ++i) block[extent + i] = *(block - kCanary + i) = canary(i);
  ++counts.canaries;
  return block;
}

void check_canaries(uint8_t* block, size_t extent) {
  for (size_t i = 0; i < kCanary; ++i) {
    if (*(block - kCanary + i) != canary(i)) FAIL("a write " << kCanary - i << " bytes before a buffer");
    if (block[extent + i] != canary(i)) FAIL("a write " << i + 1 << " bytes behind a buffer");
  }
  if (header(block)->read_only && header(block)->sum != checksum(block, extent)) FAIL("a write into an operand");
}

}  // namespace

size_t guarded_page() { return kCanary; }

size_t guarded_extent(size_t bytes) { return mpu_extent(bytes).bytes; }

uint8_t* map_guarded(size_t extent) {
  for (size_t i = 0; i < slot_count() && extent <= kSlotBytes; ++i) {
    if (taken[i]) continue;
    taken[i] = true;
    set_mpu_region(i, slot(i), extent, false);
    ++counts.regions;
    return slot(i);
  }
  return map_with_canaries(extent);
}

void unmap_guarded(uint8_t* block, size_t extent) {
  if (in_slot(block)) {
    taken[slot_of(block)] = false;
    set_mpu_region(slot_of(block), nullptr, 0, false);
    return;
  }
  check_canaries(block, extent);
  free(block - kFront);
}

bool forbid_writes(uint8_t* block, size_t extent) {
  if (in_slot(block)) {
    set_mpu_region(slot_of(block), block, extent, true);
  } else {
    *header(block) = {checksum(block, extent), true};
  }
  return true;
}

GuardCounts guard_counts() { return counts; }

}  // namespace ottava
