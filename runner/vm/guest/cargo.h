/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cargo disk: files too large for the ramdisk, as one cpio archive ("newc", written with
 * image.h) from the first byte of a disk. Read here by some lines of our own: libarchive stays on
 * the host.
 */
#ifndef HANGAR_CARGO_H
#define HANGAR_CARGO_H

#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

#define CARGO_HEADER_BYTES 110

struct cargo_header {
	unsigned int mode;
	uint64_t size;    /* of the data */
	size_t name_size; /* with its NUL */
};

/* The 110 bytes before a member. 0 or -EBADMSG. Pure. */
int cargo_header_read(const char raw[CARGO_HEADER_BYTES], struct cargo_header *ret);

/**
 * cargo_unpack - write every regular file of the archive in @fd below a folder
 * @place: gives the folder for a member's path ("extra/..." lies elsewhere than the rest)
 * Absolute paths and those with ".." are refused. Returns 0; -EBADMSG (torn, no archive), -errno;
 * @d names the member.
 */
int cargo_unpack(int fd, const char *(*place)(const char *path), struct diag *d);

#endif
