/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory.high reclaims in the write() of whoever lowers it, and so does v1's limit; v2's hard limit
 * does too, but kills what it cannot reclaim, so it is not used to squeeze.
 */
#include "memcg.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/textfile.h"

static const struct {
	const char *limit, *squeeze, *usage, *reclaim, *none;
} knobs[] = {
	{ "memory.limit_in_bytes", "memory.limit_in_bytes", "memory.usage_in_bytes",
	  "memory.force_empty", "-1" },
	{ "memory.max", "memory.high", "memory.current", "memory.reclaim", "max" },
};

int memcg_open(struct memcg *g, int dirfd, const char *path)
{
	ssize_t len;

	*g = (struct memcg)MEMCG_NONE;
	g->fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (g->fd < 0)
		return -errno;
	g->v2 = faccessat(g->fd, "memory.current", F_OK, 0) == 0;
	len = textfile_read_at(g->fd, knobs[g->v2].squeeze, g->limit, sizeof(g->limit));
	if (len == -ENOENT) {
		memcg_close(g);
		return -EOPNOTSUPP;
	}
	if (len > 0)
		g->procs_fd = openat(g->fd, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	if (len <= 0 || g->procs_fd < 0) {
		int err = len < 0 ? (int)len : -errno;

		memcg_close(g);
		return err;
	}
	return 0;
}

void memcg_close(struct memcg *g)
{
	g->fd = close_fd(g->fd);
	g->procs_fd = close_fd(g->procs_fd);
}

int memcg_delegate(const struct memcg *g)
{
	return g->v2 ? textfile_write_at(g->fd, "cgroup.subtree_control", "+memory") : 0;
}

int memcg_enter(const struct memcg *g)
{
	return write(g->procs_fd, "0", 1) < 0 ? -errno : 0;
}

static int write_bytes(const struct memcg *g, const char *knob, uint64_t bytes)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64, bytes);
	return textfile_write_at(g->fd, knob, text);
}

int memcg_limit(const struct memcg *g, uint64_t bytes)
{
	if (!bytes)
		return textfile_write_at(g->fd, knobs[g->v2].limit, knobs[g->v2].none);
	return write_bytes(g, knobs[g->v2].limit, bytes);
}

int memcg_usage(const struct memcg *g, uint64_t *ret_bytes)
{
	char text[32];
	ssize_t len = textfile_read_at(g->fd, knobs[g->v2].usage, text, sizeof(text));

	if (len < 0)
		return (int)len;
	*ret_bytes = strtoull(text, NULL, 10);
	return 0;
}

int memcg_reclaim(const struct memcg *g, uint64_t bytes)
{
	/* v1 reclaims everything whatever is written */
	return write_bytes(g, knobs[g->v2].reclaim, g->v2 ? bytes : 0);
}

int memcg_squeeze(const struct memcg *g, uint64_t bytes)
{
	const char *knob = knobs[g->v2].squeeze;
	uint64_t usage;
	int err = memcg_usage(g, &usage), back;

	if (err)
		return err;
	err = write_bytes(g, knob, usage > bytes ? usage - bytes : 0);
	back = textfile_write_at(g->fd, knob, g->limit);
	return err ? err : back;
}
