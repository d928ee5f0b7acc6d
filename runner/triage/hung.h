/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hung tasks as the explainer of waits needs them: who, where, for whom. Pure. */
#ifndef HANGAR_HUNG_H
#define HANGAR_HUNG_H

#include "kmsg/wait_sites.h"
#include "triage/triage.h"

#define HUNG_MAX 256
#define HUNG_OOMS_MAX 64

struct hung_task {
	const struct triage_case *c; /* NULL: only a dump by SysRq shows it */
	char comm[32];
	int pid;
	char state;      /* 'D', 'R', ...; 0: not shown */
	double seconds;  /* longest told; 0: not told */
	bool oom_victim; /* by the flags in front of its stack */
	struct wait_verdict v;
	/* said by kernels since 6.16 */
	char lock[32];       /* "mutex", "semaphore", "rw-semaphore"; "": not said */
	char owner_comm[32]; /* "": the owner was not found */
	int owner_pid;       /* 0: not known */
};

struct hung_oom { /* an OOM kill of the same boot */
	const struct triage_case *c;
	char memcg[128], comm[32];
	int pid;
};

struct hung_set {
	struct hung_task tasks[HUNG_MAX];
	unsigned int count;                  /* all, those that khungtaskd told of first */
	unsigned int hung;                   /* those */
	unsigned int left_out;               /* for want of room */
	struct hung_oom ooms[HUNG_OOMS_MAX]; /* the last ones */
	unsigned int oom_count;
};

void hung_task_read(const struct triage_case *c, struct hung_task *ret);

/* A new set of the hung tasks and OOM kills among @cases, which must outlive it; free() it. NULL:
 * no memory. */
struct hung_set *hung_set_new(const struct triage_case *cases, unsigned int count);

const struct hung_task *hung_find(const struct hung_set *set, int pid);

#endif
