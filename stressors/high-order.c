/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * high-order: kernel memory in pieces of many pages. Held, they leave the page allocator with
 * single pages although much is free; given up and taken again, they make it find and compact such
 * pieces all the time. It stops taking when only a chosen number of free pieces is left, since
 * beyond that packet rings would go on with single pages, which were not asked for.
 */
#include "stressor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "blocks.h"
#include "room.h"

/* /proc/buddyinfo is read for each piece: looking more often than this finds nothing new. */
#define LOOK_US 5000u

enum pattern { HOLD, CHURN };
enum aux { AUX_TAKEN, AUX_GIVEN, AUX_MOST, AUX_WAITS, AUX_FALLBACKS };

static const char *const pattern_names[] = { "hold", "churn", NULL };
static const char *const aux_names[] = { "taken", "given", "most", "waits", "fallbacks", NULL };

static struct {
	uint64_t mix[STRESSOR_MIX_MAX], rings, leave, leave_free, pattern, threads;
	struct blocks_opts blocks;
} opt;

struct own {
	struct blocks *rings;
	uint64_t count, max;
};

static const struct param params[] = {
	{ "mix", PARAM_MIX, "packet:1", 0, 0, blocks_kinds,
	  "what asks for them: packet, rings of AF_PACKET sockets; pipe, the tables of large pipes "
	  "(F_SETPIPE_SZ); socket, large datagrams in socket pairs",
	  opt.mix },
	{ "block", PARAM_BYTES, "128K", 4096, 1 << 22, NULL, "size of one piece, a power of two",
	  &opt.blocks.block_bytes },
	{ "ring", PARAM_BYTES, "512K", 4096, 1 << 28, NULL, "taken in one step",
	  &opt.blocks.ring_bytes },
	{ "rings", PARAM_COUNT, "400", 1, 100000, NULL, "most that each thread has at a time",
	  &opt.rings },
	{ "leave", PARAM_COUNT, "0", 0, 1ull << 30, NULL,
	  "take none while no more free pieces than this are left (/proc/buddyinfo)", &opt.leave },
	{ "leave-free", PARAM_BYTES, "0", 0, 1ull << 44, NULL,
	  "take none while less memory than this is free, in whatever pieces: what fails then "
	  "fails "
	  "for want of pieces and not of memory",
	  &opt.leave_free },
	{ "pattern", PARAM_CHOICE, "hold", 0, 0, pattern_names,
	  "keep all that was taken, or give one up at random for each one taken", &opt.pattern },
	{ "threads", PARAM_COUNT, "1", 1, 64, NULL, "threads", &opt.threads },
	{ NULL },
};

static unsigned int threads(void)
{
	return (unsigned int)opt.threads;
}

static int refuse_odd_block(void)
{
	uint64_t b = opt.blocks.block_bytes;

	if ((b & (b - 1)) == 0)
		return 0;
	stressor_why("--block is no power of two, and the kernel has no such pieces");
	return -EINVAL;
}

/* What this machine does not give at all is known before the storm. */
static int try_once(unsigned int kind)
{
	struct blocks b;
	int err = blocks_hold(&b, kind, &opt.blocks);

	if (!err)
		blocks_release(&b);
	return err == -EPERM || err == -EAFNOSUPPORT || err == -EACCES ? err : 0;
}

static int drop_what_is_refused(struct stressor_run *run)
{
	uint64_t left = 0;
	int err = 0;

	for (unsigned int kind = 0; blocks_kinds[kind]; kind++) {
		int refused = opt.mix[kind] ? try_once(kind) : 0;

		if (refused) {
			stressor_say("no %s: %s", blocks_kinds[kind], strerror(-refused));
			run->aux[AUX_FALLBACKS]++;
			opt.mix[kind] = 0;
			err = refused;
		}
		left += opt.mix[kind];
	}
	if (left)
		return 0;
	stressor_why("nothing of --mix can be had here: %s", strerror(-err));
	return -EPERM;
}

static int prepare(struct stressor_run *run)
{
	struct own *own;
	int err = 0;

	if (run->thread == 0)
		err = refuse_odd_block();
	if (!err && run->thread == 0)
		err = drop_what_is_refused(run);
	if (err)
		return err;
	own = run->own = calloc(1, sizeof(*own));
	if (!own)
		return -ENOMEM;
	own->rings = calloc(opt.rings, sizeof(*own->rings));
	return own->rings ? 0 : -ENOMEM;
}

static void give_up_one(struct stressor_run *run, struct own *own)
{
	uint64_t i = stressor_below(run, own->count);

	blocks_release(&own->rings[i]);
	own->rings[i] = own->rings[--own->count];
	run->aux[AUX_GIVEN]++;
}

/* Is there more than is to be left? Unknown is yes. */
static bool may_take(void)
{
	uint64_t left;

	if (opt.leave_free && room_free("", &left) == 0 && left < opt.leave_free)
		return false;
	if (!opt.leave || room_blocks("", room_order(opt.blocks.block_bytes), &left) < 0)
		return true;
	return left > opt.leave;
}

static int wait_for_more(struct stressor_run *run)
{
	run->aux[AUX_WAITS]++;
	stressor_pause(run, LOOK_US);
	return 0;
}

static int take(struct stressor_run *run, struct own *own)
{
	unsigned int kind = stressor_pick(run, opt.mix);
	int err;

	run->doing = blocks_kinds[kind];
	err = blocks_hold(&own->rings[own->count], kind, &opt.blocks);
	if (err == -ENOBUFS)
		err = -ENOMEM;
	if (err < 0 && own->count)
		give_up_one(run, own); /* room for the next one */
	if (err)
		return err;
	run->bytes += own->rings[own->count++].bytes;
	run->aux[AUX_TAKEN]++;
	if (own->count > own->max) {
		run->aux[AUX_MOST]++;
		own->max = own->count;
	}
	return 0;
}

static int work(struct stressor_run *run)
{
	struct own *own = run->own;

	if (opt.pattern == CHURN && own->count && (own->count == opt.rings || !may_take())) {
		give_up_one(run, own);
		return 0;
	}
	if (own->count == opt.rings || !may_take())
		return wait_for_more(run);
	return take(run, own);
}

static void finish(struct stressor_run *run)
{
	struct own *own = run->own;

	while (own && own->rings && own->count > 0)
		blocks_release(&own->rings[--own->count]);
	if (own)
		free(own->rings);
	free(take_ptr(run->own));
}

static const struct stressor high_order = {
	.name = "high-order",
	.about = "Takes kernel memory in large pieces: packet rings, pipe tables, datagrams.",
	.step = "some pieces taken by one descriptor, or given up, or waited for",
	.params = params,
	.aux = aux_names,
	.threads = threads,
	.prepare = prepare,
	.work = work,
	.finish = finish,
};

STRESSOR_MAIN(high_order)
