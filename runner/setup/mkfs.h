/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making the scratch file system with the distribution's mkfs. */
#ifndef HANGAR_MKFS_H
#define HANGAR_MKFS_H

#include "base/diag.h"
#include "scenario/scenario.h"

/* Marks a file system as hangar's own, so that a device that carries it may be formatted again. */
#define SCRATCH_LABEL "hangar"

/* Run mkfs.<filesystem> on @target. 0; -ENOENT: no such program; -EIO with mkfs's own words in @d.
 */
int mkfs_run(const struct scratch_spec *spec, const char *target, struct diag *d);

#endif
