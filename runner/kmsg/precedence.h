/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which headline names an event that has several. Pure. */
#ifndef HANGAR_KMSG_PRECEDENCE_H
#define HANGAR_KMSG_PRECEDENCE_H

#include <stdbool.h>

#include "finding.h"

/* The higher one names the event: "refcount_t: underflow" says more than the WARNING around it. */
unsigned int precedence_rank(enum finding_kind kind);

/* Does "Oops: 0002 [#1]" behind an open report of this kind belong to it? */
bool precedence_takes_die_line(enum finding_kind kind);

/* Are headlines of these kinds, both between "cut here" and "end trace", views of one event? */
bool precedence_joins(enum finding_kind open, enum finding_kind next);

/* Does the kernel panic with these words only because of what it told before? */
bool precedence_follows(const char *panic);

#endif
