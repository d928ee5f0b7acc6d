/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scan for all literals of the recogniser table at once, at the speed of memory. */
#ifndef HANGAR_TRIAGE_SCAN_H
#define HANGAR_TRIAGE_SCAN_H

#include <stddef.h>
#include <stdint.h>

#define SCAN_BEHIND 64 /* bytes behind the text that may be read, whatever they hold */

struct scan;

/* Made when first asked for, from one thread; lives to the end. NULL: no memory. */
const struct scan *scan_get(void);

/* Where the first literal in [@p, @end) lies, or a little in front of it on the same line; @end:
 * there is none. */
const char *scan_next(const struct scan *s, const char *p, const char *end);

/* Newlines in [@p, @end). */
uint64_t scan_count_lines(const char *p, const char *end);

#endif
