/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alloc-and-write: one thread takes memory towards the limit of its memory cgroup while another
 * creates, writes and syncs files. When the OOM killer chooses this process, the writer may be
 * waiting for a journal commit, and the commit for somebody who holds a journal handle and needs
 * memory of the same cgroup: a circle that only two threads of one process close, since an OOM
 * victim is a process and not a thread.
 */
#include "stressor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "memory.h"
#include "pace.h"
#include "touch.h"
#include "workdir.h"

#define NOTHING_PAUSE_US 1000u

enum aux { AUX_CHUNKS, AUX_RELEASES, AUX_CREATES, AUX_WRITES, AUX_SYNCS, AUX_UNLINKS };
enum sync { SYNC_FSYNC, SYNC_FDATASYNC, SYNC_NONE };

static const char *const sync_names[] = { "fsync", "fdatasync", "none", NULL };
static const char *const aux_names[] = { "chunks", "releases", "creates", "writes",
					 "syncs",  "unlinks",  NULL };

static struct {
	uint64_t bytes, chunk_bytes, rate, allocators, writers;
	const char *dir;
	uint64_t file_bytes, block_bytes, files, sync;
} opt;

static struct workdir folder = WORKDIR_NONE;

struct own {
	struct memory memory; /* of an allocator */
	struct pace pace;
	char *block;      /* of a writer */
	uint64_t made;    /* files created so far */
	uint64_t removed; /* of those: the oldest, removed again */
};

static const struct param params[] = {
	{ "bytes", PARAM_BYTES, "128M", 4096, 1ull << 44, NULL,
	  "memory that each allocator grows to before it starts again: more than the limit ends in "
	  "an OOM kill",
	  &opt.bytes },
	{ "chunk", PARAM_BYTES, "256K", 4096, 1ull << 34, NULL,
	  "memory mapped and touched in one step of an allocator", &opt.chunk_bytes },
	{ "rate", PARAM_BYTES, "0", 0, 1ull << 44, NULL,
	  "allocated each second by each allocator; 0: as fast as it can", &opt.rate },
	{ "allocators", PARAM_COUNT, "1", 0, 64, NULL, "threads that take memory",
	  &opt.allocators },
	{ "writers", PARAM_COUNT, "1", 0, 64, NULL, "threads that write files", &opt.writers },
	{ "dir", PARAM_PATH, ".", 0, 0, NULL, "where the files are made, in a folder of their own",
	  &opt.dir },
	{ "file-bytes", PARAM_BYTES, "16K", 0, 1ull << 34, NULL, "size of each file",
	  &opt.file_bytes },
	{ "block", PARAM_BYTES, "4K", 1, 1ull << 26, NULL, "bytes of one write", &opt.block_bytes },
	{ "files", PARAM_COUNT, "64", 1, 1000000, NULL,
	  "files that each writer keeps; the oldest beyond is removed", &opt.files },
	{ "sync", PARAM_CHOICE, "fsync", 0, 0, sync_names,
	  "how each file is made durable before it is closed", &opt.sync },
	{ NULL },
};

static unsigned int threads(void)
{
	uint64_t sum = opt.allocators + opt.writers;

	return sum ? (unsigned int)sum : 1;
}

static bool is_allocator(const struct stressor_run *run)
{
	return run->thread < opt.allocators;
}

static int prepare_writer(struct own *own)
{
	own->block = malloc(opt.block_bytes);
	if (!own->block)
		return -ENOMEM;
	memset(own->block, 'h', opt.block_bytes);
	return 0;
}

static int prepare(struct stressor_run *run)
{
	const struct memory_opts memory = { .chunk_bytes = opt.chunk_bytes };
	struct own *own;
	int err;

	if (opt.allocators + opt.writers == 0) {
		stressor_why("--allocators and --writers are both 0: nothing to do");
		return -EINVAL;
	}
	err = run->thread == 0 && opt.writers ? workdir_make(&folder, opt.dir, run) : 0;
	if (err)
		return err;
	own = run->own = calloc(1, sizeof(*own));
	if (!own)
		return -ENOMEM;
	return is_allocator(run) ? memory_init(&own->memory, &memory, opt.bytes)
				 : prepare_writer(own);
}

static void release(struct stressor_run *run, struct own *own)
{
	if (own->memory.held == 0)
		stressor_pause(run, NOTHING_PAUSE_US);
	memory_release(&own->memory);
	run->aux[AUX_RELEASES]++;
}

static int allocate(struct stressor_run *run, struct own *own)
{
	const struct touch each_page = { 0 };
	char *chunk;
	int err;

	run->doing = "map a chunk";
	pace_wait(run, &own->pace, opt.rate, own->memory.opts.chunk_bytes);
	if (memory_full(&own->memory))
		release(run, own);
	err = memory_grow(&own->memory, &chunk);
	if (err < 0 && stressor_is_pressure(-err))
		release(run, own);
	if (err)
		return err;
	run->aux[AUX_CHUNKS]++;
	touch_pages(run, &each_page, chunk, own->memory.opts.chunk_bytes);
	return 0;
}

static void name_file(const struct stressor_run *run, uint64_t number, char *buf, size_t size)
{
	snprintf(buf, size, "w%u.%llu", run->thread, (unsigned long long)number);
}

/* Remove the oldest files until at most @keep are left. */
static int remove_oldest(struct stressor_run *run, struct own *own, uint64_t keep)
{
	char name[48];

	run->doing = "unlink";
	for (; own->made - own->removed > keep; own->removed++) {
		name_file(run, own->removed, name, sizeof(name));
		if (unlinkat(folder.fd, name, 0) < 0 && errno != ENOENT)
			return -errno;
		run->aux[AUX_UNLINKS]++;
	}
	return 0;
}

static int write_blocks(struct stressor_run *run, struct own *own, int fd)
{
	uint64_t left = opt.file_bytes;
	ssize_t n;

	run->doing = "write";
	while (left) {
		n = write(fd, own->block, left < opt.block_bytes ? left : opt.block_bytes);
		if (n < 0)
			return -errno;
		run->aux[AUX_WRITES]++;
		run->bytes += (uint64_t)n;
		left -= (uint64_t)n;
	}
	return 0;
}

static int make_durable(struct stressor_run *run, int fd)
{
	if (opt.sync == SYNC_NONE)
		return 0;
	run->doing = sync_names[opt.sync];
	if ((opt.sync == SYNC_FSYNC ? fsync(fd) : fdatasync(fd)) < 0)
		return -errno;
	run->aux[AUX_SYNCS]++;
	return 0;
}

static int write_file(struct stressor_run *run, struct own *own)
{
	_cleanup_close_ int fd = -1;
	char name[48];
	int err;

	run->doing = "create";
	name_file(run, own->made, name, sizeof(name));
	fd = openat(folder.fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	own->made++;
	run->aux[AUX_CREATES]++;
	err = write_blocks(run, own, fd);
	return err ? err : make_durable(run, fd);
}

static int make_file(struct stressor_run *run, struct own *own)
{
	int err = write_file(run, own);
	int unlink_err;

	/* No space: give back all that is ours, for the next one. */
	unlink_err = remove_oldest(run, own, err ? 0 : opt.files);
	if (err && !stressor_is_pressure(-err))
		return err;
	return unlink_err ? unlink_err : err;
}

static int work(struct stressor_run *run)
{
	return is_allocator(run) ? allocate(run, run->own) : make_file(run, run->own);
}

static void finish(struct stressor_run *run)
{
	struct own *own = run->own;

	if (own) {
		memory_clear(&own->memory);
		free(own->block);
		free(own);
	}
	run->own = NULL;
	if (run->thread == 0)
		workdir_remove(&folder);
}

static const struct stressor alloc_and_write = {
	.name = "alloc-and-write",
	.about = "Takes memory in one thread while another creates, writes and syncs files.",
	.step = "one chunk allocated and touched, or one file created, written and synced",
	.params = params,
	.aux = aux_names,
	.threads = threads,
	.prepare = prepare,
	.work = work,
	.finish = finish,
};

STRESSOR_MAIN(alloc_and_write)
