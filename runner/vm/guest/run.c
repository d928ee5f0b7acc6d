/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Running a scenario: the runner is a child, and its run directory goes to the host while it grows.
 * The first process of a machine also inherits every orphan; they are reaped here and nowhere else.
 */
#include "vm/guest/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "vm/guest/courier.h"

#define RUNNER "/bin/hangar"
#define RUN_LOG GUEST_TOLD_DIR "/run.log"
#define ARGS_OWN 16 /* those that are put before the job's */
#define EXIT_SIGNAL 128

static const char *const environment[][2] = {
	{ "PATH", "/bin:/sbin" },
	{ "HOME", "/root" },
	{ "TERM", "dumb" },
	{ "HANGAR_STRESSORS", "/stressors" },
};

struct runner_args {
	char port[64], disk[64];
	const char **argv;
};

static unsigned int args_count(char *const *args)
{
	unsigned int n = 0;

	while (args && args[n])
		n++;
	return n;
}

/* run --plain --out DIR [--wire PORT] [--scratch-device DISK] and the job's own */
static int args_make(struct runner_args *a, const struct job *j)
{
	unsigned int n = 0;

	a->argv = calloc(ARGS_OWN + args_count(j->run_args) + 1, sizeof(*a->argv));
	if (!a->argv)
		return -ENOMEM;
	a->argv[n++] = RUNNER;
	a->argv[n++] = "run";
	a->argv[n++] = "--plain";
	a->argv[n++] = "--out";
	a->argv[n++] = GUEST_RUN_DIR;
	if (port_find(PORT_JOURNAL, a->port, sizeof(a->port))) {
		a->argv[n++] = "--wire";
		a->argv[n++] = a->port;
	}
	if (disk_find(DISK_SCRATCH, a->disk, sizeof(a->disk))) {
		a->argv[n++] = "--scratch-device";
		a->argv[n++] = a->disk;
	}
	for (char **arg = j->run_args; arg && *arg; arg++)
		a->argv[n++] = *arg;
	return 0;
}

static void set_environment(void)
{
	char disk[64];

	clearenv();
	for (size_t i = 0; i < ARRAY_SIZE(environment); i++)
		setenv(environment[i][0], environment[i][1], 1);
	if (!disk_find(DISK_STATE, disk, sizeof(disk)))
		setenv("HANGAR_STATE_HOME", GUEST_STATE, 1);
}

static pid_t start_runner(const struct runner_args *a)
{
	pid_t pid = fork();
	sigset_t none;
	int fd;

	if (pid)
		return pid;
	setsid();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	fd = open(RUN_LOG, O_WRONLY | O_CREAT | O_APPEND, 0644);
	if (fd >= 0) {
		dup2(fd, STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
		close_fd(fd);
	}
	execv(a->argv[0], (char *const *)(uintptr_t)a->argv);
	dprintf(STDERR_FILENO, "hangar: %s cannot be started: %s\n", a->argv[0], strerror(errno));
	_exit(EXIT_SIGNAL + 127);
}

/* Reap whoever dies, until it is the runner. Its exit code, or 128 and the signal's number. */
static int reap_until(pid_t runner)
{
	int status = 0;

	for (;;) {
		pid_t pid = waitpid(-1, &status, 0);

		if (pid < 0 && errno == EINTR)
			continue;
		if (pid == runner)
			return WIFEXITED(status) ? WEXITSTATUS(status)
						 : EXIT_SIGNAL + WTERMSIG(status);
		if (pid < 0)
			return EXIT_SIGNAL + 127;
	}
}

static int make_folders(struct diag *d)
{
	int err = path_make(GUEST_TOLD_DIR);

	return err && err != -EEXIST
		       ? diag_set(d, err, "%s cannot be made: %s", GUEST_TOLD_DIR, strerror(-err))
		       : 0;
}

static int run_with_courier(struct runner_args *a, struct line *l, struct diag *d, int *ret_code)
{
	static const char *const folders[] = { GUEST_TOLD_DIR, GUEST_RUN_DIR, NULL };
	struct courier c;
	pid_t runner;
	int err = courier_open(&c, l, folders);

	if (!err)
		err = courier_start(&c);
	if (err)
		return diag_set(d, err, "the courier cannot be started: %s", strerror(-err));
	mlockall(MCL_CURRENT | MCL_FUTURE);
	runner = start_runner(a);
	if (runner < 0)
		return diag_set(d, -errno, "the runner cannot be started: %s", strerror(errno));
	listener_start(l->fd, runner);
	*ret_code = reap_until(runner);
	err = courier_stop(&c);
	if (c.unknown)
		guest_say("some files of the run were not sent: more than %d", COURIER_FILES_MAX);
	courier_close(&c);
	return err ? diag_set(d, err, "port %s cannot be written: %s", PORT_FILES, strerror(-err))
		   : 0;
}

int guest_run(const struct job *j, struct line *l, struct diag *d)
{
	struct runner_args a = { .argv = NULL };
	int code = 0, err = make_folders(d);

	if (!err)
		err = mounts_cgroup(j->cgroup, d);
	if (!err)
		err = mounts_state(d);
	if (!err)
		err = args_make(&a, j);
	if (err)
		return err;
	set_environment();
	if (j->kdump)
		kdump_start(j);
	if (j->watchdog && feeder_start(d) < 0)
		return -EIO;
	if (j->doctor)
		doctor_ask();
	err = run_with_courier(&a, l, d, &code);
	free(a.argv);
	if (!err)
		line_end_exit(l, code);
	return err;
}
