/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "070701", then thirteen numbers of eight hexadecimal digits, the name and the data, both padded
 * to four bytes; the last member is TRAILER!!!
 * (Documentation/driver-api/early-userspace/buffer-format.rst).
 */
#include "vm/guest/cargo.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/paths.h"

#define MAGIC "070701"
#define TRAILER "TRAILER!!!"
#define NAME_MAX_ 4096

enum { FIELD_MODE = 1, FIELD_SIZE = 6, FIELD_NAME_SIZE = 11 };

static int field(const char *raw, unsigned int index, uint32_t *ret)
{
	*ret = 0;
	for (const char *p = raw + strlen(MAGIC) + index * 8, *end = p + 8; p < end; p++) {
		static const char digits[] = "0123456789abcdef";
		const char *digit = *p ? strchr(digits, *p | (*p >= 'A' ? 0x20 : 0)) : NULL;

		if (!digit)
			return -EBADMSG;
		*ret = *ret << 4 | (uint32_t)(digit - digits);
	}
	return 0;
}

int cargo_header_read(const char raw[CARGO_HEADER_BYTES], struct cargo_header *ret)
{
	uint32_t mode, size, name_size;

	if (memcmp(raw, MAGIC, strlen(MAGIC)) != 0 || field(raw, FIELD_MODE, &mode) ||
	    field(raw, FIELD_SIZE, &size) || field(raw, FIELD_NAME_SIZE, &name_size) ||
	    name_size < 2 || name_size > NAME_MAX_)
		return -EBADMSG;
	*ret = (struct cargo_header){ .mode = mode, .size = size, .name_size = name_size };
	return 0;
}

static int read_exactly(int fd, void *buf, size_t size, uint64_t at)
{
	for (size_t have = 0; have < size;) {
		ssize_t n = pread(fd, (char *)buf + have, size - have, (off_t)(at + have));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EBADMSG;
		have += (size_t)n;
	}
	return 0;
}

static int write_exactly(int fd, const char *buf, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, buf, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		buf += n;
		size -= (size_t)n;
	}
	return 0;
}

static int copy_out(int from, uint64_t at, uint64_t size, int to)
{
	static char buf[256 << 10];
	int err = 0;

	while (size > 0 && !err) {
		size_t n = size < sizeof(buf) ? (size_t)size : sizeof(buf);

		err = read_exactly(from, buf, n, at);
		if (!err)
			err = write_exactly(to, buf, n);
		at += n;
		size -= n;
	}
	return err;
}

static bool climbs(const char *name)
{
	return name[0] == '/' || strcmp(name, "..") == 0 || strncmp(name, "../", 3) == 0 ||
	       strstr(name, "/../") ||
	       (strlen(name) >= 3 && strcmp(name + strlen(name) - 3, "/..") == 0);
}

static int unpack_file(int fd, uint64_t at, const struct cargo_header *h, const char *folder,
		       const char *name)
{
	_cleanup_close_ int to = -1;
	char path[8192], copy[8192];
	int err = path_format(path, sizeof(path), "%s/%s", folder, name);

	if (err)
		return err;
	strcpy(copy, path);
	err = path_make(dirname(copy));
	if (err && err != -EEXIST)
		return err;
	to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, h->mode & 0777);
	return to < 0 ? -errno : copy_out(fd, at, h->size, to);
}

static uint64_t padded(uint64_t at)
{
	return (at + 3) & ~(uint64_t)3;
}

/* One member at *@at, which moves behind it. 1: that was the trailer. */
static int unpack_one(int fd, uint64_t *at, const char *(*place)(const char *path), struct diag *d)
{
	char raw[CARGO_HEADER_BYTES], name[NAME_MAX_];
	struct cargo_header h;
	uint64_t data;
	int err = read_exactly(fd, raw, sizeof(raw), *at);

	if (!err)
		err = cargo_header_read(raw, &h);
	if (!err)
		err = read_exactly(fd, name, h.name_size, *at + CARGO_HEADER_BYTES);
	if (!err && name[h.name_size - 1])
		err = -EBADMSG;
	if (err)
		return diag_set(d, err, "the cargo is torn at byte %ju: %s", (uintmax_t)*at,
				strerror(-err));
	if (strcmp(name, TRAILER) == 0)
		return 1;
	if (climbs(name))
		return diag_set(d, -EBADMSG,
				"the cargo holds \"%s\", which leads out of its folder", name);
	data = padded(*at + CARGO_HEADER_BYTES + h.name_size);
	*at = padded(data + h.size);
	if (!S_ISREG(h.mode))
		return 0;
	err = unpack_file(fd, data, &h, place(name), name);
	return err ? diag_set(d, err, "the cargo's %s cannot be unpacked: %s", name, strerror(-err))
		   : 0;
}

int cargo_unpack(int fd, const char *(*place)(const char *path), struct diag *d)
{
	uint64_t at = 0;
	int r;

	do
		r = unpack_one(fd, &at, place, d);
	while (r == 0);
	return r < 0 ? r : 0;
}
