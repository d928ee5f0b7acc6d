/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The dead man's switch: a hardware watchdog that the loop feeds. It fires when the loop stands,
 * which no other trigger of this machine's own does, and on a match, when the loop stops feeding it
 * on purpose. With a pretimeout it panics first and resets later, and between the two the crash
 * kernel takes its dump. Opening the device starts it; the letter V before close() stops it.
 */
#include "respond/triggers.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/watchdog.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "doctor/doctor.h"
#include "respond/watchdog_times.h"

#define FEED_EVERY_US 1000000       /* a feed over IPMI takes milliseconds */
#define LIMIT_US (900 * 1000000ull) /* longer than any setting */

struct dog {
	struct journal *journal; /* borrowed; NULL in tests */
	int fd;
	struct watchdog_times times;
	uint64_t fed_us;
	_Atomic bool hungry; /* it is to fire: no feed any more */
};

static int dog_check(const struct watch_ctx *ctx, const struct respond_options *o, struct diag *why)
{
	return doctor_agrees(ctx->host->root, DOCTOR_WATCHDOG, why);
}

static int feed(struct dog *w)
{
	w->fed_us = now_us();
	return ioctl(w->fd, WDIOC_KEEPALIVE, 0) < 0 ? -errno : 0;
}

/* The timeout first: a pretimeout may not be longer. Drivers round what they are given. */
static int set_times(struct dog *w, const struct watchdog_times *t)
{
	int timeout = t->timeout, pretimeout = t->pretimeout, none = 0;

	if (pretimeout && ioctl(w->fd, WDIOC_SETPRETIMEOUT, &none) < 0)
		return -errno;
	if (ioctl(w->fd, WDIOC_SETTIMEOUT, &timeout) < 0)
		return -errno;
	if (timeout < t->timeout / 2)
		return -ERANGE;
	if (pretimeout && ioctl(w->fd, WDIOC_SETPRETIMEOUT, &pretimeout) < 0)
		return -errno;
	w->times = (struct watchdog_times){ timeout, pretimeout };
	return 0;
}

/* A pretimeout that nobody answers with a panic is none. */
static bool panics_first(const struct doctor_facts *f)
{
	return f->n_watchdogs && f->watchdogs[0].pretimeout >= 0 &&
	       !strcmp(f->watchdogs[0].governor, "panic");
}

static int start(struct dog *w, const struct doctor_facts *f)
{
	struct watchdog_info info = { 0 };
	struct watchdog_times wish;
	unsigned int dump_seconds = doctor_dump_seconds(f);
	int err = -EINVAL;

	if (ioctl(w->fd, WDIOC_GETSUPPORT, &info) < 0)
		return -errno;
	if (!(info.options & WDIOF_SETTIMEOUT))
		return feed(w);
	for (unsigned int i = 0; err && watchdog_times(i, dump_seconds, panics_first(f), &wish);
	     i++)
		err = set_times(w, &wish);
	return err ? err : feed(w);
}

/* Magic close: without the V the machine would be reset although all is well. */
static void dog_close(void *own)
{
	struct dog *w = own;

	if (w->fd >= 0 && write(w->fd, "V", 1) != 1 && w->journal)
		journal_note(w->journal,
			     "/dev/watchdog cannot be stopped: %s; it will reset the "
			     "machine unless somebody feeds it",
			     strerror(errno));
	close_fd(w->fd);
	free(w);
}

static int dog_open(const struct watch_ctx *ctx, const struct respond_options *o, void **ret)
{
	struct dog *w = calloc(1, sizeof(*w));
	_cleanup_free_ struct doctor_report *r = calloc(1, sizeof(*r));
	char path[512];
	int err = w && r ? doctor_run(ctx->host->root, r) : -ENOMEM;

	if (err < 0) {
		free(w);
		return err;
	}
	w->journal = ctx->journal;
	w->fd = open(watch_path(ctx, "/dev/watchdog", path, sizeof(path)), O_WRONLY | O_CLOEXEC);
	err = w->fd < 0 ? -errno : start(w, &r->facts);
	if (err < 0) {
		dog_close(w);
		return err;
	}
	*ret = w;
	return 0;
}

static void dog_beat(void *own)
{
	struct dog *w = own;

	if (!atomic_load(&w->hungry) && now_us() - w->fed_us >= FEED_EVERY_US)
		feed(w);
}

/* Seconds until it fires, made as few as it allows. */
static int hurry(struct dog *w)
{
	int soon = w->times.pretimeout ? w->times.timeout - 1 : 2;

	if (w->times.pretimeout && ioctl(w->fd, WDIOC_SETPRETIMEOUT, &soon) == 0)
		w->times.pretimeout = soon;
	else if (!w->times.pretimeout && ioctl(w->fd, WDIOC_SETTIMEOUT, &soon) == 0)
		w->times.timeout = soon;
	return w->times.timeout - w->times.pretimeout;
}

static int dog_fire(void *own, const struct finding *f, int give_up_fd, char *detail, size_t size)
{
	struct pollfd stop = { give_up_fd, POLLIN, 0 };
	struct dog *w = own;
	int soon;

	atomic_store(&w->hungry, true);
	soon = hurry(w);
	/* twice the time, and a little: both waits may be rounded up */
	if (poll(&stop, 1, (2 * w->times.timeout + 10) * 1000) > 0) {
		atomic_store(&w->hungry, false);
		return -ECANCELED;
	}
	atomic_store(&w->hungry, false);
	snprintf(detail, size,
		 "the watchdog should have fired after %d s, and this kernel lives on", soon);
	return -EIO;
}

const struct trigger_ops trigger_watchdog = {
	.name = "watchdog",
	.before = "fired",
	.harms = true,
	.limit_us = LIMIT_US,
	.check = dog_check,
	.open = dog_open,
	.fire = dog_fire,
	.beat = dog_beat,
	.close = dog_close,
};
