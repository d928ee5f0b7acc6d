/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The test kernels that tests/kernels/build puts into the cache: "planted" has switchable bugs,
 * "stock" is the same without. */
#ifndef HANGAR_KERNEL_BUILT_H
#define HANGAR_KERNEL_BUILT_H

#include "vm/kernel/kernel.h"

/* "planted", "stock": a word that built_kernel() knows. Pure. */
bool built_knows(const char *spec);

/* The kernel built last under that name. 0; -ENOENT: not built, with the remedy in @d; -errno. */
int built_kernel(const char *spec, kernel_say *say, void *ctx, struct kernel *k, struct diag *d);

#endif
