/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sg-ioctl: what LTP's ioctl_sg01 does to memory. It fills all that is free, in blocks, with a
 * pattern, gives it back block by block, and then lets a SCSI generic device "read" half a megabyte
 * with a command that transfers nothing, to see that the kernel hands out no page with that pattern
 * in it. LTP maps a block when the one before it is full: then no huge page reaches from one into
 * the next, since where they meet small pages came first. With all blocks mapped before the first
 * is filled (--map-first) they are one area, and with blocks smaller than a huge page each of those
 * is given back in parts: queued to be split, and gone a moment later, while others look for pages
 * in that very queue.
 */
#include "stressor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <scsi/sg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "room.h"
#include "touch.h"

#define PATTERN 0x42
/* What LTP leaves free when there is no swap to go to. */
#define MARGIN_BYTES (16u << 20)
#define TEST_UNIT_READY_BYTES 6

enum state { FILL, GIVE, ASK };
enum aux { AUX_BLOCKS, AUX_ROUNDS, AUX_IOCTLS, AUX_REFUSED, AUX_LEAKS };

static const char *const aux_names[] = { "blocks", "rounds", "ioctls", "refused", "leaks", NULL };

static struct {
	const char *device;
	uint64_t bytes, block_bytes, map_first, transfer_bytes, ioctls, threads;
} opt;

static int device_fd = -1;

struct own {
	enum state state;
	char **blocks;
	size_t held, filled, max;
	uint64_t asked;
	unsigned char *buffer;
};

static const struct param params[] = {
	{ "device", PARAM_PATH, "", 0, 0, NULL,
	  "a SCSI generic device, or a SCSI disk; empty: the first /dev/sg*", &opt.device },
	{ "bytes", PARAM_BYTES, "0", 0, 1ull << 44, NULL,
	  "memory of each thread that is filled and given back; 0: its share of what is free",
	  &opt.bytes },
	{ "block", PARAM_BYTES, "16M", 4096, 1ull << 34, NULL,
	  "mapped, filled and unmapped at once", &opt.block_bytes },
	{ "map-first", PARAM_BOOL, "false", 0, 0, NULL,
	  "map all blocks before the first is filled, so that huge pages reach from one into the "
	  "next",
	  &opt.map_first },
	{ "transfer", PARAM_BYTES, "512K", 512, 1 << 24, NULL,
	  "what the device is asked to read, with a command that reads nothing",
	  &opt.transfer_bytes },
	{ "ioctls", PARAM_COUNT, "4", 1, 1000000, NULL, "of these after each round of memory",
	  &opt.ioctls },
	{ "threads", PARAM_COUNT, "1", 1, 64, NULL, "threads", &opt.threads },
	{ NULL },
};

static unsigned int threads(void)
{
	return (unsigned int)opt.threads;
}

static int is_sg(const struct dirent *e)
{
	return strncmp(e->d_name, "sg", 2) == 0 && e->d_name[2] >= '0' && e->d_name[2] <= '9';
}

static int open_first(void)
{
	struct dirent **list = NULL;
	int n = scandir("/dev", &list, is_sg, alphasort);
	int fd = -1;
	char path[300];

	errno = ENOENT;
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "/dev/%s", list[i]->d_name);
		if (fd < 0)
			fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
		free(list[i]);
	}
	free(list);
	return fd < 0 ? -errno : fd;
}

static int open_device(void)
{
	int version, fd;

	fd = *opt.device ? open(opt.device, O_RDWR | O_NONBLOCK | O_CLOEXEC) : open_first();
	if (fd < 0)
		fd = *opt.device ? -errno : fd;
	if (fd == -ENOENT || fd == -ENXIO || fd == -ENODEV) {
		stressor_why("there is no SCSI generic device %s: modprobe sg and scsi_debug "
			     "(add_host=1), or attach a disk through virtio-scsi",
			     *opt.device ? opt.device : "/dev/sg*");
		return -EOPNOTSUPP;
	}
	if (fd < 0)
		return fd;
	device_fd = fd;
	if (ioctl(fd, SG_GET_VERSION_NUM, &version) == 0 && version >= 30000)
		return 0;
	stressor_why("%s does not speak SG_IO", *opt.device ? opt.device : "/dev/sg*");
	return -EOPNOTSUPP;
}

static int share_of_memory(void)
{
	uint64_t free_bytes;
	int err = opt.bytes ? 0 : room_free("", &free_bytes);

	if (!err && !opt.bytes)
		opt.bytes = free_bytes > MARGIN_BYTES + (1 << 20)
				    ? (free_bytes - MARGIN_BYTES) / opt.threads
				    : 1 << 20;
	if (opt.block_bytes > opt.bytes)
		opt.block_bytes = opt.bytes;
	return err;
}

static int prepare(struct stressor_run *run)
{
	struct own *own;
	int err = 0;

	if (run->thread == 0)
		err = open_device();
	if (!err && run->thread == 0)
		err = share_of_memory();
	if (err)
		return err;
	own = run->own = calloc(1, sizeof(*own));
	if (!own)
		return -ENOMEM;
	own->max = opt.bytes / opt.block_bytes;
	own->blocks = calloc(own->max, sizeof(*own->blocks));
	own->buffer = malloc(opt.transfer_bytes);
	return own->blocks && own->buffer ? 0 : -ENOMEM;
}

/* One more, or all that there are to be. */
static int map_blocks(struct stressor_run *run, struct own *own)
{
	do {
		char *at = mmap(NULL, opt.block_bytes, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (at == MAP_FAILED)
			return -errno;
		own->blocks[own->held++] = at;
		run->aux[AUX_BLOCKS]++;
	} while (opt.map_first && own->held < own->max);
	return 0;
}

static int fill_block(struct stressor_run *run, struct own *own)
{
	int err = 0;

	run->doing = "map a block";
	if (own->filled == own->max) {
		own->state = GIVE;
		return 0;
	}
	if (own->filled == own->held)
		err = map_blocks(run, own);
	if (own->filled == own->held) {
		own->state = own->held ? GIVE : ASK;
		return err;
	}
	memset(own->blocks[own->filled++], PATTERN, opt.block_bytes);
	run->bytes += opt.block_bytes;
	return err;
}

/* All at once, as LTP does: the time between two neighbours is what it is about. */
static int give_blocks(struct stressor_run *run, struct own *own)
{
	for (size_t i = 0; i < own->held; i++)
		munmap(own->blocks[i], opt.block_bytes);
	own->held = own->filled = 0;
	own->asked = 0;
	own->state = ASK;
	run->aux[AUX_ROUNDS]++;
	return 0;
}

static bool is_zero(const unsigned char *at, size_t bytes)
{
	return at[0] == 0 && memcmp(at, at + 1, bytes - 1) == 0;
}

/* A device may refuse a transfer that its command does not make: then nothing was handed out. */
static bool was_refused(int err)
{
	return err == -EINVAL || err == -EIO || err == -EBUSY || err == -ENODEV;
}

static int ask_device(struct stressor_run *run, struct own *own)
{
	unsigned char command[TEST_UNIT_READY_BYTES] = { 0 };
	struct sg_io_hdr io = {
		.interface_id = 'S',
		.dxfer_direction = SG_DXFER_FROM_DEV,
		.cmd_len = sizeof(command),
		.cmdp = command,
		.dxfer_len = (unsigned int)opt.transfer_bytes,
		.dxferp = own->buffer,
		.timeout = 20000,
	};

	run->doing = "SG_IO";
	if (own->asked++ == opt.ioctls) {
		own->state = FILL;
		return 0;
	}
	memset(own->buffer, 0, opt.transfer_bytes);
	run->aux[AUX_IOCTLS]++;
	if (ioctl(device_fd, SG_IO, &io) < 0) {
		int err = -errno;

		run->aux[AUX_REFUSED] += was_refused(err);
		return was_refused(err) ? STRESSOR_PRESSURE : err;
	}
	if (is_zero(own->buffer, opt.transfer_bytes))
		return 0;
	if (run->aux[AUX_LEAKS]++ == 0)
		stressor_say("SG_IO handed out memory that held something else "
			     "(CVE-2018-1000204)");
	return 0;
}

static int work(struct stressor_run *run)
{
	struct own *own = run->own;

	switch (own->state) {
	case FILL:
		return fill_block(run, own);
	case GIVE:
		return give_blocks(run, own);
	case ASK:
		break;
	}
	return ask_device(run, own);
}

static void finish(struct stressor_run *run)
{
	struct own *own = run->own;

	for (size_t i = 0; own && i < own->held; i++)
		munmap(own->blocks[i], opt.block_bytes);
	if (own) {
		free(own->blocks);
		free(own->buffer);
	}
	free(take_ptr(run->own));
	if (run->thread == 0)
		device_fd = close_fd(device_fd);
}

static const struct stressor sg_ioctl = {
	.name = "sg-ioctl",
	.about = "Fills and frees the memory and reads nothing from a SCSI device, as ioctl_sg01.",
	.step = "one block filled, all blocks given back, or one SG_IO",
	.params = params,
	.aux = aux_names,
	.threads = threads,
	.prepare = prepare,
	.work = work,
	.finish = finish,
};

STRESSOR_MAIN(sg_ioctl)
