/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What counters mean that moved, or did not, around a finding: rules as data, sentences as result.
 * Pure. */
#ifndef HANGAR_DELTAS_RULES_H
#define HANGAR_DELTAS_RULES_H

#include "deltas/sample.h"
#include "finding.h"

#define DELTA_SENTENCES_BYTES 2048

/* What a rule can ask of: the counters, and what the finding itself says. */
struct delta_facts {
	const struct delta_names *names;
	const struct delta_sample *before, *after;
	enum finding_kind kind;
	int order;          /* of the allocation that failed; -1: not told */
	char mask[160];     /* its flags as the kernel names them, or their number; "" */
	uint64_t page_kb;   /* of the machine */
	uint64_t blocks;    /* free blocks of that order and above, in all zones, after */
	uint64_t free_kb;   /* free memory in all zones, after */
	uint64_t zones_ok;  /* zones with more free pages than their min watermark, after */
	uint64_t kb;        /* of the request */
	uint64_t seconds10; /* between the samples, in tenths */
};

/* "kworker/0:1: page allocation failure: order:5, mode:0x40c40(GFP_NOFS|__GFP_COMP), ..." */
void delta_facts_make(struct delta_facts *f, const struct delta_names *n,
		      const struct delta_sample *before, const struct delta_sample *after,
		      enum finding_kind kind, const char *text, uint64_t page_bytes);

/* Every sentence that holds, one a line, in @buf. Returns how many. */
unsigned int delta_sentences(const struct delta_facts *f, char *buf, size_t size);

/* Counters whose standing still is worth telling; ends with NULL, stars as in delta_of(). */
extern const char *const delta_watched[];

/* For the test of the table: does every rule parse? */
bool delta_rules_parse(void);

#endif
