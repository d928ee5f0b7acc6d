/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ten groups of 100 MB are a storm on a machine of 2 GB and an OOM kill of everything on one of
 * 1 GB. What matters is the proportion of the limits to the memory, so the limits follow it;
 * counts, copies and what a stressor takes stay, since more than the limit is more than any limit.
 */
#include "scenario/scale.h"

#include "base/cleanup.h"

#define MIB (1ull << 20)
#define FLOOR_BYTES (4 * MIB)

static const enum knob scaled[] = { KNOB_MEMORY, KNOB_MEMORY_HIGH, KNOB_SWAP };

unsigned int scale_percent(uint64_t made_for_bytes, uint64_t memory_bytes)
{
	uint64_t percent;

	if (made_for_bytes == UNSET || memory_bytes >= made_for_bytes)
		return 100;
	percent = (uint64_t)((unsigned __int128)memory_bytes * 100 / made_for_bytes);
	return percent ? (unsigned int)percent : 1;
}

static uint64_t shrink(uint64_t bytes, unsigned int percent)
{
	uint64_t to = (uint64_t)((unsigned __int128)bytes * percent / 100) / MIB * MIB;

	if (to < FLOOR_BYTES)
		to = FLOOR_BYTES;
	return to < bytes ? to : bytes;
}

static void scale_all(struct group_spec *groups, unsigned int n, unsigned int percent)
{
	for (unsigned int i = 0; i < n; i++) {
		for (size_t k = 0; k < ARRAY_SIZE(scaled); k++) {
			uint64_t *knob = &groups[i].knobs[scaled[k]];

			if (*knob != UNSET)
				*knob = shrink(*knob, percent);
		}
		scale_all(groups[i].children, groups[i].n_children, percent);
	}
}

unsigned int scale_groups(struct scenario *s, uint64_t memory_bytes)
{
	unsigned int percent = scale_percent(s->made_for_bytes, memory_bytes);

	if (percent < 100)
		scale_all(s->groups, s->n_groups, percent);
	return percent;
}
