/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One log may hold several boots. */
#ifndef HANGAR_TRIAGE_BOOTS_H
#define HANGAR_TRIAGE_BOOTS_H

#include "kmsg/kmsg.h"

struct boots {
	unsigned int current; /* 0: no kernel spoke yet */
	unsigned int seen;
	uint64_t last_us; /* newest timestamp of this boot, 0: none yet */
	bool versioned;   /* "Linux version" of this boot was seen */
	char release[64];
};

/* Does a new boot begin with this record? Also learns from it when not. */
bool boots_begins(struct boots *b, const struct kmsg_record *rec);
void boots_next(struct boots *b, const struct kmsg_record *rec);
void boots_end(struct boots *b); /* of one input: the next one is another boot */

unsigned int boots_current(const struct boots *b); /* from 1 */
unsigned int boots_seen(const struct boots *b);
const char *boots_release(const struct boots *b);

#endif
