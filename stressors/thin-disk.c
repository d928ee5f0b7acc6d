/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * thin-disk: a disk that promises more than there is behind it, as thin provisioning does. It is a
 * loop device over a sparse file on a tmpfs of its own. What was written to the page cache long ago
 * then fails on its way to the disk, and nobody is told but the kernel's log and whoever syncs: the
 * full disk that no ENOSPC announces. Mounts are made in a namespace that ends with the program,
 * and the loop device goes with its last user.
 */
#include "stressor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "pace.h"
#include "workdir.h"

/* Another program may take the device that was just found free. */
#define TRIES 16

enum aux { AUX_WRITES, AUX_SYNCS, AUX_FAILURES };

static const char *const aux_names[] = { "writes", "syncs", "failures", NULL };

static struct {
	const char *dir;
	uint64_t bytes, store_bytes, block_bytes, rate;
} opt;

static struct workdir folder = WORKDIR_NONE;
static struct pace pace;
static int device_fd = -1;
static bool mounted;
static uint64_t offset;
static char *block;

static const struct param params[] = {
	{ "dir", PARAM_PATH, ".", 0, 0, NULL, "where the store is mounted, in a folder of its own",
	  &opt.dir },
	{ "bytes", PARAM_BYTES, "32M", 1 << 16, 1ull << 40, NULL, "size that the disk says it has",
	  &opt.bytes },
	{ "store", PARAM_BYTES, "8M", 1 << 16, 1ull << 40, NULL,
	  "what there is behind it, in memory", &opt.store_bytes },
	{ "block", PARAM_BYTES, "64K", 4096, 1 << 22, NULL, "bytes of one write",
	  &opt.block_bytes },
	{ "rate", PARAM_BYTES, "8M", 0, 1ull << 40, NULL,
	  "written each second; 0: as fast as it can", &opt.rate },
	{ NULL },
};

/* By name, since descriptors from before unshare() lead to the mounts of everybody else. */
static int store_path(char *buf, size_t size)
{
	return path_format(buf, size, "%s/%s", opt.dir, folder.name);
}

/* A tmpfs over our own folder, seen by nobody else. */
static int make_store(struct stressor_run *run, int *ret_fd)
{
	char path[4096], options[64];
	int err = store_path(path, sizeof(path));

	if (err)
		return err;
	run->doing = "mount";
	snprintf(options, sizeof(options), "size=%llu", (unsigned long long)opt.store_bytes);
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("thin-disk", path, "tmpfs", MS_NODEV | MS_NOSUID, options) < 0)
		return -errno;
	mounted = true;
	*ret_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *ret_fd < 0 ? -errno : 0;
}

static int make_image(int store_fd, int *ret_fd)
{
	_cleanup_close_ int fd =
		openat(store_fd, "image", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, (off_t)opt.bytes) < 0)
		return -errno;
	*ret_fd = take_fd(&fd);
	return 0;
}

/* It goes away when the last who has it open does. */
static int attach(int device, int image)
{
	struct loop_info64 info = { .lo_flags = LO_FLAGS_AUTOCLEAR };

	if (ioctl(device, LOOP_SET_FD, image) < 0)
		return -errno;
	if (ioctl(device, LOOP_SET_STATUS64, &info) == 0)
		return 0;
	ioctl(device, LOOP_CLR_FD, 0);
	return -errno;
}

static int open_device(int image)
{
	_cleanup_close_ int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	char path[64];
	int err = control < 0 ? -errno : -EBUSY;

	for (int i = 0; i < TRIES && err == -EBUSY; i++) {
		_cleanup_close_ int fd = -1;
		int number = ioctl(control, LOOP_CTL_GET_FREE);

		if (number < 0)
			return -errno;
		snprintf(path, sizeof(path), "/dev/loop%d", number);
		fd = open(path, O_RDWR | O_CLOEXEC);
		err = fd < 0 ? -errno : attach(fd, image);
		if (!err)
			device_fd = take_fd(&fd);
	}
	return err;
}

static int prepare(struct stressor_run *run)
{
	_cleanup_close_ int store = -1, image = -1;
	int err = workdir_make(&folder, opt.dir, run);

	if (err)
		return err;
	block = malloc(opt.block_bytes);
	if (!block)
		return -ENOMEM;
	memset(block, 't', opt.block_bytes);
	err = make_store(run, &store);
	if (!err)
		err = make_image(store, &image);
	if (err)
		return err;
	run->doing = "loop device";
	err = open_device(image);
	if (err == -ENOENT || err == -ENXIO)
		stressor_why("there is no loop device: modprobe loop");
	return err == -ENOENT || err == -ENXIO ? -EOPNOTSUPP : err;
}

/* What cannot be written is what this is about. */
static int failed(struct stressor_run *run)
{
	if (errno != EIO && errno != ENOSPC)
		return -errno;
	run->aux[AUX_FAILURES]++;
	return STRESSOR_PRESSURE;
}

static int work(struct stressor_run *run)
{
	if (offset + opt.block_bytes > opt.bytes)
		offset = 0;
	pace_wait(run, &pace, opt.rate, opt.block_bytes);
	run->doing = "write";
	run->aux[AUX_WRITES]++;
	if (pwrite(device_fd, block, opt.block_bytes, (off_t)offset) < 0)
		return failed(run);
	offset += opt.block_bytes;
	run->bytes += opt.block_bytes;
	run->doing = "fsync";
	run->aux[AUX_SYNCS]++;
	return fsync(device_fd) < 0 ? failed(run) : 0;
}

static void finish(struct stressor_run *run)
{
	char path[4096];

	device_fd = close_fd(device_fd);
	if (mounted && store_path(path, sizeof(path)) == 0)
		umount2(path, MNT_DETACH);
	mounted = false;
	workdir_remove(&folder);
	free(take_ptr(block));
}

static const struct stressor thin_disk = {
	.name = "thin-disk",
	.about = "Writes to a disk that has less behind it than it says.",
	.step = "one block written and synced, or failed",
	.params = params,
	.aux = aux_names,
	.prepare = prepare,
	.work = work,
	.finish = finish,
};

STRESSOR_MAIN(thin_disk)
