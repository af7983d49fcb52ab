// A checksum of 64 bits over words of 64, in the byte order of the machine. Every step maps different sums to different
// sums, so a change in one word alone is always noticed. It guards against accidents, not against forgery.
#ifndef OTTAVA_SRC_BASE_CHECKSUM_H_
#define OTTAVA_SRC_BASE_CHECKSUM_H_

#include "base/memory.h"

namespace ottava {

constexpr uint64_t kChecksumStart = 0x9e3779b97f4a7c15u;

// Of `bytes`, a multiple of 8, at any alignment, after those that `sum` stands for.
inline uint64_t checksum(uint64_t sum, const uint8_t* from, size_t bytes) {
  for (size_t i = 0; i < bytes; i += sizeof(uint64_t)) {
    uint64_t word;
    copy_bytes(&word, from + i, sizeof word);
    sum = (sum ^ word) * 0xd6e8feb86659fd93u;  // odd: what differs stays different
    sum ^= sum >> 32;
  }
  return sum;
}

}  // namespace ottava

#endif  // OTTAVA_SRC_BASE_CHECKSUM_H_
