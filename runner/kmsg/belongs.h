/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which lines are of a report by their looks alone. Pure. */
#ifndef HANGAR_KMSG_BELONGS_H
#define HANGAR_KMSG_BELONGS_H

#include <stdbool.h>

/*
 * Indented lines, frames, registers, the figures of Mem-Info and the words that kernels put between
 * them. A line of which this is false may still be of the report; many of them in a row are not,
 * and none behind its last such line is.
 */
bool line_belongs(const char *text);

#endif
