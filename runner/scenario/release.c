/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel releases in order. Only the leading numbers count ("3.10.0-1160.el7" is 3.10.0): what
 * distributors append says which patches are in, but has no order that holds between them.
 */
#include <stdlib.h>

#include "scenario/plan_parts.h"

#define PARTS 4

static unsigned int split(const char *release, unsigned long *parts)
{
	unsigned int n = 0;

	while (n < PARTS && *release >= '0' && *release <= '9') {
		char *end;

		parts[n++] = strtoul(release, &end, 10);
		if (*end != '.')
			break;
		release = end + 1;
	}
	return n;
}

/* Compare as far as @bound goes. */
static int compare(const char *release, const char *bound)
{
	unsigned long is[PARTS] = { 0 }, limit[PARTS] = { 0 };
	unsigned int n = split(bound, limit);

	split(release, is);
	for (unsigned int i = 0; i < n; i++)
		if (is[i] != limit[i])
			return is[i] < limit[i] ? -1 : 1;
	return 0;
}

bool release_at_least(const char *release, const char *min)
{
	return !min || compare(release, min) >= 0;
}

bool release_at_most(const char *release, const char *max)
{
	return !max || compare(release, max) <= 0;
}
