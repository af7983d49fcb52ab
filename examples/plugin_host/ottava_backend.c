/* ottava as a backend, found at run time: this file includes the header and links nothing. The whole life of the
 * library in a host, in the order of docs/plugin.md: load, negotiate, use, unload.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dlfcn.h>
#include <ottava/ottava.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "backend.h"

/* A table of an older library ends earlier than that of this header: a member is there if its size covers it. */
#define HAS(api, member) ((api)->struct_size >= offsetof(ottava_api, member) + sizeof((api)->member))

struct library {
  void *handle;
  const ottava_api *api;
  const struct host *host;
  ottava_context *context;
};

struct prepared {
  struct library *library;
  ottava_matmul *matmul;
};

static void *fail(struct words *why, const char *what, const char *detail) {
  snprintf(why->text, sizeof why->text, "%s: %s", what, detail);
  return NULL;
}

static void *fail_by(struct words *why, const ottava_error *error) {
  return fail(why, error->argument[0] != '\0' ? error->argument : "ottava", error->message);
}

static void close_library(void *self) {
  struct library *const library = self;
  const struct host *const host = library->host;
  if (library->context != NULL) library->api->context_destroy(library->context);
  if (library->handle != NULL) dlclose(library->handle); /* from here on no function of the table may be called */
  host->release(host->memory, library, sizeof *library);
}

/* Opens the library and asks for its table. */
static int load(struct library *library, const char *path, struct words *why) {
  ottava_status (*get_api)(uint32_t, const ottava_api **) = NULL;
  void *symbol;
  /* RTLD_LOCAL: its names are nobody else's, so another version may be in this process too. */
  library->handle = dlopen(path != NULL ? path : "libottava.so.0.1", RTLD_NOW | RTLD_LOCAL);
  if (library->handle == NULL) return fail(why, "not loaded", dlerror()), 1;
  symbol = dlsym(library->handle, "ottava_get_api");
  if (symbol == NULL) return fail(why, "not ottava", dlerror()), 1;
  memcpy(&get_api, &symbol, sizeof get_api); /* the way from a pointer to an object to one to a function */
  if (get_api(OTTAVA_API_VERSION, &library->api) != OTTAVA_OK)
    return fail(why, "not loaded", "this library has no table of version 1"), 1;
  if (!HAS(library->api, context_create) || !HAS(library->api, matmul_run))
    return fail(why, "not loaded", "the library is too old: its table lacks functions"), 1;
  return 0;
}

static void *open_library(const struct host *host, const char *path, struct words *why) {
  struct library *const library = host->allocate(host->memory, sizeof *library, 16);
  ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  ottava_context_host services = OTTAVA_CONTEXT_HOST_INIT;
  ottava_error error = OTTAVA_ERROR_INIT;
  if (library == NULL) return fail(why, "not loaded", "no memory");
  memset(library, 0, sizeof *library);
  library->host = host;
  if (load(library, path, why) != 0) {
    close_library(library);
    return NULL;
  }
  options.threads = host->thread_count;
  services.allocate = host->allocate;
  services.release = host->release;
  services.allocator_user = host->memory;
  services.parallel_for = host->parallel_for;
  services.parallel_user = host->threads;
  if (library->api->context_create(&options, &services, &library->context, &error) != OTTAVA_OK) {
    fail_by(why, &error);
    close_library(library);
    return NULL;
  }
  return library;
}

static void drop(void *self) {
  struct prepared *const prepared = self;
  const struct host *const host = prepared->library->host;
  prepared->library->api->matmul_destroy(prepared->matmul);
  host->release(host->memory, prepared, sizeof *prepared);
}

static void *prepare(void *self, const struct product *product, struct words *why) {
  struct library *const library = self;
  struct prepared *const made = library->host->allocate(library->host->memory, sizeof *made, 16);
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  ottava_error error = OTTAVA_ERROR_INIT;
  if (made == NULL) return fail(why, "not prepared", "no memory");
  made->library = library;
  made->matmul = NULL;
  desc.k = product->k;
  desc.n = product->n;
  desc.lhs_scale = product->lhs_scale;
  desc.lhs_zero_point = product->lhs_zero;
  constants.rhs = product->weights;
  constants.rhs_scales = product->weights_scales;
  output.requantization = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN;
  output.scale = product->dst_scale;
  output.zero_point = product->dst_zero;
  output.bias = product->bias;
  if (library->api->matmul_create(library->context, &desc, &output, &constants, &made->matmul, &error) != OTTAVA_OK) {
    drop(made);
    return fail_by(why, &error);
  }
  return made;
}

static int run(void *self, int64_t m, const int8_t *lhs, int8_t *dst, struct words *why) {
  const struct prepared *const prepared = self;
  ottava_error error = OTTAVA_ERROR_INIT;
  /* No workspace: the context's allocator, the host's, is asked for it. */
  if (prepared->library->api->matmul_run(prepared->matmul, m, lhs, 0, dst, 0, NULL, 0, &error) == OTTAVA_OK) return 0;
  fail_by(why, &error);
  return 1;
}

const struct backend ottava_backend = {"ottava", open_library, prepare, run, drop, close_library};
