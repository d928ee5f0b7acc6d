/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An OOM report while it is read: between oom_story.c and oom_kills.c, and nobody else's business.
 */
#ifndef HANGAR_OOM_READING_H
#define HANGAR_OOM_READING_H

#include "triage/oom_story.h"

struct reading {
	struct oom_story *s;
	struct oom_columns columns; /* count 0: not in the table */
	bool in_stats;
};

/* The lines that end a report: who was chosen, killed, reaped, or why nobody was. */
void oom_take_chosen(struct reading *r, const char *line);
void oom_take_killed(struct reading *r, const char *line);
void oom_take_group(struct reading *r, const char *line);
void oom_take_reaped(struct reading *r, const char *line);
void oom_take_unreaped(struct reading *r, const char *line);
void oom_take_exiting(struct reading *r, const char *line);
void oom_take_none(struct reading *r, const char *line);

#endif
