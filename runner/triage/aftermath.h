/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of a case after its report is complete, by another task, perhaps seconds later. */
#ifndef HANGAR_AFTERMATH_H
#define HANGAR_AFTERMATH_H

#include "triage/triage.h"

/* "oom_reaper: reaped process 53 (extoom), now ..." is kept with the last OOM kill of that process;
 * any other line is left alone. */
void aftermath_line(struct triage_case *cases, unsigned int count, const char *text,
		    uint64_t number);

#endif
