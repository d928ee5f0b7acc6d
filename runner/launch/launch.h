/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Launching: from a plan_launch to a process in its group, at the start line, with its output file,
 * and back to an exit that the restart policy decides on. Everything needed to (re)start is opened
 * and spelt out in launcher_open(), before the storm. Processes are cloned by a small helper
 * process, the spawner (see spawner.h): the way from "this copy died" to "it runs again" costs the
 * observer one write to a pipe, and a clone or exec that hangs does not hold it.
 *
 * Order: launcher_open() before mlockall(), so that locking also undoes the copy-on-write of the
 * spawner's birth; the main loop polls report_fd[0] and SIGCHLD (both: launcher_reap()) and calls
 * launcher_tick() at least once a second.
 */
#ifndef HANGAR_LAUNCH_H
#define HANGAR_LAUNCH_H

#include <sys/types.h>

#include "cgroup/cgroup.h"
#include "journal.h"
#include "launch/child.h"
#include "launch/spawner.h"
#include "stressors/slots.h"

enum copy_state {
	COPY_IDLE,
	COPY_ALIVE,   /* asked for or running; pid is 0 until the spawner has told it */
	COPY_BACKOFF, /* to be started again at due_us */
	COPY_ENDED,
};

struct copy { /* run time of one plan_launch, same index */
	enum copy_state state;
	pid_t pid;
	uint64_t spawned_us;
	uint64_t due_us;       /* COPY_BACKOFF: when to start again */
	unsigned int restarts; /* since its phase was last begun: what the policy limits */
	unsigned int lives, lives_again; /* starts and restarts in all rounds */
	uint64_t backoff_us;
	int status;      /* of the last wait */
	bool verified;   /* the child saw itself in its group before exec; false where there are no
			    groups */
	bool stopping;   /* we asked it to end */
	bool oom_told;   /* the kernel log named it as a victim */
	bool started;    /* the child got as far as exec */
	int sent;        /* the last signal that launcher_escalate() sent */
	int start_error; /* 0, or errno of what kept the child from its program */
	enum child_stage start_stage; /* where start_error came from */
	pid_t last_pid;               /* of the life before, whose late reports are to be ignored */
};

enum exit_kind {
	EXIT_DONE,
	EXIT_SKIPPED,
	EXIT_STOPPED,
	EXIT_OOM_KILLED,
	EXIT_FAILED,
	EXIT_STARVED
};

/* A child that was reaped before the spawner could tell whose it was; or an orphan of a stressor.
 */
struct stray {
	pid_t pid;
	int status;
};

#define STRAYS_MAX 256

struct group_kills {       /* OOM kills of one group, to be matched with exits */
	uint64_t known;    /* the counter when last looked at */
	uint64_t taken;    /* so many of it are explained by exits of copies */
	uint64_t since_us; /* when it last rose */
};

struct launcher {
	const struct plan *plan;
	const struct cgroup_tree *tree;
	struct journal *journal;    /* may be NULL: nothing is journalled (benchmarks) */
	struct slots_header *slots; /* shared with the stressors */
	int slots_fd;
	int report_fd[2]; /* children write struct child_report here before exec; [0] is ours,
			     non-blocking */
	struct copy *copies;
	unsigned int alive;
	uint64_t restarts, oom_kills, failed, skipped;
	struct spawner spawner;
	struct child_common common;
	struct child_spec *specs; /* per copy */
	char **strings;           /* what the specs point to, NULL-terminated */
	struct group_kills *kills;
	struct stray strays[STRAYS_MAX];
	unsigned int n_strays;
	uint64_t next_look_us;  /* when launcher_tick() looks at the groups' OOM kills again */
	uint64_t next_group_us; /* when launcher_escalate() may kill whole groups again */
	unsigned int
		lines_left; /* exits, restarts: so many may still be journalled in this second */
	uint64_t lines_until_us;
	uint64_t untold;
};

/**
 * launcher_open - prepare every copy of the plan
 * @d: output files are made in its out/ folder; its id goes into every copy's environment
 * @j: may be NULL
 * Makes the caller a child subreaper, so that orphans of stressors are reaped here. Returns 0 or
 * -errno with @diag.
 */
int launcher_open(const struct plan *p, const struct cgroup_tree *t, const struct rundir *d,
		  struct journal *j, struct launcher **ret, struct diag *diag);
struct launcher *launcher_close(struct launcher *l); /* every process must be gone; returns NULL */

/* From one clone to the next. A clone takes 0.2 ms; in a machine under pressure, or emulated, a
 * thousand times that. */
#define LAUNCH_CLONED_WITHIN_US 30000000u

/**
 * launcher_ask_phase - have every copy of @phase cloned; they wait at the start line
 * Never waits: the spawner may hang in a clone. A phase may be asked for again when its copies have
 * ended. Returns 0, or -errno with @d.
 */
int launcher_ask_phase(struct launcher *l, unsigned int phase, struct diag *d);
/**
 * launcher_await_phase - has every copy of @phase been cloned?
 * @for_us: wait at most so long for it; 0: only look
 * Returns 0: all, 1: not yet, -errno of the first that could not be started, with @d.
 */
int launcher_await_phase(struct launcher *l, unsigned int phase, uint64_t for_us, struct diag *d);
/* Names a copy of @phase that was not cloned in time in @d, and returns -ETIMEDOUT. */
int launcher_not_cloned(const struct launcher *l, unsigned int phase, struct diag *d);
/* Ask and wait, for those without a loop: 0, or -errno with @d. */
int launcher_spawn_phase(struct launcher *l, unsigned int phase, struct diag *d);
/* Have all copies of @phase reached the start line (or ended)? fio jobs are there once their
 * program runs. */
bool launcher_phase_ready(const struct launcher *l, unsigned int phase);
void launcher_go(struct launcher *l, unsigned int phase, uint64_t now);
/* Take reports, reap all that died; journal each exit; decide restarts. @on_exit (may be NULL) sees
 * each exit of a copy. */
void launcher_reap(struct launcher *l, uint64_t now,
		   void (*on_exit)(void *ctx, unsigned int index, enum exit_kind kind), void *ctx);
void launcher_tick(struct launcher *l, uint64_t now); /* due restarts, reports */
/* The kernel log says that the OOM killer chose @pid: for kernels that do not count OOM kills
 * (before 4.13). */
void launcher_oom_victim(struct launcher *l, pid_t pid);
/*
 * Ask the copies of @phase (or all: -1; not those to keep, unless all) to end: stop flag, and
 * SIGINT to fio. Escalate with launcher_escalate().
 */
void launcher_stop(struct launcher *l, int phase);
/*
 * SIGTERM to what still lives 2 s after @asked_us, SIGKILL after 4 s; with @phase -1 whole groups
 * too, also for what the copies left behind. @asked_us 0: at once. True: all are gone. No more than
 * a few calls a second are needed.
 */
bool launcher_escalate(struct launcher *l, int phase, uint64_t asked_us, uint64_t now);
/*
 * Pure: the policy. @age_us: how long the copy lived. @backoff_us: in: the pause before this life
 * (0 for the first), out: the pause before the next. Returns true when it is to be started again.
 */
bool restart_decide(const struct restart_spec *spec, enum exit_kind kind, uint64_t age_us,
		    unsigned int restarts, uint64_t *backoff_us);
uint64_t launcher_steps(const struct launcher *l, const char *use); /* sum over copies; NULL: all */

#endif
