/* What both programs of this folder have around their networks: the command line, the tiers of the CPU, the printing of
 * speeds and words.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DIGITS_PROGRAM_H_
#define DIGITS_PROGRAM_H_

#include <ottava/ottava.h>

enum { MOST_TIERS = 16 };

typedef struct Options {
  char folder[4096]; /* where the .bin files are; the program's own folder if none is given */
  int checksum_only;
  int timing;
} Options;

/* The tiers of this architecture that were built, whether or not this CPU has them, best first. */
typedef struct Tiers {
  int count;
  ottava_tier_info tiers[MOST_TIERS];
} Tiers;

/* Both return 0 after saying on stderr what is wrong. */
int read_options(int argc, char **argv, Options *options);
int find_tiers(Tiers *tiers);

/* Says on stderr what went wrong, and returns 0. */
int fail(const char *what, const ottava_error *error);

/* One run over all images; `index` is whatever the function makes of it. */
typedef int (*RunFn)(void *demo, int index);

/* Images per second of CPU time, the best of ten slices of 20 ms: others on the machine only slow it. */
double images_per_second(int images, RunFn run, void *demo, int index);

void report_row(const char *name, double rate, double plain_rate, const char *kernel);

/* Prints words on new lines of at most 78 columns, indented by ten. */
void print_words(const char *text);

/* Prints the checksum of `count` logits and what more there is to say of it, and who returned it. */
void print_checksum(const Tiers *tiers, int count, unsigned long long checksum, const char *more);

#endif /* DIGITS_PROGRAM_H_ */
