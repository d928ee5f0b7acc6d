/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a hardware watchdog is to be set. Pure. */
#ifndef HANGAR_RESPOND_WATCHDOG_TIMES_H
#define HANGAR_RESPOND_WATCHDOG_TIMES_H

#include <stdbool.h>

struct watchdog_times { /* seconds; both count back from the last feed + timeout */
	int timeout;    /* then it resets the machine */
	int pretimeout; /* so long before, it panics; 0: it has none, and fires once */
};

#define WATCHDOG_TRIES 4

/**
 * watchdog_times - the @try-th best setting, 0 the best
 * @dump_seconds: what a dump takes
 * @has_pretimeout: it panics before it resets, and the dump has the time in between
 * Returns false when there is no such try any more.
 */
bool watchdog_times(unsigned int try, unsigned int dump_seconds, bool has_pretimeout,
		    struct watchdog_times *ret);

#endif
