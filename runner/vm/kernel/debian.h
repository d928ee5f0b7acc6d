/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernels out of Debian's archive: from the cache when it has a match, else fetched. */
#ifndef HANGAR_KERNEL_DEBIAN_H
#define HANGAR_KERNEL_DEBIAN_H

#include "vm/kernel/kernel.h"

/* @refresh: ask the mirror even when the cache has a match. */
int debian_kernel(const char *spec, bool refresh, kernel_say *say, void *ctx, struct kernel *k,
		  struct diag *d);

#endif
