// What the creation of every kind of layer has in common: its window, and a handle in memory of its own or the
// caller's.
#ifndef OTTAVA_CAPI_LAYERS_H_
#define OTTAVA_CAPI_LAYERS_H_

#include "base/checked.h"
#include "boundary.h"
#include "handles.h"

namespace ottava {

Status read_window(const ottava_window& from, Window* window, Error* error);

// Bytes of a handle and of the layer behind it, with room for alignment.
Status layer_handle_bytes(Size layer_bytes, uint64_t* bytes, Error* error);

// What a query of a layer finds beside its *info.
struct LayerQuery {
  LayerShape shape;
  const ContractionPlan* contraction;  // as in LayerWords
  size_t rows, columns, batches;
};
Status query_layer(const ottava_layer& layer, const ottava_layer_run_desc* run, ottava_layer_info* info,
                   LayerQuery* query, Error* error);

// A kind of layer in the making has
//   plan(Error*)      reads and checks what the numbers decide, and sets `bytes` by layer_handle_bytes
//   settle(Error*)    what arrays add; may change the plan, not its bytes
//   build(memory)     makes the layer in memory aligned to kAlignment
template <class Draft>
Status plan_layer(const ottava_context* context, const void* layer, Draft* draft, Error* error) {
  Status status = require(layer, "layer", error);
  if (status == Status::ok) status = require(context, "context", error);
  if (status == Status::ok) status = draft->plan(error);
  return status == Status::ok ? draft->settle(error) : status;
}

template <class Draft>
ottava_layer* build_layer(const ottava_context* context, const Draft& draft, void* memory) {
  ottava_layer* const handle = static_cast<ottava_layer*>(align_up(memory, kAlignment));
  handle->context = context;
  handle->memory = nullptr;
  handle->memory_bytes = 0;
  handle->layer = draft.build(reinterpret_cast<uint8_t*>(handle) + round_up(sizeof(ottava_layer), kAlignment));
  return handle;
}

template <class Draft>
Status create_layer(const ottava_context* context, Draft* draft, ottava_layer** layer, Error* error) {
  Status status = plan_layer(context, layer, draft, error);
  if (status != Status::ok) return status;
  const Allocator& allocator = context->allocator;
  if (allocator.allocate == nullptr) {
    error->set(Status::bad_memory, "context")
        << "has no allocator: use the ottava_..._init_at function, or ottava_..._load_at";
    return Status::bad_memory;
  }
  void* const memory = allocator.allocate(allocator.user, draft->bytes, kAlignment);
  if (memory == nullptr) {
    error->set(Status::out_of_memory, "layer") << "the allocator returned NULL for " << draft->bytes << " bytes";
    return Status::out_of_memory;
  }
  ottava_layer* const handle = build_layer(context, *draft, memory);
  handle->memory = memory;
  handle->memory_bytes = draft->bytes;
  *layer = handle;
  return Status::ok;
}

template <class Draft>
Status measure_layer_memory(const ottava_context* context, Draft* draft, uint64_t* bytes, Error* error) {
  Status status = require(bytes, "bytes", error);
  if (status == Status::ok) status = require(context, "context", error);
  if (status == Status::ok) status = draft->plan(error);
  if (status == Status::ok) *bytes = draft->bytes;
  return status;
}

template <class Draft>
Status init_layer_at(void* memory, uint64_t bytes, const ottava_context* context, Draft* draft, ottava_layer** layer,
                     Error* error) {
  Status status = require(memory, "memory", error);
  if (status == Status::ok) status = plan_layer(context, layer, draft, error);
  if (status != Status::ok) return status;
  if (bytes < draft->bytes) {
    error->set(Status::bad_memory, "bytes") << "is " << bytes << ", this layer needs " << draft->bytes;
    return Status::bad_memory;
  }
  *layer = build_layer(context, *draft, memory);
  return Status::ok;
}

}  // namespace ottava

#endif  // OTTAVA_CAPI_LAYERS_H_
