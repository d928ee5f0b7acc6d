/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of resume.c: what a record says of how to go on with its run. */
#ifndef HANGAR_RESUME_PLAN_H
#define HANGAR_RESUME_PLAN_H

#include "record.h"
#include "run/resume.h"

/* Does the journal of the run directory @path hold the run's own verdict? */
bool resume_ended(const char *path);
/* Fill @ret from the record. 0; -ETIME: nothing of its time is left; -ENOMEM; -EINVAL; with @d. */
int resume_plan(const struct record *r, struct resume *ret, struct diag *d);

#endif
