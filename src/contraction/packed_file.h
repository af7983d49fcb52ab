// A packed operator as a file: what its bytes are, and the checks that need no operator. Nothing in it is a pointer, so
// it is used where it lies, wherever that is; nothing in it is ever written.
//
//     header | numbers of the operator | arrays per channel (ChannelLayout) | packed weights (PackedLayout)
//
// Of a layer that is several contractions the arrays of all of them come before the weights of all of them.
// The arrays and the weights start at multiples of kAlignment, as the file does. Offsets within them follow from the
// numbers, NR and KR alone: none is read from the file.
#ifndef OTTAVA_SRC_CONTRACTION_PACKED_FILE_H_
#define OTTAVA_SRC_CONTRACTION_PACKED_FILE_H_

#include "base/checked.h"
#include "base/status.h"
#include "contraction/numbers.h"
#include "contraction/plan.h"
#include "contraction/prepared.h"
#include "contraction/repack.h"

namespace ottava {

enum class PackedKind : uint32_t {
  matmul = 1,
  conv2d = 2,
  depthwise_conv2d = 3,
  transposed_conv2d = 4,
  pool2d = 5,
  add = 6
};

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
  char kernel[48];  // for many rows; "any" where there are no weights
  uint64_t weights_checksum;
  uint64_t front_checksum;  // of all before the weights but for this number
};
static_assert(sizeof(PackedHeader) == 136, "no padding, and the same on every machine");

// The header of a file of at least `bytes` readable bytes, all before the weights checked but for what its numbers
// mean; null with words in *error. Reads no weights.
const PackedHeader* check_packed(const void* file, uint64_t bytes, Error* error);

// Whether the weights are what was written.
bool weights_are_intact(const PackedHeader& header);

// What a file is laid out for.
struct PackedFor {
  const char* kernel = "any";
  Isa tier = Isa::any;
  size_t nr = 1;
  size_t kr = 1;
  bool rhs_is_unsigned = false;
  bool own_small_m = false;
};
PackedFor packed_for(const ContractionPlan& plan);

// The first of what is written: the header, but for what seal_packed adds, and zeros up to the arrays.
void begin_packed(PackedKind kind, uint32_t library, const PackedFor& laid_out_for, size_t numbers, size_t array_bytes,
                  size_t weight_bytes, uint8_t* file);

// Puts both checksums into a file that is complete but for these; any alignment.
void seal_packed(uint8_t* file);

inline const uint8_t* numbers_of(const PackedHeader& header) {
  return reinterpret_cast<const uint8_t*>(&header) + sizeof(PackedHeader);
}
// Where the arrays begin behind so many numbers.
inline Size channels_from(size_t numbers) {
  return (Size(numbers) * sizeof(int64_t) + Size(sizeof(PackedHeader))).rounded_up(kAlignment);
}

// Reads what *stored names in visit(Numbers&) from a file of its kind; stored->header is set.
template <class Stored>
Status read_numbers(const void* file, uint64_t bytes, PackedKind kind, const char* other, Stored* stored,
                    Error* error) {
  *stored = {};
  stored->header = check_packed(file, bytes, error);
  if (stored->header == nullptr) return error->status;
  if (stored->header->kind != kind || stored->header->numbers != count_numbers<Stored>()) {
    error->set(Status::unsupported, "packed") << other;
    return Status::unsupported;
  }
  Numbers numbers(numbers_of(*stored->header));
  stored->visit(numbers);
  if (numbers.sound()) return Status::ok;
  error->set(Status::bad_packed, "packed") << "is corrupt: a parameter has a value that does not exist";
  return Status::bad_packed;
}

template <class Stored>
void write_numbers(Stored stored, uint8_t* file) {
  Numbers numbers(Numbers::Way::write, file + sizeof(PackedHeader));
  stored.visit(numbers);
}

// A contraction that a file holds, as it lies there; others like it may follow.
struct StoredContraction {
  ContractionPlan plan;     // sizes and layouts alone: nothing that runs
  const uint8_t* channels;  // plan.channels.total bytes
  const uint8_t* packed;    // plan.packed.total bytes
};
inline PackedSource source_of(const StoredContraction& stored, const WeightRuns& runs = {}) {
  return {&stored.plan, stored.channels, stored.packed, runs, stored.plan.channels.total, stored.plan.packed.total};
}

// The contractions of a file, one behind the other. No more is believed of it than that its bytes are there.
class StoredContractions {
 public:
  explicit StoredContractions(const PackedHeader& header);

  // The next `copies`, all of this problem: *stored is the first of them. Refused where the file has no room for them.
  Status next(const Contraction& problem, size_t copies, StoredContraction* stored, Error* error);
  // Refuses a file that holds more.
  Status finish(Error* error) const;

 private:
  const PackedHeader& header_;
  Size channels_;
  Size packed_;
};

// Refuses values per channel that no output stage could take.
Status check_channels(const PackedHeader& header, const StoredContraction& stored, size_t copies, Error* error);
struct StoredChannel {
  int32_t rhs_zero;  // in `range`
  int32_t multiplier;
  int32_t exponent;
  float scale;
  float bias;
};
Status check_channel(Stage stage, const StoredChannel& channel, Range range, size_t n, Error* error);

// What a problem of these numbers must look like in the file; refused where the file is not exactly that, or holds
// values per channel that no output stage could take.
Status find_contraction(const PackedHeader& header, const Contraction& problem, StoredContraction* stored,
                        Error* error);

// A file says of its parameters only that something is wrong with them: *error, in these words.
Status corrupt(Error* error);
Status corrupt(const char* words, Error* error);

// The kernel of this name in a list, or null.
const Kernel* kernel_named(const KernelList& list, const char* name);

}  // namespace ottava

#endif  // OTTAVA_SRC_CONTRACTION_PACKED_FILE_H_
