/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where there are no cgroups, a dead runner's grandchildren (the jobs of a fio, a stressor's forks)
 * are found by the run's id in their environment. /proc/PID/environ can block on a mmap lock that a
 * wedged task holds, which the observer never risks; this runs in `hangar clean` and at the very
 * end of a run only.
 */
#include "undo_step.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/textfile.h"
#include "undo.h"

/* A SIGKILLed process of some 100 MB is gone in well under a second; more is a task stuck in the
 * kernel. */
#define DIE_WITHIN_US 3000000u
#define LOOK_AGAIN_NS 20000000

static bool environ_has(const char *text, size_t size, const char *entry)
{
	for (size_t at = 0; at < size; at += strlen(text + at) + 1)
		if (!strcmp(text + at, entry))
			return true;
	return false;
}

static bool is_of_run(const char *pid, const char *entry)
{
	_cleanup_free_ char *text = NULL;
	char path[64];
	size_t size;

	snprintf(path, sizeof(path), "/proc/%.20s/environ", pid);
	if (textfile_load(path, 4u << 20, &text, &size) < 0)
		return false;
	return environ_has(text, size, entry);
}

/* One sweep over all processes; the number found, or -errno. */
static int kill_all(const char *entry)
{
	_cleanup_closedir_ DIR *proc = opendir("/proc");
	struct dirent *e;
	int found = 0;

	if (!proc)
		return -errno;
	while ((e = readdir(proc))) {
		int pid = atoi(e->d_name);

		if (pid <= 1 || pid == getpid() || !is_of_run(e->d_name, entry))
			continue;
		found++;
		kill(pid, SIGKILL);
	}
	return found;
}

int undo_processes(const struct undo_step *s, const struct undo_say *say)
{
	const struct timespec pause = { 0, LOOK_AGAIN_NS };
	const uint64_t until = now_us() + DIE_WITHIN_US;
	char entry[256];
	int first, left;

	snprintf(entry, sizeof(entry), "%s=%s", UNDO_ENV_RUN, s->path);
	first = left = kill_all(entry);
	while (left > 0 && now_us() < until) {
		nanosleep(&pause, NULL);
		left = kill_all(entry);
	}
	if (left)
		return left < 0 ? left : -EBUSY;
	if (!first)
		return UNDO_NOTHING;
	undo_tell(say, "killed %d processes of run %s", first, s->path);
	return UNDO_DONE;
}
