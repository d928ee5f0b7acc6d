/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Removing a folder of ours with all that stressors left in it. It must never walk out of that
 * folder: no symbolic link is followed, no mount is crossed (a stressor's own bind mount, a scratch
 * file system that could not be unmounted), and only folders with names that hangar gives are
 * taken.
 */
#include "undo_step.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"

/* A creat-storm may nest folders; each level holds one descriptor open. */
#define DEPTH_MAX 256

static bool is_ours(const char *path)
{
	const char *name = strrchr(path, '/');

	return name && (!strcmp(name, "/work") || !strncmp(name, "/hangar-", 8)) && name != path;
}

static int empty(int dirfd, dev_t dev, unsigned int depth);

static int remove_at(int dirfd, const char *name, dev_t dev, unsigned int depth)
{
	_cleanup_close_ int fd = -1;
	struct stat st;
	int err;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISDIR(st.st_mode))
		return unlinkat(dirfd, name, 0) < 0 && errno != ENOENT ? -errno : 0;
	if (st.st_dev != dev)
		return -EXDEV;
	fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = depth ? empty(take_fd(&fd), dev, depth - 1) : -ELOOP;
	if (err)
		return err;
	return unlinkat(dirfd, name, AT_REMOVEDIR) < 0 && errno != ENOENT ? -errno : 0;
}

/* Remove all that is in the folder; takes @dirfd over. The first error is kept, the rest still
 * goes. */
static int empty(int dirfd, dev_t dev, unsigned int depth)
{
	_cleanup_closedir_ DIR *dir = fdopendir(dirfd);
	struct dirent *e;
	int first = 0;

	if (!dir) {
		first = -errno;
		close_fd(dirfd);
		return first;
	}
	while ((e = readdir(dir))) {
		int err;

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		err = remove_at(dirfd, e->d_name, dev, depth);
		if (!first)
			first = err;
	}
	return first;
}

int undo_tree(const struct undo_step *s, const struct undo_say *say)
{
	struct stat st;
	int err;

	if (!is_ours(s->path))
		return -EPERM;
	if (lstat(s->path, &st) < 0)
		return errno == ENOENT || errno == ENOTDIR ? UNDO_NOTHING : -errno;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	err = remove_at(AT_FDCWD, s->path, st.st_dev, DEPTH_MAX);
	if (err)
		return err;
	undo_tell(say, "removed the folder %s and what was in it", s->path);
	return UNDO_DONE;
}
