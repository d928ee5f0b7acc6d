/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The trigger waits in a thread, so that the loop goes on: whoever looks from outside sees it tick,
 * and knows that this run waits for an answer, not for a lock.
 */
#include "respond/firing.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "respond/bell.h"
#include "watch/thread.h"

#define GIVE_UP_WITHIN_US 1000000u /* every fire() polls the bell; one that does not hangs */

static void *wait_and_fire(void *arg)
{
	struct firing *f = arg;

	bell_wait(f->go_fd);
	if (f->quit)
		return NULL;
	f->err = f->ops->fire(f->own, &f->finding, f->give_up_fd, f->detail, sizeof(f->detail));
	atomic_store(&f->done, true);
	return NULL;
}

int firing_open(struct firing *f, const struct trigger_ops *ops, const struct watch_ctx *ctx,
		const struct respond_options *o, struct diag *d)
{
	int err;

	memset(f, 0, sizeof(*f));
	f->go_fd = bell_open();
	f->give_up_fd = bell_open();
	if (f->go_fd < 0 || f->give_up_fd < 0)
		return diag_set(d, -EMFILE, "trigger %s: too many open files", ops->name);
	err = ops->open(ctx, o, &f->own);
	if (err < 0)
		return diag_set(d, err, "trigger %s: %s", ops->name, strerror(-err));
	f->ops = ops;
	err = thread_start(&f->thread, wait_and_fire, f);
	f->has_thread = !err;
	return err < 0 ? diag_set(d, err, "trigger %s: no thread: %s", ops->name, strerror(-err))
		       : 0;
}

void firing_go(struct firing *f, const struct finding *why)
{
	f->finding = *why;
	f->gone = true;
	bell_ring(f->go_fd);
}

static bool wait_done(const struct firing *f)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	uint64_t until = now_us() + GIVE_UP_WITHIN_US;

	while (!atomic_load(&f->done) && now_us() < until)
		nanosleep(&pause, NULL);
	return atomic_load(&f->done);
}

bool firing_close(struct firing *f)
{
	f->quit = true;
	if (f->has_thread) {
		bell_ring(f->give_up_fd);
		bell_ring(f->go_fd);
		if (f->gone && !wait_done(f)) {
			pthread_detach(f->thread);
			return false;
		}
		pthread_join(f->thread, NULL);
	}
	if (f->ops && f->ops->close)
		f->ops->close(f->own);
	close_fd(f->go_fd);
	close_fd(f->give_up_fd);
	return true;
}
