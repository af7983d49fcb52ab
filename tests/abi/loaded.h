/* What the programs of this folder share that open the library at run time: loading it, and one product. */
#ifndef OTTAVA_TESTS_LOADED_H_
#define OTTAVA_TESTS_LOADED_H_

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "ottava/ottava.h"

#define REQUIRE(condition)                                           \
  do {                                                               \
    if (!(condition)) {                                              \
      printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      return 1;                                                      \
    }                                                                \
  } while (0)

/* A library in a scope of its own; 0 and words where it does not open or does not have the table. */
static const ottava_api *load(const char *path, void **library) {
  ottava_status (*get_api)(uint32_t, const ottava_api **) = 0;
  const ottava_api *api = 0;
  void *symbol = 0;
  *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (*library == 0) {
    printf("%s\n", dlerror());
    return 0;
  }
  symbol = dlsym(*library, "ottava_get_api");
  memcpy(&get_api, &symbol, sizeof get_api); /* C has no conversion between pointers to objects and to functions */
  if (get_api == 0 || get_api(OTTAVA_API_VERSION, &api) != OTTAVA_OK) printf("%s: no table\n", path);
  return api;
}

#if OTTAVA_TEST_POOL
#define SOME_THREADS 3u /* of the context's own */
#else
#define SOME_THREADS 1u
#endif

/* A context of so many threads, and of a product of 128 x 64 x 96 what its bytes add up to; 0 if something fails. */
static uint32_t product(const ottava_api *api, uint32_t threads) {
  enum { M = 128, K = 64, N = 96 };
  int8_t lhs[M * K], rhs[K * N], dst[M * N];
  ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  ottava_context *context = 0;
  ottava_matmul *matmul = 0;
  uint32_t sum = 0;
  int i;
  for (i = 0; i < M * K; ++i) lhs[i] = (int8_t)(i * 37 % 251 - 125);
  for (i = 0; i < K * N; ++i) rhs[i] = (int8_t)(i * 53 % 241 - 120);
  memset(dst, 0, sizeof dst);
  options.threads = threads;
  desc.k = K, desc.n = N, output.scale = 2000.0f, output.zero_point = 3;
  constants.rhs = rhs;
  if (api->context_create(&options, 0, &context, 0) == OTTAVA_OK &&
      api->matmul_create(context, &desc, &output, &constants, &matmul, 0) == OTTAVA_OK &&
      api->matmul_run(matmul, M, lhs, 0, dst, 0, 0, 0, 0) == OTTAVA_OK)
    for (i = 0; i < M * N; ++i) sum = sum * 31 + (uint8_t)dst[i];
  api->matmul_destroy(matmul);
  api->context_destroy(context);
  return sum;
}

#endif /* OTTAVA_TESTS_LOADED_H_ */
