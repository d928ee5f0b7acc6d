/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fork, exec, read the pipe to its end, wait. The tool gets SIGTERM when we die (PR_SET_PDEATHSIG),
 * so that no download goes on for nobody. LC_ALL=C: its words are read by the user and, in part, by
 * us.
 */
#include "vm/kernel/child.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/paths.h"

struct listening {
	const struct child_run *run;
	char last[512], error[512]; /* last line; last line that begins with E: or holds "rror" */
};

/* Programs of the administrator are not in everybody's PATH. */
static int find_program(const char *name, char *buf, size_t size)
{
	static const char *const folders[] = { "/usr/sbin", "/sbin", "/usr/bin", "/bin" };
	const char *path = getenv("PATH"), *end;

	if (strchr(name, '/'))
		return path_format(buf, size, "%s", name);
	for (; path && *path; path = *end ? end + 1 : end) {
		end = strchrnul(path, ':');
		if (*path == '/' &&
		    path_format(buf, size, "%.*s/%s", (int)(end - path), path, name) == 0 &&
		    access(buf, X_OK) == 0)
			return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		if (path_format(buf, size, "%s/%s", folders[i], name) == 0 &&
		    access(buf, X_OK) == 0)
			return 0;
	return -ENOENT;
}

__attribute__((noreturn)) static void become(const struct child_run *run, const char *program,
					     int out, pid_t parent)
{
	int null = open("/dev/null", O_RDWR);
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent || null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 ||
	    dup2(out, 2) < 0)
		_exit(127);
	if (run->folder && chdir(run->folder) < 0)
		_exit(127);
	setenv("LC_ALL", "C", 1);
	for (const char *const *e = run->env; e && *e; e++)
		putenv((char *)(uintptr_t)*e);
	execv(program, (char **)(uintptr_t)run->argv);
	_exit(127);
}

static void hear(struct listening *l, char *line)
{
	line[strcspn(line, "\r\n")] = '\0';
	if (!line[0])
		return;
	snprintf(l->last, sizeof(l->last), "%s", line);
	if (strncmp(line, "E: ", 3) == 0 || strstr(line, "rror"))
		snprintf(l->error, sizeof(l->error), "%s", line);
	if (l->run->line)
		l->run->line(l->run->ctx, line);
}

static int listen_to(struct listening *l, int fd)
{
	_cleanup_fclose_ FILE *from = fdopen(fd, "r");
	_cleanup_free_ char *line = NULL;
	size_t size = 0;

	if (!from) {
		close_fd(fd);
		return -ENOMEM;
	}
	while (getline(&line, &size, from) >= 0)
		hear(l, line);
	return 0;
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EIO;
}

int child_lines(const struct child_run *run, struct diag *d)
{
	struct listening l = { .run = run };
	char program[4096];
	int pipes[2], r;
	pid_t pid, parent = getpid();

	if (find_program(run->argv[0], program, sizeof(program)) < 0)
		return diag_set(d, -ENOENT, "no program %s on this machine; install it",
				run->argv[0]);
	if (pipe2(pipes, O_CLOEXEC) < 0)
		return diag_set(d, -errno, "%s: %s", run->argv[0], strerror(errno));
	pid = fork();
	if (pid == 0)
		become(run, program, pipes[1], parent);
	close(pipes[1]);
	if (pid < 0) {
		close(pipes[0]);
		return diag_set(d, -EAGAIN, "%s: no process can be made", run->argv[0]);
	}
	r = listen_to(&l, pipes[0]);
	if (r < 0)
		kill(pid, SIGTERM);
	if (wait_for(pid) < 0 && r == 0)
		r = diag_set(d, -EIO, "%s failed: %s", run->argv[0], l.error[0] ? l.error : l.last);
	return r;
}
