/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small memory cgroups of one thread's own, each with at most one process in it at a time. */
#ifndef HANGAR_PENS_H
#define HANGAR_PENS_H

#include "memcg.h"
#include "stressor.h"

struct pen {
	struct memcg group; /* fd -1: not made */
	char name[MEMCG_CHILD_NAME];
	pid_t guest; /* 0: none */
};

struct pens {
	const struct memcg *in; /* borrowed: the group that they are made in */
	struct pen *all;
	uint32_t count;
	uint64_t limit_bytes;
	uint64_t guest_bytes, file_bytes; /* what a guest takes */
	uint64_t stay_us;                 /* how long it keeps that in the last pen it came to */
	int dirfd;                        /* where guests write their files; -1: nowhere */
};

/* Names for @count pens of @run's thread; makes nothing yet. 0 or -ENOMEM. */
int pens_init(struct pens *p, const struct stressor_run *run, uint32_t count);
/* End the guests, remove the groups. Accepts a zeroed one. */
void pens_clear(struct pens *p);

/* Each works on pen @i and returns 0, STRESSOR_PRESSURE or -errno. */
int pens_make(struct pens *p, uint32_t i);   /* if it is not there */
int pens_remove(struct pens *p, uint32_t i); /* pressure: somebody is in it */
/* Start a process that takes memory in pen @i, moves to the next one and takes some there. */
int pens_invite(struct pens *p, struct stressor_run *run, uint32_t i);

#endif
