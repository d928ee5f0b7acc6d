/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that is changed on the machine before the storm and put back after it, each through the undo log. */
#ifndef HANGAR_SETUP_H
#define HANGAR_SETUP_H

#include "base/diag.h"
#include "scenario/plan.h"
#include "undo.h"

/* sysctls and THP files: note the old value, then write. 0 or -errno with @d naming file and value. */
int settings_apply(const struct scenario *s, const struct host *h, struct undo *u, struct diag *d);

/**
 * scratch_make - the scratch file system or folder
 * @d: a loop file is made inside the run directory; a device is formatted only when it is not mounted and holds no
 *     file system that hangar did not make, unless @force
 * *ret_dir: buffer of 4096, the folder in which stressors work; "" with SCRATCH_NONE gives a folder in the run directory
 * Uses libmount for the mount (and its loop device, autoclear).
 */
int scratch_make(const struct scenario *s, const struct rundir *d, struct undo *u, bool force,
		 char *ret_dir, struct diag *diag);

#endif
