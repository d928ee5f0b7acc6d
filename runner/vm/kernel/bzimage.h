/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an x86 kernel image says of itself, and the form in which vmlinux says the same. */
#ifndef HANGAR_BZIMAGE_H
#define HANGAR_BZIMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

struct bzimage {
	char release[128]; /* "6.1.0-50-cloud-amd64" */
	char banner[512]; /* "RELEASE (who@where) #1 SMP ... (date)": differs from build to build */
	uint64_t payload_offset,
		payload_bytes; /* in the file: the compressed vmlinux; 0: not told */
};

/**
 * bzimage_parse - the setup header in the first bytes of an image
 * @head: the image's first @size bytes (32 KiB are always enough)
 * Pure. Returns 0 or -EINVAL (no bzImage). An image without a version has release "".
 * See Documentation/arch/x86/boot.rst.
 */
int bzimage_parse(const uint8_t *head, size_t size, struct bzimage *ret);

/* bzimage_parse() of a file that must be whole: 0; -EINVAL, -ENODATA (cut short), -errno, with @d
 * naming it. */
int bzimage_load(const char *path, struct bzimage *ret, struct diag *d);

/**
 * bzimage_same_build - is @linux_banner that of the kernel with @banner?
 * @banner: as in struct bzimage
 * @linux_banner: "Linux version RELEASE (who@where) (compiler) #1 SMP ... (date)"
 * Pure.
 */
bool bzimage_same_build(const char *banner, const char *linux_banner);

#endif
