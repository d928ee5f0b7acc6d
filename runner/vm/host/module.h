/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hangar's own kernel modules, built for the kernel of a guest: their sources lie in modules/NAME
 * of the folder of scenarios. What was built stays in the cache, keyed by the content of source and
 * kernel.
 */
#ifndef HANGAR_MODULE_H
#define HANGAR_MODULE_H

#include <stdbool.h>

#include "base/diag.h"
#include "vm/kernel/kernel.h"

/* Has hangar a module of its own called @name? (Else it is one of the kernel's.) */
bool module_is_ours(const char *name);

/**
 * module_build - the module @name for kernel @k, as a file
 * Fetches the kernel's headers when it must be built; @say and @ctx as in kernel_find().
 * @ret_ko: absolute path of NAME.ko in the cache
 * Returns 0; -ENOENT: no such module, or no headers of that kernel to be had; -ENOPKG: no make or
 * gcc here; -ENOTSUP: that kernel's build tools do not run here; -EIO: it does not compile, with
 * the compiler's first error; -errno. @d says which and the remedy.
 */
int module_build(const struct kernel *k, const char *name, kernel_say *say, void *ctx,
		 char ret_ko[4096], struct diag *d);

/* The same with the headers' folder given: what `make -C` takes. */
int module_build_with(const struct kernel *k, const char *name, const char *headers,
		      char ret_ko[4096], struct diag *d);

#endif
