/* The host's threads.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PLUGIN_HOST_THREADS_H_
#define PLUGIN_HOST_THREADS_H_

#include <stdint.h>

struct workers;

struct workers *workers_start(uint32_t count); /* the caller is one of them; NULL if they do not start */
void workers_stop(struct workers *workers);
/* As host.parallel_for wants it. */
void workers_parallel_for(void *workers, uint32_t count, void (*fn)(void *task, uint32_t index), void *task);

#endif /* PLUGIN_HOST_THREADS_H_ */
