/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What happens between clone and exec, in the child, with async-signal-safe system calls only.
 * Everything that it needs was prepared by launcher_open(); what it finds goes back in one small
 * write to a pipe.
 */
#ifndef HANGAR_CHILD_H
#define HANGAR_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

enum child_stage {
	CHILD_BORN,   /* from the spawner: cloned; error: it could not be */
	CHILD_ORPHAN, /* its runner is gone already */
	CHILD_MOVE,   /* entering its groups */
	CHILD_VERIFY, /* it does not find itself in its groups */
	CHILD_PLACE,  /* working directory, output */
	CHILD_EXEC,
	CHILD_READY, /* all is well, exec is next */
};

/* One write, 16 bytes: atomic on a pipe. */
struct child_report {
	uint32_t index; /* of the copy */
	int32_t pid;
	uint32_t stage; /* enum child_stage */
	int32_t error;  /* errno, 0: reached */
};

struct cgroup_node;

struct child_common { /* the same for all copies */
	pid_t runner;
	int null_fd, cwd_fd, slots_fd, report_fd;
	int oom_score_adj;   /* what a child is born with */
	struct rlimit files; /* as it was before the runner raised it; rlim_max 0: it was not */
};

struct child_spec { /* one copy; all borrowed from the launcher */
	const char *program;
	char *const *argv;
	char *const *envp;
	int out_fd;
	const char *result; /* file that the program writes when it ends; NULL: none. What an
			       earlier life of the copy left there is kept, as RESULT.PID of the
			       life that follows it. */
	const struct cgroup_node *node;
	bool oom_protected; /* born with oom_score_adj -1000 */
};

/* What people call the stage: "enter its control group". */
const char *child_stage_doing(enum child_stage stage);

/**
 * child_main - become the program
 * @inside: cloned into the v2 group already
 * Reports CHILD_READY just before exec, or the stage that failed, then exits with 127.
 */
void child_main(const struct child_common *c, const struct child_spec *s, uint32_t index,
		bool inside) __attribute__((noreturn));

void child_tell(const struct child_common *c, uint32_t index, pid_t pid, enum child_stage stage,
		int error);

#endif
