/* The handwritten digits again, by a convolutional network in int8: convolutions 3x3 and 1x1, depthwise ones, residual
 * additions, global average pooling, a fully-connected layer. digits.c is the simpler program, to be read first.
 *
 *     digits_conv [folder] [--checksum] [--no-timing]       as digits, with one checksum per tier
 *
 * It fails if int8 costs more than half a point of accuracy, or if any tier returns other bits than the plain loops.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ottava/ottava.h>

#include "conv_layers.h"
#include "conv_network.h"
#include "digits_program.h"

typedef struct Demo {
  Options options;
  FloatConvNetwork float_network;
  Images images;
  Int8ConvNetwork int8_network;
  PlainConvNetwork *plain;
  int8_t *input;  /* held-out images, quantized */
  int8_t *wanted; /* their logits from the plain loops */
  int8_t *logits; /* the same from ottava */

  Tiers tiers;
  Layers layers[MOST_TIERS]; /* of those that are usable */
} Demo;

static int float_right_answers(const Demo *demo) {
  int right = 0;
  for (int i = 0; i < demo->images.held_out_count; ++i) {
    float logits[CLASSES];
    int best = 0;
    run_float_conv(&demo->float_network, demo->images.held_out + i * PIXELS, logits);
    for (int n = 1; n < CLASSES; ++n) best = logits[n] > logits[best] ? n : best;
    right += best == demo->images.labels[i];
  }
  return right;
}

static int int8_right_answers(const Demo *demo) {
  int right = 0;
  for (int i = 0; i < demo->images.held_out_count; ++i) {
    const int8_t *logits = demo->logits + i * CLASSES;
    int best = 0;
    for (int n = 1; n < CLASSES; ++n) best = logits[n] > logits[best] ? n : best;
    right += best == demo->images.labels[i];
  }
  return right;
}

static unsigned long long checksum(const Demo *demo) {
  return fnv_1a(FNV_1A_START, demo->logits, (uint64_t)demo->images.held_out_count * CLASSES);
}

static int prepare(Demo *demo) {
  const char *folder = demo->options.folder;
  if (!load_conv_network(folder, &demo->float_network) || !load_images(folder, &demo->images)) return 0;
  const int images = demo->images.held_out_count;
  demo->input = malloc((size_t)(images * PIXELS));
  demo->wanted = malloc((size_t)(images * CLASSES));
  demo->logits = malloc((size_t)(images * CLASSES));
  const int quantized = quantize_conv_network(&demo->float_network, &demo->images, &demo->int8_network);
  demo->plain = quantized ? create_plain_conv(&demo->int8_network) : NULL;
  if (!demo->plain || !demo->input || !demo->wanted || !demo->logits) {
    fprintf(stderr, "digits: no memory, or weights that cannot be quantized\n");
    return 0;
  }
  quantize_pixels(demo->int8_network.layers[0].input, demo->images.held_out, images * PIXELS, demo->input);
  run_plain_conv(demo->plain, images, demo->input, demo->wanted);
  return 1;
}

/* Makes the layers of one usable tier, runs them and holds the logits against the plain loops', bit for bit. */
static int run_tier(Demo *demo, int index) {
  const ottava_tier_info *tier = &demo->tiers.tiers[index];
  Layers *layers = &demo->layers[index];
  const int images = demo->images.held_out_count;
  ottava_error error = OTTAVA_ERROR_INIT;
  memset(demo->logits, 0x55, (size_t)(images * CLASSES)); /* nothing of the tier before may pass for this one's */
  if (!create_layers(&demo->int8_network, tier->tier, NULL, layers, &error) ||
      !run_layers(layers, images, demo->input, demo->logits, &error)) {
    return fail(tier->name, &error);
  }
  if (layers->tier != tier->tier) {
    fprintf(stderr, "digits: %s was not chosen\n", tier->name);
    return 0;
  }
  for (int i = 0; i < images * CLASSES; ++i) {
    if (demo->logits[i] != demo->wanted[i]) {
      fprintf(stderr, "digits: %s: logit %d of image %d is %d, the plain loops say %d\n", tier->name, i % CLASSES,
              i / CLASSES, demo->logits[i], demo->wanted[i]);
      return 0;
    }
  }
  if (demo->options.checksum_only) printf("%s %016llx\n", tier->name, checksum(demo));
  return 1;
}

/* ---- The report ------------------------------------------------------------------------------ */

static int run_float_loop(void *of, int index) {
  const Demo *demo = of;
  (void)index;
  float logits[CLASSES];
  for (int i = 0; i < demo->images.held_out_count; ++i) {
    run_float_conv(&demo->float_network, demo->images.held_out + i * PIXELS, logits);
  }
  return 1;
}

static int run_plain_loop(void *of, int index) {
  const Demo *demo = of;
  (void)index;
  run_plain_conv(demo->plain, demo->images.held_out_count, demo->input, demo->logits);
  return 1;
}

static int run_one_tier(void *of, int index) {
  const Demo *demo = of;
  return run_layers(&demo->layers[index], demo->images.held_out_count, demo->input, demo->logits, NULL);
}

static void report_speed(Demo *demo) {
  const int images = demo->images.held_out_count;
  printf("\nImages per second, one core%14s\n", "speed-up");
  const double plain_rate = images_per_second(images, run_plain_loop, demo, 0);
  report_row("plain C, float32", images_per_second(images, run_float_loop, demo, 0), plain_rate, "");
  report_row("plain C, int8", plain_rate, plain_rate, "");
  for (int i = demo->tiers.count - 1; i >= 0; --i) {
    if (!demo->tiers.tiers[i].usable) continue;
    report_row(demo->tiers.tiers[i].name, images_per_second(images, run_one_tier, demo, i), plain_rate, "");
  }
}

static void report(Demo *demo, int float_right, int int8_right) {
  const int count = demo->images.held_out_count;
  int best = 0;
  while (!demo->tiers.tiers[best].usable) ++best;
  printf("The same digits by a convolutional network, with the kernels of %s:\n\n", demo->tiers.tiers[best].name);
  for (int i = 0; i < CONV_LAYERS; ++i) {
    const ConvShape *shape = &kConvShapes[i];
    printf("  %-16s %d x %d x %-2d -> %d x %d x %-2d   %s\n", shape->name, shape->side, shape->side, shape->inputs,
           shape->output_side, shape->output_side, shape->outputs, demo->layers[best].kernels[i]);
  }
  printf("\nAccuracy  float32 %.2f %%, int8 %.2f %% of %d held-out images\n", 100.0 * float_right / count,
         100.0 * int8_right / count, count);
  if (demo->options.timing) report_speed(demo);
  print_checksum(&demo->tiers, count * CLASSES, checksum(demo), "");
}

static int run_demo(Demo *demo) {
  if (!prepare(demo) || !find_tiers(&demo->tiers)) return 0;
  for (int i = 0; i < demo->tiers.count; ++i) {
    if (demo->tiers.tiers[i].usable && !run_tier(demo, i)) return 0;
  }
  if (demo->options.checksum_only) return 1;
  const int float_right = float_right_answers(demo);
  const int int8_right = int8_right_answers(demo);
  report(demo, float_right, int8_right);
  if ((float_right - int8_right) * 200 > demo->images.held_out_count) {
    fprintf(stderr, "digits: more than half a point of accuracy lost: int8 %d, float %d right of %d\n", int8_right,
            float_right, demo->images.held_out_count);
    return 0;
  }
  return 1;
}

static void free_demo(Demo *demo) {
  for (int i = 0; i < demo->tiers.count; ++i) destroy_layers(&demo->layers[i]);
  free_plain_conv(demo->plain);
  free_int8_conv_network(&demo->int8_network);
  free_images(&demo->images);
  free_layers(demo->float_network.layers, CONV_LAYERS);
  free(demo->input);
  free(demo->wanted);
  free(demo->logits);
}

int main(int argc, char **argv) {
  static Demo demo;
  if (!read_options(argc, argv, &demo.options)) return 2;
  const int succeeded = run_demo(&demo);
  free_demo(&demo);
  return succeeded ? 0 : 1;
}
