/* A host that knows the library by file name alone: dlopen, every symbol by dlsym, the function table, and a small
 * matmul through it. Usage: load_library <path of the shared library> */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "ottava/ottava.h"

typedef void (*function)(void);

#define REQUIRE(condition)                                   \
  do {                                                       \
    if (!(condition)) {                                      \
      printf("line %d: not so: %s\n", __LINE__, #condition); \
      return 1;                                              \
    }                                                        \
  } while (0)

/* C has no conversion between pointers to objects and to functions; their bits are the same here. */
static function find(void *library, const char *name) {
  void *object = dlsym(library, name);
  function address;
  memcpy(&address, &object, sizeof address);
  if (address == 0) printf("%s is not exported\n", name);
  return address;
}

static int same_function(void *library, const char *name, function member) {
  const function symbol = find(library, name);
  if (symbol != member) printf("the table's entry differs from %s\n", name);
  return symbol != 0 && symbol == member;
}

static int check_table(void *library, const ottava_api *api) {
#define OTTAVA_EXPORT_TABLE_MEMBERS_ONLY
#define OTTAVA_EXPORT(symbol, member) REQUIRE(same_function(library, #symbol, (function)api->member));
#include "exports.inc"
#undef OTTAVA_EXPORT
  return 0;
}

/* dst = lhs * [[1, 2], [3, 4], [5, 6]] + [100, -100], in int32. */
static int run_matmul(const ottava_api *api) {
  static const int8_t weights[] = {1, 2, 3, 4, 5, 6};
  static const int32_t bias[] = {100, -100};
  static const int8_t lhs[] = {1, 1, 1, 2, 0, -1};
  static const int32_t expected[] = {109, -88, 97, -102};
  int32_t dst[4] = {0, 0, 0, 0};
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
  ottava_context *context = 0;
  ottava_matmul *matmul = 0;
  const char *words = 0;
  uint32_t major = 99, minor = 99, patch = 99;

  REQUIRE(api->version_of_library(&major, &minor, &patch) == OTTAVA_OK);
  REQUIRE(major == OTTAVA_VERSION_MAJOR && minor == OTTAVA_VERSION_MINOR && patch == OTTAVA_VERSION_PATCH);
  REQUIRE(api->status_string(OTTAVA_BAD_SHAPE, &words) == OTTAVA_OK && words[0] != '\0');
  REQUIRE(api->context_create(0, 0, &context, &error) == OTTAVA_OK);
  desc.n = 2;
  desc.k = 3;
  output.type = OTTAVA_TYPE_S32;
  output.requantization = OTTAVA_REQUANTIZE_NONE;
  constants.rhs = weights;
  output.bias = bias;
  REQUIRE(api->matmul_create(context, &desc, &output, &constants, &matmul, &error) == OTTAVA_OK);
  REQUIRE(api->matmul_query(matmul, 2, &info, &error) == OTTAVA_OK);
  REQUIRE(api->matmul_run(matmul, 2, lhs, 0, dst, 0, 0, 0, &error) == OTTAVA_OK);
  REQUIRE(memcmp(dst, expected, sizeof dst) == 0);
  REQUIRE(api->matmul_run(matmul, -1, lhs, 0, dst, 0, 0, 0, &error) == OTTAVA_BAD_SHAPE);
  REQUIRE(strcmp(error.argument, "m") == 0);
  REQUIRE(api->matmul_destroy(matmul) == OTTAVA_OK);
  REQUIRE(api->context_destroy(context) == OTTAVA_OK);
  printf("%s\n", info.kernel);
  return 0;
}

int main(int argc, char **argv) {
  ottava_status (*get_api)(uint32_t, const ottava_api **) = 0;
  const ottava_api *api = 0;
  void *library = 0;
  if (argc != 2) {
    printf("usage: load_library <shared library>\n");
    return 2;
  }
  library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  if (library == 0) {
    printf("%s\n", dlerror());
    return 1;
  }
  get_api = (ottava_status(*)(uint32_t, const ottava_api **))find(library, "ottava_get_api");
  REQUIRE(get_api != 0);
  REQUIRE(get_api(OTTAVA_API_VERSION + 1, &api) == OTTAVA_OUT_OF_RANGE && api == 0);
  REQUIRE(get_api(OTTAVA_API_VERSION, &api) == OTTAVA_OK);
  REQUIRE(api->struct_size == sizeof(ottava_api) && api->version == OTTAVA_API_VERSION);
  if (check_table(library, api) != 0 || run_matmul(api) != 0) return 1;
  return dlclose(library);
}
