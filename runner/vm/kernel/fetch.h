/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packages from the mirror into the cache. */
#ifndef HANGAR_KERNEL_FETCH_H
#define HANGAR_KERNEL_FETCH_H

#include "vm/kernel/cached.h"
#include "vm/kernel/offers.h"
#include "vm/kernel/package.h"

/* The packages of a kernel, unless the cache has them. 0 or -errno with @d. */
int fetch_offer(const struct kernel_offer *offer, kernel_say *say, void *ctx,
		struct cached_kernel *ret, struct diag *d);

/**
 * fetch_packages - packages of one suite into @folder
 * @packages: all of one suite
 * 0 or -errno with @d.
 */
int fetch_packages(const struct offered *const *packages, unsigned int count, const char *folder,
		   kernel_say *say, void *ctx, struct diag *d);

/* Unpack every package that lies in @folder below @root. 0 or -errno with @d. */
int fetch_unpack_all(const char *folder, const struct package_rules *rules, int root,
		     struct diag *d);

/* The path of the only package in @folder. 0 or -ENOENT. */
int fetch_first_file(const char *folder, char ret[4096]);

#endif
