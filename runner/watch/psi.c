/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "some avg10=0.00 avg60=0.00 avg300=0.00 total=0": the totals are exact, the averages lag by their
 * span. */
#include "watch/psi.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void parse_line(const char *text, const char *name, struct psi_line *ret)
{
	const char *at = strstr(text, name);
	unsigned long long total;

	memset(ret, 0, sizeof(*ret));
	if (!at || sscanf(at + strlen(name), " avg10=%lf avg60=%*f avg300=%*f total=%llu",
			  &ret->avg10, &total) != 2)
		return;
	ret->known = true;
	ret->total_us = total;
}

int psi_parse(const char *text, struct psi_line *ret_some, struct psi_line *ret_full)
{
	parse_line(text, "some", ret_some);
	parse_line(text, "full", ret_full);
	return ret_some->known ? 0 : -EINVAL;
}

bool psi_exceeds(uint64_t stalled_us, uint64_t elapsed_us, uint64_t stall_us, uint64_t window_us)
{
	return elapsed_us && window_us &&
	       (double)stalled_us / (double)elapsed_us >= (double)stall_us / (double)window_us;
}
