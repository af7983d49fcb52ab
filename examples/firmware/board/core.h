/* The few instructions that C has no words for, by architecture.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_H_
#define CORE_H_

#include <stdint.h>

enum { CORE_ROUND_INSTRUCTIONS = 4 }; /* of a round of core_wait_for_tick */

_Noreturn void board_fault(void); /* where every exception ends */

#if defined(__arm__) /* Cortex-M: SysTick, which counts down in 24 bits */

#define CORE_REGISTER(address) (*(volatile uint32_t *)(address))
#define SYST_CSR CORE_REGISTER(0xE000E010u)
#define SYST_RVR CORE_REGISTER(0xE000E014u)
#define SYST_CVR CORE_REGISTER(0xE000E018u)

static inline void semihosting(uint32_t operation, const void *argument) {
  register uint32_t r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

static inline uintptr_t core_stack_pointer(void) {
  uintptr_t pointer;
  __asm__ volatile("mov %0, sp" : "=r"(pointer));
  return pointer;
}

/* Waits for the next tick: how many rounds it took, and in *ticks the timer. */
static inline uint32_t core_wait_for_tick(uint32_t *ticks) {
  uint32_t rounds = 0, before, now;
  __asm__ volatile(
      ".syntax unified\n"
      "   ldr %1, [%3]\n"
      "1: adds %0, #1\n"
      "   ldr %2, [%3]\n"
      "   cmp %2, %1\n"
      "   beq 1b"
      : "+l"(rounds), "=&l"(before), "=&l"(now)
      : "l"(&SYST_CVR)
      : "cc", "memory");
  *ticks = now;
  return rounds;
}

static inline uint32_t core_ticks_between(uint32_t first, uint32_t last) { return (first - last) & 0xFFFFFFu; }

#else /* AArch64: the virtual counter */

static inline void semihosting(uint32_t operation, const void *argument) {
  register uint64_t x0 __asm__("x0") = operation;
  register const void *x1 __asm__("x1") = argument;
  __asm__ volatile("hlt #0xf000" : "+r"(x0) : "r"(x1) : "memory");
}

static inline uintptr_t core_stack_pointer(void) {
  uintptr_t pointer;
  __asm__ volatile("mov %0, sp" : "=r"(pointer));
  return pointer;
}

static inline uint32_t core_wait_for_tick(uint32_t *ticks) {
  uint64_t rounds = 0, before, now;
  __asm__ volatile(
      "   mrs %1, cntvct_el0\n"
      "1: add %0, %0, #1\n"
      "   mrs %2, cntvct_el0\n"
      "   cmp %2, %1\n"
      "   b.eq 1b"
      : "+r"(rounds), "=&r"(before), "=&r"(now)
      :
      : "cc", "memory");
  *ticks = (uint32_t)now;
  return (uint32_t)rounds;
}

static inline uint32_t core_ticks_between(uint32_t first, uint32_t last) { return last - first; }

#endif

#endif /* CORE_H_ */
