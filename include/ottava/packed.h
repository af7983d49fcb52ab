/* clang-format off */
/* ottava: packed operators as files. Weights are packed once, on any machine, and used from a memory map or from flash
 * where they lie: nothing of them is copied, nothing of them is written, so that processes share one map.
 *
 *     ottava_matmul_save_size(matmul, NULL, &bytes, &error);           // on the machine that packs
 *     ottava_matmul_save(matmul, NULL, memory, bytes, &error);         // then write `memory` to a file
 *
 *     ottava_matmul_load(context, map, bytes, 0, &matmul, &error);     // where it runs; `map` stays
 *     ottava_matmul_run(matmul, M, lhs, 0, dst, 0, NULL, 0, &error);   // the same bits as before
 *
 * Layers (layers.h) likewise, by ottava_layer_save and for each kind by a function of its own, ottava_conv2d_load and so
 * on, so that a program has in it the kinds that it names.
 *
 * Part of ottava.h, which includes it; the rules of that interface hold here.
 *
 * What is checked. Every function here checks the header, the parameters and the arrays per channel (8 to 24 bytes for
 * each): their checksum, their sizes against each other and against `packed_bytes`, every value that a run computes with.
 * Whatever else the bytes are, no byte outside of them is read. The weights themselves, and the folded offsets behind
 * them, are not looked at, so that a load touches few pages: ottava_packed_verify compares their checksum. Damaged
 * weights give other results and nothing worse. Checksums are for accidents; who may write the file is the host's to say.
 *
 * What a file fits. Its header holds a format version (this library reads that of its own alone), its byte order and the
 * kernel that its weights are laid out for. Pointer width does not matter. Where that kernel cannot run, the operator is
 * made anew from the file with OTTAVA_LOAD_REPACK, whatever architecture the file is for.
 *
 * Every function is thread-safe and leaves its outputs untouched on error. Since 0.1.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OTTAVA_OTTAVA_H_
#include "ottava.h" /* which includes this file where it is wanted */
#endif
#ifndef OTTAVA_PACKED_H_
#define OTTAVA_PACKED_H_

#ifdef __cplusplus
extern "C" {
#endif

#define OTTAVA_PACKED_ALIGNMENT 64u  /* of the address that a file is used at */
#define OTTAVA_PACKED_FORMAT 1u      /* that this version writes and reads */

#define OTTAVA_PACKED_MATMUL 1u
#define OTTAVA_PACKED_CONV2D 2u /* a depthwise one of a single input channel too: it is made as a convolution */
#define OTTAVA_PACKED_DEPTHWISE_CONV2D 3u
#define OTTAVA_PACKED_TRANSPOSED_CONV2D 4u
#define OTTAVA_PACKED_POOL2D 5u
#define OTTAVA_PACKED_ADD 6u

/* What a file says of itself. Layout: 104 bytes, the same on every target. */
typedef struct ottava_packed_info {
  uint32_t struct_size;
  uint32_t format;           /* OTTAVA_PACKED_FORMAT of the library that wrote it, */
  uint32_t library;          /* and its version: major * 65536 + minor * 256 + patch */
  uint32_t operator_kind;    /* OTTAVA_PACKED_... */
  uint32_t tier;             /* OTTAVA_TIER_... of the kernel; 0 without weights */
  uint32_t tile_n;           /* channels of a panel of its weights, */
  uint32_t tile_k;           /* and depths of a step; 1 where there are no panels */
  uint32_t reserved;
  uint64_t bytes;            /* of the file; `packed_bytes` may be more */
  int64_t n;                 /* of a layer: channels of its output, */
  int64_t k;                 /* and weights of each; a transposed one has them in several places */
  char kernel[48];           /* that the weights are laid out for; "any" without weights */
} ottava_packed_info;

#define OTTAVA_PACKED_INFO_INIT {sizeof(ottava_packed_info), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, {0}}

OTTAVA_API ottava_status ottava_packed_info_init(ottava_packed_info *info, uint64_t bytes);

/* Describes a file, whether or not it can run here.
 *   packed, packed_bytes  at a multiple of OTTAVA_PACKED_ALIGNMENT; so many bytes may be read
 * Errors: NULL_POINTER, BAD_STRUCT, BAD_MEMORY (not aligned), BAD_PACKED (truncated, corrupt, something else), UNSUPPORTED
 * (another format version, byte order or kind of operator). */
OTTAVA_API ottava_status ottava_packed_query(const void *packed, uint64_t packed_bytes, ottava_packed_info *info,
                                             ottava_error *error);

/* Reads the whole file and compares the checksum of the weights too.
 * Errors: as above. */
OTTAVA_API ottava_status ottava_packed_verify(const void *packed, uint64_t packed_bytes, ottava_error *error);

/* The bytes of the file that ottava_matmul_save writes.
 *   kernel  NULL: the kernel of many rows that the operator runs. Or the name of any kernel or tier of ottava, whatever
 *           the architecture: for a tier what a CPU with it and no better one would choose
 * Errors: NULL_POINTER, UNKNOWN_NAME, KERNEL_UNAVAILABLE (the kernel declines this operator), UNSUPPORTED
 * (OTTAVA_MATMUL_RUNTIME_RHS), SIZE_OVERFLOW. */
OTTAVA_API ottava_status ottava_matmul_save_size(const ottava_matmul *operation, const char *kernel, uint64_t *bytes,
                                                 ottava_error *error);

/* Writes the operator into memory of any alignment, in portable code, the same bytes on every machine
 * for the same kernel.
 * Errors: as above, BAD_MEMORY (fewer bytes than the file has). */
OTTAVA_API ottava_status ottava_matmul_save(const ottava_matmul *operation, const char *kernel, void *memory,
                                            uint64_t bytes, ottava_error *error);

/* Flag of all functions that load. Without it weights are used where they lie: `packed` must stay, unchanged, until the
 * operator is destroyed. With it the operator is the one that its ..._create function makes in this context, for its best
 * kernel, its weights in memory of its own, and `packed` may go. */
#define OTTAVA_LOAD_REPACK 1u

/* Makes an operator from a file. Allocates a few KiB; with OTTAVA_LOAD_REPACK the packed weights besides.
 * Errors: NULL_POINTER, BAD_OPTION (flags), BAD_MEMORY (no allocator, not aligned), OUT_OF_MEMORY, BAD_PACKED,
 * SIZE_OVERFLOW, UNSUPPORTED (another format version, byte order or kind of operator; a kernel that this build, CPU or
 * context does not run: the words name it and the tier that does run), KERNEL_UNAVAILABLE (with OTTAVA_LOAD_REPACK, as
 * for ottava_matmul_create). */
OTTAVA_API ottava_status ottava_matmul_load(const ottava_context *context, const void *packed, uint64_t packed_bytes,
                                            uint32_t flags, ottava_matmul **operation, ottava_error *error);

/* The bytes that ottava_matmul_load_at needs, room for alignment included. */
OTTAVA_API ottava_status ottava_matmul_load_size(const ottava_context *context, const void *packed,
                                                 uint64_t packed_bytes, uint32_t flags, uint64_t *bytes,
                                                 ottava_error *error);

/* As ottava_matmul_load, in caller memory of any alignment, which stays with the operator.
 * Errors: also BAD_MEMORY (fewer bytes than ottava_matmul_load_size says). */
OTTAVA_API ottava_status ottava_matmul_load_at(void *memory, uint64_t bytes, const ottava_context *context,
                                               const void *packed, uint64_t packed_bytes, uint32_t flags,
                                               ottava_matmul **operation, ottava_error *error);

/* The bytes of the file that ottava_layer_save writes, for a layer of any kind.
 *   kernel  as for ottava_matmul_save_size; of a depthwise convolution the name of a kernel of these, or a tier, of the
 *           architecture of this build. A layer without weights takes NULL or a tier, and its file runs everywhere
 * Errors: as there, but for UNSUPPORTED. */
OTTAVA_API ottava_status ottava_layer_save_size(const ottava_layer *layer, const char *kernel, uint64_t *bytes,
                                                ottava_error *error);

/* As ottava_matmul_save. A depthwise convolution has its weights in it twice, as its kernel wants them and one byte each
 * as they were given, which are read where it is repacked alone. */
OTTAVA_API ottava_status ottava_layer_save(const ottava_layer *layer, const char *kernel, void *memory, uint64_t bytes,
                                           ottava_error *error);

/* Makes a convolution of its file (ottava_packed_query: operator_kind), as ottava_matmul_load a matmul, with its errors;
 * UNSUPPORTED for a file of another kind. It allocates about 2 KiB for each of the contractions that a convolution consists
 * of: groups have one each, or several of them one. With OTTAVA_LOAD_REPACK it is as large as ottava_conv2d_create makes
 * it. */
OTTAVA_API ottava_status ottava_conv2d_load(const ottava_context *context, const void *packed, uint64_t packed_bytes,
                                            uint32_t flags, ottava_layer **layer, ottava_error *error);

/* The bytes that ottava_conv2d_load_at needs, room for alignment included. */
OTTAVA_API ottava_status ottava_conv2d_load_size(const ottava_context *context, const void *packed,
                                                 uint64_t packed_bytes, uint32_t flags, uint64_t *bytes,
                                                 ottava_error *error);

/* As ottava_conv2d_load, in caller memory of any alignment, which stays with the layer. */
OTTAVA_API ottava_status ottava_conv2d_load_at(void *memory, uint64_t bytes, const ottava_context *context,
                                               const void *packed, uint64_t packed_bytes, uint32_t flags,
                                               ottava_layer **layer, ottava_error *error);

/* As ottava_conv2d_load, for OTTAVA_PACKED_DEPTHWISE_CONV2D. */
OTTAVA_API ottava_status ottava_depthwise_conv2d_load(const ottava_context *context, const void *packed,
                                                      uint64_t packed_bytes, uint32_t flags, ottava_layer **layer,
                                                      ottava_error *error);

/* As ottava_conv2d_load_size. */
OTTAVA_API ottava_status ottava_depthwise_conv2d_load_size(const ottava_context *context, const void *packed,
                                                           uint64_t packed_bytes, uint32_t flags, uint64_t *bytes,
                                                           ottava_error *error);

/* As ottava_conv2d_load_at. */
OTTAVA_API ottava_status ottava_depthwise_conv2d_load_at(void *memory, uint64_t bytes, const ottava_context *context,
                                                         const void *packed, uint64_t packed_bytes, uint32_t flags,
                                                         ottava_layer **layer, ottava_error *error);

/* As ottava_conv2d_load, for OTTAVA_PACKED_TRANSPOSED_CONV2D; each phase is a contraction. */
OTTAVA_API ottava_status ottava_transposed_conv2d_load(const ottava_context *context, const void *packed,
                                                       uint64_t packed_bytes, uint32_t flags, ottava_layer **layer,
                                                       ottava_error *error);

/* As ottava_conv2d_load_size. */
OTTAVA_API ottava_status ottava_transposed_conv2d_load_size(const ottava_context *context, const void *packed,
                                                            uint64_t packed_bytes, uint32_t flags, uint64_t *bytes,
                                                            ottava_error *error);

/* As ottava_conv2d_load_at. */
OTTAVA_API ottava_status ottava_transposed_conv2d_load_at(void *memory, uint64_t bytes, const ottava_context *context,
                                                          const void *packed, uint64_t packed_bytes, uint32_t flags,
                                                          ottava_layer **layer, ottava_error *error);

/* As ottava_conv2d_load, for OTTAVA_PACKED_POOL2D. */
OTTAVA_API ottava_status ottava_pool2d_load(const ottava_context *context, const void *packed, uint64_t packed_bytes,
                                            uint32_t flags, ottava_layer **layer, ottava_error *error);

/* As ottava_conv2d_load_size. */
OTTAVA_API ottava_status ottava_pool2d_load_size(const ottava_context *context, const void *packed,
                                                 uint64_t packed_bytes, uint32_t flags, uint64_t *bytes,
                                                 ottava_error *error);

/* As ottava_conv2d_load_at. */
OTTAVA_API ottava_status ottava_pool2d_load_at(void *memory, uint64_t bytes, const ottava_context *context,
                                               const void *packed, uint64_t packed_bytes, uint32_t flags,
                                               ottava_layer **layer, ottava_error *error);

/* As ottava_conv2d_load, for OTTAVA_PACKED_ADD. */
OTTAVA_API ottava_status ottava_add_load(const ottava_context *context, const void *packed, uint64_t packed_bytes,
                                         uint32_t flags, ottava_layer **layer, ottava_error *error);

/* As ottava_conv2d_load_size. */
OTTAVA_API ottava_status ottava_add_load_size(const ottava_context *context, const void *packed, uint64_t packed_bytes,
                                              uint32_t flags, uint64_t *bytes, ottava_error *error);

/* As ottava_conv2d_load_at. */
OTTAVA_API ottava_status ottava_add_load_at(void *memory, uint64_t bytes, const ottava_context *context,
                                            const void *packed, uint64_t packed_bytes, uint32_t flags,
                                            ottava_layer **layer, ottava_error *error);

/* The C source of the matmul of a packed file, for programs that link no more than they run (firmware.h): the file as an
 * array `<name>_packed`, and the constant `<name>`.
 *   name    a C identifier
 *   source  `source_bytes` of memory, or NULL to learn `length` alone: bytes of the text, the NUL behind it included
 * Errors: NULL_POINTER, BAD_OPTION (no identifier), BAD_MEMORY (fewer bytes than the text has; a file that is not aligned),
 * BAD_PACKED, UNSUPPORTED (what bound operators do not do: other orders than rows, an lhs in floats or with parameters per
 * row, weights with zero points that their kernel cannot fold, additions, tables, s16 and requantized s32 outputs, N or K
 * of 0, kernels that no part exists for: the words say which).
 * Thread-safe. Outputs are untouched on error. */
OTTAVA_API ottava_status ottava_packed_source(const void *packed, uint64_t packed_bytes, const char *name, char *source,
                                              uint64_t source_bytes, uint64_t *length, ottava_error *error);

#ifdef __cplusplus
}
#endif

#endif /* OTTAVA_PACKED_H_ */
