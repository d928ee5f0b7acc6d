/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The child's few steps. It is a copy of the spawner, so it first sheds what a stressor must not
 * inherit (blocked signals; the protection from the OOM killer it never had), then enters its
 * groups and looks whether it is really there: a stressor outside of its limit could take the
 * machine down. System calls go through syscall(2), for the tests make libc's open() and write()
 * fail.
 */
#include "launch/child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cgroup/cgroup.h"
#include "launch/membership.h"

/* With twelve controllers and paths of 300 bytes; v2 needs one line. */
#define PROC_CGROUP_MAX 8192
#define EXIT_NOT_STARTED 127 /* the shell's, for a program that cannot be run */

const char *child_stage_doing(enum child_stage stage)
{
	switch (stage) {
	case CHILD_BORN:
		return "be cloned";
	case CHILD_ORPHAN:
		return "find its runner alive";
	case CHILD_MOVE:
		return "enter its control group";
	case CHILD_VERIFY:
		return "find itself in its control group";
	case CHILD_PLACE:
		return "enter the scratch folder or open its output";
	case CHILD_EXEC:
		return "run its program";
	case CHILD_READY:
		break;
	}
	return "start";
}

void child_tell(const struct child_common *c, uint32_t index, pid_t pid, enum child_stage stage,
		int error)
{
	const struct child_report r = { index, pid, stage, error };

	syscall(SYS_write, c->report_fd, &r, sizeof(r));
}

static void fail(const struct child_common *c, uint32_t index, enum child_stage stage, int error)
	__attribute__((noreturn));

static void fail(const struct child_common *c, uint32_t index, enum child_stage stage, int error)
{
	child_tell(c, index, (pid_t)syscall(SYS_getpid), stage, error);
	_exit(EXIT_NOT_STARTED);
}

/* The spawner has shed the rest. */
static void unblock_signals(void)
{
	static const unsigned long none[2];

	syscall(SYS_rt_sigprocmask, SIG_SETMASK, none, NULL, 8);
}

/* Each group's cgroup.procs; "0" means the writer. The v2 one comes first and is done when we were
 * cloned into it. */
static int enter(const struct cgroup_node *n, bool inside)
{
	for (unsigned int i = inside ? 1 : 0; i < n->n_dirs; i++)
		if (syscall(SYS_write, n->procs_fd[i], "0", 1) < 0)
			return errno;
	return 0;
}

static int verify(const struct cgroup_node *n)
{
	char text[PROC_CGROUP_MAX];
	size_t len = 0;
	long got, fd;

	if (!n->n_dirs)
		return 0;
	fd = syscall(SYS_openat, AT_FDCWD, "/proc/self/cgroup", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	while ((got = syscall(SYS_read, fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)got;
	syscall(SYS_close, fd);
	if (got < 0)
		return errno;
	text[len] = '\0';
	for (unsigned int i = 0; i < n->n_dirs; i++)
		if (!membership_has(text, n->expect[i]))
			return EXDEV;
	return 0;
}

static int settle(const struct child_common *c, const struct child_spec *s)
{
	if (syscall(SYS_fchdir, c->cwd_fd) < 0)
		return errno;
	if (syscall(SYS_dup3, c->null_fd, 0, 0) < 0 || syscall(SYS_dup3, s->out_fd, 1, 0) < 0 ||
	    syscall(SYS_dup3, s->out_fd, 2, 0) < 0)
		return errno;
	if (syscall(SYS_fcntl, c->slots_fd, F_SETFD, 0) < 0)
		return errno;
	/* Last, since the descriptors held up to here may be more than a program is allowed. */
	return c->files.rlim_max && setrlimit(RLIMIT_NOFILE, &c->files) < 0 ? errno : 0;
}

/* "PATH.PID" in @buf, without the C library; false: too long. */
static bool name_with_pid(const char *path, unsigned long pid, char *buf, size_t size)
{
	char digits[24];
	size_t n = 0, len = strlen(path);

	do
		digits[n++] = (char)('0' + pid % 10);
	while (pid /= 10);
	if (len + n + 2 > size)
		return false;
	memcpy(buf, path, len);
	buf[len++] = '.';
	while (n)
		buf[len++] = digits[--n];
	buf[len] = '\0';
	return true;
}

/* Nothing recorded is lost: fio would write over what it wrote in the life before. */
static void keep_result(const struct child_spec *s)
{
	char kept[PATH_MAX];

	if (s->result &&
	    name_with_pid(s->result, (unsigned long)syscall(SYS_getpid), kept, sizeof(kept)))
		syscall(SYS_renameat, AT_FDCWD, s->result, AT_FDCWD, kept);
}

void child_main(const struct child_common *c, const struct child_spec *s, uint32_t index,
		bool inside)
{
	int err;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (syscall(SYS_getppid) != c->runner)
		fail(c, index, CHILD_ORPHAN, ESRCH);
	unblock_signals();
	err = enter(s->node, inside);
	if (err)
		fail(c, index, CHILD_MOVE, err);
	err = verify(s->node);
	if (err)
		fail(c, index, CHILD_VERIFY, err);
	err = settle(c, s);
	if (err)
		fail(c, index, CHILD_PLACE, err);
	keep_result(s);
	child_tell(c, index, (pid_t)syscall(SYS_getpid), CHILD_READY, 0);
	syscall(SYS_execve, s->program, s->argv, s->envp);
	fail(c, index, CHILD_EXEC, errno);
}
