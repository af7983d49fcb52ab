// What the opaque handles of the C ABI are made of.
#ifndef OTTAVA_CAPI_HANDLES_H_
#define OTTAVA_CAPI_HANDLES_H_

#include "contraction/tasks.h"
#include "operators/layer.h"
#include "operators/matmul/bound.h"
#include "operators/matmul/matmul.h"
#include "ottava/firmware.h"
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
  void* pool;             // the context's own threads, or null
  ottava_tuning* tuning;  // that it has read itself, or null
  void* memory;           // what the allocator returned for this handle; null in caller memory
  uint64_t memory_bytes;
};

// What the handle of a matmul does when it is run; each begins with a pointer to this.
struct ottava_matmul_functions {
  ottava_status (*run)(const ottava_matmul*, int64_t m, const void* lhs, int64_t lhs_stride, void* dst,
                       int64_t dst_stride, void* workspace, uint64_t workspace_bytes, ottava_error*);
};

// One that was created or loaded. Those that are bound (include/ottava/firmware.h) begin alike and are nothing else.
struct ottava_matmul {
  const ottava_matmul_functions* functions;
  const ottava_context* context;
  ottava::Matmul op;
  void* memory;  // as above
  uint64_t memory_bytes;
};

namespace ottava {
// Of one that was created or loaded, by its context and its operator, which are ready (capi/run.cpp).
const ottava_matmul_functions* functions_of(const ottava_matmul& operation);
bool is_prepared(const ottava_matmul& operation);
ottava_status run_bound_matmul(const ottava_matmul*, int64_t m, const void* lhs, int64_t lhs_stride, void* dst,
                               int64_t dst_stride, void* workspace, uint64_t workspace_bytes,
                               ottava_error*);  // capi/bound.cpp

// Refuses caller memory that is too small for a context.
Status require_context_memory(uint64_t bytes, Error* error);

// A handle, and one with all that creation makes.
Status require_prepared(const ottava_matmul* operation, Error* error);
}  // namespace ottava

// A kernel with its output stage, as an image names it.
struct ottava_part {
  ottava_matmul_functions functions;  // so that a pointer to this is what a handle begins with
  ottava::BoundPart part;
};

struct ottava_layer {
  const ottava_context* context;
  const ottava::Layer* layer;  // behind this structure
  void* memory;                // as above
  uint64_t memory_bytes;
};

#endif  // OTTAVA_CAPI_HANDLES_H_
