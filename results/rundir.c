/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making, locking and opening run directories. A lock is a flock on a file inside: the kernel drops
 * it with the last descriptor, so a runner that was killed is seen as dead at once, and no stale
 * pid is ever believed.
 */
#include "rundir.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/textfile.h"

#define LOCK_FILE "lock"
#define NAME_MAX_IN_ID 32

/* Four hexadecimal digits tell runs of one second and one name apart; a clash is drawn again. */
#define ID_TRIES 16

static bool is_id_char(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("._-", c));
}

static void make_id(char *id, size_t size, const char *name)
{
	char clean[NAME_MAX_IN_ID + 1] = "", when[32];
	time_t now = time(NULL);
	uint16_t salt = 0;
	struct tm tm;

	for (size_t i = 0; i < NAME_MAX_IN_ID && name[i]; i++)
		clean[i] = is_id_char(name[i]) ? name[i] : '-';
	gmtime_r(&now, &tm);
	strftime(when, sizeof(when), "%Y%m%d-%H%M%S", &tm);
	if (getrandom(&salt, sizeof(salt), GRND_NONBLOCK) < 0) {
		struct timespec ts;

		/* Before 3.17, or too early after boot. */
		clock_gettime(CLOCK_MONOTONIC, &ts);
		salt = (uint16_t)(ts.tv_nsec ^ getpid());
	}
	snprintf(id, size, "%s-%s-%04x", when, clean, salt);
}

static bool is_empty(int dirfd)
{
	_cleanup_closedir_ DIR *dir = NULL;
	int copy = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *e;

	dir = copy < 0 ? NULL : fdopendir(copy);
	if (!dir) {
		close_fd(copy);
		return false;
	}
	while ((e = readdir(dir)))
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			return false;
	return true;
}

static int open_directory(struct rundir *d, const char *path)
{
	char *real;

	d->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d->fd < 0)
		return -errno;
	real = realpath(path, NULL);
	if (!real)
		return -errno;
	snprintf(d->path, sizeof(d->path), "%s", real);
	free(real);
	return 0;
}

static int make_in_state_home(struct rundir *d, const char *name)
{
	char home[PATH_MAX];
	int r = rundir_state_home(home, sizeof(home));

	for (int i = 0; !r && i < ID_TRIES; i++) {
		make_id(d->id, sizeof(d->id), name);
		r = path_format(d->path, sizeof(d->path), "%s/runs/%s", home, d->id);
		if (r < 0)
			return r;
		r = path_make(d->path);
		if (r != -EEXIST)
			break;
		r = i + 1 < ID_TRIES ? 0 : r;
	}
	return r < 0 ? r : open_directory(d, d->path);
}

static int make_where_asked(struct rundir *d, const char *out, const char *name)
{
	int r = path_format(d->path, sizeof(d->path), "%s", out);

	if (r < 0)
		return r;
	make_id(d->id, sizeof(d->id), name);
	r = path_make(out);
	if (r < 0 && r != -EEXIST)
		return r;
	r = open_directory(d, out);
	if (r < 0)
		return r;
	return is_empty(d->fd) ? 0 : -EEXIST;
}

/* O_EXCL: of two runners that were given the same empty folder, one is refused. */
static int take_lock(struct rundir *d)
{
	d->lock_fd = openat(d->fd, LOCK_FILE, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (d->lock_fd < 0 || flock(d->lock_fd, LOCK_EX | LOCK_NB) < 0)
		return -errno;
	return dprintf(d->lock_fd, "%s %d\n", d->id, (int)getpid()) < 0 ? -errno : 0;
}

static int fill(struct rundir *d)
{
	int r = take_lock(d);

	if (r < 0)
		return r;
	if (mkdirat(d->fd, "out", 0755) < 0 || mkdirat(d->fd, "evidence", 0755) < 0)
		return -errno;
	return fsync(d->fd) < 0 && errno != EINVAL ? -errno : 0;
}

int rundir_create(struct rundir *d, const char *out, const char *scenario_name)
{
	int r;

	*d = (struct rundir){ .fd = -1, .lock_fd = -1 };
	r = out ? make_where_asked(d, out, scenario_name) : make_in_state_home(d, scenario_name);
	if (!r)
		r = fill(d);
	if (!r) {
		r = rundir_register(d);
		if (out)
			r = 0;
	}
	if (r < 0)
		rundir_clear(d);
	return r;
}

/* The characters of an id: never a path, whatever somebody wrote into the lock file. */
static bool is_id(const char *text, size_t len)
{
	if (!len || len >= sizeof(((struct rundir *)0)->id) || !isalnum((unsigned char)text[0]))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_id_char(text[i]))
			return false;
	return true;
}

/* The id of a directory made with --out, or moved since, stands in its lock file. */
static void read_id(struct rundir *d)
{
	char text[128];
	const char *base = strrchr(d->path, '/') + 1, *id = base;
	ssize_t n = textfile_read_at(d->fd, LOCK_FILE, text, sizeof(text));
	size_t len = n > 0 ? strcspn(text, " \n") : 0;

	if (is_id(text, len))
		id = text;
	else
		len = strlen(base);
	snprintf(d->id, sizeof(d->id), "%.*s", (int)len, id);
}

int rundir_open(struct rundir *d, const char *path)
{
	int r;

	*d = (struct rundir){ .fd = -1, .lock_fd = -1 };
	r = path_format(d->path, sizeof(d->path), "%s", path);
	if (!r)
		r = open_directory(d, path);
	if (r < 0) {
		rundir_clear(d);
		return r;
	}
	read_id(d);
	return 0;
}

bool rundir_is_live(const struct rundir *d)
{
	_cleanup_close_ int fd = -1;

	if (d->lock_fd >= 0)
		return false;
	fd = openat(d->fd, LOCK_FILE, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
}

void rundir_clear(struct rundir *d)
{
	d->lock_fd = close_fd(d->lock_fd);
	d->fd = close_fd(d->fd);
}
