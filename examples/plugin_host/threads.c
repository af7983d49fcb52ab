/* Threads that wait for work, and take one piece of it after the other.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "threads.h"

#include <pthread.h>
#include <stdlib.h>

struct workers {
  pthread_mutex_t one_call; /* held for a whole call: callers of several threads wait for each other */
  pthread_mutex_t mutex;    /* of what follows */
  pthread_cond_t work, done;
  void (*fn)(void *task, uint32_t index);
  void *task;
  uint32_t count, next, finished; /* pieces: all, the next one to take, those done */
  int stopping;
  uint32_t started; /* threads */
  pthread_t threads[];
};

/* Takes and does pieces while there are any; called and left with the mutex held. */
static void take_pieces(struct workers *workers) {
  while (workers->next < workers->count) {
    const uint32_t index = workers->next++;
    pthread_mutex_unlock(&workers->mutex);
    workers->fn(workers->task, index);
    pthread_mutex_lock(&workers->mutex);
    if (++workers->finished == workers->count) pthread_cond_signal(&workers->done);
  }
}

static void *work(void *argument) {
  struct workers *const workers = argument;
  pthread_mutex_lock(&workers->mutex);
  while (!workers->stopping) {
    take_pieces(workers);
    if (!workers->stopping) pthread_cond_wait(&workers->work, &workers->mutex);
  }
  pthread_mutex_unlock(&workers->mutex);
  return NULL;
}

struct workers *workers_start(uint32_t count) {
  struct workers *const made = calloc(1, sizeof *made + count * sizeof(pthread_t));
  if (made == NULL) return NULL;
  pthread_mutex_init(&made->one_call, NULL);
  pthread_mutex_init(&made->mutex, NULL);
  pthread_cond_init(&made->work, NULL);
  pthread_cond_init(&made->done, NULL);
  while (made->started + 1 < count) {
    if (pthread_create(&made->threads[made->started], NULL, work, made) != 0) {
      workers_stop(made);
      return NULL;
    }
    ++made->started;
  }
  return made;
}

void workers_stop(struct workers *workers) {
  uint32_t i;
  pthread_mutex_lock(&workers->mutex);
  workers->stopping = 1;
  pthread_cond_broadcast(&workers->work);
  pthread_mutex_unlock(&workers->mutex);
  for (i = 0; i < workers->started; ++i) pthread_join(workers->threads[i], NULL);
  pthread_cond_destroy(&workers->done);
  pthread_cond_destroy(&workers->work);
  pthread_mutex_destroy(&workers->mutex);
  pthread_mutex_destroy(&workers->one_call);
  free(workers);
}

void workers_parallel_for(void *user, uint32_t count, void (*fn)(void *task, uint32_t index), void *task) {
  struct workers *const workers = user;
  pthread_mutex_lock(&workers->one_call);
  pthread_mutex_lock(&workers->mutex);
  workers->fn = fn, workers->task = task;
  workers->count = count, workers->next = 0, workers->finished = 0;
  pthread_cond_broadcast(&workers->work);
  take_pieces(workers);
  while (workers->finished < count) pthread_cond_wait(&workers->done, &workers->mutex);
  workers->count = 0;
  pthread_mutex_unlock(&workers->mutex);
  pthread_mutex_unlock(&workers->one_call);
}
