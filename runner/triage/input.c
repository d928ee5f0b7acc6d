/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A look at the first bytes decides; libarchive unpacks and is loaded only then. What was read for
 * the look is handed out first, so that a pipe loses nothing.
 */
#include "triage/input.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "triage/deflated.h"
#include "vm/libs/late_archive.h"

#define PACKED_BLOCK (64u << 10)

struct input {
	int fd;
	bool ended;
	bool empty; /* packed nothing */
	const char *packing;
	struct archive *archive; /* NULL: plain, or */
	struct deflated *deflated;
	uint64_t packed, unpacked;
	size_t have, taken; /* of block: bytes read ahead, and of them handed out */
	int fd_error;
	char name[256];
	char block[PACKED_BLOCK];
};

static const struct {
	const char *name;
	const char *magic;
	size_t size;
} packings[] = {
	{ "gzip", "\x1f\x8b", 2 },
	{ "xz",
	  "\xfd"
	  "7zXZ",
	  6 },
	{ "zstd", "\x28\xb5\x2f\xfd", 4 },
	{ "bzip2", "BZh", 3 },
	{ "lz4", "\x04\x22\x4d\x18", 4 },
};

static ssize_t read_fd(struct input *in, void *buf, size_t size)
{
	ssize_t n = 0;

	do {
		if (!in->ended)
			n = read(in->fd, buf, size);
	} while (n < 0 &&
		 errno == EPIPE); /* /dev/kmsg: records were overwritten, the next are there */
	if (n < 0 && errno == EAGAIN)
		n = 0;
	if (n == 0)
		in->ended = true;
	return n < 0 ? -errno : n;
}

/* The first bytes, for a look at them; they are handed out afterwards. */
static ssize_t read_ahead(struct input *in)
{
	while (in->have < 8) {
		ssize_t n = read_fd(in, in->block + in->have, sizeof(in->block) - in->have);

		if (n <= 0)
			return n;
		in->have += (size_t)n;
		if (in->block[0] >= ' ' && in->block[0] < 'B')
			break; /* no packing begins so: do not wait for more of a slow pipe */
	}
	return 0;
}

static ssize_t feed(void *ctx, const void **ret)
{
	struct input *in = ctx;
	ssize_t n;

	*ret = in->block;
	if (in->taken < in->have) {
		*ret = in->block + in->taken;
		n = (ssize_t)(in->have - in->taken);
		in->taken = in->have;
	} else {
		n = read_fd(in, in->block, sizeof(in->block));
		if (n < 0)
			in->fd_error = (int)n;
	}
	if (n > 0)
		in->packed += (uint64_t)n;
	return n;
}

static ssize_t feed_archive(struct archive *a, void *ctx, const void **ret)
{
	(void)a;
	return feed(ctx, ret);
}

static int packed_error(struct input *in, struct diag *d)
{
	const char *why =
		in->archive ? archive_error_string(in->archive) : deflated_why(in->deflated);

	if (in->fd_error == -EINTR)
		return -EINTR;
	if (in->fd_error)
		return diag_set(d, in->fd_error, "%s: cannot be read: %s", in->name,
				strerror(-in->fd_error));
	return diag_set(d, -EBADMSG, "%s: cannot be unpacked (%s): %s", in->name, in->packing,
			why ? why : "broken");
}

static int open_archive(struct input *in, struct diag *d)
{
	struct archive_entry *entry;
	int err = late_archive(d);

	if (err)
		return err;
	in->archive = archive_read_new();
	if (!in->archive)
		return -ENOMEM;
	if (archive_read_support_filter_all(in->archive) == ARCHIVE_FATAL ||
	    archive_read_support_format_raw(in->archive) != ARCHIVE_OK ||
	    archive_read_open(in->archive, in, NULL, feed_archive, NULL) != ARCHIVE_OK)
		return packed_error(in, d);
	err = archive_read_next_header(in->archive, &entry);
	in->empty = err == ARCHIVE_EOF;
	if (in->empty)
		return 0;
	return err == ARCHIVE_OK ? 0 : packed_error(in, d);
}

static int start(struct input *in, struct diag *d)
{
	struct stat st;
	ssize_t n;

	if (in->fd < 0)
		return diag_set(d, -errno, "%s: cannot be opened: %s", in->name, strerror(errno));
	if (!fstat(in->fd, &st) && S_ISDIR(st.st_mode))
		return diag_set(d, -EISDIR,
				"%s: is a folder; name its log, for example %s/kmsg.log", in->name,
				in->name);
	n = read_ahead(in);
	if (n < 0)
		return diag_set(d, (int)n, "%s: cannot be read: %s", in->name, strerror((int)-n));
	for (size_t i = 0; i < ARRAY_SIZE(packings); i++)
		if (in->have >= packings[i].size &&
		    !memcmp(in->block, packings[i].magic, packings[i].size)) {
			in->packing = packings[i].name;
			return open_archive(in, d);
		}
	if (!deflated_is(in->name))
		return 0;
	in->packing = "deflate";
	return deflated_open((unsigned char *)in->block, in->have, &in->deflated);
}

/* /dev/kmsg would wait for the kernel's next word: what it holds now is the log. */
static int open_path(const char *path)
{
	struct stat st;
	bool device = !stat(path, &st) && S_ISCHR(st.st_mode);

	return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (device ? O_NONBLOCK : 0));
}

int input_open(const char *path, struct input **ret, struct diag *d)
{
	struct input *in = calloc(1, sizeof(*in));
	bool is_stdin = !strcmp(path, "-");
	int err;

	if (!in)
		return -ENOMEM;
	in->packing = "";
	snprintf(in->name, sizeof(in->name), "%s", is_stdin ? "standard input" : path);
	in->fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open_path(path);
	err = start(in, d);
	if (err) {
		input_close(in);
		return err;
	}
	if (in->fd >= 0)
		posix_fadvise(in->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	*ret = in;
	return 0;
}

struct input *input_close(struct input *in)
{
	if (!in)
		return NULL;
	if (in->archive)
		archive_read_free(in->archive);
	deflated_close(in->deflated);
	close_fd(in->fd);
	free(in);
	return NULL;
}

static ssize_t read_packed(struct input *in, char *buf, size_t size, struct diag *d)
{
	ssize_t n = in->empty      ? 0
		    : in->deflated ? deflated_read(in->deflated, buf, size, feed, in)
				   : archive_read_data(in->archive, buf, size);

	if (n < 0)
		return packed_error(in, d);
	in->unpacked += (uint64_t)n;
	if (in->unpacked > INPUT_RATIO_FROM && in->unpacked / INPUT_RATIO_MAX > in->packed)
		return diag_set(
			d, -EFBIG,
			"%s: unpacks to more than %d times its size: this is no log; unpack "
			"it and pipe it in if it is one",
			in->name, INPUT_RATIO_MAX);
	return n;
}

ssize_t input_read(struct input *in, char *buf, size_t size, struct diag *d)
{
	ssize_t n;

	if (in->archive || in->deflated)
		return read_packed(in, buf, size, d);
	if (in->taken < in->have) {
		n = (ssize_t)(in->have - in->taken < size ? in->have - in->taken : size);
		memcpy(buf, in->block + in->taken, (size_t)n);
		in->taken += (size_t)n;
		return n;
	}
	n = read_fd(in, buf, size);
	if (n < 0 && n != -EINTR)
		diag_set(d, (int)n, "%s: cannot be read: %s", in->name, strerror((int)-n));
	return n;
}

const char *input_packing(const struct input *in)
{
	return in->packing;
}
