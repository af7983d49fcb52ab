#include "operators/layer.h"

#include "base/checked.h"
#include "operators/overlap.h"

namespace ottava {
namespace {

Status refuse(Status status, const char* argument, const char* words, Error* error) {
  error->set(status, argument) << words;
  return status;
}

// Bytes from pixel to pixel of a tensor, which fits the address space.
Status resolve_pixels(int64_t stride, size_t channels, size_t element_bytes, Size pixels, const char* argument,
                      size_t* pixel, Error* error) {
  if (stride != 0 && (stride < 0 || static_cast<uint64_t>(stride) < channels)) {
    error->set(Status::bad_stride, argument)
        << "is " << stride << ", less than the " << static_cast<uint64_t>(channels) << " channels; 0 stands for these";
    return Status::bad_stride;
  }
  const Size bytes = (stride != 0 ? Size::from(static_cast<uint64_t>(stride)) : Size(channels)) * element_bytes;
  const Size total = bytes * pixels;
  if (!total.valid() || total.value() > static_cast<size_t>(PTRDIFF_MAX)) {
    return refuse(Status::size_overflow, argument, "and the sizes: the tensor would not fit the address space", error);
  }
  *pixel = bytes.value();
  return Status::ok;
}

Status check_flags(const Layer& layer, const LayerRequest& request, Error* error) {
  if (request.accumulate && !layer.accumulates) {
    return refuse(Status::unsupported, "run.flags", "OTTAVA_RUN_ACCUMULATE goes with a convolution to s32 or f32 alone",
                  error);
  }
  if (request.saturation != nullptr && !layer.counts) {
    return refuse(Status::unsupported, "operands.saturated", "goes with convolutions alone", error);
  }
  if (request.second != nullptr && !layer.takes_second) {
    return refuse(Status::unsupported, "operands.second", "is given to a layer that has no second tensor", error);
  }
  return Status::ok;
}

Status check_pointers(const Layer& layer, const LayerRequest& request, Error* error) {
  if (request.input == nullptr && layer.input_channels != 0) {
    return refuse(Status::null_pointer, "operands.input", "is NULL", error);
  }
  if (request.second == nullptr && layer.takes_second) {
    return refuse(Status::null_pointer, "operands.second", "is NULL, and this layer adds a second tensor", error);
  }
  if (request.output == nullptr) return refuse(Status::null_pointer, "operands.output", "is NULL", error);
  return Status::ok;
}

// The pixels of a tensor that is not empty; what lies between them belongs to others.
Region pixels_of(const uint8_t* first, size_t channel_bytes, size_t pixels, size_t pixel) {
  return region_of(reinterpret_cast<uintptr_t>(first), channel_bytes, pixels, static_cast<ptrdiff_t>(pixel), 1, 0);
}

Status check_overlap(const Layer& layer, const LayerRequest& request, Error* error) {
  const LayerShape& shape = request.shape;
  const size_t output_pixels = shape.batch * shape.output_pixels();
  const Region output = pixels_of(request.output, layer.output_channels * layer.output_element_bytes, output_pixels,
                                  request.output_pixel);
  const bool in_place =
      layer.works_in_place && request.input == request.output && request.input_pixel == request.output_pixel;
  if (!in_place && layer.input_channels != 0) {
    const Region input =
        pixels_of(request.input, layer.input_channels, shape.batch * shape.height * shape.width, request.input_pixel);
    const Status status = check_apart(output, "operands.output", input, "operands.input", error);
    if (status != Status::ok) return status;
  }
  if (!layer.takes_second || (request.second == request.output && request.second_pixel == request.output_pixel)) {
    return Status::ok;
  }
  const Region second = pixels_of(request.second, layer.output_channels, output_pixels, request.second_pixel);
  return check_apart(output, "operands.output", second, "operands.second", error);
}

}  // namespace

Status resolve_by_window(const Layer& layer, LayerShape* shape, Error* error) {
  int64_t height = 0, width = 0;
  const Status status = resolve_window(layer.window, static_cast<int64_t>(shape->height),
                                       static_cast<int64_t>(shape->width), &shape->window, &height, &width, error);
  shape->output_height = static_cast<size_t>(height);
  shape->output_width = static_cast<size_t>(width);
  return status;
}

Status resolve_shape(const Layer& layer, const LayerNumbers& numbers, LayerShape* shape, Error* error) {
  const struct {
    int64_t value;
    const char* argument;
    int64_t most;
  } sizes[] = {{numbers.batch, "run.batch", PTRDIFF_MAX},
               {numbers.height, "run.height", kMostPixels},
               {numbers.width, "run.width", kMostPixels}};
  for (const auto& size : sizes) {
    if (size.value < 0) {
      error->set(Status::bad_shape, size.argument) << "is " << size.value << ", negative";
      return Status::bad_shape;
    }
    if (size.value <= size.most) continue;
    error->set(Status::size_overflow, size.argument) << "is " << size.value << ", more than " << size.most;
    return Status::size_overflow;
  }
  shape->batch = static_cast<size_t>(numbers.batch);
  shape->height = static_cast<size_t>(numbers.height);
  shape->width = static_cast<size_t>(numbers.width);
  const Status status = layer.functions->resolve(layer, shape, error);
  if (status != Status::ok) return status;
  const Size output = Size(shape->output_height) * shape->output_width * shape->batch;
  const Size input = Size(shape->height) * shape->width * shape->batch;
  // In bytes of dense tensors, so that no product below overflows.
  const Size bytes =
      input * larger(layer.input_channels, 1) + output * larger(layer.output_channels * layer.output_element_bytes, 1);
  if (bytes.valid() && bytes.value() <= static_cast<size_t>(PTRDIFF_MAX)) return Status::ok;
  return refuse(Status::size_overflow, "run", "batch, height and width: the tensors would not fit the address space",
                error);
}

Status resolve_request(const Layer& layer, const LayerNumbers& numbers, LayerRequest* request, Error* error) {
  LayerShape& shape = request->shape;
  Status status = resolve_shape(layer, numbers, &shape, error);
  if (status == Status::ok) status = check_flags(layer, *request, error);
  if (status != Status::ok) return status;
  const size_t input_pixels = shape.batch * shape.height * shape.width;
  const size_t output_pixels = shape.batch * shape.output_pixels();
  status = resolve_pixels(numbers.input_pixel_stride, layer.input_channels, 1, input_pixels, "run.input_pixel_stride",
                          &request->input_pixel, error);
  if (status == Status::ok) {
    status = resolve_pixels(numbers.output_pixel_stride, layer.output_channels, layer.output_element_bytes,
                            output_pixels, "run.output_pixel_stride", &request->output_pixel, error);
  }
  if (status == Status::ok) {
    status = resolve_pixels(numbers.second_pixel_stride, layer.output_channels, 1, output_pixels,
                            "run.second_pixel_stride", &request->second_pixel, error);
  }
  if (layer.input_channels == 0) request->input_pixel = 0;  // nothing is read, from what may be null
  if (layer.output_channels == 0) shape.output_height = 0;
  if (status != Status::ok || shape.empty()) return status;
  status = check_pointers(layer, *request, error);
  return status == Status::ok ? check_overlap(layer, *request, error) : status;
}

Status measure_layer(const Layer& layer, const LayerShape& shape, LayerSchedule* schedule, Error* error) {
  *schedule = {1, 0};
  if (shape.empty() || layer.output_channels == 0) return Status::ok;
  return layer.functions->schedule(layer, shape, layer.threads, Enough::for_smaller_too, schedule, error);
}

Status validate_channel_count(int64_t channels, Error* error) {
  if (channels < 0) {
    error->set(Status::bad_shape, "desc.channels") << "is " << channels << ", negative";
    return Status::bad_shape;
  }
  if (channels <= int64_t{1} << 40 && channels <= PTRDIFF_MAX / 64) return Status::ok;
  error->set(Status::size_overflow, "desc.channels") << "is " << channels << ", more than the address space holds";
  return Status::size_overflow;
}

uint32_t worthwhile_threads(uint64_t bytes, uint32_t threads) {
  const uint64_t most = bytes / kBytesPerThread;
  return most >= threads ? threads : most < 1 ? 1 : static_cast<uint32_t>(most);
}

Status threads_within(const Layer& layer, const LayerShape& shape, uint64_t bytes, uint32_t* threads,
                      LayerSchedule* schedule, Error* error) {
  schedule->workers = layer.threads + 1;
  do {
    *threads = schedule->workers - 1;
    const Status status = layer.functions->schedule(layer, shape, *threads, Enough::for_run, schedule, error);
    if (status != Status::ok || schedule->bytes <= bytes) return status;
  } while (schedule->workers > 1);
  error->set(Status::bad_memory, "operands.workspace_bytes")
      << "is " << bytes << ", this run needs at least " << static_cast<uint64_t>(schedule->bytes);
  return Status::bad_memory;
}

Status check_scratch(const Layer& layer, const LayerRequest& request, const void* workspace, size_t bytes,
                     const void* counters, Error* error) {
  const LayerShape& shape = request.shape;
  const size_t output_pixels = shape.batch * shape.output_pixels();
  const struct {
    const uint8_t* first;
    size_t channel_bytes, pixels, pixel;
    const char* name;
  } tensors[] = {{request.output, layer.output_channels * layer.output_element_bytes, output_pixels,
                  request.output_pixel, "operands.output"},
                 {layer.input_channels != 0 ? request.input : nullptr, layer.input_channels,
                  shape.batch * shape.height * shape.width, request.input_pixel, "operands.input"},
                 {request.second, layer.output_channels, output_pixels, request.second_pixel, "operands.second"}};
  const struct {
    const void* memory;
    size_t bytes;
    const char* name;
  } scratch[] = {{workspace, bytes, "operands.workspace"}, {counters, 2 * sizeof(uint64_t), "operands.saturated"}};
  for (const auto& written : scratch) {
    for (const auto& tensor : tensors) {
      if (written.memory == nullptr || written.bytes == 0 || tensor.first == nullptr ||
          are_apart(written.memory, written.bytes, tensor.first,
                    (tensor.pixels - 1) * tensor.pixel + tensor.channel_bytes)) {
        continue;
      }
      const Status status =
          check_apart(region_of(written.memory, written.bytes), written.name,
                      pixels_of(tensor.first, tensor.channel_bytes, tensor.pixels, tensor.pixel), tensor.name, error);
      if (status != Status::ok) return status;
    }
  }
  if (workspace == nullptr || bytes == 0 || counters == nullptr) return Status::ok;
  return check_apart(region_of(workspace, bytes), "operands.workspace", region_of(counters, 2 * sizeof(uint64_t)),
                     "operands.saturated", error);
}

}  // namespace ottava
