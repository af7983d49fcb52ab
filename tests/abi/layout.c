/* The binary layout of every structure in ottava.h and layers.h, as numbers that never change. Compiling this file is
 * the test: on every ABI that a compiler is there for, with -Wpadded -Werror, which finds implicit padding.
 *
 * Structures of numbers are the same everywhere. Structures with pointers hold an even number of 32-bit words, then
 * pointers, and the last of them a size. */
#include <stddef.h>

#include "ottava/firmware.h"
#include "ottava/ottava.h"

#define JOIN_AGAIN(a, b) a##b
#define JOIN(a, b) JOIN_AGAIN(a, b)
/* An array of negative size where the condition does not hold. */
#define ASSERT(condition) typedef char JOIN(assertion_, __COUNTER__)[(condition) ? 1 : -1]

/* A scalar (S) or array (A) field: structure, name, type of the element, offset, size. The assignment is refused if
 * the type is another one of the same size. */
#define CHECK_SCALAR(structure, field, type, offset, size) \
  ASSERT(offsetof(structure, field) == (offset));          \
  ASSERT(sizeof(((structure *)0)->field) == (size));       \
  ASSERT(sizeof(type) == (size));                          \
  type *JOIN(structure##_, field)(structure * s);          \
  type *JOIN(structure##_, field)(structure * s) { return &s->field; }
#define CHECK_ARRAY(structure, field, type, offset, size) \
  ASSERT(offsetof(structure, field) == (offset));         \
  ASSERT(sizeof(((structure *)0)->field) == (size));      \
  type *JOIN(structure##_, field)(structure * s);         \
  type *JOIN(structure##_, field)(structure * s) { return s->field; }
#define ADD_SIZE(structure, field, type, offset, size) +(size)

/* All fields, the size of the whole, and that no field is missing from the list: the sizes add up to the whole. */
#define CHECK_STRUCTURE(structure, FIELDS, size) \
  FIELDS(CHECK_SCALAR, CHECK_ARRAY, structure)   \
  ASSERT(sizeof(structure) == (size));           \
  ASSERT((0 FIELDS(ADD_SIZE, ADD_SIZE, structure)) == (size));

/* The alignment of a structure is that of its widest member; 64-bit integers have 4 on some 32-bit ABIs. */
struct word32 {
  uint32_t first;
};
struct word64 {
  uint64_t first;
};
struct pointer {
  void *first;
};
#define CHECK_ALIGNMENT(structure, like) ASSERT(__alignof__(structure) == __alignof__(struct like))

#define ERROR_FIELDS(S, A, T)       \
  S(T, struct_size, uint32_t, 0, 4) \
  S(T, status, ottava_status, 4, 4) \
  A(T, argument, char, 8, 48)       \
  A(T, message, char, 56, 200)
CHECK_STRUCTURE(ottava_error, ERROR_FIELDS, 256)
CHECK_ALIGNMENT(ottava_error, word32);

#define CONTEXT_OPTIONS_FIELDS(S, A, T) \
  S(T, struct_size, uint32_t, 0, 4)     \
  S(T, flags, uint32_t, 4, 4)           \
  S(T, threads, uint32_t, 8, 4)         \
  S(T, tier_cap, uint32_t, 12, 4)
CHECK_STRUCTURE(ottava_context_options, CONTEXT_OPTIONS_FIELDS, 16)
CHECK_ALIGNMENT(ottava_context_options, word32);

#define POINTER(index) (8 + (index) * sizeof(void *))

typedef void *any_pointer;
typedef const char *text_pointer;
#define CONTEXT_HOST_FIELDS(S, A, T)                                     \
  S(T, struct_size, uint32_t, 0, 4)                                      \
  S(T, reserved, uint32_t, 4, 4)                                         \
  S(T, allocate, ottava_allocate_fn, POINTER(0), sizeof(void *))         \
  S(T, release, ottava_release_fn, POINTER(1), sizeof(void *))           \
  S(T, allocator_user, any_pointer, POINTER(2), sizeof(void *))          \
  S(T, parallel_for, ottava_parallel_for_fn, POINTER(3), sizeof(void *)) \
  S(T, parallel_user, any_pointer, POINTER(4), sizeof(void *))           \
  S(T, kernel, text_pointer, POINTER(5), sizeof(void *))
CHECK_STRUCTURE(ottava_context_host, CONTEXT_HOST_FIELDS, POINTER(6))
CHECK_ALIGNMENT(ottava_context_host, pointer);

#define CPU_INFO_FIELDS(S, A, T)      \
  S(T, struct_size, uint32_t, 0, 4)   \
  S(T, architecture, uint32_t, 4, 4)  \
  S(T, cores, uint32_t, 8, 4)         \
  S(T, core_kinds, uint32_t, 12, 4)   \
  S(T, l1d_bytes, uint64_t, 16, 8)    \
  S(T, l2_bytes, uint64_t, 24, 8)     \
  S(T, l3_bytes, uint64_t, 32, 8)     \
  S(T, caches_known, uint32_t, 40, 4) \
  S(T, optimized, uint32_t, 44, 4)    \
  A(T, name, char, 48, 96)            \
  A(T, features, char, 144, 144)
CHECK_STRUCTURE(ottava_cpu_info, CPU_INFO_FIELDS, 288)
CHECK_ALIGNMENT(ottava_cpu_info, word64);

#define TIER_INFO_FIELDS(S, A, T)   \
  S(T, struct_size, uint32_t, 0, 4) \
  S(T, tier, uint32_t, 4, 4)        \
  S(T, built, uint32_t, 8, 4)       \
  S(T, detected, uint32_t, 12, 4)   \
  S(T, usable, uint32_t, 16, 4)     \
  S(T, reserved, uint32_t, 20, 4)   \
  A(T, name, char, 24, 24)          \
  A(T, kernel, char, 48, 48)        \
  A(T, reason, char, 96, 128)
CHECK_STRUCTURE(ottava_tier_info, TIER_INFO_FIELDS, 224)
CHECK_ALIGNMENT(ottava_tier_info, word32);

typedef const void *data_pointer;
typedef const float *float_pointer;
typedef const int32_t *int32_pointer;
typedef const ottava_add_desc *addition_pointer;
#define OUTPUT_FIELDS(S, A, T)                                              \
  S(T, struct_size, uint32_t, 0, 4)                                         \
  S(T, flags, uint32_t, 4, 4)                                               \
  S(T, type, uint32_t, 8, 4)                                                \
  S(T, zero_point, int32_t, 12, 4)                                          \
  S(T, scale, float, 16, 4)                                                 \
  S(T, requantization, uint32_t, 20, 4)                                     \
  S(T, parameters, uint32_t, 24, 4)                                         \
  S(T, multiplier, int32_t, 28, 4)                                          \
  S(T, shift, int32_t, 32, 4)                                               \
  S(T, clamp_min, int32_t, 36, 4)                                           \
  S(T, clamp_max, int32_t, 40, 4)                                           \
  S(T, clamp_min_f32, float, 44, 4)                                         \
  S(T, clamp_max_f32, float, 48, 4)                                         \
  S(T, activation, uint32_t, 52, 4)                                         \
  S(T, tanh_zero, int32_t, 56, 4)                                           \
  S(T, tanh_amplitude, int32_t, 60, 4)                                      \
  S(T, bias, int32_pointer, 64 + 0 * sizeof(void *), sizeof(void *))        \
  S(T, bias_f32, float_pointer, 64 + 1 * sizeof(void *), sizeof(void *))    \
  S(T, multipliers, int32_pointer, 64 + 2 * sizeof(void *), sizeof(void *)) \
  S(T, shifts, int32_pointer, 64 + 3 * sizeof(void *), sizeof(void *))      \
  S(T, table, data_pointer, 64 + 4 * sizeof(void *), sizeof(void *))        \
  S(T, addition, addition_pointer, 64 + 5 * sizeof(void *), sizeof(void *))
CHECK_STRUCTURE(ottava_output, OUTPUT_FIELDS, 64 + 6 * sizeof(void *))
CHECK_ALIGNMENT(ottava_output, pointer);

#define MATMUL_DESC_FIELDS(S, A, T)         \
  S(T, struct_size, uint32_t, 0, 4)         \
  S(T, flags, uint32_t, 4, 4)               \
  S(T, n, int64_t, 8, 8)                    \
  S(T, k, int64_t, 16, 8)                   \
  S(T, max_m, int64_t, 24, 8)               \
  S(T, rhs_stride, int64_t, 32, 8)          \
  S(T, lhs_type, uint32_t, 40, 4)           \
  S(T, lhs_order, uint32_t, 44, 4)          \
  S(T, lhs_zero_point, int32_t, 48, 4)      \
  S(T, lhs_scale, float, 52, 4)             \
  S(T, lhs_quantization, uint32_t, 56, 4)   \
  S(T, lhs_quantized_type, uint32_t, 60, 4) \
  S(T, rhs_type, uint32_t, 64, 4)           \
  S(T, rhs_order, uint32_t, 68, 4)          \
  S(T, rhs_zero_point, int32_t, 72, 4)      \
  S(T, rhs_scale, float, 76, 4)             \
  S(T, dst_order, uint32_t, 80, 4)          \
  S(T, reserved, uint32_t, 84, 4)
CHECK_STRUCTURE(ottava_matmul_desc, MATMUL_DESC_FIELDS, 88)
CHECK_ALIGNMENT(ottava_matmul_desc, word64);

#define MATMUL_CONSTANTS_FIELDS(S, A, T)                      \
  S(T, struct_size, uint32_t, 0, 4)                           \
  S(T, reserved, uint32_t, 4, 4)                              \
  S(T, rhs, data_pointer, POINTER(0), sizeof(void *))         \
  S(T, rhs_scales, float_pointer, POINTER(1), sizeof(void *)) \
  S(T, rhs_zero_points, int32_pointer, POINTER(2), sizeof(void *))
CHECK_STRUCTURE(ottava_matmul_constants, MATMUL_CONSTANTS_FIELDS, POINTER(3))
CHECK_ALIGNMENT(ottava_matmul_constants, pointer);

#define MATMUL_INFO_FIELDS(S, A, T)          \
  S(T, struct_size, uint32_t, 0, 4)          \
  S(T, tier, uint32_t, 4, 4)                 \
  S(T, tile_m, uint32_t, 8, 4)               \
  S(T, tile_n, uint32_t, 12, 4)              \
  S(T, tile_k, uint32_t, 16, 4)              \
  S(T, threads, uint32_t, 20, 4)             \
  S(T, packed_bytes, uint64_t, 24, 8)        \
  S(T, workspace_bytes, uint64_t, 32, 8)     \
  S(T, max_exact_k, uint64_t, 40, 8)         \
  A(T, kernel, char, 48, 48)                 \
  A(T, reason, char, 96, 208)                \
  S(T, wrapping_channels, uint64_t, 304, 8)  \
  S(T, exactness, uint32_t, 312, 4)          \
  S(T, row_granularity, uint32_t, 316, 4)    \
  S(T, column_granularity, uint32_t, 320, 4) \
  A(T, route, char, 324, 132)
CHECK_STRUCTURE(ottava_matmul_info, MATMUL_INFO_FIELDS, 456)
CHECK_ALIGNMENT(ottava_matmul_info, word64);

#define MATMUL_RUN_DESC_FIELDS(S, A, T)      \
  S(T, struct_size, uint32_t, 0, 4)          \
  S(T, flags, uint32_t, 4, 4)                \
  S(T, m, int64_t, 8, 8)                     \
  S(T, lhs_stride, int64_t, 16, 8)           \
  S(T, rhs_stride, int64_t, 24, 8)           \
  S(T, dst_stride, int64_t, 32, 8)           \
  S(T, batches, int64_t, 40, 8)              \
  S(T, lhs_batch_stride, int64_t, 48, 8)     \
  S(T, rhs_batch_stride, int64_t, 56, 8)     \
  S(T, dst_batch_stride, int64_t, 64, 8)     \
  S(T, first_row, int64_t, 72, 8)            \
  S(T, rows, int64_t, 80, 8)                 \
  S(T, first_column, int64_t, 88, 8)         \
  S(T, columns, int64_t, 96, 8)              \
  S(T, second_stride, int64_t, 104, 8)       \
  S(T, second_batch_stride, int64_t, 112, 8) \
  S(T, n, int64_t, 120, 8)                   \
  S(T, k, int64_t, 128, 8)
CHECK_STRUCTURE(ottava_matmul_run_desc, MATMUL_RUN_DESC_FIELDS, 136)
CHECK_ALIGNMENT(ottava_matmul_run_desc, word64);

typedef const void *const *data_pointers;
typedef void *const *writable_pointers;
typedef uint64_t *counters;
#define MATMUL_OPERANDS_FIELDS(S, A, T)                             \
  S(T, struct_size, uint32_t, 0, 4)                                 \
  S(T, reserved, uint32_t, 4, 4)                                    \
  S(T, lhs, data_pointer, POINTER(0), sizeof(void *))               \
  S(T, rhs, data_pointer, POINTER(1), sizeof(void *))               \
  S(T, dst, any_pointer, POINTER(2), sizeof(void *))                \
  S(T, lhs_scales, float_pointer, POINTER(3), sizeof(void *))       \
  S(T, lhs_zero_points, int32_pointer, POINTER(4), sizeof(void *))  \
  S(T, lhs_matrices, data_pointers, POINTER(5), sizeof(void *))     \
  S(T, rhs_matrices, data_pointers, POINTER(6), sizeof(void *))     \
  S(T, dst_matrices, writable_pointers, POINTER(7), sizeof(void *)) \
  S(T, saturated, counters, POINTER(8), sizeof(void *))             \
  S(T, workspace, any_pointer, POINTER(9), sizeof(void *))          \
  S(T, workspace_bytes, uint64_t, POINTER(10), 8)                   \
  S(T, second, data_pointer, POINTER(10) + 8, sizeof(void *))       \
  S(T, second_matrices, data_pointers, POINTER(11) + 8, sizeof(void *))
CHECK_STRUCTURE(ottava_matmul_operands, MATMUL_OPERANDS_FIELDS, POINTER(12) + 8)
CHECK_ALIGNMENT(ottava_matmul_operands, word64);

#define FOREIGN_PARAMETERS_FIELDS(S, A, T) \
  S(T, struct_size, uint32_t, 0, 4)        \
  S(T, system, uint32_t, 4, 4)             \
  S(T, lhs_offset, int32_t, 8, 4)          \
  S(T, rhs_offset, int32_t, 12, 4)         \
  S(T, dst_offset, int32_t, 16, 4)         \
  S(T, multiplier, int32_t, 20, 4)         \
  S(T, shift, int32_t, 24, 4)              \
  S(T, clamp_min, int32_t, 28, 4)          \
  S(T, clamp_max, int32_t, 32, 4)          \
  S(T, lhs_scale, float, 36, 4)            \
  S(T, rhs_scale, float, 40, 4)            \
  S(T, dst_scale, float, 44, 4)
CHECK_STRUCTURE(ottava_foreign_parameters, FOREIGN_PARAMETERS_FIELDS, 48)
CHECK_ALIGNMENT(ottava_foreign_parameters, word32);

#include "layout_layers.h"
#include "layout_tuning.h"

#define PACKED_INFO_FIELDS(S, A, T)    \
  S(T, struct_size, uint32_t, 0, 4)    \
  S(T, format, uint32_t, 4, 4)         \
  S(T, library, uint32_t, 8, 4)        \
  S(T, operator_kind, uint32_t, 12, 4) \
  S(T, tier, uint32_t, 16, 4)          \
  S(T, tile_n, uint32_t, 20, 4)        \
  S(T, tile_k, uint32_t, 24, 4)        \
  S(T, reserved, uint32_t, 28, 4)      \
  S(T, bytes, uint64_t, 32, 8)         \
  S(T, n, int64_t, 40, 8)              \
  S(T, k, int64_t, 48, 8)              \
  A(T, kernel, char, 56, 48)
CHECK_STRUCTURE(ottava_packed_info, PACKED_INFO_FIELDS, 104)
CHECK_ALIGNMENT(ottava_packed_info, word64);

/* The table of functions: its order is its layout. */
ASSERT(offsetof(ottava_api, struct_size) == 0);
ASSERT(offsetof(ottava_api, version) == 4);
ASSERT(offsetof(ottava_api, status_string) == POINTER(0));
ASSERT(offsetof(ottava_api, version_of_library) == POINTER(1));
ASSERT(offsetof(ottava_api, error_init) == POINTER(2));
ASSERT(offsetof(ottava_api, context_options_init) == POINTER(3));
ASSERT(offsetof(ottava_api, context_host_init) == POINTER(4));
ASSERT(offsetof(ottava_api, output_init) == POINTER(5));
ASSERT(offsetof(ottava_api, matmul_desc_init) == POINTER(6));
ASSERT(offsetof(ottava_api, matmul_constants_init) == POINTER(7));
ASSERT(offsetof(ottava_api, matmul_info_init) == POINTER(8));
ASSERT(offsetof(ottava_api, matmul_run_desc_init) == POINTER(9));
ASSERT(offsetof(ottava_api, matmul_operands_init) == POINTER(10));
ASSERT(offsetof(ottava_api, cpu_info_init) == POINTER(11));
ASSERT(offsetof(ottava_api, tier_info_init) == POINTER(12));
ASSERT(offsetof(ottava_api, foreign_parameters_init) == POINTER(13));
ASSERT(offsetof(ottava_api, context_create) == POINTER(14));
ASSERT(offsetof(ottava_api, context_size) == POINTER(15));
ASSERT(offsetof(ottava_api, context_init_at) == POINTER(16));
ASSERT(offsetof(ottava_api, context_destroy) == POINTER(17));
ASSERT(offsetof(ottava_api, cpu_query) == POINTER(18));
ASSERT(offsetof(ottava_api, tier_query) == POINTER(19));
ASSERT(offsetof(ottava_api, matmul_create) == POINTER(20));
ASSERT(offsetof(ottava_api, matmul_size) == POINTER(21));
ASSERT(offsetof(ottava_api, matmul_init_at) == POINTER(22));
ASSERT(offsetof(ottava_api, matmul_destroy) == POINTER(23));
ASSERT(offsetof(ottava_api, matmul_query) == POINTER(24));
ASSERT(offsetof(ottava_api, matmul_run) == POINTER(25));
ASSERT(offsetof(ottava_api, matmul_execute) == POINTER(26));
ASSERT(offsetof(ottava_api, matmul_workspace) == POINTER(27));
ASSERT(offsetof(ottava_api, matmul_output_stage) == POINTER(28));
ASSERT(offsetof(ottava_api, range) == POINTER(29));
ASSERT(offsetof(ottava_api, quantize) == POINTER(30));
ASSERT(offsetof(ottava_api, quantize_rows) == POINTER(31));
ASSERT(offsetof(ottava_api, dequantize) == POINTER(32));
ASSERT(offsetof(ottava_api, requantize) == POINTER(33));
ASSERT(offsetof(ottava_api, form_multiplier) == POINTER(34));
ASSERT(offsetof(ottava_api, choose_parameters) == POINTER(35));
ASSERT(offsetof(ottava_api, import_parameters) == POINTER(36));
ASSERT(offsetof(ottava_api, make_table) == POINTER(37));
ASSERT(offsetof(ottava_api, layer_run_desc_init) == POINTER(38));
ASSERT(offsetof(ottava_api, layer_operands_init) == POINTER(39));
ASSERT(offsetof(ottava_api, layer_info_init) == POINTER(40));
ASSERT(offsetof(ottava_api, conv2d_desc_init) == POINTER(41));
ASSERT(offsetof(ottava_api, conv2d_constants_init) == POINTER(42));
ASSERT(offsetof(ottava_api, window_resolve) == POINTER(43));
ASSERT(offsetof(ottava_api, layer_query) == POINTER(44));
ASSERT(offsetof(ottava_api, layer_run) == POINTER(45));
ASSERT(offsetof(ottava_api, layer_destroy) == POINTER(46));
ASSERT(offsetof(ottava_api, conv2d_create) == POINTER(47));
ASSERT(offsetof(ottava_api, conv2d_size) == POINTER(48));
ASSERT(offsetof(ottava_api, conv2d_init_at) == POINTER(49));
ASSERT(offsetof(ottava_api, depthwise_conv2d_desc_init) == POINTER(50));
ASSERT(offsetof(ottava_api, depthwise_conv2d_create) == POINTER(51));
ASSERT(offsetof(ottava_api, depthwise_conv2d_size) == POINTER(52));
ASSERT(offsetof(ottava_api, depthwise_conv2d_init_at) == POINTER(53));
ASSERT(offsetof(ottava_api, transposed_conv2d_desc_init) == POINTER(54));
ASSERT(offsetof(ottava_api, transposed_conv2d_create) == POINTER(55));
ASSERT(offsetof(ottava_api, transposed_conv2d_size) == POINTER(56));
ASSERT(offsetof(ottava_api, transposed_conv2d_init_at) == POINTER(57));
ASSERT(offsetof(ottava_api, pool2d_desc_init) == POINTER(58));
ASSERT(offsetof(ottava_api, pool2d_create) == POINTER(59));
ASSERT(offsetof(ottava_api, pool2d_size) == POINTER(60));
ASSERT(offsetof(ottava_api, pool2d_init_at) == POINTER(61));
ASSERT(offsetof(ottava_api, add_desc_init) == POINTER(62));
ASSERT(offsetof(ottava_api, add_create) == POINTER(63));
ASSERT(offsetof(ottava_api, add_size) == POINTER(64));
ASSERT(offsetof(ottava_api, add_init_at) == POINTER(65));
ASSERT(offsetof(ottava_api, packed_info_init) == POINTER(66));
ASSERT(offsetof(ottava_api, packed_query) == POINTER(67));
ASSERT(offsetof(ottava_api, packed_verify) == POINTER(68));
ASSERT(offsetof(ottava_api, matmul_save_size) == POINTER(69));
ASSERT(offsetof(ottava_api, matmul_save) == POINTER(70));
ASSERT(offsetof(ottava_api, matmul_load) == POINTER(71));
ASSERT(offsetof(ottava_api, matmul_load_size) == POINTER(72));
ASSERT(offsetof(ottava_api, matmul_load_at) == POINTER(73));
ASSERT(offsetof(ottava_api, packed_source) == POINTER(74));
ASSERT(offsetof(ottava_api, layer_save_size) == POINTER(75));
ASSERT(offsetof(ottava_api, layer_save) == POINTER(76));
ASSERT(offsetof(ottava_api, conv2d_load) == POINTER(77));
ASSERT(offsetof(ottava_api, conv2d_load_size) == POINTER(78));
ASSERT(offsetof(ottava_api, conv2d_load_at) == POINTER(79));
ASSERT(offsetof(ottava_api, depthwise_conv2d_load) == POINTER(80));
ASSERT(offsetof(ottava_api, depthwise_conv2d_load_size) == POINTER(81));
ASSERT(offsetof(ottava_api, depthwise_conv2d_load_at) == POINTER(82));
ASSERT(offsetof(ottava_api, transposed_conv2d_load) == POINTER(83));
ASSERT(offsetof(ottava_api, transposed_conv2d_load_size) == POINTER(84));
ASSERT(offsetof(ottava_api, transposed_conv2d_load_at) == POINTER(85));
ASSERT(offsetof(ottava_api, pool2d_load) == POINTER(86));
ASSERT(offsetof(ottava_api, pool2d_load_size) == POINTER(87));
ASSERT(offsetof(ottava_api, pool2d_load_at) == POINTER(88));
ASSERT(offsetof(ottava_api, add_load) == POINTER(89));
ASSERT(offsetof(ottava_api, add_load_size) == POINTER(90));
ASSERT(offsetof(ottava_api, add_load_at) == POINTER(91));
ASSERT(offsetof(ottava_api, kernel_info_init) == POINTER(92));
ASSERT(offsetof(ottava_api, kernel_query) == POINTER(93));
ASSERT(offsetof(ottava_api, knobs_init) == POINTER(94));
ASSERT(offsetof(ottava_api, context_derive) == POINTER(95));
ASSERT(offsetof(ottava_api, context_derive_at) == POINTER(96));
ASSERT(offsetof(ottava_api, route_init) == POINTER(97));
ASSERT(offsetof(ottava_api, matmul_route) == POINTER(98));
ASSERT(offsetof(ottava_api, matmul_predict) == POINTER(99));
ASSERT(offsetof(ottava_api, layer_route) == POINTER(100));
ASSERT(offsetof(ottava_api, tune_problem_init) == POINTER(101));
ASSERT(offsetof(ottava_api, tune_options_init) == POINTER(102));
ASSERT(offsetof(ottava_api, tune) == POINTER(103));
ASSERT(offsetof(ottava_api, tuning_destroy) == POINTER(104));
ASSERT(offsetof(ottava_api, tuning_write) == POINTER(105));
ASSERT(offsetof(ottava_api, tuning_read) == POINTER(106));
ASSERT(offsetof(ottava_api, tuning_merge) == POINTER(107));
ASSERT(offsetof(ottava_api, tuned_info_init) == POINTER(108));
ASSERT(offsetof(ottava_api, tuning_query) == POINTER(109));
ASSERT(sizeof(ottava_api) == POINTER(110));
CHECK_ALIGNMENT(ottava_api, pointer);

/* Constants of programs: pointers first, as the handle of a matmul begins with one. */
ASSERT(offsetof(ottava_bound_matmul, part) == 0);
ASSERT(offsetof(ottava_bound_matmul, weights) == 1 * sizeof(void *));
ASSERT(offsetof(ottava_bound_matmul, offset) == 2 * sizeof(void *));
ASSERT(offsetof(ottava_bound_matmul, multiplier) == 3 * sizeof(void *));
ASSERT(offsetof(ottava_bound_matmul, exponent) == 4 * sizeof(void *));
ASSERT(offsetof(ottava_bound_matmul, scale) == 5 * sizeof(void *));
ASSERT(offsetof(ottava_bound_matmul, bias) == 6 * sizeof(void *));
ASSERT(offsetof(ottava_bound_matmul, n) == 7 * sizeof(void *));
ASSERT(offsetof(ottava_bound_matmul, k) == 7 * sizeof(void *) + 4);
ASSERT(offsetof(ottava_bound_matmul, has_bias) == 7 * sizeof(void *) + 40);
ASSERT(sizeof(ottava_bound_matmul) == 7 * sizeof(void *) + 48);

/* Pinned values. */
ASSERT(sizeof(ottava_status) == 4 && (ottava_status)-1 > 0);
ASSERT(OTTAVA_OK == 0 && OTTAVA_NULL_POINTER == 1 && OTTAVA_BAD_STRUCT == 2 && OTTAVA_BAD_SHAPE == 3);
ASSERT(OTTAVA_BAD_STRIDE == 4 && OTTAVA_BAD_TYPE == 5 && OTTAVA_BAD_SCALE == 6 && OTTAVA_BAD_ZERO_POINT == 7);
ASSERT(OTTAVA_BAD_CLAMP == 8 && OTTAVA_BAD_BIAS == 9 && OTTAVA_UNSUPPORTED == 10 && OTTAVA_NOT_EXACT == 11);
ASSERT(OTTAVA_SIZE_OVERFLOW == 12 && OTTAVA_BAD_MEMORY == 13 && OTTAVA_OUT_OF_MEMORY == 14);
ASSERT(OTTAVA_UNKNOWN_NAME == 15 && OTTAVA_KERNEL_UNAVAILABLE == 16 && OTTAVA_BAD_OPTION == 17);
ASSERT(OTTAVA_OUT_OF_RANGE == 18 && OTTAVA_BAD_MULTIPLIER == 19 && OTTAVA_BAD_PACKED == 20);
ASSERT(OTTAVA_BAD_TUNING == 21 && OTTAVA_TUNING_OF_ANOTHER_MACHINE == 1);
ASSERT(OTTAVA_ROWS_PACKED == 1 && OTTAVA_ROWS_IN_PLACE == 2 && OTTAVA_SCHEDULE_OUT_OF_ORDER == 1);
ASSERT(OTTAVA_SCHEDULE_IN_ORDER == 2 && OTTAVA_CUT_NONE == 1 && OTTAVA_CUT_ROWS == 2 && OTTAVA_CUT_COLUMNS == 3);
ASSERT(OTTAVA_BOUND_MULTIPLY == 1 && OTTAVA_BOUND_MEMORY == 2 && OTTAVA_BOUND_CALL == 3);
ASSERT(OTTAVA_PACKED_ALIGNMENT == 64 && OTTAVA_PACKED_FORMAT == 1 && OTTAVA_PACKED_MATMUL == 1);
ASSERT(OTTAVA_PACKED_CONV2D == 2 && OTTAVA_PACKED_DEPTHWISE_CONV2D == 3 && OTTAVA_PACKED_TRANSPOSED_CONV2D == 4);
ASSERT(OTTAVA_PACKED_POOL2D == 5 && OTTAVA_PACKED_ADD == 6);
ASSERT(OTTAVA_LOAD_REPACK == 1);
ASSERT(OTTAVA_CONTEXT_THIS_CORE_KIND == 1);
ASSERT(OTTAVA_TIER_ANY == 0 && OTTAVA_TIER_PORTABLE == 1 && OTTAVA_TIER_ARMV7_NEON == 8);
ASSERT(OTTAVA_TIER_CORTEXM_DSP == 4);
ASSERT(OTTAVA_TIER_ARM_NEON == 16 && OTTAVA_TIER_ARM_DOTPROD == 17 && OTTAVA_TIER_ARM_I8MM == 18);
ASSERT(OTTAVA_TIER_X86_AVX2 == 32 && OTTAVA_TIER_X86_AVXVNNI == 33 && OTTAVA_TIER_X86_AVX512VNNI == 34);
ASSERT(OTTAVA_TIER_X86_AMX == 35);
ASSERT(OTTAVA_ARCH_PORTABLE == 0 && OTTAVA_ARCH_X86_64 == 1 && OTTAVA_ARCH_ARM64 == 2 && OTTAVA_ARCH_ARM32 == 3);
ASSERT(OTTAVA_TYPE_S8 == 1 && OTTAVA_TYPE_U8 == 2 && OTTAVA_TYPE_S16 == 3 && OTTAVA_TYPE_S32 == 4);
ASSERT(OTTAVA_TYPE_F32 == 5);
ASSERT(OTTAVA_ORDER_ROW == 0 && OTTAVA_ORDER_COLUMN == 1);
ASSERT(OTTAVA_REQUANTIZE_NONE == 0 && OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS == 1 &&
       OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING == 2);
ASSERT(OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN == 3 && OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS_SATURATING == 4);
ASSERT(OTTAVA_REQUANTIZE_GEMMLOWP_BY_FIXED_POINT == 5 && OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING_AWAY == 6);
ASSERT(OTTAVA_REQUANTIZE_FIXED_ACL_FUSED == 7 && OTTAVA_REQUANTIZE_FIXED_16_BIT_MULTIPLIER == 8);
ASSERT(OTTAVA_REQUANTIZE_POWER_OF_TWO == 9 && OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_FLOOR == 10);
ASSERT(OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_UP == 11 && OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_AWAY == 12);
ASSERT(OTTAVA_PARAMETERS_REAL == 0 && OTTAVA_PARAMETERS_INTEGER == 1);
ASSERT(OTTAVA_PARAMETERS_REAL_FLOAT_PRODUCT == 2);
ASSERT(OTTAVA_MATMUL_ALLOW_WRAP == 1 && OTTAVA_API_VERSION == 1);
ASSERT(OTTAVA_MATMUL_WEIGHTS_LEFT == 2 && OTTAVA_MATMUL_RUNTIME_RHS == 4 && OTTAVA_MATMUL_LHS_ROW_SCALES == 8);
ASSERT(OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS == 16 && OTTAVA_RUN_ACCUMULATE == 1 && OTTAVA_TO_THE_END == INT64_MAX);
ASSERT(OTTAVA_QUANTIZE_NONE == 0 && OTTAVA_QUANTIZE_DIVIDE == 1 && OTTAVA_QUANTIZE_MULTIPLY == 2);
ASSERT(OTTAVA_QUANTIZE_TFLITE_SYMMETRIC == 3 && OTTAVA_QUANTIZE_TFLITE_ASYMMETRIC == 4);
ASSERT(OTTAVA_QUANTIZE_XNNPACK == 5 && OTTAVA_QUANTIZE_KLEIDIAI == 6 && OTTAVA_QUANTIZE_ONNX_DYNAMIC == 7);
ASSERT(OTTAVA_ACTIVATION_NONE == 0 && OTTAVA_ACTIVATION_TABLE == 1 && OTTAVA_ACTIVATION_GEMMLOWP_TANH == 2);
ASSERT(OTTAVA_EXACT_BY_TYPES == 1 && OTTAVA_EXACT_BY_WEIGHTS == 2 && OTTAVA_MAY_WRAP == 3);
ASSERT(OTTAVA_FORM_TFLITE == 0 && OTTAVA_FORM_QNNPACK == 1 && OTTAVA_FORM_TFLITE_DEFAULT == 2);
ASSERT(OTTAVA_CHOOSE_ASYMMETRIC == 0 && OTTAVA_CHOOSE_SYMMETRIC == 1);
ASSERT(OTTAVA_SYSTEM_GEMMLOWP == 0 && OTTAVA_SYSTEM_ACL == 1 && OTTAVA_SYSTEM_CMSIS_NN == 2);
ASSERT(OTTAVA_SYSTEM_TFLITE == 3 && OTTAVA_SYSTEM_ONNX == 4);
ASSERT(OTTAVA_FUNCTION_TANH == 0 && OTTAVA_FUNCTION_SIGMOID == 1 && OTTAVA_FUNCTION_GELU == 2);
ASSERT(OTTAVA_FUNCTION_GELU_TANH == 3 && OTTAVA_FUNCTION_HARD_SWISH == 4 && OTTAVA_FUNCTION_SILU == 5);
ASSERT(OTTAVA_FUNCTION_RELU == 6 && OTTAVA_FUNCTION_LEAKY_RELU == 7);
ASSERT(OTTAVA_POOL_MAX == 0 && OTTAVA_POOL_AVERAGE == 1 && OTTAVA_POOL_AVERAGE_RESCALED == 2);
ASSERT(OTTAVA_POOL_GLOBAL == 1 && OTTAVA_ADD_SUBTRACT == 1);
ASSERT(OTTAVA_ADD_TFLITE == 0 && OTTAVA_ADD_QNNPACK == 1 && OTTAVA_ADD_XNNPACK == 2);
