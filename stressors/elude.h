/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Giving up a huge page while a reclaimer has it in hand: then the last reference is his. */
#ifndef HANGAR_ELUDE_H
#define HANGAR_ELUDE_H

#include "huge.h"

/* All zero is the shortest life: fault a huge page, give up a part, give up the rest. */
struct elude {
	uint64_t
		companions; /* small pages faulted just before it, its neighbours on the LRU list */
	uint64_t nap_us;    /* the longest sleep after the part was given up */
	uint64_t patience_us; /* how long to look out for a reclaimer, in /proc/kpageflags */
	char *small;          /* the companions */
};

/* Reserve what the options in @e need. 0 or -ENOMEM. */
int elude_init(struct elude *e);
void elude_clear(struct elude *e); /* accepts a zeroed one */

/* One such life on place @i. 0 or -errno; -EOPNOTSUPP: it is to look out, and cannot. */
int elude_once(const struct elude *e, struct huge *h, struct stressor_run *run, uint32_t i);

#endif
