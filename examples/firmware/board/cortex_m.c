/* Start-up of a Cortex-M, from the vector table to main.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stddef.h>
#include <string.h>

#include "board.h"
#include "core.h"

/* Of the linker script. */
extern uint32_t stack_top[];
extern char data_start[], data_end[], data_load[], bss_start[], bss_end[];

static _Noreturn void start(void) {
#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE) /* before any function that may use these registers */
  CORE_REGISTER(0xE000ED88u) |= 0xFu << 20;         /* CPACR: coprocessors 10 and 11, FPU and Helium */
  __asm__ volatile("dsb\n isb" ::: "memory");
#endif
#if defined(__ARM_FEATURE_MVE)
  CORE_REGISTER(0xE000ED14u) |= 1u << 19; /* CCR.LOB: low-overhead loops */
#endif
  memcpy(data_start, data_load, (size_t)(data_end - data_start));
  memset(bss_start, 0, (size_t)(bss_end - bss_start));
  SYST_RVR = 0xFFFFFFu;
  SYST_CVR = 0;
  SYST_CSR = 5; /* counts the core's clock, interrupts nobody */
  board_exit(main());
}

/* No interrupt is ever enabled: sixteen words are the whole table. */
typedef union Vector {
  void *stack;
  void (*handler)(void);
} Vector;
extern const Vector vectors[16];
__attribute__((section(".vectors"), used)) const Vector vectors[16] = {
    {.stack = stack_top},     {.handler = start},       {.handler = board_fault}, {.handler = board_fault},
    {.handler = board_fault}, {.handler = board_fault}, {.handler = board_fault}, {.handler = board_fault},
};

#if defined(__ARM_ARCH_6M__)
/* Armv6-M has no instructions for this; on a board with several cores it wants a lock. */
unsigned __atomic_fetch_add_4(volatile void *at, unsigned value, int order);
unsigned __atomic_fetch_add_4(volatile void *at, unsigned value, int order) {
  volatile unsigned *word = at;
  const unsigned before = *word;
  (void)order;
  *word = before + value;
  return before;
}
#endif

#define MPU_CTRL CORE_REGISTER(0xE000ED94u)
#define MPU_RNR CORE_REGISTER(0xE000ED98u)
#define MPU_RBAR CORE_REGISTER(0xE000ED9Cu)
#define MPU_RASR CORE_REGISTER(0xE000EDA0u) /* RLAR from Armv8-M on */

void board_guard(uint32_t slot, const void *address) {
  const uint32_t start_of = (uint32_t)(uintptr_t)address;
#if defined(__ARM_ARCH_8M_MAIN__) || defined(__ARM_ARCH_8_1M_MAIN__)
  /* Privileged code can always read a region of Armv8-M, but no region may overlap another: two regions do it. */
  for (uint32_t region = 2 * slot; region < 2 * slot + 2; ++region) {
    MPU_RNR = region;
    MPU_RASR = 0; /* or the region would reach from its new start to its old end */
    MPU_RBAR = start_of | 1u; /* never executed */
    MPU_RASR = address ? start_of | 1u : 0;
  }
#else
  MPU_RNR = slot;
  MPU_RBAR = start_of;
  MPU_RASR = address ? 1u << 28 | 4u << 1 | 1u : 0; /* never executed, no access, 2^(4 + 1) bytes */
#endif
  MPU_CTRL = 5; /* on, and all else as without it */
  __asm__ volatile("dsb\n isb" ::: "memory");
}
