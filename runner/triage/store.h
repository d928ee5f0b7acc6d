/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines since the oldest open report began. Bounded: of a report that is longer the middle
 * goes. */
#ifndef HANGAR_TRIAGE_STORE_H
#define HANGAR_TRIAGE_STORE_H

#include "triage/triage.h"

#define STORE_LINES 4096
#define STORE_BYTES (1u << 20)
#define STORE_LINE_BYTES 2048 /* kept of one line; printk's own limit is 1,024 with its prefix */

struct store;

struct store *store_new(void);
struct store *store_free(struct store *s);

/* @seq ascending; @caller: "" or who speaks; a line break in @text is kept as one line each. */
void store_add(struct store *s, uint64_t seq, uint64_t number, const char *caller,
	       const char *text);
/* Forget what came before @seq. */
void store_trim(struct store *s, uint64_t seq);

/**
 * store_take - copy the lines from @first to @last that @caller said
 * @lines_max: the middle goes when there are more, and ret->cut says so
 * Returns bytes of memory that *ret holds, free them with report_text_clear(); 0: no memory, *ret
 * is empty.
 */
size_t store_take(const struct store *s, uint64_t first, uint64_t last, const char *caller,
		  unsigned int lines_max, struct report_text *ret);

/* The number of line @seq; 0: not here. */
uint64_t store_number(const struct store *s, uint64_t seq);

void report_text_clear(struct report_text *t);

#endif
