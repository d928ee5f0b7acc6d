/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ring with one producer and one consumer: head is moved by the producer alone, tail by the
 * thread alone. The thread sleeps in read() of an eventfd, so that waking it costs the producer one
 * write() that cannot block.
 */
#include "watch/spool.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "watch/thread.h"

struct spool {
	int fd, wake_fd;
	size_t size;
	char *ring;
	_Atomic uint64_t head, tail;
	_Atomic int error;
	_Atomic bool closing, ended;
	uint64_t dropped;
	pthread_t thread;
};

/* Write what lies between tail and head, up to the ring's end. After an error the bytes are thrown
 * away. */
static void write_some(struct spool *s, uint64_t tail, uint64_t head)
{
	size_t at = tail & (s->size - 1);
	size_t n = head - tail < s->size - at ? (size_t)(head - tail) : s->size - at;
	ssize_t done = atomic_load(&s->error) ? (ssize_t)n : write(s->fd, s->ring + at, n);

	if (done < 0 && errno != EINTR)
		atomic_store(&s->error, -errno);
	if (done > 0)
		atomic_store(&s->tail, tail + (uint64_t)done);
}

static void *run(void *arg)
{
	struct spool *s = arg;
	uint64_t count;

	for (;;) {
		uint64_t tail = atomic_load(&s->tail), head = atomic_load(&s->head);

		if (tail != head)
			write_some(s, tail, head);
		else if (atomic_load(&s->closing))
			break;
		else if (read(s->wake_fd, &count, sizeof(count)) < 0 && errno != EINTR)
			break;
	}
	atomic_store(&s->ended, true);
	return NULL;
}

static void spool_free(struct spool *s)
{
	close_fd(s->fd);
	close_fd(s->wake_fd);
	free(s->ring);
	free(s);
}

int spool_open(int fd, size_t bytes, struct spool **ret)
{
	struct spool *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
	s->fd = -1;
	s->size = bytes;
	s->ring = calloc(1, bytes);
	s->wake_fd = eventfd(0, EFD_CLOEXEC);
	err = !s->ring ? -ENOMEM : s->wake_fd < 0 ? -errno : thread_start(&s->thread, run, s);
	if (err < 0) {
		spool_free(s);
		return err;
	}
	s->fd = fd;
	*ret = s;
	return 0;
}

static void wake(struct spool *s)
{
	uint64_t one = 1;
	ssize_t n = write(s->wake_fd, &one, sizeof(one));

	(void)n; /* fails only when the count is at its end: the thread is awake then */
}

struct spool *spool_close(struct spool *s, uint64_t timeout_us)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	uint64_t until = now_us() + timeout_us;

	if (!s)
		return NULL;
	atomic_store(&s->closing, true);
	wake(s);
	while (!atomic_load(&s->ended) && now_us() < until)
		nanosleep(&pause, NULL);
	if (!atomic_load(&s->ended)) {
		pthread_detach(s->thread);
		return NULL;
	}
	pthread_join(s->thread, NULL);
	spool_free(s);
	return NULL;
}

bool spool_put(struct spool *s, const void *data, size_t size)
{
	uint64_t head = atomic_load(&s->head);
	size_t at = head & (s->size - 1);
	size_t first = size < s->size - at ? size : s->size - at;

	if (size > s->size - (size_t)(head - atomic_load(&s->tail))) {
		s->dropped++;
		return false;
	}
	memcpy(s->ring + at, data, first);
	memcpy(s->ring, (const char *)data + first, size - first);
	atomic_store(&s->head, head + size);
	wake(s);
	return true;
}

uint64_t spool_dropped(const struct spool *s)
{
	return s->dropped;
}

int spool_error(const struct spool *s)
{
	return atomic_load(&s->error);
}
