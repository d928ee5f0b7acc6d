/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * freeze: a file system that stands still for a time. FIFREEZE makes every writer wait in D state
 * until FITHAW, as a stuck device or a lost journal commit does, but by order and without a trace:
 * the smallest way to a hung task that needs no fault in the kernel. It never leaves before it has
 * thawed what it froze, and never freezes what its own output or the machine's root lies on.
 */
#include "stressor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "base/cleanup.h"

/* Somebody else has frozen it: looking more often would change nothing. */
#define BUSY_PAUSE_US 100000u

enum aux { AUX_FREEZES, AUX_THAWS };

static const char *const aux_names[] = { "freezes", "thaws", NULL };

static struct {
	const char *dir;
	uint64_t after_us, hold_us, pause_us, times;
} opt;

static int dir_fd = -1;
static bool frozen;
static uint64_t freezes; /* so far */

static const struct param params[] = {
	{ "dir", PARAM_PATH, ".", 0, 0, NULL, "a folder of the file system that is frozen",
	  &opt.dir },
	{ "after", PARAM_DURATION, "1s", 0, 3600000000u, NULL, "time before the first freeze",
	  &opt.after_us },
	{ "hold", PARAM_DURATION, "5s", 0, 3600000000u, NULL, "how long it stays frozen",
	  &opt.hold_us },
	{ "pause", PARAM_DURATION, "1s", 0, 3600000000u, NULL, "time between two freezes",
	  &opt.pause_us },
	{ "times", PARAM_COUNT, "0", 0, 1000000000, NULL, "how often; 0: until it is told to end",
	  &opt.times },
	{ NULL },
};

/* Is what @path or @fd names on the file system of @dev? */
static bool lies_on(dev_t dev, const char *path, int fd)
{
	struct stat st;

	return (path ? stat(path, &st) : fstat(fd, &st)) == 0 && st.st_dev == dev;
}

static int refuse_own(void)
{
	struct stat st;

	if (fstat(dir_fd, &st) < 0)
		return -errno;
	if (lies_on(st.st_dev, "/", -1))
		stressor_why("%s is on the machine's root file system, which must not be frozen",
			     opt.dir);
	else if (lies_on(st.st_dev, NULL, 1) || lies_on(st.st_dev, NULL, 2))
		stressor_why("%s is on the file system that takes this program's output: name a "
			     "scratch file system",
			     opt.dir);
	else
		return 0;
	return -EPERM;
}

/* The runner's end must not leave it frozen: a signal that is handled, not SIGKILL. */
static void follow_gently(void)
{
	int number = 0;

	if (prctl(PR_GET_PDEATHSIG, &number) == 0 && number)
		prctl(PR_SET_PDEATHSIG, SIGTERM);
}

static int prepare(struct stressor_run *run)
{
	run->doing = "open";
	dir_fd = open(opt.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd < 0)
		return -errno;
	follow_gently();
	return refuse_own();
}

static int thaw(struct stressor_run *run)
{
	run->doing = "thaw";
	if (!frozen)
		return 0;
	frozen = false;
	run->aux[AUX_THAWS]++;
	/* EINVAL: somebody else has thawed it */
	return ioctl(dir_fd, FITHAW, 0) < 0 && errno != EINVAL ? -errno : 0;
}

static int freeze(struct stressor_run *run)
{
	run->doing = "freeze";
	if (ioctl(dir_fd, FIFREEZE, 0) == 0) {
		frozen = true;
		freezes++;
		run->aux[AUX_FREEZES]++;
		return 0;
	}
	if (errno == EOPNOTSUPP)
		stressor_why("the file system of %s cannot be frozen", opt.dir);
	if (errno != EBUSY)
		return -errno;
	stressor_pause(run, BUSY_PAUSE_US);
	return STRESSOR_PRESSURE;
}

static int work(struct stressor_run *run)
{
	int ret;

	if (opt.times && freezes >= opt.times)
		return STRESSOR_DONE;
	stressor_pause(run, freezes ? opt.pause_us : opt.after_us);
	if (stressor_stopping(run))
		return 0;
	ret = freeze(run);
	if (ret)
		return ret;
	stressor_pause(run, opt.hold_us);
	return thaw(run);
}

static void finish(struct stressor_run *run)
{
	if (thaw(run) < 0)
		stressor_say("%s stays frozen: %s; thaw it with fsfreeze --unfreeze", opt.dir,
			     strerror(errno));
	dir_fd = close_fd(dir_fd);
}

static const struct stressor freezer = {
	.name = "freeze",
	.about = "Freezes a file system and thaws it, again and again.",
	.step = "one freeze and its thaw",
	.params = params,
	.aux = aux_names,
	.prepare = prepare,
	.work = work,
	.finish = finish,
};

STRESSOR_MAIN(freezer)
