/* Holds ottava to a folder of conformance vectors. */
#ifndef OTTAVA_TESTS_CONFORMANCE_CHECK_H_
#define OTTAVA_TESTS_CONFORMANCE_CHECK_H_

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct reporter {
  FILE* out; /* differences, and what is wrong with the files, in words */
  /* Called after each file of each tier. `stopped`: the rest of it was not run. */
  void (*file)(void* user, const char* tier, const char* file, long passed, long total, int stopped);
  void* user; /* its first argument */
} reporter;

/* Reads the files that <folder>/index.txt names and runs them on the named tier, or, with NULL, on each tier that this
 * machine can use. Returns 1 if all vectors passed, 0 if one did not or if a file is missing, empty or malformed. */
int check_vectors(const char* folder, const char* tier_name, const reporter* to);

#ifdef __cplusplus
}
#endif

#endif /* OTTAVA_TESTS_CONFORMANCE_CHECK_H_ */
