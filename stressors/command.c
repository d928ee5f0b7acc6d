/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * command: another program as a load, for what is not written as a stressor yet and for comparing
 * with other tools. It runs in a process group of its own, is started again when it ends, and goes
 * with us: first asked by SIGTERM, then killed with all of its group.
 */
#include "stressor.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"

#define WORDS_MAX 128
#define LOOK_US 20000u    /* a program that ends is noticed this late */
#define GRACE_US 2000000u /* from SIGTERM to SIGKILL */
#define NOT_STARTED 127   /* as a shell says it */

enum aux { AUX_FAILED };

static const char *const aux_names[] = { "failed", NULL };

static struct {
	const char *line, *dir;
	uint64_t pause_us, exit_matters;
} opt;

static char copy[3072];
static char *words[WORDS_MAX + 1];

static const struct param params[] = {
	{ "line", PARAM_TEXT, NULL, 0, 0, NULL,
	  "the program and its arguments, with blanks between them; there is no quoting",
	  &opt.line },
	{ "dir", PARAM_PATH, ".", 0, 0, NULL, "the folder that it starts in", &opt.dir },
	{ "pause", PARAM_DURATION, "100ms", 0, 3600000000u, NULL, "time before it is run again",
	  &opt.pause_us },
	{ "exit-matters", PARAM_BOOL, "false", 0, 0, NULL,
	  "an exit code other than 0 is a failure of this stressor", &opt.exit_matters },
	{ NULL },
};

static int split(void)
{
	unsigned int n = 0;
	char *rest = copy;

	strncpy(copy, opt.line, sizeof(copy) - 1);
	for (char *word = strsep(&rest, " \t\n"); word; word = strsep(&rest, " \t\n")) {
		if (!*word)
			continue;
		if (n == WORDS_MAX)
			return -E2BIG;
		words[n++] = word;
	}
	return n ? 0 : -EINVAL;
}

/* As execvp() will look for it. */
static bool is_there(const char *program)
{
	const char *place = getenv("PATH");
	char path[4096];

	if (strchr(program, '/'))
		return access(program, X_OK) == 0;
	place = place ? place : "/bin:/usr/bin";
	for (size_t n; *place; place += n + (place[n] == ':')) {
		n = strcspn(place, ":");
		snprintf(path, sizeof(path), "%.*s/%s", (int)n, n ? place : ".", program);
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

static int prepare(struct stressor_run *run)
{
	int err = split();

	run->doing = "command line";
	if (err == -E2BIG)
		stressor_why("--line: more than %d words", WORDS_MAX);
	else if (err < 0)
		stressor_why("--line: names no program");
	else if (chdir(opt.dir) < 0)
		return -errno;
	else if (!is_there(words[0])) {
		stressor_why("%s is not here to be run: install it, or bring it in with "
			     "\"vm\": {\"files\"}",
			     words[0]);
		err = -ENOSYS;
	}
	return err;
}

/* In the child. */
static void become(void)
{
	setpgid(0, 0);
	execvp(words[0], words);
	_exit(NOT_STARTED);
}

/* The program and whatever it left behind in its group. */
static void end_group(struct stressor_run *run, pid_t pid)
{
	uint64_t waited = 0;

	kill(-pid, SIGTERM);
	while (waited < GRACE_US && waitpid(pid, NULL, WNOHANG) == 0) {
		usleep(LOOK_US);
		waited += LOOK_US;
	}
	kill(-pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static int judge(struct stressor_run *run, int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_STARTED) {
		stressor_why("%s cannot be started", words[0]);
		return -ENOEXEC;
	}
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	run->aux[AUX_FAILED]++;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return STRESSOR_PRESSURE; /* the OOM killer chose it */
	if (!opt.exit_matters)
		return 0;
	stressor_why("%s ended with status 0x%x", words[0], (unsigned int)status);
	return -ECHILD;
}

static int work(struct stressor_run *run)
{
	int status = 0;
	pid_t pid, ended = 0;

	run->doing = "start";
	pid = stressor_fork();
	if (pid < 0)
		return pid;
	if (pid == 0)
		become();
	setpgid(pid, pid); /* whoever of both comes first */
	while (!stressor_stopping(run) && (ended = waitpid(pid, &status, WNOHANG)) == 0)
		stressor_pause(run, LOOK_US);
	if (ended != pid) {
		end_group(run, pid);
		return 0;
	}
	kill(-pid, SIGKILL);
	stressor_pause(run, opt.pause_us);
	return judge(run, status);
}

static const struct stressor command = {
	.name = "command",
	.about = "Runs another program, again and again.",
	.step = "one run of the program",
	.params = params,
	.aux = aux_names,
	.prepare = prepare,
	.work = work,
};

STRESSOR_MAIN(command)
