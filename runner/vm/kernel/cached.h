/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debian's kernels that the cache holds, as unpacked entries and as packages. */
#ifndef HANGAR_KERNEL_CACHED_H
#define HANGAR_KERNEL_CACHED_H

#include <stdbool.h>

#include "vm/kernel/packages.h"
#include "vm/kernel/spec.h"

#define PACKAGES_KIND "packages" /* packages/SUITE/NAME_VERSION_ARCH.deb */

#define CACHED_PARTS 3

struct cached_kernel {
	char release[128], version[128], suite[64]; /* suite "": not known any more */
	char key[65];                               /* of its entry; "": packages only */
	char package[CACHED_PARTS][4096];           /* image, modules, lists; "": in the image's */
};

/* Each one that @spec means, in no order, an entry and its packages as two. @each returns 0 to go
 * on. */
int cached_each(const struct debian_spec *spec,
		int (*each)(void *ctx, const struct cached_kernel *c), void *ctx);

/* The best of them, an entry before its packages. 0 or -ENOENT. */
int cached_best(const struct debian_spec *spec, struct cached_kernel *ret);

/* "debian RELEASE VERSION SUITE", the description of an entry. */
void cached_about(const char *release, const char *version, const char *suite, char *ret,
		  size_t size);

#endif
