/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Helper threads of the observer: small stacks (they are locked in memory) and all signals blocked
 * (the loop reads those). */
#ifndef HANGAR_WATCH_THREAD_H
#define HANGAR_WATCH_THREAD_H

#include <pthread.h>
#include <signal.h>

#define THREAD_STACK_BYTES                                                                         \
	(128 * 1024) /* no helper nests deep; 8 MiB each would be locked otherwise */

/* 0 or -errno. */
static inline int thread_start(pthread_t *ret, void *(*run)(void *), void *arg)
{
	sigset_t all, before;
	pthread_attr_t attr;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, THREAD_STACK_BYTES);
	err = pthread_create(ret, &attr, run, arg);
	pthread_attr_destroy(&attr);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -err;
}

#endif
