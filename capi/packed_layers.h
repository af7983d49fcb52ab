// Layers made of packed files: include/ottava/packed.h. Each kind has a file of its own, so that a program has in it
// what it names.
#ifndef OTTAVA_CAPI_PACKED_LAYERS_H_
#define OTTAVA_CAPI_PACKED_LAYERS_H_

#include "layers.h"
#include "operators/packed_layer.h"

namespace ottava {

constexpr uint32_t kLibrary = OTTAVA_VERSION_MAJOR << 16 | OTTAVA_VERSION_MINOR << 8 | OTTAVA_VERSION_PATCH;

inline Site site_of(const ottava_context& context) {
  return {context.machine, context.choice, context.threads, *context.stages, context.isa};
}

// A layer in the making, as layers.h has it.
template <class Stored>
struct LayerOfFile {
  const ottava_context* context;
  const void* packed;
  uint64_t packed_bytes;
  uint32_t flags;
  uint64_t bytes = 0;
  Stored stored = {};
  typename Stored::Plan made = {};

  bool repacked() const { return (flags & OTTAVA_LOAD_REPACK) != 0; }

  Status plan(Error* error) {
    Status status = require(packed, "packed", error);
    if (status == Status::ok) status = read_packed(packed, packed_bytes, &stored, error);
    if (status == Status::ok && (flags & ~OTTAVA_LOAD_REPACK) != 0) {
      error->set(Status::bad_option, "flags") << "is " << flags << ", with a flag that is not defined";
      return Status::bad_option;
    }
    if (status == Status::ok) status = plan_loading(stored, site_of(*context), repacked(), &made, error);
    if (status != Status::ok) return status;
    return layer_handle_bytes(loaded_bytes(stored, made, repacked()), &bytes, error);
  }
  Status settle(Error*) { return Status::ok; }
  const Layer* build(uint8_t* memory) const { return load(stored, made, site_of(*context), repacked(), memory); }
};

}  // namespace ottava

#define OTTAVA_LOAD_FUNCTIONS(name, Stored)                                                                     \
  extern "C" ottava_status ottava_##name##_load(const ottava_context* context, const void* packed,              \
                                                uint64_t packed_bytes, uint32_t flags, ottava_layer** layer,    \
                                                ottava_error* error) {                                          \
    return ottava::at_boundary(error, [=](ottava::Error* words) {                                               \
      ottava::LayerOfFile<ottava::Stored> draft = {context, packed, packed_bytes, flags};                       \
      return ottava::create_layer(context, &draft, layer, words);                                               \
    });                                                                                                         \
  }                                                                                                             \
  extern "C" ottava_status ottava_##name##_load_size(const ottava_context* context, const void* packed,         \
                                                     uint64_t packed_bytes, uint32_t flags, uint64_t* bytes,    \
                                                     ottava_error* error) {                                     \
    return ottava::at_boundary(error, [=](ottava::Error* words) {                                               \
      ottava::LayerOfFile<ottava::Stored> draft = {context, packed, packed_bytes, flags};                       \
      return ottava::measure_layer_memory(context, &draft, bytes, words);                                       \
    });                                                                                                         \
  }                                                                                                             \
  extern "C" ottava_status ottava_##name##_load_at(void* memory, uint64_t bytes, const ottava_context* context, \
                                                   const void* packed, uint64_t packed_bytes, uint32_t flags,   \
                                                   ottava_layer** layer, ottava_error* error) {                 \
    return ottava::at_boundary(error, [=](ottava::Error* words) {                                               \
      ottava::LayerOfFile<ottava::Stored> draft = {context, packed, packed_bytes, flags};                       \
      return ottava::init_layer_at(memory, bytes, context, &draft, layer, words);                               \
    });                                                                                                         \
  }

#endif  // OTTAVA_CAPI_PACKED_LAYERS_H_
