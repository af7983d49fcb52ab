// A packed operator as a file: what its bytes are, and the checks that need no operator. Nothing in it is a pointer, so
// it is used where it lies, wherever that is; nothing in it is ever written.
//
//     header | numbers of the operator | arrays per channel (ChannelLayout) | packed weights (PackedLayout)
//
// The arrays and the weights start at multiples of kAlignment, as the file does. Offsets within them follow from the
// numbers, NR and KR alone: none is read from the file.
#ifndef OTTAVA_SRC_CONTRACTION_PACKED_FILE_H_
#define OTTAVA_SRC_CONTRACTION_PACKED_FILE_H_

#include "base/checked.h"
#include "base/status.h"
#include "contraction/plan.h"
#include "contraction/prepared.h"

namespace ottava {

enum class PackedKind : uint32_t { matmul = 1 };

constexpr uint32_t kPackedFormat = 1;
constexpr uint32_t kByteOrder = 0x01020304;

struct PackedHeader {
  uint8_t magic[8];
  uint32_t byte_order;
  uint32_t format;
  uint32_t library;  // version of the one that wrote it: major * 2^16 + minor * 2^8 + patch
  PackedKind kind;
  uint64_t bytes;         // of the whole
  uint64_t numbers;       // how many
  uint64_t weights_from;  // offset of the packed weights
  uint32_t tier;
  uint32_t nr;
  uint32_t kr;
  uint32_t rhs_is_unsigned;  // the canonical element of the weights
  uint32_t own_small_m;      // the small M has folded offsets of its own
  uint32_t reserved;
  char kernel[48];  // for many rows
  uint64_t weights_checksum;
  uint64_t front_checksum;  // of all before the weights but for this number
};
static_assert(sizeof(PackedHeader) == 136, "no padding, and the same on every machine");

// The header of a file of at least `bytes` readable bytes, all before the weights checked but for what its numbers
// mean; null with words in *error. Reads no weights.
const PackedHeader* check_packed(const void* file, uint64_t bytes, Error* error);

// Whether the weights are what was written.
bool weights_are_intact(const PackedHeader& header);

// Puts both checksums into a file that is complete but for these; any alignment.
void seal_packed(uint8_t* file);

inline const uint8_t* numbers_of(const PackedHeader& header) {
  return reinterpret_cast<const uint8_t*>(&header) + sizeof(PackedHeader);
}
// Where the arrays begin behind so many numbers.
inline Size channels_from(size_t numbers) {
  return (Size(numbers) * sizeof(int64_t) + Size(sizeof(PackedHeader))).rounded_up(kAlignment);
}

// The contraction that a file holds, as it lies there.
struct StoredContraction {
  ContractionPlan plan;     // sizes and layouts alone: nothing that runs
  const uint8_t* channels;  // plan.channels.total bytes
  const uint8_t* packed;    // plan.packed.total bytes
};

// What a problem of these numbers must look like in the file; refused where the file is not exactly that, or holds
// values per channel that no output stage could take.
Status find_contraction(const PackedHeader& header, const Contraction& problem, StoredContraction* stored,
                        Error* error);

// The kernel of this name in a list, or null.
const Kernel* kernel_named(const KernelList& list, const char* name);

}  // namespace ottava

#endif  // OTTAVA_SRC_CONTRACTION_PACKED_FILE_H_
