#include "bench.h"

#include <cinttypes>
#include <cstdio>

#include "json.h"
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
  double peak;       // operations per second; 0: no probe
  double predicted;  // nanoseconds; 0: not known
  bool compared;     // with a tuned one
  Timed tuned;
  bool line;  // of the tuning, with knobs

  double gops() const { return 2 * shape.multiply_adds() / timed.nanoseconds; }
  double share() const { return peak > 0 ? gops() * 1e9 / peak : 0; }
  double gain() const { return timed.nanoseconds / tuned.nanoseconds; }
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
  if (row.predicted > 0) {
    std::printf(" %12.0f %6.2f", row.predicted, row.predicted / row.timed.nanoseconds);
  } else {
    std::printf(" %12s %6s", "-", "-");
  }
  if (row.compared) std::printf(" %12.0f %5.2fx%s", row.tuned.nanoseconds, row.gain(), row.line ? "" : " (default)");
  std::printf("\n");
  std::fflush(stdout);
}

void write(const Row& row, Json* json) {
  json->begin('{').with("m", row.shape.m).with("n", row.shape.n).with("k", row.shape.k);
  json->with("kernel", row.route.kernel).with("threads", row.route.threads).with("ns", row.timed.nanoseconds);
  json->with("best_ns", row.timed.best).with("gops", row.gops());
  if (row.peak > 0) json->with("peak_gops", row.peak / 1e9).with("share_of_peak", row.share());
  if (row.predicted > 0) {
    json->with("predicted_ns", row.predicted).with("predicted_cycles", row.route.predicted_cycles);
    json->with("bound", name_of_bound(row.route.bound));
  }
  if (row.compared) {
    json->with("tuned_ns", row.tuned.nanoseconds).with("gain", row.gain()).with("tuned", row.line);
  }
  json->end('}');
}

}  // namespace

void bench(const BenchOptions& options) {
  const std::vector<Shape> shapes = shapes_of(options.shapes, options.file);
  if (!(options.seconds >= 0)) throw Misused("--seconds is negative");
  const Context machine = make_machine(options.machine);
  const Tuning tuning = read_tuning(machine.get(), options.tuning);
  const Context plain = derive(machine.get(), options.knobs, nullptr);
  const Context tuned = tuning ? derive(machine.get(), KnobOptions{}, tuning.get()) : nullptr;
  const ottava_cpu_info cpu = cpu_of(machine.get());
  bench::Probes probes(cpu, {});
  const double clock = clock_of_core();
  const double each = options.seconds > 0 ? options.seconds / static_cast<double>(shapes.size()) : 0.25;

  if (!options.json) {
    std::printf("%s, %.2f GHz; peak: of what the kernel multiplies with, by a probe in registers\n", cpu.name,
                clock / 1e9);
    print_header(tuning != nullptr);
  }
  Json json;
  json.begin('{').with("cpu", cpu.name).with("clock_ghz", clock / 1e9).key("shapes").begin('[');
  Progress progress;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    progress.tell("bench: " + shapes[i].name() + ", " + std::to_string(i) + " of " + std::to_string(shapes.size()));
    const Run run(plain.get(), options.operands, shapes[i]);
    std::unique_ptr<Run> other;
    if (tuning) other = std::make_unique<Run>(tuned.get(), options.operands, shapes[i]);
    std::vector<std::function<void()>> runs = {[&run] { run(); }};
    if (other) runs.push_back([&other] { (*other)(); });
    const std::vector<Timed> timed = time_in_turns(runs, each);
    const ottava_route& route = run.route();
    Row row = {shapes[i], route, timed[0], 0, 0, other != nullptr, timed.back(), other && other->route().tuned != 0};
    row.peak = probes.peak(tier_name(machine.get(), route.tier), route.kernel, route.threads);
    if (route.bound != 0 && clock > 0) row.predicted = static_cast<double>(route.predicted_cycles) * 1e9 / clock;
    progress.clear();
    if (options.json) {
      write(row, &json);
    } else {
      print(row);
    }
  }
  if (options.json) json.end(']').end('}').print();
}

}  // namespace ottava::tools
