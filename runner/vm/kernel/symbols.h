/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of kernel_symbols(). */
#ifndef HANGAR_KERNEL_SYMBOLS_H
#define HANGAR_KERNEL_SYMBOLS_H

#include "vm/kernel/kernel.h"

struct symbols_build { /* which build a kernel image is */
	const char *vmlinuz;
	char banner[512];
	char build_id[129]; /* asked for when it is needed: the image must be unpacked for it */
	bool asked;
};

/* 0 or -errno with @d. */
int symbols_build_load(const char *vmlinuz, struct symbols_build *ret, struct diag *d);

/* The build-id in hexadecimal; "": not to be had. */
const char *symbols_build_id(struct symbols_build *b);

/**
 * symbols_check - is the vmlinux @path of that build, and has it DWARF?
 * @name: what to call it in messages
 * 0; -ESTALE (another build), -ENOENT (no debug information), -EINVAL (no vmlinux), -errno, with
 * @d.
 */
int symbols_check(struct symbols_build *b, const char *path, const char *name, struct diag *d);

/* Debian's version in a banner ("... Debian 6.1.176-1 (date)"); "" when there is none. Pure. */
void symbols_version(const char *banner, char *ret, size_t size);

/* Fetch Debian's -dbg package of @release whose version is in @banner, into a folder of its own in
 * the cache, which the caller removes. 0 or -errno with @d. */
int symbols_fetch(const char *release, const char *banner, kernel_say *say, void *ctx,
		  char ret_package[4096], struct diag *d);

#endif
