/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cache on disk. What is being made lies in <kind>/.new-XXXXXX and is locked (flock) by its
 * maker until it is published: the lock goes with the process, so a folder that can be locked
 * belongs to nobody and is removed by whoever comes next. Making a folder and locking it happen
 * under a lock of the whole kind, or a sweeper would find it in between.
 */
#include "vm/cache.h"

#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <nettle/sha2.h>

#include "base/cleanup.h"
#include "base/paths.h"

#define NEW_PREFIX ".new-"
#define DEPTH_MAX 64 /* of a tree to be removed; a kernel's modules are twelve deep */

/* What this process is making. Few at once: a kernel, an image, a download. */
static struct made {
	char path[4096];
	int lock;
} making[16];

static int cache_home(char *buf, size_t size)
{
	const char *own = getenv("HANGAR_CACHE_HOME"), *xdg = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");
	const struct passwd *user;

	if (own && own[0] == '/')
		return path_format(buf, size, "%s", own);
	if (xdg && xdg[0] == '/')
		return path_format(buf, size, "%s/hangar", xdg);
	if (!home || home[0] != '/') {
		user = getpwuid(getuid());
		home = user ? user->pw_dir : NULL;
	}
	return home && home[0] == '/' ? path_format(buf, size, "%s/.cache/hangar", home) : -ENOENT;
}

int cache_folder(const char *kind, char *buf, size_t size)
{
	char home[4096 - 256];
	struct stat st;
	int r = cache_home(home, sizeof(home));

	if (r == 0)
		r = path_format(buf, size, "%s/%s", home, kind);
	if (r < 0)
		return r;
	r = path_make(buf);
	if (r < 0 && r != -EEXIST)
		return r;
	if (stat(buf, &st) < 0)
		return -errno;
	return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}

/* Everything in the folder @fd (taken); errors are of no use here: what stays is found again by the
 * next sweep. */
static void empty_folder(int fd, unsigned int depth)
{
	_cleanup_closedir_ DIR *dir = fdopendir(fd);
	const struct dirent *entry;
	int sub;

	if (!dir) {
		close_fd(fd);
		return;
	}
	while ((entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (unlinkat(dirfd(dir), entry->d_name, 0) == 0)
			continue;
		sub = openat(dirfd(dir), entry->d_name,
			     O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (sub >= 0 && depth < DEPTH_MAX)
			empty_folder(sub, depth + 1);
		else
			close_fd(sub);
		unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR);
	}
}

static void remove_tree(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0)
		empty_folder(fd, 0);
	if (rmdir(path) < 0)
		unlink(path);
}

/* Remove what dead makers left in @folder. The caller holds the lock of the kind. */
static void sweep(const char *folder)
{
	_cleanup_closedir_ DIR *dir = opendir(folder);
	const struct dirent *entry;
	char path[4096];

	while (dir && (entry = readdir(dir))) {
		_cleanup_close_ int fd = -1;

		if (strncmp(entry->d_name, NEW_PREFIX, strlen(NEW_PREFIX)) != 0 ||
		    path_format(path, sizeof(path), "%s/%s", folder, entry->d_name) < 0)
			continue;
		fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0)
			remove_tree(path);
	}
}

static struct made *making_find(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(making); i++)
		if (strcmp(making[i].path, path) == 0)
			return &making[i];
	return NULL;
}

static void making_forget(const char *path)
{
	struct made *m = making_find(path);

	if (!m || !m->path[0])
		return;
	close_fd(m->lock);
	m->path[0] = '\0';
}

int cache_begin(const char *kind, char *buf, size_t size)
{
	_cleanup_close_ int kind_lock = -1;
	struct made *m = making_find("");
	char folder[4096];
	int r = cache_folder(kind, folder, sizeof(folder));

	if (r < 0)
		return r;
	if (!m)
		return -EMFILE;
	kind_lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (kind_lock < 0 || flock(kind_lock, LOCK_EX) < 0)
		return -errno;
	sweep(folder);
	r = path_format(m->path, sizeof(m->path), "%s/" NEW_PREFIX "XXXXXX", folder);
	if (r == 0)
		r = mkdtemp(m->path) ? path_format(buf, size, "%s", m->path) : -errno;
	if (r < 0) {
		m->path[0] = '\0';
		return r;
	}
	m->lock = open(buf, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (m->lock < 0 || flock(m->lock, LOCK_EX) < 0) {
		r = -errno;
		cache_remove(buf);
	}
	return r;
}

int cache_publish(const char *kind, const char *made, const char *key)
{
	char folder[4096 - 256], to[4096];
	int r = cache_folder(kind, folder, sizeof(folder));

	if (r == 0)
		r = path_format(to, sizeof(to), "%s/%s", folder, key);
	if (r == 0 && chmod(made, 0755) < 0)
		r = -errno;
	if (r == 0 && rename(made, to) < 0)
		r = -errno;
	if (r == -ENOTDIR) { /* something that is no folder took the name: no entry of ours */
		unlink(to);
		r = rename(made, to) < 0 ? -errno : 0;
	}
	if (r == 0) {
		making_forget(made);
		return 0;
	}
	cache_remove(made);
	return r == -ENOTEMPTY || r == -EEXIST ? 0 : r;
}

void cache_remove(const char *path)
{
	const char *name = strrchr(path, '/');
	char aside[4096];

	/* Out of sight at once, so that nobody finds half an entry. */
	if (name && strncmp(name + 1, NEW_PREFIX, strlen(NEW_PREFIX)) != 0 &&
	    path_format(aside, sizeof(aside), "%.*s/" NEW_PREFIX "%d.%s", (int)(name - path), path,
			(int)getpid(), name + 1) == 0 &&
	    rename(path, aside) == 0)
		remove_tree(aside);
	else
		remove_tree(path);
	making_forget(path);
}

int cache_digest_file(const char *path, char ret[65])
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	_cleanup_free_ uint8_t *block = malloc(1 << 18);
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx sha;
	ssize_t n;

	if (fd < 0)
		return -errno;
	if (!block)
		return -ENOMEM;
	sha256_init(&sha);
	while ((n = read(fd, block, 1 << 18)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		sha256_update(&sha, (size_t)n, block);
	}
	sha256_digest(&sha, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(ret + 2 * i, 3, "%02x", digest[i]);
	return 0;
}
