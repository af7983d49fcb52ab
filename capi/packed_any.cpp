// Packed files of whatever operator: described, verified; layers of every kind saved. A program that loads operators
// needs nothing of it.
#include "operators/add/packed.h"
#include "operators/conv2d/packed.h"
#include "operators/depthwise/packed.h"
#include "operators/matmul/packed.h"
#include "operators/pool2d/packed.h"
#include "operators/transposed/packed.h"
#include "packed_layers.h"

using namespace ottava;

static_assert(OTTAVA_PACKED_CONV2D == static_cast<uint32_t>(PackedKind::conv2d), "the header says so");
static_assert(OTTAVA_PACKED_DEPTHWISE_CONV2D == static_cast<uint32_t>(PackedKind::depthwise_conv2d), "likewise");
static_assert(OTTAVA_PACKED_TRANSPOSED_CONV2D == static_cast<uint32_t>(PackedKind::transposed_conv2d), "likewise");
static_assert(OTTAVA_PACKED_POOL2D == static_cast<uint32_t>(PackedKind::pool2d), "likewise");
static_assert(OTTAVA_PACKED_ADD == static_cast<uint32_t>(PackedKind::add), "likewise");

namespace {

struct Described {
  const PackedHeader* header;
  int64_t n;
  int64_t k;
};

template <class Stored>
Status describe(const void* packed, uint64_t bytes, Described* described, Error* error) {
  Stored stored;
  const Status status = read_packed(packed, bytes, &stored, error);
  if (status == Status::ok) *described = {stored.header, stored.n(), stored.k()};
  return status;
}

Status describe(const void* packed, uint64_t bytes, Described* described, Error* error) {
  const Status status = require(packed, "packed", error);
  if (status != Status::ok) return status;
  const PackedHeader* const header = check_packed(packed, bytes, error);
  if (header == nullptr) return error->status;
  switch (header->kind) {
    case PackedKind::matmul: return describe<StoredMatmul>(packed, bytes, described, error);
    case PackedKind::conv2d: return describe<StoredConv2d>(packed, bytes, described, error);
    case PackedKind::depthwise_conv2d: return describe<StoredDepthwise>(packed, bytes, described, error);
    case PackedKind::transposed_conv2d: return describe<StoredTransposed>(packed, bytes, described, error);
    case PackedKind::pool2d: return describe<StoredPool2d>(packed, bytes, described, error);
    case PackedKind::add: return describe<StoredAdd>(packed, bytes, described, error);
  }
  error->set(Status::unsupported, "packed") << "holds an operator of a kind that this library does not have";
  return Status::unsupported;
}

// Into so many bytes of memory, or where there is none, *bytes become those of the file.
template <class Stored, class Made>
Status save_as(const Layer& layer, const Site& site, const char* kernel, void* memory, uint64_t* bytes, Error* error) {
  const Made& made = static_cast<const Made&>(layer);
  Stored stored = {};
  typename Stored::Saving saving = {};
  const Status status = plan_saving(made, site, kernel, &stored, &saving, error);
  if (status != Status::ok) return status;
  const Size size = file_bytes(stored, saving);
  if (!size.valid()) {
    error->set(Status::size_overflow, "layer") << "the file would not fit the address space";
    return Status::size_overflow;
  }
  if (memory == nullptr) {
    *bytes = size.value();
    return Status::ok;
  }
  if (*bytes < size.value()) {
    error->set(Status::bad_memory, "bytes")
        << "is " << *bytes << ", the file has " << static_cast<uint64_t>(size.value());
    return Status::bad_memory;
  }
  write_packed(made, stored, saving, kLibrary, static_cast<uint8_t*>(memory));
  return Status::ok;
}

Status save(const ottava_layer* handle, const char* kernel, void* memory, uint64_t* bytes, Error* error) {
  const Status status = require(handle, "layer", error);
  if (status != Status::ok) return status;
  const Layer& layer = *handle->layer;
  const Site site = site_of(*handle->context);
  switch (layer.kind) {
    case PackedKind::conv2d: return save_as<StoredConv2d, Conv2d>(layer, site, kernel, memory, bytes, error);
    case PackedKind::depthwise_conv2d:
      return save_as<StoredDepthwise, Depthwise>(layer, site, kernel, memory, bytes, error);
    case PackedKind::transposed_conv2d:
      return save_as<StoredTransposed, Transposed>(layer, site, kernel, memory, bytes, error);
    case PackedKind::pool2d: return save_as<StoredPool2d, Pool2d>(layer, site, kernel, memory, bytes, error);
    case PackedKind::add: return save_as<StoredAdd, Add>(layer, site, kernel, memory, bytes, error);
    case PackedKind::matmul: break;  // no layer
  }
  return Status::unsupported;
}

}  // namespace

extern "C" ottava_status ottava_packed_query(const void* packed, uint64_t packed_bytes, ottava_packed_info* info,
                                             ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Described described;
    Status status = check_struct(info, sizeof *info, "info", words);
    if (status == Status::ok) status = describe(packed, packed_bytes, &described, words);
    if (status != Status::ok) return status;
    const PackedHeader& header = *described.header;
    ottava_packed_info filled = OTTAVA_PACKED_INFO_INIT;
    filled.format = header.format;
    filled.library = header.library;
    filled.operator_kind = static_cast<uint32_t>(header.kind);
    filled.tier = header.tier;
    filled.tile_n = header.nr;
    filled.tile_k = header.kr;
    filled.bytes = header.bytes;
    filled.n = described.n;
    filled.k = described.k;
    Text(filled.kernel) << header.kernel;
    write_struct(filled, info);
    return Status::ok;
  });
}

extern "C" ottava_status ottava_packed_verify(const void* packed, uint64_t packed_bytes, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Described described;
    const Status status = describe(packed, packed_bytes, &described, words);
    if (status != Status::ok || weights_are_intact(*described.header)) return status;
    words->set(Status::bad_packed, "packed") << "is corrupt: the checksum of its weights is another";
    return Status::bad_packed;
  });
}

extern "C" ottava_status ottava_layer_save_size(const ottava_layer* layer, const char* kernel, uint64_t* bytes,
                                                ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    const Status status = require(bytes, "bytes", words);
    return status == Status::ok ? save(layer, kernel, nullptr, bytes, words) : status;
  });
}

extern "C" ottava_status ottava_layer_save(const ottava_layer* layer, const char* kernel, void* memory, uint64_t bytes,
                                           ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    uint64_t given = bytes;
    const Status status = require(memory, "memory", words);
    return status == Status::ok ? save(layer, kernel, memory, &given, words) : status;
  });
}
