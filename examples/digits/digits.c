/* Handwritten digits in int8 and in a mix of float and int8, through the C interface of ottava. Start reading here.
 *
 *     digits [folder] [--checksum] [--no-timing]
 *
 *   folder       where the two .bin files are; the program's own folder if not given
 *   --checksum   print one line per usable CPU tier, its name and the checksums of its int8 and its hybrid
 *                logits, no more
 *   --no-timing  leave out the images per second (say, under an emulator)
 *
 * It loads a float network, finds the range of its activations on a few images, quantizes it, makes one
 * matmul operator per layer and classifies images that training never saw: on every tier that this CPU
 * can run, and in plain C loops. Bias, relu and requantization are part of the operators, so that the
 * network is three calls per batch.
 *
 * The hybrid mode needs no range of any activation: it keeps them in float and the weights in int8. Each operator
 * quantizes the rows that it is given by themselves, and writes floats. It is three calls per batch too.
 *
 * It fails if either costs more than half a point of accuracy, or if any tier returns other bits than the
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
#include "digits_operators.h"
#include "digits_quantize.h"

enum { MOST_TIERS = 16 };

/* ---- The demo -------------------------------------------------------------------------------- */

typedef struct Demo {
  int checksum_only;
  int timing;

  FloatNetwork float_network;
  Images images;
  Int8Network int8_network;
  PlainNetwork *plain;
  void *input[MODES];  /* held-out images, quantized, and in float */
  void *wanted[MODES]; /* their logits from the plain loops */
  void *logits[MODES]; /* the same from ottava */
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

static float logit(const void *logits, int mode, int index) {
  return mode == INT8 ? ((const int8_t *)logits)[index] : ((const float *)logits)[index];
}

static int ottava_right_answers(Demo *demo, int mode) {
  for (int i = 0; i < demo->images.held_out_count; ++i) {
    int best = 0;
    for (int n = 1; n < CLASSES; ++n) {
      if (logit(demo->logits[mode], mode, i * CLASSES + n) > logit(demo->logits[mode], mode, i * CLASSES + best))
        best = n;
    }
    demo->predictions[i] = best;
  }
  return right_answers(demo);
}

static unsigned long long checksum(const Demo *demo, int mode) {
  return fnv_1a(FNV_1A_START, demo->logits[mode],
                (uint64_t)demo->images.held_out_count * CLASSES * kElementBytes[mode]);
}

static int prepare(Demo *demo, const char *folder) {
  if (!load_network(folder, &demo->float_network) || !load_images(folder, &demo->images)) return 0;
  const size_t count = (size_t)demo->images.held_out_count;
  int allocated = 1;
  for (int mode = 0; mode < MODES; ++mode) {
    demo->input[mode] = malloc(count * PIXELS * kElementBytes[mode]);
    demo->wanted[mode] = malloc(count * CLASSES * kElementBytes[mode]);
    demo->logits[mode] = malloc(count * CLASSES * kElementBytes[mode]);
    if (!demo->input[mode] || !demo->wanted[mode] || !demo->logits[mode]) allocated = 0;
  }
  demo->predictions = malloc(count * sizeof(int));
  const int quantized = quantize_network(&demo->float_network, &demo->images, &demo->int8_network);
  demo->plain = quantized ? create_plain(&demo->int8_network) : NULL;
  if (!demo->plain || !allocated || !demo->predictions) {
    fprintf(stderr, "digits: no memory, or weights that cannot be quantized\n");
    return 0;
  }
  const int images = demo->images.held_out_count;
  quantize_pixels(&demo->int8_network, demo->images.held_out, images * PIXELS, demo->input[INT8]);
  real_pixels(demo->images.held_out, images * PIXELS, demo->input[HYBRID]);
  run_plain(demo->plain, images, demo->input[INT8], demo->wanted[INT8]);
  run_plain_hybrid(demo->plain, images, demo->input[HYBRID], demo->wanted[HYBRID]);
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

/* Runs the operators of one tier in one mode and holds the logits against the plain loops', bit for bit. */
static int run_mode(Demo *demo, const char *tier, const Operators *operators, int mode, ottava_error *error) {
  const int images = demo->images.held_out_count;
  const size_t bytes = kElementBytes[mode];
  char *const logits = demo->logits[mode];
  const char *const wanted = demo->wanted[mode];
  memset(logits, 0x55, (size_t)(images * CLASSES) * bytes); /* nothing of the tier before may pass for this one's */
  if (!run_operators(operators, mode, images, demo->input[mode], logits, error)) return fail(tier, error);
  for (int i = 0; i < images * CLASSES; ++i) {
    if (memcmp(logits + (size_t)i * bytes, wanted + (size_t)i * bytes, bytes) != 0) {
      fprintf(stderr, "digits: %s: %s logit %d of image %d is %.9g, the plain loops say %.9g\n", tier,
              mode == INT8 ? "int8" : "hybrid", i % CLASSES, i / CLASSES, (double)logit(logits, mode, i),
              (double)logit(wanted, mode, i));
      return 0;
    }
  }
  return 1;
}

/* Makes the operators of one usable tier and runs them. */
static int run_tier(Demo *demo, int index) {
  const ottava_tier_info *tier = &demo->tiers[index];
  Operators *operators = &demo->operators[index];
  ottava_error error = OTTAVA_ERROR_INIT;
  if (!create_operators(&demo->int8_network, tier->tier, operators, &error)) return fail(tier->name, &error);
  if (operators->info.tier != tier->tier) {
    fprintf(stderr, "digits: %s was not chosen: %s\n", tier->name, operators->info.reason);
    return 0;
  }
  for (int mode = 0; mode < MODES; ++mode) {
    if (!run_mode(demo, tier->name, operators, mode, &error)) return 0;
  }
  if (demo->checksum_only) {
    printf("%s %016llx hybrid %016llx\n", tier->name, checksum(demo, INT8), checksum(demo, HYBRID));
  }
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
  run_plain(demo->plain, demo->images.held_out_count, demo->input[INT8], demo->logits[INT8]);
  return 1;
}

static int run_one_tier(Demo *demo, int index) {
  return run_operators(&demo->operators[index], INT8, demo->images.held_out_count, demo->input[INT8],
                       demo->logits[INT8], NULL);
}

static int run_one_tier_hybrid(Demo *demo, int index) {
  return run_operators(&demo->operators[index], HYBRID, demo->images.held_out_count, demo->input[HYBRID],
                       demo->logits[HYBRID], NULL);
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
    report_row("  hybrid", images_per_second(demo, run_one_tier_hybrid, i), plain_rate, "");
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

static int report(Demo *demo, int float_right, int int8_right, int hybrid_right) {
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
  printf("          hybrid %.2f %%: float activations, int8 weights\n", 100.0 * hybrid_right / count);
  if (!report_machine(demo)) return 0;
  if (demo->timing) report_speed(demo);
  printf("\nLogits    all %d have the checksum %016llx,", count * CLASSES, checksum(demo, INT8));
  char tiers[MOST_TIERS * 32 + 64];
  snprintf(tiers, sizeof tiers, "hybrid %016llx, on ", checksum(demo, HYBRID));
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
  const int hybrid_right = ottava_right_answers(demo, HYBRID);
  const int int8_right = ottava_right_answers(demo, INT8); /* last: the report draws these */
  if (!demo->checksum_only && !report(demo, float_right, int8_right, hybrid_right)) return 0;
  const int least = int8_right < hybrid_right ? int8_right : hybrid_right;
  if ((float_right - least) * 200 > demo->images.held_out_count) {
    fprintf(stderr, "digits: more than half a point of accuracy lost: int8 %d, hybrid %d, float %d right of %d\n",
            int8_right, hybrid_right, float_right, demo->images.held_out_count);
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
  for (int mode = 0; mode < MODES; ++mode) {
    free(demo->input[mode]);
    free(demo->wanted[mode]);
    free(demo->logits[mode]);
  }
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
