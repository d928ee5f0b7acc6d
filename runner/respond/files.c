/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rungs that copy files of the machine as they are now: "vmstat" has all that people ask for first,
 * "buddyinfo" and "zoneinfo" are for a scenario that wants them alone, or before a rung that may
 * hang.
 */
#include "respond/rungs.h"

#include <errno.h>

#include "base/cleanup.h"
#include "respond/held.h"

static const char *const vmstat[] = {
	"/proc/meminfo",      "/proc/vmstat",          "/proc/buddyinfo",   "/proc/zoneinfo",
	"/proc/pressure/cpu", "/proc/pressure/memory", "/proc/pressure/io", "/proc/loadavg",
	"/proc/diskstats",    "/proc/swaps",           "/proc/slabinfo",    NULL,
};
static const char *const buddyinfo[] = { "/proc/buddyinfo", "/proc/pagetypeinfo", NULL };
static const char *const zoneinfo[] = { "/proc/zoneinfo", NULL };

static int files_check(const struct watch_ctx *ctx, const void *with, struct diag *why)
{
	const char *const *paths = with;
	char path[512];

	for (unsigned int i = 0; paths[i]; i++)
		if (!access(watch_path(ctx, paths[i], path, sizeof(path)), R_OK))
			return 0;
	diag_set(why, 1, "%s cannot be read: run as root", path);
	return 1;
}

static int files_open(const struct watch_ctx *ctx, const void *with, void **ret)
{
	const char *const *paths = with;
	unsigned int count = 0;
	char path[512];
	struct held *h;

	while (paths[count])
		count++;
	h = held_new(count);
	if (!h)
		return -ENOMEM;
	for (unsigned int i = 0; i < count; i++)
		held_add(h, watch_path(ctx, paths[i], path, sizeof(path)), paths[i]);
	*ret = h;
	return 0;
}

static int files_fire(void *own, const struct finding *f, int out_fd)
{
	return held_copy(own, out_fd);
}

static void files_close(void *own)
{
	held_free(own);
}

/* A walk over zones and slabs takes milliseconds; one that takes seconds waits for a lock. */
#define FILES_RUNG(word, list)                                                                     \
	{                                                                                          \
		word, 5000000, files_check, files_open, files_fire, files_close, list              \
	}

const struct rung_ops rung_vmstat = FILES_RUNG("vmstat", vmstat);
const struct rung_ops rung_buddyinfo = FILES_RUNG("buddyinfo", buddyinfo);
const struct rung_ops rung_zoneinfo = FILES_RUNG("zoneinfo", zoneinfo);
