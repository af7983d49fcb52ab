/* The two instructions between which blocks.c counts: hints without a meaning, which every core executes as a NOP.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OTTAVA_BENCHMARKS_MODEL_MARKER_H_
#define OTTAVA_BENCHMARKS_MODEL_MARKER_H_

#define MARKER_BEGIN 0x70u
#define MARKER_END 0x71u

#define MARKER_AARCH64(number) (0xd503201fu | (number) << 5)
#define MARKER_ARM(number) (0xe320f000u | (number))
#define MARKER_THUMB_HIGH 0xf3afu /* the first halfword of a Thumb instruction comes first in memory */
#define MARKER_THUMB_LOW(number) (0x8000u | (number))

#if defined(__aarch64__)
#define MARK_BEGIN() __asm__ volatile(".inst 0xd5032e1f" ::: "memory")
#define MARK_END() __asm__ volatile(".inst 0xd5032e3f" ::: "memory")
#elif defined(__thumb__)
#define MARK_BEGIN() __asm__ volatile(".inst.w 0xf3af8070" ::: "memory")
#define MARK_END() __asm__ volatile(".inst.w 0xf3af8071" ::: "memory")
#elif defined(__arm__)
#define MARK_BEGIN() __asm__ volatile(".inst 0xe320f070" ::: "memory")
#define MARK_END() __asm__ volatile(".inst 0xe320f071" ::: "memory")
#endif

#endif /* OTTAVA_BENCHMARKS_MODEL_MARKER_H_ */
