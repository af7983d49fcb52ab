// What the opaque handles of the C ABI are made of.
#ifndef OTTAVA_CAPI_HANDLES_H_
#define OTTAVA_CAPI_HANDLES_H_

#include "contraction/tasks.h"
#include "operators/layer.h"
#include "operators/matmul/matmul.h"
#include "ottava/ottava.h"

namespace ottava {

struct Allocator {
  ottava_allocate_fn allocate;  // null: none
  ottava_release_fn release;
  void* user;
};

}  // namespace ottava

struct ottava_context {
  ottava::Machine machine;
  ottava::Choice choice;
  const ottava::StageTable* stages;       // of the first kernel that can run
  const ottava::QuantizeTable* quantize;  // likewise
  ottava::Isa isa;                        // its tier
  ottava::Allocator allocator;
  ottava::Parallel parallel;  // unused with one thread
  uint32_t threads;
  void* pool;    // the context's own threads, or null
  void* memory;  // what the allocator returned for this handle; null in caller memory
  uint64_t memory_bytes;
};

struct ottava_matmul {
  const ottava_context* context;
  ottava::Matmul op;
  void* memory;  // as above
  uint64_t memory_bytes;
};

struct ottava_layer {
  const ottava_context* context;
  const ottava::Layer* layer;  // behind this structure
  void* memory;                // as above
  uint64_t memory_bytes;
};

#endif  // OTTAVA_CAPI_HANDLES_H_
