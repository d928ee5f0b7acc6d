/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rung "vmstat": the machine's memory as it is now, in the files that people ask for first. */
#include "respond/rungs.h"

#include <errno.h>

#include "base/cleanup.h"
#include "respond/held.h"

static const char *const paths[] = {
	"/proc/meminfo",      "/proc/vmstat",          "/proc/buddyinfo",   "/proc/zoneinfo",
	"/proc/pressure/cpu", "/proc/pressure/memory", "/proc/pressure/io", "/proc/loadavg",
	"/proc/diskstats",    "/proc/swaps",
};

static int vmstat_check(const struct watch_ctx *ctx, struct diag *why)
{
	return 0;
}

static int vmstat_open(const struct watch_ctx *ctx, void **ret)
{
	struct held *h = held_new(ARRAY_SIZE(paths));
	char path[512];

	if (!h)
		return -ENOMEM;
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		held_add(h, watch_path(ctx, paths[i], path, sizeof(path)), paths[i]);
	*ret = h;
	return 0;
}

static int vmstat_fire(void *own, const struct finding *f, int out_fd)
{
	return held_copy(own, out_fd);
}

static void vmstat_close(void *own)
{
	held_free(own);
}

const struct rung_ops rung_vmstat = { "vmstat",    5000000,     vmstat_check,
				      vmstat_open, vmstat_fire, vmstat_close };
