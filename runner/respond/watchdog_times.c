/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two waits: how long the loop may stand before it counts as stuck, and how long the dump has
 * between the panic and the reset. Hardware allows a range (iTCO 613 s, ib700 30 s), so the wish is
 * shortened in steps; the dump's own time is never cut.
 */
#include "respond/watchdog_times.h"

/* The loop ticks each 100 ms; in the worst storm measured it stood for 3 s. */
static const struct {
	int stuck;   /* seconds without a feed */
	int dump_of; /* times the dump's time */
} wishes[WATCHDOG_TRIES] = { { 60, 3 }, { 30, 2 }, { 30, 1 }, { 10, 1 } };

bool watchdog_times(unsigned int try, unsigned int dump_seconds, bool has_pretimeout,
		    struct watchdog_times *ret)
{
	if (try >= WATCHDOG_TRIES)
		return false;
	ret->pretimeout = has_pretimeout ? wishes[try].dump_of * (int)dump_seconds : 0;
	ret->timeout = wishes[try].stuck + ret->pretimeout;
	return true;
}
