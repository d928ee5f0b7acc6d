/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * posix_spawn() in a group of its own, so that a limit takes the children of a script with it. The
 * observer blocks signals to read them from a descriptor; its children must not inherit that.
 */
#include "observe/errand.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/clock.h"

extern char **environ;

#define LOOK_AGAIN_MS 20

static int set_attributes(posix_spawnattr_t *attr)
{
	sigset_t none, usual;
	int err;

	sigemptyset(&none);
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	sigaddset(&usual, SIGXFSZ);
	err = posix_spawnattr_setsigmask(attr, &none);
	err = err ? err : posix_spawnattr_setsigdefault(attr, &usual);
	err = err ? err : posix_spawnattr_setpgroup(attr, 0);
	return err ? err
		   : posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
							    POSIX_SPAWN_SETPGROUP);
}

static int set_files(posix_spawn_file_actions_t *files, int in_fd, int out_fd)
{
	int err = in_fd >= 0 ? posix_spawn_file_actions_adddup2(files, in_fd, 0)
			     : posix_spawn_file_actions_addopen(files, 0, "/dev/null", O_RDONLY, 0);

	for (int to = 1; to <= 2 && !err; to++)
		err = out_fd >= 0 ? posix_spawn_file_actions_adddup2(files, out_fd, to)
				  : posix_spawn_file_actions_addopen(files, to, "/dev/null",
								     O_WRONLY, 0);
	return err;
}

int errand_spawn(const char *const *words, int in_fd, int out_fd, pid_t *ret)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	char *argv[ERRAND_WORDS_MAX];
	int err;

	memcpy(argv, words, sizeof(argv));
	posix_spawnattr_init(&attr);
	posix_spawn_file_actions_init(&files);
	err = set_attributes(&attr);
	err = err ? err : set_files(&files, in_fd, out_fd);
	err = err ? err : posix_spawnp(ret, argv[0], &files, &attr, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	return -err;
}

int errand_start(struct errand *e, const char *const *words, uint64_t now, uint64_t limit_us)
{
	int out[2], err;

	*e = (struct errand){ .out_fd = -1, .until_us = now + limit_us };
	if (pipe2(out, O_CLOEXEC) < 0)
		return -errno;
	err = errand_spawn(words, -1, out[1], &e->pid);
	close_fd(out[1]);
	if (err < 0) {
		close_fd(out[0]);
		e->pid = 0;
		return err;
	}
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	e->out_fd = out[0];
	return 0;
}

/* The begin is kept, the rest read past, so that nobody blocks on a full pipe. */
static void listen_to(struct errand *e)
{
	char scrap[512];
	ssize_t n;

	while ((n = read(e->out_fd, scrap, sizeof(scrap))) > 0) {
		size_t room = sizeof(e->said) - 1 - e->len,
		       kept = (size_t)n < room ? (size_t)n : room;

		memcpy(e->said + e->len, scrap, kept);
		e->len += kept;
	}
	e->said[e->len] = '\0';
}

bool errand_poll(struct errand *e, uint64_t now)
{
	if (!e->pid)
		return true;
	listen_to(e);
	if (!e->killed && now >= e->until_us) {
		e->killed = true;
		kill(-e->pid, SIGKILL);
	}
	if (waitpid(e->pid, &e->status, WNOHANG) == 0)
		return false;
	listen_to(e);
	e->out_fd = close_fd(e->out_fd);
	e->pid = 0;
	return true;
}

void errand_wait(struct errand *e)
{
	while (!errand_poll(e, now_us()))
		poll(NULL, 0, LOOK_AGAIN_MS);
}

bool errand_went_well(const struct errand *e)
{
	return !e->killed && WIFEXITED(e->status) && WEXITSTATUS(e->status) == 0;
}

const char *errand_tell(const struct errand *e, char *buf, size_t size)
{
	char how[64], said[sizeof(e->said)];

	if (e->killed)
		snprintf(how, sizeof(how), "killed at its time limit");
	else if (WIFSIGNALED(e->status))
		snprintf(how, sizeof(how), "signal %d", WTERMSIG(e->status));
	else
		snprintf(how, sizeof(how), "exit code %d", WEXITSTATUS(e->status));
	memcpy(said, e->said, sizeof(said));
	for (char *p = said; (p = strpbrk(p, "\r\n")); p++)
		*p = p[1] ? ' ' : '\0';
	snprintf(buf, size, "%s%s%s", how, said[0] ? ": " : "", said);
	return buf;
}

void errand_clear(struct errand *e)
{
	if (!e->pid)
		return;
	e->until_us = 0;
	errand_wait(e);
}

const char *errand_words(const char *const *words, char *buf, size_t size)
{
	size_t len = 0;

	buf[0] = '\0';
	for (size_t i = 0; words[i] && len < size; i++)
		len += (size_t)snprintf(buf + len, size - len, "%s%s", i ? " " : "", words[i]);
	return buf;
}
