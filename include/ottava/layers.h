/* clang-format off */
/* ottava: layers of NHWC networks: conv2d, depthwise, transposed, pooling, addition. Part of ottava.h, which includes it.
 *
 *     ottava_conv2d_desc desc = OTTAVA_CONV2D_DESC_INIT;     // s8, one group, stride 1, no padding
 *     ottava_output output = OTTAVA_OUTPUT_INIT;             // to s8, as for a matmul
 *     ottava_conv2d_constants constants = OTTAVA_CONV2D_CONSTANTS_INIT;
 *     desc.input_channels = 3, desc.output_channels = 32;
 *     desc.window.kernel_height = desc.window.kernel_width = 3;
 *     desc.window.stride_height = desc.window.stride_width = 2, desc.window.padding = OTTAVA_PADDING_SAME;
 *     desc.input_scale = 0.02f, desc.weights_scale = 0.01f, output.scale = 0.05f;
 *     constants.weights = weights, output.bias = bias;       // read here, not kept
 *     ottava_layer *layer;
 *     ottava_conv2d_create(context, &desc, &output, &constants, &layer, &error);
 *     ottava_layer_run_desc run = OTTAVA_LAYER_RUN_DESC_INIT;  // one image
 *     ottava_layer_operands operands = OTTAVA_LAYER_OPERANDS_INIT;
 *     run.height = 224, run.width = 224, operands.input = image, operands.output = result;   // result: 112 x 112 x 32
 *     ottava_layer_run(layer, &run, &operands, &error);      // as often as wanted, with any size, on any thread
 *     ottava_layer_destroy(layer);
 *
 * Tensors are NHWC: batch, height (lines), width (pixels of a line), channels; the channels of a pixel lie side by side.
 * Pixel stride: elements from one pixel to the next, 0 for dense. With the channels of a wider tensor as stride a layer
 * reads or writes a slice of its channels, so that concatenation and splitting cost nothing. Lines and images follow each
 * other without gaps: a line is width * stride elements.
 * Height, width and batch belong to a run: one layer serves any size. A layer keeps no table of an image: each thread of
 * a run works in a block of the workspace whose size has a bound that does not depend on the image, but for a transposed
 * convolution, whose block is a line of output at most.
 * What ottava.h says of statuses, structures, handles and threads holds here.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OTTAVA_OTTAVA_H_
#include "ottava.h" /* which includes this file where it is wanted */
#endif
#ifndef OTTAVA_LAYERS_H_
#define OTTAVA_LAYERS_H_

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------------------------------
 * Window: which pixels of the input an output pixel is computed from
 * --------------------------------------------------------------------------------------------- */

/* Output pixel (y, x) takes input pixels (y * stride_height + i * dilation_height - pad_top, likewise x) for the taps
 * i < kernel_height, j < kernel_width. A pixel beyond the input is padding, a real 0: it holds the zero point. */
#define OTTAVA_PADDING_EXPLICIT 0u /* the four pads as given */
/* TFLite's and TensorFlow's SAME, by the size of each run: out = ceil(in / stride), total padding = max(0, (out - 1) *
 * stride + (kernel - 1) * dilation + 1 - in), of which top and left take the smaller half. The pads are 0. */
#define OTTAVA_PADDING_SAME 1u
#define OTTAVA_PADDING_VALID 2u    /* none; as EXPLICIT with pads of 0 */

/* Part of a descriptor, so without a size of its own, and it never grows. Layout: twelve 32-bit words. */
typedef struct ottava_window {
  int32_t kernel_height;    /* taps, 1 to 65535 */
  int32_t kernel_width;
  int32_t stride_height;    /* 1 to 65535 */
  int32_t stride_width;
  int32_t dilation_height;  /* pixels from one tap to the next, 1 to 65535 */
  int32_t dilation_width;
  int32_t pad_top;          /* 0 to 2^30 */
  int32_t pad_left;
  int32_t pad_bottom;
  int32_t pad_right;
  uint32_t padding;         /* OTTAVA_PADDING_... */
  uint32_t reserved;        /* 0 */
} ottava_window;

/* One tap, no padding. */
#define OTTAVA_WINDOW_INIT {1, 1, 1, 1, 1, 1, 0, 0, 0, 0, OTTAVA_PADDING_EXPLICIT, 0u}

/* What a window means for an input of one size: writes the window with its pads explicit, and the size of the output.
 * `resolved` may be `window` itself; it and the sizes may be NULL.
 * Errors: NULL_POINTER, BAD_OPTION (a field of the window), BAD_TYPE (padding), BAD_SHAPE (a negative size, or a kernel
 * larger than the padded input), SIZE_OVERFLOW. */
OTTAVA_API ottava_status ottava_window_resolve(const ottava_window *window, int64_t height, int64_t width,
                                               ottava_window *resolved, int64_t *output_height, int64_t *output_width,
                                               ottava_error *error);

/* ------------------------------------------------------------------------------------------------
 * Layers that have been made: the same for every kind
 * --------------------------------------------------------------------------------------------- */

typedef struct ottava_layer ottava_layer;

/* The numbers of a run. Layout: two 32-bit words, then 64-bit integers. */
typedef struct ottava_layer_run_desc {
  uint32_t struct_size;
  uint32_t flags;               /* OTTAVA_RUN_ACCUMULATE for a convolution to s32 or f32, as for a matmul; or 0 */
  int64_t batch;                /* images, 0 or more */
  int64_t height;               /* of the input */
  int64_t width;
  int64_t input_pixel_stride;   /* elements; at least the input channels; 0 for these */
  int64_t second_pixel_stride;  /* of operands.second, likewise */
  int64_t output_pixel_stride;  /* at least the output channels; 0 for these */
} ottava_layer_run_desc;

#define OTTAVA_LAYER_RUN_DESC_INIT {sizeof(ottava_layer_run_desc), 0u, 1, 0, 0, 0, 0, 0}
OTTAVA_API ottava_status ottava_layer_run_desc_init(ottava_layer_run_desc *run, uint64_t bytes);

/* The memory that one run works on. All of it stays the caller's; any alignment. Layout: two 32-bit words, pointers, one
 * size. */
typedef struct ottava_layer_operands {
  uint32_t struct_size;
  uint32_t reserved;         /* 0 */
  const void *input;         /* batch x height x width x input channels */
  const void *second;        /* an addition's second tensor, as large as the first; of a convolution whose output has an
                                addition, as large as the output; otherwise NULL */
  void *output;              /* batch x output height x output width x output channels. Apart from the input; an
                                addition's may be one of its tensors, a convolution's its second. */
  uint64_t *saturated;       /* as in ottava_matmul_operands, for convolutions; or NULL */
  void *unused;              /* NULL */
  void *workspace;           /* scratch memory; NULL: the context's allocator is asked for it */
  uint64_t workspace_bytes;  /* its size, see ottava_layer_query */
} ottava_layer_operands;

#define OTTAVA_LAYER_OPERANDS_INIT {sizeof(ottava_layer_operands), 0u, 0, 0, 0, 0, 0, 0, 0u}
OTTAVA_API ottava_status ottava_layer_operands_init(ottava_layer_operands *operands, uint64_t bytes);

/* What a run of one size is: its output, its memory, what computes it. Layout: 64-bit integers, then text; 504 bytes. */
typedef struct ottava_layer_info {
  uint32_t struct_size;
  uint32_t tier;             /* OTTAVA_TIER_... of the kernel */
  int64_t output_height;
  int64_t output_width;
  int64_t output_channels;
  uint64_t packed_bytes;     /* what the layer keeps of its constants */
  uint64_t workspace_bytes;  /* enough for this run, and for each with fewer images or lines */
  uint32_t threads;          /* that the run uses, at most */
  uint32_t reserved;
  char kernel[48];
  char route[192];           /* how the run is computed, in words */
  char reason[208];          /* why by this kernel: which better ones declined, and why */
} ottava_layer_info;

#define OTTAVA_LAYER_INFO_INIT {sizeof(ottava_layer_info), 0u, 0, 0, 0, 0u, 0u, 0u, 0u, {0}, {0}, {0}}
OTTAVA_API ottava_status ottava_layer_info_init(ottava_layer_info *info, uint64_t bytes);

/* Fills *info for a run of these numbers, whose flags and strides do not matter.
 * Errors: NULL_POINTER, BAD_STRUCT, BAD_SHAPE (a negative size, a kernel larger than the padded input), SIZE_OVERFLOW. */
OTTAVA_API ottava_status ottava_layer_query(const ottava_layer *layer, const ottava_layer_run_desc *run,
                                            ottava_layer_info *info, ottava_error *error);

/* Runs a layer. Everything is checked before the output is touched. Every image, line and channel is computed in the same
 * way whatever the threads: the bits are those of one thread. An empty batch or output is no error and computes nothing.
 * Errors: NULL_POINTER, BAD_STRUCT, BAD_SHAPE, BAD_STRIDE (a pixel stride below the channels), BAD_OPTION (flags),
 * UNSUPPORTED (accumulation or counters that this layer does not have, a second tensor that it does not take),
 * SIZE_OVERFLOW, BAD_MEMORY (workspace), OUT_OF_MEMORY. */
OTTAVA_API ottava_status ottava_layer_run(const ottava_layer *layer, const ottava_layer_run_desc *run,
                                          const ottava_layer_operands *operands, ottava_error *error);

/* Releases a layer; NULL is allowed, and one in caller memory, of which nothing is released. Errors: none. */
OTTAVA_API ottava_status ottava_layer_destroy(ottava_layer *layer);

/* ------------------------------------------------------------------------------------------------
 * Convolutions
 * --------------------------------------------------------------------------------------------- */

/* How weights lie, the last letter side by side: O output channels, I input channels of one group, H and W the kernel. */
#define OTTAVA_WEIGHTS_OHWI 0u /* TFLite's CONV_2D and TRANSPOSE_CONV, XNNPACK, QNNPACK */
#define OTTAVA_WEIGHTS_HWIO 1u /* TensorFlow; TFLite's DEPTHWISE_CONV_2D, there 1 x H x W x O */

/* Accept sums that may overflow int32, as OTTAVA_MATMUL_ALLOW_WRAP does. */
#define OTTAVA_CONV2D_ALLOW_WRAP 1u

/* output[b, y, x, o] = output( sum over taps i, j and channels c of the group of o of
 *     (input[b, line(y, i), column(x, j), c] - input_zero_point) * (weights[o, i, j, c] - weights_zero_point[o]) )
 * Scales are real, finite and above 0. Layout: 112 bytes, the same on every target. */
typedef struct ottava_conv2d_desc {
  uint32_t struct_size;
  uint32_t flags;              /* OTTAVA_CONV2D_ALLOW_WRAP or 0 */
  int64_t input_channels;      /* of all groups; a multiple of groups */
  int64_t output_channels;     /* likewise */
  int64_t groups;              /* 1 or more; output channel o takes the input channels of group o / (output_channels /
                                  groups) */
  ottava_window window;
  uint32_t input_type;         /* OTTAVA_TYPE_S8 or _U8 */
  int32_t input_zero_point;
  float input_scale;
  uint32_t weights_type;       /* OTTAVA_TYPE_S8 or _U8 */
  uint32_t weights_layout;     /* OTTAVA_WEIGHTS_... */
  int32_t weights_zero_point;  /* for all channels, unless the constants hold one per channel */
  float weights_scale;         /* likewise */
  uint32_t reserved;           /* 0 */
} ottava_conv2d_desc;

#define OTTAVA_CONV2D_DESC_INIT                                                                                      \
  {sizeof(ottava_conv2d_desc), 0u, 0, 0, 1, OTTAVA_WINDOW_INIT, OTTAVA_TYPE_S8, 0, 1.0f, OTTAVA_TYPE_S8,             \
   OTTAVA_WEIGHTS_OHWI, 0, 1.0f, 0u}
OTTAVA_API ottava_status ottava_conv2d_desc_init(ottava_conv2d_desc *desc, uint64_t bytes);

/* The constant arrays of a convolution of any kind, read at creation and not kept; those of the output stand in
 * ottava_output. Layout: two 32-bit words, then pointers. */
typedef struct ottava_conv2d_constants {
  uint32_t struct_size;
  uint32_t reserved;                   /* 0 */
  const void *weights;                 /* in desc.weights_layout; NULL only if there are none */
  const float *weights_scales;         /* one per output channel, instead of desc.weights_scale; or NULL */
  const int32_t *weights_zero_points;  /* likewise */
} ottava_conv2d_constants;

#define OTTAVA_CONV2D_CONSTANTS_INIT {sizeof(ottava_conv2d_constants), 0u, 0, 0, 0}
OTTAVA_API ottava_status ottava_conv2d_constants_init(ottava_conv2d_constants *constants, uint64_t bytes);

/* Creates a layer; the caller owns it, see ottava_layer_destroy. N of ottava_output is output_channels, and its scales
 * are input_scale * weights_scale[o] over output.scale.
 * Errors: as ottava_matmul_create. */
OTTAVA_API ottava_status ottava_conv2d_create(const ottava_context *context, const ottava_conv2d_desc *desc,
                                              const ottava_output *output, const ottava_conv2d_constants *constants,
                                              ottava_layer **layer, ottava_error *error);

/* For hosts without a heap: as ottava_matmul_size and ottava_matmul_init_at. */
OTTAVA_API ottava_status ottava_conv2d_size(const ottava_context *context, const ottava_conv2d_desc *desc,
                                            const ottava_output *output, uint64_t *bytes, ottava_error *error);
OTTAVA_API ottava_status ottava_conv2d_init_at(void *memory, uint64_t bytes, const ottava_context *context,
                                               const ottava_conv2d_desc *desc, const ottava_output *output,
                                               const ottava_conv2d_constants *constants, ottava_layer **layer,
                                               ottava_error *error);

/* Depthwise: each input channel has `multiplier` output channels of its own, channel o that of input channel
 * o / multiplier. Layout: 104 bytes, the same on every target. */
typedef struct ottava_depthwise_conv2d_desc {
  uint32_t struct_size;
  uint32_t flags;              /* OTTAVA_CONV2D_ALLOW_WRAP or 0 */
  int64_t channels;            /* of the input */
  int64_t multiplier;          /* 1 or more */
  ottava_window window;
  uint32_t input_type;         /* the rest as in ottava_conv2d_desc */
  int32_t input_zero_point;
  float input_scale;
  uint32_t weights_type;
  uint32_t weights_layout;     /* I being 1; OTTAVA_WEIGHTS_HWIO by default */
  int32_t weights_zero_point;
  float weights_scale;
  uint32_t reserved;           /* 0 */
} ottava_depthwise_conv2d_desc;

#define OTTAVA_DEPTHWISE_CONV2D_DESC_INIT                                                                            \
  {sizeof(ottava_depthwise_conv2d_desc), 0u, 0, 1, OTTAVA_WINDOW_INIT, OTTAVA_TYPE_S8, 0, 1.0f, OTTAVA_TYPE_S8,      \
   OTTAVA_WEIGHTS_HWIO, 0, 1.0f, 0u}
OTTAVA_API ottava_status ottava_depthwise_conv2d_desc_init(ottava_depthwise_conv2d_desc *desc, uint64_t bytes);

/* As the functions of conv2d. */
OTTAVA_API ottava_status ottava_depthwise_conv2d_create(const ottava_context *context,
                                                        const ottava_depthwise_conv2d_desc *desc,
                                                        const ottava_output *output,
                                                        const ottava_conv2d_constants *constants, ottava_layer **layer,
                                                        ottava_error *error);
OTTAVA_API ottava_status ottava_depthwise_conv2d_size(const ottava_context *context,
                                                      const ottava_depthwise_conv2d_desc *desc,
                                                      const ottava_output *output, uint64_t *bytes,
                                                      ottava_error *error);
OTTAVA_API ottava_status ottava_depthwise_conv2d_init_at(void *memory, uint64_t bytes, const ottava_context *context,
                                                         const ottava_depthwise_conv2d_desc *desc,
                                                         const ottava_output *output,
                                                         const ottava_conv2d_constants *constants,
                                                         ottava_layer **layer, ottava_error *error);

/* Transposed: what a convolution of this window takes its input from: input pixel (y, x) and tap (i, j) add to output
 * pixel (y * stride_height + i * dilation_height - pad_top, likewise). The output is
 *     (height - 1) * stride_height + (kernel_height - 1) * dilation_height + 1 - pad_top - pad_bottom + adjustment_height
 * lines; what no tap reaches is the output of the bias alone. OTTAVA_PADDING_SAME: height * stride_height lines, and
 * OTTAVA_PADDING_VALID: no pads, at least height * stride_height lines, both as in TFLite's TRANSPOSE_CONV; the
 * adjustments are 0 then. Layout: 120 bytes, the same on every target. */
typedef struct ottava_transposed_conv2d_desc {
  uint32_t struct_size;
  uint32_t flags;              /* OTTAVA_CONV2D_ALLOW_WRAP or 0 */
  int64_t input_channels;
  int64_t output_channels;
  int64_t groups;
  ottava_window window;
  int32_t adjustment_height;   /* lines that the output has more, 0 to 65535; PyTorch's output_padding */
  int32_t adjustment_width;
  uint32_t input_type;         /* the rest as in ottava_conv2d_desc */
  int32_t input_zero_point;
  float input_scale;
  uint32_t weights_type;
  uint32_t weights_layout;     /* tap (i, j) as it is named above */
  int32_t weights_zero_point;
  float weights_scale;
  uint32_t reserved;           /* 0 */
} ottava_transposed_conv2d_desc;

#define OTTAVA_TRANSPOSED_CONV2D_DESC_INIT                                                                           \
  {sizeof(ottava_transposed_conv2d_desc), 0u, 0, 0, 1, OTTAVA_WINDOW_INIT, 0, 0, OTTAVA_TYPE_S8, 0, 1.0f,            \
   OTTAVA_TYPE_S8, OTTAVA_WEIGHTS_OHWI, 0, 1.0f, 0u}
OTTAVA_API ottava_status ottava_transposed_conv2d_desc_init(ottava_transposed_conv2d_desc *desc, uint64_t bytes);

/* As the functions of conv2d. */
OTTAVA_API ottava_status ottava_transposed_conv2d_create(const ottava_context *context,
                                                         const ottava_transposed_conv2d_desc *desc,
                                                         const ottava_output *output,
                                                         const ottava_conv2d_constants *constants,
                                                         ottava_layer **layer, ottava_error *error);
OTTAVA_API ottava_status ottava_transposed_conv2d_size(const ottava_context *context,
                                                       const ottava_transposed_conv2d_desc *desc,
                                                       const ottava_output *output, uint64_t *bytes,
                                                       ottava_error *error);
OTTAVA_API ottava_status ottava_transposed_conv2d_init_at(void *memory, uint64_t bytes, const ottava_context *context,
                                                          const ottava_transposed_conv2d_desc *desc,
                                                          const ottava_output *output,
                                                          const ottava_conv2d_constants *constants,
                                                          ottava_layer **layer, ottava_error *error);

/* ------------------------------------------------------------------------------------------------
 * Pooling
 * --------------------------------------------------------------------------------------------- */

#define OTTAVA_POOL_MAX 0u
/* TFLite's: the sum of the taps that are no padding over their number, half away from zero:
 *     a = (sum + sign(sum) * floor(number / 2)) / number, truncated */
#define OTTAVA_POOL_AVERAGE 1u
/* QNNPACK's and XNNPACK's: the sum over all taps of (input - input zero point), in which padding counts as 0, is an
 * accumulator of scale input_scale / (kernel_height * kernel_width), and requantized as the output says. For XNNPACK's
 * average pooling, and that of later versions of QNNPACK: _FLOAT_NEAREST_EVEN, whose factor is here, in float32,
 *     input_scale / (output.scale * (kernel_height * kernel_width))
 * For QNNPACK's earlier one: OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING_AWAY, with the multiplier that OTTAVA_FORM_QNNPACK
 * forms of this factor as integer parameters. */
#define OTTAVA_POOL_AVERAGE_RESCALED 2u

/* The window is the whole input; kernel 1, stride 1, dilation 1, no pads in the descriptor. */
#define OTTAVA_POOL_GLOBAL 1u

/* Layout: 80 bytes, the same on every target. */
typedef struct ottava_pool2d_desc {
  uint32_t struct_size;
  uint32_t flags;              /* OTTAVA_POOL_GLOBAL or 0 */
  int64_t channels;
  ottava_window window;
  uint32_t kind;               /* OTTAVA_POOL_MAX, ... */
  uint32_t input_type;         /* OTTAVA_TYPE_S8 or _U8 */
  int32_t input_zero_point;
  float input_scale;
} ottava_pool2d_desc;

#define OTTAVA_POOL2D_DESC_INIT                                                                                      \
  {sizeof(ottava_pool2d_desc), 0u, 0, OTTAVA_WINDOW_INIT, OTTAVA_POOL_MAX, OTTAVA_TYPE_S8, 0, 1.0f}
OTTAVA_API ottava_status ottava_pool2d_desc_init(ottava_pool2d_desc *desc, uint64_t bytes);

/* MAX and AVERAGE: the output has the type, the zero point and the scale of the input; only its clamp is chosen, and NULL
 * stands for none. A window of padding alone is refused when a run meets it, with BAD_SHAPE. Sums of more than 8388607
 * pixels are refused with NOT_EXACT, those of a global window when a run meets them. All channels are alike: what
 * ottava_output has for each of them, and its activation, is refused. Errors: as ottava_conv2d_create. */
OTTAVA_API ottava_status ottava_pool2d_create(const ottava_context *context, const ottava_pool2d_desc *desc,
                                              const ottava_output *output, ottava_layer **layer, ottava_error *error);
OTTAVA_API ottava_status ottava_pool2d_size(const ottava_context *context, const ottava_pool2d_desc *desc,
                                            const ottava_output *output, uint64_t *bytes, ottava_error *error);
OTTAVA_API ottava_status ottava_pool2d_init_at(void *memory, uint64_t bytes, const ottava_context *context,
                                               const ottava_pool2d_desc *desc, const ottava_output *output,
                                               ottava_layer **layer, ottava_error *error);

/* ------------------------------------------------------------------------------------------------
 * Addition of two tensors
 * --------------------------------------------------------------------------------------------- */

/* With a = first - first_zero_point, b = second - second_zero_point, y is clamped after zero_point has been added to it:
 *   TFLITE   M = 2 * max(first_scale, second_scale); R(x, f) is OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS by the factor f
 *            y = R(R(a * 2^20, first_scale / M) + R(b * 2^20, second_scale / M), M / (2^20 * scale))
 *   QNNPACK  r = first_scale / scale, t = second_scale / scale in float32; s = 21 - floor(log2(max(r, t)))
 *            y = (a * RNE(r * 2^s) + b * RNE(t * 2^s)) / 2^s, half away from zero; RNE rounds half to even
 *   XNNPACK  the same with s = 20 - floor(log2(max(r, t))), half up
 * To subtract, the second factor is negated, for TFLite the multiplier that stands for it. Ratios that are taken: M below
 * 2^20 * scale; r and t at least 2^-14, one of them 2^-10, and below 2^8; r and t at least 2^-10 and below 2^8. */
#define OTTAVA_ADD_TFLITE 0u  /* the reference kernels of ADD and SUB */
#define OTTAVA_ADD_QNNPACK 1u
#define OTTAVA_ADD_XNNPACK 2u

#define OTTAVA_ADD_SUBTRACT 1u /* first - second */

/* sum = first + second, in real numbers. All three have one type. Layout: 56 bytes, the
 * same on every target. */
typedef struct ottava_add_desc {
  uint32_t struct_size;
  uint32_t flags;              /* OTTAVA_ADD_SUBTRACT or 0 */
  int64_t channels;
  uint32_t arithmetic;         /* OTTAVA_ADD_... */
  uint32_t type;               /* OTTAVA_TYPE_S8 or _U8 */
  int32_t first_zero_point;
  float first_scale;
  int32_t second_zero_point;
  float second_scale;
  int32_t zero_point;          /* of the sum */
  float scale;
  int32_t clamp_min;           /* as in ottava_output */
  int32_t clamp_max;
} ottava_add_desc;

#define OTTAVA_ADD_DESC_INIT                                                                                         \
  {sizeof(ottava_add_desc), 0u, 0, OTTAVA_ADD_TFLITE, OTTAVA_TYPE_S8, 0, 1.0f, 0, 1.0f, 0, 1.0f, INT32_MIN, INT32_MAX}
OTTAVA_API ottava_status ottava_add_desc_init(ottava_add_desc *desc, uint64_t bytes);

/* An addition as a layer of its own. As the epilogue of a product, which spares the tensor a way through memory, it is
 * ottava_output.addition, with the same bits.
 * Errors: NULL_POINTER, BAD_STRUCT, BAD_TYPE, BAD_SHAPE, BAD_SCALE (also a ratio of scales that the arithmetic does not
 * take), BAD_ZERO_POINT, BAD_CLAMP, BAD_MEMORY, OUT_OF_MEMORY. */
OTTAVA_API ottava_status ottava_add_create(const ottava_context *context, const ottava_add_desc *desc,
                                           ottava_layer **layer, ottava_error *error);
OTTAVA_API ottava_status ottava_add_size(const ottava_context *context, const ottava_add_desc *desc, uint64_t *bytes,
                                         ottava_error *error);
OTTAVA_API ottava_status ottava_add_init_at(void *memory, uint64_t bytes, const ottava_context *context,
                                            const ottava_add_desc *desc, ottava_layer **layer, ottava_error *error);

#ifdef __cplusplus
}
#endif

#endif /* OTTAVA_LAYERS_H_ */
