/* The data files of the digits demos, in memory: the float networks and the images. README.md
 * describes the formats.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DIGITS_DATA_H_
#define DIGITS_DATA_H_

#include <stdint.h>

enum {
  LAYERS = 3,
  IMAGE_SIDE = 8,
  PIXELS = IMAGE_SIDE * IMAGE_SIDE,
  PIXEL_MAXIMUM = 16, /* ink over the whole pixel; 0 is paper */
  CLASSES = 10,
  WIDEST_LAYER = 1024 /* the most inputs or outputs that a layer may have */
};

/* outputs = inputs * weights + bias; relu follows every layer but the last. */
typedef struct FloatLayer {
  int inputs;
  int outputs;
  float *weights; /* inputs x outputs: the outputs of one input lie side by side */
  float *bias;    /* outputs */
} FloatLayer;

typedef struct FloatNetwork {
  FloatLayer layers[LAYERS];
} FloatNetwork;

typedef struct Images {
  int calibration_count;
  int held_out_count;
  const uint8_t *calibration; /* calibration_count x PIXELS, from the training part */
  const uint8_t *held_out;    /* held_out_count x PIXELS, never seen in training */
  const uint8_t *labels;      /* held_out_count digits, 0 to 9 */
  uint8_t *file;              /* what the three point into */
} Images;

#define FNV_1A_START 0xCBF29CE484222325u

/* The 64-bit FNV-1a checksum of `bytes` bytes; starts with FNV_1A_START, goes on from an earlier result. */
uint64_t fnv_1a(uint64_t checksum, const void *data, uint64_t bytes);

/* Each returns 1, or says on stderr what is wrong with the file and returns 0. What it filled, even in
 * part, is freed with the function below (zero-initialize before). */
int load_network(const char *folder, FloatNetwork *network);
int load_layers(const char *folder, const char *name, int count, FloatLayer *layers); /* of any file of weights */
int load_images(const char *folder, Images *images);

void free_layers(FloatLayer *layers, int count);
void free_images(Images *images);

#endif /* DIGITS_DATA_H_ */
