/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fsync-writer: small writes, each made durable before the next. Every sync of a file that has
 * grown waits for a journal commit, and a commit waits for everyone who holds a handle: this is the
 * load under which one slow task stops all others. What is synced how, and how many are in flight,
 * decides which of the kernel's paths wait.
 */
#include "stressor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "blockfile.h"
#include "pairs.h"
#include "workdir.h"

enum engine { ENGINE_SYNC, ENGINE_IO_URING };
enum aux { AUX_WRITES, AUX_SYNCS, AUX_TRUNCATES, AUX_FALLBACKS };

static const char *const engine_names[] = { "sync", "io_uring", NULL };
static const char *const aux_names[] = { "writes", "syncs", "truncates", "fallbacks", NULL };

static struct {
	const char *dir;
	struct blockfile_opts file;
	uint64_t engine, every, depth, shared, threads;
} opt;

static struct workdir folder = WORKDIR_NONE;

struct own {
	struct blockfile file;
	struct pairs pairs;
	uint64_t unsynced;
};

static const struct param params[] = {
	{ "dir", PARAM_PATH, ".", 0, 0, NULL, "where the files are made, in a folder of their own",
	  &opt.dir },
	{ "io", PARAM_CHOICE, "buffered", 0, 0, blockfile_ios,
	  "through the page cache, or past it (O_DIRECT)", &opt.file.io },
	{ "sync", PARAM_CHOICE, "fsync", 0, 0, blockfile_syncs,
	  "how writes are made durable; msync writes through a shared mapping", &opt.file.sync },
	{ "every", PARAM_COUNT, "1", 1, 1000000, NULL,
	  "writes to one sync, which covers all of them", &opt.every },
	{ "layout", PARAM_CHOICE, "append", 0, 0, blockfile_layouts,
	  "grow the file and cut it to nothing when it is full, or write over it in order or "
	  "anywhere",
	  &opt.file.layout },
	{ "block", PARAM_BYTES, "4K", 1, 1ull << 28, NULL, "bytes of one write",
	  &opt.file.block_bytes },
	{ "file-bytes", PARAM_BYTES, "4M", 1, 1ull << 40, NULL, "size that each file grows to",
	  &opt.file.file_bytes },
	{ "engine", PARAM_CHOICE, "sync", 0, 0, engine_names,
	  "plain system calls, or write and sync as a linked pair on an io_uring", &opt.engine },
	{ "depth", PARAM_COUNT, "8", 1, 1024, NULL, "pairs in flight, with engine io_uring",
	  &opt.depth },
	{ "shared-file", PARAM_BOOL, "false", 0, 0, NULL, "all threads write to one file",
	  &opt.shared },
	{ "threads", PARAM_COUNT, "1", 1, 256, NULL, "threads, each with a file of its own",
	  &opt.threads },
	{ NULL },
};

static unsigned int threads(void)
{
	return (unsigned int)opt.threads;
}

static int open_pairs(struct stressor_run *run, struct own *own)
{
	int err = -EOPNOTSUPP;

	if (opt.file.sync == SYNC_MSYNC)
		stressor_say("io_uring has no msync: plain system calls instead");
	else
		err = pairs_open(&own->pairs, (unsigned int)opt.depth);
	if (err != -EOPNOTSUPP)
		return err;
	run->aux[AUX_FALLBACKS]++;
	return 0;
}

static int prepare(struct stressor_run *run)
{
	struct own *own;
	char name[32];
	int err = blockfile_check(&opt.file);

	if (!err && run->thread == 0)
		err = workdir_make(&folder, opt.dir, run);
	if (err)
		return err;
	own = run->own = calloc(1, sizeof(*own));
	if (!own)
		return -ENOMEM;
	snprintf(name, sizeof(name), "f%u", opt.shared ? 0 : run->thread);
	err = blockfile_open(&own->file, folder.fd, name, &opt.file);
	if (!err && opt.engine == ENGINE_IO_URING)
		err = open_pairs(run, own);
	return err;
}

static int cut(struct stressor_run *run, struct own *own)
{
	run->doing = "ftruncate";
	run->aux[AUX_TRUNCATES]++;
	return blockfile_cut(&own->file);
}

/* Choose the place of the next block; a full file is cut first. */
static int next_block(struct stressor_run *run, struct own *own, uint64_t *ret_offset)
{
	run->aux[AUX_WRITES]++;
	run->bytes += opt.file.block_bytes;
	return blockfile_next(&own->file, run, ret_offset) ? cut(run, own) : 0;
}

/* Is this write the one that is synced? */
static bool sync_due(struct stressor_run *run, struct own *own)
{
	if (opt.file.sync == SYNC_NONE || ++own->unsynced < opt.every)
		return false;
	own->unsynced = 0;
	run->aux[AUX_SYNCS]++;
	return true;
}

static int write_and_sync(struct stressor_run *run, struct own *own)
{
	uint64_t offset;
	int err = next_block(run, own, &offset);

	if (err)
		return err;
	run->doing = "write";
	err = blockfile_write(&own->file, offset);
	if (err || !sync_due(run, own))
		return err;
	run->doing = blockfile_syncs[opt.file.sync];
	return blockfile_sync(&own->file);
}

/* What the ring does behind a write. */
static void choose_sync(struct stressor_run *run, struct own *own, struct pair *pair)
{
	struct blockfile_range dirty;

	pair->sync = PAIR_NONE;
	if (!sync_due(run, own) || opt.file.sync == SYNC_O_DSYNC)
		return;
	dirty = blockfile_dirty(&own->file);
	pair->sync_offset = dirty.offset;
	pair->sync_bytes = (unsigned int)dirty.bytes; /* 0, to the end, for 4 GiB: as good */
	if (opt.file.sync == SYNC_RANGE)
		pair->sync = PAIR_RANGE;
	else
		pair->sync = opt.file.sync == SYNC_FSYNC ? PAIR_FSYNC : PAIR_FDATASYNC;
}

static int keep_in_flight(struct stressor_run *run, struct own *own)
{
	struct pair pair = { own->file.fd, own->file.block, (unsigned int)opt.file.block_bytes };
	int err = 0;

	while (!err && pairs_room(&own->pairs)) {
		err = next_block(run, own, &pair.offset);
		choose_sync(run, own, &pair);
		pairs_add(&own->pairs, &pair);
	}
	run->doing = "io_uring write and sync";
	return err ? err : pairs_fetch(&own->pairs);
}

static int work(struct stressor_run *run)
{
	struct own *own = run->own;
	int ret = own->pairs.depth ? keep_in_flight(run, own) : write_and_sync(run, own);

	/* No space for more: give back what there is and go on. */
	if (ret == STRESSOR_PRESSURE || (ret < 0 && stressor_is_pressure(-ret))) {
		own->file.at = 0;
		cut(run, own);
		return STRESSOR_PRESSURE;
	}
	return ret;
}

static void finish(struct stressor_run *run)
{
	struct own *own = run->own;

	if (own) {
		pairs_close(&own->pairs);
		blockfile_close(&own->file);
		free(own);
	}
	run->own = NULL;
	if (run->thread == 0)
		workdir_remove(&folder);
}

static const struct stressor fsync_writer = {
	.name = "fsync-writer",
	.about = "Writes blocks and makes them durable, one way or another.",
	.step = "one block written and, when due, synced",
	.params = params,
	.aux = aux_names,
	.threads = threads,
	.prepare = prepare,
	.work = work,
	.finish = finish,
};

STRESSOR_MAIN(fsync_writer)
