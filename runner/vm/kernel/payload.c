/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The boot header says where the packed kernel begins and how long it is; the four bytes behind it
 * are its unpacked size, which libarchive takes for rubbish at the end and passes over. A stripped
 * vmlinux without section headers is not what the kernel's build makes: it keeps them.
 */
#include "vm/kernel/payload.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "vm/kernel/bzimage.h"
#include "vm/kernel/vmlinux.h"
#include "vm/libs/late_archive.h"

#define PACKED_MAX (256u << 20)
#define UNPACKED_MAX (1u << 30)

static int unpack(const char *packed, size_t size, int to)
{
	struct archive *a = archive_read_new();
	struct archive_entry *entry;
	char block[65536];
	size_t total = 0;
	la_ssize_t n = -1;

	if (!a)
		return -ENOMEM;
	archive_read_support_filter_all(a);
	archive_read_support_format_raw(a);
	if (archive_read_open_memory(a, packed, size) == ARCHIVE_OK &&
	    archive_read_next_header(a, &entry) == ARCHIVE_OK && archive_filter_count(a) == 2)
		while ((n = archive_read_data(a, block, sizeof(block))) > 0 &&
		       (total += (size_t)n) < UNPACKED_MAX)
			if (write(to, block, (size_t)n) != n)
				break;
	archive_read_free(a);
	/* rubbish behind a stream may end it with an error; whether it is whole the ELF headers
	 * tell */
	return total ? 0 : -ENOTSUP;
}

int payload_open(const char *vmlinuz, struct diag *d)
{
	_cleanup_close_ int from = open(vmlinuz, O_RDONLY | O_CLOEXEC), to = -1;
	_cleanup_free_ char *packed = NULL;
	struct bzimage image;
	int r = bzimage_load(vmlinuz, &image, d);

	if (r == 0)
		r = late_archive(d);
	if (r < 0)
		return r;
	if (image.payload_bytes == 0 || image.payload_bytes > PACKED_MAX)
		return diag_set(d, -ENOTSUP, "%s does not say where its kernel is packed", vmlinuz);
	packed = malloc(image.payload_bytes);
	to = memfd_create("vmlinux", MFD_CLOEXEC);
	if (!packed || from < 0 || to < 0)
		return diag_set(d, -ENOMEM, "%s cannot be unpacked: no memory", vmlinuz);
	if (pread(from, packed, image.payload_bytes, (off_t)image.payload_offset) !=
	    (ssize_t)image.payload_bytes)
		return diag_set(d, -ENODATA, "%s is cut short", vmlinuz);
	r = unpack(packed, image.payload_bytes, to);
	return r < 0 ? diag_set(d, r, "%s is packed in a way that libarchive cannot read", vmlinuz)
		     : take_fd(&to);
}

int payload_build_id(const char *vmlinuz, char ret[129], struct diag *d)
{
	_cleanup_close_ int fd = payload_open(vmlinuz, d);
	struct vmlinux v;
	char path[64];
	int r;

	if (fd < 0)
		return fd;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	r = vmlinux_load(path, &v, d);
	if (r < 0)
		return r;
	memcpy(ret, v.build_id, sizeof(v.build_id));
	return v.build_id[0] ? 0 : diag_set(d, -ENOENT, "%s has no build-id", vmlinuz);
}
