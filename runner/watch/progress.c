/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stressors that make no steps. The slots are shared memory: following ten thousand copies four
 * times a second costs no system call. fio counts no steps for us and is left out.
 */
#include "watch/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kmsg/signature.h"
#include "watch/progress_decide.h"
#include "watch/task_read.h"

#define LOOK_EVERY_US                                                                              \
	250000 /* a stall is told within 1 s of its limit; this leaves 750 ms for the rest */

struct progress_watch {
	struct watcher base;
	int proc_fd;
	struct prober *prober;
	struct progress *copies; /* one a launch */
	uint64_t quiet_for_us;
	unsigned int stalled;
	struct task_view view;
};

static bool wanted(const struct watch_spec *spec)
{
	return spec->progress;
}

static void describe(struct progress_watch *w, const struct plan_launch *l, struct finding *f)
{
	int err = task_view_read(w->proc_fd, f->pid, w->prober, &w->view);

	if (err < 0) {
		snprintf(f->text, sizeof(f->text), "%s in %s made no step for %.1f s; /proc/%d: %s",
			 l->name, f->group, f->seconds, f->pid, strerror(-err));
		return;
	}
	snprintf(f->comm, sizeof(f->comm), "%.31s", w->view.stat.comm);
	snprintf(f->stack, sizeof(f->stack), "%s", w->view.stack);
	snprintf(f->text, sizeof(f->text),
		 "%s in %s made no step for %.1f s; pid %d is in state %c%s%s", l->name, f->group,
		 f->seconds, f->pid, w->view.stat.state, w->view.wchan[0] ? ", in " : "",
		 w->view.wchan);
}

static void tell(struct progress_watch *w, unsigned int i, uint64_t quiet_us, uint64_t now)
{
	const struct plan_launch *l = &w->base.ctx->plan->launches[i];
	struct finding f;

	finding_init(&f, FINDING_STALL, "progress", now);
	f.pid = w->base.ctx->launcher->copies[i].pid;
	f.began_us = now - quiet_us;
	f.seconds = (double)quiet_us / 1e6;
	snprintf(f.group, sizeof(f.group), "%s", watch_group_name(w->base.ctx, (int)l->group));
	describe(w, l, &f);
	signature_make(&f);
	w->copies[i].told_id = watch_emit(&w->base, &f);
}

static bool is_running(const struct launcher *l, unsigned int i, const struct slot *s)
{
	return l->copies[i].state == COPY_ALIVE && !l->copies[i].stopping &&
	       __atomic_load_n(&s->state, __ATOMIC_RELAXED) == SLOT_RUNNING &&
	       !__atomic_load_n(&s->stop, __ATOMIC_RELAXED);
}

/* The limit for a copy: longer by the time that says nothing, since its last step. */
static uint64_t limit_of(const struct progress_watch *w, const struct progress *p)
{
	return w->quiet_for_us + (p->moved_us ? unseen_since(w->base.ctx->unseen, &p->unseen) : 0);
}

static void look(struct progress_watch *w, unsigned int i, uint64_t now)
{
	struct progress *p = &w->copies[i];
	const struct launcher *l = w->base.ctx->launcher;
	const struct plan_launch *launch = &w->base.ctx->plan->launches[i];
	struct slot *s = slots_at(l->slots, launch->slot);
	uint64_t quiet_us = 0, moved_us = p->moved_us;
	enum progress_event event = progress_decide(p, is_running(l, i, s),
						    __atomic_load_n(&s->steps, __ATOMIC_RELAXED),
						    now, limit_of(w, p), &quiet_us);

	if (p->moved_us != moved_us && w->base.ctx->unseen)
		p->unseen = *w->base.ctx->unseen;
	switch (event) {
	case PROGRESS_STALLED:
		tell(w, i, quiet_us, now);
		break;
	case PROGRESS_MOVES:
		watch_note(&w->base, "%s goes on after %.1f s (finding %u)", launch->name,
			   (double)quiet_us / 1e6, p->told_id);
		break;
	case PROGRESS_NOTHING:
		break;
	}
	w->stalled += p->told;
}

static uint64_t tick(struct watcher *base, uint64_t now)
{
	struct progress_watch *w = (struct progress_watch *)base;

	w->stalled = 0;
	for (unsigned int i = 0; i < base->ctx->plan->n_launches; i++)
		if (!base->ctx->plan->launches[i].is_fio)
			look(w, i, now);
	return now + LOOK_EVERY_US;
}

static void progress_close(struct watcher *base)
{
	struct progress_watch *w = (struct progress_watch *)base;

	w->prober = prober_close(w->prober);
	close_fd(w->proc_fd);
	free(w->copies);
	free(w);
}

static int progress_open(const struct watch_ctx *ctx, struct watcher **ret, struct diag *why)
{
	struct progress_watch *w = calloc(1, sizeof(*w));
	char path[512];
	int err;

	if (!w)
		return -ENOMEM;
	w->base.ops = &watch_progress;
	w->base.ctx = ctx;
	w->quiet_for_us = ctx->scenario->watch.quiet_for_us;
	w->copies = calloc(ctx->plan->n_launches ? ctx->plan->n_launches : 1, sizeof(*w->copies));
	w->proc_fd = open(watch_path(ctx, "/proc", path, sizeof(path)),
			  O_PATH | O_DIRECTORY | O_CLOEXEC);
	err = !w->copies ? -ENOMEM : w->proc_fd < 0 ? -errno : prober_open(&w->prober);
	if (err < 0) {
		progress_close(&w->base);
		return diag_set(why, err, "%s", strerror(-err));
	}
	*ret = &w->base;
	return 0;
}

static void status(const struct watcher *base, char *buf, size_t size)
{
	const struct progress_watch *w = (const struct progress_watch *)base;

	if (w->stalled)
		snprintf(buf, size, "%u stalled", w->stalled);
}

const struct watch_ops watch_progress = {
	.name = "progress",
	.wanted = wanted,
	.open = progress_open,
	.close = progress_close,
	.tick = tick,
	.status = status,
};
