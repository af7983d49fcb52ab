/* Memory for a context without a heap: one static block, filled from its start. What is released last-in first-out, as
 * the workspace of a run is, is used again; the rest stays.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ARENA_H_
#define ARENA_H_

#include <ottava/ottava.h>

typedef struct Arena {
  char *start;
  uint64_t bytes;
  uint64_t used;
} Arena;

ottava_context_host arena_host(Arena *arena);

#endif /* ARENA_H_ */
