// Pooling made: from C descriptors to a Pool2dProblem. capi/layers.cpp runs it.
#include "operators/pool2d/pool2d.h"

#include "layers.h"
#include "output.h"
#include "output/validate_output.h"

using namespace ottava;

namespace {

Status read_desc(const ottava_pool2d_desc* caller, Pool2dProblem* problem, Error* error) {
  ottava_pool2d_desc desc = OTTAVA_POOL2D_DESC_INIT;
  Status status = read_struct(*caller, sizeof desc, "desc", &desc, error);
  if (status != Status::ok) return status;
  if ((desc.flags & ~OTTAVA_POOL_GLOBAL) != 0) {
    error->set(Status::bad_option, "desc.flags") << "is " << desc.flags << ", with a flag that is not defined";
    return Status::bad_option;
  }
  const ListedValue listed[] = {
      {"desc.kind", desc.kind, 0, OTTAVA_POOL_AVERAGE_RESCALED,
       "OTTAVA_POOL_MAX (0), OTTAVA_POOL_AVERAGE (1), OTTAVA_POOL_AVERAGE_RESCALED (2)"},
      {"desc.input_type", desc.input_type, OTTAVA_TYPE_S8, OTTAVA_TYPE_U8, "OTTAVA_TYPE_S8 (1), OTTAVA_TYPE_U8 (2)"},
  };
  status = check_listed(listed, error);
  if (status == Status::ok) status = read_window(desc.window, &problem->window, error);
  if (status != Status::ok) return status;
  problem->global = (desc.flags & OTTAVA_POOL_GLOBAL) != 0;
  const Window& window = problem->window;
  if (problem->global && (!window.is_one_pixel() || window.y.dilation != 1 || window.x.dilation != 1)) {
    error->set(Status::bad_option, "desc.window")
        << "goes with OTTAVA_POOL_GLOBAL as OTTAVA_WINDOW_INIT alone: the window is the whole input";
    return Status::bad_option;
  }
  problem->channels = desc.channels;
  problem->kind = static_cast<PoolKind>(desc.kind);
  problem->type = static_cast<Type>(desc.input_type);
  problem->zero_point = desc.input_zero_point;
  problem->scale = desc.input_scale;
  return Status::ok;
}

// NULL: that of the input.
Status read_pool_output(const ottava_output* caller, Pool2dProblem* problem, Error* error) {
  Output& output = problem->output;
  if (caller == nullptr && problem->kind != PoolKind::average_rescaled) {
    output.type = problem->type;
    output.zero_point = problem->zero_point;
    output.scale = problem->scale;
    return Status::ok;
  }
  OutputArrays arrays;
  Status status = require(caller, "output", error);
  if (status == Status::ok) status = read_output(caller, &output, &arrays, error);
  if (status == Status::ok) {
    status = refuse_channels(output, arrays, "does not go with pooling, whose channels are all alike", error);
  }
  return status == Status::ok ? validate_arrays(output, arrays, error) : status;
}

struct Draft {
  const ottava_context* context;
  const ottava_pool2d_desc* desc;
  const ottava_output* output;
  uint64_t bytes = 0;
  Pool2dProblem problem = {};

  Status plan(Error* error) {
    Status status = require(desc, "desc", error);
    if (status == Status::ok) status = read_desc(desc, &problem, error);
    if (status == Status::ok) status = read_pool_output(output, &problem, error);
    if (status == Status::ok) status = validate(problem, error);
    return status == Status::ok ? layer_handle_bytes(pool2d_bytes(), &bytes, error) : status;
  }

  Status settle(Error*) { return Status::ok; }

  const Layer* build(uint8_t* memory) const {
    return prepare_pool2d(problem, *context->stages, pooling_kernel(context->machine, context->choice),
                          context->threads, memory);
  }
};

}  // namespace

extern "C" ottava_status ottava_pool2d_create(const ottava_context* context, const ottava_pool2d_desc* desc,
                                              const ottava_output* output, ottava_layer** layer, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Draft draft = {context, desc, output};
    return create_layer(context, &draft, layer, words);
  });
}

extern "C" ottava_status ottava_pool2d_size(const ottava_context* context, const ottava_pool2d_desc* desc,
                                            const ottava_output* output, uint64_t* bytes, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Draft draft = {context, desc, output};
    return measure_layer_memory(context, &draft, bytes, words);
  });
}

extern "C" ottava_status ottava_pool2d_init_at(void* memory, uint64_t bytes, const ottava_context* context,
                                               const ottava_pool2d_desc* desc, const ottava_output* output,
                                               ottava_layer** layer, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Draft draft = {context, desc, output};
    return init_layer_at(memory, bytes, context, &draft, layer, words);
  });
}
