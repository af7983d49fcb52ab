#include "operators/conv2d/conv2d.h"

#include "base/memory.h"
#include "contraction/pack.h"
#include "contraction/packed_file.h"
#include "contraction/weights.h"
#include "operators/conv2d/rows.h"
#include "operators/convolution/contraction_set.h"

namespace ottava {
namespace {

const Conv2d& of(const Layer& layer) { return static_cast<const Conv2d&>(layer); }

RunShape shape_of(const Layer& layer, const LayerShape& shape, size_t) {
  return {shape.output_pixels(), of(layer).channels, shape.batch, false};
}

void request_of(const Layer& layer, const LayerRequest& run, size_t index, GeometryMemory* memory,
                RunRequest* request) {
  const Conv2d& conv = of(layer);
  const size_t element = conv.output_element_bytes;
  request->lhs = {run.input + index * conv.depth, nullptr,
                  static_cast<ptrdiff_t>(run.shape.height * run.shape.width * run.input_pixel),
                  static_cast<ptrdiff_t>(run.input_pixel), 1};
  request->dst = {run.output + index * conv.channels * element, nullptr,
                  static_cast<ptrdiff_t>(run.shape.output_pixels() * run.output_pixel),
                  static_cast<ptrdiff_t>(run.output_pixel), static_cast<ptrdiff_t>(element)};
  if (conv.takes_second) {
    request->second = {run.second + index * conv.channels, nullptr,
                       static_cast<ptrdiff_t>(run.shape.output_pixels() * run.second_pixel),
                       static_cast<ptrdiff_t>(run.second_pixel), 1};
  }
  const ImageRows rows = image_rows(conv.rows_from);
  request->fill = rows.fill;
  request->assemble = rows.assemble;
  if (conv.rows_from == RowsFrom::strides) return;
  ImageGeometry* const geometry = memory->as<ImageGeometry>();
  geometry->window = run.shape.window;
  geometry->height = run.shape.height;
  geometry->width = run.shape.width;
  geometry->output_width = run.shape.output_width;
  geometry->pixel = static_cast<ptrdiff_t>(run.input_pixel);
  geometry->depth = conv.depth;
  geometry->row_depth = conv.row_depth;
  geometry->padding = conv.padding;
  request->geometry = geometry;
}

const PreparedContraction& contraction_of(const Layer& layer, const LayerShape&, size_t index) {
  return of(layer).contractions[index];
}

ContractionSet set_of(const Conv2d& conv) { return {&conv, conv.count, 1, contraction_of, shape_of, request_of}; }

Status schedule(const Layer& layer, const LayerShape& shape, uint32_t threads, Enough enough, LayerSchedule* schedule,
                Error* error) {
  return schedule_set(set_of(of(layer)), shape, threads, enough, schedule, error);
}

void run(const Layer& layer, const LayerRequest& request, uint32_t threads, void* workspace, const Parallel& parallel) {
  run_set(set_of(of(layer)), request, threads, workspace, parallel);
}

void describe(const Layer& layer, const LayerShape& shape, LayerWords* words) {
  const Conv2d& conv = of(layer);
  const Routes& routes = conv.contractions[0].plan.routes;
  const Kernel& kernel = *routes.of(shape.output_pixels()).kernel;
  words->tier = kernel.isa;
  *words->kernel << kernel.name;
  describe_route(routes, shape.output_pixels(), *words->route);
  if (conv.rows_from == RowsFrom::table) *words->route << ", by a table of pixels";
  if (conv.rows_from == RowsFrom::assembled) *words->route << ", taps copied side by side";
  if (conv.takes_second) *words->route << ", then an addition";
  if (conv.count > 1) *words->route << ", " << static_cast<uint64_t>(conv.count) << " contractions";
  *words->reason << routes.reason;
  words->contraction = &conv.contractions[0].plan;
  const RunShape first = shape_of(layer, shape, 0);
  words->rows = first.rows, words->columns = first.columns, words->batches = first.batches;
}

constexpr LayerFunctions kFunctions = {resolve_by_window, schedule, run, describe};

// The most groups, all contractions having as many, whose channels fit a panel.
size_t groups_to_merge(const ConvolutionProblem& problem, const ContractionPlan& alone) {
  const size_t groups = static_cast<size_t>(problem.groups);
  const size_t most_depth = kMostBytesOfParts / alone.nr;
  size_t merged = alone.n == 0 || alone.k == 0 ? 1 : smaller(alone.nr / alone.n, most_depth / alone.k);
  if (merged > groups) merged = groups;
  while (merged > 1 && groups % merged != 0) --merged;
  return larger(merged, 1);
}

size_t depth_of_taps(const ConvolutionProblem& problem) {
  return static_cast<size_t>(problem.group_depth() * problem.window.taps());
}

// Bytes of an assembled row. Whole vectors are packed without the care that the end of a row takes, which pays for a
// few zeros; these meet weights that are their zero points.
size_t assembled_depth(const ConvolutionProblem& problem, size_t nr) {
  const size_t depth = depth_of_taps(problem);
  const size_t whole = round_up(depth, 16);
  return whole * 5 <= depth * 6 && whole * nr <= kMostBytesOfParts ? whole : depth;
}

// Whether channels of a contraction have depths without a weight, which hold the zero point of the weights instead.
bool has_parts(const ConvolutionProblem& problem, const Conv2dPlan& plan) {
  return plan.merged > 1 || (plan.rows_from == RowsFrom::assembled && plan.row_depth != depth_of_taps(problem));
}

// Whether the depth of a tap, rounded up, is so much more than it that copying the taps side by side costs less.
bool wastes_depth(const ContractionPlan& plan) {
  const size_t kr = plan.routes.many.tile.kr;
  return plan.k != 0 && plan.packed_k * 8 > round_up(plan.depth(), kr) * 9;
}

// Of contraction number `index`, whose weights may be there for parts of its depth alone.
Constants constants_of(const ConvolutionProblem& problem, const ConvolutionConstants& constants, const Conv2dPlan& plan,
                       size_t index) {
  const size_t channels = plan.contraction.n;
  Constants arrays = constants_from(problem, constants, index * channels);
  if (plan.rows_from == RowsFrom::assembled && has_parts(problem, plan)) {
    arrays.rhs.part_channels = channels;
    arrays.rhs.part_depth = depth_of_taps(problem);
  }
  if (plan.merged > 1) {
    arrays.rhs.part_channels = static_cast<size_t>(problem.group_channels());
    arrays.rhs.part_depth = static_cast<size_t>(problem.group_depth());
  }
  return arrays;
}

bool any_weights_rule_out(const Kernel& kernel, const ConvolutionProblem& problem,
                          const ConvolutionConstants& constants, const Conv2dPlan& plan) {
  const Contraction part = contraction_of(problem, plan);
  // Groups without channels have no weights, and may be more than anybody can count.
  for (size_t index = 0; index < plan.count && part.n != 0; ++index) {
    if (weights_rule_out(kernel, part, constants_of(problem, constants, plan, index))) return true;
  }
  return false;
}

}  // namespace

Contraction contraction_of(const ConvolutionProblem& problem, const Conv2dSplit& split) {
  Contraction part = whole_contraction(problem);
  part.n = problem.group_channels() * static_cast<int64_t>(split.merged);
  part.k = problem.group_depth() * static_cast<int64_t>(split.merged);
  part.rows_from = split.rows_from;
  if (split.rows_from == RowsFrom::assembled) {
    part.k = static_cast<int64_t>(split.row_depth);
    part.positions = 1;
  }
  return part;
}

WeightRuns weight_runs_of(const ConvolutionProblem& problem, const Conv2dSplit& split) {
  WeightRuns runs;
  runs.count = static_cast<size_t>(problem.window.taps());
  runs.depth = static_cast<size_t>(problem.group_depth());
  runs.side_by_side = split.rows_from == RowsFrom::assembled;
  if (split.merged > 1) runs.part_channels = static_cast<size_t>(problem.group_channels());
  return runs;
}

bool may_be_split(const ConvolutionProblem& problem, const Conv2dSplit& split) {
  if (split.merged == 0 || static_cast<uint64_t>(problem.groups) % split.merged != 0) return false;
  if ((split.rows_from == RowsFrom::strides) != problem.window.is_one_pixel()) return false;
  if (split.rows_from != RowsFrom::assembled) return split.row_depth == 0;
  const size_t depth = depth_of_taps(problem);
  return split.merged == 1 && depth != 0 && (split.row_depth == depth || split.row_depth == round_up(depth, 16));
}

Status plan_split(const ConvolutionProblem& problem, bool weights_unfit, const Machine& machine, const Choice& choice,
                  uint32_t threads, Conv2dPlan* plan, Error* error) {
  Contraction part = contraction_of(problem, *plan);
  part.weights_unfit = weights_unfit;
  const Status status = make_plan(part, machine, choice, threads, &plan->contraction, error);
  if (status == Status::size_overflow) {
    error->set(status, "desc") << "channels and window: weights or workspace would not fit the address space";
  }
  return status;
}

Status plan_conv2d(const ConvolutionProblem& problem, const Machine& machine, const Choice& choice, uint32_t threads,
                   Conv2dPlan* plan, Error* error) {
  Status status = validate(problem, error);
  if (status != Status::ok) return status;
  plan->rows_from = problem.window.is_one_pixel() ? RowsFrom::strides : RowsFrom::table;
  plan->merged = 1;
  plan->row_depth = 0;
  status = plan_split(problem, false, machine, choice, threads, plan, error);
  if (status == Status::ok && problem.groups > 1) {
    plan->merged = groups_to_merge(problem, plan->contraction);
    if (plan->merged > 1) status = plan_split(problem, false, machine, choice, threads, plan, error);
    if (status == Status::ok && plan->contraction.nr * plan->contraction.k > kMostBytesOfParts) plan->merged = 1;
  }
  if (status == Status::ok && plan->merged == 1 && plan->rows_from == RowsFrom::table &&
      wastes_depth(plan->contraction)) {
    plan->rows_from = RowsFrom::assembled;
    plan->row_depth = assembled_depth(problem, plan->contraction.nr);
  }
  plan->count = static_cast<size_t>(problem.groups) / plan->merged;
  return status == Status::ok ? plan_split(problem, false, machine, choice, threads, plan, error) : status;
}

Status settle_conv2d(const ConvolutionProblem& problem, const ConvolutionConstants& constants, const Machine& machine,
                     const Choice& choice, uint32_t threads, Conv2dPlan* plan, Error* error) {
  const Status status = validate(problem, constants, error);
  if (status != Status::ok) return status;
  if (!any_weights_rule_out(*plan->contraction.routes.kernel, problem, constants, *plan)) return status;
  return plan_split(problem, true, machine, choice, threads, plan, error);
}

Size conv2d_bytes_alone(const Conv2dSplit& split) {
  return Size(round_up(sizeof(Conv2d), kAlignment)) +
         (Size(sizeof(PreparedContraction)) * split.count).rounded_up(kAlignment);
}

Size conv2d_bytes(const Conv2dPlan& plan) {
  return conv2d_bytes_alone(plan) + operator_bytes(plan.contraction) * plan.count;
}

PreparedContraction* contractions_of(uint8_t* memory) {
  return reinterpret_cast<PreparedContraction*>(memory + round_up(sizeof(Conv2d), kAlignment));
}

const Layer* prepare_conv2d(const Conv2dPlan& plan, const ConvolutionProblem& problem,
                            const ConvolutionConstants& constants, uint8_t* memory) {
  const size_t bytes = operator_bytes(plan.contraction).value();
  uint8_t* packed = memory + conv2d_bytes_alone(plan).value();
  const Contraction part = contraction_of(problem, plan);
  for (size_t index = 0; index < plan.count; ++index, packed += bytes) {
    prepare(plan.contraction, part, constants_of(problem, constants, plan, index), packed,
            &contractions_of(memory)[index]);
  }
  return finish_conv2d(plan, problem, memory);
}

const Layer* finish_conv2d(const Conv2dPlan& plan, const ConvolutionProblem& problem, uint8_t* memory) {
  Conv2d* const conv = reinterpret_cast<Conv2d*>(memory);
  static_cast<Conv2dSplit&>(*conv) = plan;
  const OutputPlan& output = plan.contraction.output;
  conv->functions = &kFunctions;
  conv->kind = PackedKind::conv2d;
  conv->window = problem.window;
  conv->input_channels = static_cast<size_t>(problem.input_channels);
  conv->output_channels = static_cast<size_t>(problem.output_channels);
  conv->output_element_bytes = output.element_bytes;
  conv->takes_second = output.add != nullptr;
  conv->works_in_place = false;
  conv->accumulates = output.run_accumulating != nullptr && output.activation == Activation::none;
  conv->counts = true;
  conv->threads = plan.contraction.threads;
  conv->packed_bytes = static_cast<uint64_t>(operator_bytes(plan.contraction).value()) * plan.count;
  conv->contractions = contractions_of(memory);
  conv->depth = static_cast<size_t>(problem.group_depth()) * plan.merged;
  conv->channels = plan.contraction.n;
  conv->padding = static_cast<uint8_t>(problem.input.zero_point);
  conv->problem = problem;
  return conv;
}

}  // namespace ottava
