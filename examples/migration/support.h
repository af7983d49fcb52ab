/* What the programs of this folder share: numbers to compute with, and the comparison that is their result.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OTTAVA_EXAMPLES_MIGRATION_SUPPORT_H_
#define OTTAVA_EXAMPLES_MIGRATION_SUPPORT_H_

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Pseudo-random numbers (xorshift); the state begins anywhere but at 0. */
static inline uint32_t next_number(uint32_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 17;
  *state ^= *state << 5;
  return *state;
}

/* s8 or u8 values that differ from `centre` by `reach` at most. Small weights give small sums, of which more lie
 * halfway between two results, where the rules of systems differ. */
static inline void fill_8(uint32_t seed, int32_t centre, int32_t reach, void *values, size_t count) {
  size_t i;
  for (i = 0; i < count; i++)
    ((uint8_t *)values)[i] = (uint8_t)(centre - reach + (int32_t)(next_number(&seed) % (2u * (uint32_t)reach + 1u)));
}

/* Values from -reach to reach. */
static inline void fill_s32(uint32_t seed, int32_t reach, int32_t *values, size_t count) {
  size_t i;
  for (i = 0; i < count; i++) values[i] = (int32_t)(next_number(&seed) % (2u * (uint32_t)reach + 1u)) - reach;
}

/* Values from -reach to reach. */
static inline void fill_f32(uint32_t seed, float reach, float *values, size_t count) {
  size_t i;
  for (i = 0; i < count; i++) values[i] = reach * ((float)(next_number(&seed) >> 8) / 8388608.0f - 1.0f);
}

/* Compares two results bit for bit and says so. The exit status of a program: 0 where they are equal. */
static inline int compare(const char *layer, const char *system, const void *ottava, const void *other, size_t bytes) {
  const uint8_t *a = (const uint8_t *)ottava, *b = (const uint8_t *)other;
  size_t i, different = 0;
  for (i = 0; i < bytes; i++) different += a[i] != b[i];
  if (different == 0) {
    printf("%s: ottava equals %s in all %lu bytes\n", layer, system, (unsigned long)bytes);
    return 0;
  }
  for (i = 0; a[i] == b[i]; i++) continue;
  printf("%s: ottava DIFFERS from %s in %lu of %lu bytes, first in byte %lu: %u, not %u\n", layer, system,
         (unsigned long)different, (unsigned long)bytes, (unsigned long)i, (unsigned)a[i], (unsigned)b[i]);
  return 1;
}

#endif /* OTTAVA_EXAMPLES_MIGRATION_SUPPORT_H_ */
