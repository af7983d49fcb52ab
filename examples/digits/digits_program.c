/* SPDX-License-Identifier: Apache-2.0 */
#include "digits_program.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

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

int read_options(int argc, char **argv, Options *options) {
  int folders = 0;
  options->timing = 1;
  program_folder(argc > 0 ? argv[0] : NULL, options->folder, sizeof options->folder);
  for (int i = 1; i < argc; ++i) {
    if (strcmp(argv[i], "--checksum") == 0) {
      options->checksum_only = 1;
    } else if (strcmp(argv[i], "--no-timing") == 0) {
      options->timing = 0;
    } else if (argv[i][0] != '-' && strlen(argv[i]) < sizeof options->folder && folders++ == 0) {
      strcpy(options->folder, argv[i]);
    } else {
      fprintf(stderr, "use: %s [folder with the .bin files] [--checksum] [--no-timing]\n", argv[0]);
      return 0;
    }
  }
  return 1;
}

int fail(const char *what, const ottava_error *error) {
  fprintf(stderr, "digits: %s: %s%s%s\n", what, error->argument, error->argument[0] ? ": " : "", error->message);
  return 0;
}

int find_tiers(Tiers *tiers) {
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_context *context = NULL;
  if (ottava_context_create(NULL, NULL, &context, &error) != OTTAVA_OK) return fail("no context", &error);
  int usable = 0;
  for (uint32_t i = 0; tiers->count < MOST_TIERS; ++i) {
    ottava_tier_info info = OTTAVA_TIER_INFO_INIT;
    if (ottava_tier_query(context, i, &info, &error) != OTTAVA_OK) break;
    if (info.built) tiers->tiers[tiers->count++] = info;
    usable += info.usable != 0;
  }
  ottava_context_destroy(context);
  if (error.status != OTTAVA_OUT_OF_RANGE) return fail("tiers", &error);
  if (!usable) fprintf(stderr, "digits: no tier is usable\n");
  return usable > 0;
}

double images_per_second(int images, RunFn run, void *demo, int index) {
  double best = 0.0;
  for (int slice = 0; slice < 10; ++slice) {
    int runs = 0;
    const clock_t start = clock();
    clock_t elapsed = 0;
    for (; elapsed < CLOCKS_PER_SEC / 50; elapsed = clock() - start) runs += run(demo, index);
    const double rate = (double)runs * images * CLOCKS_PER_SEC / (double)elapsed;
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

void report_row(const char *name, double rate, double plain_rate, const char *kernel) {
  char text[32];
  printf("  %-18s %12s %8.1fx%s%s\n", name, with_commas(rate, text), rate / plain_rate, kernel[0] ? "   " : "", kernel);
}

void print_words(const char *text) {
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

void print_checksum(const Tiers *tiers, int count, unsigned long long checksum, const char *more) {
  char text[MOST_TIERS * 32 + 96];
  snprintf(text, sizeof text, "%son ", more);
  for (int i = tiers->count - 1; i >= 0; --i) {
    if (!tiers->tiers[i].usable) continue;
    strcat(text, tiers->tiers[i].name);
    strcat(text, ", ");
  }
  strcat(text, "and in plain C");
  printf("\nLogits    all %d have the checksum %016llx,", count, checksum);
  print_words(text);
  printf("\n");
}
