/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Launching: from a plan_launch to a process in its group, at the start line, with its output file, and back to an exit that the
 * restart policy decides on. Everything needed to (re)start is opened in launcher_open(), before the storm: the way from "this copy died"
 * to "it runs again" is clone and exec alone. The child is cloned without CLONE_VFORK on purpose: a child that hangs in
 * exec on the file system under test must not hold the observer.
 */
#ifndef HANGAR_LAUNCH_H
#define HANGAR_LAUNCH_H

#include <sys/types.h>

#include "cgroup/cgroup.h"
#include "journal.h"
#include "stressors/slots.h"

enum copy_state { COPY_IDLE, COPY_ALIVE, COPY_BACKOFF, COPY_ENDED };

struct copy { /* run time of one plan_launch, same index */
	enum copy_state state;
	pid_t pid;
	uint64_t spawned_us;
	uint64_t due_us;     /* COPY_BACKOFF: when to start again */
	unsigned int restarts;
	uint64_t backoff_us;
	int out_fd;
	int status;          /* of the last wait */
	bool verified;       /* the child saw itself in its group before exec */
	bool stopping;       /* we asked it to end */
};

enum exit_kind { EXIT_DONE, EXIT_SKIPPED, EXIT_STOPPED, EXIT_OOM_KILLED, EXIT_FAILED };

struct launcher {
	const struct plan *plan;
	const struct cgroup_tree *tree;
	struct journal *journal;
	struct slots_header *slots; /* shared with the stressors */
	int slots_fd;
	int report_fd[2];           /* children write struct child_report here before exec */
	struct copy *copies;
	unsigned int alive;
	uint64_t restarts, oom_kills, failed, skipped;
};

int launcher_open(const struct plan *p, const struct cgroup_tree *t, const struct rundir *d, struct journal *j,
		  struct launcher **ret, struct diag *diag);
struct launcher *launcher_close(struct launcher *l); /* every process must be gone */

/* Spawn every copy of @phase; they wait at the start line. 0 or -errno of the first that could not be spawned, with @d. */
int launcher_spawn_phase(struct launcher *l, unsigned int phase, struct diag *d);
/* Have all copies of @phase reached the start line (or ended)? fio jobs count as there at once. */
bool launcher_phase_ready(const struct launcher *l, unsigned int phase);
void launcher_go(struct launcher *l, unsigned int phase, uint64_t now);
/* SIGCHLD: reap all; journal each exit; decide restarts. @on_exit (may be NULL) sees each exit of a copy. */
void launcher_reap(struct launcher *l, uint64_t now,
		   void (*on_exit)(void *ctx, unsigned int index, enum exit_kind kind), void *ctx);
void launcher_tick(struct launcher *l, uint64_t now); /* due restarts */
/* Ask the copies of @phase (or all: -1; not those to keep, unless all) to end: stop flag. Escalate yourself with launcher_escalate(). */
void launcher_stop(struct launcher *l, int phase);
/* SIGTERM to what still lives after 2 s of asking, SIGKILL after 4 s (and to whole groups); true: all are gone. */
bool launcher_escalate(struct launcher *l, int phase, uint64_t asked_us, uint64_t now);
/* Pure: the policy. @age_us: how long the copy lived. Returns true when it is to be started again, with the pause. */
bool restart_decide(const struct restart_spec *spec, enum exit_kind kind, uint64_t age_us, unsigned int restarts,
		    uint64_t *backoff_us);
uint64_t launcher_steps(const struct launcher *l, const char *use); /* sum over copies; NULL: all */

#endif
