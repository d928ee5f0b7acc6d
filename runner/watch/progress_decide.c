/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stall is the absence of steps and nothing else: a stressor that burns its CPU in a livelock
 * stalls as well as one in D. */
#include "watch/progress_decide.h"

static enum progress_event moved(struct progress *p, uint64_t steps, uint64_t now,
				 uint64_t *ret_quiet_us)
{
	bool told = p->told;

	*ret_quiet_us = p->moved_us ? now - p->moved_us : 0;
	p->steps = steps;
	p->moved_us = now;
	p->told = false;
	return told ? PROGRESS_MOVES : PROGRESS_NOTHING;
}

enum progress_event progress_decide(struct progress *p, bool running, uint64_t steps, uint64_t now,
				    uint64_t quiet_for_us, uint64_t *ret_quiet_us)
{
	enum progress_event event;

	if (!running) {
		event = moved(p, steps, now, ret_quiet_us);
		p->moved_us = 0;
		return event;
	}
	if (!p->moved_us || steps != p->steps)
		return moved(p, steps, now, ret_quiet_us);
	*ret_quiet_us = now - p->moved_us;
	if (p->told || *ret_quiet_us < quiet_for_us)
		return PROGRESS_NOTHING;
	p->told = true;
	return PROGRESS_STALLED;
}
