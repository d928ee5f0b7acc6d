/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `hangar observe`: poll what may speak, take a turn, until the run is over or somebody has had
 * enough. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "commands.h"
#include "observe/lookout.h"
#include "run/finish.h"
#include "run/loop.h"

#define TURN_MS 200

static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void take_signals(struct lookout *l, int fd)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return;
	l->judge.tally.stopped_early = true;
	lookout_stop(l, "stopped by a signal");
}

/* A regular file is always ready, so it is no reason to wake up. */
static void wait_for_news(const struct lookout *l, int signal_fd)
{
	struct pollfd fds[] = {
		{ .fd = signal_fd, .events = POLLIN },
		{ .fd = l->listener.fd, .events = POLLIN },
		{ .fd = l->console.spec.kind == CONSOLE_PATH ? -1 : l->console.fd,
		  .events = POLLIN },
	};

	poll(fds, ARRAY_SIZE(fds), TURN_MS);
}

static void watch(struct lookout *l)
{
	_cleanup_close_ int signal_fd = open_signals();

	lookout_stage(l, "listening", "watching; recording in %s", l->rundir.path);
	while (!l->over) {
		wait_for_news(l, signal_fd);
		take_signals(l, signal_fd);
		lookout_turn(l, now_us());
		fflush(stdout);
	}
}

/* As `hangar run` ends: faces written, verdict printed. */
static int finish(struct lookout *l, const char *dir)
{
	const struct run_options faces = { .json = l->o.json,
					   .quiet = l->o.quiet,
					   .any_fault = l->o.any_fault };
	enum verdict v = lookout_close(l);

	finish_report(dir, v, l->why, &faces);
	return verdict_exit_code(v, l->o.any_fault);
}

int observe_main(int argc, char **argv)
{
	_cleanup_free_ struct lookout *l = calloc(1, sizeof(*l));
	_cleanup_free_ char *dir = NULL;
	struct diag d = { 0 };
	int r = l ? observe_options_parse(argc, argv, &l->o) : -1;

	if (r)
		return r > 0 ? 0 : EXIT_BROKEN;
	loop_block_signals();
	r = lookout_open(l, argc, argv, &d);
	if (r < 0) {
		if (!d.message[0])
			diag_set(&d, r, "%s", strerror(-r));
		diag_print(&d, stderr);
		if (l->journal)
			journal_note(l->journal, "%s", d.message);
		l->judge.tally.broken++;
		snprintf(l->why, sizeof(l->why), "%s", d.message);
		lookout_close(l);
		return EXIT_BROKEN;
	}
	watch(l);
	dir = strdup(l->rundir.path);
	return dir ? finish(l, dir) : EXIT_BROKEN;
}
