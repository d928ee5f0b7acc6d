/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A piece as a cpio archive of the "newc" kind
 * (Documentation/driver-api/early-userspace/buffer-format.rst). The kernel unpacks several archives
 * behind one another when each begins on a multiple of four; 512 is libarchive's block.
 */
#include "vm/image/piece.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "vm/image/image.h"
#include "vm/libs/late_archive.h"

static void cleanup_archive(struct archive **a)
{
	if (*a)
		archive_write_free(*a);
}

static void cleanup_entry(struct archive_entry **e)
{
	if (*e)
		archive_entry_free(*e);
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct piece_entry *)a)->path, ((const struct piece_entry *)b)->path);
}

/* libarchive keeps the errno of the system where there is one. */
static int archive_failed(struct archive *a, const char *path, struct diag *d)
{
	int err = archive_errno(a);

	return diag_set(d, err > 0 ? -err : -EIO, "the ramdisk cannot be written at %s: %s", path,
			archive_error_string(a));
}

static int write_data(struct archive *a, const struct piece_entry *e, const void *data, size_t size,
		      struct diag *d)
{
	return archive_write_data(a, data, size) == (la_ssize_t)size
		       ? 0
		       : archive_failed(a, e->path, d);
}

/* Exactly @size bytes, which the header has promised. */
static int copy_source(struct archive *a, const struct piece_entry *e, int fd, uint64_t size,
		       struct diag *d)
{
	static char buf[256 << 10];

	while (size > 0) {
		ssize_t n = read(fd, buf, size < sizeof(buf) ? (size_t)size : sizeof(buf));
		int err;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return diag_set(d, -errno, "%s cannot be read: %s", e->source,
					strerror(errno));
		if (n == 0)
			return diag_set(d, -EIO, "%s shrank while it was read", e->source);
		err = write_data(a, e, buf, (size_t)n, d);
		if (err)
			return err;
		size -= (uint64_t)n;
	}
	return 0;
}

static int open_source(const struct piece_entry *e, uint64_t *ret_size, struct diag *d)
{
	_cleanup_close_ int fd = open(e->source, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return diag_set(d, -errno, "%s cannot be read: %s", e->source, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return diag_set(d, -EINVAL, "%s is not a regular file", e->source);
	if ((uint64_t)st.st_size > UINT32_MAX) /* newc has eight hexadecimal digits */
		return diag_set(d, -EFBIG, "%s is larger than 4 GiB: too large for a ramdisk",
				e->source);
	*ret_size = (uint64_t)st.st_size;
	return take_fd(&fd);
}

static int write_header(struct archive *a, const struct piece_entry *e, uint64_t size,
			struct diag *d)
{
	static const unsigned int types[] = { AE_IFDIR, AE_IFREG, AE_IFCHR, AE_IFLNK };
	_cleanup_(cleanup_entry) struct archive_entry *entry = archive_entry_new();

	if (!entry)
		return -ENOMEM;
	archive_entry_set_pathname(entry, e->path + 1);
	archive_entry_set_mode(entry, types[e->kind] | e->mode);
	archive_entry_set_nlink(entry, 1);
	archive_entry_set_mtime(entry, 0, 0);
	archive_entry_set_size(entry, (la_int64_t)size);
	if (e->kind == PIECE_LINK)
		archive_entry_set_symlink(entry, e->data);
	archive_entry_set_rdevmajor(entry, e->major);
	archive_entry_set_rdevminor(entry, e->minor);
	return archive_write_header(a, entry) == ARCHIVE_OK ? 0 : archive_failed(a, e->path, d);
}

static int write_entry(struct archive *a, const struct piece_entry *e, struct diag *d)
{
	_cleanup_close_ int fd = -1;
	uint64_t size = e->size;
	bool copied = e->source && !e->data;
	int err;

	if (copied) {
		fd = open_source(e, &size, d);
		if (fd < 0)
			return fd;
	}
	err = write_header(a, e, size, d);
	if (err)
		return err;
	return copied ? copy_source(a, e, fd, size, d) : write_data(a, e, e->data, e->size, d);
}

int piece_write(struct piece *p, int fd, struct diag *d)
{
	_cleanup_(cleanup_archive) struct archive *a = NULL;
	int err = late_archive(d);

	if (err)
		return err;
	a = archive_write_new();
	if (!a)
		return -ENOMEM;
	archive_write_set_format_cpio_newc(a);
	archive_write_set_bytes_per_block(a, 512 * 128);
	archive_write_set_bytes_in_last_block(a, 512);
	if (archive_write_open_fd(a, fd) != ARCHIVE_OK)
		return archive_failed(a, "its begin", d);
	qsort(p->entries, p->count, sizeof(*p->entries), by_path);
	for (unsigned int i = 0; i < p->count; i++) {
		err = write_entry(a, &p->entries[i], d);
		if (err)
			return err;
	}
	return archive_write_close(a) == ARCHIVE_OK ? 0 : archive_failed(a, "its end", d);
}
