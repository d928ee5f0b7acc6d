/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who waits for whom, as far as a log tells. A link says what it rests on: the kernel said it, a
 * stack shows it, or it was concluded; what would be needed and is not in the log is listed as
 * missing. Pure.
 */
#ifndef HANGAR_WAIT_CHAIN_H
#define HANGAR_WAIT_CHAIN_H

#include "triage/hung.h"

#define CHAIN_LINKS_MAX 24
#define CHAIN_MISSING_MAX 6

enum link_ground {
	LINK_SAID,      /* by the kernel, in so many words */
	LINK_SEEN,      /* by its stack */
	LINK_CONCLUDED, /* fits, and nothing in the log speaks against it */
};

struct chain_link {
	char from[80], to[80]; /* "jbd2/vda-8[42]", "memory of /g1"; to "": nobody named */
	char because[256];
	enum link_ground ground;
};

struct chain {
	struct chain_link links[CHAIN_LINKS_MAX];
	unsigned int count;
	char missing[CHAIN_MISSING_MAX][288];
	unsigned int missing_count;
	bool closed; /* it comes back to where it began: a deadlock */
	/* the people of the story, NULL: not in the log */
	const struct hung_task *journal, *holder, *victim;
	const struct hung_oom *oom;
	unsigned int journals, holders;
	unsigned int for_commit; /* tasks that wait for the journal thread */
};

void wait_chain_make(const struct hung_set *set, struct chain *ret);

const char *link_ground_name(enum link_ground g); /* "said", "seen", "concluded" */

/* wait_chain_locks.c: links of locks with an owner that the kernel named. */
void wait_chain_locks(const struct hung_set *set, struct chain *c);

/* wait_chain_circle.c: does the way from anybody come back? By the rules of wait_cycle.h, once the
 * people of the story are known. */
bool wait_chain_circle(const struct hung_set *set, const struct chain *c);

/* For both: append; full is full. */
void chain_link(struct chain *c, enum link_ground ground, const char *from, const char *to,
		const char *format, ...) __attribute__((format(printf, 5, 6)));
void chain_miss(struct chain *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *chain_name(const char *comm, int pid, char *buf, size_t size);

#endif
