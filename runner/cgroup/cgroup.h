/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Our own subtree of control groups: <mount>/hangar/<run id>/<group>. Discovery, creation, knobs
 * and removal go through libcgroup; the observer's files (tasks, events, usage) are opened here
 * before the storm and only read again later. ops per version: cgroup_v1.c, cgroup_v2.c,
 * cgroup_none.c (rootless or no controllers: same calls, no limits). Groups exist in each hierarchy
 * that some knob of the plan needs, and in the memory hierarchy always.
 */
#ifndef HANGAR_CGROUP_H
#define HANGAR_CGROUP_H

#include "base/diag.h"
#include "cgroup/hierarchy.h"
#include "scenario/plan.h"
#include "setup/undo.h"

#define CGROUP_DIRS_MAX CONTROLLER_COUNT /* hybrid: the v2 tree carries at least one of them */

struct cgroup_ops;

struct cgroup_node { /* one plan_group, made */
	const struct plan_group *group;
	char dir[CGROUP_DIRS_MAX][512]; /* absolute folder per hierarchy in use; v2 comes first */
	unsigned int n_dirs;
	int memory_at; /* index in dir of the one with the memory controller, or -1 */
	int procs_fd[CGROUP_DIRS_MAX]; /* cgroup.procs of each dir, O_WRONLY: where a child moves
					  itself */
	int dir_fd;       /* v2: for CLONE_INTO_CGROUP, the same place as procs_fd[0]; else -1 */
	int tasks_fd;     /* every thread of the group, O_RDONLY: v1 `tasks`, v2 cgroup.threads
			   * (cgroup.procs before 4.14).     Read it through cgroup_read_tasks(): v1
			   * gives     stale lists to a file that stays open. */
	int tasks_dir_fd; /* v1: the folder of tasks_fd, O_PATH; else -1 */
	int kill_fd;      /* v2 cgroup.kill (5.14+) or -1 */
	int usage_fd;  /* memory.usage_in_bytes, memory.current; -1 without the memory controller */
	int events_fd; /* v2 memory.events, which tells of the groups below, too; v1
			* memory.oom_control; -1 */
	/* v2: memory.events.local (5.2+; before, memory.events was that) of the group, and of the
	 * leaf that its processes live in. Read them through cgroup_read_events(). */
	int own_events_fd[2];
	unsigned int n_own_events;
	int stat_fd; /* memory.stat; -1 */
	/* Per dir what the child must find as a line of /proc/self/cgroup:
	 * "memory:/hangar/ID/victims.3", on v2
	 * ":/hangar/ID/victims.3". See membership_has() in runner/launch. */
	char expect[CGROUP_DIRS_MAX][640];
	uint64_t limit_bytes;         /* UNSET: none */
	const struct cgroup_ops *ops; /* of the hierarchy that the fds above belong to */
};

struct cgroup_tree {
	enum cgroup_mode mode;     /* CGROUP_NONE when no groups were made, whatever the host has */
	struct cgroup_node *nodes; /* plan->n_groups, same index */
	unsigned int n_nodes;
	char kernel_path[256]; /* "/hangar/ID": as the kernel log and /proc/PID/cgroup spell it */
	char path[128];        /* "hangar/ID", below each mount */
	struct hierarchies in_use;
	unsigned int observed;     /* index in in_use: where the memory controller is, else 0 */
	char (*gone_without)[512]; /* limits of optional groups that could not be set, one sentence
				      each */
	unsigned int n_gone_without;
};

/**
 * cgroup_tree_make - make every group of the plan with its knobs
 * @p: knobs in a group's "without" are left out; plan->scratch_dir must exist when io is limited
 * @u: each hierarchy's subtree is noted there before it is made
 * A knob that the kernel refuses, or takes and does not keep, is an error unless its group is
 * optional. Returns 0; -errno with @d naming group, knob, value and file, and with the remedy. On
 * failure what was made is removed.
 */
int cgroup_tree_make(const struct plan *p, const struct host *h, const char *run_id, struct undo *u,
		     struct cgroup_tree **ret, struct diag *d);
/* Kill what is left inside (waits at most @timeout_us), remove every group. 0 or -EBUSY with @d
 * naming the group and its tasks. */
int cgroup_tree_remove(struct cgroup_tree *t, uint64_t timeout_us, struct diag *d);
/* Closes all; removes nothing. Returns NULL. */
struct cgroup_tree *cgroup_tree_free(struct cgroup_tree *t);

/* The group whose kernel path is @path or an ancestor of it ("/hangar/ID/victims.3"), or NULL: not
 * ours. Pure. */
const struct cgroup_node *cgroup_tree_find(const struct cgroup_tree *t, const char *path);

/* The calls below allocate nothing, and open nothing but the `tasks` of v1, see
 * cgroup_read_tasks(). */

/* Bytes, or UNSET when it cannot be read. */
uint64_t cgroup_usage(const struct cgroup_node *n);
/**
 * cgroup_read_events - what the kernel counted in this very group, groups below it left out
 * @part: 0, and 1 for what its processes' leaf adds; counters of the parts are to be summed
 * v1 memory.oom_control, v2 memory.events.local, as text. Returns the length, or -errno; -ENOENT
 * for a part that is not there.
 */
ssize_t cgroup_read_events(const struct cgroup_node *n, unsigned int part, char *buf, size_t size);
/* OOM kills so far in the group, those in groups below it left out (v1 4.13+, v2 4.13+); UNSET when
 * not told. */
uint64_t cgroup_oom_kills(const struct cgroup_node *n);
/**
 * cgroup_read_tasks - the ids of all threads in the group, one a line, NUL-terminated
 * @offset: where to go on in the list; give the sum of what was returned before
 * On v1 the kernel builds the list when a file is opened and keeps it for as long as somebody reads
 * it at least once a second, so `tasks` is opened anew when @offset is 0; where that fails (no
 * descriptors left) the kept one is read. Only whole lines are returned. Returns the length, 0 at
 * the end, or -errno.
 */
ssize_t cgroup_read_tasks(const struct cgroup_node *n, char *buf, size_t size, size_t offset);
/* Number of threads in the group now, or -errno. */
int cgroup_task_count(const struct cgroup_node *n);
/* Signal every process in the group (ours excepted), children of children too. Number of threads
 * seen, or -errno. */
int cgroup_kill(const struct cgroup_node *n, int sig);

#endif
