/* Reads the data files, byte by byte, so that it works on either endianness, and refuses any file that
 * is not whole.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "digits_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  FORMAT_VERSION = 1,
  MAGIC_BYTES = 8,
  CHECKSUM_BYTES = 8,
  LARGEST_FILE = 1 << 24,
  MOST_IMAGES = 1 << 16,
};

/* A file's bytes between the magic and the checksum, and how far they have been read. */
typedef struct Reader {
  uint8_t *file;
  size_t position;
  size_t end;
} Reader;

uint64_t fnv_1a(uint64_t checksum, const void *data, uint64_t bytes) {
  const uint8_t *byte = data;
  for (uint64_t i = 0; i < bytes; ++i) checksum = (checksum ^ byte[i]) * 0x100000001B3u;
  return checksum;
}

static uint32_t get_u32(const uint8_t *from) {
  return (uint32_t)from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
}

static uint32_t read_u32(Reader *reader) {
  uint32_t value = 0;
  if (reader->end - reader->position >= 4) value = get_u32(reader->file + reader->position);
  reader->position = reader->end - reader->position >= 4 ? reader->position + 4 : reader->end;
  return value;
}

/* A new array of `count` floats; NULL if memory or the file ends before. */
static float *read_floats(Reader *reader, size_t count) {
  float *values = (reader->end - reader->position) / 4 >= count ? malloc(count * sizeof(float)) : NULL;
  for (size_t i = 0; values && i < count; ++i) {
    const uint32_t bits = read_u32(reader);
    memcpy(&values[i], &bits, sizeof bits);
  }
  return values;
}

/* Reads the whole file and checks magic, version and checksum; NULL, or what is wrong. */
static const char *open_reader(const char *path, const char *magic, Reader *reader) {
  FILE *stream = fopen(path, "rb");
  long size = -1;
  if (!stream) return "cannot be opened";
  if (fseek(stream, 0, SEEK_END) == 0) size = ftell(stream);
  rewind(stream);
  if (size < MAGIC_BYTES + CHECKSUM_BYTES || size > LARGEST_FILE) {
    fclose(stream);
    return "is too short or too long";
  }
  reader->file = malloc((size_t)size);
  const size_t got = reader->file ? fread(reader->file, 1, (size_t)size, stream) : 0;
  fclose(stream);
  if (got != (size_t)size) return "cannot be read";

  reader->position = MAGIC_BYTES;
  reader->end = got - CHECKSUM_BYTES;
  const uint8_t *seal = reader->file + reader->end;
  if (memcmp(reader->file, magic, MAGIC_BYTES) != 0) return "is another kind of file";
  if (fnv_1a(FNV_1A_START, reader->file, reader->end) != (get_u32(seal) | (uint64_t)get_u32(seal + 4) << 32)) {
    return "is damaged: its checksum is wrong";
  }
  if (read_u32(reader) != FORMAT_VERSION) return "has a format version that this program does not know";
  return NULL;
}

static const char *read_layers(Reader *reader, int count, FloatLayer *layers) {
  if (read_u32(reader) != (uint32_t)count) return "holds another number of layers";
  for (int i = 0; i < count; ++i) {
    const uint32_t inputs = read_u32(reader);
    const uint32_t outputs = read_u32(reader);
    if (inputs > WIDEST_LAYER || outputs > WIDEST_LAYER) return "holds a layer that is too wide";
    layers[i].inputs = (int)inputs;
    layers[i].outputs = (int)outputs;
  }
  for (int i = 0; i < count; ++i) {
    FloatLayer *layer = &layers[i];
    layer->weights = read_floats(reader, (size_t)layer->inputs * (size_t)layer->outputs);
    layer->bias = read_floats(reader, (size_t)layer->outputs);
    if (!layer->weights || !layer->bias) return "holds fewer weights than it says, or more than fit into memory";
  }
  return reader->position == reader->end ? NULL : "holds more weights than it says";
}

static const char *read_images(Reader *reader, Images *images) {
  const uint32_t height = read_u32(reader);
  const uint32_t width = read_u32(reader);
  const uint32_t maximum = read_u32(reader);
  const uint32_t calibration = read_u32(reader);
  const uint32_t held_out = read_u32(reader);
  if (height != IMAGE_SIDE || width != IMAGE_SIDE || maximum != PIXEL_MAXIMUM) {
    return "does not hold images of 8 x 8 pixels from 0 to 16";
  }
  if (calibration == 0 || held_out == 0 || calibration > MOST_IMAGES || held_out > MOST_IMAGES ||
      reader->end - reader->position != ((size_t)calibration + held_out) * PIXELS + held_out) {
    return "does not hold as many images as it says";
  }
  images->calibration_count = (int)calibration;
  images->held_out_count = (int)held_out;
  images->calibration = reader->file + reader->position;
  images->held_out = images->calibration + (size_t)calibration * PIXELS;
  images->labels = images->held_out + (size_t)held_out * PIXELS;
  for (const uint8_t *pixel = images->calibration; pixel < images->labels; ++pixel) {
    if (*pixel > PIXEL_MAXIMUM) return "holds a pixel above 16";
  }
  for (uint32_t i = 0; i < held_out; ++i) {
    if (images->labels[i] >= CLASSES) return "holds a label above 9";
  }
  return NULL;
}

/* Opens folder/name and leaves the path for messages; NULL, or what is wrong. */
static const char *open_file(const char *folder, const char *name, const char *magic, char *path, size_t path_bytes,
                             Reader *reader) {
  const int length = snprintf(path, path_bytes, "%s/%s", folder, name);
  if (length < 0 || (size_t)length >= path_bytes) return "has too long a path";
  return open_reader(path, magic, reader);
}

int load_layers(const char *folder, const char *name, int count, FloatLayer *layers) {
  char path[4096] = "";
  Reader reader = {NULL, 0, 0};
  const char *wrong = open_file(folder, name, "DIGITS-W", path, sizeof path, &reader);
  if (!wrong) wrong = read_layers(&reader, count, layers);
  free(reader.file);
  if (wrong) fprintf(stderr, "digits: %s %s\n", path, wrong);
  return !wrong;
}

int load_network(const char *folder, FloatNetwork *network) {
  if (!load_layers(folder, "digits_weights.bin", LAYERS, network->layers)) return 0;
  for (int i = 0; i < LAYERS; ++i) {
    const int outputs = i + 1 == LAYERS ? CLASSES : network->layers[i + 1].inputs;
    if (network->layers[0].inputs != PIXELS || network->layers[i].outputs != outputs) {
      fprintf(stderr, "digits: digits_weights.bin holds layers that do not fit together\n");
      return 0;
    }
  }
  return 1;
}

int load_images(const char *folder, Images *images) {
  char path[4096] = "";
  Reader reader = {NULL, 0, 0};
  const char *wrong = open_file(folder, "digits_images.bin", "DIGITS-I", path, sizeof path, &reader);
  if (!wrong) wrong = read_images(&reader, images);
  images->file = reader.file;
  if (wrong) fprintf(stderr, "digits: %s %s\n", path, wrong);
  return !wrong;
}

void free_layers(FloatLayer *layers, int count) {
  for (int i = 0; i < count; ++i) {
    free(layers[i].weights);
    free(layers[i].bias);
  }
}

void free_images(Images *images) { free(images->file); }
