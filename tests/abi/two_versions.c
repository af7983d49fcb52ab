/* Two versions of the library in one process: the one that the program is linked with, and one that it opens.
 * Usage: two_versions <path of the other shared library> */
#define _GNU_SOURCE
#include <pthread.h>

#include "loaded.h"

struct user {
  const ottava_api *api;
  uint32_t expected;
};

static void *use(void *argument) {
  struct user *const user = argument;
  int i;
  for (i = 0; i < 4; ++i)
    if (product(user->api, SOME_THREADS) != user->expected) user->expected = 0;
  return 0;
}

static int patch_of(const ottava_api *api) {
  uint32_t major = 0, minor = 0, patch = 0;
  return api->version_of_library(&major, &minor, &patch) == OTTAVA_OK ? (int)patch : -1;
}

int main(int argc, char **argv) {
  void *library = 0;
  const ottava_api *linked = 0, *opened;
  uint32_t expected;
  struct user users[2];
  pthread_t thread;
  if (argc != 2) {
    printf("usage: two_versions <shared library>\n");
    return 2;
  }
  REQUIRE(ottava_get_api(OTTAVA_API_VERSION, &linked) == OTTAVA_OK);
  opened = load(argv[1], &library);
  REQUIRE(opened != 0 && opened != linked);
  /* Each table has functions of its own library. */
  REQUIRE(patch_of(linked) == (int)OTTAVA_VERSION_PATCH && patch_of(opened) == (int)OTTAVA_VERSION_PATCH + 1);
#define OTTAVA_EXPORT_TABLE_MEMBERS_ONLY
#define OTTAVA_EXPORT(symbol, member) REQUIRE(linked->member != opened->member);
#include "exports.inc"
#undef OTTAVA_EXPORT
  /* Both at once, each on a thread and with threads of its own. */
  expected = product(linked, 1);
  REQUIRE(expected != 0 && product(opened, 1) == expected);
  users[0].api = linked, users[1].api = opened;
  users[0].expected = users[1].expected = expected;
  REQUIRE(pthread_create(&thread, 0, use, &users[1]) == 0);
  use(&users[0]);
  REQUIRE(pthread_join(thread, 0) == 0);
  REQUIRE(users[0].expected == expected && users[1].expected == expected);
  /* One goes, the other stays. */
  REQUIRE(dlclose(library) == 0);
  REQUIRE(product(linked, SOME_THREADS) == expected);
  printf("%d and %d\n", patch_of(linked), (int)OTTAVA_VERSION_PATCH + 1);
  return 0;
}
