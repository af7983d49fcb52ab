/* The program whose instructions are counted: creates one operator through the C ABI, its weights packed beforehand,
 * calls it once to warm up and once between the markers.
 *
 *   model_call matmul M N K [tier]
 *   model_call matmul_tflite M N K [tier]
 *   model_call conv HEIGHT WIDTH CHANNELS OUTPUTS KERNEL STRIDE [tier]
 *   model_call depthwise HEIGHT WIDTH CHANNELS OUTPUTS KERNEL STRIDE [tier]
 *
 * prints the kernel that ran, and on a second line which core and which caches (KiB) the library sees. s8 to s8 under
 * the float rule, or TFLite's of two roundings, input and output with zero points, a scale and a bias per channel, the
 * workspace given; layers have one image and SAME padding.
 *
 * The call's operands lie in one static, aligned array, its stack begins at a fixed place in a page, and the program is
 * linked statically at a fixed address: so the count depends on no heap, no environment, no path and no loader.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "call.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { most_sizes = 6 };

static _Alignas(4096) uint8_t arena[48 << 20];
static size_t arena_used;

void fail(const char *what, const ottava_error *error) {
  fprintf(stderr, "model_call: %s: %s %s\n", what, error != NULL ? error->argument : "",
          error != NULL ? error->message : "");
  exit(1);
}

void *take(uint64_t bytes) {
  void *const memory = arena + arena_used;
  if (bytes > sizeof arena - arena_used) fail("the call needs a larger arena", NULL);
  arena_used += ((size_t)bytes + 4095) / 4096 * 4096;
  return memory;
}

static uint8_t next_byte(void) {
  static uint32_t state = 12345;
  state = state * 1664525u + 1013904223u;
  return (uint8_t)(state >> 24);
}

int8_t *take_inputs(int64_t count) {
  int8_t *const inputs = take((uint64_t)count);
  int64_t i;
  for (i = 0; i < count; ++i) inputs[i] = (int8_t)next_byte();
  return inputs;
}

int8_t *take_weights(int64_t count) {
  int8_t *const weights = take_inputs(count);
  int64_t i;
  for (i = 0; i < count; ++i) {
    if (weights[i] == -128) weights[i] = 127;
  }
  return weights;
}

struct channels take_channels(int64_t count, int64_t depth) {
  const float spread = 40.0f / (5550.0f * sqrtf((float)depth));
  struct channels channels;
  int64_t i;
  channels.scales = take((uint64_t)count * sizeof *channels.scales);
  channels.bias = take((uint64_t)count * sizeof *channels.bias);
  for (i = 0; i < count; ++i) {
    channels.scales[i] = spread * (0.5f + (float)next_byte() / 256.0f);
    channels.bias[i] = next_byte() * 16;
  }
  return channels;
}

int is_near(const struct channels *channels, int64_t channel, int64_t sum, int8_t output) {
  const double exact = (double)(sum + channels->bias[channel]) * (double)channels->scales[channel] + output_zero_point;
  return fabs(output - fmin(fmax(exact, -128.0), 127.0)) <= 1.0;
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

static const struct kind {
  const char *name;
  int sizes;
  const char *(*count)(const ottava_context *context, const int64_t *sizes);
} kinds[] = {{"matmul", 3, count_matmul},
             {"matmul_tflite", 3, count_matmul_tflite},
             {"conv", 6, count_conv2d},
             {"depthwise", 6, count_depthwise}};

static const struct kind *kind_named(const char *name) {
  size_t i;
  for (i = 0; i < sizeof kinds / sizeof kinds[0]; ++i) {
    if (strcmp(kinds[i].name, name) == 0) return &kinds[i];
  }
  fprintf(stderr, "model_call: %s is no kind of call\n", name);
  exit(1);
}

static __attribute__((noinline)) int count_call(int argc, char **argv) {
  int64_t sizes[most_sizes];
  ottava_cpu_info cpu = OTTAVA_CPU_INFO_INIT;
  ottava_context *context = make_context(OTTAVA_TIER_ANY);
  const struct kind *const kind = kind_named(argc > 1 ? argv[1] : "nothing");
  const char *kernel;
  int i;
  if (argc < 2 + kind->sizes || argc > 3 + kind->sizes) fail("the sizes are not as many as call.c says", NULL);
  for (i = 0; i < kind->sizes; ++i) {
    sizes[i] = atoll(argv[2 + i]);
    if (sizes[i] < 1) fail("not a size", NULL);
  }
  if (argc == 3 + kind->sizes) context = make_context(tier_named(context, argv[2 + kind->sizes]));
  kernel = kind->count(context, sizes);
  if (ottava_cpu_query(context, &cpu, NULL) != OTTAVA_OK) fail("cpu", NULL);
  printf("%s\n%s %u %u\n", kernel, cpu.name, (unsigned)(cpu.l1d_bytes >> 10), (unsigned)(cpu.l2_bytes >> 10));
  return 0;
}

int main(int argc, char **argv) {
  /* What lies above on the stack is as long as the program's path: down to the end of a page from there. */
  const size_t above = (uintptr_t)__builtin_frame_address(0) % 4096;
  volatile char *const padding = __builtin_alloca(above + 1);
  padding[0] = 0;
  return count_call(argc, argv);
}
