/* Holds ottava to the conformance vectors, bit for bit, through the public header alone. README.md describes the files
 * and what a runner for another library has to replace here.
 *
 *   conformance_run <folder> [tier]
 *
 * Reads the files that <folder>/index.txt names and runs them on the named tier, or on each tier that this machine can
 * use. Prints for each tier and file how many vectors passed, and the first differences. Returns 0 if all passed, 1
 * if one did not or if a file is missing, empty or malformed. */
#include "check.h"

static void print_file(void* user, const char* tier, const char* file, long passed, long total, int stopped) {
  (void)user;
  printf("%s: %s: %ld of %ld passed%s\n", tier, file, passed, total, stopped ? ", then stopped" : "");
}

int main(int count, char** arguments) {
  reporter to = {0};
  to.out = stdout;
  to.file = print_file;
  if (count != 2 && count != 3) {
    printf("usage: conformance_run <folder> [tier]\n");
    return 1;
  }
  return check_vectors(arguments[1], count == 3 ? arguments[2] : NULL, &to) ? 0 : 1;
}
