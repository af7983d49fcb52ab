#include "operators/add/add.h"

#include "contraction/packed_file.h"

namespace ottava {
namespace {

const Add& of(const Layer& layer) { return static_cast<const Add&>(layer); }

Status resolve(const Layer&, LayerShape* shape, Error*) {
  shape->output_height = shape->height;
  shape->output_width = shape->width;
  return Status::ok;
}

// That go through: two elements are read for each that is written.
uint64_t bytes_of(const Layer& layer, size_t pixels) { return 3 * uint64_t{pixels} * layer.output_channels; }

Status schedule(const Layer& layer, const LayerShape& shape, uint32_t threads, Enough, LayerSchedule* schedule,
                Error*) {
  *schedule = {worthwhile_threads(bytes_of(layer, shape.batch * shape.output_pixels()), threads), 0};
  return Status::ok;
}

struct AddRun {
  const Add& layer;
  const LayerRequest& request;
  size_t pixels;
  size_t grain;  // pixels of one
  PieceCounter pieces;
};

void run_worker(void* task, uint32_t index) {
  AddRun& run = *static_cast<AddRun*>(task);
  const LayerRequest& request = run.request;
  for (Share share; run.pieces.take(index, &share);) {
    const size_t first = share.line * run.grain;
    run_addition(run.layer.add,
                 {&run.layer.parameters, request.input + first * request.input_pixel,
                  request.second + first * request.second_pixel, request.output + first * request.output_pixel,
                  smaller(run.pixels - first, share.count * run.grain), run.layer.output_channels,
                  static_cast<ptrdiff_t>(request.input_pixel), static_cast<ptrdiff_t>(request.second_pixel),
                  static_cast<ptrdiff_t>(request.output_pixel)});
  }
}

void run(const Layer& layer, const LayerRequest& request, uint32_t threads, void*, const Parallel& parallel) {
  const size_t pixels = request.shape.batch * request.shape.output_pixels();
  const uint64_t bytes = bytes_of(layer, pixels);
  const uint32_t workers = worthwhile_threads(bytes, threads);
  const size_t grain = units_of_grain(pixels, 1, worthwhile_grains(bytes, workers));
  const size_t grains = workers == 1 ? 1 : ceil_div(pixels, grain);
  AddRun shared = {of(layer), request, pixels, grain, PieceCounter(grains, workers, grains_of_lines(grains, 1))};
  on_workers(parallel, workers, run_worker, &shared);
}

void describe(const Layer& layer, const LayerShape&, LayerWords* words) {
  words->tier = of(layer).isa;
  *words->kernel << "addition";
  *words->route << (of(layer).parameters.arithmetic == AddArithmetic::tflite ? "three fixed-point factors"
                                                                             : "two multipliers and a shift");
}

constexpr LayerFunctions kFunctions = {resolve, schedule, run, describe};

constexpr AdditionNames kNames = {"desc.first_zero_point", "desc.first_scale", "desc.second_zero_point",
                                  "desc.second_scale",     "desc.zero_point",  "desc.scale",
                                  "desc.clamp_min",        "desc.clamp_max"};

}  // namespace

Status validate(const AddProblem& problem, Error* error) {
  const Status status = validate_channel_count(problem.channels, error);
  return status == Status::ok ? validate_addition(problem.addition, kNames, error) : status;
}

Size add_bytes() { return round_up(sizeof(Add), kAlignment); }

const Layer* prepare_add(const AddProblem& problem, const StageTable& stages, Isa isa, uint32_t threads,
                         uint8_t* memory) {
  Add* const made = reinterpret_cast<Add*>(memory);
  made->functions = &kFunctions;
  made->kind = PackedKind::add;
  made->window = Window();
  made->input_channels = made->output_channels = static_cast<size_t>(problem.channels);
  made->output_element_bytes = 1;
  made->takes_second = true;
  made->works_in_place = true;
  made->accumulates = false;
  made->counts = false;
  made->threads = threads;
  made->packed_bytes = 0;
  made->add = stages.add;
  made->parameters = form_addition(problem.addition);
  made->isa = isa;
  made->problem = problem;
  return made;
}

}  // namespace ottava
