/* All layers of MobileNetV2 1.0 in int8, through the C interface of ottava: how long each of them takes, and one
 * checksum of the result, which is the same on every CPU, tier and number of threads. network.c is where the layers are
 * made.
 *
 *     mobilenet_v2 [--size 224] [--threads 1] [--runs 20] [--separate-additions] [--checksum]
 *
 *   --size                width and height of the image
 *   --runs                how often the network is run; the table has the shortest time of each layer
 *   --separate-additions  make residual additions layers of their own, not epilogues of the convolutions before them
 *   --checksum            run it once on each usable tier, print the tier's name and its checksum, no more
 *
 * The environment variable OTTAVA_ISA caps the tier. The program fails if two tiers differ.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#if !defined(_WIN32)
#define _POSIX_C_SOURCE 199309L /* for clock_gettime */
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "network.h"

typedef struct Options {
  long size;
  long threads;
  long runs;
  int separate_additions;
  int checksum_only;
} Options;

static int fail(const char *what, const ottava_error *error) {
  fprintf(stderr, "mobilenet_v2: %s: %s%s%s\n", what, error->argument, error->argument[0] ? ": " : "", error->message);
  return 0;
}

/* The 64-bit FNV-1a checksum of the network's result. */
static unsigned long long checksum(const Network *network) {
  const int8_t *output = network_output(network);
  uint64_t result = 0xCBF29CE484222325u;
  for (int i = 0; i < CLASSES; ++i) result = (result ^ (uint8_t)output[i]) * 0x100000001B3u;
  return result;
}

static double milliseconds(void) {
#if defined(CLOCK_MONOTONIC)
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
#else
  return (double)clock() * 1e3 / CLOCKS_PER_SEC;
#endif
}

/* Runs all layers, and lowers `least` to the milliseconds of each that took less. */
static int run_network(Network *network, double *least, ottava_error *error) {
  fill_input(network);
  for (int i = 0; i < network->count; ++i) {
    const double start = milliseconds();
    if (run_layer(network, i, error) != OTTAVA_OK) return fail(network->layers[i].name, error);
    const double taken = milliseconds() - start;
    if (taken < least[i]) least[i] = taken;
  }
  return 1;
}

static void report(const Network *network, const double *least) {
  double products = 0.0, total = 0.0;
  printf("%-18s %-18s %-18s %9s %8s %6s  kernel\n", "layer", "input", "output", "products", "ms", "GOPS");
  for (int i = 0; i < network->count; ++i) {
    const Layer *layer = &network->layers[i];
    char input[32], output[32], speed[32] = "";
    snprintf(input, sizeof input, "%d x %d x %d", (int)layer->input.side, (int)layer->input.side,
             (int)layer->input.channels);
    snprintf(output, sizeof output, "%d x %d x %d", (int)layer->output.side, (int)layer->output.side,
             (int)layer->output.channels);
    if (layer->products > 0.0) snprintf(speed, sizeof speed, "%.1f", layer->products * 2e-6 / least[i]);
    printf("%-18s %-18s %-18s %8.2fM %8.3f %6s  %s\n", layer->name, input, output, layer->products * 1e-6, least[i],
           speed, layer->kernel);
    products += layer->products;
    total += least[i];
  }
  printf("%-56s %8.2fM %8.3f %6.1f\n", "total", products * 1e-6, total, products * 2e-6 / total);
}

/* Makes the network for one tier, runs it and writes its checksum. */
static int run_tier(const Options *options, uint32_t tier, unsigned long long *sum) {
  static double least[MOST_LAYERS];
  static Network network;
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_context_options context_options = OTTAVA_CONTEXT_OPTIONS_INIT;
  memset(&network, 0, sizeof network);
  network.separate_additions = options->separate_additions;
  context_options.threads = (uint32_t)options->threads;
  context_options.tier_cap = tier;
  int succeeded = (ottava_context_create(&context_options, NULL, &network.context, &error) == OTTAVA_OK &&
                   create_network(&network, options->size, &error)) ||
                  fail("the network cannot be made", &error);
  for (int i = 0; i < MOST_LAYERS; ++i) least[i] = 1e9;
  const long runs = options->checksum_only ? 1 : options->runs;
  for (long i = 0; i < runs && succeeded; ++i) succeeded = run_network(&network, least, &error);
  if (succeeded) {
    *sum = checksum(&network);
    if (!options->checksum_only) report(&network, least);
  }
  destroy_network(&network);
  ottava_context_destroy(network.context);
  return succeeded;
}

/* Runs every usable tier, prints its checksum and holds it against the first one's. */
static int run_tiers(const Options *options) {
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_context *context = NULL;
  if (ottava_context_create(NULL, NULL, &context, &error) != OTTAVA_OK) return fail("no context", &error);
  unsigned long long first = 0;
  int succeeded = 1, tiers = 0;
  for (uint32_t i = 0; succeeded; ++i) {
    ottava_tier_info info = OTTAVA_TIER_INFO_INIT;
    unsigned long long sum = 0;
    if (ottava_tier_query(context, i, &info, NULL) != OTTAVA_OK) break;
    if (!info.usable) continue;
    succeeded = run_tier(options, info.tier, &sum);
    if (tiers++ == 0) first = sum;
    if (succeeded && sum != first) {
      fprintf(stderr, "mobilenet_v2: %s returns another result than the tier before\n", info.name);
      succeeded = 0;
    }
    if (succeeded) printf("%s %016llx\n", info.name, sum);
  }
  ottava_context_destroy(context);
  return succeeded && tiers > 0;
}

/* Takes the number behind an option, from 1 to `most`. Returns 0 if there is none such. */
static int read_number(const char *text, long most, long *number) {
  char *end = NULL;
  *number = text ? strtol(text, &end, 10) : 0;
  return text && *text && !*end && *number >= 1 && *number <= most;
}

static int read_options(int argc, char **argv, Options *options) {
  for (int i = 1; i < argc; ++i) {
    if (strcmp(argv[i], "--checksum") == 0) {
      options->checksum_only = 1;
    } else if (strcmp(argv[i], "--separate-additions") == 0) {
      options->separate_additions = 1;
    } else if (strcmp(argv[i], "--size") == 0) {
      if (!read_number(argv[++i], 4096, &options->size)) return 0;
    } else if (strcmp(argv[i], "--threads") == 0) {
      if (!read_number(argv[++i], 1024, &options->threads)) return 0;
    } else if (strcmp(argv[i], "--runs") == 0) {
      if (!read_number(argv[++i], 1000000, &options->runs)) return 0;
    } else {
      return 0;
    }
  }
  return 1;
}

int main(int argc, char **argv) {
  Options options = {224, 1, 20, 0, 0};
  if (!read_options(argc, argv, &options)) {
    fprintf(stderr, "use: %s [--size 224] [--threads 1] [--runs 20] [--separate-additions] [--checksum]\n", argv[0]);
    return 2;
  }
  if (options.checksum_only) return run_tiers(&options) ? 0 : 1;
  unsigned long long sum = 0;
  if (!run_tier(&options, OTTAVA_TIER_ANY, &sum)) return 1;
  printf("\nThe result of a %ld x %ld image has the checksum %016llx.\n", options.size, options.size, sum);
  return 0;
}
