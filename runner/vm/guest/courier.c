/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walking and sending; see courier_thread.c for when. */
#include "vm/guest/courier.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/paths.h"

#define PATH_ROOM 512 /* of a path below its folder */
#define DEPTH_MAX 8
#define OFFSET_BYTES 8

/* Names at the top of a run directory, and what a name may hold below it. */
static const char *const unwanted[] = { "journal.jsonl", "scratch.img", "scratch",
					"work",          "undo.jsonl",  "lock" };

bool courier_wants(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(unwanted); i++)
		if (strcmp(path, unwanted[i]) == 0)
			return false;
	return !strstr(path, ".new."); /* about to be renamed: see textfile_replace_at() */
}

int courier_open(struct courier *c, struct line *line, const char *const *folders)
{
	*c = (struct courier){ .line = line, .folders = folders };
	c->files = calloc(COURIER_FILES_MAX, sizeof(*c->files));
	c->payload = malloc(COURIER_FRAME_BYTES);
	if (c->files && c->payload)
		return 0;
	courier_close(c);
	return -ENOMEM;
}

void courier_close(struct courier *c)
{
	free(c->files);
	free(c->payload);
	c->files = NULL;
	c->payload = NULL;
}

/* FNV-1a: 64 bits over some thousand short paths; a collision would lose a file once in 10^12 runs.
 */
static uint64_t key_of(const char *path)
{
	uint64_t key = 0xcbf29ce484222325u;

	for (; *path; path++)
		key = (key ^ (unsigned char)*path) * 0x100000001b3u;
	return key ? key : 1;
}

static struct courier_file *file_of(struct courier *c, const char *path, uint64_t inode)
{
	uint64_t key = key_of(path);
	struct courier_file *f = &c->files[key % COURIER_FILES_MAX];

	while (f->key && f->key != key)
		if (++f == c->files + COURIER_FILES_MAX)
			f = c->files;
	if (f->key)
		return f;
	if (c->count == COURIER_FILES_MAX - 1) { /* one stays free: the search above must end */
		c->unknown++;
		return NULL;
	}
	c->count++;
	*f = (struct courier_file){ .key = key, .inode = inode, .sent = UINT64_MAX };
	return f;
}

static void put_offset(unsigned char *to, uint64_t v)
{
	for (int i = 0; i < OFFSET_BYTES; i++)
		to[i] = (unsigned char)(v >> (8 * i));
}

/* Everything behind @f->sent, at most up to @size: a file that grows for ever must not keep the
 * others waiting. */
static int send_growth(struct courier *c, struct courier_file *f, int fd, const char *path,
		       uint64_t size)
{
	size_t head = strlen(path) + 1 + OFFSET_BYTES;
	size_t room = COURIER_FRAME_BYTES - WIRE_HEADER_BYTES - head;
	bool first = f->sent == UINT64_MAX;

	if (first)
		f->sent = 0;
	memcpy(c->payload, path, head - OFFSET_BYTES);
	while (first || f->sent < size) {
		ssize_t n = pread(fd, c->payload + head, room, (off_t)f->sent);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || (n == 0 && !first))
			return 0; /* it shrank; or cannot be read, and the host sees how far it came
				   */
		put_offset(c->payload + head - OFFSET_BYTES, f->sent);
		c->error = line_send(c->line, WIRE_FILE, c->payload, (uint32_t)(head + (size_t)n));
		if (c->error)
			return c->error;
		f->sent += (uint64_t)n;
		c->bytes += (uint64_t)n;
		first = false;
	}
	return 0;
}

static int send_file(struct courier *c, int folder, const char *name, const char *path,
		     const struct stat *st)
{
	struct courier_file *f = file_of(c, path, (uint64_t)st->st_ino);
	_cleanup_close_ int fd = -1;

	if (!f)
		return 0;
	if (f->inode != (uint64_t)st->st_ino) { /* another file took its place */
		f->inode = (uint64_t)st->st_ino;
		f->sent = UINT64_MAX;
	}
	if (f->sent != UINT64_MAX && f->sent >= (uint64_t)st->st_size)
		return 0;
	fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	return fd < 0 ? 0 : send_growth(c, f, fd, path, (uint64_t)st->st_size);
}

static int walk(struct courier *c, int at, const char *below, dev_t device, unsigned int depth);

static int visit(struct courier *c, int folder, const char *name, const char *below, dev_t device,
		 unsigned int depth)
{
	char path[PATH_ROOM];
	struct stat st;
	int fd;

	if (path_format(path, sizeof(path), "%s%s%s", below, below[0] ? "/" : "", name) ||
	    !courier_wants(path) || fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    st.st_dev != device)
		return 0;
	if (S_ISREG(st.st_mode))
		return send_file(c, folder, name, path, &st);
	if (!S_ISDIR(st.st_mode) || depth == DEPTH_MAX)
		return 0;
	fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	return fd < 0 ? 0 : walk(c, fd, path, device, depth + 1);
}

/* Takes over @at. Never into another file system: the one under test may be dead. */
static int walk(struct courier *c, int at, const char *below, dev_t device, unsigned int depth)
{
	_cleanup_closedir_ DIR *dir = fdopendir(at);
	const struct dirent *e;
	int err = 0;

	if (!dir) {
		close(at);
		return 0;
	}
	while (!err && (e = readdir(dir)))
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			err = visit(c, dirfd(dir), e->d_name, below, device, depth);
	return err;
}

int64_t courier_walk(struct courier *c)
{
	uint64_t before = c->bytes;

	for (const char *const *folder = c->folders; *folder && !c->error; folder++) {
		int fd = open(*folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		struct stat st;

		if (fd >= 0 && fstat(fd, &st) == 0)
			walk(c, fd, "", st.st_dev, 0);
		else
			close_fd(fd);
	}
	return c->error ? c->error : (int64_t)(c->bytes - before);
}
