/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A thread that is runnable, has neither run nor switched for some seconds, and stays on its CPU
 * waits for that CPU in vain. It is moved by leaving the CPU out of its affinity: the kernel takes
 * what is queued, and does not run, to another CPU at once, without the help of the locked one.
 */
#include "run/escape.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "watch/thread.h"

#define THREADS_MAX 32
#define KEEPERS 2
#define LOOK_MS 1000

#define SKIP_3 " %*s %*s %*s"
#define SKIP_10 SKIP_3 SKIP_3 SKIP_3 " %*s"

struct watched {
	pid_t tid;
	int stat_fd, status_fd;
	struct escape_look look[KEEPERS]; /* each keeper has its own */
};

struct keeper {
	struct escape *e;
	unsigned int index, cpu;
	pthread_t thread;
	pid_t tid;
	bool runs;
};

struct escape {
	struct watched threads[THREADS_MAX];
	unsigned int n_threads;
	struct keeper keepers[KEEPERS];
	cpu_set_t allowed;
	int over_fd;        /* eventfd: readable when the keepers are to end */
	unsigned int moves; /* written by the keepers */
	unsigned int told;
	unsigned int last_cpu;
	pid_t last_tid;
};

/* "7 (a b) c) R 1 ...": state, utime (14), stime (15) and processor (39). */
static bool read_stat(struct escape_look *l, const char *stat)
{
	const char *p = strrchr(stat, ')');
	unsigned long long user, kernel;

	if (!p || sscanf(p + 1, " %c" SKIP_10 " %llu %llu" SKIP_10 SKIP_10 SKIP_3 " %u", &l->state,
			 &user, &kernel, &l->cpu) != 4)
		return false;
	l->cpu_ticks = user + kernel;
	return true;
}

static uint64_t number_behind(const char *text, const char *key)
{
	const char *p = strstr(text, key);

	return p ? strtoull(p + strlen(key), NULL, 10) : 0;
}

bool escape_waits(struct escape_look *l, const char *stat, const char *status)
{
	struct escape_look now = { 0 };

	if (!read_stat(&now, stat))
		return false;
	now.switches = number_behind(status, "\nvoluntary_ctxt_switches:") +
		       number_behind(status, "\nnonvoluntary_ctxt_switches:");
	if (now.state == 'R' && l->state == 'R' && now.cpu == l->cpu &&
	    now.cpu_ticks == l->cpu_ticks && now.switches == l->switches)
		now.waited = l->waited + 1;
	*l = now;
	return l->waited >= ESCAPE_LOOKS;
}

static bool is_runnable(const char *stat)
{
	const char *p = strrchr(stat, ')');

	return p && p[1] == ' ' && p[2] == 'R';
}

static void move(struct escape *e, pid_t tid, unsigned int cpu)
{
	cpu_set_t rest = e->allowed;

	CPU_CLR(cpu, &rest);
	if (sched_setaffinity(tid, sizeof(rest), &rest) < 0)
		return;
	__atomic_store_n(&e->last_tid, tid, __ATOMIC_RELAXED);
	__atomic_store_n(&e->last_cpu, cpu, __ATOMIC_RELAXED);
	__atomic_fetch_add(&e->moves, 1, __ATOMIC_RELEASE);
}

static void look(struct escape *e, struct keeper *k)
{
	char stat[512], status[4096];

	for (unsigned int i = 0; i < e->n_threads; i++) {
		struct watched *t = &e->threads[i];
		struct escape_look *l = &t->look[k->index];

		if (textfile_read_fd(t->stat_fd, stat, sizeof(stat)) <= 0)
			continue;
		status[0] = '\0'; /* who sleeps waits for no CPU, however often it switched */
		if (is_runnable(stat) &&
		    textfile_read_fd(t->status_fd, status, sizeof(status)) <= 0)
			continue;
		if (escape_waits(l, stat, status) && l->cpu != k->cpu) {
			move(e, t->tid, l->cpu);
			l->waited = 0;
		}
	}
}

static void *keep(void *arg)
{
	struct keeper *k = arg;
	struct pollfd over = { .fd = k->e->over_fd, .events = POLLIN };
	cpu_set_t mine;

	CPU_ZERO(&mine);
	CPU_SET(k->cpu, &mine);
	__atomic_store_n(&k->tid, (pid_t)syscall(SYS_gettid), __ATOMIC_RELEASE);
	sched_setaffinity(0, sizeof(mine), &mine);
	while (poll(&over, 1, LOOK_MS) == 0)
		look(k->e, k);
	return NULL;
}

static void watch_over(struct escape *e, const char *tid)
{
	struct watched *t = &e->threads[e->n_threads];
	char path[64];

	t->tid = (pid_t)atoi(tid);
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)t->tid);
	t->stat_fd = open(path, O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/self/task/%d/status", (int)t->tid);
	t->status_fd = open(path, O_RDONLY | O_CLOEXEC);
	e->n_threads++;
}

static void list_threads(struct escape *e)
{
	_cleanup_closedir_ DIR *dir = opendir("/proc/self/task");

	for (struct dirent *d = dir ? readdir(dir) : NULL; d && e->n_threads < THREADS_MAX;
	     d = readdir(dir))
		if (d->d_name[0] != '.')
			watch_over(e, d->d_name);
}

/* The first and the last CPU that we may run on. False: that is one. */
static bool choose_cpus(struct escape *e)
{
	unsigned int first = CPU_SETSIZE, last = 0;

	if (sched_getaffinity(0, sizeof(e->allowed), &e->allowed) < 0)
		return false;
	for (unsigned int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &e->allowed))
			continue;
		first = first < cpu ? first : cpu;
		last = cpu;
	}
	e->keepers[0].cpu = first;
	e->keepers[1].cpu = last;
	return first < last;
}

struct escape *escape_open(void)
{
	struct escape *e = calloc(1, sizeof(*e));

	if (!e || !choose_cpus(e) || (e->over_fd = eventfd(0, EFD_CLOEXEC)) < 0) {
		free(e);
		return NULL;
	}
	list_threads(e);
	for (unsigned int i = 0; i < KEEPERS; i++) {
		e->keepers[i].e = e;
		e->keepers[i].index = i;
		e->keepers[i].runs = thread_start(&e->keepers[i].thread, keep, &e->keepers[i]) == 0;
	}
	return e;
}

void escape_tell(struct escape *e, struct journal *j)
{
	unsigned int moves = e ? __atomic_load_n(&e->moves, __ATOMIC_ACQUIRE) : 0;

	if (!e || moves == e->told)
		return;
	journal_note(
		j,
		"the observer's thread %d had no turn on CPU %u for %d s and was taken to "
		"another: something holds that CPU and does not give way; %u such moves in all",
		(int)__atomic_load_n(&e->last_tid, __ATOMIC_RELAXED),
		__atomic_load_n(&e->last_cpu, __ATOMIC_RELAXED), ESCAPE_LOOKS, moves);
	e->told = moves;
}

/* A keeper may itself stand on the locked CPU: we run, so our CPU is a good one. */
static void end_keepers(struct escape *e)
{
	int here = sched_getcpu();
	cpu_set_t good;

	CPU_ZERO(&good);
	CPU_SET(here < 0 ? e->keepers[0].cpu : (unsigned int)here, &good);
	eventfd_write(e->over_fd, 1);
	for (unsigned int i = 0; i < KEEPERS; i++) {
		pid_t tid = __atomic_load_n(&e->keepers[i].tid, __ATOMIC_ACQUIRE);

		if (!e->keepers[i].runs)
			continue;
		if (tid)
			sched_setaffinity(tid, sizeof(good), &good);
		pthread_join(e->keepers[i].thread, NULL);
	}
}

struct escape *escape_close(struct escape *e)
{
	if (!e)
		return NULL;
	end_keepers(e);
	for (unsigned int i = 0; i < e->n_threads; i++) {
		close_fd(e->threads[i].stat_fd);
		close_fd(e->threads[i].status_fd);
	}
	close(e->over_fd);
	free(e);
	return NULL;
}
