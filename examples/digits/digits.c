/* Handwritten digits in int8, through the C interface of ottava. Start reading here.
 *
 *     digits [folder] [--checksum] [--no-timing]
 *
 *   folder       where the two .bin files are; the program's own folder if not given
 *   --checksum   print one line per usable CPU tier, its name and the checksum of its logits, no more
 *   --no-timing  leave out the images per second (say, under an emulator)
 *
 * It loads a float network, finds the range of its activations on a few images, quantizes it, makes one
 * matmul operator per layer and classifies images that training never saw: on every tier that this CPU
 * can run, and in plain C loops. Bias, relu and requantization are part of the operators, so that the
 * network is three calls per batch.
 *
 * It fails if int8 costs more than half a point of accuracy, or if any tier returns other bits than the
 * plain loops.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <ottava/ottava.h>

#include "digits_data.h"
#include "digits_draw.h"
#include "digits_quantize.h"

enum { BATCH = 64, MOST_TIERS = 16 };

/* ---- The network as operators of one tier ---------------------------------------------------- */

typedef struct Operators {
  ottava_context *context;
  ottava_matmul *layers[LAYERS];
  ottava_matmul_info info; /* of the largest layer, for the report */
  uint64_t workspace_bytes;
  void *workspace;
} Operators;

/* Frees what create_operators made, even in part. */
static void destroy_operators(Operators *operators) {
  for (int i = 0; i < LAYERS; ++i) ottava_matmul_destroy(operators->layers[i]);
  ottava_context_destroy(operators->context);
  free(operators->workspace);
}

static int create_operator(const Int8Layer *layer, Operators *operators, int index, ottava_error *error) {
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  desc.k = layer->inputs;
  desc.n = layer->outputs;
  desc.max_m = BATCH;
  desc.lhs_scale = layer->input.scale;
  desc.lhs_zero_point = layer->input.zero_point;
  desc.dst_scale = layer->output.scale;
  desc.dst_zero_point = layer->output.zero_point;
  desc.clamp_min = layer->least_output; /* the relu */
  desc.rule = OTTAVA_RULE_FIXED_TWO_ROUNDINGS;

  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  constants.rhs = layer->weights;
  constants.rhs_scales = layer->weight_scales;
  constants.bias = layer->bias;

  ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
  if (ottava_matmul_create(operators->context, &desc, &constants, &operators->layers[index], error) != OTTAVA_OK ||
      ottava_matmul_query(operators->layers[index], BATCH, &info, error) != OTTAVA_OK) {
    return 0;
  }
  if (info.workspace_bytes > operators->workspace_bytes) operators->workspace_bytes = info.workspace_bytes;
  if (info.packed_bytes > operators->info.packed_bytes) operators->info = info;
  return 1;
}

/* One operator per layer, on the tier asked for. Returns 0 with the reason in *error. */
static int create_operators(const Int8Network *network, uint32_t tier, Operators *operators, ottava_error *error) {
  ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  options.tier_cap = tier;
  if (ottava_context_create(&options, NULL, &operators->context, error) != OTTAVA_OK) return 0;
  for (int i = 0; i < LAYERS; ++i) {
    if (!create_operator(&network->layers[i], operators, i, error)) return 0;
  }
  operators->workspace = malloc((size_t)operators->workspace_bytes + 1);
  if (!operators->workspace) snprintf(error->message, sizeof error->message, "no memory for the workspace");
  return operators->workspace != NULL;
}

/* Logits of all images, batch by batch. */
static int run_operators(const Operators *operators, int images, const int8_t *input, int8_t *logits,
                         ottava_error *error) {
  static int8_t hidden[LAYERS - 1][BATCH * WIDEST_LAYER];
  for (int first = 0; first < images; first += BATCH) {
    const int rows = images - first < BATCH ? images - first : BATCH;
    const int8_t *from = input + first * PIXELS;
    for (int i = 0; i < LAYERS; ++i) {
      int8_t *to = i + 1 == LAYERS ? logits + first * CLASSES : hidden[i];
      if (ottava_matmul_run(operators->layers[i], rows, from, 0, to, 0, operators->workspace,
                            operators->workspace_bytes, error) != OTTAVA_OK) {
        return 0;
      }
      from = to;
    }
  }
  return 1;
}

/* ---- The demo -------------------------------------------------------------------------------- */

typedef struct Demo {
  int checksum_only;
  int timing;

  FloatNetwork float_network;
  Images images;
  Int8Network int8_network;
  PlainNetwork *plain;
  int8_t *input;  /* held-out images, quantized */
  int8_t *wanted; /* their logits from the plain loops */
  int8_t *logits; /* the same from ottava */
  int *predictions;

  int tier_count;
  ottava_tier_info tiers[MOST_TIERS]; /* of this architecture, best first */
  Operators operators[MOST_TIERS];    /* of those that are usable */
} Demo;

static int fail(const char *what, const ottava_error *error) {
  fprintf(stderr, "digits: %s: %s%s%s\n", what, error->argument, error->argument[0] ? ": " : "", error->message);
  return 0;
}

static int right_answers(const Demo *demo) {
  int right = 0;
  for (int i = 0; i < demo->images.held_out_count; ++i) right += demo->predictions[i] == demo->images.labels[i];
  return right;
}

static int float_right_answers(Demo *demo) {
  for (int i = 0; i < demo->images.held_out_count; ++i) {
    float logits[CLASSES];
    run_float(&demo->float_network, demo->images.held_out + i * PIXELS, logits);
    demo->predictions[i] = 0;
    for (int n = 1; n < CLASSES; ++n) {
      if (logits[n] > logits[demo->predictions[i]]) demo->predictions[i] = n;
    }
  }
  return right_answers(demo);
}

static int int8_right_answers(Demo *demo) {
  for (int i = 0; i < demo->images.held_out_count; ++i) {
    const int8_t *logits = demo->logits + i * CLASSES;
    demo->predictions[i] = 0;
    for (int n = 1; n < CLASSES; ++n) {
      if (logits[n] > logits[demo->predictions[i]]) demo->predictions[i] = n;
    }
  }
  return right_answers(demo);
}

static uint64_t checksum(const Demo *demo) {
  return fnv_1a(FNV_1A_START, demo->logits, (uint64_t)demo->images.held_out_count * CLASSES);
}

static int prepare(Demo *demo, const char *folder) {
  if (!load_network(folder, &demo->float_network) || !load_images(folder, &demo->images)) return 0;
  const size_t count = (size_t)demo->images.held_out_count;
  demo->input = malloc(count * PIXELS);
  demo->wanted = malloc(count * CLASSES);
  demo->logits = malloc(count * CLASSES);
  demo->predictions = malloc(count * sizeof(int));
  const int quantized = quantize_network(&demo->float_network, &demo->images, &demo->int8_network);
  demo->plain = quantized ? create_plain(&demo->int8_network) : NULL;
  if (!demo->plain || !demo->input || !demo->wanted || !demo->logits || !demo->predictions) {
    fprintf(stderr, "digits: no memory, or weights that cannot be quantized\n");
    return 0;
  }
  quantize_pixels(&demo->int8_network, demo->images.held_out, demo->images.held_out_count * PIXELS, demo->input);
  run_plain(demo->plain, demo->images.held_out_count, demo->input, demo->wanted);
  return 1;
}

/* The tiers of this architecture: a tier that was built, whether or not this CPU has it. */
static int find_tiers(Demo *demo) {
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_context *context = NULL;
  if (ottava_context_create(NULL, NULL, &context, &error) != OTTAVA_OK) return fail("no context", &error);
  for (uint32_t i = 0; demo->tier_count < MOST_TIERS; ++i) {
    ottava_tier_info info = OTTAVA_TIER_INFO_INIT;
    if (ottava_tier_query(context, i, &info, &error) != OTTAVA_OK) break;
    if (info.built) demo->tiers[demo->tier_count++] = info;
  }
  ottava_context_destroy(context);
  return error.status == OTTAVA_OUT_OF_RANGE ? 1 : fail("tiers", &error);
}

/* Makes the operators of one usable tier, runs them and holds the logits against the plain loops'. */
static int run_tier(Demo *demo, int index) {
  const ottava_tier_info *tier = &demo->tiers[index];
  Operators *operators = &demo->operators[index];
  ottava_error error = OTTAVA_ERROR_INIT;
  const int images = demo->images.held_out_count;
  const size_t bytes = (size_t)images * CLASSES;
  memset(demo->logits, 0x55, bytes); /* nothing of the tier before may pass for this one's */
  if (!create_operators(&demo->int8_network, tier->tier, operators, &error) ||
      !run_operators(operators, images, demo->input, demo->logits, &error)) {
    return fail(tier->name, &error);
  }
  if (operators->info.tier != tier->tier) {
    fprintf(stderr, "digits: %s was not chosen: %s\n", tier->name, operators->info.reason);
    return 0;
  }
  for (int i = 0; i < images * CLASSES; ++i) {
    if (demo->logits[i] != demo->wanted[i]) {
      fprintf(stderr, "digits: %s: logit %d of image %d is %d, the plain loops say %d\n", tier->name, i % CLASSES,
              i / CLASSES, demo->logits[i], demo->wanted[i]);
      return 0;
    }
  }
  if (demo->checksum_only) printf("%s %016llx\n", tier->name, (unsigned long long)checksum(demo));
  return 1;
}

static int run_tiers(Demo *demo) {
  int usable = 0;
  for (int i = 0; i < demo->tier_count; ++i) {
    if (!demo->tiers[i].usable) continue;
    if (!run_tier(demo, i)) return 0;
    ++usable;
  }
  if (!usable) fprintf(stderr, "digits: no tier is usable\n");
  return usable > 0;
}

/* ---- The report ------------------------------------------------------------------------------ */

typedef int (*RunFn)(Demo *demo, int index);

static int run_float_loop(Demo *demo, int index) {
  (void)index;
  float logits[CLASSES];
  for (int i = 0; i < demo->images.held_out_count; ++i) {
    run_float(&demo->float_network, demo->images.held_out + i * PIXELS, logits);
  }
  return 1;
}

static int run_plain_loop(Demo *demo, int index) {
  (void)index;
  run_plain(demo->plain, demo->images.held_out_count, demo->input, demo->logits);
  return 1;
}

static int run_one_tier(Demo *demo, int index) {
  return run_operators(&demo->operators[index], demo->images.held_out_count, demo->input, demo->logits, NULL);
}

/* Images per second of CPU time, the best of ten slices of 20 ms: others on the machine only slow it. */
static double images_per_second(Demo *demo, RunFn run, int index) {
  double best = 0.0;
  for (int slice = 0; slice < 10; ++slice) {
    int runs = 0;
    const clock_t start = clock();
    clock_t elapsed = 0;
    for (; elapsed < CLOCKS_PER_SEC / 50; elapsed = clock() - start) runs += run(demo, index);
    const double rate = (double)runs * demo->images.held_out_count * CLOCKS_PER_SEC / (double)elapsed;
    if (rate > best) best = rate;
  }
  return best;
}

/* A whole number with commas, as 1,234,567. */
static const char *with_commas(double value, char text[32]) {
  char digits[32];
  const int length = snprintf(digits, sizeof digits, "%.0f", value);
  int to = 0;
  for (int i = 0; i < length && to < 30; ++i) {
    if (i > 0 && (length - i) % 3 == 0) text[to++] = ',';
    text[to++] = digits[i];
  }
  text[to] = '\0';
  return text;
}

static void report_row(const char *name, double rate, double plain_rate, const char *kernel) {
  char text[32];
  printf("  %-18s %12s %8.1fx%s%s\n", name, with_commas(rate, text), rate / plain_rate, kernel[0] ? "   " : "", kernel);
}

static void report_speed(Demo *demo) {
  printf("\nImages per second, one core%14s\n", "speed-up");
  const double plain_rate = images_per_second(demo, run_plain_loop, 0);
  report_row("plain C, float32", images_per_second(demo, run_float_loop, 0), plain_rate, "");
  report_row("plain C, int8", plain_rate, plain_rate, "");
  for (int i = demo->tier_count - 1; i >= 0; --i) {
    if (!demo->tiers[i].usable) continue;
    const double rate = images_per_second(demo, run_one_tier, i);
    report_row(demo->tiers[i].name, rate, plain_rate, demo->operators[i].info.kernel);
  }
}

/* Prints words on new lines of at most 78 columns, indented by ten. */
static void print_words(const char *text) {
  size_t column = 78;
  for (size_t length; *text; text += length + (text[length] == ' ')) {
    length = strcspn(text, " ");
    if (column + 1 + length > 78) {
      printf("\n%9s", "");
      column = 9;
    }
    printf(" %.*s", (int)length, text);
    column += 1 + length;
  }
}

static int report_machine(const Demo *demo) {
  int best = 0;
  while (!demo->tiers[best].usable) ++best;
  const Operators *operators = &demo->operators[best];
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_cpu_info cpu = OTTAVA_CPU_INFO_INIT;
  if (ottava_cpu_query(operators->context, &cpu, &error) != OTTAVA_OK) return fail("CPU", &error);
  printf("CPU       %s, %u %s", cpu.name, (unsigned)cpu.cores, cpu.cores == 1 ? "core" : "cores");
  print_words(cpu.features);
  for (int i = 0; i < demo->tier_count; ++i) {
    char text[200];
    if (demo->tiers[i].usable) continue;
    snprintf(text, sizeof text, "without %s: %s", demo->tiers[i].name, demo->tiers[i].reason);
    print_words(text);
  }
  printf("\n");
  const ottava_matmul_info *info = &operators->info;
  printf("Kernel    %s, tiles of %u x %u x %u\n", info->kernel, (unsigned)info->tile_m, (unsigned)info->tile_n,
         (unsigned)info->tile_k);
  return 1;
}

static int report(Demo *demo, int float_right, int int8_right) {
  uint32_t major = 0, minor = 0, patch = 0;
  ottava_version(&major, &minor, &patch);
  const int count = demo->images.held_out_count;
  printf("ottava %u.%u.%u reads handwritten digits in int8:", (unsigned)major, (unsigned)minor, (unsigned)patch);
  for (int i = 0; i < LAYERS; ++i) printf(" %d ->", demo->int8_network.layers[i].inputs);
  printf(" %d\n\n", CLASSES);
  draw_some(&demo->images, demo->predictions);

  printf("\nAccuracy  float32 %.2f %%, int8 %.2f %% of %d held-out images: ", 100.0 * float_right / count,
         100.0 * int8_right / count, count);
  if (int8_right < float_right) {
    printf("%.2f points lost\n", 100.0 * (float_right - int8_right) / count);
  } else {
    printf("nothing lost\n");
  }
  if (!report_machine(demo)) return 0;
  if (demo->timing) report_speed(demo);
  printf("\nLogits    all %d have the checksum %016llx on", count * CLASSES, (unsigned long long)checksum(demo));
  char tiers[MOST_TIERS * 32] = "";
  for (int i = demo->tier_count - 1; i >= 0; --i) {
    if (!demo->tiers[i].usable) continue;
    strcat(tiers, demo->tiers[i].name);
    strcat(tiers, ", ");
  }
  strcat(tiers, "and in plain C");
  print_words(tiers);
  printf("\n");
  return 1;
}

static int run_demo(Demo *demo, const char *folder) {
  if (!prepare(demo, folder) || !find_tiers(demo) || !run_tiers(demo)) return 0;
  const int float_right = float_right_answers(demo);
  const int int8_right = int8_right_answers(demo);
  if (!demo->checksum_only && !report(demo, float_right, int8_right)) return 0;
  if ((float_right - int8_right) * 200 > demo->images.held_out_count) {
    fprintf(stderr, "digits: int8 costs more than half a point of accuracy: %d right of %d, float %d\n", int8_right,
            demo->images.held_out_count, float_right);
    return 0;
  }
  return 1;
}

static void free_demo(Demo *demo) {
  for (int i = 0; i < demo->tier_count; ++i) destroy_operators(&demo->operators[i]);
  free_plain(demo->plain);
  free_int8_network(&demo->int8_network);
  free_images(&demo->images);
  free_network(&demo->float_network);
  free(demo->input);
  free(demo->wanted);
  free(demo->logits);
  free(demo->predictions);
}

/* The folder that the program was started from, by its first argument. */
static void program_folder(const char *program, char *folder, size_t bytes) {
  size_t length = 0;
  for (size_t i = 0; program && program[i]; ++i) {
    if (program[i] == '/' || program[i] == '\\') length = i + 1;
  }
  if (length == 0 || length >= bytes) {
    program = ".";
    length = 1;
  }
  memcpy(folder, program, length);
  folder[length] = '\0';
}

int main(int argc, char **argv) {
  static Demo demo;
  char own_folder[4096];
  const char *folder = own_folder;
  program_folder(argc > 0 ? argv[0] : NULL, own_folder, sizeof own_folder);
  demo.timing = 1;
  for (int i = 1; i < argc; ++i) {
    if (strcmp(argv[i], "--checksum") == 0) {
      demo.checksum_only = 1;
    } else if (strcmp(argv[i], "--no-timing") == 0) {
      demo.timing = 0;
    } else if (argv[i][0] != '-' && folder == own_folder) {
      folder = argv[i];
    } else {
      fprintf(stderr, "use: %s [folder with the .bin files] [--checksum] [--no-timing]\n", argv[0]);
      return 2;
    }
  }
  const int succeeded = run_demo(&demo, folder);
  free_demo(&demo);
  return succeeded ? 0 : 1;
}
