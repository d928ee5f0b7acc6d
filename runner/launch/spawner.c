/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See spawner.h. clone3 with CLONE_INTO_CGROUP puts the child into its v2 group at birth (5.7);
 * everywhere else the child moves itself before exec. Not vfork, and not CLONE_VM: a child that
 * shares the runner's memory would take the runner with it when the OOM killer chooses it, and
 * share its oom_score_adj.
 */
#include "launch/spawner.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "cgroup/cgroup.h"

/* Names of kernel 5.7 that the build machine's headers may lack. */
#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#define FLAG_PARENT 0x00008000ull       /* CLONE_PARENT */
#define FLAG_INTO_CGROUP 0x200000000ull /* CLONE_INTO_CGROUP */

#define SHELTERED -1000 /* oom_score_adj of what is never killed */

#define END_WITHIN_US 2000000u
#define LOOK_AGAIN_NS 5000000

struct clone3_args { /* struct clone_args, version 2 */
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
	uint64_t set_tid, set_tid_size, cgroup;
};

/* The exit signal of a CLONE_PARENT child is that of the spawner itself: SIGCHLD. */
static long clone_into(int cgroup_fd)
{
	struct clone3_args args = { .flags = FLAG_PARENT | FLAG_INTO_CGROUP,
				    .cgroup = (uint64_t)cgroup_fd };

	return syscall(SYS_clone3, &args, sizeof(args));
}

static long clone_plain(void)
{
#ifdef __s390x__
	return syscall(SYS_clone, NULL, FLAG_PARENT | SIGCHLD, NULL, NULL, NULL);
#else
	return syscall(SYS_clone, FLAG_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);
#endif
}

/* Too old for clone3, for the flag, or a filter that knows neither. */
static bool is_unknown(int error)
{
	return error == ENOSYS || error == EINVAL || error == E2BIG || error == EPERM;
}

static void spawn(const struct child_common *c, const struct child_spec *s, uint32_t index)
{
	long pid = -1;
	bool inside = false;

	errno = ENOSYS;
	if (s->node->dir_fd >= 0) {
		pid = clone_into(s->node->dir_fd);
		inside = pid >= 0;
	}
	if (pid < 0 && is_unknown(errno))
		pid = clone_plain();
	if (pid == 0)
		child_main(c, s, index, inside);
	child_tell(c, index, pid < 0 ? 0 : (pid_t)pid, CHILD_BORN, pid < 0 ? errno : 0);
}

static void close_span(unsigned int first, unsigned int last)
{
	long max = sysconf(_SC_OPEN_MAX);

	if (first > last)
		return;
#ifdef SYS_close_range
	if (!syscall(SYS_close_range, first, last, 0u))
		return;
#endif
	if (last > 65535u)
		last = max > 0 && max < 65536 ? (unsigned int)max - 1 : 65535u;
	for (unsigned int fd = first; fd <= last; fd++)
		close((int)fd);
}

/* Gap by gap: sixty thousand calls of close() are a tenth of a second in an emulated guest. */
static void close_others(const unsigned char *keep, size_t size, int wake_fd)
{
	unsigned int first = 3;

	for (unsigned int fd = 3; fd < size * 8; fd++) {
		if (fd != (unsigned int)wake_fd && !(keep[fd / 8] & (1u << (fd % 8))))
			continue;
		close_span(first, fd - 1);
		first = fd + 1;
	}
	if (wake_fd >= (int)(size * 8)) {
		close_span(first, (unsigned int)wake_fd - 1);
		first = (unsigned int)wake_fd + 1;
	}
	close_span(first, ~0u);
}

/* Refused (no privilege): it stays as it was. */
static void set_oom_score_adj(int fd, int score)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%d", score);

	syscall(SYS_write, fd, text, (size_t)n);
}

/*
 * A child must be born with the score that it is to have. In a full v2 group its first page fault
 * comes before it could set one itself, and a sheltered task for which the OOM killer finds nobody
 * to kill dies of SIGSEGV instead. So we leave the shelter for the while.
 */
static void spawn_wanted(const struct spawner *s, const struct child_common *c,
			 const struct child_spec *specs, int score_fd)
{
	int score = SHELTERED, wanted;

	for (uint32_t i = 0; i < s->page->count; i++) {
		if (!__atomic_exchange_n(&s->page->wanted[i], 0, __ATOMIC_ACQ_REL))
			continue;
		wanted = specs[i].oom_protected ? SHELTERED : c->oom_score_adj;
		if (wanted != score)
			set_oom_score_adj(score_fd, wanted);
		score = wanted;
		spawn(c, &specs[i], i);
	}
	if (score != SHELTERED)
		set_oom_score_adj(score_fd, SHELTERED);
}

static void serve(const struct spawner *s, const struct child_common *c,
		  const struct child_spec *specs) __attribute__((noreturn));

static void serve(const struct spawner *s, const struct child_common *c,
		  const struct child_spec *specs)
{
	int score_fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	uint64_t rung;

	set_oom_score_adj(score_fd, SHELTERED);
	for (;;) {
		if (read(s->wake_fd, &rung, sizeof(rung)) < 0 && errno != EINTR)
			_exit(1);
		if (__atomic_load_n(&s->page->quit, __ATOMIC_ACQUIRE))
			_exit(0);
		spawn_wanted(s, c, specs, score_fd);
	}
}

/*
 * Back to default, once for all children: exec resets handlers but keeps what is ignored. All zero
 * is SIG_DFL in the kernel's own struct sigaction of every architecture.
 */
static void reset_signals(void)
{
	static const unsigned long zeroes[32];
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	for (int sig = 1; sig < 65; sig++)
		syscall(SYS_rt_sigaction, sig, zeroes, NULL, 8);
}

/* In the new process: deaf to the terminal's signals, gone with the runner, of ordinary priority.
 */
static void settle(pid_t runner)
{
	const struct sched_param none = { 0 };

	reset_signals();
	setpgid(0, 0);
	prctl(PR_SET_NAME, "hangar-spawner");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != runner)
		_exit(0);
	sched_setscheduler(0, SCHED_OTHER, &none);
}

static void be_spawner(const struct spawner *s, const struct child_common *c,
		       const struct child_spec *specs, const unsigned char *keep, size_t keep_size)
	__attribute__((noreturn));

static void be_spawner(const struct spawner *s, const struct child_common *c,
		       const struct child_spec *specs, const unsigned char *keep, size_t keep_size)
{
	settle(c->runner);
	close_others(keep, keep_size, s->wake_fd);
	serve(s, c, specs);
}

static size_t page_bytes(uint32_t count)
{
	return sizeof(struct spawner_page) + count;
}

static int share(struct spawner *s, uint32_t count)
{
	s->page = mmap(NULL, page_bytes(count), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	if (s->page == MAP_FAILED) {
		s->page = NULL;
		return -errno;
	}
	s->page->count = count;
	s->wake_fd = eventfd(0, EFD_CLOEXEC);
	return s->wake_fd < 0 ? -errno : 0;
}

int spawner_open(struct spawner *s, const struct child_common *c, const struct child_spec *specs,
		 uint32_t count, const unsigned char *keep, size_t keep_size)
{
	int err;

	*s = (struct spawner){ .wake_fd = -1 };
	err = share(s, count);
	if (!err)
		s->pid = fork();
	if (!err && s->pid < 0)
		err = -errno;
	if (err) {
		s->pid = 0;
		spawner_close(s);
		return err;
	}
	if (!s->pid)
		be_spawner(s, c, specs, keep, keep_size);
	return 0;
}

static void ring(const struct spawner *s)
{
	const uint64_t once = 1;

	/* Never blocks: the counter would have to reach 2^64. */
	if (write(s->wake_fd, &once, sizeof(once)) < 0)
		errno = 0;
}

int spawner_ask(const struct spawner *s, uint32_t index)
{
	if (!s->pid)
		return -EPIPE;
	__atomic_store_n(&s->page->wanted[index], 1, __ATOMIC_RELEASE);
	ring(s);
	return 0;
}

static void end(struct spawner *s)
{
	const struct timespec pause = { 0, LOOK_AGAIN_NS };
	const uint64_t until = now_us() + END_WITHIN_US;

	__atomic_store_n(&s->page->quit, 1, __ATOMIC_RELEASE);
	ring(s);
	while (waitpid(s->pid, NULL, WNOHANG) == 0) {
		if (now_us() >= until) {
			/* Stuck in a clone; it goes when the kernel lets it. */
			kill(s->pid, SIGKILL);
			break;
		}
		nanosleep(&pause, NULL);
	}
	s->pid = 0;
}

void spawner_close(struct spawner *s)
{
	if (s->pid)
		end(s);
	if (s->page)
		munmap(s->page, page_bytes(s->page->count));
	s->page = NULL;
	s->wake_fd = s->wake_fd > 0 ? close_fd(s->wake_fd) : -1;
}
