/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A rung that hangs (its file may be on the file system that does, and memory.stat waits for a lock
 * that the OOM path holds) must not cost the rungs behind it. So each has a thread, made before the
 * storm, that sleeps on a bell; the climber rings one after the other, and waits for each no longer
 * than its limit.
 */
#include "respond/ladder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "respond/bell.h"
#include "watch/thread.h"

static void *stand(void *arg)
{
	struct ladder_rung *r = arg;

	bell_wait(r->go_fd);
	if (r->ladder->quit)
		return NULL;
	atomic_store(&r->begun, true);
	r->err = r->ops->fire(r->own, &r->ladder->finding, r->fd);
	if (!r->err && fdatasync(r->fd) < 0)
		r->err = -errno;
	atomic_store(&r->done, true);
	bell_ring(r->done_fd);
	return NULL;
}

/* False: the ladder is being taken down. */
static bool climb_one(struct ladder *l, struct ladder_rung *r)
{
	struct pollfd fds[] = { { r->done_fd, POLLIN, 0 }, { l->quit_fd, POLLIN, 0 } };
	uint64_t until = now_us() + r->ops->limit_us, now;

	bell_ring(r->go_fd);
	while ((now = now_us()) < until) {
		int n = poll(fds, ARRAY_SIZE(fds), (int)((until - now) / 1000) + 1);

		if (n > 0)
			return !fds[1].revents;
	}
	atomic_store(&r->late, true);
	return true;
}

static void *climb(void *arg)
{
	struct ladder *l = arg;

	bell_wait(l->go_fd);
	for (unsigned int i = 0; i < l->count && !l->quit; i++)
		if (!climb_one(l, &l->rungs[i]))
			return NULL;
	atomic_store(&l->over, true);
	return NULL;
}

int ladder_init(struct ladder *l, int dir_fd)
{
	memset(l, 0, sizeof(*l));
	l->dir_fd = dir_fd;
	l->quit_fd = -1;
	l->go_fd = bell_open();
	if (l->go_fd < 0)
		return l->go_fd;
	l->quit_fd = bell_open();
	return l->quit_fd < 0 ? l->quit_fd : 0;
}

static int make_ready(struct ladder *l, struct ladder_rung *r)
{
	int err;

	snprintf(r->file, sizeof(r->file), "evidence/%s.txt", r->ops->name);
	r->fd = openat(l->dir_fd, r->file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (r->fd < 0)
		return -errno;
	r->go_fd = bell_open();
	r->done_fd = bell_open();
	if (r->go_fd < 0 || r->done_fd < 0)
		return -EMFILE;
	err = thread_start(&r->thread, stand, r);
	r->has_thread = !err;
	return err;
}

int ladder_add(struct ladder *l, const struct rung_ops *ops, const struct watch_ctx *ctx,
	       struct diag *why)
{
	struct ladder_rung *r = &l->rungs[l->count];
	int err;

	if (l->count == LADDER_RUNGS_MAX)
		return diag_set(why, -E2BIG, "more than %d rungs", LADDER_RUNGS_MAX);
	*r = (struct ladder_rung){ .ladder = l, .ops = ops, .fd = -1, .go_fd = -1, .done_fd = -1 };
	err = ops->open(ctx, ops->with, &r->own);
	if (err < 0)
		return diag_set(why, 1, "%s", strerror(-err));
	l->count++;
	err = make_ready(l, r);
	return err < 0 ? diag_set(why, err, "%s: %s", r->file, strerror(-err)) : 0;
}

int ladder_ready(struct ladder *l)
{
	int err = thread_start(&l->climber, climb, l);

	l->has_climber = !err;
	return err;
}

void ladder_go(struct ladder *l, const struct finding *f)
{
	l->finding = *f;
	l->gone = true;
	bell_ring(l->go_fd);
}

static void clear_rung(struct ladder *l, struct ladder_rung *r)
{
	if (!l->gone && r->fd >= 0)
		unlinkat(l->dir_fd, r->file, 0);
	close_fd(r->fd);
	close_fd(r->go_fd);
	close_fd(r->done_fd);
	r->ops->close(r->own);
}

/* False: it hangs. */
static bool end_thread(struct ladder_rung *r)
{
	if (!r->has_thread)
		return true;
	if (atomic_load(&r->begun) && !atomic_load(&r->done)) {
		pthread_detach(r->thread);
		return false;
	}
	bell_ring(r->go_fd);
	pthread_join(r->thread, NULL);
	return true;
}

bool ladder_close(struct ladder *l)
{
	bool free_of_all = true;

	l->quit = true;
	if (l->has_climber) {
		bell_ring(l->quit_fd);
		bell_ring(l->go_fd);
		pthread_join(l->climber, NULL);
	}
	for (unsigned int i = 0; i < l->count; i++)
		free_of_all = end_thread(&l->rungs[i]) && free_of_all;
	if (!free_of_all)
		return false;
	for (unsigned int i = 0; i < l->count; i++)
		clear_rung(l, &l->rungs[i]);
	close_fd(l->go_fd);
	close_fd(l->quit_fd);
	return true;
}
