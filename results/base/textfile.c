/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small text files read and written whole. Files of procfs and sysfs tell a size of 0 and may give
 * less than was asked for at each read (a seq_file stops at a record), so every reader goes on
 * until the end; and they take a value only in one single write.
 */
#include "base/textfile.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

/*
 * First buffer of textfile_load(): a scenario or a /proc file mostly fits, a journal doubles a few
 * times.
 */
#define LOAD_FIRST_BYTES 16384

ssize_t textfile_read_fd(int fd, char *buf, size_t size)
{
	size_t len = 0;

	if (!size)
		return -EINVAL;
	while (len < size - 1) {
		ssize_t n = pread(fd, buf + len, size - 1 - len, (off_t)len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	buf[len] = '\0';
	return (ssize_t)len;
}

ssize_t textfile_read_at(int dirfd, const char *path, char *buf, size_t size)
{
	_cleanup_close_ int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return textfile_read_fd(fd, buf, size);
}

/* read(), not pread(): "hangar check /dev/stdin" and a shell's <(...) are pipes. */
static ssize_t read_some(int fd, char *buf, size_t size)
{
	ssize_t n;

	do
		n = read(fd, buf, size);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

int textfile_load(const char *path, size_t max, char **ret_text, size_t *ret_size)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	_cleanup_free_ char *text = NULL;
	size_t room = 0, len = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	do {
		if (len + 1 >= room) {
			char *more = realloc(text, room ? room * 2 : LOAD_FIRST_BYTES);

			if (!more)
				return -ENOMEM;
			text = more;
			room = room ? room * 2 : LOAD_FIRST_BYTES;
		}
		n = read_some(fd, text + len, room - len - 1);
		if (n < 0)
			return (int)n;
		len += (size_t)n;
		if (max && len > max)
			return -EFBIG;
	} while (n > 0);
	text[len] = '\0';
	*ret_text = take_ptr(text);
	*ret_size = len;
	return 0;
}

int textfile_write_at(int dirfd, const char *path, const char *text)
{
	_cleanup_close_ int fd = openat(dirfd, path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	size_t size = strlen(text);
	ssize_t n;

	if (fd < 0)
		return -errno;
	do
		n = write(fd, text, size);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return (size_t)n == size ? 0 : -EIO;
}

int textfile_write_fd(int fd, const char *text, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, text, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		size -= (size_t)n;
	}
	return 0;
}

/* The rename itself is on disk only when the directory is. */
static int sync_parent(int dirfd, const char *path)
{
	char copy[PATH_MAX];
	_cleanup_close_ int fd = -1;

	snprintf(copy, sizeof(copy), "%s", path);
	fd = openat(dirfd, dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return fsync(fd) < 0 ? -errno : 0;
}

int textfile_replace_at(int dirfd, const char *path, const char *text, size_t size)
{
	_cleanup_close_ int fd = -1;
	char tmp[PATH_MAX];
	int r;

	if (snprintf(tmp, sizeof(tmp), "%s.new.%d", path, (int)getpid()) >= (int)sizeof(tmp))
		return -ENAMETOOLONG;
	fd = openat(dirfd, tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return -errno;
	r = textfile_write_fd(fd, text, size);
	if (!r && fsync(fd) < 0)
		r = -errno;
	if (!r && renameat(dirfd, tmp, dirfd, path) < 0)
		r = -errno;
	if (r < 0) {
		unlinkat(dirfd, tmp, 0);
		return r;
	}
	return sync_parent(dirfd, path);
}
