/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Three readers behind one another:
 *   container  .deb: the ar archive's member data.tar.*; .rpm: the file
 *   stream     one decompression, its bytes counted here: beyond the limit it ends with an error,
 * whatever the reader after it was busy with (headers, padding, an entry that is passed over) files
 * tar, cpio A second compression inside the first is refused, or the bytes in between would go
 * uncounted.
 */
#include "vm/kernel/layers.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "vm/kernel/package.h"
#include "vm/libs/late_archive.h"

#define BLOCK 65536
#define MEMBERS_MAX 16 /* of a .deb: debian-binary, control.tar, data.tar, and signatures */

struct layers {
	struct archive *container, *stream, *files;
	uint64_t left; /* of the limit */
	bool too_large;
	char block[BLOCK];
};

static void say_error(struct archive *a, const char *path, struct diag *d)
{
	const char *why = a ? archive_error_string(a) : NULL;

	diag_set(d, 0, "%s is damaged or cut short%s%s; get it again", path, why ? ": " : "",
		 why ? why : "");
}

int layers_failed(struct layers *l, const char *path, struct diag *d)
{
	if (l->too_large)
		return diag_set(d, -E2BIG,
				"%s is refused: unpacked it is larger than any kernel is", path);
	/* the innermost knows least: its input just ended */
	if (l->container && archive_errno(l->container))
		say_error(l->container, path, d);
	else if (l->stream && archive_errno(l->stream))
		say_error(l->stream, path, d);
	else
		say_error(l->files, path, d);
	return -EBADMSG;
}

struct archive *layers_archive(struct layers *l)
{
	return l->files;
}

void layers_close(struct layers **l)
{
	if (!*l)
		return;
	archive_read_free((*l)->files);
	archive_read_free((*l)->stream);
	archive_read_free((*l)->container);
	free(*l);
	*l = NULL;
}

static la_ssize_t read_member(struct archive *a, void *ctx, const void **ret)
{
	struct layers *l = ctx;
	la_int64_t offset;
	size_t size = 0;
	int r;

	do
		r = archive_read_data_block(l->container, ret, &size, &offset);
	while (r == ARCHIVE_OK && size == 0);
	return r == ARCHIVE_EOF ? 0 : r == ARCHIVE_OK ? (la_ssize_t)size : -1;
}

static la_ssize_t read_stream(struct archive *a, void *ctx, const void **ret)
{
	struct layers *l = ctx;
	la_ssize_t n = archive_read_data(l->stream, l->block, sizeof(l->block));

	if (n > 0 && (uint64_t)n > l->left) {
		l->too_large = true;
		return -1;
	}
	l->left -= n > 0 ? (uint64_t)n : 0;
	*ret = l->block;
	return n;
}

/* The ar archive, forward to its data. */
static int open_container(struct layers *l, const char *path, struct diag *d)
{
	struct archive_entry *entry;
	const char *name;
	int r;

	l->container = archive_read_new();
	if (!l->container)
		return -ENOMEM;
	archive_read_support_format_ar(l->container);
	if (archive_read_open_filename(l->container, path, BLOCK) != ARCHIVE_OK)
		return layers_failed(l, path, d);
	for (unsigned int i = 0; i < MEMBERS_MAX; i++) {
		r = archive_read_next_header(l->container, &entry);
		if (r == ARCHIVE_EOF)
			break;
		if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
			return layers_failed(l, path, d);
		name = archive_entry_pathname(entry);
		if (i == 0 && (!name || strcmp(name, "debian-binary") != 0))
			break;
		if (name && strncmp(name, "data.tar", 8) == 0 &&
		    (name[8] == '\0' || name[8] == '.'))
			return 0;
	}
	return diag_set(d, -EINVAL, "%s is no Debian package: an ar archive without data.tar",
			path);
}

static int open_stream(struct layers *l, const char *path, bool rpm, struct diag *d)
{
	struct archive_entry *entry;
	int r;

	l->stream = archive_read_new();
	if (!l->stream)
		return -ENOMEM;
	archive_read_support_filter_xz(l->stream);
	archive_read_support_filter_lzma(l->stream);
	archive_read_support_filter_gzip(l->stream);
	archive_read_support_filter_zstd(l->stream);
	archive_read_support_filter_bzip2(l->stream);
	if (rpm)
		archive_read_support_filter_rpm(l->stream);
	archive_read_support_format_raw(l->stream);
	if (rpm)
		r = archive_read_open_filename(l->stream, path, BLOCK);
	else
		r = archive_read_open(l->stream, l, NULL, read_member, NULL);
	if (r != ARCHIVE_OK || archive_read_next_header(l->stream, &entry) != ARCHIVE_OK)
		return layers_failed(l, path, d);
	/* itself, a compression, the source; the rpm's lead and headers count as one more */
	if (archive_filter_count(l->stream) > (rpm ? 3 : 2))
		return diag_set(d, -EINVAL, "%s is refused: it is compressed more than once", path);
	return 0;
}

static int open_files(struct layers *l, const char *path, bool rpm, struct diag *d)
{
	l->files = archive_read_new();
	if (!l->files)
		return -ENOMEM;
	if (rpm)
		archive_read_support_format_cpio(l->files);
	else
		archive_read_support_format_tar(l->files);
	if (archive_read_open(l->files, l, NULL, read_stream, NULL) != ARCHIVE_OK)
		return layers_failed(l, path, d);
	return 0;
}

int package_kind(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char head[8];
	ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof(head));

	if (n < 0)
		return -errno;
	if (n == 8 && memcmp(head, "!<arch>\n", 8) == 0)
		return PACKAGE_DEB;
	return n == 8 && memcmp(head, "\xed\xab\xee\xdb", 4) == 0 ? PACKAGE_RPM : PACKAGE_NONE;
}

int layers_open(const char *path, uint64_t max_bytes, struct layers **ret, struct diag *d)
{
	_cleanup_(layers_close) struct layers *l = NULL;
	int kind = package_kind(path), r = late_archive(d);

	if (r < 0)
		return r;
	if (kind < 0)
		return diag_set(d, kind, "%s cannot be read: %s", path, strerror(-kind));
	if (kind == PACKAGE_NONE)
		return diag_set(d, -EINVAL, "%s is neither a .deb nor an .rpm", path);
	l = calloc(1, sizeof(*l));
	if (!l)
		return diag_set(d, -ENOMEM, "%s: no memory", path);
	l->left = max_bytes;
	r = kind == PACKAGE_DEB ? open_container(l, path, d) : 0;
	if (r == 0)
		r = open_stream(l, path, kind == PACKAGE_RPM, d);
	if (r == 0)
		r = open_files(l, path, kind == PACKAGE_RPM, d);
	if (r == 0)
		*ret = take_ptr(l);
	return r;
}
