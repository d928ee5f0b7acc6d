/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pacing against the beginning and not against the last piece, so that a stall is made up for and
 * the mean is what was asked for. How a limit is approached decides what the kernel does there:
 * slowly, kswapd keeps up; fast, everyone reclaims directly.
 */
#include "pace.h"

#include "base/clock.h"

void pace_wait(struct stressor_run *run, struct pace *p, uint64_t bytes_per_s, uint64_t bytes)
{
	uint64_t now, due;

	if (!bytes_per_s)
		return;
	now = now_us();
	if (!p->began_us)
		p->began_us = now;
	due = p->began_us + (uint64_t)((unsigned __int128)p->bytes * 1000000 / bytes_per_s);
	p->bytes += bytes;
	if (due > now)
		stressor_pause(run, due - now);
}
