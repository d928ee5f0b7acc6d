/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where runs live on a machine, and which of them may have left something behind. A registration is
 * a symbolic link to the run directory: made and removed whole, in one call, and readable with ls.
 */
#include "rundir.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/paths.h"

int rundir_state_home(char *buf, size_t size)
{
	const char *own = secure_getenv("HANGAR_STATE_HOME");
	const char *xdg = secure_getenv("XDG_STATE_HOME"), *home = secure_getenv("HOME");

	if (own && own[0] == '/')
		return path_format(buf, size, "%s", own);
	if (geteuid() == 0)
		return path_format(buf, size, "/var/lib/hangar");
	/* The XDG base directory specification: a path that is not absolute is to be ignored. */
	if (xdg && xdg[0] == '/')
		return path_format(buf, size, "%s/hangar", xdg);
	if (home && home[0] == '/')
		return path_format(buf, size, "%s/.local/state/hangar", home);
	return -ENOENT;
}

static int active_folder(char *buf, size_t size)
{
	char home[PATH_MAX];
	int r = rundir_state_home(home, sizeof(home));

	return r < 0 ? r : path_format(buf, size, "%s/active", home);
}

static int active_link(const char *id, char *buf, size_t size)
{
	char folder[PATH_MAX];
	int r = active_folder(folder, sizeof(folder));

	return r < 0 ? r : path_format(buf, size, "%s/%s", folder, id);
}

int rundir_register(struct rundir *d)
{
	char folder[PATH_MAX], link[PATH_MAX];
	int r = active_folder(folder, sizeof(folder));

	if (!r)
		r = active_link(d->id, link, sizeof(link));
	if (r < 0)
		return r;
	r = path_make(folder);
	if (r < 0 && r != -EEXIST)
		return r;
	if (symlink(d->path, link) < 0)
		return -errno;
	d->registered = true;
	return 0;
}

void rundir_unregister(const struct rundir *d)
{
	char link[PATH_MAX];

	if (!active_link(d->id, link, sizeof(link)))
		unlink(link);
}

int rundir_each_active(int (*take)(void *ctx, const char *path), void *ctx)
{
	char folder[PATH_MAX], path[PATH_MAX];
	_cleanup_closedir_ DIR *dir = NULL;
	struct dirent *e;
	int r = active_folder(folder, sizeof(folder));

	if (r < 0)
		return r;
	dir = opendir(folder);
	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while (!r && (e = readdir(dir))) {
		ssize_t n = readlinkat(dirfd(dir), e->d_name, path, sizeof(path) - 1);

		if (n <= 0)
			continue;
		path[n] = '\0';
		r = take(ctx, path);
	}
	return r;
}
