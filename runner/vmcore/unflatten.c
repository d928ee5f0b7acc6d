/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dump that went through a pipe is a chain of records "offset, size, bytes" (makedumpfile -F,
 * QEMU's kdump formats): its writer could not seek. `makedumpfile -R` puts them in their places;
 * done here it needs no program, and a chain without its end record is seen for what it is: torn.
 */
#include "vmcore/vmcore.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "vmcore/header.h"

#define FLAT_SIGNATURE "makedumpfile"
#define FLAT_HEADER 4096 /* signature, type, version, padding */
#define FLAT_TYPE 1
#define CHUNK (1u << 20)

static int copy_record(int in, uint64_t at, int out, uint64_t to, uint64_t size, uint8_t *buf)
{
	while (size) {
		size_t n = size < CHUNK ? (size_t)size : CHUNK;
		int err = vmcore_pread(in, buf, n, at);
		ssize_t written;

		if (err < 0)
			return err;
		written = pwrite(out, buf, n, (off_t)to);
		if (written <= 0)
			return written < 0 ? -errno : -EIO;
		at += (uint64_t)written;
		to += (uint64_t)written;
		size -= (uint64_t)written;
	}
	return 0;
}

static int copy_records(int in, uint64_t in_size, int out, struct diag *d)
{
	_cleanup_free_ uint8_t *buf = malloc(CHUNK);
	uint64_t at = FLAT_HEADER;

	if (!buf)
		return diag_set(d, -ENOMEM, "no memory to rearrange the dump");
	for (;;) {
		int64_t record[2];
		int err = vmcore_pread(in, record, sizeof(record), at);
		int64_t to = (int64_t)be64toh((uint64_t)record[0]);
		int64_t size = (int64_t)be64toh((uint64_t)record[1]);

		if (err < 0)
			return diag_set(d, -EBADMSG, "torn: the flattened dump has no end");
		at += sizeof(record);
		if (to == -1 && size == -1)
			return 0;
		if (to < 0 || size <= 0 || to > INT64_MAX / 2 || (uint64_t)size > in_size - at)
			return diag_set(d, -EBADMSG,
					"torn: a record of %" PRIi64 " bytes for %" PRIi64
					" at byte %" PRIu64,
					size, to, at - sizeof(record));
		err = copy_record(in, at, out, (uint64_t)to, (uint64_t)size, buf);
		if (err < 0)
			return diag_set(d, err, "the rearranged dump cannot be written: %s",
					strerror(-err));
		at += (uint64_t)size;
	}
}

static int check_header(int fd, struct diag *d)
{
	uint8_t head[32];
	uint64_t type;

	if (vmcore_pread(fd, head, sizeof(head), 0) < 0 ||
	    memcmp(head, FLAT_SIGNATURE, sizeof(FLAT_SIGNATURE)))
		return diag_set(d, -EBADMSG, "not a flattened dump");
	memcpy(&type, head + 16, sizeof(type));
	if (be64toh(type) != FLAT_TYPE)
		return diag_set(d, -EBADMSG, "a flattened dump of unknown type %" PRIu64,
				be64toh(type));
	return 0;
}

int vmcore_unflatten(const char *flat, const char *out, struct diag *d)
{
	_cleanup_close_ int in = open(flat, O_RDONLY | O_CLOEXEC), to = -1;
	struct diag why = { 0 };
	struct stat st;
	int err;

	if (in < 0 || fstat(in, &st) < 0)
		return diag_set(d, -errno, "%s cannot be opened: %s", flat, strerror(errno));
	err = check_header(in, &why);
	if (err < 0)
		return diag_set(d, err, "%s: %s", flat, why.message);
	to = open(out, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (to < 0)
		return diag_set(d, -errno, "%s cannot be made: %s", out, strerror(errno));
	err = copy_records(in, (uint64_t)st.st_size, to, &why);
	if (!err && fsync(to) < 0)
		err = diag_set(&why, -errno, "%s cannot be synced: %s", out, strerror(errno));
	if (err < 0) {
		unlink(out);
		return diag_set(d, err, "%s: %s", flat, why.message);
	}
	return 0;
}
