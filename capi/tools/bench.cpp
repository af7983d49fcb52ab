#include "bench.h"

#include <algorithm>
#include <cstdio>

#include "json.h"
#include "predictions.h"
#include "probes/probes.h"
#include "progress.h"
#include "timing.h"

namespace ottava::tools {
namespace {

// An operator with operands of random numbers, ready to run.
class Run {
 public:
  Run(const ottava_context* context, const OperandOptions& options, const Shape& shape) {
    const Problem problem(options, shape);
    const bool at_run_time = options.runtime_rhs;
    rhs_ = random_operand(problem.desc.rhs_type, shape.n * shape.k, 1);
    lhs_ = random_operand(problem.desc.lhs_type, shape.m * shape.k, 2);
    dst_.resize(static_cast<std::size_t>(shape.m * shape.n) * bytes_of(problem.output.type));
    ottava_matmul_constants constants = problem.constants;
    if (!at_run_time) constants.rhs = rhs_.data();
    ottava_error error = OTTAVA_ERROR_INIT;
    ottava_matmul* matmul = nullptr;
    require(ottava_matmul_create(context, &problem.desc, &problem.output, &constants, &matmul, &error), error, shape);
    matmul_.reset(matmul);
    require(ottava_matmul_route(matmul, shape.m, &route_, &error), error, shape);
    description_.m = shape.m;
    operands_.lhs = lhs_.data();
    operands_.dst = dst_.data();
    if (at_run_time) operands_.rhs = rhs_.data();
    require(ottava_matmul_workspace(matmul, &description_, &operands_.workspace_bytes, &error), error, shape);
    workspace_.resize(static_cast<std::size_t>(operands_.workspace_bytes) + 1);
    operands_.workspace = workspace_.data();
    require(execute(&error), error, shape);
  }
  void operator()() const { execute(nullptr); }
  const ottava_route& route() const { return route_; }

 private:
  static void require(ottava_status status, const ottava_error& error, const Shape& shape) {
    if (status != OTTAVA_OK) throw Refused(shape.name() + ": " + error.argument + ": " + error.message);
  }
  // What needs nothing else at run time goes by the shorter way, as its users have it.
  ottava_status execute(ottava_error* error) const {
    if (operands_.rhs != nullptr) return ottava_matmul_execute(matmul_.get(), &description_, &operands_, error);
    return ottava_matmul_run(matmul_.get(), description_.m, operands_.lhs, 0, operands_.dst, 0, operands_.workspace,
                             operands_.workspace_bytes, error);
  }

  std::vector<std::uint8_t> lhs_, rhs_, dst_, workspace_;
  Matmul matmul_;
  ottava_route route_ = OTTAVA_ROUTE_INIT;
  ottava_matmul_run_desc description_ = OTTAVA_MATMUL_RUN_DESC_INIT;
  ottava_matmul_operands operands_ = OTTAVA_MATMUL_OPERANDS_INIT;
};

struct Row {
  Shape shape;
  ottava_route route;
  Timed timed;
  double clock;   // in cycles per nanosecond; 0: not known
  double peak;    // operations per second; 0: no probe
  bool compared;  // with a tuned one
  Timed tuned;
  bool line;  // of the tuning, with knobs

  double gops() const { return 2 * shape.multiply_adds() / timed.nanoseconds; }
  double share() const { return peak > 0 ? gops() * 1e9 / peak : 0; }
  double gain() const { return timed.nanoseconds / tuned.nanoseconds; }
  bool is_predicted() const { return route.bound != 0 && clock > 0; }
  double predicted() const { return static_cast<double>(route.predicted_cycles) / clock; }
};

void print_header(bool compared) {
  std::printf("%-18s %-44s %12s %9s %6s %12s %6s", "shape", "kernel", "ns", "GOPS", "peak", "predicted", "ratio");
  if (compared) std::printf(" %12s %6s", "tuned ns", "gain");
  std::printf("\n");
}

void print(const Row& row) {
  std::printf("%-18s %-44s %12.0f %9.1f ", row.shape.name().c_str(), row.route.kernel, row.timed.nanoseconds,
              row.gops());
  if (row.peak > 0) {
    std::printf("%5.1f%%", 100 * row.share());
  } else {
    std::printf("%6s", "-");
  }
  if (row.is_predicted()) {
    std::printf(" %12.0f %6.2f", row.predicted(), row.predicted() / row.timed.best);
  } else {
    std::printf(" %12s %6s", "-", "-");
  }
  if (row.compared) std::printf(" %12.0f %5.2fx%s", row.tuned.nanoseconds, row.gain(), row.line ? "" : " (default)");
  std::printf("\n");
  std::fflush(stdout);
}

// Into an object that has been begun.
void write(const Row& row, Json* json) {
  json->with("kernel", row.route.kernel).with("threads", row.route.threads).with("ns", row.timed.nanoseconds);
  json->with("best_ns", row.timed.best).with("gops", row.gops());
  if (row.peak > 0) json->with("peak_gops", row.peak / 1e9).with("share_of_peak", row.share());
  if (row.is_predicted()) {
    json->with("clock_ghz", row.clock).with("predicted_ns", row.predicted());
    json->with("predicted_cycles", row.route.predicted_cycles).with("bound", name_of_bound(row.route.bound));
  }
  if (row.compared) {
    json->with("tuned_ns", row.tuned.nanoseconds).with("gain", row.gain()).with("tuned", row.line);
  }
}

// The shape as the library runs it, then by other kernels.
void write(const std::vector<Row>& rows, Json* json) {
  const Shape& shape = rows[0].shape;
  json->begin('{').with("m", shape.m).with("n", shape.n).with("k", shape.k);
  write(rows[0], json);
  if (rows.size() > 1) json->key("other_kernels").begin('[');
  for (std::size_t i = 1; i < rows.size(); ++i) {
    json->begin('{');
    write(rows[i], json);
    json->end('}');
  }
  if (rows.size() > 1) json->end(']');
  json->end('}');
}

// A context for each usable kernel, by its knob. Where others are, those for any CPU are no choice.
std::vector<Context> contexts_of_kernels(const ottava_context* machine, KnobOptions knobs) {
  std::vector<Context> contexts;
  std::uint32_t best = OTTAVA_TIER_PORTABLE;  // of the first kernel
  for (const ottava_kernel_info& kernel : kernels_of(machine)) {
    if (kernel.usable == 0) continue;
    if (contexts.empty()) best = kernel.tier;
    if (kernel.tier == OTTAVA_TIER_PORTABLE && best != OTTAVA_TIER_PORTABLE) continue;
    knobs.kernel = kernel.name;
    contexts.push_back(derive(machine, knobs, nullptr));
  }
  return contexts;
}

struct Contexts {
  Context machine, plain;
  Context tuned;                 // or null
  std::vector<Context> kernels;  // or none
};

// The library's own choice, then each other kernel that the shape can be run by. All take turns.
std::vector<Row> time_shape(const Shape& shape, const Contexts& contexts, const OperandOptions& operands,
                            double seconds, bench::Probes* probes) {
  std::vector<std::unique_ptr<Run>> runs;
  runs.push_back(std::make_unique<Run>(contexts.plain.get(), operands, shape));
  for (const Context& context : contexts.kernels) {
    auto run = std::make_unique<Run>(context.get(), operands, shape);
    // A kernel that declines leaves the shape to another one; so does one that leaves few rows to a further kernel.
    const std::string kernel = run->route().kernel;
    const auto is_there = [&kernel](const auto& other) { return other->route().kernel == kernel; };
    if (std::none_of(runs.begin(), runs.end(), is_there)) runs.push_back(std::move(run));
  }
  const std::size_t untuned = runs.size();
  if (contexts.tuned) runs.push_back(std::make_unique<Run>(contexts.tuned.get(), operands, shape));

  std::vector<std::function<void()>> calls;
  for (const auto& run : runs) calls.push_back([&run] { (*run)(); });
  const Timings timings = time_in_turns(calls, seconds);
  std::vector<Row> rows;
  for (std::size_t i = 0; i < untuned; ++i) {
    const ottava_route& route = runs[i]->route();
    Row row = {shape, route, timings.runs[i], timings.clock, 0, false, {}, false};
    row.peak = probes->peak(tier_name(contexts.machine.get(), route.tier), route.kernel, route.threads);
    rows.push_back(row);
  }
  if (contexts.tuned) {
    rows[0].compared = true;
    rows[0].tuned = timings.runs.back();
    rows[0].line = runs.back()->route().tuned != 0;
  }
  return rows;
}

}  // namespace

void bench(const BenchOptions& options) {
  const std::vector<Shape> shapes = shapes_of(options.shapes, options.file);
  if (!(options.seconds >= 0)) throw Misused("--seconds is negative");
  Contexts contexts;
  contexts.machine = make_machine(options.machine);
  const Tuning tuning = read_tuning(contexts.machine.get(), options.tuning);
  contexts.plain = derive(contexts.machine.get(), options.knobs, nullptr);
  if (tuning) contexts.tuned = derive(contexts.machine.get(), KnobOptions{}, tuning.get());
  if (options.kernels) contexts.kernels = contexts_of_kernels(contexts.machine.get(), options.knobs);
  const ottava_cpu_info cpu = cpu_of(contexts.machine.get());
  bench::Probes probes(cpu, {});
  const double clock = time_in_turns({}, 0.1).clock;
  const double each = options.seconds > 0 ? options.seconds / static_cast<double>(shapes.size()) : 0.25;

  if (!options.json) {
    std::printf("%s, %.2f GHz; peak: of what the kernel multiplies with, by a probe in registers\n", cpu.name, clock);
    print_header(tuning != nullptr);
  }
  Json json;
  json.begin('{').with("cpu", cpu.name).with("clock_ghz", clock).key("shapes").begin('[');
  Predictions predictions;
  Progress progress;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    progress.tell("bench: " + shapes[i].name() + ", " + std::to_string(i) + " of " + std::to_string(shapes.size()));
    const std::vector<Row> rows = time_shape(shapes[i], contexts, options.operands, each, &probes);
    std::vector<Foretold> foretold;
    for (const Row& row : rows) {
      if (row.is_predicted()) foretold.push_back({row.predicted(), row.timed.best});
    }
    if (!foretold.empty()) predictions.add(foretold);
    progress.clear();
    if (options.json) {
      write(rows, &json);
    } else {
      for (const Row& row : rows) print(row);
    }
  }
  if (options.json) {
    json.end(']');
    predictions.write(&json);
    json.end('}').print();
  } else {
    predictions.print();
  }
}

}  // namespace ottava::tools
