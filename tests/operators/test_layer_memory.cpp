// What layers take of memory and threads: the workspace that a query names does not grow with an image, is enough to
// the byte, and is with the packed weights all there is; any number of threads gives the same bits; slices of the
// channels of one tensor are written by several layers.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <iterator>

#include "convolution_case.h"
#include "guarded_buffer.h"
#include "hosts.h"
#include "oracle_values.h"
#include "small_layer.h"

namespace ottava {
namespace {

constexpr LayerShapeCase kLayers[] = {
    {LayerShapeCase::conv2d, 8, 16, 1, 3, 1},      {LayerShapeCase::conv2d, 32, 32, 1, 3, 1},
    {LayerShapeCase::conv2d, 3, 32, 1, 3, 2},      {LayerShapeCase::depthwise, 32, 32, 32, 3, 1},
    {LayerShapeCase::depthwise, 32, 32, 32, 3, 2}, {LayerShapeCase::depthwise, 16, 32, 16, 3, 1},
    {LayerShapeCase::transposed, 16, 8, 1, 3, 2}};

TEST_CASE("layers: the workspace does not grow with the image") {
  for (const LayerShapeCase& shape : kLayers) {
    const KernelContext alone(nullptr);
    const std::uint64_t block = SmallLayer(alone.get(), shape, narrow_output()).query(1120, 1120).workspace_bytes;
    for (const std::uint32_t threads : {1u, 2u}) {
      const KernelContext context(nullptr, threads, one_after_the_other);
      const SmallLayer layer(context.get(), shape, narrow_output());
      const ottava_layer_info small = layer.query(112, 112), large = layer.query(1120, 1120);
      INFO("kind " << shape.kind << ", channels " << shape.input_channels << ", stride " << shape.stride << ", threads "
                   << threads << ": " << small.workspace_bytes << " bytes at 112 x 112, " << large.workspace_bytes
                   << " at 1120 x 1120, " << block << " there on one thread; " << small.route);
      CHECK((small.threads <= threads && large.threads == threads));
      const std::uint64_t line = static_cast<std::uint64_t>(large.output_width) * sizeof(void*);
      // Each thread has a block of pixels, of which 112 x 112 of 32 channels are several for one thread.
      CHECK(large.workspace_bytes <= threads * (block + 64));  // which begins at a line of the cache
      if (threads == 1 && shape.input_channels == 32) {
        CHECK(large.workspace_bytes <= small.workspace_bytes + line);
        CHECK(layer.query(1120, 112).workspace_bytes == small.workspace_bytes);
      }
      CHECK(layer.query(kWide ? 112000 : 11200, 1120).workspace_bytes == large.workspace_bytes);
      CHECK(layer.query(1120, 1120, 5).workspace_bytes == large.workspace_bytes);
      const ottava_layer_info wide = layer.query(11, 112000), wider = layer.query(11, 1120000);
      CHECK(wide.workspace_bytes == wider.workspace_bytes);
      // A table of every tap of every pixel of the image, which others keep, is another order of magnitude.
      CHECK(large.workspace_bytes < static_cast<std::uint64_t>(large.output_height) * line);
    }
  }
}

TEST_CASE("layers: the workspace of a query is enough to the byte") {
  const std::int64_t size = test_sample() > 1 ? 60 : 1120;
  for (const std::uint32_t threads : {1u, 2u}) {
    const KernelContext context(nullptr, threads, backwards);
    const Side side = threads == 1 ? Side::upper : Side::lower;
    for (const LayerShapeCase& shape : kLayers) {
      if (shape.input_channels > 16) continue;  // the same code, and time
      INFO("kind " << shape.kind << ", channels " << shape.input_channels << ", threads " << threads);
      const SmallLayer layer(context.get(), shape, narrow_output());
      const std::vector<std::int8_t> input = layer.draw_input(size, size);
      const std::vector<std::uint8_t> expected = layer.run(size, size, 1, input);
      GuardedBuffer workspace(static_cast<std::size_t>(layer.query(size, size).workspace_bytes), side);
      GuardedBuffer from(input.size(), side), to(expected.size(), side);
      std::memcpy(from.data(), input.data(), input.size());
      from.make_read_only();
      ottava_layer_run_desc run = OTTAVA_LAYER_RUN_DESC_INIT;
      run.height = run.width = size;
      layer.run(run, from.data(), to.data(), workspace.data(), workspace.size());
      CHECK(std::memcmp(to.data(), expected.data(), expected.size()) == 0);
      CHECK((workspace.check() && to.check()));
    }
  }
}

// Counts what is live.
struct CountingHeap {
  std::uint64_t live = 0, most = 0, requests = 0;

  static void* allocate(void* user, std::uint64_t bytes, std::uint64_t alignment) {
    CountingHeap& heap = *static_cast<CountingHeap*>(user);
    heap.live += bytes, ++heap.requests;
    heap.most = std::max(heap.most, heap.live);
    const std::size_t step = static_cast<std::size_t>(alignment);
    return std::aligned_alloc(step, (static_cast<std::size_t>(bytes) + step - 1) / step * step);
  }
  static void release(void* user, void* memory, std::uint64_t bytes) {
    static_cast<CountingHeap*>(user)->live -= bytes;
    std::free(memory);
  }
};

TEST_CASE("layers: packed weights and the workspace are all the memory") {
  CountingHeap heap;
  ottava_context_host host = OTTAVA_CONTEXT_HOST_INIT;
  host.allocate = CountingHeap::allocate, host.release = CountingHeap::release, host.allocator_user = &heap;
  const PlacedContext context(host);
  REQUIRE(heap.requests == 0);
  for (const LayerShapeCase& shape : kLayers) {
    INFO("kind " << shape.kind << ", channels " << shape.input_channels);
    {
      const SmallLayer layer(context.get(), shape, narrow_output());
      CHECK(heap.requests == 1);
      CHECK(heap.live == layer.handle_bytes);
      const ottava_layer_info info = layer.query(21, 19);
      // A handle, and for each contraction (a phase of a transposed one) what its plan says.
      const std::uint64_t contractions =
          shape.kind == LayerShapeCase::transposed ? static_cast<std::uint64_t>(shape.stride * shape.stride) + 1 : 1;
      CHECK(layer.handle_bytes <= info.packed_bytes + 1024 + 2048 * contractions);
      heap.most = heap.live, heap.requests = 0;
      layer.run(21, 19, 1, layer.draw_input(21, 19));
      CHECK(heap.requests == 1);
      CHECK(heap.most == layer.handle_bytes + info.workspace_bytes);
      CHECK(heap.live == layer.handle_bytes);
    }
    CHECK(heap.live == 0);
    heap.requests = 0;
  }
}

TEST_CASE("threads: layers have the bits of one thread on any number of them") {
  const struct {
    LayerShapeCase layer;
    std::int64_t batch, height, width;
  } cases[] = {{{LayerShapeCase::conv2d, 24, 40, 1, 3, 1}, 1, 23, 17},
               {{LayerShapeCase::conv2d, 64, 64, 2, 3, 1}, 1, 19, 21},
               {{LayerShapeCase::conv2d, 128, 128, 32, 3, 1}, 2, 33, 31},
               {{LayerShapeCase::conv2d, 63, 189, 63, 1, 2}, 1, 663, 129},
               {{LayerShapeCase::conv2d, 64, 300, 1, 1, 1}, 3, 14, 9},
               {{LayerShapeCase::depthwise, 1030, 1030, 1030, 3, 1}, 1, 3, 40},
               {{LayerShapeCase::depthwise, 520, 1040, 520, 5, 2}, 1, 7, 41},
               {{LayerShapeCase::depthwise, 24, 24, 24, 3, 1}, 2, 67, 53},
               {{LayerShapeCase::transposed, 32, 48, 1, 3, 2}, 1, 57, 59},
               {{LayerShapeCase::transposed, 60, 60, 15, 4, 3}, 2, 29, 31}};
  const std::vector<std::uint32_t> thread_counts =
      kEmulated ? std::vector<std::uint32_t>{1, 7} : std::vector<std::uint32_t>{1, 2, 3, 7};
  std::size_t shared = 0;
  for (const auto& c : cases) {
    INFO("kind " << c.layer.kind << ", channels " << c.layer.input_channels << ", groups " << c.layer.groups);
    std::vector<std::uint8_t> expected;
    for (const std::uint32_t threads : thread_counts) {
      for (const ottava_parallel_for_fn parallel_for : {with_threads, backwards}) {
        const KernelContext context(nullptr, threads, parallel_for);
        const SmallLayer layer(context.get(), c.layer, narrow_output());
        const std::vector<std::int8_t> input = layer.draw_input(c.height, c.width, c.batch);
        const std::vector<std::uint8_t> output = layer.run(c.height, c.width, c.batch, input);
        if (expected.empty()) expected = output;
        INFO(threads << " threads");
        CHECK((output == expected));
        const std::uint32_t used = layer.query(c.height, c.width, c.batch).threads;
        CHECK((used >= 1 && used <= threads));
        shared += used > 1 ? 1 : 0;
      }
    }
  }
  // Half of the runs on several threads; how much is worth one is the kernel's.
  CHECK(shared > (thread_counts.size() - 1) * std::size(cases));
}

std::size_t bytes_of(std::uint32_t type) { return type <= OTTAVA_TYPE_U8 ? 1 : type == OTTAVA_TYPE_S16 ? 2 : 4; }

// The output of a layer from the accumulators of another: the oracle's stage on each of them.
void check_stage(const ottava_context* context, const LayerShapeCase& shape, const ottava_output& output,
                 const oracle::Stage& stage) {
  ottava_output raw = OTTAVA_OUTPUT_INIT;
  raw.type = OTTAVA_TYPE_S32, raw.requantization = OTTAVA_REQUANTIZE_NONE;
  const SmallLayer sums(context, shape, raw), layer(context, shape, output);
  const std::vector<std::int8_t> input = sums.draw_input(7, 6);
  const std::vector<std::uint8_t> from = sums.run(7, 6, 1, input, 4);
  const std::size_t bytes = bytes_of(output.type);
  const std::vector<std::uint8_t> to = layer.run(7, 6, 1, input, static_cast<std::int64_t>(bytes));
  std::vector<std::uint8_t> expected(to.size());
  for (std::size_t i = 0; i < to.size() / bytes; ++i) {
    std::int32_t accumulator = 0;
    std::memcpy(&accumulator, from.data() + 4 * i, sizeof accumulator);
    const std::size_t channel = i % static_cast<std::size_t>(shape.output_channels);
    const std::int64_t result = oracle::apply_stage(stage, accumulator, channel);
    std::memcpy(expected.data() + bytes * i, &result, bytes);  // little-endian: the low bytes
  }
  CHECK((to == expected));
}

TEST_CASE("layers: every requantization") {
  const KernelContext context(nullptr);
  const LayerShapeCase shapes[] = {{LayerShapeCase::conv2d, 5, 19, 1, 3, 1},
                                   {LayerShapeCase::conv2d, 12, 8, 4, 3, 1},
                                   {LayerShapeCase::depthwise, 21, 21, 21, 3, 1},
                                   {LayerShapeCase::transposed, 6, 11, 1, 3, 2}};
  const std::int64_t low[] = {-128, 0, -32768, INT32_MIN}, high[] = {127, 255, 32767, INT32_MAX};
  int checked = 0;
  for (const LayerShapeCase& shape : shapes) {
    std::vector<std::int32_t> multipliers, shifts;
    for (std::int64_t n = 0; n < shape.output_channels; ++n) {
      multipliers.push_back(static_cast<std::int32_t>((1 << 30) + 12345678 * n));
      shifts.push_back(static_cast<std::int32_t>(-4 - n % 5));
    }
    for (std::uint32_t rule = OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS; rule <= OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_AWAY;
         ++rule) {
      for (std::uint32_t type = OTTAVA_TYPE_S8; type <= OTTAVA_TYPE_S32; ++type) {
        for (const bool integer : {false, true}) {
          if (integer ? rule == OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN : rule >= OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_FLOOR) {
            continue;
          }
          INFO("kind " << shape.kind << ", rule " << rule << ", type " << type << (integer ? ", integer" : ", real"));
          ottava_output output = OTTAVA_OUTPUT_INIT;
          output.type = type, output.requantization = rule, output.zero_point = 7;
          oracle::Stage stage;
          stage.rule = oracle_rule(rule), stage.output = oracle_output(type), stage.zero_point = 7;
          stage.clamp_min = low[type - 1], stage.clamp_max = high[type - 1];
          if (integer) {
            output.parameters = OTTAVA_PARAMETERS_INTEGER;
            output.multipliers = multipliers.data(), output.shifts = shifts.data();
            for (std::size_t n = 0; n < multipliers.size(); ++n) {
              // The oracle has a power of two as a real scale: 2^30 * 2^(shift + 1 - 31).
              const bool power = rule == OTTAVA_REQUANTIZE_POWER_OF_TWO;
              stage.integers.push_back({power ? 1 << 30 : multipliers[n], power ? shifts[n] + 1 : shifts[n]});
            }
          } else {
            output.scale = rule == OTTAVA_REQUANTIZE_POWER_OF_TWO ? 512.0f : 777.0f;
            stage.dst_scale = output.scale;
          }
          check_stage(context.get(), shape, output, stage);
          ++checked;
        }
      }
    }
  }
  CHECK(checked == 4 * 4 * (9 + 11));
}

TEST_CASE("layers: two of them write the channels of one tensor, and a third reads a slice") {
  const KernelContext context(nullptr);
  const SmallLayer first(context.get(), {LayerShapeCase::conv2d, 5, 6, 1, 3, 1}, narrow_output());
  const SmallLayer second(context.get(), {LayerShapeCase::depthwise, 5, 10, 5, 3, 1}, narrow_output());
  const SmallLayer third(context.get(), {LayerShapeCase::transposed, 7, 9, 1, 3, 2}, narrow_output());
  constexpr std::size_t kHeight = 9, kWidth = 11, kPixels = kHeight * kWidth, kWhole = 16;
  ottava_layer_run_desc run = OTTAVA_LAYER_RUN_DESC_INIT;
  run.height = kHeight, run.width = kWidth, run.output_pixel_stride = kWhole;
  const std::vector<std::int8_t> input = first.draw_input(kHeight, kWidth);
  for (const Side side : {Side::lower, Side::upper}) {
    GuardedBuffer whole(kPixels * kWhole, side);
    first.run(run, input.data(), whole.data());
    second.run(run, input.data(), whole.data() + 6);
    CHECK(whole.check());
    const std::vector<std::uint8_t> left = first.run(kHeight, kWidth, 1, input);
    const std::vector<std::uint8_t> right = second.run(kHeight, kWidth, 1, input);
    std::vector<std::uint8_t> expected;
    for (std::size_t pixel = 0; pixel < kPixels; ++pixel) {
      expected.insert(expected.end(), left.data() + pixel * 6, left.data() + (pixel + 1) * 6);
      expected.insert(expected.end(), right.data() + pixel * 10, right.data() + (pixel + 1) * 10);
    }
    CHECK(std::memcmp(whole.data(), expected.data(), expected.size()) == 0);

    std::vector<std::int8_t> slice;  // channels 3 to 9
    for (std::size_t pixel = 0; pixel < kPixels; ++pixel) {
      for (std::size_t c = 3; c < 10; ++c) slice.push_back(static_cast<std::int8_t>(expected[pixel * kWhole + c]));
    }
    const std::vector<std::uint8_t> dense = third.run(kHeight, kWidth, 1, slice);
    ottava_layer_run_desc sliced = OTTAVA_LAYER_RUN_DESC_INIT;
    sliced.height = kHeight, sliced.width = kWidth, sliced.input_pixel_stride = kWhole;
    GuardedBuffer result(dense.size(), side);
    third.run(sliced, whole.data() + 3, result.data());
    CHECK(std::memcmp(result.data(), dense.data(), dense.size()) == 0);
    CHECK((result.check() && whole.check()));
  }
}

TEST_CASE("layers: a transposed output grows by its adjustment, and by nothing more") {
  const KernelContext context(nullptr);
  for (std::int32_t adjustment = 0; adjustment <= 3; ++adjustment) {
    ConvolutionCase c;
    c.kind = ConvolutionKind::transposed;
    c.input_channels = 5, c.output_channels = 7, c.height = 4, c.width = 3, c.batch = 2;
    c.window.kernel_height = c.window.kernel_width = 3;
    c.window.stride_height = 2, c.window.stride_width = 4;
    c.window.pad_top = c.window.pad_left = 1;
    c.adjustment_height = adjustment, c.adjustment_width = 3 - adjustment;
    c.output_type = OTTAVA_TYPE_S8, c.rule = OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS;
    c.input_zero_point = -5;
    for (c.seed = 1; c.seed <= 4; ++c.seed) check_convolution(c, context.get());
  }
}

}  // namespace
}  // namespace ottava
