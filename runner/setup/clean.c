/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `hangar clean`: what a runner that was killed left behind, put back from its undo log. The lock
 * of a run directory is held by the kernel for its runner, so it tells dead from alive with
 * certainty, also after a reboot.
 */
#include "undo.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/textfile.h"
#include "verdict.h"

/* SIGKILL of a few hundred processes: some 10 ms on an idle machine. */
#define DIE_WITHIN_US 2000000u
#define LOOK_AGAIN_NS 10000000

static void tell(void (*say)(const char *line), const char *path, const char *what)
{
	char line[PATH_MAX + 128];

	snprintf(line, sizeof(line), "%s: %s", path, what);
	if (say)
		say(line);
}

/* Does the process that the lock file names ("ID PID") run? A zombie does not. */
static bool runner_runs(const struct rundir *d)
{
	char text[512], path[64], *state;
	int pid;

	if (textfile_read_at(d->fd, "lock", text, sizeof(text)) <= 0 ||
	    sscanf(text, "%*s %d", &pid) != 1)
		return false;
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (textfile_read_at(AT_FDCWD, path, text, sizeof(text)) <= 0)
		return false;
	state = strrchr(text, ')');
	return state && strncmp(state, ") Z", 3) && strncmp(state, ") X", 3);
}

/*
 * The children of a killed runner hold its lock for the moment that they need to die themselves, so
 * one that is held by nobody known is looked at again.
 */
static bool is_live(const struct rundir *d)
{
	const struct timespec pause = { 0, LOOK_AGAIN_NS };
	const uint64_t until = now_us() + DIE_WITHIN_US;

	while (rundir_is_live(d)) {
		if (runner_runs(d) || now_us() >= until)
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

static int clean_open(struct rundir *d, void (*say)(const char *line))
{
	struct undo *u = NULL;
	int left, err;

	if (is_live(d)) {
		tell(say, d->path, "its runner lives, left alone");
		return 0;
	}
	err = undo_open(d, &u);
	if (err)
		return err;
	left = undo_all(u, say);
	undo_close(u);
	if (!left) {
		rundir_unregister(d);
		tell(say, d->path, "nothing is left to restore");
	}
	return left;
}

static int clean_one(const char *path, void (*say)(const char *line))
{
	struct rundir d;
	int result = rundir_open(&d, path);

	if (result)
		return result;
	result = clean_open(&d, say);
	rundir_clear(&d);
	return result;
}

struct sweep {
	void (*say)(const char *line);
	int left;
};

/* With the run directory its undo log is gone too: there is nothing to restore it from. */
static void forget(const char *path, const struct sweep *sweep)
{
	struct rundir d = { .fd = -1, .lock_fd = -1 };
	const char *name = strrchr(path, '/');

	tell(sweep->say, path, "the run directory is gone, nothing can be restored from it");
	snprintf(d.id, sizeof(d.id), "%s", name ? name + 1 : path);
	rundir_unregister(&d);
}

static int clean_registered(void *ctx, const char *path)
{
	struct sweep *sweep = ctx;
	int result = clean_one(path, sweep->say);

	if (result == -ENOENT || result == -ENOTDIR) {
		forget(path, sweep);
	} else if (result < 0) {
		tell(sweep->say, path, strerror(-result));
		sweep->left++;
	} else {
		sweep->left += result;
	}
	return 0;
}

static int clean_all(void (*say)(const char *line))
{
	struct sweep sweep = { say, 0 };
	int err = rundir_each_active(clean_registered, &sweep);

	return err ? err : sweep.left;
}

int clean_runs(const char *path, void (*say)(const char *line))
{
	return path ? clean_one(path, say) : clean_all(say);
}

static const char usage[] =
	"Usage: hangar clean [DIR...]\n"
	"Restore what runs left behind whose runner was killed: processes, control\n"
	"groups, mounts, loop devices, settings, scratch files. With DIR: those run\n"
	"directories only, else every run known to this user. Runs that are still alive\n"
	"are left alone.\n\n"
	"Exit: 0 all is restored, 128 something remains (it is named) or bad usage.\n";

static void say_stdout(const char *line)
{
	printf("hangar: %s\n", line);
}

static int clean_named(const char *path)
{
	int left = clean_runs(path, say_stdout);

	if (left < 0)
		fprintf(stderr, "hangar: clean: %s: %s\n", path ? path : "the state home",
			strerror(-left));
	return left;
}

int clean_main(int argc, char **argv)
{
	bool remains = false;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			fputs(usage, stdout);
			return 0;
		}
		if (argv[i][0] == '-') {
			fprintf(stderr, "hangar: clean: unknown option %s\n%s", argv[i], usage);
			return EXIT_BROKEN;
		}
	}
	if (argc <= 1)
		remains = clean_named(NULL) != 0;
	for (int i = 1; i < argc; i++)
		remains |= clean_named(argv[i]) != 0;
	return remains ? EXIT_BROKEN : 0;
}
