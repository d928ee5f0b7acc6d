/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A package may bring "a -> /etc" and then the file "a/passwd", so checking names is not enough:
 * folders on the way are opened one by one with O_NOFOLLOW, and files are made with O_EXCL.
 * openat2(RESOLVE_BENEATH) would do the same in one call from 5.6 on; this works on every kernel.
 */
#include "vm/kernel/unpack.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/paths.h"

#define DEPTH_MAX 32 /* folders below one another; drivers' modules are at most twelve deep */

static bool dots_up(const char *part, size_t length)
{
	return length == 2 && part[0] == '.' && part[1] == '.';
}

static bool printable(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return false;
	return true;
}

int unpack_name(const char *name, char *ret, size_t size)
{
	size_t used = 0, length;
	unsigned int depth = 0;

	if (!name || !name[0] || name[0] == '/' || !printable(name))
		return -EINVAL;
	for (; *name; name += length) {
		name += strspn(name, "/");
		length = strcspn(name, "/");
		if (length == 0 || (length == 1 && name[0] == '.'))
			continue;
		if (dots_up(name, length))
			return -EINVAL;
		if (used + 1 + length >= size || ++depth > DEPTH_MAX)
			return -ENAMETOOLONG;
		if (used)
			ret[used++] = '/';
		memcpy(ret + used, name, length);
		used += length;
	}
	ret[used] = '\0';
	return 0;
}

/* Walk @target from the folder @at ("" or "a/b") lexically; @at is what it leads to. */
static int resolve(char *at, size_t size, const char *target)
{
	size_t used = strlen(at), length;

	for (; *target; target += length) {
		target += strspn(target, "/");
		length = strcspn(target, "/");
		if (length == 0 || (length == 1 && target[0] == '.'))
			continue;
		if (dots_up(target, length)) {
			char *slash = strrchr(at, '/');

			if (used == 0)
				return -EXDEV;
			used = slash ? (size_t)(slash - at) : 0;
			at[used] = '\0';
			continue;
		}
		if (used + 1 + length >= size)
			return -ENAMETOOLONG;
		if (used)
			at[used++] = '/';
		memcpy(at + used, target, length);
		used += length;
		at[used] = '\0';
	}
	return 0;
}

int unpack_target(const char *path, const char *target, char *ret, size_t size)
{
	char at[4096] = "";
	size_t used = 0;
	int r;

	if (!target || !target[0] || !printable(target))
		return -EINVAL;
	if (target[0] != '/') {
		const char *slash = strrchr(path, '/');

		r = path_format(at, sizeof(at), "%.*s", slash ? (int)(slash - path) : 0, path);
		if (r < 0)
			return r;
	}
	r = resolve(at, sizeof(at), target);
	if (r < 0)
		return r;
	ret[0] = '\0';
	for (const char *p = strchr(path, '/'); p; p = strchr(p + 1, '/')) {
		r = path_format(ret + used, size - used, "../");
		if (r < 0)
			return r;
		used += 3;
	}
	return path_format(ret + used, size - used, "%s", at[0] ? at : ".");
}

/* The folder @path (@length bytes) below @root, made when absent: a descriptor or -errno. */
static int walk(int root, const char *path, size_t length)
{
	_cleanup_close_ int fd = openat(root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char part[256];

	if (fd < 0)
		return -errno;
	for (size_t n; length; path += n, length -= n) {
		int next;

		if (*path == '/') {
			n = 1;
			continue;
		}
		n = strcspn(path, "/");
		n = n < length ? n : length;
		if (n >= sizeof(part))
			return -ENAMETOOLONG;
		memcpy(part, path, n);
		part[n] = '\0';
		if (mkdirat(fd, part, 0755) < 0 && errno != EEXIST)
			return -errno;
		/* with O_DIRECTORY even O_PATH refuses a symbolic link (ENOTDIR) */
		next = openat(fd, part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (next < 0)
			return -errno;
		close(fd);
		fd = next;
	}
	return take_fd(&fd);
}

int unpack_folder(int root, const char *path)
{
	int fd = walk(root, path, strlen(path));

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

/* The folder that @path lies in; *ret_name is its last part. */
static int walk_to(int root, const char *path, const char **ret_name)
{
	const char *slash = strrchr(path, '/');

	*ret_name = slash ? slash + 1 : path;
	return (*ret_name)[0] ? walk(root, path, slash ? (size_t)(slash - path) : 0) : -EISDIR;
}

int unpack_file(int root, const char *path, mode_t mode)
{
	const char *name;
	_cleanup_close_ int dir = walk_to(root, path, &name);
	int fd;

	if (dir < 0)
		return dir;
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	return fd < 0 ? -errno : fd;
}

int unpack_file_again(int root, const char *path)
{
	const char *name;
	_cleanup_close_ int dir = walk_to(root, path, &name);
	int fd;

	if (dir < 0)
		return dir;
	fd = openat(dir, name, O_WRONLY | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int unpack_symlink(int root, const char *path, const char *target)
{
	const char *name;
	_cleanup_close_ int dir = walk_to(root, path, &name);

	if (dir < 0)
		return dir;
	return symlinkat(target, dir, name) < 0 ? -errno : 0;
}

int unpack_hardlink(int root, const char *path, const char *target)
{
	const char *name, *target_name;
	_cleanup_close_ int dir = walk_to(root, path, &name);
	_cleanup_close_ int from = walk_to(root, target, &target_name);
	struct stat st;

	if (dir < 0 || from < 0)
		return dir < 0 ? dir : from;
	if (fstatat(from, target_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EXDEV;
	return linkat(from, target_name, dir, name, 0) < 0 ? -errno : 0;
}
