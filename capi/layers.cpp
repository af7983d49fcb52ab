// Layers that have been made: queried, run, destroyed, whatever their kind. capi/conv2d.cpp and its like make them.
#include "layers.h"

#include "operators/placement.h"
#include "output.h"

using namespace ottava;

Status ottava::read_window(const ottava_window& from, Window* window, Error* error) {
  const ListedValue listed[] = {{"window.padding", from.padding, 0, OTTAVA_PADDING_VALID,
                                 "OTTAVA_PADDING_EXPLICIT (0), OTTAVA_PADDING_SAME (1), OTTAVA_PADDING_VALID (2)"}};
  Status status = check_listed(listed, error);
  if (status == Status::ok) status = require_zero(from.reserved, "window.reserved", error);
  if (status != Status::ok) return status;
  window->y = {from.kernel_height, from.stride_height, from.dilation_height, from.pad_top, from.pad_bottom};
  window->x = {from.kernel_width, from.stride_width, from.dilation_width, from.pad_left, from.pad_right};
  window->padding = static_cast<Padding>(from.padding);
  return validate_window(*window, error);
}

Status ottava::layer_handle_bytes(Size layer_bytes, uint64_t* bytes, Error* error) {
  const Size total = Size(round_up(sizeof(ottava_layer), kAlignment)) + layer_bytes + Size(kAlignment - 1);
  if (!total.valid() || total.value() > static_cast<size_t>(PTRDIFF_MAX)) {
    error->set(Status::size_overflow, "desc") << "the layer would not fit the address space";
    return Status::size_overflow;
  }
  *bytes = total.value();
  return Status::ok;
}

namespace {

Status read_run(const ottava_layer_run_desc* caller, LayerNumbers* numbers, bool* accumulate, Error* error) {
  ottava_layer_run_desc run = OTTAVA_LAYER_RUN_DESC_INIT;
  const Status status = read_struct(*caller, sizeof run, "run", &run, error);
  if (status != Status::ok) return status;
  if ((run.flags & ~OTTAVA_RUN_ACCUMULATE) != 0) {
    error->set(Status::bad_option, "run.flags") << "is " << run.flags << ", with a flag that is not defined";
    return Status::bad_option;
  }
  *numbers = {
      run.batch, run.height, run.width, run.input_pixel_stride, run.second_pixel_stride, run.output_pixel_stride};
  *accumulate = (run.flags & OTTAVA_RUN_ACCUMULATE) != 0;
  return Status::ok;
}

Status run_in(const ottava_layer& handle, const LayerRequest& request, void* workspace, uint64_t bytes,
              const void* counters, Error* error) {
  const Layer& layer = *handle.layer;
  const ottava_context& context = *handle.context;
  uint32_t threads = layer.threads;
  LayerSchedule schedule = {};
  Status status = workspace != nullptr
                      ? threads_within(layer, request.shape, bytes, &threads, &schedule, error)
                      : layer.functions->schedule(layer, request.shape, threads, Enough::for_run, &schedule, error);
  if (status == Status::ok) status = check_scratch(layer, request, workspace, schedule.bytes, counters, error);
  if (status != Status::ok) return status;
  if (workspace != nullptr) {
    layer.functions->run(layer, request, threads, workspace, context.parallel);
    return Status::ok;
  }
  if (schedule.bytes == 0) {
    layer.functions->run(layer, request, threads, nullptr, context.parallel);
    return Status::ok;
  }
  if (context.allocator.allocate == nullptr) {
    return refuse(Status::bad_memory, "operands.workspace", "is NULL, and the context has no allocator", error);
  }
  void* const scratch = context.allocator.allocate(context.allocator.user, schedule.bytes, kAlignment);
  if (scratch == nullptr) {
    error->set(Status::out_of_memory, "operands.workspace")
        << "the allocator returned NULL for " << static_cast<uint64_t>(schedule.bytes) << " bytes";
    return Status::out_of_memory;
  }
  layer.functions->run(layer, request, threads, scratch, context.parallel);
  context.allocator.release(context.allocator.user, scratch, schedule.bytes);
  return Status::ok;
}

}  // namespace

extern "C" ottava_status ottava_window_resolve(const ottava_window* window, int64_t height, int64_t width,
                                               ottava_window* resolved, int64_t* output_height, int64_t* output_width,
                                               ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require(window, "window", words);
    Window read;
    if (status == Status::ok) status = read_window(*window, &read, words);
    Window made;
    int64_t lines = 0, columns = 0;
    if (status == Status::ok) status = resolve_window(read, height, width, &made, &lines, &columns, words);
    if (status != Status::ok) return status;
    if (resolved != nullptr) {
      *resolved = *window;
      resolved->pad_top = static_cast<int32_t>(made.y.before);
      resolved->pad_left = static_cast<int32_t>(made.x.before);
      resolved->pad_bottom = static_cast<int32_t>(made.y.after);
      resolved->pad_right = static_cast<int32_t>(made.x.after);
      resolved->padding = OTTAVA_PADDING_EXPLICIT;
    }
    if (output_height != nullptr) *output_height = lines;
    if (output_width != nullptr) *output_width = columns;
    return Status::ok;
  });
}

extern "C" ottava_status ottava_layer_run(const ottava_layer* layer, const ottava_layer_run_desc* run,
                                          const ottava_layer_operands* operands, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require(layer, "layer", words);
    if (status == Status::ok) status = require(run, "run", words);
    if (status == Status::ok) status = require(operands, "operands", words);
    LayerNumbers numbers;
    LayerRequest request;
    if (status == Status::ok) status = read_run(run, &numbers, &request.accumulate, words);
    ottava_layer_operands memory = OTTAVA_LAYER_OPERANDS_INIT;
    if (status == Status::ok) status = read_struct(*operands, sizeof memory, "operands", &memory, words);
    if (status == Status::ok) status = require_zero(memory.reserved, "operands.reserved", words);
    if (status == Status::ok) status = require_zero(memory.unused != nullptr, "operands.unused", words);
    if (status != Status::ok) return status;
    Saturation saturation = {0, 0};
    request.input = static_cast<const uint8_t*>(memory.input);
    request.second = static_cast<const uint8_t*>(memory.second);
    request.output = static_cast<uint8_t*>(memory.output);
    request.saturation = memory.saturated != nullptr ? &saturation : nullptr;
    status = resolve_request(*layer->layer, numbers, &request, words);
    if (status == Status::ok && !request.shape.empty()) {
      status = run_in(*layer, request, memory.workspace, memory.workspace_bytes, memory.saturated, words);
    }
    if (status == Status::ok && memory.saturated != nullptr) {
      memory.saturated[0] = saturation.below;
      memory.saturated[1] = saturation.above;
    }
    return status;
  });
}

Status ottava::query_layer(const ottava_layer& layer, const ottava_layer_run_desc* run, ottava_layer_info* info,
                           LayerQuery* query, Error* error) {
  Status status = require(run, "run", error);
  LayerNumbers numbers;
  bool accumulate = false;
  if (status == Status::ok) status = read_run(run, &numbers, &accumulate, error);
  if (status != Status::ok) return status;
  const Layer& made = *layer.layer;
  LayerSchedule schedule = {};
  status = resolve_shape(made, numbers, &query->shape, error);
  if (status == Status::ok) status = measure_layer(made, query->shape, &schedule, error);
  if (status != Status::ok) return status;
  info->output_height = static_cast<int64_t>(query->shape.output_height);
  info->output_width = static_cast<int64_t>(query->shape.output_width);
  info->output_channels = static_cast<int64_t>(made.output_channels);
  info->packed_bytes = made.packed_bytes;
  info->workspace_bytes = schedule.bytes;
  info->threads = schedule.workers;
  Text kernel(info->kernel), route(info->route), reason(info->reason);
  LayerWords told = {Isa::any, &kernel, &route, &reason, nullptr, 0, 0, 0};
  made.functions->describe(made, query->shape, &told);
  info->tier = static_cast<uint32_t>(told.tier);
  query->contraction = told.contraction;
  query->rows = told.rows, query->columns = told.columns, query->batches = told.batches;
  return Status::ok;
}

extern "C" ottava_status ottava_layer_query(const ottava_layer* layer, const ottava_layer_run_desc* run,
                                            ottava_layer_info* info, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require(layer, "layer", words);
    if (status == Status::ok) status = require(run, "run", words);
    if (status == Status::ok) status = check_struct(info, sizeof(ottava_layer_info), "info", words);
    ottava_layer_info filled = OTTAVA_LAYER_INFO_INIT;
    LayerQuery query = {};
    if (status == Status::ok) status = query_layer(*layer, run, &filled, &query, words);
    if (status == Status::ok) write_struct(filled, info);
    return status;
  });
}

extern "C" ottava_status ottava_layer_destroy(ottava_layer* layer) {
  if (layer == nullptr || layer->memory == nullptr) return OTTAVA_OK;
  const Allocator& allocator = layer->context->allocator;
  allocator.release(allocator.user, layer->memory, layer->memory_bytes);
  return OTTAVA_OK;
}
