/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libarchive's "raw" format is any file as the only member of an archive; its filters know xz, zstd
 * and gzip. */
#include "vm/image/module_file.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "vm/libs/late_archive.h"

/* The largest modules (amdgpu, with debug information left in) have 40 MB. */
#define MODULE_MAX (64u << 20)
#define READ_BYTES (256u << 10)

static void cleanup_archive(struct archive **a)
{
	if (*a)
		archive_read_free(*a);
}

static int failed(struct archive *a, const char *path, struct diag *d)
{
	int err = archive_errno(a);

	return diag_set(d, err > 0 ? -err : -EBADMSG, "%s cannot be unpacked: %s", path,
			archive_error_string(a));
}

static int open_module(struct archive *a, const char *path)
{
	struct archive_entry *entry;

	archive_read_support_filter_gzip(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_format_raw(a);
	archive_read_support_format_empty(a);
	if (archive_read_open_filename(a, path, READ_BYTES) != ARCHIVE_OK)
		return -1;
	return archive_read_next_header(a, &entry) < ARCHIVE_WARN ? -1 : 0;
}

static int read_all(struct archive *a, const char *path, char **text, size_t *len, struct diag *d)
{
	size_t room = 0;
	la_ssize_t n;

	do {
		if (*len + READ_BYTES > room) {
			char *more = realloc(*text, room = room ? room * 2 : 2 * READ_BYTES);

			if (!more)
				return -ENOMEM;
			*text = more;
		}
		n = archive_read_data(a, *text + *len, READ_BYTES);
		if (n < 0)
			return failed(a, path, d);
		*len += (size_t)n;
		if (*len > MODULE_MAX)
			return diag_set(d, -EFBIG, "%s is larger than 64 MiB when unpacked", path);
	} while (n > 0);
	return 0;
}

int module_file_load(const char *path, void **ret, size_t *ret_size, struct diag *d)
{
	_cleanup_(cleanup_archive) struct archive *a = NULL;
	_cleanup_free_ char *text = NULL;
	size_t len = 0;
	int err = late_archive(d);

	if (err)
		return err;
	a = archive_read_new();
	if (!a)
		return -ENOMEM;
	if (open_module(a, path) < 0)
		return failed(a, path, d);
	err = read_all(a, path, &text, &len, d);
	if (err)
		return err;
	if (len < EI_NIDENT || memcmp(text, ELFMAG, SELFMAG) != 0)
		return diag_set(d, -EBADMSG, "%s is no kernel module", path);
	*ret = take_ptr(text);
	*ret_size = len;
	return 0;
}
