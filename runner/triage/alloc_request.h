/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was asked for, as the first line of a failed allocation's report says it. */
#ifndef HANGAR_TRIAGE_ALLOC_REQUEST_H
#define HANGAR_TRIAGE_ALLOC_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "triage/triage.h"

enum alloc_what {
	ALLOC_PAGES,   /* "page allocation failure" */
	ALLOC_STALL,   /* "page allocation stalls for 10008ms": 4.9 to 4.14, it goes on trying */
	ALLOC_VMALLOC, /* "vmalloc: allocation failure", "vmalloc error" */
	ALLOC_SLAB,    /* "SLUB: Unable to allocate memory on node" */
	ALLOC_XFS,     /* "possible memory allocation deadlock": it goes on trying */
};

struct alloc_request {
	enum alloc_what what;
	bool has_mask;
	uint32_t mask;
	char names[320]; /* as printed behind the mask; "": none */
	bool has_order;
	unsigned int order;
	uint64_t bytes, had_bytes; /* vmalloc, XFS; 0: not said */
	uint64_t stall_ms;
	char problem[64]; /* vmalloc's own words */
	char cache[64];   /* slab's */
	bool has_nodes;   /* only these nodes */
	uint64_t nodes;   /* of the first 64, a bit each */
	bool has_mems;    /* the cpuset's nodes */
	uint64_t mems;
};

/* @headline: as the finding has it. 0 or -ENODATA: no request is told there. */
int alloc_request_parse(const char *headline, const struct report_text *t,
			struct alloc_request *ret);

#endif
