#include "operators/pool2d/pool2d.h"

#include "base/memory.h"
#include "contraction/packed_file.h"
#include "output/uniform_stage.h"
#include "output/validate_output.h"

namespace ottava {
namespace {

constexpr size_t kSumsAtOnce = 2048;  // that a worker keeps, about

const Pool2d& of(const Layer& layer) { return static_cast<const Pool2d&>(layer); }

bool sums(const Pool2dProblem& problem) { return problem.kind != PoolKind::max; }
bool rescales(const Pool2dProblem& problem) { return problem.kind == PoolKind::average_rescaled; }

Status check_taps(const Pool2dProblem& problem, const Window& window, const char* argument, Error* error) {
  if (!sums(problem) || window.taps() <= kMostSummed) return Status::ok;
  error->set(Status::not_exact, argument)
      << "makes windows of " << window.taps() << " pixels; sums of more than " << kMostSummed << " could leave int32";
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

// Outputs [first, end) have all taps of their windows inside.
struct Inside {
  size_t first;
  size_t end;
};
Inside outputs_inside(const WindowAxis& axis, size_t size, size_t outputs) {
  const int64_t span = (axis.kernel - 1) * axis.dilation + 1;
  const int64_t room = static_cast<int64_t>(size) + axis.before - span;  // of the first tap of the last window
  if (room < 0) return {outputs, outputs};
  const size_t end = smaller(static_cast<size_t>(room / axis.stride) + 1, outputs);
  return {static_cast<size_t>((axis.before + axis.stride - 1) / axis.stride), end};
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
    if (status == Status::ok && rescales(problem)) {
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

size_t lines_of(const LayerShape& shape) { return shape.batch * shape.output_height; }

// That go through.
uint64_t bytes_of(const Layer& layer, const LayerShape& shape) {
  return uint64_t{lines_of(shape)} * shape.output_width * static_cast<uint64_t>(shape.window.taps()) *
         layer.output_channels;
}

uint32_t workers_of(const Layer& layer, const LayerShape& shape, uint32_t threads) {
  const size_t lines = lines_of(shape);
  return worthwhile_threads(bytes_of(layer, shape), lines < threads ? static_cast<uint32_t>(lines) : threads);
}

Status schedule(const Layer& layer, const LayerShape& shape, uint32_t threads, Enough, LayerSchedule* schedule,
                Error* error) {
  *schedule = {workers_of(layer, shape, threads), 0};
  if (!rescales(of(layer).problem)) return Status::ok;
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
  size_t grain;  // pixels of one
  Grains grains;
  PieceCounter pieces;
};

// One line of output: pixels whose windows have the same taps inside are handed to the kernel together, as many as
// there is room for sums.
class Line {
 public:
  Line(const PoolRun& run, size_t line, int32_t* sums)
      : layer_(run.layer), request_(run.request), stage_(run.stage), args_() {
    const LayerShape& shape = request_.shape;
    const WindowAxis& down = shape.window.y;
    const size_t batch = line / shape.output_height;
    const size_t y = line - batch * shape.output_height;
    const Taps taps = taps_inside(down, shape.height, y);
    const int64_t top = static_cast<int64_t>(y) * down.stride - down.before + taps.first * down.dilation;
    const ptrdiff_t line_bytes = static_cast<ptrdiff_t>(shape.width) * pixel_bytes();
    from_ = request_.image(batch) + static_cast<ptrdiff_t>(top) * line_bytes;
    to_ = request_.output_image(batch) + y * shape.output_width * request_.output_pixel;
    inside_ = outputs_inside(shape.window.x, shape.width, shape.output_width);
    rows_ = static_cast<size_t>(taps.count);
    args_.channels = layer_.output_channels;
    args_.row_step = static_cast<ptrdiff_t>(down.dilation) * line_bytes;
    args_.column_step = static_cast<ptrdiff_t>(shape.window.x.dilation) * pixel_bytes();
    args_.pixel_step = static_cast<ptrdiff_t>(shape.window.x.stride) * pixel_bytes();
    args_.dst_step = static_cast<ptrdiff_t>(request_.output_pixel);
    args_.clamp_min = layer_.output.clamp_min;
    args_.clamp_max = layer_.output.clamp_max;
    args_.sums = sums;
    args_.sums_step = padded(layer_.output_channels);
  }

  // Pixels from `first` on, before `last`.
  void run(size_t first, size_t last) {
    const size_t step = stage_ != nullptr ? pixels_at_once(layer_.output_channels) : last - first;
    int32_t* const sums = args_.sums;
    for (size_t x = first; x < last; x += step) {
      const size_t end = smaller(last, x + step);
      args_.sums = sums;
      for (size_t at = x; at < end; at += args_.pixels) pool(at, end);
      if (stage_ == nullptr) continue;
      stage_->run(end - x, layer_.output_channels, sums, args_.sums_step, to_ + x * request_.output_pixel,
                  args_.dst_step);
    }
  }

 private:
  ptrdiff_t pixel_bytes() const { return static_cast<ptrdiff_t>(request_.input_pixel); }

  // Pixels from x on, before `end`.
  void pool(size_t x, size_t end) {
    const WindowAxis& across = request_.shape.window.x;
    const bool inside = x >= inside_.first && x < inside_.end;
    args_.pixels = inside ? smaller(inside_.end, end) - x : 1;
    const Taps taps = inside ? Taps{0, across.kernel} : taps_inside(across, request_.shape.width, x);
    const int64_t left = static_cast<int64_t>(x) * across.stride - across.before + taps.first * across.dilation;
    args_.first = from_ + static_cast<ptrdiff_t>(left) * pixel_bytes();
    args_.rows = rows_;
    args_.columns = static_cast<size_t>(taps.count);
    args_.dst = to_ + x * request_.output_pixel;
    if (stage_ != nullptr) args_.start = -layer_.problem.zero_point * static_cast<int32_t>(args_.rows * args_.columns);
    if (args_.row_step == static_cast<ptrdiff_t>(args_.columns) * args_.column_step) {  // one row of all
      args_.columns *= args_.rows;
      args_.rows = 1;
    }
    layer_.pooling(&args_);
    if (stage_ != nullptr) args_.sums += args_.pixels * args_.sums_step;
  }

  const Pool2d& layer_;
  const LayerRequest& request_;
  const UniformStage* stage_;
  PoolingArgs args_;
  size_t rows_;
  Inside inside_;
  const uint8_t* from_;  // the first line of the window, with its first pixel
  uint8_t* to_;
};

void run_worker(void* task, uint32_t index) {
  PoolRun& run = *static_cast<PoolRun*>(task);
  // An average that is rescaled has a workspace, for its sums; nothing else has.
  uint8_t* const slice = run.sums != nullptr ? run.sums + index * slice_bytes(run.layer.output_channels) : nullptr;
  int32_t* const sums = reinterpret_cast<int32_t*>(slice);
  if (run.stage != nullptr) zero_bytes(sums, slice_bytes(run.layer.output_channels));  // the stage reads the padding
  for (Share share; run.pieces.take(index, &share);) {
    const size_t first = share.first * run.grain;
    const size_t last = smaller(run.request.shape.output_width, first + share.count * run.grain);
    const size_t end = share.line + run.grains.lines(share);
    for (size_t line = share.line; line < end; ++line) Line(run, line, sums).run(first, last);
  }
}

void run(const Layer& layer, const LayerRequest& request, uint32_t threads, void* workspace, const Parallel& parallel) {
  const Pool2d& pool = of(layer);
  const uint32_t workers = workers_of(layer, request.shape, threads);
  uint8_t* const sums = static_cast<uint8_t*>(align_up(workspace, kAlignment));
  const size_t lines = lines_of(request.shape), width = request.shape.output_width;
  size_t grain = width;
  if (workers > 1) grain = units_of_grain(width, lines, worthwhile_grains(bytes_of(layer, request.shape), workers));
  const Grains grains = grains_of_lines(lines, workers == 1 ? 1 : ceil_div(width, grain));
  PoolRun shared = {pool, request, nullptr, sums, grain, grains, PieceCounter(lines, workers, grains)};
  if (!rescales(pool.problem)) return on_workers(parallel, workers, run_worker, &shared);
  const UniformStage stage(pool.output, values_of(pool, request.shape.window));
  shared.stage = &stage;
  on_workers(parallel, workers, run_worker, &shared);
}

void describe(const Layer& layer, const LayerShape&, LayerWords* words) {
  const Pool2d& pool = of(layer);
  words->tier = pool.kernel->isa;
  *words->kernel << pool.kernel->name;
  *words->route << (rescales(pool.problem) ? "sums of a few pixels, then the output stage" : "pixel by pixel");
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
  if (status == Status::ok && !rescales(problem)) status = check_kept(problem, error);
  if (status == Status::ok) status = validate_output(problem.output, error);
  if (status != Status::ok || !rescales(problem)) return status;
  return check_rescaling(problem, error);
}

Size pool2d_bytes() { return round_up(sizeof(Pool2d), kAlignment); }

const PoolingKernel& pooling_kernel(const Machine& machine, const Choice& choice) {
  const PoolingKernelList list = built_pooling_kernels();
  size_t i = 0;
  while (!runs_here(list.kernels[i]->isa, machine, choice)) ++i;  // the portable kernel always does
  return *list.kernels[i];
}

const Layer* prepare_pool2d(const Pool2dProblem& problem, const StageTable& stages, const PoolingKernel& kernel,
                            uint32_t threads, uint8_t* memory) {
  Pool2d* const pool = reinterpret_cast<Pool2d*>(memory);
  pool->functions = &kFunctions;
  pool->kind = PackedKind::pool2d;
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
  pool->kernel = &kernel;
  const PoolingKernel::Entry& entry = kernel.by_sign[problem.type == Type::u8 ? 1 : 0];
  pool->pooling = problem.kind == PoolKind::max ? entry.max : rescales(problem) ? entry.sum : entry.average;
  return pool;
}

}  // namespace ottava
