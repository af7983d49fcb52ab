/* clang-format off */
/* ottava: quantized 8-bit networks on CPUs: products with bias, requantization and activation fused in.
 *
 *     dst[M x N] = output( sum_k (lhs[m, k] - lhs_zero_point) * (rhs[k, n] - rhs_zero_point[n]) )
 *
 *     ottava_context *context;
 *     ottava_context_create(NULL, NULL, &context, NULL);     // detects the CPU; one thread, the C heap
 *
 *     ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;     // s8 times s8
 *     ottava_output output = OTTAVA_OUTPUT_INIT;             // to s8
 *     ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
 *     desc.k = K, desc.n = N;
 *     desc.lhs_scale = 0.02f, desc.rhs_scale = 0.01f, output.scale = 0.05f;
 *     constants.rhs = weights, output.bias = bias;           // read here, not kept
 *     ottava_matmul *matmul;
 *     ottava_matmul_create(context, &desc, &output, &constants, &matmul, &error);
 *     ottava_matmul_run(matmul, M, lhs, 0, dst, 0, NULL, 0, &error);   // as often as wanted, on any thread
 *     ottava_matmul_destroy(matmul);
 *     ottava_context_destroy(context);
 *
 * The public interface, C99, in the order in which one meets it, matrix products on this one page. requantization.h has
 * the formulas, layers.h the layers of NHWC networks, quantization.h what is done to tensors and parameters around them,
 * packed.h files of packed weights, api.h the table of functions for hosts that load the library at run time; this file
 * includes all five.
 *
 * Words
 *   lhs   the activations, M x K, known at run time       rhs   the weights, K x N, constant
 *   dst   the result, M x N                                channel  one column n of rhs and dst
 *   zero point, scale: real value = scale * (stored value - zero point)
 *   order: OTTAVA_ORDER_ROW means that elements of one row lie side by side, OTTAVA_ORDER_COLUMN that those of one
 *   column do. stride: elements from one row (of a row-ordered matrix) or column (of a column-ordered one) to the next;
 *   0 stands for "dense", the length of that row or column.
 *
 * Rules of this interface
 * - Every function returns an ottava_status; OTTAVA_OK is 0. A function that fails leaves its outputs as they were.
 *   Nothing aborts, prints or exits.
 * - A function with an ottava_error says there in words what is wrong and with which argument. Pass NULL where the words
 *   are not wanted; one with an impossible struct_size makes the function do nothing but return OTTAVA_BAD_STRUCT.
 * - Fill a structure with its defaults first, by its OTTAVA_..._INIT macro or its ottava_..._init function, then set
 *   what differs. Structures grow only at the end: the library reads the part that both sides know, takes defaults for
 *   the rest, and refuses a tail that it does not know unless it is all zero.
 * - Handles are immutable after creation: any number of threads may use one at once. Destroying a handle while another
 *   thread uses it is an error of the caller.
 * - Results are the same bits on every CPU, kernel and thread count, provided that the calling thread (and the host's
 *   threads) round to nearest, the default floating-point environment.
 * - Every function is thread-safe, but for what is said of it, and there since 0.1.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
/* Tables of comments, and initializers on one line: */
#ifndef OTTAVA_OTTAVA_H_
#define OTTAVA_OTTAVA_H_

#include <stdint.h>

#include "requantization.h"

#if defined(OTTAVA_SHARED) && defined(_WIN32)
#if defined(OTTAVA_BUILDING)
#define OTTAVA_API __declspec(dllexport)
#else
#define OTTAVA_API __declspec(dllimport)
#endif
#elif defined(__GNUC__)
#define OTTAVA_API __attribute__((visibility("default")))
#else
#define OTTAVA_API
#endif

#define OTTAVA_VERSION_MAJOR 0u
#define OTTAVA_VERSION_MINOR 1u
#define OTTAVA_VERSION_PATCH 0u

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------------------------------
 * Status
 * --------------------------------------------------------------------------------------------- */

/* What a function says of its own call. Values never change; new ones may be added. */
typedef uint32_t ottava_status;

#define OTTAVA_OK 0u
#define OTTAVA_NULL_POINTER 1u       /* a required pointer is NULL */
#define OTTAVA_BAD_STRUCT 2u         /* struct_size is impossible, or an unknown tail is not zero */
#define OTTAVA_BAD_SHAPE 3u          /* a negative size, or an M, N or K above the operator's */
#define OTTAVA_BAD_STRIDE 4u         /* a stride shorter than a row, or what is written overlaps itself or other operands */
#define OTTAVA_BAD_TYPE 5u           /* an element type, order, requantization or activation that does not exist */
#define OTTAVA_BAD_SCALE 6u          /* a scale that is NaN, infinite, zero or negative */
#define OTTAVA_BAD_ZERO_POINT 7u     /* a zero point outside its element type */
#define OTTAVA_BAD_CLAMP 8u          /* clamp minimum above maximum, both 0, NaN, or outside the dst type */
#define OTTAVA_BAD_BIAS 9u           /* a NaN or infinite float bias */
#define OTTAVA_UNSUPPORTED 10u       /* each part is known, the combination is not offered */
#define OTTAVA_NOT_EXACT 11u         /* the int32 accumulator could overflow */
#define OTTAVA_SIZE_OVERFLOW 12u     /* a size or address computed from the arguments does not fit */
#define OTTAVA_BAD_MEMORY 13u        /* caller-owned memory or workspace is too small, or there is no allocator */
#define OTTAVA_OUT_OF_MEMORY 14u     /* the allocator returned NULL */
#define OTTAVA_UNKNOWN_NAME 15u      /* no kernel, or no ISA, of that name */
#define OTTAVA_KERNEL_UNAVAILABLE 16u /* the kernel exists, but this CPU, OS or operator rules it out */
#define OTTAVA_BAD_OPTION 17u        /* an unknown flag, a thread count out of range, half a callback pair */
#define OTTAVA_OUT_OF_RANGE 18u      /* an index past the end, a version that does not exist */
#define OTTAVA_BAD_MULTIPLIER 19u    /* an integer multiplier or shift outside the range of its requantization */
#define OTTAVA_BAD_PACKED 20u        /* a packed operator that is truncated, corrupt, or none: packed.h */
#define OTTAVA_BAD_TUNING 21u        /* the text of a tuning that has something wrong in it: tuning.h */

/* Receives the words behind a status. The caller owns it; the library fills it on every call that is given one: on
 * success with OTTAVA_OK and empty texts. Both texts are NUL-terminated UTF-8. Layout: 256 bytes, the same on every
 * target. */
typedef struct ottava_error {
  uint32_t struct_size;  /* 0, as in a zeroed structure, counts as the 256 of this first version */
  ottava_status status;  /* the same value that the function returned */
  char argument[48];     /* which argument or field, as spelled in this header; empty if none */
  char message[200];     /* what is wrong with it, with the offending values */
} ottava_error;

#define OTTAVA_ERROR_INIT {sizeof(ottava_error), OTTAVA_OK, {0}, {0}}

/* Fills in the defaults, those of the macro. So does each function of this kind for its structure; `bytes` is the sizeof
 * of the structure that the caller knows, which a newer library's may exceed.
 * Errors, of all of them: NULL_POINTER; BAD_STRUCT (a size that no version of the structure has). */
OTTAVA_API ottava_status ottava_error_init(ottava_error *error, uint64_t bytes);

/* Points *text at the name and meaning of `status`, a constant string in English.
 * Errors: NULL_POINTER; OUT_OF_RANGE for a value that this version does not define, *text then says so. */
OTTAVA_API ottava_status ottava_status_string(ottava_status status, const char **text);

/* Writes the version of the library that is linked (not of this header): major, minor, patch.
 * Errors: NULL_POINTER. */
OTTAVA_API ottava_status ottava_version(uint32_t *major, uint32_t *minor, uint32_t *patch);

/* ------------------------------------------------------------------------------------------------
 * Context: memory, threads and the choice of CPU tier that operators share
 * --------------------------------------------------------------------------------------------- */

typedef struct ottava_context ottava_context;

/* CPU tiers. Within one architecture a larger value is a later tier. Values never change. */
#define OTTAVA_TIER_ANY 0u             /* as a cap: no cap */
#define OTTAVA_TIER_PORTABLE 1u        /* "portable": C++, every CPU */
#define OTTAVA_TIER_CORTEXM_DSP 4u     /* "cortexm_dsp": Cortex-M with the DSP extension, in firmware alone */
#define OTTAVA_TIER_CORTEXM_MVE 6u     /* "cortexm_mve": Arm's M profile with integer Helium, in firmware */
#define OTTAVA_TIER_ARMV7_NEON 8u      /* "armv7_neon": 32-bit Arm with NEON */
#define OTTAVA_TIER_ARM_NEON 16u       /* "arm_neon": every AArch64 CPU */
#define OTTAVA_TIER_ARM_DOTPROD 17u    /* "arm_dotprod": AArch64 with SDOT */
#define OTTAVA_TIER_ARM_I8MM 18u       /* "arm_i8mm": AArch64 with SMMLA */
#define OTTAVA_TIER_X86_AVX2 32u       /* "x86_avx2" */
#define OTTAVA_TIER_X86_AVXVNNI 33u    /* "x86_avxvnni": AVX2 and AVX-VNNI */
#define OTTAVA_TIER_X86_AVX512VNNI 34u /* "x86_avx512vnni": AVX-512 F, BW, DQ, VL and VNNI */
#define OTTAVA_TIER_X86_AMX 35u        /* "x86_amx": these and AMX-INT8, where Linux lets the process use it */

/* What runs with this context runs on cores of one kind alone, that of the core on which it is created: what these have
 * counts, and not what all cores of the machine have in common. The host sees to it: the thread that creates the context,
 * those that run its operators and its parallel_for are pinned to such cores. A pool of the context's own inherits the
 * affinity of the thread that creates it on Linux and Android. Else a run may end in an illegal instruction. Where the OS
 * does not tell which core a thread is on, or of which kind, the flag changes nothing. See docs/uneven.md. */
#define OTTAVA_CONTEXT_THIS_CORE_KIND 1u

/* Layout: 16 bytes, the same on every target. */
typedef struct ottava_context_options {
  uint32_t struct_size;
  uint32_t flags;    /* OTTAVA_CONTEXT_THIS_CORE_KIND or 0 */
  uint32_t threads;  /* most threads that one run may use, 1 (the default) to 1024; 0 for one per usable core (for one
                        in all where a context in caller memory has no parallel_for) */
  uint32_t tier_cap; /* use no tier above this OTTAVA_TIER_... of this architecture; OTTAVA_TIER_ANY for no cap */
} ottava_context_options;

#define OTTAVA_CONTEXT_OPTIONS_INIT {sizeof(ottava_context_options), 0u, 1u, OTTAVA_TIER_ANY}
OTTAVA_API ottava_status ottava_context_options_init(ottava_context_options *options, uint64_t bytes);

/* Returns `bytes` bytes aligned to `alignment` (a power of two, at most 64), or NULL. */
typedef void *(*ottava_allocate_fn)(void *user, uint64_t bytes, uint64_t alignment);
/* Takes back what ottava_allocate_fn returned, with the same `bytes`. Never called with NULL. */
typedef void (*ottava_release_fn)(void *user, void *memory, uint64_t bytes);
/* One piece of a run; `index` counts from 0. */
typedef void (*ottava_task_fn)(void *task, uint32_t index);
/* Calls fn(task, i) once for each i below `count`, in any order, on any threads, at once or one after the other, and
 * returns when all have returned. `count` never exceeds the context's `threads`. */
typedef void (*ottava_parallel_for_fn)(void *user, uint32_t count, ottava_task_fn fn, void *task);

/* What the host supplies. Every pointer may be NULL. The functions must be callable from any thread that uses the context
 * or its operators, and outlive both. Layout: two 32-bit words, then pointers. */
typedef struct ottava_context_host {
  uint32_t struct_size;
  uint32_t reserved;                   /* 0 */
  ottava_allocate_fn allocate;         /* with release, or neither: then the C heap (hosted builds). A pool of threads
                                          takes its own memory from the C heap. */
  ottava_release_fn release;
  void *allocator_user;                /* first argument of both */
  ottava_parallel_for_fn parallel_for; /* the host's own threads; NULL: a pool that the context owns */
  void *parallel_user;                 /* first argument of parallel_for */
  const char *kernel;                  /* use this kernel alone, by name; NULL: the best one. Copied. */
} ottava_context_host;

#define OTTAVA_CONTEXT_HOST_INIT {sizeof(ottava_context_host), 0u, 0, 0, 0, 0, 0, 0}
OTTAVA_API ottava_status ottava_context_host_init(ottava_context_host *host, uint64_t bytes);

/* fork: handles stay good in the child, which has none of the parent's threads. A run whose context has a pool of its
 * own from before the fork is done there by the calling thread alone, with the same bits; destroying the context leaves
 * the pool's memory behind. A context made in the child has threads of its own. What a host's parallel_for and allocator
 * do in a child is the host's matter. */

/* Creates a context: detects the CPU, applies the caps, starts threads if `threads` exceeds 1 and the host gave no
 * parallel_for.
 *   options  NULL for the defaults: one thread, best tier
 *   host     NULL for the defaults: C heap, own threads
 *   context  receives the handle; the caller owns it, see ottava_context_destroy
 * In hosted builds the environment variable OTTAVA_ISA (a tier's name) caps the tier too; the lower cap holds. The file that
 * OTTAVA_TUNING names is read: ottava_tuning_read (tuning.h) has the words for it, and its errors are errors here.
 * Errors: NULL_POINTER, BAD_STRUCT, BAD_OPTION (threads, flags, tier_cap of another architecture, one half of
 * allocate/release), UNKNOWN_NAME (kernel, or OTTAVA_ISA: the message lists the names that exist), KERNEL_UNAVAILABLE
 * (the message says why), UNSUPPORTED (threads without parallel_for in a build without a pool; no allocator in a
 * firmware build), OUT_OF_MEMORY. */
OTTAVA_API ottava_status ottava_context_create(const ottava_context_options *options, const ottava_context_host *host,
                                               ottava_context **context, ottava_error *error);

/* Stops the context's threads and releases it; NULL is allowed. Operators made with it must be destroyed before. For a
 * context in caller memory this releases nothing, but is still allowed.
 * Errors: none. Not to be called while another thread uses the context. */
OTTAVA_API ottava_status ottava_context_destroy(ottava_context *context);

/* ------------------------------------------------------------------------------------------------
 * Output: what becomes of accumulators, the same for every operator
 * --------------------------------------------------------------------------------------------- */

/* Element types. Values never change. */
#define OTTAVA_TYPE_S8 1u
#define OTTAVA_TYPE_U8 2u
#define OTTAVA_TYPE_S16 3u
#define OTTAVA_TYPE_S32 4u
#define OTTAVA_TYPE_F32 5u

/* What is done after the clamp. */
#define OTTAVA_ACTIVATION_NONE 0u
/* 8-bit dst: dst = table[y], 256 entries of the dst type; y taken as its unsigned byte. See ottava_make_table. */
#define OTTAVA_ACTIVATION_TABLE 1u
/* s32 dst: gemmlowp's OutputStageTanh(tanh_zero, tanh_amplitude), bit for bit. */
#define OTTAVA_ACTIVATION_GEMMLOWP_TANH 2u

struct ottava_add_desc; /* layers.h */

/* dst = activation(clamp(requantized(accumulator + bias) + zero_point)). Layout: sixteen 32-bit words, then pointers.
 * Scales are real, finite and above 0; under FLOAT_NEAREST_EVEN, for f32 and with REAL_FLOAT_PRODUCT the product of lhs_scale
 * and rhs_scale in float32 is finite too (it may underflow to 0). Arrays are read when an operator is created, and not kept. */
typedef struct ottava_output {
  uint32_t struct_size;
  uint32_t flags;            /* none is defined: 0 */
  uint32_t type;             /* of dst: OTTAVA_TYPE_S8, _U8, _S16, _S32 or _F32 */
  int32_t zero_point;        /* in the range of the type; 0 without requantization */
  float scale;               /* 1 without requantization */
  uint32_t requantization;   /* OTTAVA_REQUANTIZE_..., see requantization.h: NONE for f32, any for s32, another for the
                                rest */
  uint32_t parameters;       /* OTTAVA_PARAMETERS_REAL: the scales; _REAL_FLOAT_PRODUCT: likewise, their product rounded;
                                _INTEGER: multiplier and shift, instead of scales */
  int32_t multiplier;        /* for all channels, unless there are multipliers; not 0 then, but for POWER_OF_TWO */
  int32_t shift;             /* for all channels, unless there are shifts; left shifts positive */
  int32_t clamp_min;         /* bounds on the stored integer, zero point included; both ends of int32 (the defaults)
                                mean the range of the type. Not for f32. Bounds that are both 0 are refused. */
  int32_t clamp_max;
  float clamp_min_f32;       /* bounds on an f32 dst; -INFINITY and INFINITY (the defaults) for none */
  float clamp_max_f32;
  uint32_t activation;       /* OTTAVA_ACTIVATION_... */
  int32_t tanh_zero;         /* OTTAVA_ACTIVATION_GEMMLOWP_TANH: the int32 that stands for a real 0 */
  int32_t tanh_amplitude;    /* and the distance from it that stands for 1; above 0 */
  const int32_t *bias;       /* N values added to the accumulator, so in units of lhs_scale * rhs_scale[n]; or NULL */
  const float *bias_f32;     /* N real values added after scaling; or NULL. For f32 and FLOAT_NEAREST_EVEN alone. */
  const int32_t *multipliers; /* N multipliers, with integer parameters; or NULL */
  const int32_t *shifts;     /* N shifts, likewise */
  const void *table;         /* OTTAVA_ACTIVATION_TABLE: 256 entries of the type; otherwise NULL */
  const struct ottava_add_desc *addition; /* to s8 and u8: what is stored is the sum of this dst, the first tensor, and a
                                second one that each run is given, as ottava_add_create makes it, bit for bit. Its
                                channels, type, first_zero_point and first_scale are the output's own and not read. Of
                                conv2d and matmul alone; or NULL */
} ottava_output;

/* Float bounds that bound nothing: the infinities, without <math.h>. */
#if defined(__GNUC__)
#define OTTAVA_FLOAT_HIGHEST_BOUND (__builtin_inff())
#define OTTAVA_FLOAT_LOWEST_BOUND (-__builtin_inff())
#else
#define OTTAVA_FLOAT_HIGHEST_BOUND ((float)(1e308 * 10.0))
#define OTTAVA_FLOAT_LOWEST_BOUND ((float)(-1e308 * 10.0))
#endif

/* s8 with zero point 0 and scale 1, fixed point with two roundings from real scales, no clamp beyond the type. */
#define OTTAVA_OUTPUT_INIT                                                                                        \
  {sizeof(ottava_output), 0u, OTTAVA_TYPE_S8, 0, 1.0f, OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS,                     \
   OTTAVA_PARAMETERS_REAL, 0, 0, INT32_MIN, INT32_MAX, OTTAVA_FLOAT_LOWEST_BOUND, OTTAVA_FLOAT_HIGHEST_BOUND,     \
   OTTAVA_ACTIVATION_NONE, 0, 0, 0, 0, 0, 0, 0, 0}
OTTAVA_API ottava_status ottava_output_init(ottava_output *output, uint64_t bytes);

/* ------------------------------------------------------------------------------------------------
 * Matmul: one operator with constant weights
 * --------------------------------------------------------------------------------------------- */

typedef struct ottava_matmul ottava_matmul;

/* Orders of a matrix in memory.
 * Weights as PyTorch's Linear, TFLite's FULLY_CONNECTED and ruy's packed side keep them, N rows of K elements (N x K row
 * by row), are a K x N matrix in column order: rhs_order = OTTAVA_ORDER_COLUMN. N = 2 channels, K = 3:
 *     w[2][3] = {{1, 2, 3}, {4, 5, 6}}     as rhs[k, n]: 1 4     OTTAVA_ORDER_ROW would want {1, 4, 2, 5, 3, 6}
 *                                                        2 5
 *                                                        3 6 */
#define OTTAVA_ORDER_ROW 0u
#define OTTAVA_ORDER_COLUMN 1u

/* Flags of an operator. */
/* Accept a K for which the accumulator may overflow; it then wraps modulo 2^32, equally everywhere. */
#define OTTAVA_MATMUL_ALLOW_WRAP 1u
/* The weights stand on the left: dst[N x M] = output(sum_k rhs[n, k] * lhs[k, m]), as gemmlowp has it. The three orders,
 * and with them the strides, are then those of the matrices in this product: rhs N x K, lhs K x M, dst N x M. All else
 * keeps its words: rhs the weights, N channels, M known at run time. */
#define OTTAVA_MATMUL_WEIGHTS_LEFT 2u
/* rhs is known at run time, as in attention: constants.rhs is NULL, ottava_matmul_execute is given it, of at most n
 * channels and depth k. The other constants stay. */
#define OTTAVA_MATMUL_RUNTIME_RHS 4u
/* Each run is given one scale, one zero point, per row of an 8-bit lhs: ottava_matmul_operands. Where rows have scales of
 * their own, given or found by a dynamic quantization, a product of scales in float32 is at most the largest finite one. */
#define OTTAVA_MATMUL_LHS_ROW_SCALES 8u
#define OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS 16u

/* An operator, in numbers. Layout: 88 bytes, the same on every target. Scales are real, finite and above 0. */
typedef struct ottava_matmul_desc {
  uint32_t struct_size;
  uint32_t flags;              /* OTTAVA_MATMUL_... or 0 */
  int64_t n;                   /* output channels, 0 or more */
  int64_t k;                   /* depth, 0 or more; with k = 0 dst is the output of the bias alone */
  int64_t max_m;               /* largest M that a run will ask for; 0 for no limit */
  int64_t rhs_stride;          /* elements, also negative; 0 for dense, and with OTTAVA_MATMUL_RUNTIME_RHS; at least a
                                  row's (a column's) length otherwise */
  uint32_t lhs_type;           /* OTTAVA_TYPE_S8, _U8, or _F32 with an lhs_quantization */
  uint32_t lhs_order;          /* OTTAVA_ORDER_... */
  int32_t lhs_zero_point;      /* in the range of the type; not used where rows have their own, from a dynamic */
  float lhs_scale;             /*   quantization or a run. Likewise */
  uint32_t lhs_quantization;   /* OTTAVA_QUANTIZE_..., see requantization.h: another than NONE for an f32 lhs, and for no
                                  other. The static ones take lhs_scale and lhs_zero_point. */
  uint32_t lhs_quantized_type; /* what an f32 lhs becomes: OTTAVA_TYPE_S8 or _U8; 0: the usual one, s8 but for
                                  ONNX_DYNAMIC. The static ones take either. */
  uint32_t rhs_type;           /* OTTAVA_TYPE_S8 or _U8 */
  uint32_t rhs_order;          /* OTTAVA_ORDER_COLUMN for weights that lie N x K, see there */
  int32_t rhs_zero_point;      /* for all channels, unless the constants hold one per channel */
  float rhs_scale;             /* likewise */
  uint32_t dst_order;
  uint32_t reserved;           /* 0 */
} ottava_matmul_desc;

/* s8 operands in row order, zero points 0, scales 1. Set at least n and k. */
#define OTTAVA_MATMUL_DESC_INIT                                                                                       \
  {sizeof(ottava_matmul_desc), 0u, 0, 0, 0, 0, OTTAVA_TYPE_S8, OTTAVA_ORDER_ROW, 0, 1.0f, OTTAVA_QUANTIZE_NONE, 0u,   \
   OTTAVA_TYPE_S8, OTTAVA_ORDER_ROW, 0, 1.0f, OTTAVA_ORDER_ROW, 0u}
OTTAVA_API ottava_status ottava_matmul_desc_init(ottava_matmul_desc *desc, uint64_t bytes);

/* The operator's constant arrays. All are read at creation and not kept. Layout: two 32-bit words, then pointers. */
typedef struct ottava_matmul_constants {
  uint32_t struct_size;
  uint32_t reserved;               /* 0 */
  const void *rhs;                 /* the weights, K x N of rhs_type; NULL only if K or N is 0, and with
                                      OTTAVA_MATMUL_RUNTIME_RHS */
  const float *rhs_scales;         /* N scales, instead of desc.rhs_scale; or NULL */
  const int32_t *rhs_zero_points;  /* N zero points, instead of desc.rhs_zero_point; or NULL */
} ottava_matmul_constants;

#define OTTAVA_MATMUL_CONSTANTS_INIT {sizeof(ottava_matmul_constants), 0u, 0, 0, 0}
OTTAVA_API ottava_status ottava_matmul_constants_init(ottava_matmul_constants *constants, uint64_t bytes);

/* Creates an operator: checks everything, picks the kernel, packs the weights.
 *   context    outlives the operator
 *   operation  receives the handle; the caller owns it, see ottava_matmul_destroy
 * Errors: NULL_POINTER, BAD_STRUCT, BAD_SHAPE, BAD_STRIDE, BAD_TYPE (the message says what is offered), BAD_SCALE,
 * BAD_MULTIPLIER, BAD_ZERO_POINT, BAD_CLAMP, BAD_BIAS, BAD_OPTION, UNSUPPORTED (the message names the two things that do
 * not go together), NOT_EXACT (some lhs could drive the accumulator of these weights, or with run-time rhs of some
 * weights, bias included, out of int32), SIZE_OVERFLOW, KERNEL_UNAVAILABLE (a context's named kernel declines this
 * operator), BAD_MEMORY (the context has no allocator), OUT_OF_MEMORY. */
OTTAVA_API ottava_status ottava_matmul_create(const ottava_context *context, const ottava_matmul_desc *desc,
                                              const ottava_output *output, const ottava_matmul_constants *constants,
                                              ottava_matmul **operation, ottava_error *error);

/* Computes dst from lhs: one matrix, all of it, of an operator that needs nothing else at run time;
 * ottava_matmul_execute does the rest.
 *   m           rows, 0 or more; with m = 0 or n = 0 nothing is read or written
 *   lhs         M x K of lhs_type, any alignment; NULL only if m or k is 0. Rows may overlap.
 *   lhs_stride  elements, also negative (lhs and dst then point at their logical first row or column, the one at the
 *               highest address); 0 for dense
 *   dst         M x N of the output's type, any alignment; NULL only if m or n is 0
 *   dst_stride  elements, also negative; 0 for dense; at least a row's (a column's) length otherwise
 *   workspace   scratch memory, any alignment, used by no other run meanwhile: at least workspace_bytes of
 *               ottava_matmul_query for this m or a larger one (fewer threads run where the size asks for it); NULL: the
 *               context's allocator is asked for it
 * Only the M x N elements of dst are written, and no byte outside the operands is read. dst shares no byte with lhs or
 * with what the run uses of the workspace, nor does that with lhs: it is refused. Their rows may lie between each other,
 * as those of two slices of one wider tensor do.
 * Errors, all found before dst is touched: NULL_POINTER, BAD_SHAPE, BAD_STRIDE (also an overlap: the message says of
 * what), SIZE_OVERFLOW, BAD_MEMORY (workspace too small, or NULL in a context without an allocator), OUT_OF_MEMORY,
 * UNSUPPORTED (the operator wants more at run time than this takes).
 * One operator may run on many threads at once. */
OTTAVA_API ottava_status ottava_matmul_run(const ottava_matmul *operation, int64_t m, const void *lhs,
                                           int64_t lhs_stride, void *dst, int64_t dst_stride, void *workspace,
                                           uint64_t workspace_bytes, ottava_error *error);

/* Releases the operator; NULL is allowed. In caller memory it releases nothing, but is still allowed.
 * Errors: none. Not to be called while another thread runs the operator. */
OTTAVA_API ottava_status ottava_matmul_destroy(ottava_matmul *operation);

/* ------------------------------------------------------------------------------------------------
 * Matmul: what became of it
 * --------------------------------------------------------------------------------------------- */

/* Why the accumulator cannot overflow int32, whatever the lhs; what is added to dst apart. */
#define OTTAVA_EXACT_BY_TYPES 1u   /* K, the types, the zero points and the bias show it */
#define OTTAVA_EXACT_BY_WEIGHTS 2u /* they do not, the weights of each channel do */
#define OTTAVA_MAY_WRAP 3u         /* it can: OTTAVA_MATMUL_ALLOW_WRAP was given */

/* Layout: 456 bytes, the same on every target. */
typedef struct ottava_matmul_info {
  uint32_t struct_size;
  uint32_t tier;             /* OTTAVA_TIER_... of the kernel */
  uint32_t tile_m;           /* rows of dst that one kernel call makes (MR) */
  uint32_t tile_n;           /* channels that one kernel call makes (NR) */
  uint32_t tile_k;           /* depth of one step (KR); packed depth is a multiple of it */
  uint32_t threads;          /* most threads that a run with the asked M uses */
  uint64_t packed_bytes;     /* packed weights and per-channel terms */
  uint64_t workspace_bytes;  /* enough for a run with the asked M or fewer, any alignment allowed for */
  uint64_t max_exact_k;      /* largest K whose accumulator cannot overflow int32 without a bias, from the types and zero
                                points alone */
  char kernel[48];           /* name of the kernel for the asked M; few rows may take another one of its tier */
  char reason[208];          /* why this kernel: which better ones declined, and why */
  uint64_t wrapping_channels; /* channels whose accumulator could overflow: 0 unless exactness is MAY_WRAP */
  uint32_t exactness;        /* OTTAVA_EXACT_BY_..., OTTAVA_MAY_WRAP */
  uint32_t row_granularity;  /* a partial run's first row is best a multiple of this; any is allowed */
  uint32_t column_granularity; /* a partial run's first column is a multiple of this */
  char route[132];           /* what a run with the asked M does: kernel, rows in place or packed, fused epilogue or not */
} ottava_matmul_info;

#define OTTAVA_MATMUL_INFO_INIT \
  {sizeof(ottava_matmul_info), 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, {0}, {0}, 0u, 0u, 0u, 0u, {0}}
OTTAVA_API ottava_status ottava_matmul_info_init(ottava_matmul_info *info, uint64_t bytes);

/* Fills *info for runs with `m` rows.
 * Errors: NULL_POINTER, BAD_STRUCT, BAD_SHAPE, SIZE_OVERFLOW. */
OTTAVA_API ottava_status ottava_matmul_query(const ottava_matmul *operation, int64_t m, ottava_matmul_info *info,
                                             ottava_error *error);

/* ------------------------------------------------------------------------------------------------
 * Matmul: runs with everything that may vary
 * --------------------------------------------------------------------------------------------- */

/* dst = dst + result, then the clamp: s32 (modulo 2^32) and f32 (one more addition, rounded) alone, without activation.
 * Splits K over several operators, bias in one of them. */
#define OTTAVA_RUN_ACCUMULATE 1u

/* All that follow: the largest int64. */
#define OTTAVA_TO_THE_END 9223372036854775807

/* One run, in numbers. Layout: 136 bytes, the same on every target.
 * A batch is a run over several matrices: matrix b of each operand begins b batch strides after its first one.
 * With OTTAVA_MATMUL_RUNTIME_RHS the operator's n and k are maxima, of which each run may take less: attention over a
 * cache of keys and values that grows is one operator, a run of which allocates and plans no more than any other. All
 * that is said of N and K is then meant of the run's: matrices have these sizes, a part lies within them, and a stride
 * of 0 is dense by them. In a cache that has room for the maxima, lines lie further apart: give its stride. */
typedef struct ottava_matmul_run_desc {
  uint32_t struct_size;
  uint32_t flags;            /* OTTAVA_RUN_... or 0 */
  int64_t m;                 /* rows of each lhs, 0 or more */
  int64_t lhs_stride;        /* elements, also negative; 0 for dense */
  int64_t rhs_stride;        /* likewise, at least a row's (a column's) length; OTTAVA_MATMUL_RUNTIME_RHS alone, 0 otherwise */
  int64_t dst_stride;        /* likewise, at least a row's (a column's) length */
  int64_t batches;           /* matrices, 0 or more; 1 is the default */
  int64_t lhs_batch_stride;  /* elements, also negative; 0: all batches share one lhs */
  int64_t rhs_batch_stride;  /* likewise one rhs; OTTAVA_MATMUL_RUNTIME_RHS alone, 0 otherwise */
  int64_t dst_batch_stride;  /* elements; of several batches one dst lies behind the other, or all lie between two rows
                                (columns) of the first, as those of interleaved heads do */
  int64_t first_row;         /* a part of dst: rows [first_row, first_row + rows) of each matrix; pointers, strides */
  int64_t rows;              /*   and per-row arrays stay those of the whole. OTTAVA_TO_THE_END: all that follow */
  int64_t first_column;      /* channels likewise; first_column is a multiple of column_granularity */
  int64_t columns;
  int64_t second_stride;     /* of operands.second, which has the order of dst: elements, also negative; 0 for dense */
  int64_t second_batch_stride; /* elements, also negative; 0: all batches add one */
  int64_t n;                 /* channels of this run, at most those of the operator, its first ones; 0: all of them.
                                OTTAVA_MATMUL_RUNTIME_RHS alone; with constant weights 0 or the operator's n */
  int64_t k;                 /* depth likewise */
} ottava_matmul_run_desc;

#define OTTAVA_MATMUL_RUN_DESC_INIT \
  {sizeof(ottava_matmul_run_desc), 0u, 0, 0, 0, 0, 1, 0, 0, 0, 0, OTTAVA_TO_THE_END, 0, OTTAVA_TO_THE_END, \
   0, 0, 0, 0}
OTTAVA_API ottava_status ottava_matmul_run_desc_init(ottava_matmul_run_desc *run, uint64_t bytes);

/* The memory that one run works on. All of it stays the caller's. Layout: two 32-bit words, pointers, one size,
 * pointers. */
typedef struct ottava_matmul_operands {
  uint32_t struct_size;
  uint32_t reserved;                /* 0 */
  const void *lhs;                  /* as in ottava_matmul_run */
  const void *rhs;                  /* OTTAVA_MATMUL_RUNTIME_RHS alone: K x N of rhs_type */
  void *dst;
  const float *lhs_scales;          /* batches * M scales, finite and above 0; OTTAVA_MATMUL_LHS_ROW_SCALES alone */
  const int32_t *lhs_zero_points;   /* batches * M; OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS alone */
  const void *const *lhs_matrices;  /* one pointer per batch, instead of lhs and lhs_batch_stride; or NULL */
  const void *const *rhs_matrices;  /* likewise; equal pointers are allowed */
  void *const *dst_matrices;        /* likewise; apart from each other and from all that is read */
  uint64_t *saturated;              /* two counters that receive how many elements were below the lower, above the upper
                                       end of the clamp before it: the diagnosis of a bad scale, at the cost of a slower
                                       run; or NULL */
  void *workspace;                  /* scratch memory, any alignment; NULL: the context's allocator is asked for it */
  uint64_t workspace_bytes;         /* its size, see ottava_matmul_workspace */
  const void *second;               /* of an operator whose output has an addition: as large as dst, of its type. It may
                                       be dst itself. */
  const void *const *second_matrices; /* one pointer per batch, instead of second and second_batch_stride; or NULL */
} ottava_matmul_operands;

#define OTTAVA_MATMUL_OPERANDS_INIT {sizeof(ottava_matmul_operands), 0u, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0u, 0, 0}
OTTAVA_API ottava_status ottava_matmul_operands_init(ottava_matmul_operands *operands, uint64_t bytes);

/* Runs an operator with everything that a run may vary: batches, a part of dst, a run-time rhs and its sizes, scales and
 * zero points per row, accumulation, counts of saturated outputs. Rules as for ottava_matmul_run. A part has the bits of
 * the whole.
 * What the run writes, the part of dst in every batch, shares no byte with what it reads: parts of lhs and rhs that belong
 * to it, scales and zero points of its rows. Arrays of pointers are compared matrix by matrix.
 * Errors, all found before dst is touched: as ottava_matmul_run, and BAD_STRUCT, BAD_SCALE, BAD_ZERO_POINT (per-row
 * arrays), BAD_OPTION (flags), OUT_OF_RANGE (a part that is not within dst or begins off the granularity). */
OTTAVA_API ottava_status ottava_matmul_execute(const ottava_matmul *operation, const ottava_matmul_run_desc *run,
                                               const ottava_matmul_operands *operands, ottava_error *error);

/* Writes how much workspace ottava_matmul_execute needs at most for `run`, with any m, n, k, batches or part that is not
 * larger, any alignment allowed for: with n and k of 0, for every length of a growing cache.
 * Errors: those of ottava_matmul_execute that `run` decides. */
OTTAVA_API ottava_status ottava_matmul_workspace(const ottava_matmul *operation, const ottava_matmul_run_desc *run,
                                                 uint64_t *bytes, ottava_error *error);

/* The operator's output alone, on accumulators that the caller has: dst = output(accumulators), with all its parameters,
 * bias and activation; with k = 0 the operator is nothing else. For one set of parameters: ottava_requantize.
 *   accumulators        M x N of s32, row order, alignment 4; zero-point corrections included, the bias not
 *   accumulator_stride  elements, also negative; 0 for dense
 *   lhs_scales          M scales for an operator whose rows have their own, otherwise NULL
 * In place is allowed: dst of row order at the address of the accumulators, its rows in bytes no further apart than
 * theirs, neither stride negative. Any other overlap is refused.
 * Runs on the calling thread. Errors and the rest as ottava_matmul_run. */
OTTAVA_API ottava_status ottava_matmul_output_stage(const ottava_matmul *operation, int64_t m,
                                                    const int32_t *accumulators, int64_t accumulator_stride,
                                                    const float *lhs_scales, void *dst, int64_t dst_stride,
                                                    ottava_error *error);

/* ------------------------------------------------------------------------------------------------
 * Memory of the caller, for hosts without a heap
 * --------------------------------------------------------------------------------------------- */

/* Writes how many bytes ottava_context_init_at needs, any alignment allowed for.
 * Errors: NULL_POINTER. */
OTTAVA_API ottava_status ottava_context_size(uint64_t *bytes);

/* As ottava_context_create, in `memory` (`bytes` long, any alignment) that the caller owns and keeps until the context is
 * no longer used. No heap is touched, and OTTAVA_TUNING not asked; so `threads` above 1 needs parallel_for. Without an allocator in `host`, operators
 * of this context must themselves be made in caller memory and run with a workspace.
 * Errors: as ottava_context_create, and BAD_MEMORY. */
OTTAVA_API ottava_status ottava_context_init_at(void *memory, uint64_t bytes, const ottava_context_options *options,
                                                const ottava_context_host *host, ottava_context **context,
                                                ottava_error *error);

/* Writes how many bytes ottava_matmul_init_at needs, whatever the arrays of constants and output, any alignment allowed
 * for. The same context and numbers always give the same size.
 * Errors: as ottava_matmul_create without those that arrays decide, NOT_EXACT among them. */
OTTAVA_API ottava_status ottava_matmul_size(const ottava_context *context, const ottava_matmul_desc *desc,
                                            const ottava_output *output, uint64_t *bytes, ottava_error *error);

/* As ottava_matmul_create, in `memory` (`bytes` long, any alignment) that the caller owns and keeps until the operator is
 * no longer used. No heap is touched. On failure the memory's content is unspecified and no handle exists.
 * Errors: as ottava_matmul_create, and BAD_MEMORY. Thread-safe for different memory. */
OTTAVA_API ottava_status ottava_matmul_init_at(void *memory, uint64_t bytes, const ottava_context *context,
                                               const ottava_matmul_desc *desc, const ottava_output *output,
                                               const ottava_matmul_constants *constants, ottava_matmul **operation,
                                               ottava_error *error);

/* ------------------------------------------------------------------------------------------------
 * CPU query
 * --------------------------------------------------------------------------------------------- */

#define OTTAVA_ARCH_PORTABLE 0u
#define OTTAVA_ARCH_X86_64 1u
#define OTTAVA_ARCH_ARM64 2u
#define OTTAVA_ARCH_ARM32 3u

/* What was detected. Layout: 288 bytes, the same on every target. */
typedef struct ottava_cpu_info {
  uint32_t struct_size;
  uint32_t architecture;  /* OTTAVA_ARCH_... that the library was built for */
  uint32_t cores;         /* cores that the process may use; at least 1 */
  uint32_t core_kinds;    /* distinct microarchitectures among them; at least 1 */
  uint64_t l1d_bytes;     /* smallest first-level data cache of any core, in bytes */
  uint64_t l2_bytes;      /* smallest second-level cache of any core */
  uint64_t l3_bytes;      /* 0 where there is none or it is not known */
  uint32_t caches_known;  /* 1: the cache sizes were read from the machine; 0: safe assumptions */
  uint32_t optimized;     /* 1: the library was compiled with optimization; 0: without, many times slower */
  char name[96];          /* the CPU's or its cores' name; "unknown" if not known */
  char features[144];     /* names of the detected and enabled features, separated by spaces */
} ottava_cpu_info;

#define OTTAVA_CPU_INFO_INIT {sizeof(ottava_cpu_info), 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, {0}, {0}}
OTTAVA_API ottava_status ottava_cpu_info_init(ottava_cpu_info *info, uint64_t bytes);

/* Fills *info with what the context detected when it was created.
 * Errors: NULL_POINTER, BAD_STRUCT. */
OTTAVA_API ottava_status ottava_cpu_query(const ottava_context *context, ottava_cpu_info *info, ottava_error *error);

/* One tier and whether it can be used. Layout: 224 bytes, the same on every target. */
typedef struct ottava_tier_info {
  uint32_t struct_size;
  uint32_t tier;      /* OTTAVA_TIER_... */
  uint32_t built;     /* 1 if its kernels are compiled into this library */
  uint32_t detected;  /* 1 if the CPU has it on every core and the OS enables it. Linux is asked to enable AMX, for the
                         whole process, only by a context that no cap and no kernel name keeps from it. */
  uint32_t usable;    /* 1 if built, detected and not excluded by a cap or a kernel name */
  uint32_t reserved;
  char name[24];      /* as OTTAVA_ISA takes it */
  char kernel[48];    /* its first usable kernel, or its first; empty if not built */
  char reason[128];   /* why it is not usable, empty if it is */
} ottava_tier_info;

#define OTTAVA_TIER_INFO_INIT {sizeof(ottava_tier_info), 0u, 0u, 0u, 0u, 0u, {0}, {0}, {0}}
OTTAVA_API ottava_status ottava_tier_info_init(ottava_tier_info *info, uint64_t bytes);

/* Fills *info with tier number `index`, counted from 0, best tier of this architecture first, tiers of other
 * architectures (never usable here) last. Returns OTTAVA_OUT_OF_RANGE past the last one, so a loop can end there.
 * Errors: NULL_POINTER, BAD_STRUCT, OUT_OF_RANGE. */
OTTAVA_API ottava_status ottava_tier_query(const ottava_context *context, uint32_t index, ottava_tier_info *info,
                                           ottava_error *error);

#ifdef __cplusplus
}
#endif

#include "layers.h"
#include "packed.h"
#include "quantization.h"
#include "tuning.h"

#include "api.h" /* which names what all of them declare */

#endif /* OTTAVA_OTTAVA_H_ */
