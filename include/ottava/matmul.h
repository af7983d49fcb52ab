/* clang-format off */
/* ottava: matrix products with constant weights, or both operands known at run time. Part of ottava.h, which includes it
 * and begins with an example.
 *
 *     dst[M x N] = output( sum_k (lhs[m, k] - lhs_zero_point) * (rhs[k, n] - rhs_zero_point[n]) )
 *
 * What ottava.h says of words, statuses, structures, handles and threads holds here.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OTTAVA_OTTAVA_H_
#include "ottava.h" /* which includes this file where it is wanted */
#endif
#ifndef OTTAVA_MATMUL_H_
#define OTTAVA_MATMUL_H_

#ifdef __cplusplus
extern "C" {
#endif

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
  char kernel[48];           /* name of the kernel for the asked M; few rows may take one of its tier or a lower */
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
 * Matmul: in memory of the caller, for hosts without a heap
 * --------------------------------------------------------------------------------------------- */

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

#ifdef __cplusplus
}
#endif

#endif /* OTTAVA_MATMUL_H_ */
