/* The C heap itself, replaced by one that counts and that can refuse its i-th request:
 *   - what works in caller memory, or with a workspace, asks for nothing, threads included;
 *   - with every request of the library and its pool refused in turn, one process each, the answer is a status and
 *     nothing leaks. */
#define _GNU_SOURCE /* fork and alarm; the heap functions below are those of glibc */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ottava/ottava.h"

void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *memory, size_t bytes);
void *__libc_memalign(size_t alignment, size_t bytes);
void __libc_free(void *memory);

static long requests = 0; /* since `watch` */
static long live = 0;
static long refuse_at = -1;

static void watch(long refuse) {
  __atomic_store_n(&requests, 0, __ATOMIC_SEQ_CST);
  __atomic_store_n(&refuse_at, refuse, __ATOMIC_SEQ_CST);
}

static int refused(void) {
  const long index = __atomic_fetch_add(&requests, 1, __ATOMIC_SEQ_CST);
  if (index != __atomic_load_n(&refuse_at, __ATOMIC_SEQ_CST)) return 0;
  errno = ENOMEM;
  return 1;
}

static void *counted(void *memory) {
  if (memory != NULL) __atomic_fetch_add(&live, 1, __ATOMIC_SEQ_CST);
  return memory;
}

void *malloc(size_t bytes) { return refused() ? NULL : counted(__libc_malloc(bytes)); }
void *calloc(size_t count, size_t bytes) { return refused() ? NULL : counted(__libc_calloc(count, bytes)); }
void *memalign(size_t alignment, size_t bytes) { return refused() ? NULL : counted(__libc_memalign(alignment, bytes)); }
void *aligned_alloc(size_t alignment, size_t bytes) { return memalign(alignment, bytes); }
void *realloc(void *memory, size_t bytes) {
  if (refused()) return NULL;
  return memory == NULL ? counted(__libc_malloc(bytes)) : __libc_realloc(memory, bytes);
}
int posix_memalign(void **memory, size_t alignment, size_t bytes) {
  void *got = memalign(alignment, bytes);
  if (got == NULL) return ENOMEM;
  *memory = got;
  return 0;
}
void free(void *memory) {
  if (memory != NULL) __atomic_fetch_sub(&live, 1, __ATOMIC_SEQ_CST);
  __libc_free(memory);
}

#define REQUIRE(condition)                                   \
  do {                                                       \
    if (!(condition)) {                                      \
      printf("line %d: not so: %s\n", __LINE__, #condition); \
      return 1;                                              \
    }                                                        \
  } while (0)

/* Large enough for several workers to have something to do. */
enum { M = 256, N = 256, K = 128 };
static int8_t weights[K * N];
static int8_t runtime_rhs[2 * K * N]; /* the weights, twice */
static int8_t lhs[M * K];
static int8_t dst[M * N];
static int8_t expected[M * N];

static ottava_matmul_desc make_desc(void) {
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  desc.n = N;
  desc.k = K;
  return desc;
}

static ottava_output make_output(void) {
  ottava_output output = OTTAVA_OUTPUT_INIT;
  output.scale = 100.0f;
  return output;
}

static ottava_matmul_constants make_constants(void) {
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  constants.rhs = weights;
  return constants;
}

static void fill(void) {
  size_t i = 0;
  for (i = 0; i < sizeof weights; ++i) weights[i] = (int8_t)(i * 7 % 255);
  for (i = 0; i < sizeof runtime_rhs; ++i) runtime_rhs[i] = weights[i % sizeof weights];
  for (i = 0; i < sizeof lhs; ++i) lhs[i] = (int8_t)(i * 13 % 251);
}

/* The same product in two batches of rows, each with a run-time rhs of its own. */
static ottava_matmul_desc make_runtime_desc(void) {
  ottava_matmul_desc desc = make_desc();
  desc.flags = OTTAVA_MATMUL_RUNTIME_RHS;
  return desc;
}

static ottava_matmul_run_desc make_batches(void) {
  ottava_matmul_run_desc run = OTTAVA_MATMUL_RUN_DESC_INIT;
  run.m = M / 2;
  run.batches = 2;
  run.lhs_batch_stride = M / 2 * K;
  run.rhs_batch_stride = K * N;
  run.dst_batch_stride = M / 2 * N;
  return run;
}

static ottava_matmul_operands make_operands(int8_t *to, void *workspace) {
  ottava_matmul_operands operands = OTTAVA_MATMUL_OPERANDS_INIT;
  operands.lhs = lhs;
  operands.rhs = runtime_rhs;
  operands.dst = to;
  operands.workspace = workspace;
  return operands;
}

/* Nothing but the caller's memory, watched from the first call to the last. */
static int in_caller_memory(void) {
  static uint8_t memory[1 << 20];
  const ottava_matmul_desc desc = make_desc(), runtime_desc = make_runtime_desc();
  const ottava_output output = make_output();
  const ottava_matmul_constants constants = make_constants(), no_rhs = OTTAVA_MATMUL_CONSTANTS_INIT;
  ottava_matmul_operands operands = make_operands(dst, memory + sizeof memory / 2);
  const ottava_matmul_run_desc run = make_batches();
  ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_context *context = NULL;
  ottava_matmul *matmul = NULL;
  uint64_t context_bytes = 0, matmul_bytes = 0;
  watch(-1);
  REQUIRE(ottava_context_size(&context_bytes) == OTTAVA_OK);
  REQUIRE(ottava_context_init_at(memory, context_bytes, NULL, NULL, &context, &error) == OTTAVA_OK);
  REQUIRE(ottava_matmul_size(context, &desc, &output, &matmul_bytes, &error) == OTTAVA_OK);
  REQUIRE(context_bytes + matmul_bytes < sizeof memory / 2);
  REQUIRE(ottava_matmul_init_at(memory + context_bytes, matmul_bytes, context, &desc, &output, &constants, &matmul,
                                &error) == OTTAVA_OK);
  REQUIRE(ottava_matmul_query(matmul, M, &info, &error) == OTTAVA_OK);
  REQUIRE(info.workspace_bytes < sizeof memory / 2);
  REQUIRE(ottava_matmul_run(matmul, M, lhs, 0, expected, 0, memory + sizeof memory / 2, info.workspace_bytes, &error) ==
          OTTAVA_OK);
  REQUIRE(ottava_matmul_destroy(matmul) == OTTAVA_OK);

  REQUIRE(ottava_matmul_size(context, &runtime_desc, &output, &matmul_bytes, &error) == OTTAVA_OK);
  REQUIRE(context_bytes + matmul_bytes < sizeof memory / 2);
  REQUIRE(ottava_matmul_init_at(memory + context_bytes, matmul_bytes, context, &runtime_desc, &output, &no_rhs, &matmul,
                                &error) == OTTAVA_OK);
  REQUIRE(ottava_matmul_workspace(matmul, &run, &operands.workspace_bytes, &error) == OTTAVA_OK);
  REQUIRE(operands.workspace_bytes < sizeof memory / 2);
  REQUIRE(ottava_matmul_execute(matmul, &run, &operands, &error) == OTTAVA_OK);
  REQUIRE(memcmp(dst, expected, sizeof dst) == 0);
  REQUIRE(ottava_matmul_destroy(matmul) == OTTAVA_OK);
  REQUIRE(ottava_context_destroy(context) == OTTAVA_OK);
  REQUIRE(requests == 0);
  return 0;
}

/* A context with threads of its own: the runs with a workspace ask for nothing. */
static int with_workspace(uint32_t threads) {
  static uint8_t workspace[1 << 20];
  const ottava_matmul_desc desc = make_desc(), runtime_desc = make_runtime_desc();
  const ottava_output output = make_output();
  const ottava_matmul_constants constants = make_constants(), no_rhs = OTTAVA_MATMUL_CONSTANTS_INIT;
  ottava_matmul_operands operands = make_operands(dst, workspace);
  const ottava_matmul_run_desc run = make_batches();
  ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
  ottava_context *context = NULL;
  ottava_matmul *matmul = NULL, *runtime = NULL;
  ottava_status status = OTTAVA_OK;
  int i = 0;
  options.threads = threads;
  status = ottava_context_create(&options, NULL, &context, NULL);
  if (status == OTTAVA_UNSUPPORTED && threads > 1) return 0; /* a build without a pool */
  REQUIRE(status == OTTAVA_OK);
  REQUIRE(ottava_matmul_create(context, &desc, &output, &constants, &matmul, NULL) == OTTAVA_OK);
  REQUIRE(ottava_matmul_query(matmul, M, &info, NULL) == OTTAVA_OK);
  REQUIRE(info.workspace_bytes <= sizeof workspace);
  REQUIRE((info.threads > 1) == (threads > 1));
  REQUIRE(ottava_matmul_create(context, &runtime_desc, &output, &no_rhs, &runtime, NULL) == OTTAVA_OK);
  watch(-1);
  REQUIRE(ottava_matmul_workspace(runtime, &run, &operands.workspace_bytes, NULL) == OTTAVA_OK);
  REQUIRE(operands.workspace_bytes <= sizeof workspace);
  for (i = 0; i < 3; ++i) {
    memset(dst, 0, sizeof dst);
    REQUIRE(ottava_matmul_run(matmul, M, lhs, 0, dst, 0, workspace, info.workspace_bytes, NULL) == OTTAVA_OK);
    REQUIRE(memcmp(dst, expected, sizeof dst) == 0);
    memset(dst, 0, sizeof dst);
    REQUIRE(ottava_matmul_execute(runtime, &run, &operands, NULL) == OTTAVA_OK);
    REQUIRE(memcmp(dst, expected, sizeof dst) == 0);
  }
  REQUIRE(requests == 0);
  REQUIRE(ottava_matmul_destroy(runtime) == OTTAVA_OK);
  REQUIRE(ottava_matmul_destroy(matmul) == OTTAVA_OK);
  REQUIRE(ottava_context_destroy(context) == OTTAVA_OK);
  return 0;
}

/* The batches in a context that is there, without a workspace. */
static int life_of_batches(ottava_context *context, int *refusals) {
  const ottava_matmul_desc desc = make_runtime_desc();
  const ottava_output output = make_output();
  const ottava_matmul_constants no_rhs = OTTAVA_MATMUL_CONSTANTS_INIT;
  const ottava_matmul_run_desc run = make_batches();
  const ottava_matmul_operands operands = make_operands(dst, NULL);
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_matmul *matmul = NULL;
  size_t i = 0;
  ottava_status status = ottava_matmul_create(context, &desc, &output, &no_rhs, &matmul, &error);
  REQUIRE(status == OTTAVA_OK || status == OTTAVA_OUT_OF_MEMORY);
  if (status != OTTAVA_OK) {
    REQUIRE(matmul == NULL && error.message[0] != '\0');
    ++*refusals;
    return 0;
  }
  memset(dst, 0x55, sizeof dst);
  status = ottava_matmul_execute(matmul, &run, &operands, &error);
  REQUIRE(status == OTTAVA_OK || status == OTTAVA_OUT_OF_MEMORY);
  for (i = 0; i < sizeof dst; ++i) REQUIRE(dst[i] == (status == OTTAVA_OK ? expected[i] : 0x55));
  if (status != OTTAVA_OK) ++*refusals;
  REQUIRE(ottava_matmul_destroy(matmul) == OTTAVA_OK);
  return 0;
}

/* From nothing to a result and back; each step may be refused, and then leaves its output alone. */
static int life(uint32_t threads, int *refusals) {
  const ottava_matmul_desc desc = make_desc();
  const ottava_output output = make_output();
  const ottava_matmul_constants constants = make_constants();
  ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_context *context = NULL;
  ottava_matmul *matmul = NULL;
  ottava_status status = OTTAVA_OK;
  size_t i = 0;
  options.threads = threads;
  status = ottava_context_create(&options, NULL, &context, &error);
  REQUIRE(status == OTTAVA_OK || status == OTTAVA_OUT_OF_MEMORY);
  if (status != OTTAVA_OK) {
    REQUIRE(context == NULL && error.argument[0] != '\0' && error.message[0] != '\0');
    ++*refusals;
    return 0;
  }
  status = ottava_matmul_create(context, &desc, &output, &constants, &matmul, &error);
  REQUIRE(status == OTTAVA_OK || status == OTTAVA_OUT_OF_MEMORY);
  if (status == OTTAVA_OK) {
    memset(dst, 0x55, sizeof dst);
    status = ottava_matmul_run(matmul, M, lhs, 0, dst, 0, NULL, 0, &error);
    REQUIRE(status == OTTAVA_OK || status == OTTAVA_OUT_OF_MEMORY);
    for (i = 0; i < sizeof dst; ++i) REQUIRE(dst[i] == (status == OTTAVA_OK ? expected[i] : 0x55));
    if (status != OTTAVA_OK) ++*refusals;
    REQUIRE(ottava_matmul_destroy(matmul) == OTTAVA_OK);
  } else {
    REQUIRE(matmul == NULL && error.message[0] != '\0');
    ++*refusals;
  }
  if (life_of_batches(context, refusals) != 0) return 1;
  REQUIRE(ottava_context_destroy(context) == OTTAVA_OK);
  return 0;
}

enum { SOUND = 10, REFUSED, ABSORBED }; /* how a child ends: nothing was left to refuse; a status; it did without */

/* With `warm`, a first life leaves behind what libraries keep for ever (cpuinfo's tables, cached thread stacks), so
 * the second must release all it takes. */
static int child(uint32_t threads, int warm, long refuse) {
  int refusals = 0;
  long before = 0;
  alarm(60); /* a hang is a failure too */
  if (warm && life(threads, &refusals) != 0) return 1;
  before = live;
  watch(refuse);
  if (life(threads, &refusals) != 0) return 1;
  if (requests <= refuse) return SOUND;
  watch(-1);
  if (warm && live != before) {
    printf("%ld blocks leaked\n", live - before);
    return 1;
  }
  return refusals != 0 ? REFUSED : ABSORBED;
}

static int inject(uint32_t threads, int warm) {
  long refuse = 0;
  int counts[3] = {0, 0, 0};
  for (refuse = 0; refuse < 1000; ++refuse) {
    int ended = 0;
    pid_t process = 0;
    fflush(stdout);
    process = fork();
    REQUIRE(process >= 0);
    if (process == 0) {
      const int code = child(threads, warm, refuse);
      fflush(stdout);
      _exit(code);
    }
    REQUIRE(waitpid(process, &ended, 0) == process);
    if (!WIFEXITED(ended) || WEXITSTATUS(ended) < SOUND || WEXITSTATUS(ended) > ABSORBED) {
      printf("%u threads, %s, request %ld refused: wait status %d\n", (unsigned)threads, warm ? "warm" : "cold", refuse,
             ended);
      return 1;
    }
    ++counts[WEXITSTATUS(ended) - SOUND];
    if (WEXITSTATUS(ended) == SOUND) break;
  }
  printf("%u threads, %s: %d refusals became a status, %d were absorbed\n", (unsigned)threads, warm ? "warm" : "cold",
         counts[1], counts[2]);
  /* Context, two operators and their workspaces at least; the pool too where there is one. */
  REQUIRE(counts[0] == 1 && counts[1] >= (threads > 1 ? 6 : 5));
  return 0;
}

/* Threads of the library's own, if this build has them. */
static int has_pool(void) {
  ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  ottava_context *context = NULL;
  options.threads = 4;
  if (ottava_context_create(&options, NULL, &context, NULL) != OTTAVA_OK) return 0;
  ottava_context_destroy(context);
  return 1;
}

int main(void) {
  void *(*volatile ask)(size_t) = malloc; /* which an optimizer cannot leave out */
  void *memory = NULL;
  fill();
  watch(-1);
  memory = ask(1);
  REQUIRE(requests == 1 && live >= 1); /* this heap is the one in use */
  free(memory);
  if (in_caller_memory() != 0) return 1;
  if (inject(1, 0) != 0 || inject(1, 1) != 0) return 1; /* cold comes first: this process has not warmed up yet */
  if (with_workspace(1) != 0 || with_workspace(4) != 0) return 1;
  if (has_pool() && inject(4, 1) != 0) return 1;
  return 0;
}
