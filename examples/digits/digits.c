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

#include <ottava/ottava.h>

#include "digits_data.h"
#include "digits_draw.h"
#include "digits_operators.h"
#include "digits_program.h"
#include "digits_quantize.h"

/* ---- The demo -------------------------------------------------------------------------------- */

typedef struct Demo {
  Options options;
  FloatNetwork float_network;
  Images images;
  Int8Network int8_network;
  PlainNetwork *plain;
  void *input[MODES];  /* held-out images, quantized, and in float */
  void *wanted[MODES]; /* their logits from the plain loops */
  void *logits[MODES]; /* the same from ottava */
  int *predictions;

  Tiers tiers;
  Operators operators[MOST_TIERS]; /* of those that are usable */
} Demo;

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

static int prepare(Demo *demo) {
  const char *folder = demo->options.folder;
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
  quantize_pixels(demo->int8_network.layers[0].input, demo->images.held_out, images * PIXELS, demo->input[INT8]);
  real_pixels(demo->images.held_out, images * PIXELS, demo->input[HYBRID]);
  run_plain(demo->plain, images, demo->input[INT8], demo->wanted[INT8]);
  run_plain_hybrid(demo->plain, images, demo->input[HYBRID], demo->wanted[HYBRID]);
  return 1;
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
  const ottava_tier_info *tier = &demo->tiers.tiers[index];
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
  if (demo->options.checksum_only) {
    printf("%s %016llx hybrid %016llx\n", tier->name, checksum(demo, INT8), checksum(demo, HYBRID));
  }
  return 1;
}

static int run_tiers(Demo *demo) {
  for (int i = 0; i < demo->tiers.count; ++i) {
    if (demo->tiers.tiers[i].usable && !run_tier(demo, i)) return 0;
  }
  return 1;
}

/* ---- The report ------------------------------------------------------------------------------ */

static int run_float_loop(void *of, int index) {
  Demo *demo = of;
  (void)index;
  float logits[CLASSES];
  for (int i = 0; i < demo->images.held_out_count; ++i) {
    run_float(&demo->float_network, demo->images.held_out + i * PIXELS, logits);
  }
  return 1;
}

static int run_plain_loop(void *of, int index) {
  Demo *demo = of;
  (void)index;
  run_plain(demo->plain, demo->images.held_out_count, demo->input[INT8], demo->logits[INT8]);
  return 1;
}

static int run_one_tier(void *of, int index) {
  Demo *demo = of;
  return run_operators(&demo->operators[index], INT8, demo->images.held_out_count, demo->input[INT8],
                       demo->logits[INT8], NULL);
}

static int run_one_tier_hybrid(void *of, int index) {
  Demo *demo = of;
  return run_operators(&demo->operators[index], HYBRID, demo->images.held_out_count, demo->input[HYBRID],
                       demo->logits[HYBRID], NULL);
}

static void report_speed(Demo *demo) {
  const int images = demo->images.held_out_count;
  printf("\nImages per second, one core%14s\n", "speed-up");
  const double plain_rate = images_per_second(images, run_plain_loop, demo, 0);
  report_row("plain C, float32", images_per_second(images, run_float_loop, demo, 0), plain_rate, "");
  report_row("plain C, int8", plain_rate, plain_rate, "");
  for (int i = demo->tiers.count - 1; i >= 0; --i) {
    if (!demo->tiers.tiers[i].usable) continue;
    const double rate = images_per_second(images, run_one_tier, demo, i);
    report_row(demo->tiers.tiers[i].name, rate, plain_rate, demo->operators[i].info.kernel);
    report_row("  hybrid", images_per_second(images, run_one_tier_hybrid, demo, i), plain_rate, "");
  }
}

static int report_machine(const Demo *demo) {
  int best = 0;
  while (!demo->tiers.tiers[best].usable) ++best;
  const Operators *operators = &demo->operators[best];
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_cpu_info cpu = OTTAVA_CPU_INFO_INIT;
  if (ottava_cpu_query(operators->context, &cpu, &error) != OTTAVA_OK) return fail("CPU", &error);
  printf("CPU       %s, %u %s", cpu.name, (unsigned)cpu.cores, cpu.cores == 1 ? "core" : "cores");
  print_words(cpu.features);
  for (int i = 0; i < demo->tiers.count; ++i) {
    char text[200];
    if (demo->tiers.tiers[i].usable) continue;
    snprintf(text, sizeof text, "without %s: %s", demo->tiers.tiers[i].name, demo->tiers.tiers[i].reason);
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
  if (demo->options.timing) report_speed(demo);
  char hybrid[64];
  snprintf(hybrid, sizeof hybrid, "hybrid %016llx, ", checksum(demo, HYBRID));
  print_checksum(&demo->tiers, count * CLASSES, checksum(demo, INT8), hybrid);
  return 1;
}

static int run_demo(Demo *demo) {
  if (!prepare(demo) || !find_tiers(&demo->tiers) || !run_tiers(demo)) return 0;
  const int float_right = float_right_answers(demo);
  const int hybrid_right = ottava_right_answers(demo, HYBRID);
  const int int8_right = ottava_right_answers(demo, INT8); /* last: the report draws these */
  if (!demo->options.checksum_only && !report(demo, float_right, int8_right, hybrid_right)) return 0;
  const int least = int8_right < hybrid_right ? int8_right : hybrid_right;
  if ((float_right - least) * 200 > demo->images.held_out_count) {
    fprintf(stderr, "digits: more than half a point of accuracy lost: int8 %d, hybrid %d, float %d right of %d\n",
            int8_right, hybrid_right, float_right, demo->images.held_out_count);
    return 0;
  }
  return 1;
}

static void free_demo(Demo *demo) {
  for (int i = 0; i < demo->tiers.count; ++i) destroy_operators(&demo->operators[i]);
  free_plain(demo->plain);
  free_int8_network(&demo->int8_network);
  free_images(&demo->images);
  free_layers(demo->float_network.layers, LAYERS);
  for (int mode = 0; mode < MODES; ++mode) {
    free(demo->input[mode]);
    free(demo->wanted[mode]);
    free(demo->logits[mode]);
  }
  free(demo->predictions);
}

int main(int argc, char **argv) {
  static Demo demo;
  if (!read_options(argc, argv, &demo.options)) return 2;
  const int succeeded = run_demo(&demo);
  free_demo(&demo);
  return succeeded ? 0 : 1;
}
