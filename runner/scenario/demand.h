/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many processes a scenario wants at once, against the pids that its groups allow. */
#ifndef HANGAR_DEMAND_H
#define HANGAR_DEMAND_H

#include "scenario/scenario.h"

struct reader;

/* Processes that run at once in @phase, kept ones of earlier phases included. Saturates at
 * UINT32_MAX. */
uint64_t demand_of_phase(const struct scenario *s, unsigned int phase);

/* Do the copies of @phase fit in the "pids" of every group? Refuses at the run; r->place is the
 * phase. */
int demand_check(struct reader *r, const struct scenario *s, unsigned int phase);

#endif
