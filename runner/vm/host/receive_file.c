/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest under a kernel that is being broken on purpose may send anything. A path is taken apart
 * into names that can't leave the folder they stand in, each is opened from the one before without
 * following links, and what is there already must be a plain file. Offsets and sizes stay below one
 * limit for all files together, so that a hole can't look like a disk.
 */
#include "vm/host/receive_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "journal.h"
#include "results/outside.h"
#include "rundir.h"

#define BYTES_MAX (UINT64_C(64) << 30)
#define OFFSET_BYTES 8
#define DEPTH_MAX 8 /* evidence/memcg/victims.3/memory.stat is four */

/* First name of the path. What the host has or makes, and what the guest keeps for itself. */
static const struct {
	const char *name;
	enum receive_place place;
} places[] = {
	{ OUTSIDE_FILE, PLACE_FORBIDDEN },
	{ CONSOLE_FILE, PLACE_FORBIDDEN },
	{ QEMU_ERRORS_FILE, PLACE_FORBIDDEN },
	{ VMCORE_FILE, PLACE_FORBIDDEN },
	{ VMCORE_READING_FILE, PLACE_FORBIDDEN },
	{ VMCORE_DMESG_FILE, PLACE_FORBIDDEN },
	{ "vmcore.whole", PLACE_FORBIDDEN }, /* QMP's, not yet filtered */
	{ JOURNAL_FILE, PLACE_HOSTS },       /* comes line by line on the other port */
	{ RUNDIR_SCENARIO, PLACE_HOSTS },
	{ "undo.jsonl", PLACE_HOSTS }, /* `hangar clean` would do it on the host */
	{ "lock", PLACE_HOSTS },
	{ "scratch", PLACE_HOSTS },
	{ "scratch.img", PLACE_HOSTS },
	{ "work", PLACE_HOSTS },
	{ "report.txt", PLACE_HOSTS },
	{ "result.json", PLACE_HOSTS },
	{ "junit.xml", PLACE_HOSTS },
	{ "ktap.txt", PLACE_HOSTS },
};

void receive_refuse(struct receiver *r, const char *fmt, ...)
{
	va_list ap;

	if (!r->refused++) {
		va_start(ap, fmt);
		vsnprintf(r->refused_why, sizeof(r->refused_why), fmt, ap);
		va_end(ap);
	}
}

static bool is_name(const char *name, size_t len)
{
	if (!len || len > 255 || (len == 1 && name[0] == '.') ||
	    (len == 2 && !memcmp(name, "..", 2)))
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)name[i] < ' ' || name[i] == 0x7f)
			return false;
	return true;
}

enum receive_place receive_place(const char *path)
{
	size_t first = strcspn(path, "/");
	unsigned int depth = 0;

	for (const char *p = path;; p++) {
		size_t len = strcspn(p, "/");

		if (!is_name(p, len) || ++depth > DEPTH_MAX)
			return PLACE_FORBIDDEN;
		p += len;
		if (!*p)
			break;
	}
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (strlen(places[i].name) == first && !memcmp(places[i].name, path, first))
			return places[i].place;
	return PLACE_GOOD;
}

static int may_make(struct receiver *r)
{
	if (r->files >= RECEIVE_FILES_MAX)
		return -EMFILE;
	r->files++;
	return 0;
}

/* The folder @name in @dir_fd, made if it is not there. */
static int open_folder(struct receiver *r, int dir_fd, const char *name)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(dir_fd, name, flags), err;

	if (fd >= 0 || errno != ENOENT)
		return fd < 0 ? -errno : fd;
	err = may_make(r);
	if (err < 0)
		return err;
	if (mkdirat(dir_fd, name, 0755) < 0 && errno != EEXIST)
		return -errno;
	fd = openat(dir_fd, name, flags);
	return fd < 0 ? -errno : fd;
}

/* A device or fifo under that name is not opened for good: neither is it the guest's to make. */
static int open_plain(struct receiver *r, int dir_fd, const char *name)
{
	const int flags = O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	_cleanup_close_ int fd = openat(dir_fd, name, flags);
	struct stat st;
	int err;

	if (fd < 0 && errno == ENOENT) {
		err = may_make(r);
		if (err < 0)
			return err;
		fd = openat(dir_fd, name, flags | O_CREAT | O_EXCL, 0644);
	}
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	return S_ISREG(st.st_mode) && st.st_nlink == 1 ? take_fd(&fd) : -EEXIST;
}

/* @path has been found good. */
static int open_path(struct receiver *r, const char *path)
{
	_cleanup_close_ int dir_fd = fcntl(r->dir_fd, F_DUPFD_CLOEXEC, 0);
	char name[256];

	while (dir_fd >= 0) {
		size_t len = strcspn(path, "/");
		int next;

		memcpy(name, path, len);
		name[len] = '\0';
		if (!path[len])
			return open_plain(r, dir_fd, name);
		next = open_folder(r, dir_fd, name);
		if (next < 0)
			return next;
		close(dir_fd);
		dir_fd = next;
		path += len + 1;
	}
	return -errno;
}

void receive_file_close(struct receiver *r)
{
	r->file_fd = close_fd(r->file_fd);
	r->file_path[0] = '\0';
}

static int at_hand(struct receiver *r, const char *path)
{
	int fd;

	if (r->file_fd >= 0 && !strcmp(r->file_path, path))
		return 0;
	receive_file_close(r);
	fd = open_path(r, path);
	if (fd < 0)
		return fd;
	r->file_fd = fd;
	snprintf(r->file_path, sizeof(r->file_path), "%s", path);
	return 0;
}

static int write_at(int fd, const unsigned char *data, size_t size, uint64_t offset)
{
	while (size) {
		ssize_t n = pwrite(fd, data, size, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		size -= (size_t)n;
		offset += (uint64_t)n;
	}
	return 0;
}

/* A file that begins anew is another file: nothing of the old one stays behind its end. */
static void store(struct receiver *r, const char *path, const unsigned char *data, size_t size,
		  uint64_t offset)
{
	int err = at_hand(r, path);

	if (err == -EMFILE) {
		receive_refuse(r, "%s: more than %d files and folders", path, RECEIVE_FILES_MAX);
		return;
	}
	if (err == -ELOOP || err == -EEXIST || err == -ENOTDIR || err == -ENXIO || err == -EISDIR) {
		receive_refuse(r, "%s: is no plain file here", path);
		return;
	}
	if (!err && !offset && ftruncate(r->file_fd, 0) < 0)
		err = -errno;
	if (!err)
		err = write_at(r->file_fd, data, size, offset);
	if (!err)
		r->bytes += size;
	else if (!r->file_error)
		r->file_error = err;
}

static uint64_t get64(const unsigned char *p)
{
	uint64_t v = 0;

	for (int i = OFFSET_BYTES - 1; i >= 0; i--)
		v = v << 8 | p[i];
	return v;
}

bool receive_has_room(struct receiver *r, const char *path, uint64_t offset, size_t size)
{
	uint64_t max = r->bytes_max ? r->bytes_max : BYTES_MAX;

	if (size <= max && offset <= max - size && r->bytes <= max - size)
		return true;
	receive_refuse(r, "%.60s: past the limit of %" PRIu64 " bytes for all files", path, max);
	return false;
}

void receive_file(struct receiver *r, const unsigned char *payload, uint32_t size)
{
	const unsigned char *nul = memchr(payload, '\0', size);
	const char *path = (const char *)payload;
	uint64_t offset;

	if (!nul || nul - payload >= RECEIVE_PATH_MAX ||
	    (size_t)(payload + size - nul) < 1 + OFFSET_BYTES) {
		receive_refuse(r, "a file without a name, or with one that is too long");
		return;
	}
	offset = get64(nul + 1);
	payload += (size_t)(nul - payload) + 1 + OFFSET_BYTES;
	size -= (uint32_t)(payload - (const unsigned char *)path);
	switch (receive_place(path)) {
	case PLACE_HOSTS:
		return;
	case PLACE_FORBIDDEN:
		receive_refuse(r, "%.100s: is not the guest's to write", path);
		return;
	case PLACE_GOOD:
	default:
		break;
	}
	if (!receive_has_room(r, path, offset, size))
		return;
	if (!strcmp(path, RUNDIR_MANIFEST))
		receive_manifest(r, (const char *)payload, size, offset);
	else
		store(r, path, payload, size, offset);
}
