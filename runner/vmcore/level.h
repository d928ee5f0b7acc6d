/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much of a dump makedumpfile may leave out. */
#ifndef HANGAR_VMCORE_LEVEL_H
#define HANGAR_VMCORE_LEVEL_H

#include "vmcore/header.h"
#include "vmcore/vmcore.h"

/* @wanted, less what makedumpfile would get wrong with the kernel of @h. vmcore_level() is the same
 * by release. */
unsigned int level_for(const struct vmcore_header *h, unsigned int wanted);

#endif
