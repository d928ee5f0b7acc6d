/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What each stressor amounted to in each group: starts, ends by kind, steps. In a storm the journal
 * rations the lines of single exits; these sums are exact, and are journalled once, as "work"
 * events.
 */
#ifndef HANGAR_WORKS_H
#define HANGAR_WORKS_H

#include "launch/launch.h"

#define EXIT_KINDS (EXIT_STARVED + 1)

struct works {
	uint32_t (*ends)[EXIT_KINDS]; /* per copy */
};

int works_open(struct works *w, const struct plan *p); /* 0 or -ENOMEM */
void works_close(struct works *w);
void works_exit(struct works *w, unsigned int copy, enum exit_kind kind); /* no allocation */
void works_journal(const struct works *w, const struct launcher *l, struct journal *j);

#endif
