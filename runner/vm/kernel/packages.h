/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From packages to a kernel in the cache. */
#ifndef HANGAR_KERNEL_PACKAGES_H
#define HANGAR_KERNEL_PACKAGES_H

#include "vm/kernel/kernel.h"

#define PACKAGES_MAX 8 /* of one kernel: image, modules, extra modules, configuration */

/**
 * packages_kernel - unpack packages into one entry of the cache, or find that it is there
 * @paths: image first; modules may come in packages of their own
 * @about: for the entry's list of contents
 * Fills all of @k but spec and vmlinux. Returns 0 or -errno with @d naming the package.
 */
int packages_kernel(const char *const *paths, unsigned int count, const char *about,
		    kernel_say *say, void *ctx, struct kernel *k, struct diag *d);

/* "unpacking %s" and the like, when somebody listens. */
void kernel_tell(kernel_say *say, void *ctx, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
