/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scratch mount and its loop device. libmount sets the device up with autoclear, so the last
 * unmount frees it; a SIGKILL between the two, or a lazy unmount, leaves a device that is found by
 * its backing file.
 */
#include "undo_step.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <linux/loop.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/textfile.h"
#include "unmount.h"

/* Long enough to write some 100 MB of dirty pages to a slow disk, short enough for a man to wait.
 */
#define UNMOUNT_WITHIN_US 20000000u
/* The kernel clears a loop device from a workqueue after the last close. */
#define CLEAR_WITHIN_US 3000000u
#define LOOK_AGAIN_NS 20000000

int undo_mount(const struct undo_step *s, const struct undo_say *say)
{
	int result;

	if (!is_mounted(s->path))
		return UNDO_NOTHING;
	result = unmount_within(s->path, UNMOUNT_WITHIN_US);
	if (result < 0)
		return result;
	if (result == UNMOUNT_STUCK) {
		undo_tell(say,
			  "%s is taken out of the tree, but the kernel does not finish unmounting "
			  "it: a helper process still waits",
			  s->path);
		return -ETIMEDOUT;
	}
	undo_tell(say, "unmounted %s%s", s->path,
		  result == UNMOUNT_LAZY ? " lazily: it was in use to the end" : "");
	return UNDO_DONE;
}

static void backing_file(const char *sysfs, char *buf, size_t size)
{
	char path[PATH_MAX];
	ssize_t n;

	snprintf(path, sizeof(path), "%s/loop/backing_file", sysfs);
	n = textfile_read_at(AT_FDCWD, path, buf, size);
	buf[n > 0 ? strcspn(buf, "\n") : 0] = '\0';
}

/* Detach each loop device whose backing file is @file (or was, when it is unlinked). How many there
 * were, or -errno. */
static int detach_loops(const char *file)
{
	glob_t found = { 0 };
	int n = 0, err = 0;

	if (glob("/sys/block/loop*", 0, NULL, &found))
		found.gl_pathc = 0;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char backing[PATH_MAX], device[64];
		size_t len = strlen(file);
		_cleanup_close_ int fd = -1;

		backing_file(found.gl_pathv[i], backing, sizeof(backing));
		if (strncmp(backing, file, len) ||
		    (backing[len] && strcmp(backing + len, " (deleted)")))
			continue;
		n++;
		snprintf(device, sizeof(device), "/dev/%s", strrchr(found.gl_pathv[i], '/') + 1);
		fd = open(device, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || (ioctl(fd, LOOP_CLR_FD, 0) < 0 && errno != ENXIO))
			err = -errno;
	}
	globfree(&found);
	return err ? err : n;
}

int undo_loop(const struct undo_step *s, const struct undo_say *say)
{
	const struct timespec pause = { 0, LOOK_AGAIN_NS };
	const uint64_t until = now_us() + CLEAR_WITHIN_US;
	int first = detach_loops(s->path), left = first;

	while (left && now_us() < until) {
		nanosleep(&pause, NULL);
		left = detach_loops(s->path);
	}
	if (left)
		return left < 0 ? left : -EBUSY;
	if (!first)
		return UNDO_NOTHING;
	undo_tell(say, "detached the loop device of %s", s->path);
	return UNDO_DONE;
}
