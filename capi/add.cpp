// Additions made: from C descriptors to an AddProblem. capi/layers.cpp runs them.
#include "operators/add/add.h"

#include "layers.h"
#include "output.h"

using namespace ottava;

namespace {

struct Draft {
  const ottava_context* context;
  const ottava_add_desc* desc;
  uint64_t bytes = 0;
  AddProblem problem = {};

  Status plan(Error* error) {
    Status status = require(desc, "desc", error);
    ottava_add_desc read;
    if (status == Status::ok) status = read_addition(*desc, false, &read, &problem.addition, error);
    if (status != Status::ok) return status;
    if (read.type != OTTAVA_TYPE_S8 && read.type != OTTAVA_TYPE_U8) {
      return refuse_listed("desc.type", read.type, "OTTAVA_TYPE_S8 (1), OTTAVA_TYPE_U8 (2)", error);
    }
    problem.channels = read.channels;
    status = validate(problem, error);
    return status == Status::ok ? layer_handle_bytes(add_bytes(), &bytes, error) : status;
  }

  Status settle(Error*) { return Status::ok; }

  const Layer* build(uint8_t* memory) const {
    return prepare_add(problem, *context->stages, context->isa, context->threads, memory);
  }
};

}  // namespace

extern "C" ottava_status ottava_add_create(const ottava_context* context, const ottava_add_desc* desc,
                                           ottava_layer** layer, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Draft draft = {context, desc};
    return create_layer(context, &draft, layer, words);
  });
}

extern "C" ottava_status ottava_add_size(const ottava_context* context, const ottava_add_desc* desc, uint64_t* bytes,
                                         ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Draft draft = {context, desc};
    return measure_layer_memory(context, &draft, bytes, words);
  });
}

extern "C" ottava_status ottava_add_init_at(void* memory, uint64_t bytes, const ottava_context* context,
                                            const ottava_add_desc* desc, ottava_layer** layer, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Draft draft = {context, desc};
    return init_layer_at(memory, bytes, context, &draft, layer, words);
  });
}
