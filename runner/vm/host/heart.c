/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two ways to be lost: a machine that says nothing, and one whose journal's thread still beats
 * while the loop that should be watching the storm does not turn any more.
 */
#include "vm/host/receive.h"

static uint64_t since(uint64_t then, uint64_t now)
{
	return now > then ? now - then : 0;
}

enum heart_state heart_judge(const struct receiver *r, uint64_t now, uint64_t silent_after_us,
			     uint64_t stuck_after_us)
{
	if (!r->heard_us)
		return HEART_BEATS;
	if (since(r->heard_us, now) > silent_after_us)
		return HEART_SILENT;
	if (r->beats && since(r->ticked_us, now) > stuck_after_us)
		return HEART_STUCK;
	return HEART_BEATS;
}

static uint64_t later(uint64_t then, uint64_t by, uint64_t now)
{
	return then && then < now ? (now - then > by ? then + by : now) : then;
}

void heart_excuse(struct receiver *r, uint64_t deaf_us, uint64_t now)
{
	r->heard_us = later(r->heard_us, deaf_us, now);
	r->ticked_us = later(r->ticked_us, deaf_us, now);
}
