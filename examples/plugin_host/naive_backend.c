/* The host's own backend: three loops, on the host's threads.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "backend.h"

struct prepared {
  const struct host *host;
  struct product product; /* of arrays that lie behind this structure */
  uint64_t bytes;
};

struct call {
  const struct prepared *prepared;
  int64_t m;
  const int8_t *lhs;
  int8_t *dst;
  uint32_t pieces;
};

static void *open_naive(const struct host *host, const char *library, struct words *why) {
  (void)library, (void)why;
  return (void *)host; /* there is nothing to open */
}

static void *prepare(void *self, const struct product *product, struct words *why) {
  const struct host *const host = self;
  const size_t n = (size_t)product->n, k = (size_t)product->k;
  const uint64_t bytes = sizeof(struct prepared) + n * (sizeof(float) + sizeof(int32_t)) + n * k;
  struct prepared *const made = host->allocate(host->memory, bytes, 16);
  float *scales;
  int32_t *bias;
  int8_t *weights;
  if (made == NULL) {
    snprintf(why->text, sizeof why->text, "no memory");
    return NULL;
  }
  scales = (float *)(made + 1);
  bias = (int32_t *)(scales + n);
  weights = (int8_t *)(bias + n);
  memcpy(scales, product->weights_scales, n * sizeof *scales);
  memcpy(bias, product->bias, n * sizeof *bias);
  memcpy(weights, product->weights, n * k);
  made->host = host;
  made->bytes = bytes;
  made->product = *product;
  made->product.weights_scales = scales;
  made->product.bias = bias;
  made->product.weights = weights;
  return made;
}

static void run_piece(void *task, uint32_t index) {
  const struct call *const call = task;
  const struct product *const p = &call->prepared->product;
  const int64_t begin = call->m * index / call->pieces, end = call->m * (index + 1) / call->pieces;
  int64_t m, n, k;
  for (m = begin; m < end; ++m)
    for (n = 0; n < p->n; ++n) {
      const float factor = p->lhs_scale * p->weights_scales[n] / p->dst_scale;
      int32_t sum = p->bias[n];
      float y;
      for (k = 0; k < p->k; ++k) sum += (call->lhs[m * p->k + k] - p->lhs_zero) * p->weights[k * p->n + n];
      y = rintf((float)sum * factor) + (float)p->dst_zero;
      call->dst[m * p->n + n] = (int8_t)(y < -128.0f ? -128 : y > 127.0f ? 127 : (int)y);
    }
}

static int run(void *self, int64_t m, const int8_t *lhs, int8_t *dst, struct words *why) {
  const struct prepared *const prepared = self;
  struct call call;
  (void)why;
  call.prepared = prepared, call.m = m, call.lhs = lhs, call.dst = dst;
  call.pieces = prepared->host->thread_count;
  prepared->host->parallel_for(prepared->host->threads, call.pieces, run_piece, &call);
  return 0;
}

static void drop(void *self) {
  struct prepared *const made = self;
  made->host->release(made->host->memory, made, made->bytes);
}

static void close_naive(void *self) { (void)self; }

const struct backend naive_backend = {"naive", open_naive, prepare, run, drop, close_naive};
