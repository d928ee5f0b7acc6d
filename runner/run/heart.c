/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * UDP, because it never waits: a connected datagram socket sends or fails at once, whatever became
 * of the other end. The kernel's own allocation for a datagram is atomic and may fail in a storm;
 * an observer takes several silent seconds before it believes in a death.
 */
#include "run/heart.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/hostport.h"
#include "heartbeat.h"

#define STACK_BYTES (128 * 1024)
#define FAREWELLS 3

struct heart {
	int fd;
	pthread_t thread;
	pthread_mutex_t lock; /* of the wait alone */
	pthread_cond_t wake;
	bool stop;
	const struct journal *journal;
	struct heartbeat_key key;
	struct heartbeat beat;
	_Atomic uint64_t ticks;
	_Atomic(const char *) phase;
	char datagram[HEARTBEAT_BYTES_MAX];
};

static void send_beat(struct heart *h)
{
	const char *phase = atomic_load(&h->phase);
	size_t size;

	h->beat.beat++;
	h->beat.ticks = atomic_load(&h->ticks);
	h->beat.mono_us = now_us();
	h->beat.seq = journal_synced(h->journal);
	snprintf(h->beat.phase, sizeof(h->beat.phase), "%s", phase ? phase : "");
	size = heartbeat_encode(&h->beat, &h->key, h->datagram);
	(void)!send(h->fd, h->datagram, size, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void *beat(void *arg)
{
	struct heart *h = arg;
	struct timespec next;

	clock_gettime(CLOCK_MONOTONIC, &next);
	pthread_mutex_lock(&h->lock);
	while (!h->stop) {
		send_beat(h);
		next.tv_sec += HEARTBEAT_EVERY_US / 1000000;
		while (!h->stop && pthread_cond_timedwait(&h->wake, &h->lock, &next) == 0)
			;
	}
	pthread_mutex_unlock(&h->lock);
	return NULL;
}

static int connect_to(const char *to, struct diag *d)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICSERV };
	struct addrinfo *found = NULL;
	char host[256];
	const char *port;
	int err, fd = -1;

	if (hostport_split(to, host, sizeof(host), &port) < 0 || !host[0])
		return diag_set(d, -EINVAL, "--heartbeat %s: HOST:PORT is wanted", to);
	err = getaddrinfo(host, port, &hints, &found);
	if (err)
		return diag_set(d, -EINVAL, "--heartbeat %s: %s", to, gai_strerror(err));
	err = -EADDRNOTAVAIL;
	for (const struct addrinfo *a = found; a && fd < 0; a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
			    a->ai_protocol);
		if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) < 0) {
			err = -errno;
			fd = close_fd(fd);
		}
	}
	freeaddrinfo(found);
	return fd < 0 ? diag_set(d, err, "--heartbeat %s: %s", to, strerror(-err)) : fd;
}

/* Signals are the loop's. */
static int start(struct heart *h)
{
	pthread_condattr_t monotonic;
	pthread_attr_t attr;
	sigset_t all, old;
	int err;

	pthread_mutex_init(&h->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&h->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(&h->thread, &attr, beat, h);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	return -err;
}

static struct heart *heart_free(struct heart *h)
{
	close_fd(h->fd);
	free(h);
	return NULL;
}

int heart_open(const char *to, const char *key_file, const char *run, const char *release,
	       struct journal *j, struct heart **ret, struct diag *d)
{
	struct heart *h = calloc(1, sizeof(*h));
	int err;

	if (!h)
		return -ENOMEM;
	h->journal = j;
	snprintf(h->beat.run, sizeof(h->beat.run), "%s", run);
	snprintf(h->beat.release, sizeof(h->beat.release), "%s", release);
	h->fd = connect_to(to, d);
	err = h->fd < 0 ? h->fd : 0;
	if (!err && key_file)
		err = heartbeat_key_load(key_file, &h->key, d);
	if (!err) {
		err = start(h);
		if (err < 0)
			diag_set(d, err, "the heartbeat's thread: %s", strerror(-err));
	}
	if (err < 0) {
		heart_free(h);
		return err;
	}
	*ret = h;
	return 0;
}

void heart_turn(struct heart *h, const char *phase)
{
	if (!h)
		return;
	atomic_store(&h->phase, phase);
	atomic_fetch_add(&h->ticks, 1);
}

struct heart *heart_close(struct heart *h, const char *verdict)
{
	if (!h)
		return NULL;
	pthread_mutex_lock(&h->lock);
	h->stop = true;
	pthread_cond_signal(&h->wake);
	pthread_mutex_unlock(&h->lock);
	pthread_join(h->thread, NULL);
	h->beat.over = true;
	snprintf(h->beat.verdict, sizeof(h->beat.verdict), "%s", verdict);
	atomic_store(&h->phase, NULL);
	for (int i = 0; i < FAREWELLS; i++)
		send_beat(h);
	return heart_free(h);
}
