/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A copy that is OOM-killed cannot tidy up, so the next one in its slot does it. Which folders are
 * orphans is told by flock() and not by the pid in the name: the kernel drops the lock with the
 * last process that held it, and a pid may long belong to somebody else.
 */
#include "workdir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

/* Two copies with one label start at once: one may tidy up the other's folder before it is locked.
 */
#define TRIES 8

static bool is_self_or_parent(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int empty_folder(int dirfd, const char *name)
{
	_cleanup_closedir_ DIR *dir = NULL;
	const struct dirent *entry;
	int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	dir = fdopendir(fd);
	if (!dir) {
		err = -errno;
		close(fd);
		return err;
	}
	while ((entry = readdir(dir))) {
		int this_err = 0;

		if (!is_self_or_parent(entry->d_name))
			this_err = workdir_remove_tree(fd, entry->d_name);
		if (!err)
			err = this_err;
	}
	return err;
}

int workdir_remove_tree(int dirfd, const char *name)
{
	int err;

	if (unlinkat(dirfd, name, 0) == 0)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return errno == ENOENT ? 0 : -errno;
	err = empty_folder(dirfd, name);
	if (unlinkat(dirfd, name, AT_REMOVEDIR) == 0)
		return 0;
	return err ? err : -errno;
}

/* Open and lock; -EWOULDBLOCK: its owner lives. */
static int open_locked(int parent_fd, const char *name, int *ret_fd)
{
	_cleanup_close_ int fd =
		openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)
		return -errno;
	/* Removed between open and lock? A folder that is gone has no links left. */
	if (fstat(fd, &st) < 0 || st.st_nlink == 0)
		return -ENOENT;
	*ret_fd = take_fd(&fd);
	return 0;
}

static void remove_orphan(int parent_fd, const char *name)
{
	int fd = -1;

	if (open_locked(parent_fd, name, &fd) == 0)
		workdir_remove_tree(parent_fd, name);
	close_fd(fd);
}

/* Everything called LABEL.DIGITS whose owner is dead. */
static void remove_orphans(int parent_fd, const char *label)
{
	_cleanup_closedir_ DIR *dir = NULL;
	const struct dirent *entry;
	size_t len = strlen(label);
	int fd = openat(parent_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		close_fd(fd);
		return;
	}
	while ((entry = readdir(dir)))
		if (strncmp(entry->d_name, label, len) == 0 && entry->d_name[len] == '.' &&
		    strspn(entry->d_name + len + 1, "0123456789") ==
			    strlen(entry->d_name + len + 1))
			remove_orphan(parent_fd, entry->d_name);
}

static int make_locked(struct workdir *w)
{
	int err = -EAGAIN;

	for (int i = 0; err && i < TRIES; i++) {
		if (mkdirat(w->parent_fd, w->name, 0700) < 0 && errno != EEXIST)
			return -errno;
		err = open_locked(w->parent_fd, w->name, &w->fd);
		if (err && err != -EWOULDBLOCK && err != -ENOENT)
			break;
	}
	return err;
}

int workdir_make(struct workdir *w, const char *in, const struct stressor_run *run)
{
	int err;

	*w = (struct workdir)WORKDIR_NONE;
	snprintf(w->name, sizeof(w->name), "%s.%d", run->label, (int)getpid());
	w->parent_fd = open(in, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (w->parent_fd < 0) {
		err = -errno;
		stressor_why("cannot open the folder %s: %s", in, strerror(-err));
		return err;
	}
	remove_orphans(w->parent_fd, run->label);
	err = make_locked(w);
	if (err)
		stressor_why("cannot make the folder %s/%s: %s", in, w->name, strerror(-err));
	return err;
}

void workdir_remove(struct workdir *w)
{
	if (w->fd >= 0)
		workdir_remove_tree(w->parent_fd, w->name);
	w->fd = close_fd(w->fd);
	w->parent_fd = close_fd(w->parent_fd);
}
