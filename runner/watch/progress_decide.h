/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a copy counts as stalled. Pure. */
#ifndef HANGAR_WATCH_PROGRESS_DECIDE_H
#define HANGAR_WATCH_PROGRESS_DECIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "watch/pace.h"

enum progress_event { PROGRESS_NOTHING, PROGRESS_STALLED, PROGRESS_MOVES };

struct progress { /* one copy */
	uint64_t steps;
	uint64_t moved_us;    /* when the steps last moved, 0: it is not past the start line */
	struct unseen unseen; /* when the steps last moved */
	bool told;
	uint32_t told_id;
};

/**
 * progress_decide - a look at a copy
 * @running: alive and past the start line; else its clock stands still
 * PROGRESS_STALLED comes once a stall, PROGRESS_MOVES once after it; *ret_quiet_us: how long the
 * steps stood. Steps that go back (a restart) count as movement. Only steps count: no log line and
 * no CPU time resets the clock.
 */
enum progress_event progress_decide(struct progress *p, bool running, uint64_t steps, uint64_t now,
				    uint64_t quiet_for_us, uint64_t *ret_quiet_us);

#endif
