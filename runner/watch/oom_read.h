/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a memory group says of its OOMs: v1 memory.oom_control, v2 memory.events. Pure. */
#ifndef HANGAR_WATCH_OOM_READ_H
#define HANGAR_WATCH_OOM_READ_H

#include <stdbool.h>
#include <stdint.h>

struct oom_state {
	bool under_oom;     /* v1: the group stands still until somebody frees memory */
	bool kill_disabled; /* v1 */
	bool kills_known;   /* v1 tells kills since 4.19 only */
	uint64_t kills;     /* processes killed in the group, not below it */
	uint64_t ooms;      /* v2 "oom": allocations that failed at the limit */
};

int oom_state_parse(const char *text, struct oom_state *ret); /* either file; 0 or -EINVAL */
/* Add the counters of @part, the leaf that holds a group's processes, to those of the group. */
void oom_state_add(struct oom_state *sum, const struct oom_state *part);

#endif
