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
 * The public interface, C99, in the order in which one meets it. What all operators have in common is on this page: status,
 * context, CPU, output. matmul.h has matrix products, layers.h the layers of NHWC networks, requantization.h the formulas,
 * quantization.h what is done to tensors and parameters around them, packed.h files of packed weights, tuning.h routes,
 * knobs and what measuring makes of them, api.h the table of functions for hosts that load the library at run time; this
 * file includes all seven.
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

/* In memory of the caller, for hosts without a heap: */

/* Writes how many bytes ottava_context_init_at needs, any alignment allowed for.
 * Errors: NULL_POINTER. */
OTTAVA_API ottava_status ottava_context_size(uint64_t *bytes);

/* As ottava_context_create, in `memory` (`bytes` long, any alignment) that the caller owns and keeps until the context is
 * no longer used. No heap is touched, and OTTAVA_TUNING not asked; so `threads` above 1 needs parallel_for. Without an
 * allocator in `host`, operators of this context must themselves be made in caller memory and run with a workspace.
 * Errors: as ottava_context_create, and BAD_MEMORY. */
OTTAVA_API ottava_status ottava_context_init_at(void *memory, uint64_t bytes, const ottava_context_options *options,
                                                const ottava_context_host *host, ottava_context **context,
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

#ifdef __cplusplus
}
#endif

#include "matmul.h" /* first: the others build on it */

#include "layers.h"
#include "packed.h"
#include "quantization.h"
#include "tuning.h"

#include "api.h" /* which names what all of them declare */

#endif /* OTTAVA_OTTAVA_H_ */
