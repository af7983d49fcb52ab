/* A plugin for QEMU's user mode: writes down which blocks of instructions a program executes between two markers, how
 * often, and if asked in which order. It knows addresses alone; what the instructions are is read off a disassembly of
 * the program (listing.py), so one plugin serves every architecture.
 *
 *   qemu-aarch64 -plugin libblocks.so,out=FILE[,trace=FILE] PROGRAM
 *
 *   out    text, a line for each block that ran: its number, how often it ran, the address of each instruction (hex)
 *   trace  the numbers of the blocks in the order in which they ran, 32 bits each, in this machine's order of bytes
 *
 * The markers are hints that do nothing on any core and that no compiler emits (marker.h). They are not counted. A
 * block is a run of instructions that QEMU translates at once, cut at the markers: entered at its first instruction
 * and left after its last one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "qemu_plugin.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "marker.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

struct block {
  uint32_t number;
  uint64_t executed;
  size_t instructions;
  struct block *next;
  uint64_t addresses[];
};

static struct block *first;
static struct block **last = &first;
static uint32_t blocks;
static int counting;
static FILE *out;
static FILE *trace;

static void begin(unsigned int vcpu, void *user) {
  (void)vcpu, (void)user;
  counting = 1;
}

static void end(unsigned int vcpu, void *user) {
  (void)vcpu, (void)user;
  counting = 0;
}

static void enter(unsigned int vcpu, void *user) {
  struct block *const block = user;
  (void)vcpu;
  if (!counting) return;
  ++block->executed;
  if (trace != NULL) fwrite(&block->number, sizeof block->number, 1, trace);
}

/* The marker that an instruction is: 0 if it is none. */
static unsigned marker_of(const struct qemu_plugin_insn *insn) {
  uint32_t word;
  uint16_t halves[2];
  if (qemu_plugin_insn_size(insn) != sizeof word) return 0;
  memcpy(&word, qemu_plugin_insn_data(insn), sizeof word);
  memcpy(halves, qemu_plugin_insn_data(insn), sizeof halves);
  if (word == MARKER_AARCH64(MARKER_BEGIN) || word == MARKER_ARM(MARKER_BEGIN)) return MARKER_BEGIN;
  if (word == MARKER_AARCH64(MARKER_END) || word == MARKER_ARM(MARKER_END)) return MARKER_END;
  if (halves[0] == MARKER_THUMB_HIGH && halves[1] == MARKER_THUMB_LOW(MARKER_BEGIN)) return MARKER_BEGIN;
  if (halves[0] == MARKER_THUMB_HIGH && halves[1] == MARKER_THUMB_LOW(MARKER_END)) return MARKER_END;
  return 0;
}

/* Watches the instructions [from, to) of a translated stretch as one block. */
static void watch(struct qemu_plugin_tb *tb, size_t from, size_t to) {
  struct block *block;
  size_t i;
  if (from == to) return;
  block = malloc(sizeof *block + (to - from) * sizeof block->addresses[0]);
  if (block == NULL) abort();
  block->number = blocks++;
  block->executed = 0;
  block->instructions = to - from;
  block->next = NULL;
  for (i = from; i < to; ++i) block->addresses[i - from] = qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, i));
  *last = block;
  last = &block->next;
  qemu_plugin_register_vcpu_insn_exec_cb(qemu_plugin_tb_get_insn(tb, from), enter, QEMU_PLUGIN_CB_NO_REGS, block);
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
  const size_t count = qemu_plugin_tb_n_insns(tb);
  size_t from = 0;
  size_t i;
  (void)id;
  for (i = 0; i < count; ++i) {
    struct qemu_plugin_insn *const insn = qemu_plugin_tb_get_insn(tb, i);
    const unsigned marker = marker_of(insn);
    if (marker == 0) continue;
    watch(tb, from, i);
    from = i + 1;
    qemu_plugin_register_vcpu_insn_exec_cb(insn, marker == MARKER_BEGIN ? begin : end, QEMU_PLUGIN_CB_NO_REGS, NULL);
  }
  watch(tb, from, count);
}

static void finish(qemu_plugin_id_t id, void *user) {
  const struct block *block;
  (void)id, (void)user;
  for (block = first; block != NULL; block = block->next) {
    size_t i;
    if (block->executed == 0) continue;
    fprintf(out, "%" PRIu32 " %" PRIu64, block->number, block->executed);
    for (i = 0; i < block->instructions; ++i) fprintf(out, " %" PRIx64, block->addresses[i]);
    fputc('\n', out);
  }
  fclose(out);
  if (trace != NULL) fclose(trace);
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv) {
  int i;
  (void)info;
  for (i = 0; i < argc; ++i) {
    if (strncmp(argv[i], "out=", 4) == 0) {
      out = fopen(argv[i] + 4, "w");
    } else if (strncmp(argv[i], "trace=", 6) == 0) {
      trace = fopen(argv[i] + 6, "wb");
      if (trace == NULL) return 1;
    } else {
      return 1;
    }
  }
  if (out == NULL) return 1;
  qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
  qemu_plugin_register_atexit_cb(id, finish, NULL);
  return 0;
}
