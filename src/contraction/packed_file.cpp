#include "contraction/packed_file.h"

#include "base/checked.h"
#include "base/checksum.h"
#include "base/memory.h"
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

PackedFor packed_for(const ContractionPlan& plan) {
  const Kernel& kernel = *plan.routes.kernel;
  return {kernel.name,
          kernel.isa,
          plan.nr,
          plan.routes.many.tile.kr,
          kernel.rhs->element == Element::u8,
          has_own_small_m(plan.routes)};
}

void begin_packed(PackedKind kind, uint32_t library, const PackedFor& laid_out_for, size_t numbers, size_t array_bytes,
                  size_t weight_bytes, uint8_t* file) {
  const size_t arrays = channels_from(numbers).value();
  zero_bytes(file, arrays);
  PackedHeader header = {};
  header.byte_order = kByteOrder;
  header.format = kPackedFormat;
  header.library = library;
  header.kind = kind;
  header.numbers = numbers;
  header.weights_from = arrays + array_bytes;
  header.bytes = header.weights_from + weight_bytes;
  header.tier = static_cast<uint32_t>(laid_out_for.tier);
  header.nr = static_cast<uint32_t>(laid_out_for.nr);
  header.kr = static_cast<uint32_t>(laid_out_for.kr);
  header.rhs_is_unsigned = laid_out_for.rhs_is_unsigned ? 1 : 0;
  header.own_small_m = laid_out_for.own_small_m ? 1 : 0;
  Text(header.kernel) << laid_out_for.kernel;
  copy_bytes(file, &header, sizeof header);
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

StoredContractions::StoredContractions(const PackedHeader& header)
    : header_(header),
      channels_(channels_from(static_cast<size_t>(header.numbers))),
      packed_(static_cast<size_t>(header.weights_from)) {}

Status StoredContractions::next(const Contraction& problem, size_t copies, StoredContraction* stored, Error* error) {
  const uint8_t* const file = reinterpret_cast<const uint8_t*>(&header_);
  const Element element = header_.rhs_is_unsigned != 0 ? Element::u8 : Element::s8;
  const Status status =
      plan_layout(problem, element, header_.nr, header_.kr, header_.own_small_m != 0, &stored->plan, error);
  if (status != Status::ok) return status;
  const Size channels = channels_ + Size(stored->plan.channels.total) * copies;
  const Size packed = packed_ + Size(stored->plan.packed.total) * copies;
  if (!channels.valid() || !packed.valid() || channels.value() > header_.weights_from ||
      packed.value() > header_.bytes) {
    return corrupt("its sizes are not those of its parameters", error);
  }
  stored->channels = file + channels_.value();
  stored->packed = file + packed_.value();
  channels_ = channels;
  packed_ = packed;
  return Status::ok;
}

Status StoredContractions::finish(Error* error) const {
  if (channels_.value() == header_.weights_from && packed_.value() == header_.bytes) return Status::ok;
  return corrupt("its sizes are not those of its parameters", error);
}

// Whatever stands here is multiplied and shifted by: a value out of range would be no error of arithmetic that a run
// could notice.
Status check_channel(Stage stage, const StoredChannel& channel, Range range, size_t n, Error* error) {
  if (channel.rhs_zero < range.min || channel.rhs_zero > range.max) return refuse_channel("a zero point", n, error);
  const int32_t most = most_exponent(stage);
  if (channel.multiplier < 0 && most != 0) return refuse_channel("a multiplier", n, error);
  if (channel.exponent < -31 || channel.exponent > most) return refuse_channel("a shift", n, error);
  if (!is_finite(channel.scale) || channel.scale < 0.0f) return refuse_channel("a scale", n, error);
  return is_finite(channel.bias) ? Status::ok : refuse_channel("a bias", n, error);
}

Status check_channels(const PackedHeader& header, const StoredContraction& stored, size_t copies, Error* error) {
  const ContractionPlan& plan = stored.plan;
  const ChannelLayout& at = plan.channels;
  const Range range = range_of(header.rhs_is_unsigned != 0 ? Type::u8 : Type::s8);
  for (size_t i = 0; i < copies && plan.n != 0; ++i) {
    const uint8_t* const channels = stored.channels + i * at.total;
    for (size_t n = 0; n < plan.n; ++n) {
      StoredChannel channel = {};
      channel.rhs_zero = *channel_array<int32_t>(channels, at.rhs_zero, n);
      if (at.multiplier != 0) channel.multiplier = *channel_array<int32_t>(channels, at.multiplier, n);
      if (at.exponent != 0) channel.exponent = *channel_array<int32_t>(channels, at.exponent, n);
      if (at.scale != 0) channel.scale = *channel_array<float>(channels, at.scale, n);
      if (at.bias != 0) channel.bias = *channel_array<float>(channels, at.bias, n);
      const Status status = check_channel(plan.output.stage, channel, range, i * plan.n + n, error);
      if (status != Status::ok) return status;
    }
  }
  return Status::ok;
}

Status find_contraction(const PackedHeader& header, const Contraction& problem, StoredContraction* stored,
                        Error* error) {
  StoredContractions contractions(header);
  Status status = contractions.next(problem, 1, stored, error);
  if (status == Status::ok) status = contractions.finish(error);
  return status == Status::ok ? check_channels(header, *stored, 1, error) : status;
}

Status corrupt(Error* error) {
  if (error->status == Status::bad_packed) return Status::bad_packed;
  const Error inner = *error;
  error->set(Status::bad_packed, "packed") << "is corrupt: " << inner.argument << " " << inner.message;
  return Status::bad_packed;
}

Status corrupt(const char* words, Error* error) {
  error->set(Status::bad_packed, "packed") << "is corrupt: " << words;
  return Status::bad_packed;
}

const Kernel* kernel_named(const KernelList& list, const char* name) {
  for (size_t i = 0; i < list.count; ++i) {
    if (same_text(list.kernels[i]->name, name)) return list.kernels[i];
  }
  return nullptr;
}

}  // namespace ottava
