/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is it the same trouble, told once more? Pure. */
#ifndef HANGAR_TRIAGE_SAME_H
#define HANGAR_TRIAGE_SAME_H

#include <stdbool.h>

#include "finding.h"

/* By kind: stalls and the one-line errors repeat; a report with a stack of its own (a WARNING, an
 * oops, an OOM kill) is always a new case. */
bool same_case(const struct finding *before, const struct finding *now);

#endif
