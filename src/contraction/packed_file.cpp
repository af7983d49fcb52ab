#include "contraction/packed_file.h"

#include "base/checked.h"
#include "base/checksum.h"
#include "output/arithmetic.h"

namespace ottava {
namespace {

constexpr uint8_t kMagic[8] = {0x8f, 'O', 'T', 'T', 'A', 'V', 'A', '\n'};
constexpr uint32_t kMostNr = 4096;
constexpr uint32_t kMostKr = 64;

const PackedHeader* refuse(Status status, const char* words, Error* error) {
  error->set(status, "packed") << words;
  return nullptr;
}

Status refuse_channel(const char* what, size_t channel, Error* error) {
  error->set(Status::bad_packed, "packed")
      << "is corrupt: channel " << static_cast<uint64_t>(channel) << " has " << what << " out of range";
  return Status::bad_packed;
}

uint64_t front_checksum(const uint8_t* file, size_t weights_from) {
  const uint64_t sum = checksum(kChecksumStart, file, offsetof(PackedHeader, front_checksum));
  return checksum(sum, file + sizeof(PackedHeader), weights_from - sizeof(PackedHeader));
}

bool is_finite(float value) { return value - value == 0.0f; }

// Largest exponent that the arithmetic of a stage is written for, see output/arithmetic.h.
int32_t most_exponent(Stage stage) {
  switch (stage) {
    case Stage::multiply_shift_floor:
    case Stage::multiply_shift_half_up:
    case Stage::multiply_shift_half_away: return 0;
    case Stage::fixed_two_roundings:
    case Stage::fixed_two_roundings_saturating: return 31;
    default: return 30;
  }
}

// Whatever stands here is multiplied and shifted by: a value out of range would be no error of arithmetic that a run
// could notice.
Status check_channels(const StoredContraction& stored, bool rhs_is_unsigned, Error* error) {
  const ContractionPlan& plan = stored.plan;
  const ChannelLayout& at = plan.channels;
  const Stage stage = plan.output.stage;
  const bool shifts_alone = most_exponent(stage) == 0;
  const Range range = range_of(rhs_is_unsigned ? Type::u8 : Type::s8);
  for (size_t n = 0; n < plan.n; ++n) {
    const int32_t zero = *channel_array<int32_t>(stored.channels, at.rhs_zero, n);
    if (zero < range.min || zero > range.max) return refuse_channel("a zero point", n, error);
    if (at.multiplier != 0) {
      const int32_t multiplier = *channel_array<int32_t>(stored.channels, at.multiplier, n);
      if (multiplier < 0 && !shifts_alone) return refuse_channel("a multiplier", n, error);
      const int32_t exponent = *channel_array<int32_t>(stored.channels, at.exponent, n);
      if (exponent < -31 || exponent > most_exponent(stage)) return refuse_channel("a shift", n, error);
    }
    if (at.scale != 0) {
      const float scale = *channel_array<float>(stored.channels, at.scale, n);
      if (!is_finite(scale) || scale < 0.0f) return refuse_channel("a scale", n, error);
    }
    if (at.bias != 0 && !is_finite(*channel_array<float>(stored.channels, at.bias, n))) {
      return refuse_channel("a bias", n, error);
    }
  }
  return Status::ok;
}

}  // namespace

const PackedHeader* check_packed(const void* file, uint64_t bytes, Error* error) {
  if ((reinterpret_cast<uintptr_t>(file) & (kAlignment - 1)) != 0) {
    return refuse(Status::bad_memory, "is not aligned to 64 bytes", error);
  }
  const uint8_t* const first = static_cast<const uint8_t*>(file);
  for (size_t i = 0; i < sizeof kMagic; ++i) {
    if (i < bytes && first[i] != kMagic[i]) return refuse(Status::bad_packed, "is no packed operator of ottava", error);
  }
  if (bytes < sizeof(PackedHeader)) {
    error->set(Status::bad_packed, "packed") << "is truncated: " << bytes << " bytes are less than its header";
    return nullptr;
  }
  const PackedHeader& header = *static_cast<const PackedHeader*>(file);
  if (header.byte_order != kByteOrder) {
    const bool swapped = header.byte_order == __builtin_bswap32(kByteOrder);
    return swapped ? refuse(Status::unsupported, "is of the other byte order", error)
                   : refuse(Status::bad_packed, "is corrupt: its byte order is none", error);
  }
  if (header.format != kPackedFormat) {
    error->set(Status::unsupported, "packed")
        << "is of format " << header.format << ", this library reads " << kPackedFormat;
    return nullptr;
  }
  if (header.bytes > bytes || header.bytes != static_cast<size_t>(header.bytes)) {
    error->set(Status::bad_packed, "packed") << "is truncated: " << bytes << " bytes of " << header.bytes;
    return nullptr;
  }
  // From here on every offset is within the bytes that are there, and so is a size_t.
  const Size from = Size::from(header.numbers) * sizeof(int64_t) + Size(sizeof(PackedHeader));
  if (!from.valid() || from.value() > header.weights_from || header.weights_from > header.bytes ||
      header.weights_from % kAlignment != 0 || header.bytes % kAlignment != 0) {
    return refuse(Status::bad_packed, "is corrupt: its sizes contradict each other", error);
  }
  if (front_checksum(first, static_cast<size_t>(header.weights_from)) != header.front_checksum) {
    return refuse(Status::bad_packed, "is corrupt: the checksum of its header and parameters is another", error);
  }
  const bool shape = header.nr != 0 && header.nr <= kMostNr && header.kr != 0 && header.kr <= kMostKr;
  const bool named = header.kernel[0] != '\0' && header.kernel[sizeof header.kernel - 1] == '\0';
  if (!shape || !named || header.rhs_is_unsigned > 1 || header.own_small_m > 1 || header.reserved != 0) {
    return refuse(Status::bad_packed, "is corrupt: its header is none that ottava writes", error);
  }
  return &header;
}

bool weights_are_intact(const PackedHeader& header) {
  const uint8_t* const file = reinterpret_cast<const uint8_t*>(&header);
  const size_t from = static_cast<size_t>(header.weights_from);
  return checksum(kChecksumStart, file + from, static_cast<size_t>(header.bytes) - from) == header.weights_checksum;
}

void seal_packed(uint8_t* file) {
  PackedHeader header;
  copy_bytes(&header, file, sizeof header);
  const size_t from = static_cast<size_t>(header.weights_from);
  header.weights_checksum = checksum(kChecksumStart, file + from, static_cast<size_t>(header.bytes) - from);
  copy_bytes(header.magic, kMagic, sizeof kMagic);
  copy_bytes(file, &header, sizeof header);
  header.front_checksum = front_checksum(file, from);
  copy_bytes(file, &header, sizeof header);
}

Status find_contraction(const PackedHeader& header, const Contraction& problem, StoredContraction* stored,
                        Error* error) {
  const uint8_t* const file = reinterpret_cast<const uint8_t*>(&header);
  const Element element = header.rhs_is_unsigned != 0 ? Element::u8 : Element::s8;
  Status status = plan_layout(problem, element, header.nr, header.kr, header.own_small_m != 0, &stored->plan, error);
  if (status != Status::ok) return status;
  const Size channels = channels_from(static_cast<size_t>(header.numbers));
  const Size packed = channels + stored->plan.channels.total;
  const Size end = packed + stored->plan.packed.total;
  if (!end.valid() || packed.value() != header.weights_from || end.value() != header.bytes) {
    error->set(Status::bad_packed, "packed") << "is corrupt: its sizes are not those of its parameters";
    return Status::bad_packed;
  }
  stored->channels = file + channels.value();
  stored->packed = file + packed.value();
  return check_channels(*stored, header.rhs_is_unsigned != 0, error);
}

const Kernel* kernel_named(const KernelList& list, const char* name) {
  for (size_t i = 0; i < list.count; ++i) {
    if (same_text(list.kernels[i]->name, name)) return list.kernels[i];
  }
  return nullptr;
}

}  // namespace ottava
