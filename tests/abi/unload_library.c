/* A host that opens the library, uses it and closes it, again and again: nothing of it stays.
 * Usage: unload_library <path of the shared library> <rounds> */
#define _GNU_SOURCE /* RTLD_NOLOAD, mallinfo2 */
#include <dirent.h>
#include <malloc.h>
#include <stdlib.h>
#include <time.h>

#include "loaded.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED_HEAP 1 /* looked at by the leak checker, at the end */
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SANITIZED_HEAP 1
#endif

static int threads_alive(void) {
  int count = 0;
  struct dirent *entry;
  DIR *tasks = opendir("/proc/self/task");
  if (tasks == 0) return -1;
  while ((entry = readdir(tasks)) != 0) count += entry->d_name[0] != '.';
  closedir(tasks);
  return count;
}

static size_t heap_bytes(void) {
#if defined(SANITIZED_HEAP)
  return 0;
#else
  const struct mallinfo2 heap = mallinfo2();
  return heap.uordblks + heap.hblkhd;
#endif
}

static long pages(void) { /* of this process in memory */
  long size = 0, resident = -1;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file == 0) return -1;
  if (fscanf(file, "%ld %ld", &size, &resident) != 2) resident = -1;
  fclose(file);
  return resident;
}

int main(int argc, char **argv) {
  int round, rounds, warm, waited;
  const struct timespec moment = {0, 10000000};
  const int threads_before = threads_alive();
  uint32_t expected = 0;
  size_t heap_before = 0, heap_after = 0;
  long pages_before = 0, pages_after = 0;
  if (argc != 3) {
    printf("usage: unload_library <shared library> <rounds>\n");
    return 2;
  }
  rounds = atoi(argv[2]);
  warm = rounds / 2; /* by then the C library keeps what it keeps */
  REQUIRE(rounds >= 20);
  REQUIRE(threads_before >= 1);
  for (round = 0; round < rounds; ++round) {
    void *library = 0;
    const ottava_api *api = load(argv[1], &library);
    uint32_t found;
    REQUIRE(api != 0);
    found = product(api, round % 8 == 0 ? SOME_THREADS : 1u); /* a pool takes its time to stop */
    REQUIRE(found != 0);
    if (round == 0) expected = found;
    REQUIRE(found == expected);
    REQUIRE(dlclose(library) == 0);
    REQUIRE(dlopen(argv[1], RTLD_NOW | RTLD_NOLOAD) == 0); /* it is gone */
    for (waited = 0; waited < 1000 && threads_alive() != threads_before; ++waited) nanosleep(&moment, 0);
    REQUIRE(threads_alive() == threads_before); /* one that has been joined is listed for a moment yet */
    pages_after = pages();
    heap_after = heap_bytes();
    if (round == warm) pages_before = pages_after, heap_before = heap_after;
  }
  printf("%d rounds: %ld bytes of heap, %ld pages more than after %d\n", rounds, (long)(heap_after - heap_before),
         pages_after - pages_before, warm);
#if !defined(SANITIZED_HEAP)
  if (rounds < 1000) { /* an emulator's own memory is among the pages, and what settles late counts more */
    REQUIRE(heap_after <= heap_before + 6144);
    return 0;
  }
  REQUIRE(heap_after <= heap_before + 1536); /* less than the smallest piece each time a pool was made */
  REQUIRE(pages_after <= pages_before + 64);
#endif
  return 0;
}
