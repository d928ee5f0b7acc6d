/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kdump's own housekeeping removes old dumps by their names in /var/crash: a hard link outlives
 * that, and costs nothing. A symbolic link does not, so it is only the second choice.
 */
#include "collect/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

#define PART ".collect-part"
#define CHUNK (1u << 20)

static int copy_bytes(int from, int to)
{
	_cleanup_free_ char *buf = malloc(CHUNK);
	ssize_t n;

	if (!buf)
		return -ENOMEM;
	while ((n = read(from, buf, CHUNK)) > 0)
		for (ssize_t at = 0, w; at < n; at += w) {
			w = write(to, buf + at, (size_t)(n - at));
			if (w < 0)
				return -errno;
		}
	return n < 0 || fsync(to) < 0 ? -errno : 0;
}

static int copy(const char *from, int dir_fd, const char *name)
{
	_cleanup_close_ int in = open(from, O_RDONLY | O_CLOEXEC), out = -1;
	int err;

	if (in < 0)
		return -errno;
	out = openat(dir_fd, PART, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	err = out < 0 ? -errno : copy_bytes(in, out);
	if (!err && renameat(dir_fd, PART, dir_fd, name) < 0)
		err = -errno;
	if (err < 0)
		unlinkat(dir_fd, PART, 0);
	return err;
}

static int move(const char *from, int dir_fd, const char *name)
{
	int err;

	if (renameat(AT_FDCWD, from, dir_fd, name) == 0)
		return 0;
	err = copy(from, dir_fd, name);
	if (!err && (fsync(dir_fd) < 0 || unlink(from) < 0))
		err = -errno;
	return err;
}

static int link_to(const char *from, int dir_fd, const char *name, const char **ret_word)
{
	_cleanup_free_ char *real = NULL;

	*ret_word = "linked";
	if (linkat(AT_FDCWD, from, dir_fd, name, 0) == 0)
		return 0;
	*ret_word = "symlinked";
	real = realpath(from, NULL);
	return !real || symlinkat(real, dir_fd, name) < 0 ? -errno : 0;
}

/* From an earlier try: the same file, or a symbolic link to it. */
static bool is_there(const char *from, int dir_fd, const char *name)
{
	struct stat a, b;

	return !stat(from, &a) && !fstatat(dir_fd, name, &b, 0) && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

int place_file(const char *from, int dir_fd, const char *name, enum place_how how,
	       const char **ret_word)
{
	struct stat st;

	*ret_word = "there";
	if (how == PLACE_LINK && is_there(from, dir_fd, name))
		return 0;
	if (is_there(from, dir_fd, name) &&
	    unlinkat(dir_fd, name, 0) < 0) /* a link that becomes a file of its own */
		return -errno;
	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return -EEXIST;
	switch (how) {
	case PLACE_COPY:
		*ret_word = "copied";
		return copy(from, dir_fd, name);
	case PLACE_MOVE:
		*ret_word = "moved";
		return move(from, dir_fd, name);
	case PLACE_LINK:
	default:
		return link_to(from, dir_fd, name, ret_word);
	}
}
