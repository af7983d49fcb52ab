/* SPDX-License-Identifier: Apache-2.0 */
#include "arena.h"

static void *allocate(void *user, uint64_t bytes, uint64_t alignment) {
  Arena *arena = user;
  const uintptr_t end = (uintptr_t)arena->start + (uintptr_t)arena->used;
  const uint64_t start = arena->used + (-end & (alignment - 1));
  if (start > arena->bytes || bytes > arena->bytes - start) return 0;
  arena->used = start + bytes;
  return arena->start + start;
}

static void release(void *user, void *memory, uint64_t bytes) {
  Arena *arena = user;
  if ((char *)memory + bytes == arena->start + arena->used) arena->used -= bytes;
}

ottava_context_host arena_host(Arena *arena) {
  ottava_context_host host = OTTAVA_CONTEXT_HOST_INIT;
  host.allocate = allocate;
  host.release = release;
  host.allocator_user = arena;
  return host;
}
