/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Taking a group subtree of ours away, knowing nothing but its path: kill what is inside, then
 * remove the folders from the leaves up. A group can be removed only when its last task is gone,
 * and a killed task may take a while to free its memory; so it is killed and tried again until a
 * limit. Plain file access, because after a SIGKILL there is no libcgroup state and
 * cgroup_delete_cgroup() would move the tasks to the parent instead: out of our subtree.
 */
#include "undo_step.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/textfile.h"

/* Freeing a few GB after SIGKILL takes about a second; what needs longer is stuck in the kernel. */
#define REMOVE_WITHIN_US 5000000u
#define TRY_AGAIN_NS 10000000

/* Kill what cgroup.procs names, ourselves spared: somebody may run `hangar clean` from inside. */
static void kill_procs(int dirfd)
{
	_cleanup_close_ int fd = openat(dirfd, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	_cleanup_fclose_ FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	int pid;

	if (!f)
		return;
	fd = -1; /* the stream has it now */
	while (fscanf(f, "%d", &pid) == 1)
		if (pid > 1 && pid != getpid())
			kill(pid, SIGKILL);
}

static int remove_below(int parent, const char *name);

static int remove_children(int dirfd)
{
	int copy = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *e;
	int first = 0;

	if (!dir)
		return -errno;
	while ((e = readdir(dir))) {
		int err = 0;

		if (e->d_type == DT_DIR && strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			err = remove_below(dirfd, e->d_name);
		if (!first)
			first = err;
	}
	return first;
}

/* One try: leaves first. Groups nest a handful deep, so the recursion is bounded by our own
 * scenarios. */
static int remove_below(int parent, const char *name)
{
	_cleanup_close_ int fd =
		openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int err;

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	kill_procs(fd);
	err = remove_children(fd);
	if (err)
		return err;
	return unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno != ENOENT ? -errno : 0;
}

/* Never walk into a group that is not below a "hangar" of ours, whatever the log says. */
static bool is_ours(const char *path)
{
	const char *at = strstr(path, "/hangar/");

	return path[0] == '/' && at && at[strlen("/hangar/")] && !strstr(path, "/../");
}

int undo_cgroup(const struct undo_step *s, const struct undo_say *say)
{
	const struct timespec pause = { 0, TRY_AGAIN_NS };
	const uint64_t until = now_us() + REMOVE_WITHIN_US;
	char parent[PATH_MAX];
	struct stat st;
	int err;

	if (!is_ours(s->path))
		return -EPERM;
	if (stat(s->path, &st) < 0)
		return errno == ENOENT || errno == ENOTDIR ? UNDO_NOTHING : -errno;
	while ((err = remove_below(AT_FDCWD, s->path)) && now_us() < until)
		nanosleep(&pause, NULL);
	if (err)
		return err;
	undo_tell(say, "removed the cgroup %s", s->path);
	/* The folder that all runs share goes with the last of them; another run's is not empty. */
	snprintf(parent, sizeof(parent), "%s", s->path);
	rmdir(dirname(parent));
	return UNDO_DONE;
}

/*
 * The kernel refuses (EBUSY) while any child still delegates the controller further: then somebody
 * came to rely on it, and leaving it on is right.
 */
int undo_subtree_control(const struct undo_step *s, const struct undo_say *say)
{
	char text[512], off[64];
	int err;

	if (!s->value)
		return -EPROTO;
	if (textfile_read_at(AT_FDCWD, s->path, text, sizeof(text)) < 0 || !strstr(text, s->value))
		return UNDO_NOTHING;
	snprintf(off, sizeof(off), "-%s", s->value);
	err = textfile_write_at(AT_FDCWD, s->path, off);
	if (err == -EBUSY) {
		undo_tell(say, "left %s on in %s: other groups use it by now", s->value, s->path);
		return UNDO_NOTHING;
	}
	if (err)
		return err;
	undo_tell(say, "took %s from %s", s->value, s->path);
	return UNDO_DONE;
}
