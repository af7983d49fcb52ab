// The contract of depthwise kernels: what a kernel is given, what it must do. Each channel is a sum of its own, so
// their vectors are vectors of channels, and there is no tile of channels by channels as in kernels/kernel.h.
//
//     acc[l][p][c] = bias[c] + sum over taps i < kernel_height, j < kernel_width of
//                    input(l, p, i, j)[c] * (weights[i][j][c] - zero point of the weights)         modulo 2^32
//
// for lines l of output, pixels p of a line, channels c. The input is as the caller stores it: its zero point is folded
// into the bias by whoever fills that. `table` says where pixels lie: columns of the input from left to right, and in
// each column the lines that this call needs, from top to bottom:
//
//     input(l, p, i, j) = table[(p * stride_width + j * dilation_width) * column_rows + l * line_step + i] + channel
//
// Neighbouring pixels share columns and neighbouring lines share rows of the table, so that a kernel may load each
// input once for all of its outputs. Padding is a row of zero points that has all channels of the input.
//
// A kernel never reads beyond channels [channel, channel + channels) of a pixel, and no pixel that no output needs.
#ifndef OTTAVA_SRC_KERNELS_DEPTHWISE_H_
#define OTTAVA_SRC_KERNELS_DEPTHWISE_H_

#include "cpu/isa.h"
#include "output/stage.h"

namespace ottava {

// The one argument of a kernel. Every field is one machine word, so that assembly could find them.
struct DepthwiseArgs {
  const uint8_t* const* table;
  const void* weights;  // packed, of all channels of the layer: the kernel goes to `channel` itself
  const int32_t* bias;  // of the first channel of this call
  int32_t* acc;         // of the first line, pixel and channel, aligned to kAlignment
  size_t channel;       // first channel of this call, a multiple of kDepthwiseChannels
  // A multiple of kDepthwiseChannels unless they are the last of the layer, and then as many or more unless the layer
  // has fewer: a kernel may compute the last vector from channels before it.
  size_t channels;
  size_t layer_channels;
  size_t lines;   // of output: 1 to DepthwiseKernel::lines
  size_t pixels;  // of each line; 1 or more
  size_t kernel_height;
  size_t kernel_width;
  size_t stride_width;
  size_t dilation_width;
  size_t column_rows;  // table rows of a column
  size_t line_step;    // table rows from one line of output to the next
  size_t acc_stride;   // elements from pixel to pixel: a multiple of kDepthwiseChannels, no less than `channels`
  size_t acc_line_stride;
  ptrdiff_t dst_line_stride;  // bytes from one line of dst to the next; for fused epilogues
};

// Channels are handed to a kernel in multiples of this, so many as fill its vectors.
constexpr size_t kDepthwiseChannels = 16;

// Writes what the contract says; of acc also what lies beyond the valid channels up to a multiple of
// kDepthwiseChannels, with anything. `bias` may be read as far.
using DepthwiseFn = void (*)(const DepthwiseArgs*);

// The same and the output stage, the accumulators never seeing memory: for the stages that a kernel has in registers,
// and a dst whose channels lie side by side. Nothing beyond the valid channels is written. `stage` has dst at the first
// line and pixel, dst_row_stride from pixel to pixel, and no row terms.
using FusedDepthwiseFn = void (*)(const DepthwiseArgs*, const StageArgs* stage);

// The weights, tap by tap. A kernel lays them out as it likes.
struct DepthwisePackArgs {
  const uint8_t* from;  // tap t (i * kernel_width + j) of channel c at from + t * tap_stride + c * channel_stride
  ptrdiff_t tap_stride;
  ptrdiff_t channel_stride;
  size_t taps;
  size_t channels;
  const int32_t* zero_points;  // raw, one for each channel
  bool is_unsigned;
  void* to;  // bytes(taps, channels) long, aligned to kAlignment
};

// One kernel: constant data, defined in its file. A window that it does not name is left to the kernels behind it.
struct DepthwiseKernel {
  const char* name;
  Isa isa;
  // What it takes; 0: any. Kernels with a fixed window have dilation 1 and a line_step of stride_height.
  uint16_t kernel_height;
  uint16_t kernel_width;
  uint16_t stride_height;
  uint16_t stride_width;
  uint16_t lines;         // lines of output that it computes together at most
  uint16_t min_channels;  // of the layer: layers of fewer are left to the kernels behind it
  // Only weights that lie within -127 to 127 of their zero points, so that two products with them fit 16 bits.
  bool needs_narrow_weights;
  size_t (*packed_bytes)(size_t taps, size_t channels);
  void (*pack)(const DepthwisePackArgs*);
  const StageTable* stages;
  // By sign of the input: s8, u8.
  struct Entry {
    DepthwiseFn run;
    FusedDepthwiseFn fused[kStageCount];  // by stage; null where it has none
    int32_t zero_shift;                   // what the kernel adds to each input: -128 where it flips u8 into s8
  } by_sign[2];
  // Layers of a few vectors, whose last one would compute half of its channels again, are left to the kernels behind
  // it.
  bool wants_whole_vectors = false;
};

struct DepthwiseKernelList {
  const DepthwiseKernel* const* kernels;
  size_t count;
};

// Those compiled into this library, best first: depthwise_kernels.inc.
DepthwiseKernelList built_depthwise_kernels();

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_DEPTHWISE_H_
