/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The job of a guest, as the piece of its ramdisk that is made anew for each boot. */
#ifndef HANGAR_JOB_MAKE_H
#define HANGAR_JOB_MAKE_H

#include "vm/host/state.h"

/* job.json, the scenario and the files that it and the user name, behind what o->initrd_fd holds. 0
 * or -errno with @d. */
int job_append(struct outside *o, struct diag *d);

/* The job of @release's crash kernel, behind what @fd holds. */
int job_append_capture(const char *release, int fd, struct diag *d);

#endif
