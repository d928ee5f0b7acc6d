/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When the courier walks: each 100 ms, but never more than a fifth of the time. */
#include "vm/guest/courier.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>

#include "base/clock.h"

#define WALK_EVERY_US 100000u
#define WALK_SHARE 5u /* a walk over thousands of files must not become the load */
#define STACK_BYTES                                                                                \
	(256u << 10)       /* eight folders deep of a kilobyte each, and the C library's own */
#define COURIER_NICE (-15) /* before the storm, behind the runner, which is real-time */

static void rest(uint64_t walked_us)
{
	uint64_t us = walked_us * (WALK_SHARE - 1);
	struct timespec ts;

	if (us < WALK_EVERY_US)
		us = WALK_EVERY_US;
	ts = (struct timespec){ .tv_sec = (time_t)(us / 1000000),
				.tv_nsec = (long)(us % 1000000) * 1000 };
	nanosleep(&ts, NULL);
}

static void *courier_main(void *arg)
{
	struct courier *c = arg;

	setpriority(PRIO_PROCESS, 0, COURIER_NICE); /* of this thread alone, on Linux */
	for (;;) {
		bool last = atomic_load(&c->last);
		uint64_t begin = now_us();
		int64_t sent = courier_walk(c);

		if (sent < 0 || (last && sent == 0))
			return NULL;
		if (!last)
			rest(now_us() - begin);
	}
}

int courier_start(struct courier *c)
{
	pthread_attr_t attr;
	sigset_t all, old;
	int r = pthread_attr_init(&attr);

	if (r)
		return -r;
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(&c->thread, &attr, courier_main, c);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	return -r;
}

int courier_stop(struct courier *c)
{
	atomic_store(&c->last, true);
	pthread_join(c->thread, NULL);
	return c->error;
}
