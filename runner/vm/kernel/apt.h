/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apt with lists and folders of its own below the cache: the machine's apt state is neither read
 * nor written (but for its proxies and mirror), no root is needed, and signatures are checked as
 * ever.
 */
#ifndef HANGAR_KERNEL_APT_H
#define HANGAR_KERNEL_APT_H

#include "vm/kernel/kernel.h"

/* Bring the list of one suite up to date and distil its kernels into the index (archive_index.h).
 * 0; -ENOENT (no apt, or no such suite), -ENETUNREACH (no network), -EIO; @d. */
int apt_update(const char *suite, kernel_say *say, void *ctx, struct diag *d);

/**
 * apt_download - packages of a suite into a folder
 * @names: "linux-image-R=VERSION"; the lists must be there
 * 0; -ENETUNREACH, -EIO with @d.
 */
int apt_download(const char *suite, const char *const *names, unsigned int count,
		 const char *folder, kernel_say *say, void *ctx, struct diag *d);

#endif
