/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A supervisor that waits for a page while the machine is out of pages, or that the OOM killer
 * takes first, has seen nothing. mlockall() pins what was mapped before the storm, -1000 exempts us
 * from OOM kills, and the lowest real-time priority suffices to be scheduled under hundreds of busy
 * loops. SCHED_RESET_ON_FORK keeps the stressors ordinary.
 */
#include "run/observer.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "run/escape.h"

#ifndef PR_SET_IO_FLUSHER
#define PR_SET_IO_FLUSHER 57 /* include/uapi/linux/prctl.h, since 5.6 */
#endif

volatile int observer_armed;

static const char oom_score_path[] = "/proc/self/oom_score_adj";
static char oom_score_before[16];

static int protect_from_oom(void)
{
	ssize_t n = textfile_read_at(AT_FDCWD, oom_score_path, oom_score_before,
				     sizeof(oom_score_before));

	if (n < 0)
		return (int)n;
	return textfile_write_at(AT_FDCWD, oom_score_path, "-1000");
}

/* Every thread that the observer has: the loop, the writers of its files, the readers of stacks. */
static int schedule_all(int policy, int priority)
{
	struct sched_param param = { .sched_priority = priority };
	_cleanup_closedir_ DIR *dir = opendir("/proc/self/task");
	int err = dir ? 0 : -errno;

	for (struct dirent *e = dir ? readdir(dir) : NULL; e && !err; e = readdir(dir))
		if (e->d_name[0] != '.' &&
		    sched_setscheduler(atoi(e->d_name), policy, &param) < 0 && errno != ESRCH)
			err = -errno;
	return err;
}

static int protect_from_starvation(void)
{
	return schedule_all(SCHED_FIFO | SCHED_RESET_ON_FORK, sched_get_priority_min(SCHED_FIFO));
}

/* Our own allocations in the kernel never wait for the file systems or devices under test. */
static int protect_from_reclaim(void)
{
	return prctl(PR_SET_IO_FLUSHER, 1, 0, 0, 0) < 0 ? -errno : 0;
}

static int protect_memory(void)
{
	return mlockall(MCL_CURRENT | MCL_FUTURE) < 0 ? -errno : 0;
}

static const struct protection {
	int (*take)(void);
	const char *what, *remedy;
} protections[] = {
	{ protect_from_oom, "oom_score_adj -1000", "that takes CAP_SYS_RESOURCE" },
	{ protect_from_starvation, "SCHED_FIFO",
	  "that takes CAP_SYS_NICE or a higher RLIMIT_RTPRIO" },
	{ protect_from_reclaim, "PR_SET_IO_FLUSHER", "that takes CAP_SYS_RESOURCE and Linux 5.6" },
	{ protect_memory, "mlockall", "that takes CAP_IPC_LOCK or a higher RLIMIT_MEMLOCK" },
};

static struct escape *way_out;

void observer_protect(struct journal *j)
{
	way_out = escape_open(); /* first: what follows is for all threads */
	for (size_t i = 0; i < ARRAY_SIZE(protections); i++) {
		int err = protections[i].take();

		if (err < 0)
			journal_note(j, "the observer goes without %s: %s; %s", protections[i].what,
				     strerror(-err), protections[i].remedy);
	}
}

void observer_tell(struct journal *j)
{
	escape_tell(way_out, j);
}

void observer_release(void)
{
	way_out = escape_close(way_out);
	schedule_all(SCHED_OTHER, 0);
	munlockall();
	prctl(PR_SET_IO_FLUSHER, 0, 0, 0, 0);
	if (oom_score_before[0])
		textfile_write_at(AT_FDCWD, oom_score_path, oom_score_before);
}
