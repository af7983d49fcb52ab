#include <ottava/ottava.h>
#include <stddef.h>

/* Whether the library was compiled with optimization; negative where it cannot be asked. */
int parent_optimized(void);
int parent_optimized(void) {
  ottava_context *context = NULL;
  ottava_cpu_info cpu = OTTAVA_CPU_INFO_INIT;
  if (ottava_context_create(NULL, NULL, &context, NULL) != OTTAVA_OK) return -1;
  if (ottava_cpu_query(context, &cpu, NULL) != OTTAVA_OK) return -2;
  ottava_context_destroy(context);
  return (int)cpu.optimized;
}
