/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who watched a run from outside. */
#ifndef HANGAR_OUTSIDE_WHO_H
#define HANGAR_OUTSIDE_WHO_H

#include <stdbool.h>
#include <stddef.h>

struct outside_who {
	char what[16]; /* "vm", "observe", "collect": of outside-begin; "" when nobody did */
	bool verdict;  /* whoever it was has given one */
};

/* Read outside.jsonl of the run directory @path; what is not there or torn is as if nobody had
 * written it. */
void outside_who_read(const char *path, struct outside_who *ret);

#endif
