/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rung "memcg": each group's account: what it uses, what it may, how often it failed. A group that
 * waits in its OOM handler shows "under_oom 1" here and nowhere else.
 */
#include "respond/rungs.h"

#include <errno.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "respond/held.h"

static const char *const names[] = {
	/* v1 */
	"memory.usage_in_bytes",
	"memory.limit_in_bytes",
	"memory.max_usage_in_bytes",
	"memory.failcnt",
	"memory.memsw.usage_in_bytes",
	"memory.memsw.limit_in_bytes",
	"memory.memsw.failcnt",
	"memory.kmem.usage_in_bytes",
	"memory.kmem.failcnt",
	"memory.oom_control",
	/* v2 */
	"memory.current",
	"memory.max",
	"memory.high",
	"memory.swap.current",
	"memory.events",
	"memory.events.local",
	"memory.pressure",
	"io.pressure",
	"cgroup.events",
	/* both */
	"memory.stat",
	"cgroup.procs",
};

static int memcg_check(const struct watch_ctx *ctx, const void *with, struct diag *why)
{
	if (ctx->tree && ctx->tree->mode != CGROUP_NONE)
		return 0;
	diag_set(why, 1, "this run has no memory groups: run as root with a memory controller");
	return 1;
}

static int memcg_open(const struct watch_ctx *ctx, const void *with, void **ret)
{
	const struct cgroup_tree *tree = ctx->tree;
	struct held *h = held_new(tree->n_nodes * ARRAY_SIZE(names) * 5);
	char path[640], title[192];

	if (!h)
		return -ENOMEM;
	for (unsigned int g = 0; g < tree->n_nodes; g++)
		for (unsigned int d = 0; d < tree->nodes[g].n_dirs; d++)
			for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
				snprintf(path, sizeof(path), "%s/%s", tree->nodes[g].dir[d],
					 names[i]);
				snprintf(title, sizeof(title), "%s %s",
					 watch_group_name(ctx, (int)g), names[i]);
				held_add(h, path, title);
			}
	*ret = h;
	return 0;
}

static int memcg_fire(void *own, const struct finding *f, int out_fd)
{
	return held_copy(own, out_fd);
}

static void memcg_close(void *own)
{
	held_free(own);
}

const struct rung_ops rung_memcg = { "memcg",    5000000,    memcg_check,
				     memcg_open, memcg_fire, memcg_close };
