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
  FILE *sizes;
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

/* The operator as <name>_network.c: the packed file as an array, and a bound operator in it. */
static int write_matmul(const Packing *packing, const ottava_matmul *matmul, const char *name) {
  static _Alignas(OTTAVA_PACKED_ALIGNMENT) char packed[65536];
  static char source[4 * sizeof packed + 4096];
  ottava_error error = OTTAVA_ERROR_INIT;
  uint64_t bytes = 0, length = 0;
  if (ottava_matmul_save_size(matmul, packing->kernel, &bytes, &error) != OTTAVA_OK ||
      ottava_matmul_save(matmul, packing->kernel, packed, sizeof packed, &error) != OTTAVA_OK ||
      ottava_packed_source(packed, bytes, name, source, sizeof source, &length, &error) != OTTAVA_OK) {
    return fail(name, &error);
  }
  char file_name[64];
  snprintf(file_name, sizeof file_name, "%s_network.c", name);
  FILE *file = open_output(packing, file_name);
  if (!file) return 0;
  fputs(source, file);
  fprintf(packing->sizes, "#define %s_packed_bytes %llu\n", name, (unsigned long long)bytes);
  return fclose(file) == 0;
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

  const char *const names[LAYERS] = {"digits_layer_0", "digits_layer_1", "digits_layer_2"};
  int written = 1;
  for (int i = 0; i < LAYERS; ++i) written &= write_matmul(packing, operators.layers[INT8][i], names[i]);
  FILE *file = open_source(packing, "digits_network.c");
  if (!file) return 0;
  write_s8(file, "const int8_t kDigitsInput", input, sizeof input);
  destroy_operators(&operators);
  free_int8_network(&network);
  free_layers(float_network.layers, LAYERS);
  return fclose(file) == 0 && written;
}

/* Layer i of the convolutional network as a packed file in an array, its size behind it. Depthwise weights can be laid
 * out for kernels of this PC's architecture alone: those for any machine are laid out anew where they are loaded. */
static int write_conv_layer(const Packing *packing, const Layers *layers, int i, FILE *file) {
  static _Alignas(OTTAVA_PACKED_ALIGNMENT) unsigned char packed[65536];
  ottava_error error = OTTAVA_ERROR_INIT;
  uint64_t bytes = 0;
  const int is_matmul = kConvShapes[i].kind == FULLY_CONNECTED;
  const char *kernel = kConvShapes[i].kind == DEPTHWISE ? "portable" : packing->kernel;
  if (is_matmul) {
    if (ottava_matmul_save_size(layers->classifier, kernel, &bytes, &error) != OTTAVA_OK ||
        ottava_matmul_save(layers->classifier, kernel, packed, sizeof packed, &error) != OTTAVA_OK) {
      return fail("classifier", &error);
    }
  } else if (ottava_layer_save_size(layers->layers[i], kernel, &bytes, &error) != OTTAVA_OK ||
             ottava_layer_save(layers->layers[i], kernel, packed, sizeof packed, &error) != OTTAVA_OK) {
    return fail(kConvShapes[i].name, &error);
  }
  fprintf(file, "static const _Alignas(OTTAVA_PACKED_ALIGNMENT) unsigned char layer_%d[%llu] = {", i,
          (unsigned long long)bytes);
  for (uint64_t at = 0; at < bytes; ++at) fprintf(file, "%s%d,", at % 24 == 0 ? "\n" : "", packed[at]);
  fprintf(file, "\n};\n");
  return 1;
}

static int write_conv_layers(const Packing *packing, const Layers *layers, FILE *file) {
  for (int i = 0; i < CONV_LAYERS; ++i) {
    if (!write_conv_layer(packing, layers, i, file)) return 0;
  }
  fprintf(file, "const PackedLayer kConvLayers[CONV_LAYERS] = {\n");
  for (int i = 0; i < CONV_LAYERS; ++i) fprintf(file, "    {layer_%d, sizeof layer_%d},\n", i, i);
  fprintf(file, "};\n");
  return 1;
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

  FILE *file = open_source(packing, "conv_network.c");
  if (!file) return 0;
  write_s8(file, "const int8_t kConvInput", input, sizeof input);
  const int written = write_conv_layers(packing, &layers, file);
  destroy_layers(&layers);
  free_int8_conv_network(&network);
  free_layers(float_network.layers, CONV_LAYERS);
  return fclose(file) == 0 && written;
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
    tell_checksum(packing, "matmul", checksum);
    tell_checksum(packing, "matmul_load", checksum);
    tell_checksum(packing, "matmul_create", checksum);
  }
  tell_checksum(packing, "benchmark", checksum);

  const int written = write_matmul(packing, matmuls[0], "row_0") & write_matmul(packing, matmuls[1], "row_1");
  for (int i = 0; i < MATMULS; ++i) ottava_matmul_destroy(matmuls[i]);
  ottava_context_destroy(context);
  return written;
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "use: firmware_pack <folder of digits' .bin files> <kernel> <folder to write into>\n");
    return 2;
  }
  Packing packing = {argv[1], argv[2], argv[3], NULL, NULL};
  Images images = {0};
  packing.checksums = open_output(&packing, "checksums.txt");
  packing.sizes = open_output(&packing, "packed_bytes.h");
  const int loaded = packing.checksums && packing.sizes && load_images(packing.data, &images);
  if (loaded && images.held_out_count != HELD_OUT) fprintf(stderr, "firmware_pack: not %d held-out images\n", HELD_OUT);
  const int packed = loaded && images.held_out_count == HELD_OUT && pack_digits(&packing, &images) &&
                     pack_conv(&packing, &images) && pack_rows(&packing);
  free_images(&images);
  const int closed = packing.checksums && fclose(packing.checksums) == 0 && packing.sizes && fclose(packing.sizes) == 0;
  return closed && packed ? 0 : 1;
}
