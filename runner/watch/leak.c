/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Leaks of memory that a group is charged with. No message of the kernel tells of them: a page that
 * kept a reference, or a charge that was not taken back, shows in the counters alone. Looked at are
 * groups in which no stressor lives (a living one holds parts of huge pages that nobody maps, which
 * is no leak), and, at any time, the swap of all groups against what the machine has in use.
 * memory.stat flushes the counters of all CPUs under a lock, so it is read by the prober.
 */
#include "watch/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "cgroup/cgroup_ops.h"
#include "watch/leak_judge.h"
#include "watch/prober.h"

#define LOOK_EVERY_US 1000000
#define READ_WAIT_US 200000 /* a flush takes 0.1 to 10 ms; what takes longer is left out */
#define STAT_BYTES 8192     /* memory.stat of 6.1 has 2.5 KiB */
#define CALL_IT_US 1000000  /* a group is idle from so long after its last exit: exits take time */
#define MIB (1ull << 20)

struct leak_group {
	int kmem_fd, swap_fd; /* v1: memory.kmem.usage_in_bytes and memsw; v2: -1 and swap */
	uint64_t idle_since_us;
	struct leak_run run;
	struct leak_owners owners; /* when last looked at */
	uint64_t charged;
};

struct leak {
	struct watcher base;
	struct leak_group *groups; /* one for each node of the tree */
	unsigned int count;
	int meminfo_fd;
	struct leak_run swap;
	struct prober *prober;
	char text[STAT_BYTES];
};

static bool wanted(const struct watch_spec *spec)
{
	return spec->leak;
}

static bool read_number(int fd, uint64_t *ret)
{
	char text[32], *end;

	if (fd < 0 || textfile_read_fd(fd, text, sizeof(text)) <= 0)
		return false;
	*ret = strtoull(text, &end, 10);
	return end != text;
}

/* Is @inner the group @outer, or one inside it? */
static bool lies_in(const char *inner, const char *outer)
{
	size_t n = strlen(outer);

	return !strncmp(inner, outer, n) && (!inner[n] || inner[n] == '/');
}

static bool somebody_lives(const struct watch_ctx *ctx, const char *path)
{
	const struct launcher *l = ctx->launcher;

	for (unsigned int i = 0; l && i < l->plan->n_launches; i++) {
		unsigned int group = l->plan->launches[i].group;

		if ((l->copies[i].state == COPY_ALIVE || l->copies[i].state == COPY_BACKOFF) &&
		    lies_in(l->plan->groups[group].path, path))
			return true;
	}
	return false;
}

/* What is charged in @g and held by nobody; 0 when it cannot be told. */
static uint64_t look(struct leak *w, const struct cgroup_node *node, struct leak_group *g)
{
	uint64_t kmem;

	g->charged = cgroup_usage(node);
	if (g->charged == UNSET || prober_lost(w->prober) ||
	    prober_read(w->prober, node->stat_fd, w->text, sizeof(w->text), READ_WAIT_US) <= 0)
		return 0;
	leak_owners_parse(w->text, &g->owners);
	if (read_number(g->kmem_fd, &kmem))
		leak_owners_v1(&g->owners, kmem);
	return leak_excess(g->charged, &g->owners);
}

static void tell(struct leak *w, const char *group, const struct leak_run *r, const char *what,
		 const char *words, uint64_t now)
{
	struct finding f;

	finding_init(&f, FINDING_MEMORY_LEAK, "leak", now);
	f.began_us = r->since_us;
	f.seconds = (double)(now - r->since_us) / 1e6;
	snprintf(f.group, sizeof(f.group), "%s", group);
	snprintf(f.text, sizeof(f.text), "%s", words);
	snprintf(f.signature, sizeof(f.signature), "leak|%s", what);
	watch_emit(&w->base, &f);
}

static void look_at_group(struct leak *w, unsigned int index, uint64_t now)
{
	const struct cgroup_node *node = &w->base.ctx->tree->nodes[index];
	const struct watch_spec *spec = &w->base.ctx->scenario->watch;
	struct leak_group *g = &w->groups[index];
	char words[256];

	if (node->stat_fd < 0 || node->usage_fd < 0)
		return;
	if (somebody_lives(w->base.ctx, node->group->path)) {
		g->idle_since_us = now;
		g->run.since_us = 0;
		return;
	}
	if (now - g->idle_since_us < CALL_IT_US ||
	    !leak_step(&g->run, look(w, node, g), spec->leak_over_bytes, spec->leak_for_us, now))
		return;
	snprintf(words, sizeof(words),
		 "%s: %.1f MiB are charged and nobody's for %.1f s: of %.1f MiB files have %.1f, "
		 "the kernel %.1f, mapped are %.1f, and no stressor lives there",
		 node->group->path, (double)g->run.least / MIB,
		 (double)(now - g->run.since_us) / 1e6, (double)g->charged / MIB,
		 (double)g->owners.file / MIB, (double)g->owners.kernel / MIB,
		 (double)g->owners.anon / MIB);
	tell(w, node->group->path, &g->run, "memory", words, now);
}

/* Swap that the outermost groups are charged with; false: no group tells. */
static bool swap_charged(const struct leak *w, uint64_t *ret)
{
	const struct cgroup_tree *tree = w->base.ctx->tree;
	bool any = false;

	*ret = 0;
	for (unsigned int i = 0; i < w->count; i++) {
		uint64_t swap, memory = 0;

		if (strchr(tree->nodes[i].group->path, '/') ||
		    !read_number(w->groups[i].swap_fd, &swap))
			continue;
		if (tree->mode != CGROUP_V2) /* memory and swap together */
			memory = cgroup_usage(&tree->nodes[i]);
		*ret += swap > memory ? swap - memory : 0;
		any = true;
	}
	return any;
}

static void look_at_swap(struct leak *w, uint64_t now)
{
	const struct watch_spec *spec = &w->base.ctx->scenario->watch;
	uint64_t charged, used, excess;
	char words[256];

	if (!swap_charged(w, &charged) ||
	    textfile_read_fd(w->meminfo_fd, w->text, sizeof(w->text)) <= 0)
		return;
	used = leak_swap_used(w->text);
	excess = used != UINT64_MAX && charged > used ? charged - used : 0;
	if (!leak_step(&w->swap, excess, spec->leak_over_bytes, spec->leak_for_us, now))
		return;
	snprintf(words, sizeof(words),
		 "groups are charged with %.1f MiB of swap, and the whole machine has %.1f MiB in "
		 "use: for %.1f s at least %.1f MiB are charged for nothing",
		 (double)charged / MIB, (double)used / MIB, (double)(now - w->swap.since_us) / 1e6,
		 (double)w->swap.least / MIB);
	tell(w, "", &w->swap, "swap", words, now);
}

static uint64_t tick(struct watcher *base, uint64_t now)
{
	struct leak *w = (struct leak *)base;

	for (unsigned int i = 0; i < w->count; i++)
		look_at_group(w, i, now);
	look_at_swap(w, now);
	return now + LOOK_EVERY_US;
}

static void open_group(struct leak_group *g, const struct cgroup_node *node)
{
	g->kmem_fd = g->swap_fd = -1;
	if (node->memory_at < 0)
		return;
	g->kmem_fd = cgroup_open_file(node->dir[node->memory_at], "memory.kmem.usage_in_bytes",
				      O_RDONLY);
	g->swap_fd = cgroup_open_file(node->dir[node->memory_at], "memory.swap.current", O_RDONLY);
	if (g->swap_fd < 0)
		g->swap_fd = cgroup_open_file(node->dir[node->memory_at],
					      "memory.memsw.usage_in_bytes", O_RDONLY);
}

static void leak_close(struct watcher *base)
{
	struct leak *w = (struct leak *)base;

	for (unsigned int i = 0; i < w->count; i++) {
		close_fd(w->groups[i].kmem_fd);
		close_fd(w->groups[i].swap_fd);
	}
	close_fd(w->meminfo_fd);
	prober_close(w->prober);
	free(w->groups);
	free(w);
}

static int leak_open(const struct watch_ctx *ctx, struct watcher **ret, struct diag *why)
{
	const struct cgroup_tree *tree = ctx->tree;
	struct leak *w;
	char path[300];
	int err;

	if (!tree || tree->mode == CGROUP_NONE)
		return diag_set(why, 1,
				"no leaks are looked for: there are no groups with a memory "
				"controller");
	w = calloc(1, sizeof(*w));
	if (!w)
		return -ENOMEM;
	w->base.ops = &watch_leak;
	w->base.ctx = ctx;
	w->meminfo_fd =
		open(watch_path(ctx, "/proc/meminfo", path, sizeof(path)), O_RDONLY | O_CLOEXEC);
	w->groups = calloc(tree->n_nodes ? tree->n_nodes : 1, sizeof(*w->groups));
	err = w->groups ? prober_open(&w->prober) : -ENOMEM;
	if (err < 0) {
		leak_close(&w->base);
		return diag_set(why, err, "watcher leak: %s", strerror(-err));
	}
	w->count = tree->n_nodes;
	for (unsigned int i = 0; i < w->count; i++)
		open_group(&w->groups[i], &tree->nodes[i]);
	*ret = &w->base;
	return 0;
}

const struct watch_ops watch_leak = {
	.name = "leak",
	.wanted = wanted,
	.open = leak_open,
	.close = leak_close,
	.tick = tick,
};
