/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process group of its own, so that it can be killed as a whole; its end is known by a pipe that
 * nobody but it and its children hold: the pipe works on kernels without pidfd, and sees a
 * grandchild that stayed behind. By the same pipe comes why a program could not be started.
 */
#include "program/running.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/cleanup.h"

/* Programs of root are not in everybody's PATH: makedumpfile and mkfs lie in /usr/sbin. */
#define PATHS "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"
#define LIFE 4 /* the child's number for that pipe */

static int input_file(const struct program *p)
{
	int fd;

	if (!p->input)
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	fd = memfd_create("input", MFD_CLOEXEC);
	if (fd < 0)
		return -1;
	if (write(fd, p->input, p->input_size) != (ssize_t)p->input_size ||
	    lseek(fd, 0, SEEK_SET) < 0)
		return close_fd(fd);
	return fd;
}

/* The parent's number for a file may be the child's for another: all are moved out of the way
 * first. */
static bool place(const int from[LIFE + 1])
{
	int safe[LIFE + 1];

	for (int i = 0; i <= LIFE; i++) {
		safe[i] = from[i] < 0 ? -1 : fcntl(from[i], F_DUPFD_CLOEXEC, 16);
		if (from[i] >= 0 && safe[i] < 0)
			return false;
	}
	for (int i = 0; i <= LIFE; i++)
		if (safe[i] >= 0 && dup2(safe[i], i) < 0)
			return false;
	return true;
}

static void set_environment(const struct program *p)
{
	const char *path = getenv("PATH");
	char search[4096];

	snprintf(search, sizeof(search), "%s%s" PATHS, path ? path : "", path ? ":" : "");
	setenv("PATH", search, 1);
	setenv("LC_ALL", "C", 1);
	/* putenv() takes away what has no "=" */
	for (const char *const *word = p->env; word && *word; word++)
		putenv((char *)(uintptr_t)*word);
}

static void become(const struct program *p, const int files[LIFE + 1])
{
	sigset_t none;
	int why;

	sigemptyset(&none);
	if (setpgid(0, 0) < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || !place(files))
		_exit(126);
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	set_environment(p);
	/* last of all: a sanitizer's own shadow is larger */
	if (p->memory_bytes)
		setrlimit(RLIMIT_AS, &(struct rlimit){ p->memory_bytes, p->memory_bytes });
	/* execvp() wants no array of const, for reasons of age */
	execvp(p->argv[0], (char *const *)(uintptr_t)p->argv);
	why = errno;
	_exit(write(LIFE, &why, sizeof(why)) == sizeof(why) ? 127 : 126);
}

/* A pipe: its read end in @ret, its write end returned; -1 with errno. */
static int open_pipe(int *ret)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	*ret = ends[0];
	return ends[1];
}

int running_start(struct running *r, const struct program *p)
{
	_cleanup_close_ int in = -1, out = -1, err = -1, life = -1;

	*r = (struct running){ .pid = -1, .out = -1, .err = -1, .life = -1 };
	in = input_file(p);
	if (in < 0)
		return -errno;
	out = open_pipe(&r->out);
	if (out < 0)
		return -errno;
	if (!p->errors_too) {
		err = open_pipe(&r->err);
		if (err < 0)
			return -errno;
	}
	life = open_pipe(&r->life);
	if (life < 0)
		return -errno;
	r->pid = fork();
	if (!r->pid)
		become(p, (const int[]){ in, out, p->errors_too ? out : err,
					 p->file_fd ? p->file_fd : -1, life });
	return r->pid < 0 ? -errno : 0;
}
