/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the finding's own line says of the request that failed, and what was free then. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deltas/rules.h"

/* "mode:0x40c40(GFP_NOFS|__GFP_COMP), nodemask=": the names; before 4.6 the number alone. */
static void read_mask(struct delta_facts *f, const char *text)
{
	const char *mode = strstr(text, "mode:");
	size_t number, length;

	if (!mode)
		return;
	mode += 5;
	number = strcspn(mode, " ,(");
	length = mode[number] == '(' ? strcspn(mode + number + 1, ")") : 0;
	if (length)
		snprintf(f->mask, sizeof(f->mask), "%.*s", (int)length, mode + number + 1);
	else
		snprintf(f->mask, sizeof(f->mask), "%.*s", (int)number, mode);
}

static void count_free(struct delta_facts *f)
{
	for (unsigned int z = 0; z < f->names->zones; z++) {
		f->zones_ok += f->after->zone[z].free > f->after->zone[z].min;
		for (unsigned int order = 0; order < DELTA_ORDERS_MAX; order++) {
			uint64_t blocks = f->after->zone[z].blocks[order];

			f->free_kb += (blocks << order) * f->page_kb;
			if (f->order >= 0 && order >= (unsigned int)f->order)
				f->blocks += blocks;
		}
	}
}

void delta_facts_make(struct delta_facts *f, const struct delta_names *n,
		      const struct delta_sample *before, const struct delta_sample *after,
		      enum finding_kind kind, const char *text, uint64_t page_bytes)
{
	const char *order = strstr(text, "order:");

	memset(f, 0, sizeof(*f));
	f->names = n;
	f->before = before;
	f->after = after;
	f->kind = kind;
	f->order = order ? atoi(order + 6) : -1;
	if (f->order < -1 || f->order >= 32)
		f->order = -1;
	f->page_kb = page_bytes / 1024;
	f->kb = f->order > 0 ? f->page_kb << f->order : f->page_kb;
	f->seconds10 = (after->at_us - before->at_us) / 100000;
	read_mask(f, text);
	count_free(f);
}
