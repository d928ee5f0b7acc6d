/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all watchers share: who a pid is, how a finding goes out, how many files may be open.
 */
#include "watch/watch.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"

const char *watch_group_name(const struct watch_ctx *ctx, int index)
{
	if (!ctx->plan || index < 0 || (unsigned int)index >= ctx->plan->n_groups)
		return "";
	return ctx->plan->groups[index].path;
}

int watch_copy_of(const struct watch_ctx *ctx, pid_t pid)
{
	if (!ctx->launcher || !ctx->plan)
		return -1;
	for (unsigned int i = 0; i < ctx->plan->n_launches; i++)
		if (ctx->launcher->copies[i].pid == pid &&
		    ctx->launcher->copies[i].state == COPY_ALIVE)
			return (int)i;
	return -1;
}

int watch_copy_of_victim(const struct watch_ctx *ctx, pid_t pid)
{
	const pid_t leader = getpgid(pid);

	for (unsigned int i = 0; ctx->launcher && ctx->plan && i < ctx->plan->n_launches; i++) {
		const struct copy *c = &ctx->launcher->copies[i];

		if (c->pid == pid || c->last_pid == pid || (leader > 0 && c->pid == leader))
			return (int)i;
	}
	return -1;
}

const char *watch_path(const struct watch_ctx *ctx, const char *path, char *buf, size_t size)
{
	snprintf(buf, size, "%s%s", ctx->host ? ctx->host->root : "", path);
	return buf;
}

uint32_t watch_emit(struct watcher *w, struct finding *f)
{
	int copy = f->pid && !f->group[0] ? watch_copy_of(w->ctx, f->pid) : -1;

	snprintf(f->watcher, sizeof(f->watcher), "%s", w->ops->name);
	if (copy >= 0)
		snprintf(f->group, sizeof(f->group), "%s",
			 watch_group_name(w->ctx, (int)w->ctx->plan->launches[copy].group));
	return w->ctx->sink.take(w->ctx->sink.ctx, f);
}

void watch_record_lost(struct watcher *w, const char *file, int err, bool *told)
{
	const struct rundir *dir = w->ctx->rundir;
	struct finding f;

	if (!err || *told)
		return;
	*told = true;
	finding_init(&f, FINDING_RECORD_LOST, w->ops->name, now_us());
	snprintf(f.text, sizeof(f.text),
		 "%.300s/%s cannot be written: %s; make room, or choose another --out",
		 dir ? dir->path : "", file, strerror(-err));
	watch_emit(w, &f);
}

void watch_note(struct watcher *w, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	if (!w->ctx->journal)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	journal_note(w->ctx->journal, "%s: %s", w->ops->name, text);
}

void watch_exit(struct watcher *const *list, unsigned int count, unsigned int copy,
		enum exit_kind kind)
{
	uint64_t now = now_us();

	for (unsigned int i = 0; i < count; i++)
		if (list[i]->ops->exited)
			list[i]->ops->exited(list[i], copy, kind, now);
}

uint64_t watch_raise_files(uint64_t wanted)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) < 0)
		return 0;
	if (l.rlim_cur >= wanted)
		return l.rlim_cur;
	if (l.rlim_max < wanted) {
		struct rlimit more = { wanted, wanted };

		if (setrlimit(RLIMIT_NOFILE, &more) ==
		    0) /* root only, and no further than fs.nr_open */
			return wanted;
	}
	l.rlim_cur = l.rlim_max < wanted ? l.rlim_max : wanted;
	setrlimit(RLIMIT_NOFILE, &l);
	getrlimit(RLIMIT_NOFILE, &l);
	return l.rlim_cur;
}
