/* A pixel is two characters wide, so that it comes out square, in one of five shades.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "digits_draw.h"

#include <stdio.h>

enum { DRAWN = 4, SHADES = 5 };

static const char *const kShades[SHADES] = {"  ", "\xE2\x96\x91\xE2\x96\x91", "\xE2\x96\x92\xE2\x96\x92",
                                            "\xE2\x96\x93\xE2\x96\x93", "\xE2\x96\x88\xE2\x96\x88"};

/* Different digits that were recognized, then one that was not. Returns how many. */
static int choose(const Images *images, const int *predictions, int *chosen) {
  int count = 0;
  int wrong = -1;
  unsigned seen = 0;
  for (int i = 0; i < images->held_out_count; ++i) {
    const int label = images->labels[i];
    if (predictions[i] != label) {
      if (wrong < 0) wrong = i;
    } else if (count < DRAWN - 1 && !(seen & 1u << label)) {
      seen |= 1u << label;
      chosen[count++] = i;
    }
  }
  if (wrong >= 0) chosen[count++] = wrong;
  return count;
}

void draw_some(const Images *images, const int *predictions) {
  int chosen[DRAWN];
  const int count = choose(images, predictions, chosen);
  for (int y = 0; y < IMAGE_SIDE; ++y) {
    for (int i = 0; i < count; ++i) {
      const uint8_t *row = images->held_out + chosen[i] * PIXELS + y * IMAGE_SIDE;
      printf("  ");
      for (int x = 0; x < IMAGE_SIDE; ++x) {
        printf("%s", kShades[(row[x] * (SHADES - 1) + PIXEL_MAXIMUM / 2) / PIXEL_MAXIMUM]);
      }
    }
    printf("\n");
  }
  for (int i = 0; i < count; ++i) {
    char caption[32];
    const int label = images->labels[chosen[i]];
    const int prediction = predictions[chosen[i]];
    if (prediction == label) {
      snprintf(caption, sizeof caption, "   %d, right", prediction);
    } else {
      snprintf(caption, sizeof caption, "   %d, wrong: is %d", prediction, label);
    }
    printf("  %-*s", 2 * IMAGE_SIDE, caption);
  }
  printf("\n");
}
