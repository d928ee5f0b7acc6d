/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The line that a run writes into the kernel log when it begins to watch. It sets the two clocks
 * side by side, and it stays in the log of a kernel that dies: `hangar collect` finds in a dump
 * whose it is.
 */
#ifndef HANGAR_WATCH_MARK_H
#define HANGAR_WATCH_MARK_H

#include <stdbool.h>
#include <stddef.h>

/* "hangar: run ID: the kernel log is watched from here". Returns @buf. */
const char *mark_make(const char *id, char *buf, size_t size);
/* The id in a mark; false: @text is none. */
bool mark_parse(const char *text, char *id, size_t size);

#endif
