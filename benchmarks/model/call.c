/* The program whose instructions are counted: creates one operator through the C ABI, its weights packed beforehand,
 * calls it once to warm up and once between the markers.
 *
 *   model_call M N K [tier]
 *
 * prints the kernel that ran, and on a second line which core and which caches (KiB) the library sees. s8 to s8 under
 * the float rule, lhs and dst with zero points, a scale and a bias per channel, the workspace given. Weights are -127
 * to 127, as TFLite has them.
 *
 * The call's operands lie in one static, aligned array, its stack begins at a fixed place in a page, and the program is
 * linked statically at a fixed address: so the count depends on no heap, no environment, no path and no loader.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "marker.h"
#include "ottava/ottava.h"

enum { lhs_zero_point = 3, dst_zero_point = -2 };

static _Alignas(4096) uint8_t arena[48 << 20];
static size_t arena_used;

static void fail(const char *what, const ottava_error *error) {
  fprintf(stderr, "model_call: %s: %s %s\n", what, error != NULL ? error->argument : "",
          error != NULL ? error->message : "");
  exit(1);
}

/* Zeroed, aligned as far as any cache line or page could matter. */
static void *take(uint64_t bytes) {
  void *const memory = arena + arena_used;
  if (bytes > sizeof arena - arena_used) fail("the shape needs a larger arena", NULL);
  arena_used += ((size_t)bytes + 4095) / 4096 * 4096;
  return memory;
}

static uint8_t next_byte(void) {
  static uint32_t state = 12345;
  state = state * 1664525u + 1013904223u;
  return (uint8_t)(state >> 24);
}

struct problem {
  int64_t m, n, k;
  int8_t *lhs, *rhs, *dst;
  float *scales;
  int32_t *bias;
};

static void make_problem(struct problem *p) {
  /* The outputs spread by about 40, so that few are clamped and each tells right from wrong. */
  const float spread = 40.0f / (5550.0f * sqrtf((float)p->k));
  int64_t i;
  p->lhs = take((uint64_t)(p->m * p->k));
  p->rhs = take((uint64_t)(p->k * p->n));
  p->dst = take((uint64_t)(p->m * p->n));
  p->scales = take((uint64_t)p->n * sizeof *p->scales);
  p->bias = take((uint64_t)p->n * sizeof *p->bias);
  for (i = 0; i < p->m * p->k; ++i) p->lhs[i] = (int8_t)next_byte();
  for (i = 0; i < p->k * p->n; ++i) {
    const int8_t weight = (int8_t)next_byte();
    p->rhs[i] = weight == -128 ? 127 : weight;
  }
  for (i = 0; i < p->n; ++i) {
    p->scales[i] = spread * (0.5f + (float)next_byte() / 256.0f);
    p->bias[i] = next_byte() * 16;
  }
}

/* Whether a sample of the results is right, to one unit: tests/ judge bits, this tells a kernel that does nothing. */
static int plausible(const struct problem *p) {
  int64_t probe;
  for (probe = 0; probe < 64; ++probe) {
    const int64_t row = probe * 7919 % p->m;
    const int64_t channel = probe * 104729 % p->n;
    int64_t sum = p->bias[channel];
    int64_t k;
    double exact;
    for (k = 0; k < p->k; ++k) sum += (p->lhs[row * p->k + k] - lhs_zero_point) * p->rhs[k * p->n + channel];
    exact = (double)sum * (double)p->scales[channel] + dst_zero_point;
    if (fabs(p->dst[row * p->n + channel] - fmin(fmax(exact, -128.0), 127.0)) > 1.0) return 0;
  }
  return 1;
}

static uint32_t tier_named(const ottava_context *context, const char *name) {
  ottava_tier_info info = OTTAVA_TIER_INFO_INIT;
  uint32_t i;
  for (i = 0; ottava_tier_query(context, i, &info, NULL) == OTTAVA_OK; ++i) {
    if (strcmp(info.name, name) == 0 && info.usable != 0) return info.tier;
  }
  fprintf(stderr, "model_call: no tier %s here\n", name);
  exit(1);
}

static ottava_context *make_context(uint32_t tier) {
  ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_context *context = NULL;
  uint64_t bytes = 0;
  void *memory;
  options.tier_cap = tier;
  if (ottava_context_size(&bytes) != OTTAVA_OK) fail("context size", NULL);
  memory = take(bytes);
  if (ottava_context_init_at(memory, bytes, &options, NULL, &context, &error) != OTTAVA_OK) fail("context", &error);
  return context;
}

static __attribute__((noinline)) int count_call(int argc, char **argv) {
  struct problem p;
  ottava_context *context;
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
  ottava_cpu_info cpu = OTTAVA_CPU_INFO_INIT;
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_matmul *matmul = NULL;
  ottava_status status;
  uint64_t bytes = 0;
  void *memory;
  void *workspace;
  if (argc < 4 || argc > 5) {
    fputs("usage: model_call M N K [tier]\n", stderr);
    return 1;
  }
  memset(&p, 0, sizeof p);
  p.m = atoll(argv[1]);
  p.n = atoll(argv[2]);
  p.k = atoll(argv[3]);
  if (p.m < 1 || p.n < 1 || p.k < 1) fail("not a shape", NULL);
  make_problem(&p);
  context = make_context(OTTAVA_TIER_ANY);
  if (argc == 5) context = make_context(tier_named(context, argv[4]));

  desc.n = p.n;
  desc.k = p.k;
  desc.lhs_zero_point = lhs_zero_point;
  output.zero_point = dst_zero_point;
  output.requantization = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN;
  constants.rhs = p.rhs;
  constants.rhs_scales = p.scales;
  output.bias = p.bias;
  if (ottava_matmul_size(context, &desc, &output, &bytes, &error) != OTTAVA_OK) fail("size", &error);
  memory = take(bytes);
  if (ottava_matmul_init_at(memory, bytes, context, &desc, &output, &constants, &matmul, &error) != OTTAVA_OK)
    fail("operator", &error);
  if (ottava_matmul_query(matmul, p.m, &info, &error) != OTTAVA_OK) fail("query", &error);
  workspace = take(info.workspace_bytes);

  if (ottava_matmul_run(matmul, p.m, p.lhs, 0, p.dst, 0, workspace, info.workspace_bytes, &error) != OTTAVA_OK)
    fail("warm-up", &error);
  memset(p.dst, 0x55, (size_t)(p.m * p.n));
  MARK_BEGIN();
  status = ottava_matmul_run(matmul, p.m, p.lhs, 0, p.dst, 0, workspace, info.workspace_bytes, &error);
  MARK_END();
  if (status != OTTAVA_OK) fail("run", &error);
  if (!plausible(&p)) fail("the result is wrong", NULL);
  if (ottava_cpu_query(context, &cpu, NULL) != OTTAVA_OK) fail("cpu", NULL);
  printf("%s\n%s %u %u\n", info.kernel, cpu.name, (unsigned)(cpu.l1d_bytes >> 10), (unsigned)(cpu.l2_bytes >> 10));
  return 0;
}

int main(int argc, char **argv) {
  /* What lies above on the stack is as long as the program's path: down to the end of a page from there. */
  const size_t above = (uintptr_t)__builtin_frame_address(0) % 4096;
  volatile char *const padding = __builtin_alloca(above + 1);
  padding[0] = 0;
  return count_call(argc, argv);
}
