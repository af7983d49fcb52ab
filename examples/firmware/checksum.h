/* The checksum that the digits programs print on the PC: 64-bit FNV-1a.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CHECKSUM_H_
#define CHECKSUM_H_

#include <stdint.h>

#define CHECKSUM_START 0xCBF29CE484222325u

static inline uint64_t add_to_checksum(uint64_t checksum, const int8_t *values, int count) {
  for (int i = 0; i < count; ++i) checksum = (checksum ^ (uint8_t)values[i]) * 0x100000001B3u;
  return checksum;
}

#endif /* CHECKSUM_H_ */
