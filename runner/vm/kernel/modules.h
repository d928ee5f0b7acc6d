/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modules.dep and its kin, which packages leave to be made on the machine. */
#ifndef HANGAR_KERNEL_MODULES_H
#define HANGAR_KERNEL_MODULES_H

#include <stdbool.h>

#include "base/diag.h"

/**
 * modules_depmod - run depmod(8) over @root/lib/modules/@release
 * Returns 0; -ENOENT (no depmod), -EIO (it failed), with @d.
 */
int modules_depmod(const char *root, const char *release, struct diag *d);

/* Has this folder modules.dep, and files of modules below it? */
bool modules_ready(const char *folder);
bool modules_any(const char *folder);

#endif
