/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HANGAR_KERNEL_HEADERS_TOOLS_H
#define HANGAR_KERNEL_HEADERS_TOOLS_H

#include "vm/kernel/archive_index.h"
#include "vm/kernel/kernel.h"

/**
 * headers_tools - make the build tools of @kbuild, unpacked in the folder @made, run on this
 * machine Where they need a newer C library than this machine's, that of their suite is put beside
 * them, and each of them becomes a script that starts it with that one. Returns 0; -ENOTSUP (they
 * do not run even so), -ENETUNREACH, -errno, with @d.
 */
int headers_tools(const char *made, const struct offered *kbuild, kernel_say *say, void *ctx,
		  struct diag *d);

#endif
