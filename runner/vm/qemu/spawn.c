/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See spawn.h. The parent's death signal is asked for after the fork, so the parent may be dead
 * already by then: the child looks who its parent is, once. Between fork and exec only
 * async-signal-safe calls: the caller has threads.
 */
#include "vm/qemu/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"

#define FDS_MAX 64

struct birth {
	const char *const *argv;
	const int *fds;
	int count;
	pid_t parent;
	int told; /* errno of a failed exec goes here; closed by a good one */
	long open_max;
};

static void die(const struct birth *b, int told) __attribute__((noreturn));

static void die(const struct birth *b, int told)
{
	int error = errno;

	while (write(told, &error, sizeof(error)) < 0 && errno == EINTR)
		;
	_exit(127);
}

static void default_signals(void)
{
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void close_from(int first, long open_max)
{
#ifdef SYS_close_range
	if (!syscall(SYS_close_range, (unsigned int)first, ~0u, 0u))
		return;
#endif
	for (int fd = first; fd < (open_max > 0 && open_max < 65536 ? (int)open_max : 65536); fd++)
		close(fd);
}

/* First out of the way of each other, then to their places. */
static int place_files(const struct birth *b, int *told)
{
	int moved[FDS_MAX];

	*told = fcntl(b->told, F_DUPFD, FDS_MAX);
	for (int i = 0; i < b->count; i++) {
		int null = b->fds[i] < 0 && i <= STDERR_FILENO ? open("/dev/null", O_RDWR) : -1;

		moved[i] = b->fds[i] < 0 && null < 0
				   ? -1
				   : fcntl(null < 0 ? b->fds[i] : null, F_DUPFD, FDS_MAX);
		if (moved[i] < 0 && (b->fds[i] >= 0 || i <= STDERR_FILENO))
			return -1;
	}
	for (int i = 0; i < b->count; i++) {
		if (moved[i] < 0)
			close(i);
		else if (dup2(moved[i], i) < 0)
			return -1;
	}
	if (*told < 0 || dup2(*told, b->count) < 0)
		return -1;
	*told = b->count;
	close_from(b->count + 1, b->open_max);
	return fcntl(*told, F_SETFD, FD_CLOEXEC);
}

/* POSIX: execv() changes neither the pointers nor the text, but C cannot say so. */
static char *const *argv_of(const struct birth *b)
{
	union {
		const char *const *in;
		char *const *out;
	} argv = { .in = b->argv };

	return argv.out;
}

static void child(const struct birth *b) __attribute__((noreturn));

static void child(const struct birth *b)
{
	const struct rlimit none = { 0, 0 };
	int told = b->told;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != b->parent)
		_exit(127);
	default_signals();
	setrlimit(RLIMIT_CORE, &none); /* a core of QEMU holds the memory of its guest */
	setsid();
	if (place_files(b, &told))
		die(b, told);
	execv(b->argv[0], argv_of(b));
	die(b, told);
}

/* Waits for the exec. 0 or the -errno that the child met. */
static int hear(int fd)
{
	int error = 0;
	ssize_t n;

	do
		n = read(fd, &error, sizeof(error));
	while (n < 0 && errno == EINTR);
	return n == sizeof(error) ? -error : 0;
}

int spawn_tied(const char *const argv[], const int *fds, int count, pid_t *ret_pid)
{
	struct birth b = { .argv = argv, .fds = fds, .count = count, .parent = getpid() };
	_cleanup_close_ int ear = -1, mouth = -1;
	int ends[2], r;
	pid_t pid;

	if (count > FDS_MAX)
		return -EINVAL;
	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	ear = ends[0];
	b.told = mouth = ends[1];
	b.open_max = sysconf(_SC_OPEN_MAX);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid)
		child(&b);
	mouth = close_fd(mouth);
	r = hear(ear);
	if (r)
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	else
		*ret_pid = pid;
	return r;
}
