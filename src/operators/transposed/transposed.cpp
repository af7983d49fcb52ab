#include "operators/transposed/transposed.h"

#include "base/memory.h"
#include "contraction/pack.h"
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

PhaseAxis phases_of(const WindowAxis& axis) {
  const size_t stride = static_cast<size_t>(axis.stride), kernel = static_cast<size_t>(axis.kernel);
  const size_t step = stride / greatest_common_divisor(stride, static_cast<size_t>(axis.dilation));
  const size_t phases = smaller(kernel, step);
  return {step, phases, phases == stride};
}

size_t taps_of(const PhaseAxis& phases, const WindowAxis& axis, size_t phase) {
  return ceil_div(static_cast<size_t>(axis.kernel) - phase, phases.step);
}

size_t contractions_of_group(const PhaseAxis& y, const PhaseAxis& x) { return y.phases * x.phases + 1; }

// The lines (columns) of output that begin with `first` and are a stride apart, and what they read.
struct Phase {
  bool has_taps;
  size_t number;
  size_t lines;
  int64_t base;  // input line of the first line and tap
  int64_t back;  // lines from tap to tap, backwards
  size_t taps;
};

Phase phase_at(const PhaseAxis& phases, const WindowAxis& axis, size_t first, size_t size) {
  const int64_t shifted = static_cast<int64_t>(first) + axis.before;
  Phase phase = {};
  phase.lines = first < size ? ceil_div(size - first, static_cast<size_t>(axis.stride)) : 0;
  while (phase.number < phases.phases) {
    const int64_t from = shifted - static_cast<int64_t>(phase.number) * axis.dilation;
    if (from % axis.stride == 0) {
      phase.has_taps = true;
      phase.base = from / axis.stride;
      phase.back = static_cast<int64_t>(phases.step) * axis.dilation / axis.stride;
      phase.taps = taps_of(phases, axis, phase.number);
      return phase;
    }
    ++phase.number;
  }
  return phase;
}

// Part number `index` of a run: a pair of phases of one image and group.
struct Part {
  size_t group;
  size_t image;
  size_t first_line;
  size_t first_column;
  Phase down;
  Phase across;

  bool has_taps() const { return down.has_taps && across.has_taps; }
};

size_t phases_down(const LayerShape& shape) {
  return smaller(static_cast<size_t>(shape.window.y.stride), shape.output_height);
}
size_t phases_across(const LayerShape& shape) {
  return smaller(static_cast<size_t>(shape.window.x.stride), shape.output_width);
}

Part part_of(const Transposed& layer, const LayerShape& shape, size_t index) {
  const auto take = [&index](size_t count) {
    const size_t taken = index % count;
    index /= count;
    return taken;
  };
  Part part;
  part.first_column = take(phases_across(shape));
  part.first_line = take(phases_down(shape));
  part.group = take(layer.groups);
  part.image = index;
  part.down = phase_at(layer.y, shape.window.y, part.first_line, shape.output_height);
  part.across = phase_at(layer.x, shape.window.x, part.first_column, shape.output_width);
  return part;
}

const PreparedContraction& contraction_of(const Layer& layer, const LayerShape& shape, size_t index) {
  const Transposed& transposed = of(layer);
  const Part part = part_of(transposed, shape, index);
  const size_t of_group = contractions_of_group(transposed.y, transposed.x);
  const size_t number = part.has_taps() ? part.down.number * transposed.x.phases + part.across.number : of_group - 1;
  return transposed.contractions[part.group * of_group + number];
}

// A line of the phase is a matrix of its own, as the lines of dst do not follow each other evenly.
RunShape shape_of(const Layer& layer, const LayerShape& shape, size_t index) {
  const Part part = part_of(of(layer), shape, index);
  return {part.across.lines, of(layer).channels, part.down.lines, false};
}

struct PhaseGeometry {
  Phase down;
  Phase across;
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
  request->dst = {run.output_image(part.image) + part.first_line * line + part.first_column * run.output_pixel +
                      part.group * transposed.channels * element,
                  nullptr, static_cast<ptrdiff_t>(shape.window.y.stride) * static_cast<ptrdiff_t>(line),
                  static_cast<ptrdiff_t>(shape.window.x.stride) * static_cast<ptrdiff_t>(run.output_pixel),
                  static_cast<ptrdiff_t>(element)};
  PhaseGeometry* const geometry = memory->as<PhaseGeometry>();
  *geometry = {part.down, part.across, shape.height, shape.width, static_cast<ptrdiff_t>(run.input_pixel)};
  request->fill = kFill;
  request->geometry = geometry;
}

ContractionSet set_of(const Transposed& layer, const LayerShape& shape) {
  const size_t kinds = phases_down(shape) * phases_across(shape);
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
  words->tier = routes.many.kernel->isa;
  *words->kernel << routes.of(rows).kernel->name;
  *words->route << static_cast<uint64_t>(transposed.y.phases) << " by " << static_cast<uint64_t>(transposed.x.phases)
                << " phases, each line: ";
  describe_route(routes, rows, *words->route);
  *words->reason << routes.reason;
}

constexpr LayerFunctions kFunctions = {resolve, schedule, run, describe};

// The contraction of a pair of phases; behind the last pair the one without depth.
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

Status plan_transposed(const TransposedProblem& problem, const Machine& machine, const Choice& choice, uint32_t threads,
                       TransposedPlan* plan, Error* error) {
  Status status = validate(problem, error);
  if (status == Status::ok) status = check_adjustments(problem, error);
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

Size transposed_bytes(const TransposedProblem& problem, const TransposedPlan& plan) {
  const Size count = Size(contractions_of_group(plan.y, plan.x)) * static_cast<size_t>(problem.groups);
  return Size(round_up(sizeof(Transposed), kAlignment)) +
         (Size(sizeof(PreparedContraction)) * count).rounded_up(kAlignment) + Size(plan.bytes);
}

const Layer* prepare_transposed(const TransposedPlan& plan, const TransposedProblem& problem,
                                const ConvolutionConstants& constants, const Machine& machine, const Choice& choice,
                                uint32_t threads, uint8_t* memory) {
  Transposed* const layer = reinterpret_cast<Transposed*>(memory);
  const size_t groups = static_cast<size_t>(problem.groups);
  const size_t of_group = contractions_of_group(plan.y, plan.x);
  PreparedContraction* const contractions =
      reinterpret_cast<PreparedContraction*>(memory + round_up(sizeof(Transposed), kAlignment));
  uint8_t* packed =
      reinterpret_cast<uint8_t*>(contractions) + round_up(sizeof(PreparedContraction) * of_group * groups, kAlignment);
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
  const OutputPlan& output = contractions[0].plan.output;
  layer->functions = &kFunctions;
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
  layer->contractions = contractions;
  layer->groups = groups;
  layer->depth = static_cast<size_t>(problem.group_depth());
  layer->channels = channels;
  return layer;
}

}  // namespace ottava
