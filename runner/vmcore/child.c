/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Analysers hang on damaged lists and eat memory on damaged sizes. Each runs in a process group of
 * its own that is killed as a whole; its end is known by a pipe that nobody but it and its children
 * hold: the pipe works on kernels without pidfd, and sees a grandchild that stayed behind.
 */
#include "vmcore/child.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/clock.h"

/* Programs of root are not in everybody's PATH: makedumpfile lies in /usr/sbin. */
#define PATHS "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"

struct running {
	pid_t pid;
	int out, err, life; /* read ends */
	char errors[4096];
	size_t errors_size;
};

static void running_clear(struct running *r)
{
	int saved = errno;

	if (r->pid > 0) {
		kill(-r->pid, SIGKILL);
		while (waitpid(r->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	close_fd(r->out);
	close_fd(r->err);
	close_fd(r->life);
	errno = saved;
}

static int input_file(const struct child_job *job)
{
	int fd;

	if (!job->input)
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	fd = memfd_create("input", MFD_CLOEXEC);
	if (fd < 0)
		return -1;
	if (write(fd, job->input, job->input_size) != (ssize_t)job->input_size ||
	    lseek(fd, 0, SEEK_SET) < 0)
		return close_fd(fd);
	return fd;
}

/* The parent's number for a file may be the child's for another: all are moved out of the way
 * first. */
static bool place(const int from[5])
{
	int safe[5];

	for (int i = 0; i < 5; i++) {
		safe[i] = from[i] < 0 ? -1 : fcntl(from[i], F_DUPFD_CLOEXEC, 16);
		if (from[i] >= 0 && safe[i] < 0)
			return false;
	}
	for (int i = 0; i < 5; i++)
		if (safe[i] >= 0 && dup2(safe[i], i) < 0)
			return false;
	return true;
}

static void become(const struct child_job *job, const int files[5], const sigset_t *none)
{
	const char *path = getenv("PATH");
	char search[4096];

	if (setpgid(0, 0) < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || !place(files))
		_exit(126);
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	sigprocmask(SIG_SETMASK, none, NULL);
	signal(SIGPIPE, SIG_DFL);
	snprintf(search, sizeof(search), "%s%s" PATHS, path ? path : "", path ? ":" : "");
	setenv("PATH", search, 1);
	setenv("LC_ALL", "C", 1);
	/* last of all: a sanitizer's own shadow is larger */
	if (job->memory_bytes)
		setrlimit(RLIMIT_AS, &(struct rlimit){ job->memory_bytes, job->memory_bytes });
	/* execvp() wants no array of const, for reasons of age */
	execvp(job->argv[0], (char *const *)(uintptr_t)job->argv);
	_exit(errno == ENOENT ? 127 : 126);
}

static int start(const struct child_job *job, struct running *r)
{
	_cleanup_close_ int in = input_file(job), out = -1, err = -1, life = -1;
	int pipes[3][2] = { { -1, -1 }, { -1, -1 }, { -1, -1 } };
	sigset_t none;

	if (in < 0)
		return -errno;
	for (int i = 0; i < 3; i++)
		if (pipe2(pipes[i], O_CLOEXEC) < 0)
			break;
	r->out = pipes[0][0], out = pipes[0][1];
	r->err = pipes[1][0], err = pipes[1][1];
	r->life = pipes[2][0], life = pipes[2][1];
	if (life < 0)
		return -errno;
	sigemptyset(&none);
	r->pid = fork();
	if (r->pid < 0)
		return -errno;
	if (!r->pid)
		become(job, (const int[]){ in, out, err, job->file_fd, life }, &none);
	return 0;
}

/* What a program says last is what it died of. */
static void keep_errors(struct running *r)
{
	size_t room = sizeof(r->errors) - 1;
	char more[1024];
	ssize_t n = read(r->err, more, sizeof(more));

	if (n <= 0) {
		r->err = close_fd(r->err);
		return;
	}
	if (r->errors_size + (size_t)n > room) {
		size_t drop = r->errors_size + (size_t)n - room;

		memmove(r->errors, r->errors + drop, r->errors_size - drop);
		r->errors_size -= drop;
	}
	memcpy(r->errors + r->errors_size, more, (size_t)n);
	r->errors_size += (size_t)n;
}

static int keep_output(const struct child_job *job, struct running *r, struct child_result *res,
		       size_t *room)
{
	ssize_t n;

	if (*room - res->output_size < 65536) {
		size_t more = *room ? *room * 2 : 131072;
		char *bigger = realloc(res->output, more);

		if (!bigger)
			return -ENOMEM;
		res->output = bigger;
		*room = more;
	}
	n = read(r->out, res->output + res->output_size, *room - res->output_size - 1);
	if (n <= 0)
		r->out = close_fd(r->out);
	else
		res->output_size += (size_t)n;
	res->output[res->output_size] = '\0';
	return res->output_size > job->output_max ? -EFBIG : 0;
}

/* Its files are closed a moment before it is gone; a program that closed them itself may live on.
 */
static int reap(struct running *r, uint64_t until, int *ret_status)
{
	for (;;) {
		pid_t pid = waitpid(r->pid, ret_status, WNOHANG);

		if (pid == r->pid)
			break;
		if (pid < 0 && errno != EINTR)
			return -errno;
		if (now_us() >= until)
			return -ETIMEDOUT;
		poll(NULL, 0, 1);
	}
	r->pid = -1;
	return 0;
}

static int attend(const struct child_job *job, struct running *r, struct child_result *res)
{
	uint64_t until = now_us() + job->timeout_us;
	size_t room = 0;
	int err;

	while (r->life >= 0 || r->out >= 0 || r->err >= 0) {
		struct pollfd fds[] = { { r->out, POLLIN },
					{ r->err, POLLIN },
					{ r->life, POLLIN } };
		uint64_t now = now_us();

		if (now >= until)
			return -ETIMEDOUT;
		if (poll(fds, 3, (int)((until - now) / 1000 % 3600000 + 1)) < 0 && errno != EINTR)
			return -errno;
		err = fds[0].revents ? keep_output(job, r, res, &room) : 0;
		if (err < 0)
			return err;
		if (fds[1].revents)
			keep_errors(r);
		if (fds[2].revents)
			r->life = close_fd(r->life);
	}
	return reap(r, until, &res->status);
}

/* The last line that says something, as one line of plain text. */
static void last_line(const char *text, size_t length, char *buf, size_t size)
{
	const char *line;

	while (length && strchr("\n \t\r", text[length - 1]))
		length--;
	line = length ? memrchr(text, '\n', length) : NULL;
	line = line ? line + 1 : text;
	snprintf(buf, size, "%.*s", (int)(text + length - line), line);
	for (char *p = buf; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
}

static int explain(const struct child_job *job, int err, const struct child_result *r,
		   struct diag *d)
{
	const char *name = job->argv[0], *said = r->errors[0] ? r->errors : "no word of why";

	if (err == -ETIMEDOUT)
		return diag_set(d, err, "%s did not come to an end in %" PRIu64 " s", name,
				job->timeout_us / 1000000);
	if (err == -EFBIG)
		return diag_set(d, err, "%s said more than %zu bytes", name, job->output_max);
	if (err < 0)
		return diag_set(d, err, "%s cannot be run: %s", name, strerror(-err));
	if (WIFSIGNALED(r->status))
		return diag_set(d, -ECHILD, "%s died of signal %d (%s)", name, WTERMSIG(r->status),
				said);
	if (WEXITSTATUS(r->status) == 127)
		return diag_set(d, -ENOENT, "there is no %s on this machine", name);
	if (WEXITSTATUS(r->status))
		return diag_set(d, -ECHILD, "%s ended with %d: %s", name, WEXITSTATUS(r->status),
				said);
	return 0;
}

int child_run(const struct child_job *job, struct child_result *ret, struct diag *d)
{
	_cleanup_(running_clear) struct running r = { .pid = -1, .out = -1, .err = -1, .life = -1 };
	int err;

	memset(ret, 0, sizeof(*ret));
	err = start(job, &r);
	if (!err)
		err = attend(job, &r, ret);
	last_line(r.errors, r.errors_size, ret->errors, sizeof(ret->errors));
	/* crash complains on standard output */
	if (!ret->errors[0] && ret->output)
		last_line(ret->output, ret->output_size, ret->errors, sizeof(ret->errors));
	err = explain(job, err, ret, d);
	if (!err && !ret->output)
		ret->output = calloc(1, 1);
	if (err < 0) {
		free(ret->output);
		ret->output = NULL;
	}
	return err;
}

void child_result_clear(struct child_result *r)
{
	free(r->output);
	memset(r, 0, sizeof(*r));
}
