/* The binary layout of the structures of layers.h: part of layout.c, whose macros and types stand before it. */
#ifndef OTTAVA_TESTS_LAYOUT_LAYERS_H_
#define OTTAVA_TESTS_LAYOUT_LAYERS_H_

#define WINDOW_FIELDS(S, A, T)          \
  S(T, kernel_height, int32_t, 0, 4)    \
  S(T, kernel_width, int32_t, 4, 4)     \
  S(T, stride_height, int32_t, 8, 4)    \
  S(T, stride_width, int32_t, 12, 4)    \
  S(T, dilation_height, int32_t, 16, 4) \
  S(T, dilation_width, int32_t, 20, 4)  \
  S(T, pad_top, int32_t, 24, 4)         \
  S(T, pad_left, int32_t, 28, 4)        \
  S(T, pad_bottom, int32_t, 32, 4)      \
  S(T, pad_right, int32_t, 36, 4)       \
  S(T, padding, uint32_t, 40, 4)        \
  S(T, reserved, uint32_t, 44, 4)
CHECK_STRUCTURE(ottava_window, WINDOW_FIELDS, 48)
CHECK_ALIGNMENT(ottava_window, word32);

#define LAYER_RUN_DESC_FIELDS(S, A, T)      \
  S(T, struct_size, uint32_t, 0, 4)         \
  S(T, flags, uint32_t, 4, 4)               \
  S(T, batch, int64_t, 8, 8)                \
  S(T, height, int64_t, 16, 8)              \
  S(T, width, int64_t, 24, 8)               \
  S(T, input_pixel_stride, int64_t, 32, 8)  \
  S(T, second_pixel_stride, int64_t, 40, 8) \
  S(T, output_pixel_stride, int64_t, 48, 8)
CHECK_STRUCTURE(ottava_layer_run_desc, LAYER_RUN_DESC_FIELDS, 56)
CHECK_ALIGNMENT(ottava_layer_run_desc, word64);

#define LAYER_OPERANDS_FIELDS(S, A, T)                     \
  S(T, struct_size, uint32_t, 0, 4)                        \
  S(T, reserved, uint32_t, 4, 4)                           \
  S(T, input, data_pointer, POINTER(0), sizeof(void *))    \
  S(T, second, data_pointer, POINTER(1), sizeof(void *))   \
  S(T, output, any_pointer, POINTER(2), sizeof(void *))    \
  S(T, saturated, counters, POINTER(3), sizeof(void *))    \
  S(T, unused, any_pointer, POINTER(4), sizeof(void *))    \
  S(T, workspace, any_pointer, POINTER(5), sizeof(void *)) \
  S(T, workspace_bytes, uint64_t, POINTER(6), 8)
CHECK_STRUCTURE(ottava_layer_operands, LAYER_OPERANDS_FIELDS, POINTER(6) + 8)
CHECK_ALIGNMENT(ottava_layer_operands, word64);

#define LAYER_INFO_FIELDS(S, A, T)       \
  S(T, struct_size, uint32_t, 0, 4)      \
  S(T, tier, uint32_t, 4, 4)             \
  S(T, output_height, int64_t, 8, 8)     \
  S(T, output_width, int64_t, 16, 8)     \
  S(T, output_channels, int64_t, 24, 8)  \
  S(T, packed_bytes, uint64_t, 32, 8)    \
  S(T, workspace_bytes, uint64_t, 40, 8) \
  S(T, threads, uint32_t, 48, 4)         \
  S(T, reserved, uint32_t, 52, 4)        \
  A(T, kernel, char, 56, 48)             \
  A(T, route, char, 104, 192)            \
  A(T, reason, char, 296, 208)
CHECK_STRUCTURE(ottava_layer_info, LAYER_INFO_FIELDS, 504)
CHECK_ALIGNMENT(ottava_layer_info, word64);

#define CONV2D_DESC_FIELDS(S, A, T)         \
  S(T, struct_size, uint32_t, 0, 4)         \
  S(T, flags, uint32_t, 4, 4)               \
  S(T, input_channels, int64_t, 8, 8)       \
  S(T, output_channels, int64_t, 16, 8)     \
  S(T, groups, int64_t, 24, 8)              \
  S(T, window, ottava_window, 32, 48)       \
  S(T, input_type, uint32_t, 80, 4)         \
  S(T, input_zero_point, int32_t, 84, 4)    \
  S(T, input_scale, float, 88, 4)           \
  S(T, weights_type, uint32_t, 92, 4)       \
  S(T, weights_layout, uint32_t, 96, 4)     \
  S(T, weights_zero_point, int32_t, 100, 4) \
  S(T, weights_scale, float, 104, 4)        \
  S(T, reserved, uint32_t, 108, 4)
CHECK_STRUCTURE(ottava_conv2d_desc, CONV2D_DESC_FIELDS, 112)
CHECK_ALIGNMENT(ottava_conv2d_desc, word64);

#define CONV2D_CONSTANTS_FIELDS(S, A, T)                          \
  S(T, struct_size, uint32_t, 0, 4)                               \
  S(T, reserved, uint32_t, 4, 4)                                  \
  S(T, weights, data_pointer, POINTER(0), sizeof(void *))         \
  S(T, weights_scales, float_pointer, POINTER(1), sizeof(void *)) \
  S(T, weights_zero_points, int32_pointer, POINTER(2), sizeof(void *))
CHECK_STRUCTURE(ottava_conv2d_constants, CONV2D_CONSTANTS_FIELDS, POINTER(3))
CHECK_ALIGNMENT(ottava_conv2d_constants, pointer);

#define DEPTHWISE_CONV2D_DESC_FIELDS(S, A, T) \
  S(T, struct_size, uint32_t, 0, 4)           \
  S(T, flags, uint32_t, 4, 4)                 \
  S(T, channels, int64_t, 8, 8)               \
  S(T, multiplier, int64_t, 16, 8)            \
  S(T, window, ottava_window, 24, 48)         \
  S(T, input_type, uint32_t, 72, 4)           \
  S(T, input_zero_point, int32_t, 76, 4)      \
  S(T, input_scale, float, 80, 4)             \
  S(T, weights_type, uint32_t, 84, 4)         \
  S(T, weights_layout, uint32_t, 88, 4)       \
  S(T, weights_zero_point, int32_t, 92, 4)    \
  S(T, weights_scale, float, 96, 4)           \
  S(T, reserved, uint32_t, 100, 4)
CHECK_STRUCTURE(ottava_depthwise_conv2d_desc, DEPTHWISE_CONV2D_DESC_FIELDS, 104)
CHECK_ALIGNMENT(ottava_depthwise_conv2d_desc, word64);

#define TRANSPOSED_CONV2D_DESC_FIELDS(S, A, T) \
  S(T, struct_size, uint32_t, 0, 4)            \
  S(T, flags, uint32_t, 4, 4)                  \
  S(T, input_channels, int64_t, 8, 8)          \
  S(T, output_channels, int64_t, 16, 8)        \
  S(T, groups, int64_t, 24, 8)                 \
  S(T, window, ottava_window, 32, 48)          \
  S(T, adjustment_height, int32_t, 80, 4)      \
  S(T, adjustment_width, int32_t, 84, 4)       \
  S(T, input_type, uint32_t, 88, 4)            \
  S(T, input_zero_point, int32_t, 92, 4)       \
  S(T, input_scale, float, 96, 4)              \
  S(T, weights_type, uint32_t, 100, 4)         \
  S(T, weights_layout, uint32_t, 104, 4)       \
  S(T, weights_zero_point, int32_t, 108, 4)    \
  S(T, weights_scale, float, 112, 4)           \
  S(T, reserved, uint32_t, 116, 4)
CHECK_STRUCTURE(ottava_transposed_conv2d_desc, TRANSPOSED_CONV2D_DESC_FIELDS, 120)
CHECK_ALIGNMENT(ottava_transposed_conv2d_desc, word64);

#define POOL2D_DESC_FIELDS(S, A, T)      \
  S(T, struct_size, uint32_t, 0, 4)      \
  S(T, flags, uint32_t, 4, 4)            \
  S(T, channels, int64_t, 8, 8)          \
  S(T, window, ottava_window, 16, 48)    \
  S(T, kind, uint32_t, 64, 4)            \
  S(T, input_type, uint32_t, 68, 4)      \
  S(T, input_zero_point, int32_t, 72, 4) \
  S(T, input_scale, float, 76, 4)
CHECK_STRUCTURE(ottava_pool2d_desc, POOL2D_DESC_FIELDS, 80)
CHECK_ALIGNMENT(ottava_pool2d_desc, word64);

#define ADD_DESC_FIELDS(S, A, T)          \
  S(T, struct_size, uint32_t, 0, 4)       \
  S(T, flags, uint32_t, 4, 4)             \
  S(T, channels, int64_t, 8, 8)           \
  S(T, arithmetic, uint32_t, 16, 4)       \
  S(T, type, uint32_t, 20, 4)             \
  S(T, first_zero_point, int32_t, 24, 4)  \
  S(T, first_scale, float, 28, 4)         \
  S(T, second_zero_point, int32_t, 32, 4) \
  S(T, second_scale, float, 36, 4)        \
  S(T, zero_point, int32_t, 40, 4)        \
  S(T, scale, float, 44, 4)               \
  S(T, clamp_min, int32_t, 48, 4)         \
  S(T, clamp_max, int32_t, 52, 4)
CHECK_STRUCTURE(ottava_add_desc, ADD_DESC_FIELDS, 56)
CHECK_ALIGNMENT(ottava_add_desc, word64);

#endif /* OTTAVA_TESTS_LAYOUT_LAYERS_H_ */
