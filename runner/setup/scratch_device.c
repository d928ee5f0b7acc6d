/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scenario names a device and mkfs wipes it, so a typing error costs somebody's data. Two
 * questions are asked first: the kernel's own (an exclusive open fails while anything has the
 * device mounted, as swap or in RAID or LVM) and libblkid's (does it carry anything known at all).
 * Only a blank device, or one with hangar's label, passes unasked.
 */
#include "scratch_device.h"

#include <blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "mkfs.h"

static void probe_free(blkid_probe *pr)
{
	blkid_free_probe(*pr);
}

static const char *lookup(blkid_probe pr, const char *name)
{
	const char *value = NULL;

	return blkid_probe_lookup_value(pr, name, &value, NULL) ? NULL : value;
}

/* What the opened device carries: 0 nothing or our own, -EEXIST with @what filled, -EIO. */
static int contents(int fd, char *what, size_t size)
{
	_cleanup_(probe_free) blkid_probe pr = blkid_new_probe();
	const char *type, *table, *label;
	int found;

	if (!pr || blkid_probe_set_device(pr, fd, 0, 0))
		return -EIO;
	blkid_probe_enable_superblocks(pr, 1);
	blkid_probe_set_superblocks_flags(pr, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_LABEL);
	blkid_probe_enable_partitions(pr, 1);
	found = blkid_do_safeprobe(pr);
	if (found == -2) { /* several at once: surely not a blank device */
		snprintf(what, size, "the marks of several file systems");
		return -EEXIST;
	}
	if (found < 0)
		return -EIO;
	type = lookup(pr, "TYPE");
	table = lookup(pr, "PTTYPE");
	label = lookup(pr, "LABEL");
	if (found == 1 || (!type && !table))
		return 0;
	if (type && !table && label && !strcmp(label, SCRATCH_LABEL))
		return 0;
	snprintf(what, size, "%s%s%s%s", type ? type : table, type ? "" : " partition table",
		 label ? ", labelled " : "", label ? label : "");
	return -EEXIST;
}

int scratch_device_check(const char *device, bool force, struct diag *d)
{
	_cleanup_close_ int fd = open(device, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	_cleanup_close_ int only = -1;
	char what[256] = "";
	struct stat st;
	int err;

	if (fd < 0 || fstat(fd, &st) < 0)
		return diag_set(d, -errno, "cannot open the scratch device %s: %s", device,
				strerror(errno));
	if (!S_ISBLK(st.st_mode))
		return diag_set(d, -ENOTBLK, "%s is not a block device", device);
	only = open(device, O_RDONLY | O_EXCL | O_CLOEXEC);
	if (only < 0)
		return diag_set(d, -errno,
				"%s is in use (mounted, swap, or part of another device): %s",
				device, strerror(errno));
	err = contents(fd, what, sizeof(what));
	if (err == -EEXIST && !force)
		return diag_set(
			d, err,
			"%s holds %s and hangar did not make it: wipe it (wipefs -a %s) if you "
			"do not need it, or give --force",
			device, what, device);
	if (err && err != -EEXIST)
		return diag_set(d, err, "cannot tell what is on %s", device);
	return 0;
}

int scratch_use_device(struct scratch_spec *s, const char *device)
{
	if (s->on != SCRATCH_LOOP)
		return 0;
	s->where = strdup(device);
	if (!s->where)
		return -ENOMEM;
	s->on = SCRATCH_DEVICE;
	return 0;
}

int scratch_device_holds(const char *device, uint64_t bytes, struct diag *d)
{
	_cleanup_close_ int fd = open(device, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	uint64_t has = 0;

	if (bytes == UNSET)
		return 0;
	if (fd < 0 || ioctl(fd, BLKGETSIZE64, &has) < 0)
		return diag_set(d, -errno, "cannot tell the size of %s: %s", device,
				strerror(errno));
	if (has < bytes)
		return diag_set(d, -ENOSPC,
				"%s has %" PRIu64 " bytes and the scenario's scratch file system "
				"wants %" PRIu64 "; give a larger disk",
				device, has, bytes);
	return 0;
}
