/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which vmlinux has the symbols of a vmcore. */
#ifndef HANGAR_VMCORE_DEBUGINFO_H
#define HANGAR_VMCORE_DEBUGINFO_H

#include "base/diag.h"
#include "vmcore/header.h"

/* Is @path, with DWARF, of the very build that @h tells of? 0; -ESTALE with both releases in @d;
 * -ENOENT, -EINVAL (no ELF file, no DWARF), -errno. */
int vmlinux_fits(const char *path, const struct vmcore_header *h, struct diag *d);

/* Where distributions put it: by build-id, then by release, below @root ("" on a real machine). 0
 * or -ENOENT with what was looked for. */
int debuginfo_find(const char *root, const struct vmcore_header *h, char ret_path[4096],
		   struct diag *d);

#endif
