/* The part of a board that no core decides, memcpy and memset included: an image needs no C library.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "board.h"

#include <stddef.h>
#include <string.h>

#include "core.h"

enum { SYS_WRITE0 = 0x04, SYS_EXIT_EXTENDED = 0x20, ADP_STOPPED_APPLICATION_EXIT = 0x20026 };

/* Compilers call these two on their own. */
void *memcpy(void *restrict to, const void *restrict from, size_t bytes) {
  uint8_t *out = to;
  const uint8_t *in = from;
  if ((((uintptr_t)out | (uintptr_t)in) & 3u) == 0) {
    for (; bytes >= 4; bytes -= 4, out += 4, in += 4) *(uint32_t *)(void *)out = *(const uint32_t *)(const void *)in;
  }
  while (bytes-- > 0) *out++ = *in++;
  return to;
}

void *memset(void *to, int value, size_t bytes) {
  uint8_t *out = to;
  while (bytes-- > 0) *out++ = (uint8_t)value;
  return to;
}

void board_text(const char *text) { semihosting(SYS_WRITE0, text); }

void board_hex(uint64_t number) {
  char text[17];
  for (int i = 15; i >= 0; --i, number >>= 4) text[i] = "0123456789abcdef"[number & 15];
  text[16] = 0;
  board_text(text);
}

void board_decimal(uint32_t number) {
  char text[11];
  char *digit = text + 10;
  *digit = 0;
  do {
    *--digit = (char)('0' + number % 10);
    number /= 10;
  } while (number != 0);
  board_text(digit);
}

_Noreturn void board_exit(int status) {
  const uintptr_t block[2] = {ADP_STOPPED_APPLICATION_EXIT, (uintptr_t)status};
  semihosting(SYS_EXIT_EXTENDED, block);
  for (;;) {
  }
}

_Noreturn void board_fault(void) {
  board_text("fault\n");
  board_exit(2);
}

/* ---- What a call costs ------------------------------------------------------------------------ */

/* Of the linker script: the lowest word of the stack, and how many sixteenths of an instruction a tick takes (its
 * address is the number). */
extern uint32_t stack_bottom[];
extern const char tick_sixteenths[];

enum { PAINT = 0x5AFE5AFE };

static void nothing(void *argument) { (void)argument; }

/* A tick of the timer takes many instructions. So the call begins at a tick, and behind it rounds of a few instructions
 * are counted until the next one. */
static uint32_t count_instructions(void (*call)(void *), void *argument) {
  uint32_t rounds, first, last;
  (void)core_wait_for_tick(&first);
  call(argument);
  rounds = core_wait_for_tick(&last);
  return (uint32_t)(((uint64_t)core_ticks_between(first, last) * (uintptr_t)tick_sixteenths) >> 4) -
         rounds * CORE_ROUND_INSTRUCTIONS;
}

BoardCost board_measure(void (*call)(void *), void *argument) {
  BoardCost cost;
  volatile uint32_t *const top = (volatile uint32_t *)(core_stack_pointer() & ~(uintptr_t)15);
  for (volatile uint32_t *word = stack_bottom; word < top; ++word) *word = PAINT;
  cost.instructions = count_instructions(call, argument);
  const volatile uint32_t *word = stack_bottom;
  while (word < top && *word == PAINT) ++word;
  cost.stack = (uint32_t)((uintptr_t)top - (uintptr_t)word);
  cost.instructions -= count_instructions(nothing, NULL);
  return cost;
}
