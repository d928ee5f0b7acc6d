/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blocked tasks as classes of equal stacks: three hundred victims are two or three stories. */
#ifndef HANGAR_VMCORE_CLASSES_H
#define HANGAR_VMCORE_CLASSES_H

#include <jansson.h>

#include "vmcore/roles.h"

/* From an answer's "blocked": array of { count, stack, tasks: [ { pid, comm, role or null } ] },
 * the largest class first. NULL only without memory. */
json_t *classes_make(const json_t *blocked, const struct roles *roles);

#endif
