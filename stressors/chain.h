/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A few calls one after the other that make one operation: open, write, close. */
#ifndef HANGAR_CHAIN_H
#define HANGAR_CHAIN_H

#include "calls.h"

#define CHAIN_CALLS_MAX 5

struct chain {
	const uint8_t *calls; /* enum call_kind, ends with CALL_NONE */
	unsigned int at;
	bool sync;        /* make the CALL_FSYNC in it, else leave it out */
	int result;       /* 0, or the first -errno */
	struct call call; /* its arguments; fd is filled from the open */
};

/* @sync: with its CALL_FSYNC. The paths in @c->call are the caller's to fill. */
void chain_begin(struct chain *c, const uint8_t *calls, int dirfd, bool sync);

/* The call that is due, or CALL_NONE when the chain is over. A chain that failed still closes its
 * file. */
enum call_kind chain_due(const struct chain *c);

/* @res: what the due call returned, a descriptor, 0 or -errno. Goes on to the next. */
void chain_took(struct chain *c, int res);

/* All of it, by plain system calls. Returns the result. */
int chain_make(struct chain *c);

#endif
