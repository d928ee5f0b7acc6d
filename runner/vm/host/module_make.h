/* SPDX-License-Identifier: GPL-2.0-or-later */
/* make(1) on a kernel's build folder, for module.c: its program, its compiler, and what it said
 * when it failed. */
#ifndef HANGAR_MODULE_MAKE_H
#define HANGAR_MODULE_MAKE_H

#include "base/diag.h"

/* Are make and gcc here? 0; -ENOPKG with @d and what to install. */
int module_make_check(const char *name, const char *release, struct diag *d);

/**
 * module_make - `make -C @headers M=@folder modules`, quietly
 * The compiler that the kernel was built with is used where it is installed, else plain gcc.
 * Returns 0; -EIO with the first error that was said; -errno. @name and @release are for the
 * messages.
 */
int module_make(const char *headers, const char *folder, const char *name, const char *release,
		struct diag *d);

#endif
