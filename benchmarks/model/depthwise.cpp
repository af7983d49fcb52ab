// Counts a depthwise kernel alone: the calls of one layer, SAME borders, its table of rows built beforehand.
//
//   model_depthwise KERNEL HEIGHT WIDTH CHANNELS SIZE STRIDE [CHUNK [fused | stage | acc]]
//
// CHUNK: channels per call, 0 for all of them. fused: through the kernel's own float epilogue to s8; stage: through acc
// and the output stage of its tier; acc: the kernel without an output stage. Results are checked against plain sums.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/depthwise.h"
#include "marker.h"

namespace {

using namespace ottava;

alignas(4096) uint8_t arena[64 << 20];
size_t arena_used;

[[noreturn]] void fail(const char* what) {
  fprintf(stderr, "model_depthwise: %s\n", what);
  exit(1);
}

template <class T>
T* take(size_t count) {
  T* const memory = reinterpret_cast<T*>(arena + arena_used);
  if (count * sizeof(T) > sizeof arena - arena_used) fail("the layer needs a larger arena");
  arena_used += (count * sizeof(T) + 4095) / 4096 * 4096;
  return memory;
}

uint8_t next_byte() {
  static uint32_t state = 12345;
  state = state * 1664525u + 1013904223u;
  return static_cast<uint8_t>(state >> 24);
}

struct Layer {
  size_t height, width, channels, size, stride;
  size_t out_height, out_width, pad;
  int8_t *input, *weights, *padding, *dst;
  int32_t* bias;
  float *scales, *biases;
};

Layer make_layer(char** words) {
  Layer l = {};
  size_t* const sizes[] = {&l.height, &l.width, &l.channels, &l.size, &l.stride};
  for (size_t* size : sizes) *size = static_cast<size_t>(atoll(*words++));
  l.out_height = (l.height + l.stride - 1) / l.stride;
  l.out_width = (l.width + l.stride - 1) / l.stride;
  l.pad = ((l.out_height - 1) * l.stride + l.size - l.height) / 2;
  const size_t rounded = (l.channels + 15) / 16 * 16;
  l.input = take<int8_t>(l.height * l.width * l.channels);
  l.weights = take<int8_t>(l.size * l.size * l.channels);
  l.padding = take<int8_t>(l.channels);
  l.dst = take<int8_t>(l.out_height * l.out_width * l.channels);
  l.bias = take<int32_t>(rounded);
  l.scales = take<float>(rounded);
  l.biases = take<float>(rounded);
  for (size_t i = 0; i < l.height * l.width * l.channels; ++i) l.input[i] = static_cast<int8_t>(next_byte());
  for (size_t i = 0; i < l.size * l.size * l.channels; ++i) {
    const auto weight = static_cast<int8_t>(next_byte());
    l.weights[i] = weight == -128 ? int8_t{127} : weight;
  }
  for (size_t c = 0; c < l.channels; ++c) {
    l.padding[c] = 3;
    l.bias[c] = next_byte() * 16;
    l.scales[c] = 40.0f / (5550.0f * static_cast<float>(l.size)) * (0.5f + static_cast<float>(next_byte()) / 256.0f);
  }
  return l;
}

const uint8_t* pixel_of(const Layer& l, size_t padded_row, size_t padded_column) {
  const size_t row = padded_row - l.pad;
  const size_t column = padded_column - l.pad;
  const bool inside = row < l.height && column < l.width;
  return reinterpret_cast<const uint8_t*>(inside ? l.input + (row * l.width + column) * l.channels : l.padding);
}

int32_t sum_of(const Layer& l, size_t line, size_t pixel, size_t channel) {
  int32_t sum = l.bias[channel];
  for (size_t i = 0; i < l.size; ++i) {
    for (size_t j = 0; j < l.size; ++j) {
      const uint8_t x = pixel_of(l, line * l.stride + i, pixel * l.stride + j)[channel];
      sum += static_cast<int8_t>(x) * l.weights[(i * l.size + j) * l.channels + channel];
    }
  }
  return sum;
}

const DepthwiseKernel& kernel_named(const char* name) {
  const DepthwiseKernelList list = built_depthwise_kernels();
  for (size_t i = 0; i < list.count; ++i) {
    if (strcmp(list.kernels[i]->name, name) == 0) return *list.kernels[i];
  }
  for (size_t i = 0; i < list.count; ++i) fprintf(stderr, "%s\n", list.kernels[i]->name);
  fail("no such kernel");
}

void* pack(const DepthwiseKernel& kernel, const Layer& l) {
  const size_t taps = l.size * l.size;
  DepthwisePackArgs args = {};
  args.from = reinterpret_cast<const uint8_t*>(l.weights);
  args.tap_stride = static_cast<ptrdiff_t>(l.channels);
  args.channel_stride = 1;
  args.taps = taps;
  args.channels = l.channels;
  args.zero_points = take<int32_t>(l.channels);
  args.to = take<uint8_t>(kernel.packed_bytes(taps, l.channels));
  kernel.pack(&args);
  return args.to;
}

enum class Mode { acc, stage, fused };
constexpr size_t kStage = static_cast<size_t>(Stage::float_nearest_even);

struct Calls {
  DepthwiseArgs args;
  StageArgs stage;
};

// All calls of the layer, group of lines by group, in it chunk by chunk.
size_t make_calls(const DepthwiseKernel& kernel, const Layer& l, const void* packed, size_t chunk, int32_t* acc,
                  Calls* calls) {
  size_t count = 0;
  for (size_t line = 0; line < l.out_height; line += kernel.lines) {
    const size_t lines = l.out_height - line < kernel.lines ? l.out_height - line : kernel.lines;
    const size_t column_rows = (lines - 1) * l.stride + l.size;
    const size_t columns = (l.out_width - 1) * l.stride + l.size;
    auto** const table = take<const uint8_t*>(columns * column_rows);
    for (size_t c = 0; c < columns; ++c) {
      for (size_t r = 0; r < column_rows; ++r) table[c * column_rows + r] = pixel_of(l, line * l.stride + r, c);
    }
    for (size_t channel = 0; channel < l.channels; channel += chunk) {
      DepthwiseArgs args = {};
      args.table = table;
      args.weights = packed;
      args.bias = l.bias + channel;
      args.acc = acc;
      args.channel = channel;
      args.channels = l.channels - channel < chunk ? l.channels - channel : chunk;
      args.layer_channels = l.channels;
      args.lines = lines;
      args.pixels = l.out_width;
      args.kernel_height = args.kernel_width = l.size;
      args.stride_width = l.stride;
      args.dilation_width = 1;
      args.column_rows = column_rows;
      args.line_step = l.stride;
      args.acc_stride = (args.channels + 15) / 16 * 16;
      args.acc_line_stride = args.acc_stride * l.out_width;
      args.dst_line_stride = static_cast<ptrdiff_t>(l.out_width * l.channels);
      StageArgs stage = {};
      stage.acc = acc;
      stage.acc_stride = args.acc_stride;
      stage.m = l.out_width;
      stage.n = args.channels;
      stage.dst = reinterpret_cast<uint8_t*>(l.dst) + line * l.out_width * l.channels + channel;
      stage.dst_row_stride = static_cast<ptrdiff_t>(l.channels);
      stage.dst_column_stride = 1;
      stage.scale = l.scales + channel;
      stage.bias = l.biases + channel;
      stage.zero_point = -2;
      stage.clamp_min = INT8_MIN;
      stage.clamp_max = INT8_MAX;
      calls[count++] = {args, stage};
    }
  }
  return count;
}

__attribute__((noinline)) void run(const DepthwiseKernel& kernel, Mode mode, const Calls* calls, size_t count) {
  const DepthwiseKernel::Entry& entry = kernel.by_sign[0];
  for (size_t i = 0; i < count; ++i) {
    if (mode == Mode::fused) {
      entry.fused[kStage](&calls[i].args, &calls[i].stage);
      continue;
    }
    entry.run(&calls[i].args);
    if (mode == Mode::acc) continue;
    StageArgs stage = calls[i].stage;
    for (size_t line = 0; line < calls[i].args.lines; ++line) {
      kernel.stages->run[kStage](&stage);
      stage.acc += calls[i].args.acc_line_stride;
      stage.dst += calls[i].args.dst_line_stride;
    }
  }
}

bool right(const Layer& l) {
  for (size_t i = 0; i < l.out_height * l.out_width * l.channels; i += 37) {
    const size_t channel = i % l.channels;
    const size_t pixel = i / l.channels % l.out_width;
    const int32_t sum = sum_of(l, i / l.channels / l.out_width, pixel, channel);
    const float y = nearbyintf(static_cast<float>(sum) * l.scales[channel]) - 2.0f;
    if (static_cast<float>(l.dst[i]) != fminf(fmaxf(y, -128.0f), 127.0f)) return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 7) fail("KERNEL HEIGHT WIDTH CHANNELS SIZE STRIDE [CHUNK [fused | stage | acc]]");
  const DepthwiseKernel& kernel = kernel_named(argv[1]);
  const Layer layer = make_layer(argv + 2);
  const size_t asked = argc > 7 ? static_cast<size_t>(atoll(argv[7])) : 0;
  const size_t chunk = asked == 0 ? layer.channels : asked;
  const char* const word = argc > 8 ? argv[8] : "fused";
  Mode mode = word[0] == 'f' ? Mode::fused : word[0] == 's' ? Mode::stage : Mode::acc;
  if (mode == Mode::fused && kernel.by_sign[0].fused[kStage] == nullptr) mode = Mode::stage;
  const void* const packed = pack(kernel, layer);
  auto* const acc = take<int32_t>(2 * layer.out_width * (chunk + 15) / 16 * 16);
  auto* const calls = take<Calls>(layer.out_height * ((layer.channels + chunk - 1) / chunk));
  const size_t count = make_calls(kernel, layer, packed, chunk, acc, calls);
  MARK_BEGIN();
  run(kernel, mode, calls, count);
  MARK_END();
  if (mode != Mode::acc && !right(layer)) fail("the result is wrong");
  printf("%s\n", kernel.name);
  return 0;
}
