/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pressure: when tasks wait for cpu, memory or io more than the scenario names. A trigger lets the
 * kernel watch and wake us (5.2, root before 6.1); where none can be opened the totals are sampled
 * once a window. Never a fault: a storm is meant to press. It tells when the pressure began, so
 * that a stall can be set against it.
 */
#include "watch/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "watch/psi.h"

#define SOURCES_MAX 256
#define CALM_US                                                                                    \
	10000000 /* pressure that comes back within 10 s (the span of avg10) is the same pressure  \
		  */

struct source {
	int fd;
	bool trigger;
	int group; /* -1: the machine */
	char resource[8];
	uint64_t total_us, sampled_us;
	uint64_t last_us; /* when it was last seen to press, 0: calm */
	uint64_t began_us;
};

struct pressure {
	struct watcher base;
	struct source sources[SOURCES_MAX];
	unsigned int count;
	uint64_t stall_us, window_us;
};

static bool wanted(const struct watch_spec *spec)
{
	return spec->pressure;
}

static bool read_some(const struct source *s, struct psi_line *ret)
{
	struct psi_line full;
	char text[256];

	return textfile_read_fd(s->fd, text, sizeof(text)) > 0 && !psi_parse(text, ret, &full);
}

static void presses(struct pressure *w, struct source *s, uint64_t now)
{
	struct psi_line some = { 0 };
	struct finding f;
	bool was_calm = !s->last_us;

	s->last_us = now;
	if (!was_calm)
		return;
	s->began_us = now;
	read_some(s, &some);
	finding_init(&f, FINDING_PRESSURE, "pressure", now);
	snprintf(f.group, sizeof(f.group), "%s", watch_group_name(w->base.ctx, s->group));
	snprintf(f.text, sizeof(f.text),
		 "%s pressure%s%s: tasks waited %llu ms of %llu ms, avg10 %.2f %%", s->resource,
		 s->group < 0 ? "" : " in ", f.group, (unsigned long long)w->stall_us / 1000,
		 (unsigned long long)w->window_us / 1000, some.avg10);
	snprintf(f.signature, sizeof(f.signature), "pressure|%s", s->resource);
	watch_emit(&w->base, &f);
}

static void ready(struct watcher *base, int fd, uint64_t now)
{
	struct pressure *w = (struct pressure *)base;

	for (unsigned int i = 0; i < w->count; i++)
		if (w->sources[i].fd == fd)
			presses(w, &w->sources[i], now);
}

static void sample(struct pressure *w, struct source *s, uint64_t now)
{
	struct psi_line some;

	if (!read_some(s, &some))
		return;
	if (s->sampled_us && psi_exceeds(some.total_us - s->total_us, now - s->sampled_us,
					 w->stall_us, w->window_us))
		presses(w, s, now);
	s->total_us = some.total_us;
	s->sampled_us = now;
}

static uint64_t tick(struct watcher *base, uint64_t now)
{
	struct pressure *w = (struct pressure *)base;

	for (unsigned int i = 0; i < w->count; i++) {
		struct source *s = &w->sources[i];

		if (!s->trigger)
			sample(w, s, now);
		if (!s->last_us || now < s->last_us + CALM_US)
			continue;
		watch_note(base, "%s pressure%s%s is over after %.1f s", s->resource,
			   s->group < 0 ? "" : " in ", watch_group_name(base->ctx, s->group),
			   (double)(s->last_us - s->began_us) / 1e6);
		s->last_us = 0;
	}
	return now + w->window_us;
}

static unsigned int fds(struct watcher *base, int *to, uint32_t *events, unsigned int max)
{
	struct pressure *w = (struct pressure *)base;
	unsigned int n = 0;

	for (unsigned int i = 0; i < w->count && n < max; i++)
		if (w->sources[i].trigger) {
			to[n] = w->sources[i].fd;
			events[n++] = EPOLLPRI;
		}
	return n;
}

/* A trigger where one is granted, else the file alone, to sample. */
static void add_source(struct pressure *w, const char *path, const char *resource, int group)
{
	struct source *s = &w->sources[w->count];
	char line[96], text[256];
	int n;

	if (w->count == SOURCES_MAX)
		return;
	*s = (struct source){ .group = group };
	snprintf(s->resource, sizeof(s->resource), "%s", resource);
	s->fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	n = snprintf(line, sizeof(line), "some %llu %llu", (unsigned long long)w->stall_us,
		     (unsigned long long)w->window_us);
	s->trigger = s->fd >= 0 && write(s->fd, line, (size_t)n + 1) > 0;
	if (!s->trigger) {
		close_fd(s->fd);
		s->fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	/* psi=0 leaves the files there and fails every read with EOPNOTSUPP */
	if (s->fd >= 0 && textfile_read_fd(s->fd, text, sizeof(text)) > 0)
		w->count++;
	else
		close_fd(s->fd);
}

static void add_all(struct pressure *w)
{
	static const char *const resources[] = { "cpu", "memory", "io" };
	const struct cgroup_tree *tree = w->base.ctx->tree;
	char path[600], below[64];

	for (size_t i = 0; i < ARRAY_SIZE(resources); i++) {
		snprintf(below, sizeof(below), "/proc/pressure/%s", resources[i]);
		add_source(w, watch_path(w->base.ctx, below, path, sizeof(path)), resources[i], -1);
	}
	if (!tree || tree->mode != CGROUP_V2)
		return;
	for (unsigned int g = 0; g < tree->n_nodes; g++)
		if (tree->nodes[g].n_dirs) {
			snprintf(path, sizeof(path), "%s/memory.pressure", tree->nodes[g].dir[0]);
			add_source(w, path, "memory", (int)g);
		}
}

static void pressure_close(struct watcher *base)
{
	struct pressure *w = (struct pressure *)base;

	for (unsigned int i = 0; i < w->count; i++)
		close_fd(w->sources[i].fd);
	free(w);
}

static int pressure_open(const struct watch_ctx *ctx, struct watcher **ret, struct diag *why)
{
	struct pressure *w = calloc(1, sizeof(*w));

	if (!w)
		return -ENOMEM;
	w->base.ops = &watch_pressure;
	w->base.ctx = ctx;
	w->stall_us = ctx->scenario->watch.pressure_stall_us;
	w->window_us = ctx->scenario->watch.pressure_window_us;
	add_all(w);
	if (!w->count) {
		pressure_close(&w->base);
		diag_set(why, 1,
			 "no pressure information: needs Linux 4.20 with CONFIG_PSI, and psi=1 on "
			 "some kernels");
		return 1;
	}
	*ret = &w->base;
	return 0;
}

const struct watch_ops watch_pressure = {
	.name = "pressure",
	.wanted = wanted,
	.open = pressure_open,
	.close = pressure_close,
	.fds = fds,
	.ready = ready,
	.tick = tick,
};
