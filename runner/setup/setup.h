/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that is changed on the machine before the storm and put back after it, each through
 * the undo log. */
#ifndef HANGAR_SETUP_H
#define HANGAR_SETUP_H

#include "base/diag.h"
#include "scenario/plan.h"
#include "undo.h"

/**
 * settings_apply - set the scenario's sysctls and THP files
 * Each old value is in the undo log before the new one is written; each new one is read back.
 * Returns 0, or -errno with
 * @d naming file and value; then the ones before it stay set until undo_all().
 */
int settings_apply(const struct scenario *s, const struct host *h, struct undo *u, struct diag *d);

/* The folder that scratch_make() will give: the plan needs its name before it exists. @buf: 4096
 * bytes. 0 or -ENAMETOOLONG with @d. */
int scratch_dir_of(const struct scratch_spec *spec, const struct rundir *r, char *buf,
		   struct diag *d);

/**
 * scratch_make - the scratch file system or folder
 * @d: a loop file (scratch.img) and the mount point (scratch) are made inside the run directory
 * @force: format a device although it holds a file system that hangar did not make; never one in
 * use
 * @ret_dir: buffer of 4096, the folder in which stressors work; with SCRATCH_NONE <run
 * directory>/work, with SCRATCH_DIRECTORY a private folder hangar-<id> in the one given Uses
 * libmount for the mount (and its loop device, autoclear). undo_all() takes all of it away. 0 or
 * -errno with @diag.
 */
int scratch_make(const struct scenario *s, const struct rundir *d, struct undo *u, bool force,
		 char *ret_dir, struct diag *diag);

#endif
