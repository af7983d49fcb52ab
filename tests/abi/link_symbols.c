/* Takes the address of every exported function, so that the link fails where one is missing, and compares them with
 * the table of ottava_get_api. Pure C99, linked by the C compiler: no C++ runtime is wanted. */
#include <stdio.h>

#include "ottava/ottava.h"

typedef void (*function)(void);

static const struct {
  const char *name;
  function address;
} symbols[] = {
#define OTTAVA_EXPORT(symbol, member) {#symbol, (function)symbol},
#include "exports.inc"
#undef OTTAVA_EXPORT
};

int main(void) {
  const ottava_api *api = 0;
  size_t i = 0;
  int failures = 0;
  if (ottava_get_api(OTTAVA_API_VERSION, &api) != OTTAVA_OK || api->version != OTTAVA_API_VERSION ||
      api->struct_size != sizeof(ottava_api)) {
    printf("ottava_get_api does not give the table of version %u\n", OTTAVA_API_VERSION);
    return 1;
  }
  for (i = 0; i < sizeof symbols / sizeof symbols[0]; ++i) {
    if (symbols[i].address == 0) {
      printf("%s is NULL\n", symbols[i].name);
      ++failures;
    }
  }
#define OTTAVA_EXPORT_TABLE_MEMBERS_ONLY
#define OTTAVA_EXPORT(symbol, member)                       \
  if (api->member != symbol) {                              \
    printf("the table's " #member " is not " #symbol "\n"); \
    ++failures;                                             \
  }
#include "exports.inc"
#undef OTTAVA_EXPORT
  printf("%u symbols\n", (unsigned)(sizeof symbols / sizeof symbols[0]));
  return failures != 0;
}
