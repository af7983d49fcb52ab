// Matmuls as packed files: include/ottava/packed.h.
#include "operators/matmul/packed.h"
#include "base/checked.h"
#include "boundary.h"
#include "contraction/pack.h"
#include "handles.h"
#include "packed_layers.h"

using namespace ottava;

static_assert(OTTAVA_PACKED_ALIGNMENT == kAlignment && OTTAVA_PACKED_FORMAT == kPackedFormat, "the header says so");
static_assert(OTTAVA_PACKED_MATMUL == static_cast<uint32_t>(PackedKind::matmul), "likewise");
static_assert(sizeof(PackedHeader::kernel) == sizeof(ottava_packed_info::kernel), "any name fits");

namespace {

Status read(const void* packed, uint64_t bytes, StoredMatmul* stored, Error* error) {
  const Status status = require(packed, "packed", error);
  return status == Status::ok ? read_packed(packed, bytes, stored, error) : status;
}

// What a file is to hold, and how.
struct Saving {
  MatmulProblem problem;
  MatmulPlan plan;
};

Status plan_save(const ottava_matmul* operation, const char* kernel, Saving* saving, uint64_t* bytes, Error* error) {
  Status status = require_prepared(operation, error);
  if (status != Status::ok) return status;
  const ottava_context& context = *operation->context;
  status =
      plan_file(operation->op, context.machine, context.choice.kernels, kernel, &saving->problem, &saving->plan, error);
  if (status != Status::ok) return status;
  const Size size = file_bytes(saving->plan);
  if (!size.valid()) {
    error->set(Status::size_overflow, "operation") << "the file would not fit the address space";
    return Status::size_overflow;
  }
  *bytes = size.value();
  return Status::ok;
}

// An operator to be made of a file.
struct Loading {
  StoredMatmul stored;
  MatmulPlan plan;
  bool repacked;
  uint64_t bytes;  // with room for alignment
};

constexpr size_t kHandleBytes = round_up(sizeof(ottava_matmul), kAlignment);

Status plan_load(const ottava_context* context, const void* packed, uint64_t packed_bytes, uint32_t flags,
                 Loading* loading, Error* error) {
  Status status = require(context, "context", error);
  if (status == Status::ok) status = read(packed, packed_bytes, &loading->stored, error);
  if (status == Status::ok && (flags & ~OTTAVA_LOAD_REPACK) != 0) {
    error->set(Status::bad_option, "flags") << "is " << flags << ", with a flag that is not defined";
    return Status::bad_option;
  }
  if (status != Status::ok) return status;
  loading->repacked = (flags & OTTAVA_LOAD_REPACK) != 0;
  StoredMatmul* const stored = &loading->stored;
  status = loading->repacked
               ? plan_repacked(stored, context->machine, context->choice, context->threads, &loading->plan, error)
               : plan_in_place(*stored, context->machine, context->choice, context->threads, &loading->plan, error);
  if (status != Status::ok) return status;
  const Size weights = loading->repacked ? operator_bytes(loading->plan.contraction) : Size(0);
  const Size total = weights + Size(kHandleBytes + kAlignment - 1);
  if (!total.valid()) {
    error->set(Status::size_overflow, "packed") << "the operator would not fit the address space";
    return Status::size_overflow;
  }
  loading->bytes = total.value();
  return Status::ok;
}

ottava_matmul* build(const Loading& loading, const ottava_context* context, void* memory) {
  ottava_matmul* const handle = static_cast<ottava_matmul*>(align_up(memory, kAlignment));
  handle->context = context;
  handle->memory = nullptr;
  handle->memory_bytes = 0;
  if (loading.repacked) {
    uint8_t* const weights = reinterpret_cast<uint8_t*>(handle) + kHandleBytes;
    assemble_repacked(loading.plan, loading.stored, weights, &handle->op);
  } else {
    assemble_in_place(loading.plan, loading.stored, &handle->op);
  }
  handle->functions = functions_of(*handle);
  return handle;
}

}  // namespace

extern "C" ottava_status ottava_matmul_save_size(const ottava_matmul* operation, const char* kernel, uint64_t* bytes,
                                                 ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Saving saving;
    uint64_t needed = 0;
    Status status = require(bytes, "bytes", words);
    if (status == Status::ok) status = plan_save(operation, kernel, &saving, &needed, words);
    if (status == Status::ok) *bytes = needed;
    return status;
  });
}

extern "C" ottava_status ottava_matmul_save(const ottava_matmul* operation, const char* kernel, void* memory,
                                            uint64_t bytes, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Saving saving;
    uint64_t needed = 0;
    Status status = require(memory, "memory", words);
    if (status == Status::ok) status = plan_save(operation, kernel, &saving, &needed, words);
    if (status != Status::ok) return status;
    if (bytes < needed) {
      words->set(Status::bad_memory, "bytes") << "is " << bytes << ", the file has " << needed;
      return Status::bad_memory;
    }
    write_packed(operation->op, saving.problem, saving.plan, kLibrary, static_cast<uint8_t*>(memory));
    return Status::ok;
  });
}

extern "C" ottava_status ottava_matmul_load(const ottava_context* context, const void* packed, uint64_t packed_bytes,
                                            uint32_t flags, ottava_matmul** operation, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Loading loading;
    Status status = require(operation, "operation", words);
    if (status == Status::ok) status = plan_load(context, packed, packed_bytes, flags, &loading, words);
    if (status != Status::ok) return status;
    const Allocator& allocator = context->allocator;
    if (allocator.allocate == nullptr) {
      words->set(Status::bad_memory, "context") << "has no allocator: use ottava_matmul_load_at";
      return Status::bad_memory;
    }
    void* const memory = allocator.allocate(allocator.user, loading.bytes, kAlignment);
    if (memory == nullptr) {
      words->set(Status::out_of_memory, "operation") << "the allocator returned NULL for " << loading.bytes << " bytes";
      return Status::out_of_memory;
    }
    ottava_matmul* const handle = build(loading, context, memory);
    handle->memory = memory;
    handle->memory_bytes = loading.bytes;
    *operation = handle;
    return Status::ok;
  });
}

extern "C" ottava_status ottava_matmul_load_size(const ottava_context* context, const void* packed,
                                                 uint64_t packed_bytes, uint32_t flags, uint64_t* bytes,
                                                 ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Loading loading;
    Status status = require(bytes, "bytes", words);
    if (status == Status::ok) status = plan_load(context, packed, packed_bytes, flags, &loading, words);
    if (status == Status::ok) *bytes = loading.bytes;
    return status;
  });
}

extern "C" ottava_status ottava_matmul_load_at(void* memory, uint64_t bytes, const ottava_context* context,
                                               const void* packed, uint64_t packed_bytes, uint32_t flags,
                                               ottava_matmul** operation, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Loading loading;
    Status status = require(memory, "memory", words);
    if (status == Status::ok) status = require(operation, "operation", words);
    if (status == Status::ok) status = plan_load(context, packed, packed_bytes, flags, &loading, words);
    if (status != Status::ok) return status;
    if (bytes < loading.bytes) {
      words->set(Status::bad_memory, "bytes") << "is " << bytes << ", this operator needs " << loading.bytes;
      return Status::bad_memory;
    }
    *operation = build(loading, context, memory);
    return Status::ok;
  });
}
