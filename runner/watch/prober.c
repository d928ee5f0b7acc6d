/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each thread has a place for one request; two eventfds say "do" and "done". A request that was
 * given up keeps its place until its read comes back, which is when the answer is thrown away and
 * the thread serves again.
 *
 * A thread that is woken on another CPU costs an interrupt there and the wait for that CPU, and as
 * much on the way back. In a guest whose CPUs share two cores with others that was 34 ms a stack:
 * of three hundred tasks that freeze, the last was read after 20 s. Whoever asks sleeps meanwhile,
 * so the thread is kept on the CPU of the asker, unless another one is asked for.
 */
#include "watch/prober.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

#include "base/cleanup.h"
#include "watch/thread.h"

#define PROBER_THREADS 4     /* three may hang in exec at once before stacks are missed */
#define PROBE_BYTES_MAX 8192 /* the kernel prints at most 64 frames, about 4 KiB */

struct place {
	int do_fd, done_fd;
	bool busy; /* asked, not answered yet */
	bool started;
	_Atomic bool quit;
	prober_fn fn;
	int fd;
	int home; /* CPU that the thread is kept on; -1: it has run anywhere yet */
	ssize_t result;
	pthread_t thread;
	char text[PROBE_BYTES_MAX];
};

struct prober {
	struct place places[PROBER_THREADS];
};

static void post(int fd)
{
	uint64_t one = 1;
	ssize_t n = write(fd, &one, sizeof(one));

	(void)n;
}

static bool take(int fd)
{
	uint64_t count;

	return read(fd, &count, sizeof(count)) == (ssize_t)sizeof(count);
}

/* Before it wakes. A CPU that is offline or forbidden is not gone to, which does no harm. */
static void keep_on(struct place *p, int cpu)
{
	cpu_set_t one;

	if (cpu < 0 || cpu >= CPU_SETSIZE || cpu == p->home)
		return;
	CPU_ZERO(&one);
	CPU_SET((size_t)cpu, &one);
	if (pthread_setaffinity_np(p->thread, sizeof(one), &one) == 0)
		p->home = cpu;
}

static void *run(void *arg)
{
	struct place *p = arg;

	while (take(p->do_fd) && !atomic_load(&p->quit)) {
		ssize_t n = p->fn(p->fd, p->text, sizeof(p->text) - 1);

		p->result = n < 0 ? -errno : n;
		post(p->done_fd);
	}
	return NULL;
}

static ssize_t read_again(int fd, char *buf, size_t size)
{
	return pread(fd, buf, size, 0);
}

int prober_open(struct prober **ret)
{
	return prober_open_with(read_again, ret);
}

int prober_open_with(prober_fn fn, struct prober **ret)
{
	struct prober *p = calloc(1, sizeof(*p));
	int err = 0;

	if (!p)
		return -ENOMEM;
	for (int i = 0; i < PROBER_THREADS; i++)
		p->places[i].do_fd = p->places[i].done_fd = -1;
	for (int i = 0; i < PROBER_THREADS && !err; i++) {
		struct place *q = &p->places[i];

		q->fn = fn;
		q->home = -1;
		q->do_fd = eventfd(0, EFD_CLOEXEC);
		q->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		err = q->do_fd < 0 || q->done_fd < 0 ? -errno : thread_start(&q->thread, run, q);
		q->started = !err;
	}
	if (err < 0) {
		prober_close(p);
		return err;
	}
	*ret = p;
	return 0;
}

/* Answers to requests that were given up. */
static void collect(struct prober *p)
{
	for (int i = 0; i < PROBER_THREADS; i++)
		if (p->places[i].busy && take(p->places[i].done_fd))
			p->places[i].busy = false;
}

struct prober *prober_close(struct prober *p)
{
	bool hangs = false;

	if (!p)
		return NULL;
	collect(p);
	for (int i = 0; i < PROBER_THREADS; i++) {
		struct place *q = &p->places[i];

		if (q->busy) {
			pthread_detach(q->thread);
			hangs = true;
			continue;
		}
		if (q->started) {
			atomic_store(&q->quit, true);
			post(q->do_fd);
			pthread_join(q->thread, NULL);
		}
		close_fd(q->do_fd);
		close_fd(q->done_fd);
	}
	if (!hangs)
		free(p);
	return NULL;
}

static ssize_t answer(struct place *q, char *buf, size_t size)
{
	size_t n;

	if (q->result < 0)
		return q->result;
	n = (size_t)q->result < size ? (size_t)q->result : size - 1;
	memcpy(buf, q->text, n);
	buf[n] = 0;
	return (ssize_t)n;
}

ssize_t prober_read(struct prober *p, int fd, char *buf, size_t size, uint64_t wait_us)
{
	return prober_read_on(p, -1, fd, buf, size, wait_us);
}

ssize_t prober_read_on(struct prober *p, int cpu, int fd, char *buf, size_t size, uint64_t wait_us)
{
	collect(p);
	for (int i = 0; i < PROBER_THREADS; i++) {
		struct place *q = &p->places[i];
		struct pollfd done = { .fd = q->done_fd, .events = POLLIN };

		if (q->busy)
			continue;
		q->fd = fd;
		keep_on(q, cpu < 0 ? sched_getcpu() : cpu);
		q->busy = true;
		post(q->do_fd);
		if (poll(&done, 1, (int)(wait_us / 1000)) <= 0 || !take(q->done_fd))
			return -ETIMEDOUT;
		q->busy = false;
		return answer(q, buf, size);
	}
	return -EBUSY;
}

unsigned int prober_lost(struct prober *p)
{
	unsigned int n = 0;

	collect(p);
	for (int i = 0; i < PROBER_THREADS; i++)
		n += p->places[i].busy;
	return n;
}
