/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One log from its files to the cases. */
#ifndef HANGAR_TRIAGE_READING_H
#define HANGAR_TRIAGE_READING_H

#include <signal.h>

#include "triage/input.h"
#include "triage/lines.h"

struct reading {
	struct lines *lines;
	volatile sig_atomic_t *stopped; /* not 0: give up */
	uint64_t bytes;
	const char *packing;
};

/**
 * reading_file - all bytes of one file into the lines
 * Parts of pstore within it are put in order. The caller ends the lines. Returns 0 at its end, or
 * when stopped; -errno as input_open() and input_read() do, with @d.
 */
int reading_file(struct reading *r, const char *path, struct diag *d);

#endif
