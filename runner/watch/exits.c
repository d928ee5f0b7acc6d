/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copies that fail: the harness's own trouble, not the kernel's. Told once a copy when it ends; the
 * last words of its output are read when the storm is over, since the run directory may lie on the
 * file system that hangs.
 */
#include "watch/watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "launch/last_words.h"

#define LAST_WORDS 400 /* bytes of output quoted: they fit into a headline */

struct exits {
	struct watcher base;
	uint32_t *told; /* one a launch: id of its finding, 0: none */
	unsigned int failed;
};

static bool wanted(const struct watch_spec *spec)
{
	return spec->exits;
}

static void how(int status, char *buf, size_t size)
{
	if (WIFSIGNALED(status))
		snprintf(buf, size, "killed by signal %d (%s)", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
	else
		snprintf(buf, size, "exit status %d", WEXITSTATUS(status));
}

static void begin(const struct exits *w, unsigned int copy, uint64_t now, struct finding *f)
{
	const struct plan_launch *l = &w->base.ctx->plan->launches[copy];

	finding_init(f, FINDING_STRESSOR_FAILED, "exits", now);
	snprintf(f->comm, sizeof(f->comm), "%.31s", l->name);
	snprintf(f->group, sizeof(f->group), "%s", watch_group_name(w->base.ctx, (int)l->group));
	snprintf(f->signature, sizeof(f->signature), "stressor-failed|%.*s",
		 (int)strcspn(l->name, "#"), l->name);
}

static void exited(struct watcher *base, unsigned int copy, enum exit_kind kind, uint64_t now)
{
	struct exits *w = (struct exits *)base;
	struct finding f;
	char text[128];

	if (kind != EXIT_FAILED)
		return;
	w->failed++;
	if (w->told[copy]) /* with "restart": "always" it fails again and again */
		return;
	how(base->ctx->launcher->copies[copy].status, text, sizeof(text));
	begin(w, copy, now, &f);
	f.pid = base->ctx->launcher->copies[copy].pid;
	snprintf(f.text, sizeof(f.text), "%s failed: %s", base->ctx->plan->launches[copy].name,
		 text);
	w->told[copy] = watch_emit(base, &f);
}

static void exits_close(struct watcher *base)
{
	struct exits *w = (struct exits *)base;

	for (unsigned int i = 0; w->told && i < base->ctx->plan->n_launches; i++) {
		char words[LAST_WORDS] = "";
		struct finding f;

		if (!w->told[i])
			continue;
		last_words(base->ctx->rundir ? base->ctx->rundir->fd : -1,
			   base->ctx->plan->launches[i].out, words, sizeof(words));
		begin(w, i, now_us(), &f);
		f.more_of = w->told[i];
		snprintf(f.text, sizeof(f.text), "%s said: %s", base->ctx->plan->launches[i].name,
			 words[0] ? words : "nothing");
		watch_emit(base, &f);
	}
	free(w->told);
	free(w);
}

static int exits_open(const struct watch_ctx *ctx, struct watcher **ret, struct diag *why)
{
	struct exits *w = calloc(1, sizeof(*w));

	(void)why;
	if (!w)
		return -ENOMEM;
	w->base.ops = &watch_exits;
	w->base.ctx = ctx;
	w->told = calloc(ctx->plan->n_launches ? ctx->plan->n_launches : 1, sizeof(*w->told));
	if (!w->told) {
		free(w);
		return -ENOMEM;
	}
	*ret = &w->base;
	return 0;
}

static void status(const struct watcher *base, char *buf, size_t size)
{
	const struct exits *w = (const struct exits *)base;

	if (w->failed)
		snprintf(buf, size, "%u failed", w->failed);
}

const struct watch_ops watch_exits = {
	.name = "exits",
	.wanted = wanted,
	.open = exits_open,
	.close = exits_close,
	.exited = exited,
	.status = status,
};
