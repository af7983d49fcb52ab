/* What the examples want from a board: text to the debugger by semihosting, an end, and what a call costs. Start-up is
 * in the .c file of the core's family; <board>.ld says where memory lies.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BOARD_H_
#define BOARD_H_

#include <stdint.h>

int main(void); /* start-up calls it; what it returns is the status of the run, 0 for success */

void board_text(const char *text);
void board_hex(uint64_t number); /* 16 digits */
void board_decimal(uint32_t number);
_Noreturn void board_exit(int status);

typedef struct BoardCost {
  uint32_t instructions; /* executed, within a few: those of QEMU under -icount shift=0, where one takes 1 ns */
  uint32_t stack;        /* bytes, its deepest use below the caller */
} BoardCost;

BoardCost board_measure(void (*call)(void *), void *argument);

#if defined(__arm__)
/* Makes the 32 bytes at `address`, a multiple of 32, inaccessible by the MPU; slots 0 to 3, NULL frees one. An access
 * ends the run with status 2. */
void board_guard(uint32_t slot, const void *address);
#endif

#endif /* BOARD_H_ */
