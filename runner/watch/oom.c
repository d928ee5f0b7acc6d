/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * OOM in the groups of the run, told by the memory controller itself: v1 posts an eventfd
 * registered through cgroup.event_control, v2 wakes pollers of memory.events. Both come without
 * printk, which may be ratelimited, turned off or stuck; who was killed is for the kernel log and
 * the exits to say. One finding a group a second: a storm kills hundreds.
 */
#include "watch/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/textfile.h"
#include "watch/oom_read.h"

#define TELL_EVERY_US 1000000
#define KILL_WAIT_US 100000 /* v1 posts first and kills then: so long a kill is waited for */

struct oom_group {
	int event_fd; /* v1: eventfd; v2: the node's events_fd, not ours to close */
	bool own_fd;
	uint64_t events;   /* v1: situations since the last finding */
	uint64_t since_us; /* when that which is not told yet began, 0: nothing */
	uint64_t told_us;
	struct oom_state told;
};

struct oom_watch {
	struct watcher base;
	struct oom_group *groups; /* one a node of the tree */
	uint64_t kills;
};

static bool wanted(const struct watch_spec *spec)
{
	return spec->oom;
}

static bool read_state(const struct cgroup_node *n, struct oom_state *ret)
{
	struct oom_state part;
	unsigned int parts = 0;
	char text[512];

	*ret = (struct oom_state){ 0 };
	for (; cgroup_read_events(n, parts, text, sizeof(text)) > 0; parts++) {
		if (oom_state_parse(text, &part))
			return false;
		oom_state_add(ret, &part);
	}
	return parts > 0;
}

static void tell(struct oom_watch *w, unsigned int i, const struct oom_state *s, uint64_t now)
{
	struct oom_group *g = &w->groups[i];
	uint64_t kills = s->kills - g->told.kills;
	struct finding f;

	finding_init(&f, FINDING_OOM_KILL, "oom", now);
	f.began_us = g->since_us;
	snprintf(f.group, sizeof(f.group), "%s", watch_group_name(w->base.ctx, (int)i));
	if (s->kill_disabled && s->under_oom)
		snprintf(f.text, sizeof(f.text),
			 "%s is out of memory and may not be killed: its tasks wait", f.group);
	else if (kills) /* maybe for the limit of a group around it */
		snprintf(f.text, sizeof(f.text), "an OOM killed %llu in %s, %llu so far",
			 (unsigned long long)kills, f.group, (unsigned long long)s->kills);
	else if (s->kills_known)
		snprintf(f.text, sizeof(f.text), "%s hit its limit", f.group);
	else
		snprintf(f.text, sizeof(f.text), "%s hit its limit %llu times", f.group,
			 (unsigned long long)g->events);
	snprintf(f.signature, sizeof(f.signature), "oom-kill|limit");
	w->kills += kills;
	g->told = *s;
	g->told_us = now;
	g->since_us = 0;
	g->events = 0;
	watch_emit(&w->base, &f);
}

/* v2 wakes also for "high" and "max": only kills and failed allocations are an OOM. v1 posts before
 * it kills. */
static bool is_news(const struct oom_group *g, const struct oom_state *s, uint64_t now)
{
	return s->kills != g->told.kills || s->ooms != g->told.ooms ||
	       (s->under_oom && !g->told.under_oom) ||
	       (g->events && (!s->kills_known || now >= g->since_us + KILL_WAIT_US));
}

/*
 * v1 posts an OOM to every group below the one at its limit. Without a kill of its own such a group
 * only heard of it.
 */
static bool only_heard(const struct oom_watch *w, unsigned int i, const struct oom_state *s)
{
	const struct cgroup_node *nodes = w->base.ctx->tree->nodes;
	const struct oom_group *g = &w->groups[i];

	if (!g->own_fd || !s->kills_known || s->kill_disabled || s->kills != g->told.kills)
		return false;
	for (int p = nodes[i].group->parent; p >= 0; p = nodes[p].group->parent)
		if (w->groups[p].since_us || w->groups[p].told_us >= g->since_us)
			return true;
	return false;
}

static void look(struct oom_watch *w, unsigned int i, uint64_t now)
{
	struct oom_group *g = &w->groups[i];
	struct oom_state s = { 0 };

	if (!read_state(&w->base.ctx->tree->nodes[i], &s))
		return;
	if (!is_news(g, &s, now)) {
		g->told.under_oom = s.under_oom;
		return;
	}
	if (only_heard(w, i, &s)) {
		g->told = s;
		g->since_us = 0;
		g->events = 0;
		return;
	}
	if (!g->since_us)
		g->since_us = now;
	if (!g->told_us || now >= g->told_us + TELL_EVERY_US)
		tell(w, i, &s, now);
}

static void posted(struct oom_group *g, int fd, uint64_t now)
{
	uint64_t count;

	if (read(fd, &count, sizeof(count)) != (ssize_t)sizeof(count))
		return;
	g->events += count;
	if (!g->since_us)
		g->since_us = now;
}

static void ready(struct watcher *base, int fd, uint64_t now)
{
	struct oom_watch *w = (struct oom_watch *)base;

	for (unsigned int i = 0; i < base->ctx->tree->n_nodes; i++) {
		if (w->groups[i].event_fd != fd)
			continue;
		if (w->groups[i].own_fd)
			posted(&w->groups[i], fd, now);
		look(w, i, now);
		if (w->groups[i].since_us)
			base->next_tick_us = now + KILL_WAIT_US / 5;
		return;
	}
}

static uint64_t tick(struct watcher *base, uint64_t now)
{
	struct oom_watch *w = (struct oom_watch *)base;

	bool waiting = false;

	for (unsigned int i = 0; i < base->ctx->tree->n_nodes; i++) {
		if (w->groups[i].event_fd < 0)
			continue;
		look(w, i, now);
		waiting = waiting || w->groups[i].since_us;
	}
	return now + (waiting ? KILL_WAIT_US / 5 : TELL_EVERY_US / 2);
}

static unsigned int fds(struct watcher *base, int *to, uint32_t *events, unsigned int max)
{
	struct oom_watch *w = (struct oom_watch *)base;
	unsigned int n = 0;

	for (unsigned int i = 0; i < base->ctx->tree->n_nodes && n < max; i++) {
		if (w->groups[i].event_fd < 0)
			continue;
		to[n] = w->groups[i].event_fd;
		events[n++] = w->groups[i].own_fd ? EPOLLIN : EPOLLPRI | EPOLLET;
	}
	return n;
}

/* v1: "<eventfd> <fd of memory.oom_control>" into the group's cgroup.event_control. */
static int register_v1(const struct cgroup_node *n)
{
	_cleanup_close_ int event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	char line[64], path[600];

	if (event_fd < 0)
		return -errno;
	snprintf(line, sizeof(line), "%d %d", event_fd, n->events_fd);
	for (unsigned int i = 0; i < n->n_dirs; i++) {
		snprintf(path, sizeof(path), "%s/memory.oom_control", n->dir[i]);
		if (access(path, F_OK) < 0)
			continue;
		snprintf(path, sizeof(path), "%s/cgroup.event_control", n->dir[i]);
		if (!textfile_write_at(AT_FDCWD, path, line))
			return take_fd(&event_fd);
	}
	return -ENOENT;
}

static unsigned int open_groups(struct oom_watch *w)
{
	const struct cgroup_tree *tree = w->base.ctx->tree;
	unsigned int watched = 0;

	for (unsigned int i = 0; i < tree->n_nodes; i++) {
		const struct cgroup_node *n = &tree->nodes[i];
		struct oom_group *g = &w->groups[i];

		g->event_fd = -1;
		if (n->events_fd < 0)
			continue;
		g->event_fd = tree->mode == CGROUP_V2 ? n->events_fd : register_v1(n);
		if (g->event_fd == -ENOENT && tree->mode == CGROUP_HYBRID)
			g->event_fd = n->events_fd; /* the memory controller is on the v2 side */
		g->own_fd = g->event_fd >= 0 && g->event_fd != n->events_fd;
		read_state(n, &g->told);
		if (g->event_fd < 0)
			watch_note(&w->base, "no OOM events of %s: %s",
				   watch_group_name(w->base.ctx, (int)i), strerror(-g->event_fd));
		watched += g->event_fd >= 0;
	}
	return watched;
}

static void oom_close(struct watcher *base)
{
	struct oom_watch *w = (struct oom_watch *)base;

	for (unsigned int i = 0; w->groups && i < base->ctx->tree->n_nodes; i++) {
		if (w->groups[i].event_fd >= 0)
			w->groups[i].told_us = 0, look(w, i, now_us());
		if (w->groups[i].own_fd)
			close_fd(w->groups[i].event_fd);
	}
	free(w->groups);
	free(w);
}

static int oom_open(const struct watch_ctx *ctx, struct watcher **ret, struct diag *why)
{
	struct oom_watch *w;

	if (!ctx->tree || ctx->tree->mode == CGROUP_NONE) {
		diag_set(why, 1, "no memory groups here: run as root with a memory controller");
		return 1;
	}
	w = calloc(1, sizeof(*w));
	if (!w)
		return -ENOMEM;
	w->base.ops = &watch_oom;
	w->base.ctx = ctx;
	w->groups = calloc(ctx->tree->n_nodes ? ctx->tree->n_nodes : 1, sizeof(*w->groups));
	if (!w->groups) {
		free(w);
		return -ENOMEM;
	}
	if (!open_groups(w)) {
		oom_close(&w->base);
		diag_set(why, 1, "no group of this run has a memory controller");
		return 1;
	}
	*ret = &w->base;
	return 0;
}

const struct watch_ops watch_oom = {
	.name = "oom",
	.wanted = wanted,
	.open = oom_open,
	.close = oom_close,
	.fds = fds,
	.ready = ready,
	.tick = tick,
};
