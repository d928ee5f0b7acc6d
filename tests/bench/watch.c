/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What does watching cost? The tasks watcher looks once a second at N tasks, half of them asleep
 * and half of them waking twenty times a second, while pidstat 1 looks at the same tasks in the
 * same seconds. Both are counted by the kernel (rusage), threads included. Exit 0: within the
 * limits (2 % of a core, 24 MiB, less than pidstat), 1: not, 77: cannot run here.
 *
 * usage: watch [TASKS [SECONDS]]
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "watch/watch.h"

#define CPU_LIMIT_PERCENT 2.0
#define RSS_LIMIT_MIB 24.0
#define GROUP_FORM "/sys/fs/cgroup/memory/hangar-bench-%d"

static unsigned int n_tasks = 1000, seconds = 20;
static pid_t *tasks;
static char group_dir[128];

static uint32_t take(void *ctx, struct finding *f)
{
	(void)ctx;
	printf("unexpected finding: %s\n", f->text);
	return 1;
}

static void sleeper(bool moves)
{
	const struct timespec pause = { moves ? 0 : 3600, moves ? 50000000 : 0 };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		nanosleep(&pause, NULL);
}

static void start_tasks(void)
{
	tasks = calloc(n_tasks, sizeof(*tasks));
	for (unsigned int i = 0; tasks && i < n_tasks; i++) {
		tasks[i] = fork();
		if (!tasks[i])
			sleeper(i % 2);
		if (tasks[i] < 0) {
			perror("fork");
			exit(77);
		}
	}
}

static void stop_tasks(void)
{
	for (unsigned int i = 0; i < n_tasks; i++)
		kill(tasks[i], SIGKILL);
	for (unsigned int i = 0; i < n_tasks; i++)
		waitpid(tasks[i], NULL, 0);
}

/* The tasks in a group of their own, as in a run: its list is what the watcher reads. -1 without a
 * v1 memory controller. */
static int make_group(void)
{
	char path[192];
	FILE *procs;

	snprintf(group_dir, sizeof(group_dir), GROUP_FORM, (int)getpid());
	if (mkdir(group_dir, 0755) < 0)
		return -1;
	snprintf(path, sizeof(path), "%s/cgroup.procs", group_dir);
	for (unsigned int i = 0; i < n_tasks; i++) {
		procs = fopen(path, "w");
		if (!procs)
			return -1;
		fprintf(procs, "%d\n", (int)tasks[i]);
		fclose(procs);
	}
	snprintf(path, sizeof(path), "%s/tasks", group_dir);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static pid_t start_pidstat(const char *const *argv)
{
	pid_t pid = fork();

	if (!pid) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, 1);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	return pid;
}

static double cpu_seconds(const struct rusage *r)
{
	return (double)(r->ru_utime.tv_sec + r->ru_stime.tv_sec) +
	       (double)(r->ru_utime.tv_usec + r->ru_stime.tv_usec) / 1e6;
}

static double rss_mib(void)
{
	unsigned long size, resident;
	FILE *f = fopen("/proc/self/statm", "r");

	if (!f || fscanf(f, "%lu %lu", &size, &resident) != 2)
		resident = 0;
	if (f)
		fclose(f);
	return (double)resident * (double)sysconf(_SC_PAGESIZE) / 1048576.0;
}

/* CPU seconds of all looks. */
static double look_each_second(struct watcher *w)
{
	struct rusage before, after;
	uint64_t next = now_us();

	getrusage(RUSAGE_SELF, &before);
	for (unsigned int i = 0; i < seconds; i++) {
		struct timespec at = { (time_t)(next / 1000000), (long)(next % 1000000) * 1000 };

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
		watch_tasks.tick(w, next);
		next += 1000000;
	}
	getrusage(RUSAGE_SELF, &after);
	printf("resident: %.1f MiB, limit %.0f MiB\n", rss_mib(), RSS_LIMIT_MIB);
	return cpu_seconds(&after) - cpu_seconds(&before);
}

/* CPU seconds of the watcher over the time. */
static double watch(int list_fd)
{
	struct plan_group groups[2] = { { .path = "outside" }, { .path = "bench" } };
	struct plan_launch *launches = calloc(n_tasks, sizeof(*launches));
	struct copy *copies = calloc(n_tasks, sizeof(*copies));
	struct plan plan = {
		.groups = groups, .n_groups = 2, .launches = launches, .n_launches = n_tasks
	};
	struct launcher launcher = { .plan = &plan, .copies = copies };
	struct cgroup_node nodes[2] = { { .tasks_fd = -1 }, { .tasks_fd = list_fd } };
	struct cgroup_tree tree = { .mode = CGROUP_V1, .nodes = nodes, .n_nodes = 2 };
	struct scenario scenario = {
		.watch = { .tasks = true, .tasks_every_us = 1000000, .stuck_for_us = 30000000 }
	};
	struct host host = { .root = "" };
	struct watch_ctx ctx = { .scenario = &scenario,
				 .plan = &plan,
				 .host = &host,
				 .launcher = &launcher,
				 .tree = list_fd < 0 ? NULL : &tree,
				 .sink = { take, NULL } };
	struct watcher *w = NULL;
	struct diag d = { 0 };
	double used;

	for (unsigned int i = 0; i < n_tasks; i++) {
		launches[i].group = 1;
		copies[i] = (struct copy){ .state = COPY_ALIVE, .pid = tasks[i] };
	}
	if (watch_tasks.open(&ctx, &w, &d)) {
		printf("cannot watch: %s\n", d.message);
		exit(77);
	}
	mlockall(MCL_CURRENT | MCL_FUTURE);
	used = look_each_second(w);
	watch_tasks.close(w);
	munlockall();
	free(launches);
	free(copies);
	return used;
}

static double reap_cpu(pid_t pid, int *ret_status)
{
	struct rusage r;

	memset(&r, 0, sizeof(r));
	if (wait4(pid, ret_status, 0, &r) < 0)
		*ret_status = -1;
	return cpu_seconds(&r);
}

int main(int argc, char **argv)
{
	char count[16];
	int list_fd, status = 0;
	double ours, theirs, rss;

	if (argc > 1)
		n_tasks = (unsigned int)strtoul(argv[1], NULL, 10);
	if (argc > 2)
		seconds = (unsigned int)strtoul(argv[2], NULL, 10);
	snprintf(count, sizeof(count), "%u", seconds);
	start_tasks();
	list_fd = make_group();
	printf("%u tasks, %u s, found through %s\n", n_tasks, seconds,
	       list_fd < 0 ? "their pids" : "their group's list");
	fflush(stdout);
	const char *const pidstat[] = { "pidstat", "1", count, NULL };
	pid_t peer = start_pidstat(pidstat);

	ours = watch(list_fd);
	rss = rss_mib();
	theirs = reap_cpu(peer, &status);
	stop_tasks();
	if (list_fd >= 0)
		close(list_fd);
	rmdir(group_dir);
	printf("%-20s %12s %12s\n", "", "CPU s", "% of a core");
	printf("%-20s %12.3f %12.3f\n", "hangar tasks", ours, 100 * ours / seconds);
	if (status)
		printf("%-20s %12s\n", "pidstat 1", "not installed");
	else
		printf("%-20s %12.3f %12.3f\nratio                %12.3f\n", "pidstat 1", theirs,
		       100 * theirs / seconds, ours / theirs);
	return 100 * ours / seconds > CPU_LIMIT_PERCENT || rss > RSS_LIMIT_MIB ||
	       (!status && ours >= theirs);
}
