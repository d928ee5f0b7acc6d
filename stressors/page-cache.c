/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page-cache: files read, written, mapped, dropped and cut, through the cache and never past it.
 * Each page of it is charged to whoever brought it in and freed by whoever needs room, so this is
 * what reclaim lives on; with files larger than the limit around it, every read is a page of
 * somebody else's.
 */
#include "stressor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "touch.h"
#include "workdir.h"

enum op { OP_READ, OP_WRITE, OP_MAP, OP_AHEAD, OP_DROP, OP_TRUNCATE, OP_SYNC };
enum aux { AUX_READS, AUX_WRITES, AUX_MAPS, AUX_AHEADS, AUX_DROPS, AUX_TRUNCATES, AUX_SYNCS };

static const char *const op_names[] = { "read", "write",    "map",  "ahead",
					"drop", "truncate", "sync", NULL };
static const char *const aux_names[] = { "reads", "writes",    "maps",  "aheads",
					 "drops", "truncates", "syncs", NULL };

static struct {
	const char *dir;
	uint64_t mix[STRESSOR_MIX_MAX], files, file_bytes, block_bytes, threads;
} opt;

static struct workdir folder = WORKDIR_NONE;

struct own {
	int *fds;
	char *block;
};

static const struct param params[] = {
	{ "dir", PARAM_PATH, ".", 0, 0, NULL, "where the files are made, in a folder of their own",
	  &opt.dir },
	{ "mix", PARAM_MIX, "read:8,write:4,map:3,ahead:1,drop:1,truncate:1,sync:1", 0, 0, op_names,
	  "operations and their weights: read or write a block; map one and write to each page; "
	  "readahead; drop a block from the cache (fadvise); cut a file and let it grow to its "
	  "size "
	  "again as a hole; fdatasync",
	  opt.mix },
	{ "files", PARAM_COUNT, "8", 1, 4096, NULL, "files of each thread", &opt.files },
	{ "file-bytes", PARAM_BYTES, "16M", 1 << 16, 1ull << 40, NULL, "size of each",
	  &opt.file_bytes },
	{ "block", PARAM_BYTES, "64K", 4096, 1 << 26, NULL,
	  "bytes of one operation, at a multiple of so many", &opt.block_bytes },
	{ "threads", PARAM_COUNT, "1", 1, 64, NULL, "threads, each with its files", &opt.threads },
	{ NULL },
};

static unsigned int threads(void)
{
	return (unsigned int)opt.threads;
}

static int make_file(struct stressor_run *run, struct own *own, unsigned int i)
{
	char name[48];

	snprintf(name, sizeof(name), "c%u.%u", run->thread, i);
	own->fds[i] = openat(folder.fd, name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (own->fds[i] < 0)
		return -errno;
	return ftruncate(own->fds[i], (off_t)opt.file_bytes) < 0 ? -errno : 0;
}

static int prepare(struct stressor_run *run)
{
	struct own *own;
	int err = 0;

	if (opt.block_bytes > opt.file_bytes || opt.block_bytes % touch_page_bytes()) {
		stressor_why("--block is larger than --file-bytes, or no multiple of a page");
		return -EINVAL;
	}
	if (run->thread == 0)
		err = workdir_make(&folder, opt.dir, run);
	if (err)
		return err;
	own = run->own = calloc(1, sizeof(*own));
	if (!own)
		return -ENOMEM;
	own->fds = malloc(opt.files * sizeof(*own->fds));
	for (unsigned int i = 0; own->fds && i < opt.files; i++)
		own->fds[i] = -1;
	own->block = malloc(opt.block_bytes);
	if (!own->fds || !own->block)
		return -ENOMEM;
	memset(own->block, 'c', opt.block_bytes);
	for (unsigned int i = 0; i < opt.files && !err; i++)
		err = make_file(run, own, i);
	return err;
}

static int do_read(struct own *own, int fd, off_t at)
{
	return pread(fd, own->block, opt.block_bytes, at) < 0 ? -errno : 0;
}

static int do_write(struct own *own, int fd, off_t at)
{
	return pwrite(fd, own->block, opt.block_bytes, at) < 0 ? -errno : 0;
}

/*
 * A page that cannot be had behind a mapping is SIGBUS, and a hole on a full disk is one. So what
 * is mapped was written just now.
 */
static int do_map(struct own *own, int fd, off_t at)
{
	struct stressor_run uncounted = { 0 };
	const struct touch each_page = { 0 };
	int err = do_write(own, fd, at);
	char *map;

	if (err)
		return err;
	map = mmap(NULL, opt.block_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, at);
	if (map == MAP_FAILED)
		return -errno;
	touch_pages(&uncounted, &each_page, map, opt.block_bytes);
	munmap(map, opt.block_bytes);
	return 0;
}

static int do_ahead(struct own *own, int fd, off_t at)
{
	return readahead(fd, at, opt.block_bytes) < 0 ? -errno : 0;
}

static int do_drop(struct own *own, int fd, off_t at)
{
	return -posix_fadvise(fd, at, (off_t)opt.block_bytes, POSIX_FADV_DONTNEED);
}

static int do_truncate(struct own *own, int fd, off_t at)
{
	if (ftruncate(fd, at) < 0 || ftruncate(fd, (off_t)opt.file_bytes) < 0)
		return -errno;
	return 0;
}

static int do_sync(struct own *own, int fd, off_t at)
{
	return fdatasync(fd) < 0 ? -errno : 0;
}

static int (*const ops[])(struct own *, int fd, off_t at) = {
	[OP_READ] = do_read,   [OP_WRITE] = do_write, [OP_MAP] = do_map,
	[OP_AHEAD] = do_ahead, [OP_DROP] = do_drop,   [OP_TRUNCATE] = do_truncate,
	[OP_SYNC] = do_sync,
};

static int work(struct stressor_run *run)
{
	struct own *own = run->own;
	enum op op = stressor_pick(run, opt.mix);
	int fd = own->fds[stressor_below(run, opt.files)];
	uint64_t at = stressor_below(run, opt.file_bytes / opt.block_bytes) * opt.block_bytes;

	run->doing = op_names[op];
	run->aux[op]++; /* enum aux is enum op */
	if (op <= OP_MAP)
		run->bytes += opt.block_bytes;
	return ops[op](own, fd, (off_t)at);
}

static void finish(struct stressor_run *run)
{
	struct own *own = run->own;

	for (unsigned int i = 0; own && own->fds && i < opt.files; i++)
		close_fd(own->fds[i]);
	if (own) {
		free(own->fds);
		free(own->block);
	}
	free(take_ptr(run->own));
	if (run->thread == 0)
		workdir_remove(&folder);
}

static const struct stressor page_cache = {
	.name = "page-cache",
	.about = "Reads, writes, maps, drops and cuts files through the page cache.",
	.step = "one operation of the mix on one block of one file",
	.params = params,
	.aux = aux_names,
	.threads = threads,
	.prepare = prepare,
	.work = work,
	.finish = finish,
};

STRESSOR_MAIN(page_cache)
