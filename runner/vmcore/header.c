/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first bytes tell the form: ELF, kdump-compressed, or either of them flattened. What follows
 * differs, but all forms carry ELF notes, and in them VMCOREINFO: the kernel's own word on which
 * kernel it is.
 */
#include "vmcore/header.h"

#include <errno.h>
#include <elf.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"

#define KDUMP_SIGNATURE "KDUMP   "
#define FLAT_SIGNATURE "makedumpfile"

int vmcore_pread(int fd, void *buf, size_t size, uint64_t offset)
{
	size_t done = 0;

	if (offset > INT64_MAX - size)
		return -EBADMSG;
	while (done < size) {
		ssize_t n = pread(fd, (char *)buf + done, size - done, (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EBADMSG;
		done += (size_t)n;
	}
	return 0;
}

bool vmcore_info(const struct vmcore_header *h, const char *key, char *buf, size_t size)
{
	size_t length = strlen(key);

	for (const char *line = h->info; line && *line;) {
		const char *end = strchrnul(line, '\n');

		if (!strncmp(line, key, length) && line[length] == '=') {
			snprintf(buf, size, "%.*s", (int)(end - line - (ptrdiff_t)length - 1),
				 line + length + 1);
			return true;
		}
		line = *end ? end + 1 : NULL;
	}
	return false;
}

int vmcore_take_info(struct vmcore_header *h, const char *text, size_t size)
{
	free(h->info);
	h->info = strndup(text, size);
	if (!h->info)
		return -ENOMEM;
	vmcore_info(h, "OSRELEASE", h->release, sizeof(h->release));
	vmcore_info(h, "BUILD-ID", h->build_id, sizeof(h->build_id));
	return 0;
}

static int load(int fd, struct vmcore_header *h, struct diag *d)
{
	char start[16] = "";

	if (!h->file_bytes)
		return diag_set(d, -EBADMSG, "the file is empty");
	if (vmcore_pread(fd, start, sizeof(start), 0) < 0)
		return diag_set(d, -EBADMSG, "%" PRIu64 " bytes are no vmcore", h->file_bytes);
	if (!memcmp(start, FLAT_SIGNATURE, sizeof(FLAT_SIGNATURE))) {
		h->kind = VMCORE_FLAT;
		return 0;
	}
	if (!memcmp(start, KDUMP_SIGNATURE, strlen(KDUMP_SIGNATURE)))
		return kdump_load(fd, h, d);
	if (!memcmp(start, ELFMAG, SELFMAG))
		return elf_load(fd, h, d);
	return diag_set(d, -EBADMSG, "neither an ELF core nor a kdump-compressed file");
}

int vmcore_header_load(int fd, struct vmcore_header *ret, struct diag *d)
{
	struct vmcore_header h = { 0 };
	struct stat st;
	int err;

	if (fstat(fd, &st) < 0)
		return diag_set(d, -errno, "the file cannot be looked at: %s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return diag_set(d, -EBADMSG, "not a regular file");
	h.file_bytes = (uint64_t)st.st_size;
	err = load(fd, &h, d);
	if (!err && h.needed_bytes > h.file_bytes)
		err = diag_set(d, -EBADMSG,
			       "torn: its header speaks of %" PRIu64 " bytes, %" PRIu64
			       " are there",
			       h.needed_bytes, h.file_bytes);
	if (err < 0) {
		vmcore_header_clear(&h);
		return err;
	}
	*ret = h;
	return 0;
}

void vmcore_header_clear(struct vmcore_header *h)
{
	free(h->info);
	free(h->cpus);
	memset(h, 0, sizeof(*h));
}
