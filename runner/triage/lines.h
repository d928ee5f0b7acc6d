/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes in, records with line numbers to the cases: the hot path. A block is scanned for the
 * literals of the recognisers (scan.h) as a whole; of a gigabyte without one no line is ever looked
 * at. While a report is open, each line is.
 */
#ifndef HANGAR_TRIAGE_LINES_H
#define HANGAR_TRIAGE_LINES_H

#include "triage/cases.h"

#define LINES_BLOCK (256u << 10) /* lies in the second cache of every CPU of the last ten years */

struct lines;

struct lines *lines_new(struct cases *cases);
struct lines *lines_free(struct lines *l);
static inline void cleanup_lines(struct lines **l)
{
	lines_free(*l);
}

/* Where the next bytes go: *ret_size of them at most, at least half of LINES_BLOCK. */
char *lines_space(struct lines *l, size_t *ret_size);
/* @n bytes are there. A line longer than half of LINES_BLOCK is cut. */
void lines_got(struct lines *l, size_t n);
/* The input ends: its last line may have no newline. Numbers begin again from 1. Returns how many
 * lines there were. */
uint64_t lines_end(struct lines *l);

#endif
