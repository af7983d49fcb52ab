// Fast and slow cores: layers that are no contractions are shared out by the same grains. Their kernels are replaced by
// ones that spend what the work would cost, and count how often each element of the output is written.
#include <cstdio>
#include <string>

#include "base/memory.h"
#include "catch.h"
#include "operators/add/add.h"
#include "operators/depthwise/depthwise.h"
#include "operators/pool2d/pool2d.h"
#include "support.h"
#include "uneven_machine.h"

using namespace ottava;

namespace {

void write(std::uint8_t* to, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) ++to[i];
}

// What a call costs besides its work, in products of a depthwise kernel and in bytes of the others.
constexpr std::size_t kCall = 1024;

void add_on_core(const AddArgs* args) {
  std::uint8_t* row = args->sum;
  for (std::size_t i = 0; i < args->rows; ++i, row += args->sum_stride) write(row, args->count);
  UnevenHost::spend(static_cast<double>(3 * args->rows * args->count + kCall));
}

void pool_on_core(const PoolingArgs* args) {
  std::uint8_t* pixel = args->dst;
  for (std::size_t i = 0; i < args->pixels; ++i, pixel += args->dst_step) write(pixel, args->channels);
  UnevenHost::spend(static_cast<double>(args->pixels * args->rows * args->columns * args->channels + kCall));
}

void convolve_on_core(const DepthwiseArgs* args, const StageArgs* stage) {
  for (std::size_t line = 0; line < args->lines; ++line) {
    std::uint8_t* pixel = static_cast<std::uint8_t*>(stage->dst) + static_cast<ptrdiff_t>(line) * args->dst_line_stride;
    for (std::size_t i = 0; i < args->pixels; ++i, pixel += stage->dst_row_stride) write(pixel, args->channels);
  }
  const std::size_t taps = args->kernel_height * args->kernel_width;
  UnevenHost::spend(static_cast<double>(args->lines * args->pixels * args->channels * taps + kCall));
}

struct Image {
  const char* what;
  std::int64_t height, width, channels;
};

Window three_by_three() {
  Window window;
  window.y.kernel = window.x.kernel = 3;
  window.padding = Padding::same;
  return window;
}

// A layer and the memory that it lies in.
struct Made {
  std::vector<std::uint8_t> memory;
  const Layer* layer;

  std::uint8_t* start(Size bytes) {
    memory.resize(bytes.value() + kAlignment);
    return static_cast<std::uint8_t*>(align_up(memory.data(), kAlignment));
  }
};

void make_add(const Image& image, std::uint32_t threads, Made* made) {
  StageTable stages = portable_stages;
  stages.add = add_on_core;
  AddProblem problem;
  problem.channels = image.channels;
  made->layer = prepare_add(problem, stages, Isa::any, threads, made->start(add_bytes()));
}

void make_pool(const Image& image, std::uint32_t threads, Made* made) {
  static const PoolingKernel kernel = {
      "pool_on_core",
      Isa::any,
      {{pool_on_core, pool_on_core, pool_on_core}, {pool_on_core, pool_on_core, pool_on_core}}};
  Pool2dProblem problem;
  problem.channels = image.channels;
  problem.window = three_by_three();
  made->layer = prepare_pool2d(problem, portable_stages, kernel, threads, made->start(pool2d_bytes()));
}

void make_depthwise(const Image& image, std::uint32_t threads, Made* made) {
  ConvolutionProblem problem;
  problem.input_channels = problem.output_channels = problem.groups = image.channels;
  problem.window = three_by_three();
  const std::vector<std::uint8_t> weights(static_cast<std::size_t>(9 * image.channels), 1);
  ConvolutionConstants constants;
  constants.weights = weights.data();
  DepthwisePlan plan;
  Error error;
  REQUIRE(plan_depthwise(problem, {}, {{nullptr, 0}, Isa::any, nullptr}, threads, &plan, &error) == Status::ok);
  REQUIRE(settle_depthwise(problem, constants, &plan, &error) == Status::ok);
  static DepthwiseKernel kernel;
  kernel = *plan.kernel;
  kernel.lines = 2;
  for (DepthwiseKernel::Entry& entry : kernel.by_sign) {
    for (FusedDepthwiseFn& fused : entry.fused) fused = convolve_on_core;
  }
  plan.kernel = &kernel;
  made->layer = prepare_depthwise(plan, problem, constants, made->start(depthwise_bytes(plan)));
}

// How long the slowest core is at it.
double run_on(const UnevenMachine& cores, const Layer& layer, const Image& image) {
  const std::vector<std::uint8_t> input(static_cast<std::size_t>(image.height * image.width * image.channels));
  std::vector<std::uint8_t> output(input.size());
  LayerRequest request = {};
  request.input = input.data();
  if (layer.takes_second) request.second = input.data();
  request.output = output.data();
  Error error;
  REQUIRE(resolve_request(layer, {1, image.height, image.width, 0, 0, 0}, &request, &error) == Status::ok);
  LayerSchedule schedule;
  REQUIRE(layer.functions->schedule(layer, request.shape, cores.workers(), Enough::for_run, &schedule, &error) ==
          Status::ok);
  REQUIRE(schedule.workers == cores.workers());
  std::vector<std::uint8_t> workspace(schedule.bytes);
  UnevenHost host(cores);
  const auto task = [&] { layer.functions->run(layer, request, cores.workers(), workspace.data(), host.parallel()); };
  // One worker is a plain call, which a host of one core makes all the same.
  if (cores.workers() == 1) {
    host.alone(task);
  } else {
    task();
  }
  REQUIRE(std::count(output.begin(), output.end(), 1) == static_cast<std::ptrdiff_t>(output.size()));
  return host.longest();
}

struct Kind {
  const char* name;
  void (*make)(const Image& image, std::uint32_t threads, Made* made);
  std::vector<Image> images;  // for one worker, of at least 96 times the least work for a thread
};

}  // namespace

TEST_CASE("uneven cores: long layers end within 5 % of the ideal", "[threads]") {
  const std::vector<Kind> kinds = {
      {"depthwise", make_depthwise, {{"lines", 28, 224, 128}, {"channels", 14, 112, 448}, {"pixels", 8, 2752, 32}}},
      {"pool2d", make_pool, {{"lines", 14, 112, 256}, {"pixels", 8, 688, 64}}},
      {"add", make_add, {{"lines", 32, 256, 128}, {"channels", 8, 32, 4096}}},
  };
  Overruns overruns;
  for (const Kind& kind : kinds) {
    for (const Image& each : kind.images) {
      for (const UnevenMachine& cores : uneven_machines()) {
        // As many of what the image has many of as there are cores.
        const std::string what = each.what;
        Image image = each;
        (what == "lines" ? image.height : what == "pixels" ? image.width : image.channels) *= cores.workers();
        INFO(kind.name << " of " << image.height << "x" << image.width << "x" << image.channels << ": " << cores.name);
        Made made;
        kind.make(image, cores.workers(), &made);
        const double alone = run_on({"one", {1}}, *made.layer, image);
        const double over = run_on(cores, *made.layer, image) / (alone / cores.sum()) - 1;
        CHECK(over < 0.05);
        overruns.add(over);
      }
    }
  }
  overruns.tell("layers");
}
