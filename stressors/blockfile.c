/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ways in which a block becomes durable take different paths in the kernel: fsync and fdatasync
 * of a grown file wait for a journal commit, O_DSYNC does the same inside write(),
 * sync_file_range() only writes pages back and never asks the journal, and msync() meets the pages
 * through a mapping and its page faults. O_DIRECT leaves out the page cache.
 */
#include "blockfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "touch.h"

/* O_DIRECT wants memory and offsets in multiples of the logical block: at most 4096 on any disk
 * sold. */
#define DIRECT_ALIGN 4096u
#define DIRECT_UNIT 512u

const char *const blockfile_ios[] = { "buffered", "direct", NULL };
const char *const blockfile_syncs[] = { "fsync", "fdatasync", "o_dsync", "sync_file_range",
					"msync", "none",      NULL };
const char *const blockfile_layouts[] = { "append", "overwrite", "random", NULL };

int blockfile_check(const struct blockfile_opts *o)
{
	if (o->block_bytes > o->file_bytes)
		stressor_why("--block is larger than --file-bytes");
	else if (o->io == IO_DIRECT && o->sync == SYNC_MSYNC)
		stressor_why("--io=direct and --sync=msync exclude each other");
	else if (o->io == IO_DIRECT && o->block_bytes % DIRECT_UNIT)
		stressor_why("--io=direct needs a --block of whole 512B");
	else
		return 0;
	return -EINVAL;
}

static int open_flags(const struct blockfile_opts *o)
{
	return O_RDWR | O_CREAT | O_CLOEXEC | (o->io == IO_DIRECT ? O_DIRECT : 0) |
	       (o->sync == SYNC_O_DSYNC ? O_DSYNC : 0);
}

/* A page of the mapping without a block behind it would be a SIGBUS when the disk is full. */
static int map_file(struct blockfile *f)
{
	int err = -posix_fallocate(f->fd, 0, (off_t)f->opts->file_bytes);

	if (err)
		return err;
	f->map = mmap(NULL, f->opts->file_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, f->fd, 0);
	if (f->map != MAP_FAILED)
		return 0;
	f->map = NULL;
	return -errno;
}

int blockfile_open(struct blockfile *f, int dirfd, const char *name,
		   const struct blockfile_opts *opts)
{
	*f = (struct blockfile){ .opts = opts };
	f->fd = openat(dirfd, name, open_flags(opts), 0600);
	if (f->fd < 0 && errno == EINVAL && opts->io == IO_DIRECT) {
		stressor_why("the file system of --dir has no O_DIRECT");
		return -EOPNOTSUPP;
	}
	if (f->fd < 0)
		return -errno;
	if (posix_memalign((void **)&f->block, DIRECT_ALIGN, opts->block_bytes))
		return -ENOMEM;
	memset(f->block, 'h', opts->block_bytes);
	return opts->sync == SYNC_MSYNC ? map_file(f) : 0;
}

void blockfile_close(struct blockfile *f)
{
	if (f->map)
		munmap(take_ptr(f->map), f->opts->file_bytes);
	free(take_ptr(f->block));
	f->fd = close_fd(f->fd);
}

static void note_dirty(struct blockfile *f, uint64_t offset)
{
	uint64_t end = offset + f->opts->block_bytes;

	if (f->dirty_to == 0 || offset < f->dirty_from)
		f->dirty_from = offset;
	if (end > f->dirty_to)
		f->dirty_to = end;
}

struct blockfile_range blockfile_dirty(struct blockfile *f)
{
	struct blockfile_range r = { f->dirty_from, f->dirty_to - f->dirty_from };

	f->dirty_from = f->dirty_to = 0;
	return r;
}

int blockfile_next(struct blockfile *f, struct stressor_run *run, uint64_t *ret_offset)
{
	const struct blockfile_opts *o = f->opts;
	int full = 0;

	if (o->layout == RANDOM) {
		*ret_offset = stressor_below(run, o->file_bytes / o->block_bytes) * o->block_bytes;
	} else {
		full = f->at + o->block_bytes > o->file_bytes;
		if (full)
			f->at = 0;
		*ret_offset = f->at;
		f->at += o->block_bytes;
	}
	note_dirty(f, *ret_offset);
	return full && o->layout == APPEND;
}

int blockfile_cut(struct blockfile *f)
{
	if (f->map)
		return 0;
	return ftruncate(f->fd, 0) < 0 ? -errno : 0;
}

int blockfile_write(struct blockfile *f, uint64_t offset)
{
	size_t bytes = f->opts->block_bytes;
	ssize_t n;

	if (f->map) {
		f->block[0]++;
		memcpy(f->map + offset, f->block, bytes);
		return 0;
	}
	n = pwrite(f->fd, f->block, bytes, (off_t)offset);
	if (n < 0)
		return -errno;
	return (size_t)n < bytes ? -ENOSPC : 0;
}

static int sync_by_fsync(struct blockfile *f)
{
	return fsync(f->fd);
}

static int sync_by_fdatasync(struct blockfile *f)
{
	return fdatasync(f->fd);
}

static int sync_by_range(struct blockfile *f)
{
	struct blockfile_range r = blockfile_dirty(f);

	return sync_file_range(f->fd, (off_t)r.offset, (off_t)r.bytes,
			       SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
				       SYNC_FILE_RANGE_WAIT_AFTER);
}

static int sync_by_msync(struct blockfile *f)
{
	struct blockfile_range r = blockfile_dirty(f);
	uint64_t in_page = r.offset % touch_page_bytes();

	return msync(f->map + r.offset - in_page, r.bytes + in_page, MS_SYNC);
}

/* o_dsync: the write was the sync. */
static int (*const sync_ways[])(struct blockfile *) = {
	[SYNC_FSYNC] = sync_by_fsync, [SYNC_FDATASYNC] = sync_by_fdatasync, [SYNC_O_DSYNC] = NULL,
	[SYNC_RANGE] = sync_by_range, [SYNC_MSYNC] = sync_by_msync,         [SYNC_NONE] = NULL,
};

int blockfile_sync(struct blockfile *f)
{
	int (*way)(struct blockfile *) = sync_ways[f->opts->sync];

	return way && way(f) < 0 ? -errno : 0;
}
