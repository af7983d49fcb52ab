/* Runs on the PC: packs the operators of the images and writes them, with what else the images hold, as C source.
 *
 *     firmware_pack <folder of digits' .bin files> <kernel> <folder to write into>
 *
 *   kernel   the one that the images run, as ottava_matmul_save takes it: weights are laid out for it
 *
 * It writes digits_network.c, conv_network.c and rows_network.c (see network.h), and checksums.txt: what each image has
 * to print, by the operators of this PC.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>

#include "conv_layers.h"
#include "digits_operators.h"
#include "digits_program.h"
#include "network.h"

typedef struct Packing {
  const char *data;
  const char *kernel;
  const char *folder;
  FILE *checksums;
} Packing;

/* ---- C source -------------------------------------------------------------------------------- */

static FILE *open_output(const Packing *packing, const char *name) {
  char path[4096];
  if (snprintf(path, sizeof path, "%s/%s", packing->folder, name) >= (int)sizeof path) return NULL;
  FILE *file = fopen(path, "w");
  if (!file) fprintf(stderr, "firmware_pack: cannot write %s\n", path);
  return file;
}

static FILE *open_source(const Packing *packing, const char *name) {
  FILE *file = open_output(packing, name);
  if (file) fprintf(file, "/* Made by firmware_pack. */\n#include \"network.h\"\n\n");
  return file;
}

static void write_s8(FILE *file, const char *declaration, const int8_t *values, size_t count) {
  fprintf(file, "%s[%zu] = {", declaration, count);
  for (size_t i = 0; i < count; ++i) fprintf(file, "%s%d,", i % 24 == 0 ? "\n" : "", values[i]);
  fprintf(file, "\n};\n");
}

static int write_packed(FILE *file, const Packing *packing, const ottava_matmul *matmul, int index,
                        uint64_t *bytes_of) {
  ottava_error error = OTTAVA_ERROR_INIT;
  uint64_t bytes = 0;
  if (ottava_matmul_save_size(matmul, packing->kernel, &bytes, &error) != OTTAVA_OK) return fail("save", &error);
  int8_t *memory = malloc((size_t)bytes);
  if (!memory) return 0;
  const int saved = ottava_matmul_save(matmul, packing->kernel, memory, bytes, &error) == OTTAVA_OK;
  char declaration[64];
  snprintf(declaration, sizeof declaration, "static _Alignas(%u) const int8_t file_%d", OTTAVA_PACKED_ALIGNMENT, index);
  if (saved) write_s8(file, declaration, memory, (size_t)bytes);
  free(memory);
  *bytes_of = bytes;
  return saved || fail("save", &error);
}

static int write_matmuls(FILE *file, const Packing *packing, const char *name, ottava_matmul *const *matmuls,
                         int count) {
  uint64_t bytes[LAYERS];
  for (int i = 0; i < count; ++i) {
    if (!write_packed(file, packing, matmuls[i], i, &bytes[i])) return 0;
  }
  for (int i = 0; i < count; ++i) {
    fprintf(file, "\nconst PackedMatmul %s%d = {file_%d, %llu};\n", name, i, i, (unsigned long long)bytes[i]);
  }
  return 1;
}

/* ---- The networks ---------------------------------------------------------------------------- */

static void tell_checksum(const Packing *packing, const char *image, uint64_t checksum) {
  fprintf(packing->checksums, "%s %016llx\n", image, (unsigned long long)checksum);
}

static int pack_digits(const Packing *packing, const Images *images) {
  static int8_t input[HELD_OUT * PIXELS], logits[HELD_OUT * CLASSES];
  static FloatNetwork float_network;
  static Int8Network network;
  static Operators operators;
  ottava_error error = OTTAVA_ERROR_INIT;
  if (!load_network(packing->data, &float_network) || !quantize_network(&float_network, images, &network)) return 0;
  quantize_pixels(network.layers[0].input, images->held_out, HELD_OUT * PIXELS, input);
  if (!create_operators(&network, OTTAVA_TIER_ANY, &operators, &error) ||
      !run_operators(&operators, INT8, HELD_OUT, input, logits, &error)) {
    return fail("digits", &error);
  }
  tell_checksum(packing, "digits", fnv_1a(FNV_1A_START, logits, sizeof logits));

  FILE *file = open_source(packing, "digits_network.c");
  if (!file) return 0;
  write_s8(file, "const int8_t kDigitsInput", input, sizeof input);
  const int written = write_matmuls(file, packing, "kPackedDigits", operators.layers[INT8], LAYERS);
  destroy_operators(&operators);
  free_int8_network(&network);
  free_layers(float_network.layers, LAYERS);
  return fclose(file) == 0 && written;
}

static void write_layer(FILE *file, const Int8Layer *layer, int index) {
  char declaration[64];
  snprintf(declaration, sizeof declaration, "static const int8_t weights_%d", index);
  write_s8(file, declaration, layer->weights, (size_t)(layer->inputs * layer->outputs));
  fprintf(file, "static const float scales_%d[] = {", index);
  for (int n = 0; n < layer->outputs; ++n) fprintf(file, "%a,", (double)layer->weight_scales[n]);
  fprintf(file, "};\nstatic const int32_t bias_%d[] = {", index);
  for (int n = 0; n < layer->outputs; ++n) fprintf(file, "%d,", (int)layer->bias[n]);
  fprintf(file, "};\n");
}

static void write_conv_network(FILE *file, const Int8ConvNetwork *network) {
  for (int i = 0; i < CONV_LAYERS; ++i) {
    if (network->layers[i].weights) write_layer(file, &network->layers[i], i);
  }
  fprintf(file, "\nconst Int8ConvNetwork kConvNetwork = {{\n");
  for (int i = 0; i < CONV_LAYERS; ++i) {
    const Int8Layer *layer = &network->layers[i];
    fprintf(file, "    {%d, %d, {%a, %d}, {%a, %d}, %d, ", layer->inputs, layer->outputs, (double)layer->input.scale,
            (int)layer->input.zero_point, (double)layer->output.scale, (int)layer->output.zero_point,
            (int)layer->least_output);
    if (layer->weights) {
      fprintf(file, "(int8_t *)weights_%d, (float *)scales_%d, (int32_t *)bias_%d, 0, 0.0f},\n", i, i, i);
    } else {
      fprintf(file, "0, 0, 0, 0, 0.0f},\n");
    }
  }
  fprintf(file, "}};\n");
}

static int pack_conv(const Packing *packing, const Images *images) {
  static int8_t input[HELD_OUT * PIXELS], logits[HELD_OUT * CLASSES];
  static FloatConvNetwork float_network;
  static Int8ConvNetwork network;
  static Layers layers;
  ottava_error error = OTTAVA_ERROR_INIT;
  if (!load_conv_network(packing->data, &float_network) || !quantize_conv_network(&float_network, images, &network)) {
    return 0;
  }
  quantize_pixels(network.layers[0].input, images->held_out, HELD_OUT * PIXELS, input);
  if (!create_layers(&network, OTTAVA_TIER_ANY, NULL, &layers, &error) ||
      !run_layers(&layers, HELD_OUT, input, logits, &error)) {
    return fail("digits_conv", &error);
  }
  tell_checksum(packing, "digits_conv", fnv_1a(FNV_1A_START, logits, sizeof logits));
  destroy_layers(&layers);

  FILE *file = open_source(packing, "conv_network.c");
  if (!file) return 0;
  write_s8(file, "const int8_t kConvInput", input, sizeof input);
  write_conv_network(file, &network);
  free_int8_conv_network(&network);
  free_layers(float_network.layers, CONV_LAYERS);
  return fclose(file) == 0;
}

/* The checksums of the rows one after the other; that of the image `matmul` is the first row's. */
static int pack_rows(const Packing *packing) {
  static int8_t input[LARGEST_INPUT], output[LARGEST_OUTPUT];
  ottava_context *context = NULL;
  ottava_matmul *matmuls[MATMULS] = {NULL};
  ottava_error error = OTTAVA_ERROR_INIT;
  uint64_t checksum = FNV_1A_START;
  if (ottava_context_create(NULL, NULL, &context, &error) != OTTAVA_OK) return fail("rows", &error);
  for (int i = 0; i < ROWS; ++i) {
    const Row *row = &kRows[i];
    ottava_layer *layer = NULL;
    draw(1, input, row_input_bytes(row));
    if (row->kind == ROW_MATMUL) {
      if (create_row_matmul(context, row, &matmuls[i], &error) != OTTAVA_OK ||
          ottava_matmul_run(matmuls[i], row->height, input, 0, output, 0, NULL, 0, &error) != OTTAVA_OK) {
        return fail(row->name, &error);
      }
    } else if (create_row_layer(context, row, &layer, &error) != OTTAVA_OK ||
               run_row_layer(row, layer, input, output, &error) != OTTAVA_OK) {
      return fail(row->name, &error);
    }
    ottava_layer_destroy(layer);
    checksum = fnv_1a(checksum, output, (uint64_t)row_output_bytes(row));
    if (i > 0) continue;
    tell_checksum(packing, "matmul_load", checksum);
    tell_checksum(packing, "matmul_create", checksum);
  }
  tell_checksum(packing, "benchmark", checksum);

  FILE *file = open_source(packing, "rows_network.c");
  if (!file) return 0;
  const int written = write_matmuls(file, packing, "kPackedRow", matmuls, MATMULS);
  for (int i = 0; i < MATMULS; ++i) ottava_matmul_destroy(matmuls[i]);
  ottava_context_destroy(context);
  return fclose(file) == 0 && written;
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "use: firmware_pack <folder of digits' .bin files> <kernel> <folder to write into>\n");
    return 2;
  }
  Packing packing = {argv[1], argv[2], argv[3], NULL};
  Images images = {0};
  packing.checksums = open_output(&packing, "checksums.txt");
  const int loaded = packing.checksums && load_images(packing.data, &images);
  if (loaded && images.held_out_count != HELD_OUT) fprintf(stderr, "firmware_pack: not %d held-out images\n", HELD_OUT);
  const int packed = loaded && images.held_out_count == HELD_OUT && pack_digits(&packing, &images) &&
                     pack_conv(&packing, &images) && pack_rows(&packing);
  free_images(&images);
  return packing.checksums && fclose(packing.checksums) == 0 && packed ? 0 : 1;
}
