/* What the images have of the C library's <string.h>.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef STRING_H_
#define STRING_H_

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memset(void *to, int value, size_t bytes);

#endif /* STRING_H_ */
