/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Our own subtree of control groups: <mount>/hangar/<run id>/<group>. Discovery, creation, knobs
 * and removal go through libcgroup; the observer's files (procs, events, usage) are opened here
 * before the storm and only read again later. ops per version: cgroup_v1.c, cgroup_v2.c,
 * cgroup_none.c (rootless or no controllers: same calls, no limits).
 */
#ifndef HANGAR_CGROUP_H
#define HANGAR_CGROUP_H

#include "base/diag.h"
#include "scenario/plan.h"
#include "setup/undo.h"

struct cgroup_node { /* one plan_group, made */
	const struct plan_group *group;
	char dir[5][512]; /* absolute folder per controller hierarchy in use; v2: only dir[0] */
	unsigned int n_dirs;
	int procs_fd[5]; /* cgroup.procs of each dir, O_WRONLY: where a child moves itself; v2:
			    procs_fd[0] */
	int dir_fd;      /* v2: for CLONE_INTO_CGROUP; else -1 */
	int tasks_fd; /* v1 memory `tasks` or v2 cgroup.threads (else cgroup.procs), O_RDONLY: every
			 thread of the group */
	int kill_fd;  /* v2 cgroup.kill (5.14+) or -1 */
	int usage_fd; /* memory.usage_in_bytes, memory.current; -1 without the memory controller */
	int events_fd;        /* v2 memory.events; v1 memory.oom_control; -1 */
	int stat_fd;          /* memory.stat */
	char expect[512];     /* the line that the child must find in /proc/self/cgroup, e.g.
				 ":memory:/hangar/ID/victims.3" */
	uint64_t limit_bytes; /* UNSET: none */
};

struct cgroup_tree {
	enum cgroup_mode mode;
	struct cgroup_node *nodes; /* plan->n_groups, same index */
	unsigned int n_nodes;
	char kernel_path[256]; /* "/hangar/ID": as the kernel log and /proc/PID/cgroup spell it */
};

/* Make every group of the plan with its knobs. 0; -errno with @d naming knob, value and file. On
 * failure what was made is removed. */
int cgroup_tree_make(const struct plan *p, const struct host *h, const char *run_id, struct undo *u,
		     struct cgroup_tree **ret, struct diag *d);
/* Kill what is left inside (waits at most @timeout_us), remove every group. 0 or -EBUSY with @d
 * naming the group and its tasks. */
int cgroup_tree_remove(struct cgroup_tree *t, uint64_t timeout_us, struct diag *d);
struct cgroup_tree *cgroup_tree_free(struct cgroup_tree *t);

/* The group whose kernel path is @path or an ancestor of it ("/hangar/ID/victims.3"), or NULL: not
 * ours. Pure. */
const struct cgroup_node *cgroup_tree_find(const struct cgroup_tree *t, const char *path);

/* No allocation, no open. Bytes, or UNSET when it cannot be read. */
uint64_t cgroup_usage(const struct cgroup_node *n);
/* OOM kills so far in the group: v2 memory.events oom_kill, v1 memory.oom_control oom_kill (4.19+);
 * UNSET when not told. */
uint64_t cgroup_oom_kills(const struct cgroup_node *n);
/* Signal every process in the group, children of children too; no allocation, no open. Number
 * signalled. */
int cgroup_kill(const struct cgroup_node *n, int sig);

#endif
