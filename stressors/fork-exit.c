/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fork-exit: processes and threads that come and go. Their birth copies page tables, descriptors
 * and cgroup membership, their death frees all that, and both meet whatever else holds a task by
 * its pid: reclaim, freezers, timers, the OOM killer.
 */
#include "stressor.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "child.h"
#include "touch.h"

enum op { OP_FORK, OP_EXEC, OP_THREAD, OP_ORPHAN, OP_KILL };
enum aux { AUX_FORKS, AUX_EXECS, AUX_THREADS, AUX_ORPHANS, AUX_KILLS };

static const char *const op_names[] = { "fork", "exec", "thread", "orphan", "kill", NULL };
static const char *const aux_names[] = { "forks", "execs", "threads", "orphans", "kills", NULL };

static struct {
	uint64_t mix[STRESSOR_MIX_MAX], bytes, share, burst, threads;
} opt;

struct own {
	char *memory; /* copied by each fork */
	size_t write_bytes;
};

static const struct param params[] = {
	{ "mix", PARAM_MIX, "fork:6,exec:1,thread:3,orphan:2,kill:2", 0, 0, op_names,
	  "operations and their weights: fork a child that writes to the memory and exits; start "
	  "this program anew (posix_spawn); a thread; a child whose own child outlives it; a child "
	  "that is killed",
	  opt.mix },
	{ "bytes", PARAM_BYTES, "1M", 4096, 1ull << 40, NULL,
	  "memory of each thread, which every child shares at its birth", &opt.bytes },
	{ "cow", PARAM_PERCENT, "50%", 0, 100, NULL, "share of it that a child writes to",
	  &opt.share },
	{ "burst", PARAM_COUNT, "4", 1, 256, NULL, "started before the first is waited for",
	  &opt.burst },
	{ "threads", PARAM_COUNT, "1", 1, 64, NULL, "threads that fork, with one memory map",
	  &opt.threads },
	{ NULL },
};

static unsigned int threads(void)
{
	return (unsigned int)opt.threads;
}

static int prepare(struct stressor_run *run)
{
	const struct touch each_page = { 0 };
	size_t page = touch_page_bytes();
	struct own *own = run->own = calloc(1, sizeof(*own));

	if (!own)
		return -ENOMEM;
	own->write_bytes = opt.bytes / 100 * opt.share / page * page;
	own->memory =
		mmap(NULL, opt.bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (own->memory == MAP_FAILED) {
		own->memory = NULL;
		return -errno;
	}
	touch_pages(run, &each_page, own->memory, opt.bytes / page * page);
	return 0;
}

static void write_copies(struct stressor_run *run, struct own *own)
{
	const struct touch each_page = { 0 };

	touch_pages(run, &each_page, own->memory, own->write_bytes);
}

static pid_t start_fork(struct stressor_run *run, struct own *own)
{
	pid_t pid = stressor_fork();

	if (pid != 0)
		return pid;
	write_copies(run, own);
	_exit(0);
}

/* A new image of this very program, which says its version to nobody. */
static pid_t start_exec(struct stressor_run *run, struct own *own)
{
	static char name[] = "fork-exit", option[] = "--version";
	char *const argv[] = { name, option, NULL };
	char *const environment[] = { NULL };
	posix_spawn_file_actions_t to_nobody;
	pid_t pid;
	int err = posix_spawn_file_actions_init(&to_nobody);

	if (!err)
		err = posix_spawn_file_actions_addclose(&to_nobody, STDOUT_FILENO);
	if (!err)
		err = posix_spawn(&pid, "/proc/self/exe", &to_nobody, NULL, argv, environment);
	posix_spawn_file_actions_destroy(&to_nobody);
	return err ? -err : pid;
}

/* The grandchild's death is for init, or a subreaper, to see. */
static pid_t start_orphan(struct stressor_run *run, struct own *own)
{
	pid_t pid = stressor_fork();

	if (pid != 0)
		return pid;
	if (fork() == 0)
		write_copies(run, own);
	_exit(0);
}

static pid_t start_killed(struct stressor_run *run, struct own *own)
{
	pid_t pid = start_fork(run, own);

	if (pid > 0)
		kill(pid, SIGKILL);
	return pid;
}

static pid_t (*const starts[])(struct stressor_run *, struct own *) = {
	[OP_FORK] = start_fork,
	[OP_EXEC] = start_exec,
	[OP_ORPHAN] = start_orphan,
	[OP_KILL] = start_killed,
};

static int burst_of_children(struct stressor_run *run, struct own *own, enum op op)
{
	pid_t pids[256], pid = 1;
	uint64_t n = 0;
	int ret = 0;

	while (n < opt.burst && (pid = starts[op](run, own)) > 0)
		pids[n++] = pid;
	if (pid < 0)
		ret = pid;
	run->aux[op] += n; /* enum aux is enum op */
	while (n > 0) {
		int end = child_reap(pids[--n]);

		if (end < 0 && op != OP_EXEC) /* an exec that finds no memory exits with 127 */
			ret = end;
	}
	return ret;
}

static void *live_as_thread(void *own)
{
	*(volatile char *)((struct own *)own)->memory = 1;
	return NULL;
}

static int burst_of_threads(struct stressor_run *run, struct own *own)
{
	pthread_t ids[256];
	uint64_t n = 0;
	int err = 0;

	while (n < opt.burst && !err) {
		err = pthread_create(&ids[n], NULL, live_as_thread, own);
		n += !err;
	}
	run->aux[AUX_THREADS] += n;
	while (n > 0)
		pthread_join(ids[--n], NULL);
	return -err;
}

static int work(struct stressor_run *run)
{
	struct own *own = run->own;
	enum op op = stressor_pick(run, opt.mix);

	run->doing = op_names[op];
	return op == OP_THREAD ? burst_of_threads(run, own) : burst_of_children(run, own, op);
}

static void finish(struct stressor_run *run)
{
	struct own *own = run->own;

	if (own && own->memory)
		munmap(own->memory, opt.bytes);
	free(take_ptr(run->own));
}

static const struct stressor fork_exit = {
	.name = "fork-exit",
	.about = "Forks, starts programs and threads, orphans and kills children, and waits.",
	.step = "one burst of children or threads, waited for",
	.params = params,
	.aux = aux_names,
	.threads = threads,
	.prepare = prepare,
	.work = work,
	.finish = finish,
};

STRESSOR_MAIN(fork_exit)
