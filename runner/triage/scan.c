/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "triage/scan.h"

#include <stdlib.h>
#include <string.h>

struct scan {
	int none;
};

struct scan *scan_new(void)
{
	return calloc(1, sizeof(struct scan));
}

struct scan *scan_free(struct scan *s)
{
	free(s);
	return NULL;
}

const char *scan_next(const struct scan *s, const char *p, const char *end)
{
	return p;
}

uint64_t scan_count_lines(const char *p, const char *end)
{
	uint64_t n = 0;

	for (; p < end; p++)
		n += *p == '\n';
	return n;
}
