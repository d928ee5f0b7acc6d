/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of kernel_symbols(). */
#ifndef HANGAR_KERNEL_SYMBOLS_H
#define HANGAR_KERNEL_SYMBOLS_H

#include "vm/kernel/kernel.h"

/* Is the vmlinux @path of the build with @banner (bzimage.h), with DWARF? 0; -ESTALE, -ENOENT,
 * -EINVAL, ... with @d. */
int symbols_check(const char *banner, const char *path, struct diag *d);

/* Debian's version in a banner ("... Debian 6.1.176-1 (date)"); "" when there is none. Pure. */
void symbols_version(const char *banner, char *ret, size_t size);

/* Fetch Debian's -dbg package of @release whose version is in @banner, into a folder of its own in
 * the cache, which the caller removes. 0 or -errno with @d. */
int symbols_fetch(const char *release, const char *banner, kernel_say *say, void *ctx,
		  char ret_package[4096], struct diag *d);

#endif
