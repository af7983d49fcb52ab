/* The smallest image: does the board start, print and measure?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "board.h"

static void spin(void *argument) {
  uint32_t *turns = argument;
  for (uint32_t i = *turns; i > 0; --i) __asm__ volatile("");
}

int main(void) {
  uint32_t turns = 1000;
  const BoardCost cost = board_measure(spin, &turns);
  board_text("1000 turns of a loop: ");
  board_decimal(cost.instructions);
  board_text(" instructions, ");
  board_decimal(cost.stack);
  board_text(" bytes of stack\n");
  return 0;
}
