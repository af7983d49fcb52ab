#include "operators/transposed/transposed.h"

#include "base/memory.h"
#include "contraction/pack.h"
#include "contraction/packed_file.h"
#include "contraction/weights.h"
#include "operators/convolution/contraction_set.h"
#include "operators/convolution/fill_tap.h"

namespace ottava {
namespace {

const Transposed& of(const Layer& layer) { return static_cast<const Transposed&>(layer); }

size_t greatest_common_divisor(size_t a, size_t b) {
  while (b != 0) {
    const size_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

size_t taps_of(const PhaseAxis& phases, const WindowAxis& axis, size_t phase) {
  return ceil_div(static_cast<size_t>(axis.kernel) - phase, phases.step);
}

// Lines (columns) of output, evenly apart, and the taps that each of them has: as many as a phase, or none.
struct Span {
  size_t first;
  size_t step;
  size_t lines;
  size_t phase;
  size_t taps;
  int64_t base;  // input line of the first line and tap
  int64_t back;  // lines from tap to tap, backwards
};

size_t remainder_of(int64_t value, int64_t stride) {
  const int64_t remainder = value % stride;
  return static_cast<size_t>(remainder < 0 ? remainder + stride : remainder);
}

size_t lines_from(size_t first, size_t step, size_t size) { return first < size ? ceil_div(size - first, step) : 0; }

Span span_of_phase(const PhaseAxis& phases, const WindowAxis& axis, size_t size, size_t phase) {
  const int64_t shift = static_cast<int64_t>(phase) * axis.dilation - axis.before;
  Span span = {};
  span.step = static_cast<size_t>(axis.stride);
  span.first = remainder_of(shift, axis.stride);
  span.lines = lines_from(span.first, span.step, size);
  span.phase = phase;
  span.taps = taps_of(phases, axis, phase);
  span.base = (static_cast<int64_t>(span.first) - shift) / axis.stride;
  span.back = static_cast<int64_t>(phases.step) * axis.dilation / axis.stride;
  return span;
}

// Lines without taps lie between the phases: a gap behind each that is open, again and again. A gap is as many spans as
// it has lines, each with all its repetitions, or one for each repetition, whichever is less; of both this is the most
// that any gap has.
size_t repetitions(const WindowAxis& axis, size_t size) { return ceil_div(size, static_cast<size_t>(axis.stride)) + 1; }
size_t spans_of_gap(const PhaseAxis& phases, const WindowAxis& axis, size_t size) {
  return smaller(static_cast<size_t>(axis.stride) - phases.phases, repetitions(axis, size));
}
size_t spans_without_taps(const PhaseAxis& phases, const WindowAxis& axis, size_t size) {
  return phases.open * spans_of_gap(phases, axis, size);
}

Span span_without_taps(const PhaseAxis& phases, const WindowAxis& axis, size_t size, size_t index) {
  const size_t stride = static_cast<size_t>(axis.stride), spans = spans_of_gap(phases, axis, size);
  const size_t phase = phases.first_open + index / spans, number = index % spans;
  size_t width = stride - 1;
  for (size_t other = 0; other < phases.phases; ++other) {
    const int64_t difference = static_cast<int64_t>(other) - static_cast<int64_t>(phase);
    if (difference != 0) width = smaller(width, remainder_of(difference * axis.dilation, axis.stride) - 1);
  }
  const size_t begin = span_of_phase(phases, axis, size, phase).first + 1;
  Span span = {};
  if (spans < repetitions(axis, size)) {
    span.first = (begin + number) % stride;
    span.step = stride;
    span.lines = number < width ? lines_from(span.first, stride, size) : 0;
    return span;
  }
  // The first repetition may lie before the first line, or begin there.
  const size_t end = smaller(begin + width + number * stride, size + stride);
  span.first = larger(begin + number * stride, stride);
  span.lines = span.first < end ? end - span.first : 0;
  span.first -= stride;
  span.step = 1;
  return span;
}

// Part number `index` of a run: a pair of spans of one image and group. Lines without taps are whole.
struct Part {
  size_t group;
  size_t image;
  Span down;
  Span across;

  bool has_taps() const { return down.taps != 0 && across.taps != 0; }
};

// Parts of a line that has taps.
size_t parts_across(const Transposed& layer, const LayerShape& shape) {
  return layer.x.phases + spans_without_taps(layer.x, shape.window.x, shape.output_width);
}
size_t parts_of_image(const Transposed& layer, const LayerShape& shape) {
  return layer.y.phases * parts_across(layer, shape) + spans_without_taps(layer.y, shape.window.y, shape.output_height);
}

Part part_of(const Transposed& layer, const LayerShape& shape, size_t index) {
  const auto take = [&index](size_t count) {
    const size_t taken = index % count;
    index /= count;
    return taken;
  };
  const WindowAxis &y = shape.window.y, &x = shape.window.x;
  Part part = {};
  size_t number = take(parts_of_image(layer, shape));
  part.group = take(layer.groups);
  part.image = index;
  const size_t of_line = parts_across(layer, shape);
  if (number >= layer.y.phases * of_line) {
    part.down = span_without_taps(layer.y, y, shape.output_height, number - layer.y.phases * of_line);
    part.across.step = 1;
    part.across.lines = shape.output_width;
    return part;
  }
  part.down = span_of_phase(layer.y, y, shape.output_height, number / of_line);
  number %= of_line;
  part.across = number < layer.x.phases ? span_of_phase(layer.x, x, shape.output_width, number)
                                        : span_without_taps(layer.x, x, shape.output_width, number - layer.x.phases);
  return part;
}

const PreparedContraction& contraction_of(const Layer& layer, const LayerShape& shape, size_t index) {
  const Transposed& transposed = of(layer);
  const Part part = part_of(transposed, shape, index);
  const size_t of_group = contractions_of_group(transposed.y, transposed.x);
  const size_t number = part.has_taps() ? part.down.phase * transposed.x.phases + part.across.phase : of_group - 1;
  return transposed.contractions[part.group * of_group + number];
}

// A line of the phase is a matrix of its own, as the lines of dst do not follow each other evenly.
RunShape shape_of(const Layer& layer, const LayerShape& shape, size_t index) {
  const Part part = part_of(of(layer), shape, index);
  return {part.across.lines, of(layer).channels, part.down.lines, false};
}

struct PhaseGeometry {
  Span down;
  Span across;
  size_t height;  // of the input
  size_t width;
  ptrdiff_t pixel;
};

// See FillRowTable; `matrix` is the line of the phase.
ptrdiff_t fill_phase_rows(const void* geometry, const uint8_t* image, size_t matrix, size_t first, size_t rows,
                          const uint8_t* padding, bool, const uint8_t** table) {
  const PhaseGeometry& at = *static_cast<const PhaseGeometry*>(geometry);
  for (size_t i = 0; i < at.down.taps; ++i) {
    const int64_t line = at.down.base + static_cast<int64_t>(matrix) - static_cast<int64_t>(i) * at.down.back;
    const bool inside = static_cast<size_t>(line) < at.height;
    const ptrdiff_t line_bytes = static_cast<ptrdiff_t>(at.width) * at.pixel;
    const PixelLine pixels = {inside ? image + static_cast<ptrdiff_t>(line) * line_bytes : padding,
                              inside ? at.width : 0, at.pixel, padding};
    for (size_t j = 0; j < at.across.taps; ++j, table += rows) {
      const int64_t column = at.across.base + static_cast<int64_t>(first) - static_cast<int64_t>(j) * at.across.back;
      fill_tap(pixels, column, 1, rows, table);
    }
  }
  return 0;
}

void request_of(const Layer& layer, const LayerRequest& run, size_t index, GeometryMemory* memory,
                RunRequest* request) {
  static constexpr FillRowTable kFill = fill_phase_rows;
  const Transposed& transposed = of(layer);
  const LayerShape& shape = run.shape;
  const Part part = part_of(transposed, shape, index);
  const size_t element = transposed.output_element_bytes;
  const size_t line = shape.output_width * run.output_pixel;
  request->lhs = {run.image(part.image) + part.group * transposed.depth, nullptr, 0, 0, 1};
  request->dst = {run.output_image(part.image) + part.down.first * line + part.across.first * run.output_pixel +
                      part.group * transposed.channels * element,
                  nullptr, static_cast<ptrdiff_t>(part.down.step * line),
                  static_cast<ptrdiff_t>(part.across.step * run.output_pixel), static_cast<ptrdiff_t>(element)};
  PhaseGeometry* const geometry = memory->as<PhaseGeometry>();
  *geometry = {part.down, part.across, shape.height, shape.width, static_cast<ptrdiff_t>(run.input_pixel)};
  request->fill = kFill;
  request->geometry = geometry;
}

ContractionSet set_of(const Transposed& layer, const LayerShape& shape) {
  const size_t kinds = parts_of_image(layer, shape);
  return {&layer, shape.batch * layer.groups * kinds, kinds, contraction_of, shape_of, request_of};
}

Status resolve(const Layer& layer, LayerShape* shape, Error* error) {
  const Transposed& transposed = of(layer);
  int64_t height = 0, width = 0;
  const Status status = resolve_transposed_window(
      layer.window, transposed.adjustment_height, transposed.adjustment_width, static_cast<int64_t>(shape->height),
      static_cast<int64_t>(shape->width), &shape->window, &height, &width, error);
  shape->output_height = static_cast<size_t>(height);
  shape->output_width = static_cast<size_t>(width);
  return status;
}

Status schedule(const Layer& layer, const LayerShape& shape, uint32_t threads, Enough enough, LayerSchedule* schedule,
                Error* error) {
  return schedule_set(set_of(of(layer), shape), shape, threads, enough, schedule, error);
}

void run(const Layer& layer, const LayerRequest& request, uint32_t threads, void* workspace, const Parallel& parallel) {
  run_set(set_of(of(layer), request.shape), request, threads, workspace, parallel);
}

void describe(const Layer& layer, const LayerShape& shape, LayerWords* words) {
  const Transposed& transposed = of(layer);
  const Routes& routes = transposed.contractions[0].plan.routes;
  const size_t rows = shape.output_width / static_cast<size_t>(layer.window.x.stride);
  const Kernel& kernel = *routes.of(rows).kernel;
  words->tier = kernel.isa;
  *words->kernel << kernel.name;
  *words->route << static_cast<uint64_t>(transposed.y.phases) << " by " << static_cast<uint64_t>(transposed.x.phases)
                << " phases, each line: ";
  describe_route(routes, rows, *words->route);
  *words->reason << routes.reason;
  if (shape.empty()) return;
  const ContractionSet set = set_of(transposed, shape);
  words->contraction = &set.contraction_of(layer, shape, 0).plan;
  const RunShape first = set.shape_of(layer, shape, 0);
  words->rows = first.rows, words->columns = first.columns, words->batches = first.batches;
}

constexpr LayerFunctions kFunctions = {resolve, schedule, run, describe};

// Of the weights of a group those that the taps of a phase have.
RhsView rhs_of_phase(const TransposedProblem& problem, const TransposedPlan& plan, RhsView rhs, size_t number) {
  if (number == plan.y.phases * plan.x.phases || rhs.first.data == nullptr) return rhs;
  const size_t down = number / plan.x.phases, across = number % plan.x.phases;
  const ptrdiff_t tap = rhs.position_stride;
  const ptrdiff_t line = tap * static_cast<ptrdiff_t>(problem.window.x.kernel);
  rhs.first.data += static_cast<ptrdiff_t>(down) * line + static_cast<ptrdiff_t>(across) * tap;
  rhs.position_stride = tap * static_cast<ptrdiff_t>(plan.x.step);
  rhs.line_positions = taps_of(plan.x, problem.window.x, across);
  rhs.line_stride = line * static_cast<ptrdiff_t>(plan.y.step);
  return rhs;
}

Status check_adjustments(const TransposedProblem& problem, Error* error) {
  const struct {
    int64_t value;
    const char* argument;
  } entries[] = {{problem.adjustment_height, "desc.adjustment_height"},
                 {problem.adjustment_width, "desc.adjustment_width"}};
  for (const auto& entry : entries) {
    const int64_t most = problem.window.padding == Padding::explicit_ ? kMostWindowSteps : 0;
    if (entry.value >= 0 && entry.value <= most) continue;
    error->set(Status::bad_option, entry.argument)
        << "is " << entry.value << ", outside 0 to " << most
        << (most == 0 ? ": with this padding the size of the output is given" : "");
    return Status::bad_option;
  }
  return Status::ok;
}

// Phases that have as many taps as this one.
struct EqualPhases {
  size_t phase;
  size_t count;
};

// There are two numbers of taps at most: that of the first phases and that of the last.
void equal_phases(const PhaseAxis& phases, const WindowAxis& axis, EqualPhases (&equal)[2]) {
  const size_t rest = static_cast<size_t>(axis.kernel) % phases.step;
  const size_t first = rest == 0 ? phases.phases : rest;
  equal[0] = {0, first};
  equal[1] = {first, phases.phases - first};
}

// Plans each contraction that differs from the others, and adds up what all of them take.
Status measure(const TransposedProblem& problem, const Machine& machine, const Choice& choice, uint32_t threads,
               TransposedPlan* plan, Error* error) {
  Size total(0);
  const auto add = [&](size_t number, size_t count) {
    if (count == 0) return Status::ok;
    ContractionPlan part;
    const Status status =
        make_plan(contraction_of_phase(problem, *plan, number), machine, choice, threads, &part, error);
    if (status == Status::size_overflow) {
      error->set(status, "desc") << "channels and window: weights or workspace would not fit the address space";
    }
    if (status == Status::ok) total = total + operator_bytes(part) * count * static_cast<size_t>(problem.groups);
    return status;
  };
  EqualPhases down[2], across[2];
  equal_phases(plan->y, problem.window.y, down);
  equal_phases(plan->x, problem.window.x, across);
  for (const EqualPhases& y : down) {
    for (const EqualPhases& x : across) {
      const Status status = add(y.phase * plan->x.phases + x.phase, y.count * x.count);
      if (status != Status::ok) return status;
    }
  }
  const Status status = add(plan->y.phases * plan->x.phases, 1);  // the one without depth
  if (status != Status::ok) return status;
  if (!total.valid()) {
    error->set(Status::size_overflow, "desc") << "channels and window: the weights would not fit the address space";
    return Status::size_overflow;
  }
  plan->bytes = total.value();
  return Status::ok;
}

}  // namespace

PhaseAxis phases_of(const WindowAxis& axis) {
  const size_t stride = static_cast<size_t>(axis.stride), kernel = static_cast<size_t>(axis.kernel);
  const size_t dilation = static_cast<size_t>(axis.dilation);
  const size_t step = stride / greatest_common_divisor(stride, dilation);
  const size_t phases = smaller(kernel, step);
  if (phases == stride) return {step, phases, 0, 0};
  // Phase f is a line behind phase g where (f - g) * dilation leaves 1: at one difference, forwards or backwards.
  PhaseAxis axis_phases = {step, phases, 0, phases};
  for (size_t difference = 1; difference < phases; ++difference) {
    const size_t lines = difference * dilation % stride;
    if (lines == 1) axis_phases.first_open = phases - difference;
    if (lines == stride - 1) axis_phases.open = difference;
  }
  axis_phases.open -= smaller(axis_phases.first_open, axis_phases.open);
  return axis_phases;
}

Contraction contraction_of_phase(const TransposedProblem& problem, const TransposedPlan& plan, size_t number) {
  Contraction part = whole_contraction(problem);
  part.n = problem.group_channels();
  part.weights_unfit = plan.weights_unfit;
  if (number == plan.y.phases * plan.x.phases) {
    part.k = 0;
    part.positions = 1;
  } else {
    part.positions = static_cast<int64_t>(taps_of(plan.y, problem.window.y, number / plan.x.phases) *
                                          taps_of(plan.x, problem.window.x, number % plan.x.phases));
  }
  return part;
}

Status validate(const TransposedProblem& problem, Error* error) {
  const Status status = validate(static_cast<const ConvolutionProblem&>(problem), error);
  return status == Status::ok ? check_adjustments(problem, error) : status;
}

Status plan_transposed(const TransposedProblem& problem, const Machine& machine, const Choice& choice, uint32_t threads,
                       TransposedPlan* plan, Error* error) {
  const Status status = validate(problem, error);
  if (status != Status::ok) return status;
  plan->y = phases_of(problem.window.y);
  plan->x = phases_of(problem.window.x);
  plan->weights_unfit = false;
  return measure(problem, machine, choice, threads, plan, error);
}

Status settle_transposed(const TransposedProblem& problem, const ConvolutionConstants& constants,
                         const Machine& machine, const Choice& choice, TransposedPlan* plan, Error* error) {
  const Status status = validate(problem, constants, error);
  if (status != Status::ok) return status;
  const Contraction whole = whole_contraction(problem);
  char words[208];
  Text reason(words);
  Error ignored;
  const Kernel* const kernel = select_kernel(whole, machine, choice, reason, &ignored);
  plan->weights_unfit = kernel != nullptr && weights_rule_out(*kernel, whole, whole_constants(problem, constants));
  return Status::ok;
}

Size transposed_bytes_alone(const TransposedProblem& problem, const TransposedPlan& plan) {
  const Size count = Size(contractions_of_group(plan.y, plan.x)) * Size::from(static_cast<uint64_t>(problem.groups));
  return Size(round_up(sizeof(Transposed), kAlignment)) +
         (Size(sizeof(PreparedContraction)) * count).rounded_up(kAlignment);
}

Size transposed_bytes(const TransposedProblem& problem, const TransposedPlan& plan) {
  return transposed_bytes_alone(problem, plan) + Size(plan.bytes);
}

PreparedContraction* phases_in(uint8_t* memory) {
  return reinterpret_cast<PreparedContraction*>(memory + round_up(sizeof(Transposed), kAlignment));
}

const Layer* prepare_transposed(const TransposedPlan& plan, const TransposedProblem& problem,
                                const ConvolutionConstants& constants, const Machine& machine, const Choice& choice,
                                uint32_t threads, uint8_t* memory) {
  const size_t groups = static_cast<size_t>(problem.groups);
  const size_t of_group = contractions_of_group(plan.y, plan.x);
  PreparedContraction* const contractions = phases_in(memory);
  uint8_t* packed = memory + transposed_bytes_alone(problem, plan).value();
  const size_t channels = static_cast<size_t>(problem.group_channels());
  for (size_t number = 0; number < of_group; ++number) {
    const Contraction part = contraction_of_phase(problem, plan, number);
    ContractionPlan made;
    Error ignored;
    if (make_plan(part, machine, choice, threads, &made, &ignored) != Status::ok) continue;  // measured: never
    for (size_t group = 0; group < groups; ++group) {
      Constants arrays = constants_from(problem, constants, group * channels);
      arrays.rhs = rhs_of_phase(problem, plan, arrays.rhs, number);
      prepare(made, part, arrays, packed, &contractions[group * of_group + number]);
      packed += operator_bytes(made).value();
    }
  }
  return finish_transposed(plan, problem, threads, memory);
}

const Layer* finish_transposed(const TransposedPlan& plan, const TransposedProblem& problem, uint32_t threads,
                               uint8_t* memory) {
  Transposed* const layer = reinterpret_cast<Transposed*>(memory);
  const OutputPlan& output = phases_in(memory)->plan.output;
  layer->functions = &kFunctions;
  layer->kind = PackedKind::transposed_conv2d;
  layer->window = problem.window;
  layer->input_channels = static_cast<size_t>(problem.input_channels);
  layer->output_channels = static_cast<size_t>(problem.output_channels);
  layer->output_element_bytes = output.element_bytes;
  layer->takes_second = false;
  layer->works_in_place = false;
  layer->accumulates = output.run_accumulating != nullptr && output.activation == Activation::none;
  layer->counts = true;
  layer->threads = threads;
  layer->packed_bytes = plan.bytes;
  layer->adjustment_height = problem.adjustment_height;
  layer->adjustment_width = problem.adjustment_width;
  layer->y = plan.y;
  layer->x = plan.x;
  layer->contractions = phases_in(memory);
  layer->groups = static_cast<size_t>(problem.groups);
  layer->depth = static_cast<size_t>(problem.group_depth());
  layer->channels = static_cast<size_t>(problem.group_channels());
  layer->problem = problem;
  return layer;
}

}  // namespace ottava
