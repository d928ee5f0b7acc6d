/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * swap-churn: swap space of its own, and pages that go there and come back. With a mix of "hold"
 * alone it only gives a storm somewhere to swap to; with "cycle" the space is switched off and on
 * again, which brings every page of it back at once, whoever's limit it breaks.
 */
#include "stressor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "swapdev.h"
#include "touch.h"
#include "workdir.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

#define HOLD_STEP_US 100000u

enum on { ON_ZRAM, ON_FILE };
enum op { OP_WRITE, OP_OUT, OP_IN, OP_CYCLE, OP_HOLD };
enum aux { AUX_WRITES, AUX_OUTS, AUX_INS, AUX_CYCLES, AUX_HOLDS, AUX_FALLBACKS };

static const char *const on_names[] = { "zram", "file", NULL };
static const char *const op_names[] = { "write", "out", "in", "cycle", "hold", NULL };
static const char *const aux_names[] = { "writes", "outs",      "ins", "cycles",
					 "holds",  "fallbacks", NULL };

static struct {
	const char *dir;
	uint64_t on, bytes, memory_bytes, piece_bytes, mix[STRESSOR_MIX_MAX], threads;
} opt;

static struct workdir folder = WORKDIR_NONE;
static struct swapdev device = SWAPDEV_NONE;

struct own {
	char *memory;
};

static const struct param params[] = {
	{ "on", PARAM_CHOICE, "zram", 0, 0, on_names,
	  "a zram device, or a file in --dir; without zram it cannot run (77)", &opt.on },
	{ "bytes", PARAM_BYTES, "256M", 1 << 20, 1ull << 40, NULL, "size of the swap space",
	  &opt.bytes },
	{ "dir", PARAM_PATH, ".", 0, 0, NULL, "where the file lies, in a folder of its own",
	  &opt.dir },
	{ "memory", PARAM_BYTES, "32M", 1 << 16, 1ull << 40, NULL, "memory of each thread",
	  &opt.memory_bytes },
	{ "piece", PARAM_BYTES, "256K", 4096, 1 << 30, NULL, "of it, what one step works on",
	  &opt.piece_bytes },
	{ "mix", PARAM_MIX, "write:4,out:4,in:4", 0, 0, op_names,
	  "operations and their weights: write to all pages of a piece; send it to swap "
	  "(MADV_PAGEOUT, Linux 5.4); read it; switch swap off and on; do nothing for a tenth of a "
	  "second",
	  opt.mix },
	{ "threads", PARAM_COUNT, "1", 1, 64, NULL, "threads, each with its memory", &opt.threads },
	{ NULL },
};

static unsigned int threads(void)
{
	return (unsigned int)opt.threads;
}

static int make_file(struct stressor_run *run)
{
	char path[256];
	int err = workdir_make(&folder, opt.dir, run);

	if (!err && (size_t)snprintf(path, sizeof(path), "%s/%s/swap", opt.dir, folder.name) >=
			    sizeof(path))
		err = -ENAMETOOLONG;
	return err ? err : swapdev_file(&device, path, opt.bytes);
}

static int make_device(struct stressor_run *run)
{
	int err = opt.on == ON_ZRAM ? swapdev_zram(&device, "", opt.bytes) : make_file(run);

	if (!err)
		err = swapdev_on(&device);
	if (err == -EINVAL) {
		stressor_why("this kernel cannot swap to %s", device.path);
		err = -EOPNOTSUPP;
	}
	return err;
}

static int prepare(struct stressor_run *run)
{
	struct own *own;
	int err = 0;

	if (opt.piece_bytes > opt.memory_bytes) {
		stressor_why("--piece is larger than --memory");
		return -EINVAL;
	}
	if (run->thread == 0) {
		run->doing = "make swap space";
		err = make_device(run);
	}
	if (err)
		return err;
	own = run->own = calloc(1, sizeof(*own));
	if (!own)
		return -ENOMEM;
	own->memory = mmap(NULL, opt.memory_bytes, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (own->memory != MAP_FAILED)
		return 0;
	own->memory = NULL;
	return -errno;
}

static int page_out(struct stressor_run *run, char *at)
{
	if (madvise(at, opt.piece_bytes, MADV_PAGEOUT) == 0)
		return 0;
	if (errno != EINVAL)
		return -errno;
	stressor_say("this kernel has no MADV_PAGEOUT: write instead, for a limit to push out");
	run->aux[AUX_FALLBACKS]++;
	opt.mix[OP_WRITE] += opt.mix[OP_OUT];
	opt.mix[OP_OUT] = 0;
	return 0;
}

static int cycle(void)
{
	int err = device.on ? swapdev_off(&device) : 0;

	return err ? err : swapdev_on(&device);
}

static int work(struct stressor_run *run)
{
	struct own *own = run->own;
	enum op op = stressor_pick(run, opt.mix);
	uint64_t pieces = opt.memory_bytes / opt.piece_bytes;
	struct touch pages = { 0 };
	char *at;

	at = own->memory + stressor_below(run, pieces) * opt.piece_bytes;
	run->doing = op_names[op];
	run->aux[op]++; /* enum aux begins as enum op does */
	switch (op) {
	case OP_WRITE:
	case OP_IN:
		pages.access = op == OP_IN;
		touch_pages(run, &pages, at,
			    opt.piece_bytes / touch_page_bytes() * touch_page_bytes());
		return 0;
	case OP_OUT:
		return page_out(run, at);
	case OP_CYCLE:
		return run->thread ? 0 : cycle(); /* one at a time */
	case OP_HOLD:
		break;
	}
	stressor_pause(run, HOLD_STEP_US);
	return 0;
}

static void finish(struct stressor_run *run)
{
	struct own *own = run->own;

	if (own && own->memory)
		munmap(own->memory, opt.memory_bytes);
	free(take_ptr(run->own));
	if (run->thread > 0)
		return;
	swapdev_clear(&device);
	workdir_remove(&folder);
}

static const struct stressor swap_churn = {
	.name = "swap-churn",
	.about = "Makes swap space of its own and sends pages there and back.",
	.step = "one operation of the mix on one piece of memory",
	.params = params,
	.aux = aux_names,
	.threads = threads,
	.prepare = prepare,
	.work = work,
	.finish = finish,
};

STRESSOR_MAIN(swap_churn)
