/* How the images tell what they did, a line each: `<what> <name> <value>`.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REPORT_H_
#define REPORT_H_

#include <ottava/ottava.h>

#include "board.h"

static inline void report(const char *what, const char *name, uint32_t value) {
  board_text(what);
  board_text(" ");
  board_text(name);
  board_text(" ");
  board_decimal(value);
  board_text("\n");
}

static inline void report_cost(const char *what, uint32_t macs, const BoardCost *cost) {
  report(what, "macs", macs);
  report(what, "instructions", cost->instructions);
  report(what, "stack", cost->stack);
}

static inline void report_checksum(uint64_t checksum) {
  board_text("checksum ");
  board_hex(checksum);
  board_text("\n");
}

static inline int failed(const ottava_error *error) {
  board_text(error->argument);
  board_text(": ");
  board_text(error->message);
  board_text("\n");
  return 1;
}

#endif /* REPORT_H_ */
