/* What ottava found on this machine, and which of its tiers run here.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <ottava/ottava.h>
#include <stdio.h>

static void print_cpu(const ottava_cpu_info *cpu) {
  printf("cpu       %s, %" PRIu32 " cores of %" PRIu32 " kinds\n", cpu->name, cpu->cores, cpu->core_kinds);
  printf("features  %s\n", cpu->features[0] != '\0' ? cpu->features : "none that matter here");
  printf("caches    %" PRIu64 " KiB, %" PRIu64 " KiB, %" PRIu64 " KiB%s\n", cpu->l1d_bytes / 1024, cpu->l2_bytes / 1024,
         cpu->l3_bytes / 1024, cpu->caches_known ? "" : " (assumed)");
  if (!cpu->optimized) printf("warning   this library was compiled without optimization, it is many times slower\n");
}

int main(void) {
  uint32_t major = 0, minor = 0, patch = 0, index;
  ottava_context *context = NULL;
  ottava_cpu_info cpu = OTTAVA_CPU_INFO_INIT;
  ottava_tier_info tier = OTTAVA_TIER_INFO_INIT;
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_version(&major, &minor, &patch);
  if (ottava_context_create(NULL, NULL, &context, &error) != OTTAVA_OK ||
      ottava_cpu_query(context, &cpu, &error) != OTTAVA_OK) {
    fprintf(stderr, "ottava: %s\n", error.message);
    ottava_context_destroy(context);
    return 1;
  }
  printf("ottava    %" PRIu32 ".%" PRIu32 ".%" PRIu32 "\n", major, minor, patch);
  print_cpu(&cpu);
  for (index = 0; ottava_tier_query(context, index, &tier, NULL) == OTTAVA_OK; ++index) {
    if (tier.built) printf("tier      %-16s %s\n", tier.name, tier.usable ? tier.kernel : tier.reason);
  }
  ottava_context_destroy(context);
  return 0;
}
