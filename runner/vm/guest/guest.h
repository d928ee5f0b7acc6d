/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first process of a throwaway guest. */
#ifndef HANGAR_GUEST_H
#define HANGAR_GUEST_H

#include <stdbool.h>

#define GUEST_JOB_FILE "/job/job.json"

/* Is this process the first of a guest that hangar made? Asks nothing of /proc, /sys and /dev,
 * which are not there. */
bool guest_is_first(void);

/* Do the job and power off. Never returns: the kernel panics when its first process does. */
int guest_main(void) __attribute__((noreturn));

#endif
