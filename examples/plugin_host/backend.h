/* What this host asks of a matmul backend, and what it gives to one. The host knows nothing else of them: its own plain
 * one (naive_backend.c) and ottava (ottava_backend.c), a library that it may or may not find at run time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PLUGIN_HOST_BACKEND_H_
#define PLUGIN_HOST_BACKEND_H_

#include <stdint.h>

/* What the host gives: memory that it accounts for, and its threads. */
struct host {
  void *(*allocate)(void *user, uint64_t bytes, uint64_t alignment); /* or NULL */
  void (*release)(void *user, void *memory, uint64_t bytes);
  void *memory; /* first argument of both */
  /* Calls fn(task, i) once for each i below count, and returns when all have returned. */
  void (*parallel_for)(void *user, uint32_t count, void (*fn)(void *task, uint32_t index), void *task);
  void *threads; /* its first argument */
  uint32_t thread_count;
};

/* dst[m][n] = saturate(round(factor[n] * (sum over k of (lhs[m][k] - lhs_zero) * weights[k][n] + bias[n])) + dst_zero),
 * factor[n] = lhs_scale * weights_scales[n] / dst_scale in float32; half to even. All of s8. */
struct product {
  int64_t k, n;
  const int8_t *weights; /* K x N, one row behind the other */
  const int32_t *bias;
  const float *weights_scales;
  float lhs_scale, dst_scale;
  int32_t lhs_zero, dst_zero;
};

struct words {
  char text[256];
};

/* Functions return NULL, or not 0, where they fail, and say why. */
struct backend {
  const char *name;
  void *(*open)(const struct host *host, const char *library, struct words *why); /* library: a path, or NULL */
  void *(*prepare)(void *self, const struct product *product,
                   struct words *why); /* reads its arrays, keeps none of them */
  int (*run)(void *prepared, int64_t m, const int8_t *lhs, int8_t *dst, struct words *why);
  void (*drop)(void *prepared);
  void (*close)(void *self); /* everything prepared has been dropped */
};

extern const struct backend naive_backend, ottava_backend;

#endif /* PLUGIN_HOST_BACKEND_H_ */
