/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel throttles at the request queue, which belongs to the whole disk: given a partition's
 * number it answers ENODEV. sysfs tells which disk a partition lies on: its folder is inside the
 * disk's.
 */
#include "cgroup/io_device.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/textfile.h"

int io_device_number(const char *root, const char *path, char *buf, size_t size)
{
	char sysfs[PATH_MAX], text[64];
	struct stat st;
	dev_t dev;
	ssize_t n;

	if (stat(path, &st) < 0)
		return -errno;
	dev = S_ISBLK(st.st_mode) ? st.st_rdev : st.st_dev;
	if (major(dev) == 0) /* an anonymous number: no disk of its own */
		return -ENOTBLK;
	snprintf(buf, size, "%u:%u", major(dev), minor(dev));
	snprintf(sysfs, sizeof(sysfs), "%s/sys/dev/block/%s/partition", root, buf);
	if (access(sysfs, F_OK) < 0)
		return 0;
	snprintf(sysfs, sizeof(sysfs), "%s/sys/dev/block/%s/../dev", root, buf);
	n = textfile_read_at(AT_FDCWD, sysfs, text, sizeof(text));
	if (n < 0)
		return (int)n;
	snprintf(buf, size, "%.*s", (int)strcspn(text, "\n"), text);
	return 0;
}
