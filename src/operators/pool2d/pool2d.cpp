#include "operators/pool2d/pool2d.h"

#include "base/memory.h"
#include "operators/pool2d/pixels.h"
#include "output/uniform_stage.h"
#include "output/validate_output.h"

namespace ottava {
namespace {

// 255 for each, and half of their number, stay in int32.
constexpr int64_t kMostTaps = INT32_MAX / 256;
constexpr size_t kSumsAtOnce = 2048;  // that a worker keeps, about

const Pool2d& of(const Layer& layer) { return static_cast<const Pool2d&>(layer); }

bool sums(const Pool2dProblem& problem) { return problem.kind != PoolKind::max; }

Status check_taps(const Pool2dProblem& problem, const Window& window, const char* argument, Error* error) {
  if (!sums(problem) || window.taps() <= kMostTaps) return Status::ok;
  error->set(Status::not_exact, argument)
      << "makes windows of " << window.taps() << " pixels; sums of more than " << kMostTaps << " could leave int32";
  return Status::not_exact;
}

// Of a window that check_taps has let pass.
int32_t taps_of(const Window& window) { return static_cast<int32_t>(window.taps()); }

// The scale of its sums.
double sum_scale(const Pool2dProblem& problem, const Window& window) {
  return static_cast<double>(problem.scale) / taps_of(window);
}

ChannelValues values_of(const Pool2d& pool, const Window& window) {
  const Pool2dProblem& problem = pool.problem;
  ChannelValues values = channel_values(pool.output, problem.output, OutputArrays(), sum_scale(problem, window), 0);
  if (pool.output.stage == Stage::float_nearest_even) {  // as XNNPACK forms it
    values.scale = problem.scale / (problem.output.scale * static_cast<float>(taps_of(window)));
  }
  return values;
}

// What a window meets in one direction: taps from `first` on.
struct Taps {
  int64_t first;
  int64_t count;
};
Taps taps_inside(const WindowAxis& axis, size_t size, size_t at) {
  const int64_t from = static_cast<int64_t>(at) * axis.stride - axis.before;
  const int64_t last = static_cast<int64_t>(size) - 1;
  const int64_t first = from >= 0 ? 0 : (axis.dilation - 1 - from) / axis.dilation;
  int64_t end = from > last ? 0 : (last - from) / axis.dilation + 1;
  if (end > axis.kernel) end = axis.kernel;
  return {first, end > first ? end - first : 0};
}

// Windows are ordered: if first and last reach the image all do, but where steps of a dilation pass over it.
Status check_reach(const WindowAxis& axis, size_t size, size_t outputs, const char* argument, Error* error) {
  const size_t step = static_cast<size_t>(axis.dilation) <= size ? larger(outputs - 1, 1) : 1;
  for (size_t at = 0; at < outputs; at += step) {
    if (taps_inside(axis, size, at).count != 0) continue;
    error->set(Status::bad_shape, argument) << "is " << static_cast<uint64_t>(size) << ": the window of output "
                                            << static_cast<uint64_t>(at) << " would hold padding alone";
    return Status::bad_shape;
  }
  return Status::ok;
}

Status resolve(const Layer& layer, LayerShape* shape, Error* error) {
  const Pool2dProblem& problem = of(layer).problem;
  if (!problem.global) {
    const Status status = resolve_by_window(layer, shape, error);
    if (status != Status::ok || shape->output_pixels() == 0) return status;
  } else {
    shape->output_height = shape->output_width = shape->height != 0 && shape->width != 0 ? 1 : 0;
    if (shape->output_height == 0) return Status::ok;
    shape->window = Window();
    shape->window.y.kernel = static_cast<int64_t>(shape->height);
    shape->window.x.kernel = static_cast<int64_t>(shape->width);
    Status status = check_taps(problem, shape->window, "run", error);
    if (status == Status::ok && problem.kind == PoolKind::average_rescaled) {
      status = validate_accumulator_scale(problem.output, sum_scale(problem, shape->window), "run", nullptr, error);
    }
    return status;
  }
  const Status status = check_reach(shape->window.y, shape->height, shape->output_height, "run.height", error);
  return status == Status::ok ? check_reach(shape->window.x, shape->width, shape->output_width, "run.width", error)
                              : status;
}

size_t padded(size_t channels) { return round_up(channels, UniformStage::kPadding); }
size_t pixels_at_once(size_t channels) { return larger(kSumsAtOnce / padded(channels), 1); }
// Of the sums of a worker.
size_t slice_bytes(size_t channels) { return padded(channels) * pixels_at_once(channels) * sizeof(int32_t); }

uint32_t workers_of(const Layer& layer, const LayerShape& shape, uint32_t threads) {
  const uint64_t lines = uint64_t{shape.batch} * shape.output_height;
  const uint64_t bytes =
      lines * shape.output_width * static_cast<uint64_t>(shape.window.taps()) * layer.output_channels;
  return worthwhile_threads(bytes, lines < threads ? static_cast<uint32_t>(lines) : threads);
}

Status schedule(const Layer& layer, const LayerShape& shape, uint32_t threads, Enough, LayerSchedule* schedule,
                Error* error) {
  *schedule = {workers_of(layer, shape, threads), 0};
  if (!sums(of(layer).problem)) return Status::ok;
  const Size total = Size(slice_bytes(layer.output_channels)) * schedule->workers + Size(kAlignment - 1);
  if (!total.valid()) {
    error->set(Status::size_overflow, "run") << "the workspace would not fit the address space";
    return Status::size_overflow;
  }
  schedule->bytes = total.value();
  return Status::ok;
}

struct PoolRun {
  const Pool2d& layer;
  const LayerRequest& request;
  const UniformStage* stage;  // of a rescaled average
  uint8_t* sums;
  bool shared;
  PieceCounter lines;
};

// One line of output, a few pixels at a time.
class Line {
 public:
  Line(const PoolRun& run, size_t line, int32_t* sums)
      : run_(run), layer_(run.layer), request_(run.request), sums_(sums) {
    const LayerShape& shape = request_.shape;
    const size_t batch = line / shape.output_height;
    const size_t y = line - batch * shape.output_height;
    down_ = taps_inside(shape.window.y, shape.height, y);
    const int64_t top =
        static_cast<int64_t>(y) * shape.window.y.stride - shape.window.y.before + down_.first * shape.window.y.dilation;
    line_bytes_ = static_cast<ptrdiff_t>(shape.width * request_.input_pixel);
    from_ = request_.image(batch) + static_cast<ptrdiff_t>(top) * line_bytes_;
    to_ = request_.output_image(batch) + y * shape.output_width * request_.output_pixel;
  }

  void run() {
    const size_t width = request_.shape.output_width;
    const size_t step = run_.stage != nullptr ? pixels_at_once(layer_.output_channels) : width;
    for (size_t x = 0; x < width; x += step) {
      const size_t end = smaller(width, x + step);
      for (size_t at = x; at < end; ++at) pixel(at, run_.stage != nullptr ? at - x : 0);
      if (run_.stage == nullptr) continue;
      run_.stage->run(end - x, layer_.output_channels, sums_, padded(layer_.output_channels),
                      to_ + x * request_.output_pixel, static_cast<ptrdiff_t>(request_.output_pixel));
    }
  }

 private:
  void pixel(size_t x, size_t row) {
    const WindowAxis &down = request_.shape.window.y, &across = request_.shape.window.x;
    const Taps taps = taps_inside(across, request_.shape.width, x);
    const int64_t left = static_cast<int64_t>(x) * across.stride - across.before + taps.first * across.dilation;
    const ptrdiff_t pixel_bytes = static_cast<ptrdiff_t>(request_.input_pixel);
    const TapGrid grid = {from_ + static_cast<ptrdiff_t>(left) * pixel_bytes, static_cast<size_t>(down_.count),
                          static_cast<size_t>(taps.count), static_cast<ptrdiff_t>(down.dilation) * line_bytes_,
                          static_cast<ptrdiff_t>(across.dilation) * pixel_bytes};
    const Pool2dProblem& problem = layer_.problem;
    const OutputPlan& output = layer_.output;
    const bool is_unsigned = problem.type == Type::u8;
    const size_t channels = layer_.output_channels;
    uint8_t* const to = to_ + x * request_.output_pixel;
    if (problem.kind == PoolKind::max) {
      max_of_taps(grid, channels, is_unsigned, to);
      const Range range = range_of(problem.type);
      if (output.clamp_min > range.min || output.clamp_max < range.max) {
        clamp_elements(to, channels, is_unsigned, output.clamp_min, output.clamp_max);
      }
    } else if (problem.kind == PoolKind::average) {
      sum_of_taps(grid, channels, is_unsigned, 0, sums_);
      divide_sums(sums_, channels, grid.count(), output.clamp_min, output.clamp_max, to);
    } else {
      const int32_t start = -problem.zero_point * static_cast<int32_t>(grid.count());
      sum_of_taps(grid, channels, is_unsigned, start, sums_ + row * padded(channels));
    }
  }

  const PoolRun& run_;
  const Pool2d& layer_;
  const LayerRequest& request_;
  int32_t* sums_;
  Taps down_;
  ptrdiff_t line_bytes_;
  const uint8_t* from_;  // the first line that the window meets
  uint8_t* to_;
};

void run_worker(void* task, uint32_t index) {
  PoolRun& run = *static_cast<PoolRun*>(task);
  // A maximum has no workspace.
  uint8_t* const slice = run.sums != nullptr ? run.sums + index * slice_bytes(run.layer.output_channels) : nullptr;
  int32_t* const sums = reinterpret_cast<int32_t*>(slice);
  if (run.stage != nullptr) zero_bytes(sums, slice_bytes(run.layer.output_channels));  // the stage reads the padding
  for (size_t line; run.lines.take(run.shared, &line);) Line(run, line, sums).run();
}

void run(const Layer& layer, const LayerRequest& request, uint32_t threads, void* workspace, const Parallel& parallel) {
  const Pool2d& pool = of(layer);
  const uint32_t workers = workers_of(layer, request.shape, threads);
  uint8_t* const sums = static_cast<uint8_t*>(align_up(workspace, kAlignment));
  PoolRun shared = {pool, request,     nullptr,
                    sums, workers > 1, PieceCounter(request.shape.batch * request.shape.output_height)};
  if (pool.problem.kind != PoolKind::average_rescaled) return on_workers(parallel, workers, run_worker, &shared);
  const UniformStage stage(pool.output, values_of(pool, request.shape.window));
  shared.stage = &stage;
  on_workers(parallel, workers, run_worker, &shared);
}

void describe(const Layer& layer, const LayerShape&, LayerWords* words) {
  const Pool2d& pool = of(layer);
  const bool rescaled = pool.problem.kind == PoolKind::average_rescaled;
  words->tier = rescaled ? pool.isa : Isa::portable;
  *words->kernel << "pooling";
  *words->route << (rescaled ? "sums of a few pixels, then the output stage" : "pixel by pixel");
}

constexpr LayerFunctions kFunctions = {resolve, schedule, run, describe};

// MAX and AVERAGE leave type and parameters as they are.
Status check_kept(const Pool2dProblem& problem, Error* error) {
  const Output& output = problem.output;
  const char* changed = nullptr;
  if (output.type != problem.type) changed = "output.type";
  if (output.zero_point != problem.zero_point) changed = "output.zero_point";
  if (!(output.scale == problem.scale)) changed = "output.scale";
  if (changed == nullptr) return Status::ok;
  error->set(Status::unsupported, changed)
      << "differs from that of the input, which OTTAVA_POOL_MAX and OTTAVA_POOL_AVERAGE keep";
  return Status::unsupported;
}

Status check_rescaling(const Pool2dProblem& problem, Error* error) {
  Status status = validate_channel(problem.output, OutputArrays(), 0, error);
  if (status == Status::ok && !problem.global) {
    status = validate_accumulator_scale(problem.output, sum_scale(problem, problem.window), "desc.input_scale", nullptr,
                                        error);
  }
  return status;
}

}  // namespace

Status validate(const Pool2dProblem& problem, Error* error) {
  Status status = validate_channel_count(problem.channels, error);
  if (status == Status::ok) status = check_zero_point(problem.zero_point, problem.type, "desc.input_zero_point", error);
  if (status == Status::ok) status = check_scale(problem.scale, "desc.input_scale", error);
  if (status == Status::ok) status = check_taps(problem, problem.window, "desc.window", error);
  if (status == Status::ok && problem.kind != PoolKind::average_rescaled) status = check_kept(problem, error);
  if (status == Status::ok) status = validate_output(problem.output, error);
  if (status != Status::ok || problem.kind != PoolKind::average_rescaled) return status;
  return check_rescaling(problem, error);
}

Size pool2d_bytes() { return round_up(sizeof(Pool2d), kAlignment); }

const Layer* prepare_pool2d(const Pool2dProblem& problem, const StageTable& stages, Isa isa, uint32_t threads,
                            uint8_t* memory) {
  Pool2d* const pool = reinterpret_cast<Pool2d*>(memory);
  pool->functions = &kFunctions;
  pool->window = problem.window;
  pool->input_channels = pool->output_channels = static_cast<size_t>(problem.channels);
  pool->output_element_bytes = bytes_of(problem.output.type);
  pool->takes_second = false;
  pool->works_in_place = false;
  pool->accumulates = false;
  pool->counts = false;
  pool->threads = threads;
  pool->packed_bytes = 0;
  pool->problem = problem;
  pool->output = plan_output(problem.output, stages, false);
  pool->isa = isa;
  return pool;
}

}  // namespace ottava
