/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packages for tests, good and hostile, made by libarchive in a folder of the test's. Included once
 * a program. */
#ifndef HANGAR_TESTS_PACKAGE_MAKER_H
#define HANGAR_TESTS_PACKAGE_MAKER_H

#include <archive.h>
#include <archive_entry.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct item {
	const char *path;
	char type; /* f(ile), d(irectory), l(ink), h(ard link), c(haracter device), b(lock device),
		      p(ipe) */
	const char *text; /* of a file; target of a link */
	size_t size;      /* of a file; 0: that of text */
};

#define MADE_MAX (8u << 20)

static inline void made_ok(int r, struct archive *a)
{
	if (r != ARCHIVE_OK)
		fail_msg("%s", archive_error_string(a));
}

static inline mode_t made_type(char type)
{
	switch (type) {
	case 'd':
		return AE_IFDIR;
	case 'l':
		return AE_IFLNK;
	case 'c':
		return AE_IFCHR;
	case 'b':
		return AE_IFBLK;
	case 'p':
		return AE_IFIFO;
	default:
		return AE_IFREG;
	}
}

static inline void made_item(struct archive *a, const struct item *item)
{
	struct archive_entry *e = archive_entry_new();
	size_t size = item->size ? item->size : item->text ? strlen(item->text) : 0;

	archive_entry_set_pathname(e, item->path);
	archive_entry_set_filetype(e, made_type(item->type));
	archive_entry_set_perm(e, item->type == 'd' ? 0755 : 0644);
	archive_entry_set_size(e, item->type == 'f' ? (la_int64_t)size : 0);
	archive_entry_set_nlink(e, 1);
	if (item->type == 'l')
		archive_entry_set_symlink(e, item->text);
	if (item->type == 'h')
		archive_entry_set_hardlink(e, item->text);
	made_ok(archive_write_header(a, e), a);
	for (size_t done = 0; item->type == 'f' && done < size;) {
		static const char zeros[65536];
		size_t n = size - done;

		if (item->size && !item->text)
			n = n < sizeof(zeros) ? n : sizeof(zeros);
		assert_true(archive_write_data(a, item->text ? item->text + done : zeros, n) ==
			    (la_ssize_t)n);
		done += n;
	}
	archive_entry_free(e);
}

/* The files as tar or (for rpm) cpio, packed with @filter; into a heap buffer. */
static inline char *made_files(const struct item *items, size_t count, bool rpm, int filter,
			       size_t *ret_size)
{
	struct archive *a = archive_write_new();
	char *buf = malloc(MADE_MAX);

	assert_non_null(buf);
	if (rpm)
		archive_write_set_format_cpio_newc(a);
	else
		archive_write_set_format_pax_restricted(a);
	made_ok(archive_write_add_filter(a, filter), a);
	made_ok(archive_write_open_memory(a, buf, MADE_MAX, ret_size), a);
	for (size_t i = 0; i < count; i++)
		made_item(a, &items[i]);
	made_ok(archive_write_close(a), a);
	archive_write_free(a);
	return buf;
}

/* A .deb around @data, whose last member is called @name ("data.tar.xz"). */
static inline void made_deb(const char *path, const char *name, const char *data, size_t size)
{
	struct archive *a = archive_write_new();
	const struct item items[] = {
		{ "debian-binary", 'f', "2.0\n" },
		{ "control.tar", 'f', "x" },
		{ name, 'f', data, size },
	};

	archive_write_set_format_ar_svr4(a);
	made_ok(archive_write_open_filename(a, path), a);
	for (size_t i = 0; i < 3; i++)
		made_item(a, &items[i]);
	made_ok(archive_write_close(a), a);
	archive_write_free(a);
}

/* An .rpm around @data: lead, an empty signature header, an empty header. */
static inline void made_rpm(const char *path, const char *data, size_t size)
{
	static const unsigned char header[16] = { 0x8e, 0xad, 0xe8, 0x01 };
	unsigned char lead[96] = { 0xed, 0xab, 0xee, 0xdb, 3, 0, 0, 0, 0, 1, 'k' };
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	lead[79] = 5; /* signature type */
	fwrite(lead, 1, sizeof(lead), f);
	fwrite(header, 1, sizeof(header), f);
	fwrite(header, 1, sizeof(header), f);
	fwrite(data, 1, size, f);
	assert_int_equal(fclose(f), 0);
}

static inline void make_deb(const char *path, const struct item *items, size_t count)
{
	size_t size;
	char *data = made_files(items, count, false, ARCHIVE_FILTER_XZ, &size);

	made_deb(path, "data.tar.xz", data, size);
	free(data);
}

/* A bzImage that boots nothing but has a header and a version. */
#define BZIMAGE_BYTES 8192
static inline void make_bzimage(char buf[BZIMAGE_BYTES], const char *version)
{
	memset(buf, 0, BZIMAGE_BYTES);
	buf[0x1f1] = 4; /* setup: 2,560 bytes with the boot sector */
	buf[0x1f4] = (BZIMAGE_BYTES - 2560) / 16 & 0xff;
	buf[0x1f5] = (BZIMAGE_BYTES - 2560) / 16 >> 8;
	memcpy(buf + 0x1fe, "\x55\xaa", 2);
	memcpy(buf + 0x202, "HdrS\x0f\x02", 6);
	memcpy(buf + 0x20e, "\x00\x04", 2); /* the text is at 0x600 */
	snprintf(buf + 0x600, 512, "%s", version);
}

#define BANNER_61                                                                                  \
	"6.1.0-50-cloud-amd64 (kernel@debian.org) #1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 "        \
	"(2026-07-02)"

#endif
