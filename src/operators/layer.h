// A layer of an NHWC network: what the operators over images have in common, whatever they compute. An operator derives
// its own structure from Layer and gives it a table of functions; operators/layer.cpp checks a run and capi/layers.cpp
// reads it, once for all of them.
#ifndef OTTAVA_SRC_OPERATORS_LAYER_H_
#define OTTAVA_SRC_OPERATORS_LAYER_H_

#include "contraction/tasks.h"
#include "cpu/isa.h"
#include "operators/window.h"
#include "output/output.h"
#include "output/saturation.h"

namespace ottava {

struct ContractionPlan;
struct Layer;
enum class PackedKind : uint32_t;  // contraction/packed_file.h

// The numbers of a run as the caller gives them; strides in elements, 0 for dense.
struct LayerNumbers {
  int64_t batch;
  int64_t height;
  int64_t width;
  int64_t input_pixel_stride;
  int64_t second_pixel_stride;
  int64_t output_pixel_stride;
};

// Sizes that fit together.
struct LayerShape {
  size_t batch;
  size_t height;
  size_t width;
  size_t output_height;
  size_t output_width;
  Window window;  // its pads explicit

  bool empty() const { return batch == 0 || output_height == 0 || output_width == 0; }
  size_t output_pixels() const { return output_height * output_width; }  // of one image
};

// One run, checked. Strides are in bytes.
struct LayerRequest {
  LayerShape shape;
  const uint8_t* input;
  const uint8_t* second;
  uint8_t* output;
  size_t input_pixel;
  size_t second_pixel;
  size_t output_pixel;
  bool accumulate;
  Saturation* saturation;  // added to; or null

  const uint8_t* image(size_t batch) const { return input + batch * shape.height * shape.width * input_pixel; }
  uint8_t* output_image(size_t batch) const { return output + batch * shape.output_pixels() * output_pixel; }
};

// How a run is shared and what it needs.
struct LayerSchedule {
  uint32_t workers;  // at most the threads asked for, at least 1
  size_t bytes;      // of workspace, with room for alignment
};

// What a query tells.
struct LayerWords {
  Isa tier;
  Text* kernel;
  Text* route;
  Text* reason;
  // Of a layer that is one contraction or several: the first, and what it computes. Set if the shape is not empty.
  const ContractionPlan* contraction;
  size_t rows, columns, batches;
};

// What a workspace is to be enough for.
enum class Enough : uint8_t {
  for_run,
  for_smaller_too,  // for runs of fewer images or lines as well
};

struct LayerFunctions {
  // Fills in what follows from the height and width of *shape.
  Status (*resolve)(const Layer& layer, LayerShape* shape, Error* error);
  // The shape is not empty. Fewer threads never need more than more of them.
  Status (*schedule)(const Layer& layer, const LayerShape& shape, uint32_t threads, Enough enough,
                     LayerSchedule* schedule, Error* error);
  // `workspace` holds what that schedule says for the run.
  void (*run)(const Layer& layer, const LayerRequest& request, uint32_t threads, void* workspace,
              const Parallel& parallel);
  void (*describe)(const Layer& layer, const LayerShape& shape, LayerWords* words);
};

// Immutable once made.
struct Layer {
  const LayerFunctions* functions;
  PackedKind kind;
  Window window;
  size_t input_channels;
  size_t output_channels;
  size_t output_element_bytes;  // those of an input have one
  bool takes_second;
  bool works_in_place;  // its output may be its input
  bool accumulates;     // may add to its output
  bool counts;          // may count saturated elements
  uint32_t threads;
  uint64_t packed_bytes;  // of constants
};

// The usual LayerFunctions::resolve: the window decides.
Status resolve_by_window(const Layer& layer, LayerShape* shape, Error* error);

// Sizes for a run of these numbers; strides and pointers do not matter.
Status resolve_shape(const Layer& layer, const LayerNumbers& numbers, LayerShape* shape, Error* error);

// Checks everything of a run but its flags: *request, whose pointers, accumulate and saturation are set, gets its shape
// and strides. Nothing is to be computed if the shape is empty.
Status resolve_request(const Layer& layer, const LayerNumbers& numbers, LayerRequest* request, Error* error);

// The workspace that is enough for this shape and for each with fewer images or lines.
Status measure_layer(const Layer& layer, const LayerShape& shape, LayerSchedule* schedule, Error* error);

// Refuses a number of channels that no tensor has.
Status validate_channel_count(int64_t channels, Error* error);

// Threads that are worth their start for so many bytes to go through, and grains for so many workers.
constexpr uint64_t kBytesPerThread = uint64_t{1} << 15;
uint32_t worthwhile_threads(uint64_t bytes, uint32_t threads);
inline size_t worthwhile_grains(uint64_t bytes, uint32_t workers) {
  return workers == 1 ? 1 : workers * grains_of_range(bytes / kBytesPerThread / workers);
}

// The most threads whose schedule for the run fits the caller's workspace.
Status threads_within(const Layer& layer, const LayerShape& shape, uint64_t bytes, uint32_t* threads,
                      LayerSchedule* schedule, Error* error);

// Refuses memory of a run that shares a byte with its tensors, which are apart from each other: the part of the
// workspace that it touches, and the caller's two counters. Either may be null.
Status check_scratch(const Layer& layer, const LayerRequest& request, const void* workspace, size_t bytes,
                     const void* counters, Error* error);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_LAYER_H_
