/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An uncompressed kernel as ELF file: whose build it is, and whether debuggers can use it. */
#ifndef HANGAR_VMLINUX_H
#define HANGAR_VMLINUX_H

#include <stdbool.h>

#include "base/diag.h"

struct vmlinux {
	char banner[512];   /* linux_banner, "Linux version ...", without its line break; "": none
			       found */
	char build_id[129]; /* hexadecimal; "": none */
	bool debug;         /* it has DWARF */
};

/* Read an ELF file of any origin. 0; -EINVAL (not a 64-bit little-endian ELF file, or a broken
 * one), -errno, with
 * @d naming it. */
int vmlinux_load(const char *path, struct vmlinux *ret, struct diag *d);

#endif
