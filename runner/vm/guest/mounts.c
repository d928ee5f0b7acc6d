/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's file systems. The first mount of a controller decides its version for the whole boot,
 * so only one kind of control groups is ever mounted here.
 */
#include "vm/guest/parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/textfile.h"

static const struct row {
	const char *type, *at, *options;
	bool optional; /* a kernel may be built without it */
} base[] = {
	{ "proc", "/proc", "", false },
	{ "sysfs", "/sys", "", false },
	{ "devtmpfs", "/dev", "mode=0755", false },
	{ "devpts", "/dev/pts", "", true },
	{ "tmpfs", "/dev/shm", "mode=1777", true },
	/* the record of the run waits here for the host, which takes it away as fast as it grows */
	{ "tmpfs", "/run", "mode=0755,size=75%", false },
	{ "tmpfs", "/tmp", "mode=1777", false },
	{ "debugfs", "/sys/kernel/debug", "", true },
	{ "tracefs", "/sys/kernel/tracing", "", true },
	{ "pstore", "/sys/fs/pstore", "", true },
};

static const char *const v1_controllers[] = { "memory", "pids", "cpu", "cpuset", "blkio" };
static const char *const v2_controllers[] = { "+memory", "+pids", "+cpu", "+cpuset", "+io" };

static int mount_row(const struct row *r, struct diag *d)
{
	mkdir(r->at, 0755); /* there already, or the mount will say */
	if (mount(r->type, r->at, r->type, 0, r->options) == 0 || errno == EBUSY || r->optional)
		return 0;
	return diag_set(d, -errno, "%s cannot be mounted on %s: %s", r->type, r->at,
			strerror(errno));
}

int mounts_base(struct diag *d)
{
	for (size_t i = 0; i < ARRAY_SIZE(base); i++) {
		int err = mount_row(&base[i], d);

		if (err)
			return err;
	}
	if (symlink("/proc/self/fd", "/dev/fd") < 0 && errno != EEXIST)
		return diag_set(d, -errno, "/dev/fd cannot be made: %s", strerror(errno));
	return 0;
}

static int mount_v1(struct diag *d)
{
	const struct row root = { "tmpfs", "/sys/fs/cgroup", "mode=0755", false };
	unsigned int mounted = 0;
	int err = mount_row(&root, d);

	for (size_t i = 0; i < ARRAY_SIZE(v1_controllers) && !err; i++) {
		char at[64];

		snprintf(at, sizeof(at), "/sys/fs/cgroup/%s", v1_controllers[i]);
		mkdir(at, 0755);
		mounted += mount("cgroup", at, "cgroup", 0, v1_controllers[i]) == 0;
	}
	if (!err && !mounted)
		return diag_set(d, -ENODEV, "this kernel has no controller of cgroup v1");
	return err;
}

/* Each for itself: one that a kernel does not have must not cost the others. */
static int mount_v2(struct diag *d)
{
	const struct row root = { "cgroup2", "/sys/fs/cgroup", "", false };
	int err = mount_row(&root, d);

	for (size_t i = 0; i < ARRAY_SIZE(v2_controllers) && !err; i++)
		textfile_write_at(-1, "/sys/fs/cgroup/cgroup.subtree_control", v2_controllers[i]);
	return err;
}

int mounts_cgroup(enum job_cgroup which, struct diag *d)
{
	return which == JOB_CGROUP_V1 ? mount_v1(d) : mount_v2(d);
}

int mounts_state(struct diag *d)
{
	char disk[64];

	if (!disk_find(DISK_STATE, disk, sizeof(disk)))
		return 0;
	path_make("/var/lib/hangar");
	if (mount(disk, "/var/lib/hangar", "ext4", 0, "") < 0)
		return diag_set(d, -errno,
				"%s (%s) cannot be mounted as ext4 on /var/lib/hangar: %s", disk,
				DISK_STATE, strerror(errno));
	return 0;
}
