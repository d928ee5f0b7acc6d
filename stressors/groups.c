/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "0" written to cgroup.procs moves the writer, whatever pid namespace it is in, on v1 and v2
 * alike. The files are opened before the storm: inside a full memory cgroup an open() can fail
 * where a write() still goes through.
 */
#include "groups.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "stressor.h"

static int open_one(struct groups *g, const char *folder, size_t len)
{
	char path[4096];
	int fd;

	if (g->count == GROUPS_MAX) {
		stressor_why("--move-to names more than %d groups", GROUPS_MAX);
		return -EINVAL;
	}
	snprintf(path, sizeof(path), "%.*s/cgroup.procs", (int)len, folder);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0) {
		int err = -errno;

		stressor_why("--move-to: cannot open %s: %s", path, strerror(-err));
		return err;
	}
	g->fds[g->count++] = fd;
	return 0;
}

int groups_open(struct groups *g, const char *list)
{
	int err = 0;

	g->count = 0;
	while (*list && !err) {
		size_t len = strcspn(list, ",");

		err = len ? open_one(g, list, len) : 0;
		list += len;
		list += *list == ',';
	}
	if (err)
		groups_close(g);
	return err;
}

void groups_close(struct groups *g)
{
	while (g->count > 0)
		close_fd(g->fds[--g->count]);
}

int groups_enter(const struct groups *g, size_t i)
{
	return write(g->fds[i], "0", 1) < 0 ? -errno : 0;
}
