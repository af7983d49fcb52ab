/* A host for matmul plugins: it brings its own threads and its own memory, opens whatever backends there are, has each
 * compute the same product, compares what they return, and picks the fastest.
 *
 *     plugin_host [--library libottava.so.0.1] [--backend NAME] [--threads N]
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backend.h"
#include "threads.h"

enum { M = 192, K = 320, N = 130, kRuns = 5, kBackends = 2 };

/* The host's memory: the C heap, with an account of what is lent. */
struct account {
  pthread_mutex_t mutex;
  uint64_t bytes, blocks;
};

static void *allocate(void *user, uint64_t bytes, uint64_t alignment) {
  struct account *const account = user;
  void *memory = NULL;
  if (posix_memalign(&memory, alignment < sizeof(void *) ? sizeof(void *) : (size_t)alignment, (size_t)bytes) != 0)
    return NULL;
  pthread_mutex_lock(&account->mutex);
  account->bytes += bytes, ++account->blocks;
  pthread_mutex_unlock(&account->mutex);
  return memory;
}

static void release(void *user, void *memory, uint64_t bytes) {
  struct account *const account = user;
  pthread_mutex_lock(&account->mutex);
  account->bytes -= bytes, --account->blocks;
  pthread_mutex_unlock(&account->mutex);
  free(memory);
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int8_t lhs[M * K], weights[K * N], results[kBackends][M * N];
static int32_t bias[N];
static float scales[N];

static struct product make_product(void) {
  struct product made = {K, N, weights, bias, scales, 0.02f, 0.4f, -3, 5};
  uint32_t state = 1; /* any numbers, the same everywhere */
  int i;
  for (i = 0; i < M * K; ++i) lhs[i] = (int8_t)((state = state * 1664525u + 1013904223u) >> 24);
  for (i = 0; i < K * N; ++i) weights[i] = (int8_t)((state = state * 1664525u + 1013904223u) >> 24);
  for (i = 0; i < N; ++i) bias[i] = (i - N / 2) * 500, scales[i] = 0.01f + 0.0001f * (float)i;
  return made;
}

/* The least time of some runs, or below 0 and words. */
static double measure(const struct backend *backend, void *self, const struct product *product, int8_t *dst,
                      struct words *why) {
  double best = -1;
  void *const prepared = backend->prepare(self, product, why);
  int i;
  for (i = 0; prepared != NULL && i < kRuns; ++i) {
    const double start = seconds();
    double took;
    if (backend->run(prepared, M, lhs, dst, why) != 0) {
      best = -1;
      break;
    }
    took = seconds() - start;
    if (i == 0 || took < best) best = took;
  }
  if (prepared != NULL) backend->drop(prepared);
  return best;
}

int main(int argc, char **argv) {
  static const struct backend *const backends[kBackends] = {&naive_backend, &ottava_backend};
  const char *library = NULL, *wanted = NULL;
  struct account account = {PTHREAD_MUTEX_INITIALIZER, 0, 0};
  uint32_t threads = 2;
  struct host host = {allocate, release, &account, workers_parallel_for, NULL, 0};
  const struct product product = make_product();
  double best = -1;
  int i, chosen = -1, failed = 0;
  for (i = 1; i + 1 < argc; i += 2) {
    if (strcmp(argv[i], "--library") == 0) library = argv[i + 1];
    if (strcmp(argv[i], "--backend") == 0) wanted = argv[i + 1];
    if (strcmp(argv[i], "--threads") == 0) threads = (uint32_t)atoi(argv[i + 1]);
  }
  if (threads < 1 || threads > 64 || i != argc) {
    printf("usage: plugin_host [--library libottava.so.0.1] [--backend NAME] [--threads 1 to 64]\n");
    return 2;
  }
  host.thread_count = threads;
  host.threads = workers_start(threads);
  if (host.threads == NULL) return 1;
  for (i = 0; i < kBackends; ++i) {
    struct words why = {""};
    void *const self = backends[i]->open(&host, library, &why);
    const double took = self == NULL ? -1 : measure(backends[i], self, &product, results[i], &why);
    if (self != NULL) backends[i]->close(self);
    if (took < 0) {
      printf("%s: %s\n", backends[i]->name, why.text);
      failed |= library != NULL; /* one that was named must work */
      continue;
    }
    printf("%s: %.3f ms, %s\n", backends[i]->name, 1e3 * took,
           i == 0                                                   ? "the results that count"
           : memcmp(results[0], results[i], sizeof results[0]) == 0 ? "the same results"
                                                                    : "OTHER RESULTS");
    failed |= memcmp(results[0], results[i], sizeof results[0]) != 0;
    if (wanted != NULL ? strcmp(wanted, backends[i]->name) == 0 : best < 0 || took < best) chosen = i, best = took;
  }
  workers_stop(host.threads);
  printf("picked: %s\n", chosen < 0 ? "none" : backends[chosen]->name);
  printf("not given back: %llu blocks, %llu bytes\n", (unsigned long long)account.blocks,
         (unsigned long long)account.bytes);
  return failed || chosen < 0 || account.blocks != 0 || account.bytes != 0;
}
