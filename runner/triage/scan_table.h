/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of the scan. */
#ifndef HANGAR_TRIAGE_SCAN_TABLE_H
#define HANGAR_TRIAGE_SCAN_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "triage/literals.h"
#include "triage/scan.h"
#include "triage/windows.h"

#define SCAN_SLOTS 4096 /* four for each literal at most: few collide */
#define SCAN_GROUPS 2   /* of eight buckets */

struct scan {
	/* scan_avx2.c: which buckets a low or a high half of a byte is in, by place in the window
	 */
	uint8_t low[SCAN_GROUPS][WINDOW_BYTES][32] __attribute__((aligned(32)));
	uint8_t high[SCAN_GROUPS][WINDOW_BYTES][32] __attribute__((aligned(32)));
	bool wide;
	uint64_t pairs[65536 / 64];
	uint32_t window[SCAN_SLOTS];
	uint16_t first[SCAN_SLOTS];  /* literal plus 1, 0: a free slot */
	uint16_t next[LITERALS_MAX]; /* with the same window, plus 1 */
	uint8_t offset[LITERALS_MAX], length[LITERALS_MAX];
	struct literals literals;
};

static inline unsigned int scan_slot(uint32_t window)
{
	return window * 2654435761u >> 20; /* Knuth's multiplier; the upper 12 bits */
}

static inline unsigned int scan_pair(const char *p)
{
	uint16_t n;

	__builtin_memcpy(&n, p, sizeof(n));
	return n;
}

/* Does a literal whose window begins at @at lie in [@begin, @end)? @at + WINDOW_BYTES <= @end. */
bool scan_verify(const struct scan *s, const char *begin, const char *end, const char *at);

/* One pair at a time, from @p; literals may begin at @begin. */
const char *scan_narrow(const struct scan *s, const char *begin, const char *p, const char *end);

/* False: this CPU has no AVX2. */
bool scan_avx2_prepare(struct scan *s);
const char *scan_avx2(const struct scan *s, const char *p, const char *end);

#endif
