/* clang-format off */
/* ottava: how a run is done: seen, predicted, changed, tuned. Part of ottava.h, which includes it.
 *
 *     ottava_route route = OTTAVA_ROUTE_INIT;
 *     ottava_matmul_predict(context, &desc, &output, m, &route, &error);  // which kernel, how it is cut, how long
 *
 *     const ottava_tune_problem problem = {sizeof problem, 1u, &m, &desc, &output, NULL};
 *     ottava_tune(context, &problem, 1, NULL, &tuning, &error);           // measures for a second
 *     ottava_context_derive(context, NULL, tuning, &tuned, &error);       // operators made with `tuned` are tuned
 *
 * Nothing here changes a bit of any result. docs/tuning.md tells more. What ottava.h says of statuses, structures,
 * handles and threads holds here.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OTTAVA_OTTAVA_H_
#include "ottava.h" /* which includes this file where it is wanted */
#endif
#ifndef OTTAVA_TUNING_H_
#define OTTAVA_TUNING_H_

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------------------------------
 * Kernels: those that the library was built with
 * --------------------------------------------------------------------------------------------- */

/* Layout: 336 bytes, the same on every target. */
typedef struct ottava_kernel_info {
  uint32_t struct_size;
  uint32_t tier;      /* OTTAVA_TIER_... */
  uint32_t tile_m;    /* rows of dst that one call makes (MR) */
  uint32_t tile_n;    /* channels that one call makes (NR) */
  uint32_t tile_k;    /* depth of one step (KR) */
  uint32_t lhs_rows;  /* OTTAVA_ROWS_PACKED, or OTTAVA_ROWS_IN_PLACE for a kernel that never packs the lhs */
  uint32_t usable;    /* 1: the context may run it */
  uint32_t reserved;
  char name[64];
  char reason[240];   /* why it is not usable, or empty */
} ottava_kernel_info;

#define OTTAVA_KERNEL_INFO_INIT {sizeof(ottava_kernel_info), 0u, 0u, 0u, 0u, 0u, 0u, 0u, {0}, {0}}
OTTAVA_API ottava_status ottava_kernel_info_init(ottava_kernel_info *info, uint64_t bytes);

/* Fills *info with kernel number `index`, best first, from 0.
 * Errors: NULL_POINTER, BAD_STRUCT, OUT_OF_RANGE (there are no more). */
OTTAVA_API ottava_status ottava_kernel_query(const ottava_context *context, uint32_t index, ottava_kernel_info *info,
                                             ottava_error *error);

/* ------------------------------------------------------------------------------------------------
 * Knobs: every choice that costs only time
 * --------------------------------------------------------------------------------------------- */

/* The lhs. */
#define OTTAVA_ROWS_PACKED 1u      /* copied into the order in which the kernel reads it */
#define OTTAVA_ROWS_IN_PLACE 2u    /* read where it lies */

/* The schedule of a kernel's instructions; a kernel may have one alone. */
#define OTTAVA_SCHEDULE_OUT_OF_ORDER 1u
#define OTTAVA_SCHEDULE_IN_ORDER 2u  /* for cores that start instructions in program order */

/* What threads share out. */
#define OTTAVA_CUT_NONE 1u         /* nothing: one thread, or whole matrices of a batch */
#define OTTAVA_CUT_ROWS 2u
#define OTTAVA_CUT_COLUMNS 3u

/* A field that is 0 leaves the choice to the library. One that an operator has no use for is passed over: a kernel that
 * does not take it (the reason of its query says so), a schedule that its kernel does not have, a row cut of one row. Sizes are rounded up to whole tiles, and to what the workspace of an
 * operator may hold. Layout: 32-bit words, then 64-bit integers, then text; 112 bytes. */
typedef struct ottava_knobs {
  uint32_t struct_size;
  uint32_t lhs_rows;        /* OTTAVA_ROWS_..., for runs of many rows */
  uint32_t schedule;        /* OTTAVA_SCHEDULE_... */
  uint32_t thread_cut;      /* OTTAVA_CUT_... */
  int64_t small_m_rows;     /* runs of so many rows or fewer take the kernel for few rows; -1: none does */
  int64_t block_rows;       /* rows of the lhs that are prepared at once */
  int64_t block_columns;    /* channels of a piece of work */
  int64_t work_per_thread;  /* multiply-accumulates below which a further thread is not woken */
  char kernel[64];          /* by name, for runs of many rows; it decides how weights are packed. Empty: any */
} ottava_knobs;

#define OTTAVA_KNOBS_INIT {sizeof(ottava_knobs), 0u, 0u, 0u, 0, 0, 0, 0, {0}}
OTTAVA_API ottava_status ottava_knobs_init(ottava_knobs *knobs, uint64_t bytes);

typedef struct ottava_tuning ottava_tuning;

/* Makes a context that shares the threads, the allocator and the machine of another, and has knobs of its own: for one
 * operator, or for all that it is given to. A few hundred nanoseconds.
 *   parent   outlives *context; it may be derived itself, and then *context has none of its knobs and tuning
 *   knobs    copied; NULL: none. Before what a tuning says.
 *   tuning   outlives *context; NULL: none. An operator takes the line of its descriptor, see ottava_tuning.
 *   context  receives the handle, as from ottava_context_create; ottava_context_destroy releases it
 * Errors: NULL_POINTER, BAD_STRUCT, BAD_OPTION (a knob), UNKNOWN_NAME (kernel: the message lists the names),
 * KERNEL_UNAVAILABLE (the message says why it cannot run here), BAD_MEMORY (the parent has no allocator), OUT_OF_MEMORY. */
OTTAVA_API ottava_status ottava_context_derive(const ottava_context *parent, const ottava_knobs *knobs,
                                               const ottava_tuning *tuning, ottava_context **context,
                                               ottava_error *error);
/* The same in caller memory of ottava_context_size bytes, any alignment. */
OTTAVA_API ottava_status ottava_context_derive_at(void *memory, uint64_t bytes, const ottava_context *parent,
                                                  const ottava_knobs *knobs, const ottava_tuning *tuning,
                                                  ottava_context **context, ottava_error *error);

/* ------------------------------------------------------------------------------------------------
 * Routes: how a run is done
 * --------------------------------------------------------------------------------------------- */

/* What bounds the time of a run, as predicted. */
#define OTTAVA_BOUND_MULTIPLY 1u  /* the multiplier */
#define OTTAVA_BOUND_MEMORY 2u    /* weights, rows and results that come from beyond the first-level cache */
#define OTTAVA_BOUND_CALL 3u      /* what is done once per call, per thread, per tile and per row around it */

/* Layout: 32-bit words, then 64-bit integers, then text; 1136 bytes, the same on every target. */
typedef struct ottava_route {
  uint32_t struct_size;
  uint32_t tier;              /* OTTAVA_TIER_... of the kernel */
  uint32_t small_m;           /* 1: the kernel for few rows */
  uint32_t lhs_rows;          /* OTTAVA_ROWS_... */
  uint32_t schedule;          /* OTTAVA_SCHEDULE_...: on the core that asks */
  uint32_t fused;             /* 1: the output stage ends in registers, and no accumulator goes through memory */
  uint32_t threads;           /* most threads of the run */
  uint32_t thread_cut;        /* OTTAVA_CUT_... */
  uint32_t exactness;         /* OTTAVA_EXACT_BY_..., OTTAVA_MAY_WRAP; 0: the weights will decide */
  uint32_t bound;             /* OTTAVA_BOUND_..., predicted; 0: there is no prediction for this kind of layer */
  uint32_t tuned;             /* 1: by a line of the context's tuning */
  uint32_t reserved;
  int64_t small_m_rows;       /* the most rows that take the kernel for few rows; 0: none */
  int64_t tile_m;             /* rows and channels of a call of the kernel, depth of its step */
  int64_t tile_n;
  int64_t tile_k;
  int64_t block_rows;         /* rows and channels of a piece of work */
  int64_t block_columns;
  int64_t row_blocks;         /* pieces of one matrix: row_blocks * column_blocks */
  int64_t column_blocks;
  uint64_t packed_bytes;      /* packed weights and per-channel terms */
  uint64_t workspace_bytes;   /* as ottava_matmul_query tells it */
  uint64_t predicted_cycles;  /* of a core, for the run on `threads` of them, weights in the nearest cache that holds them */
  uint64_t multiply_cycles;   /* parts of the prediction, of which some pass at once: what the multiplier takes, */
  uint64_t memory_cycles;     /* what memory takes, */
  uint64_t call_cycles;       /* and what is done around the tiles */
  char kernel[64];
  char words[192];            /* all of it in a line */
  char declined[720];         /* the better kernels that were not taken, each with the reason; "; " between them */
} ottava_route;

#define OTTAVA_ROUTE_INIT \
  {sizeof(ottava_route), 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0, 0, 0, 0, 0, 0, 0, 0, 0u, 0u, 0u, 0u, 0u, 0u, \
   {0}, {0}, {0}}
OTTAVA_API ottava_status ottava_route_init(ottava_route *route, uint64_t bytes);

/* Fills *route for runs with `m` rows.
 * Errors: NULL_POINTER, BAD_STRUCT, BAD_SHAPE, SIZE_OVERFLOW, UNSUPPORTED (a bound operator). */
OTTAVA_API ottava_status ottava_matmul_route(const ottava_matmul *operation, int64_t m, ottava_route *route,
                                             ottava_error *error);

/* The same before there is an operator: from its descriptor alone, without weights or memory. Where weights may decide
 * between two kernels, the prediction takes those that the faster one wants to be there.
 * Errors: as of ottava_matmul_size, and those above. */
OTTAVA_API ottava_status ottava_matmul_predict(const ottava_context *context, const ottava_matmul_desc *desc,
                                               const ottava_output *output, int64_t m, ottava_route *route,
                                               ottava_error *error);

/* Fills *route for a run of these numbers, whose flags and strides do not matter. A layer that is several contractions
 * (groups, the phases of a transposed convolution) tells of the first of them, and sizes of its whole; one that is none
 * (depthwise, pooling, addition) has no blocks and no prediction.
 * Errors: as of ottava_layer_query. */
OTTAVA_API ottava_status ottava_layer_route(const ottava_layer *layer, const ottava_layer_run_desc *run,
                                            ottava_route *route, ottava_error *error);

/* ------------------------------------------------------------------------------------------------
 * Tuning: knobs that measurement has shown to be better, for one machine
 * --------------------------------------------------------------------------------------------- */

/* What is tuned: one descriptor, with the numbers of rows that it is run with. Layout: two 32-bit words, then pointers. */
typedef struct ottava_tune_problem {
  uint32_t struct_size;
  uint32_t m_count;                         /* 1 to 16 */
  const int64_t *m;                         /* each 1 or more, and at most desc->max_m where that is not 0; what counts is
                                               the geometric mean of their times */
  const ottava_matmul_desc *desc;
  const ottava_output *output;
  const ottava_matmul_constants *constants; /* NULL: weights are drawn at random over the range of their type, and
                                               desc->rhs_stride is taken as 0 */
} ottava_tune_problem;

#define OTTAVA_TUNE_PROBLEM_INIT {sizeof(ottava_tune_problem), 0u, 0, 0, 0, 0}
OTTAVA_API ottava_status ottava_tune_problem_init(ottava_tune_problem *problem, uint64_t bytes);

/* Returns a time in nanoseconds that only goes forward. */
typedef uint64_t (*ottava_clock_fn)(void *user);
/* `done` of `count` steps are done. A problem has several, and no step takes much longer than another. */
typedef void (*ottava_progress_fn)(void *user, uint32_t done, uint32_t count);

/* Layout: two 32-bit words, one 64-bit integer, then pointers. */
typedef struct ottava_tune_options {
  uint32_t struct_size;
  uint32_t flags;               /* none is defined: 0 */
  uint64_t budget_nanoseconds;  /* at most, in all, but that each problem is run once; 0: one second for each problem */
  ottava_clock_fn nanoseconds;  /* NULL: the system's clock (hosted builds) */
  void *clock_user;             /* its argument */
  ottava_progress_fn progress;  /* called before each step and at the end; NULL: nobody is told */
  void *progress_user;          /* its first argument */
} ottava_tune_options;

#define OTTAVA_TUNE_OPTIONS_INIT {sizeof(ottava_tune_options), 0u, 0u, 0, 0, 0, 0}
OTTAVA_API ottava_status ottava_tune_options_init(ottava_tune_options *options, uint64_t bytes);

/* Measures, for each problem, candidates among knobs against the library's own choice, side by side and in turns, and two
 * of that choice against each other, which shows the noise. A candidate that is faster by more than the noise, and slower
 * at no number of rows, is measured again, three times, when all problems have been searched: it is kept if it holds each
 * time. A problem for which nothing is better has a line that says so; problems of one descriptor and class of M have one
 * line together, with knobs if they want the same. Runs on the context's threads and takes memory from
 * its allocator; nothing else should keep the machine busy. Knobs and a tuning of the context itself count for nothing.
 *   problems  `count` of them, 0 or more, all with the struct_size of the first
 *   options   NULL for the defaults
 *   tuning    receives the handle; the caller owns it, see ottava_tuning_destroy
 * Errors: NULL_POINTER, BAD_STRUCT, BAD_OPTION (flags), BAD_SHAPE (m), OUT_OF_RANGE (more than 16384 problems), those of
 * ottava_matmul_create for a problem (the argument names its number), UNSUPPORTED (no clock), BAD_MEMORY (no allocator),
 * OUT_OF_MEMORY. */
OTTAVA_API ottava_status ottava_tune(const ottava_context *context, const ottava_tune_problem *problems, uint32_t count,
                                     const ottava_tune_options *options, ottava_tuning **tuning, ottava_error *error);
/* Releases a tuning; NULL is allowed. Contexts that have it must be destroyed before.
 * Errors: none. */
OTTAVA_API ottava_status ottava_tuning_destroy(ottava_tuning *tuning);

/* A tuning as text: lines that name the machine, then one line for each problem. Writes as many of its bytes as fit and
 * a 0 behind them; *needed receives the bytes of the whole, the 0 included. `text` may be NULL if `bytes` is 0.
 * Errors: NULL_POINTER. */
OTTAVA_API ottava_status ottava_tuning_write(const ottava_tuning *tuning, char *text, uint64_t bytes, uint64_t *needed,
                                             ottava_error *error);

/* Takes lines of another version of the library, CPU, caches or number of threads too. Those that name a kernel which this
 * library does not have are passed over, and nothing else in a line can do harm. */
#define OTTAVA_TUNING_OF_ANOTHER_MACHINE 1u

/* Reads what ottava_tuning_write wrote, `bytes` without the 0. Anything wrong in it rejects the whole: the message names
 * the line and the word. No file is read but that which the environment variable OTTAVA_TUNING names, in hosted builds, by
 * ottava_context_create: its operators take the lines, and it is refused if the file is.
 * Errors: NULL_POINTER, BAD_OPTION (flags), BAD_TUNING (a wrong line), UNSUPPORTED (of another machine or version: the
 * message says what differs), BAD_MEMORY (no allocator), OUT_OF_MEMORY. */
OTTAVA_API ottava_status ottava_tuning_read(const ottava_context *context, const char *text, uint64_t bytes,
                                            uint32_t flags, ottava_tuning **tuning, ottava_error *error);

/* A tuning with the lines of both; where both have one of the same problem, that which was measured longer. Takes memory
 * from the allocator of the first.
 * Errors: NULL_POINTER, UNSUPPORTED (of different machines, or more than 16384 lines in all), OUT_OF_MEMORY. */
OTTAVA_API ottava_status ottava_tuning_merge(const ottava_tuning *first, const ottava_tuning *second,
                                             ottava_tuning **tuning, ottava_error *error);

/* One line. Layout: 32-bit words, then 64-bit integers, knobs, text; 472 bytes. */
typedef struct ottava_tuned_info {
  uint32_t struct_size;
  uint32_t turns;               /* times that the two were measured side by side */
  int64_t most_rows;            /* the class of M: operators whose max_m lies in it, see docs/tuning.md */
  int64_t n;
  int64_t k;
  uint64_t default_picoseconds; /* of a run by the library's own choice: the geometric mean over m */
  uint64_t tuned_picoseconds;   /* with the knobs; the same where nothing was better */
  uint64_t noise_millionths;    /* by which two equal measurements differed, as a share of their time */
  ottava_knobs knobs;           /* all 0 where nothing was better */
  char problem[304];            /* as the line names it */
} ottava_tuned_info;

#define OTTAVA_TUNED_INFO_INIT {sizeof(ottava_tuned_info), 0u, 0, 0, 0, 0u, 0u, 0u, OTTAVA_KNOBS_INIT, {0}}
OTTAVA_API ottava_status ottava_tuned_info_init(ottava_tuned_info *info, uint64_t bytes);

/* Fills *info with line number `index`, in the order of the text. Errors: NULL_POINTER, BAD_STRUCT, OUT_OF_RANGE. */
OTTAVA_API ottava_status ottava_tuning_query(const ottava_tuning *tuning, uint32_t index, ottava_tuned_info *info,
                                             ottava_error *error);

#ifdef __cplusplus
}
#endif

#endif /* OTTAVA_TUNING_H_ */
