/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What launching costs: 300 copies in 10 groups through the launcher (group, verification, output
 * file, start report and all) against a bare posix_spawn loop of the same program. Rounds of both
 * alternate in one process with the locked memory of a runner, each timed from the first request to
 * the last exit reaped; medians are compared, as `launch: ratio`.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "launch/launch.h"

#define COPIES 300
#define GROUPS 10
#define ROUNDS 15
#define LIMIT 1.5
/* What a runner holds when it opens the launcher, and what its watchers add to that (measured: 3.3
 * and 11 MB in all). */
#define BEFORE_BYTES (3u << 20)
#define AFTER_BYTES (8u << 20)

extern char **environ;

static struct plan_group groups[GROUPS];
static struct group_spec spec;
static struct plan_launch launches[COPIES];
static struct run_spec run;
static char program[] = "/bin/true";
static char *args[] = { program, NULL };

static double bare(void)
{
	uint64_t began = now_us();

	for (int i = 0; i < COPIES; i++) {
		pid_t pid;

		if (posix_spawn(&pid, program, NULL, NULL, args, environ))
			abort();
	}
	for (int i = 0; i < COPIES; i++)
		if (wait(NULL) < 0)
			abort();
	return (double)(now_us() - began) / 1000;
}

static double launched(struct launcher *l)
{
	uint64_t began = now_us();
	struct diag d = { 0 };

	if (launcher_spawn_phase(l, 0, &d)) {
		diag_print(&d, stderr);
		exit(1);
	}
	while (l->alive) {
		siginfo_t info;

		if (waitid(P_ALL, 0, &info, WEXITED | WNOWAIT) < 0)
			abort();
		launcher_reap(l, now_us(), NULL, NULL);
	}
	return (double)(now_us() - began) / 1000;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(double *values)
{
	qsort(values, ROUNDS, sizeof(*values), by_size);
	return values[ROUNDS / 2];
}

static void make_plan(struct plan *p, const char *dir)
{
	for (int k = 0; k < KNOB_COUNT; k++)
		spec.knobs[k] = UNSET;
	spec.knobs[KNOB_MEMORY] = 256u << 20;
	for (int i = 0; i < GROUPS; i++) {
		snprintf(groups[i].path, sizeof(groups[i].path), "victims.%d", i);
		groups[i].parent = -1;
		groups[i].from = geteuid() == 0 ? &spec : NULL;
	}
	for (unsigned int i = 0; i < COPIES; i++) {
		launches[i] = (struct plan_launch){
			.slot = i, .group = i % GROUPS, .argv = args, .from = &run, .is_fio = true
		};
		snprintf(launches[i].out, sizeof(launches[i].out), "out/%03u.log", i);
	}
	*p = (struct plan){
		.groups = groups, .n_groups = GROUPS, .launches = launches, .n_launches = COPIES
	};
	snprintf(p->scratch_dir, sizeof(p->scratch_dir), "%s", dir);
}

static void *touched(size_t bytes)
{
	void *memory = malloc(bytes);

	if (!memory)
		abort();
	return memset(memory, 1, bytes);
}

static void compare(struct launcher *l, const struct cgroup_tree *t)
{
	double ours[ROUNDS], theirs[ROUNDS], a, b;

	for (int i = 0; i < ROUNDS; i++) {
		theirs[i] = bare();
		ours[i] = launched(l);
	}
	a = median(ours);
	b = median(theirs);
	printf("launching %d processes in %d groups (%s), median of %d rounds\n", COPIES, GROUPS,
	       t->mode == CGROUP_NONE ? "no control groups: not root" : "verified", ROUNDS);
	printf("  %-28s %8s %8s\n", "", "ms", "us each");
	printf("  %-28s %8.1f %8.0f\n", "bare posix_spawn loop", b, b * 1000 / COPIES);
	printf("  %-28s %8.1f %8.0f\n", "hangar's launcher", a, a * 1000 / COPIES);
	printf("launch: ratio %.2f, limit %.2f: %s\n", a / b, LIMIT,
	       a / b <= LIMIT ? "ok" : "MISSED");
}

int main(void)
{
	char path[] = "/tmp/hangar-bench-XXXXXX", command[64];
	struct rundir dir = { .lock_fd = -1 };
	struct host host = { .root_user = geteuid() == 0, .cgroup = CGROUP_V1, .page_bytes = 4096 };
	struct cgroup_tree *t = NULL;
	struct launcher *l = NULL;
	struct undo *u = NULL;
	struct diag d = { 0 };
	struct plan p;
	void *before, *after = NULL;

	if (!mkdtemp(path))
		return 1;
	snprintf(dir.path, sizeof(dir.path), "%s", path);
	snprintf(dir.id, sizeof(dir.id), "bench-%d", (int)getpid());
	dir.fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	mkdirat(dir.fd, "out", 0755);
	make_plan(&p, path);
	before = touched(BEFORE_BYTES);
	if (undo_open(&dir, &u) || cgroup_tree_make(&p, &host, dir.id, u, &t, &d) ||
	    launcher_open(&p, t, &dir, NULL, &l, &d)) {
		diag_print(&d, stderr);
	} else {
		after = touched(AFTER_BYTES);
		mlockall(MCL_CURRENT);
		compare(l, t);
		launcher_close(l);
	}
	cgroup_tree_remove(t, 5000000, NULL);
	cgroup_tree_free(t);
	undo_all(u, NULL);
	undo_close(u);
	free(before);
	free(after);
	snprintf(command, sizeof(command), "rm -rf '%s'", path);
	return system(command) || !l;
}
