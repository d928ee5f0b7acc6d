/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Explaining a case from its own text, as the authors of good bug reports do by hand. Pure: text
 * in, words and numbers out; nothing is guessed: what the text does not hold is said to be missing.
 * To add one: a .c with its ops, a line in explain.c.
 */
#ifndef HANGAR_EXPLAIN_H
#define HANGAR_EXPLAIN_H

#include <stdio.h>

#include "triage/triage.h"

struct explanation {
	char conclusion[512]; /* one sentence; "": nothing to say */
	json_t *details; /* object for "explanation" in JSON; borrowed by nobody: the caller's to
			    free */
	char *words; /* paragraphs for people, lines of at most 160 columns; the caller's to free */
};

struct explain_ops {
	const char *name; /* "page-allocation", "clock", "wait-chain", "oom", "oops" */
	/* Does this one speak of such a case? */
	bool (*takes)(const struct triage_case *c);
	/* One case by its text. @release: of the kernel that spoke, "" when the log never says. 0
	 * or -errno (-ENODATA: the text is too thin). */
	int (*one)(const struct triage_case *c, const char *release, struct explanation *ret);
	/* All its cases of one boot together (groups, chains), after the last; NULL: does not
	 * apply. */
	int (*all)(const struct triage_case *cases, unsigned int count, const char *release,
		   struct explanation *ret);
};

extern const struct explain_ops explain_page_allocation, explain_clock, explain_waits, explain_oom,
	explain_oops;
extern const struct explain_ops *const explainers[]; /* ends with NULL */

void explanation_clear(struct explanation *e);

#endif
