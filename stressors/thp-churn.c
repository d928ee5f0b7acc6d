/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * thp-churn: huge pages made, broken and given up, by their owner and by children that share them.
 * Faults take order-9 pages, partial unmaps and moves split them, exit frees them in the state that
 * they happen to be in, and a move between memory cgroups changes whose they are meanwhile. Report
 * 001 needed all of that at once: short lives, and others reclaiming.
 */
#include "stressor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "child.h"
#include "elude.h"
#include "groups.h"
#include "huge.h"

enum op {
	OP_FAULT,
	OP_UNMAP,
	OP_DONTNEED,
	OP_MPROTECT,
	OP_MREMAP,
	OP_FORK,
	OP_EXIT,
	OP_COLLAPSE,
	OP_MOVE,
	OP_ELUDE,
};
enum aux {
	AUX_FAULTS,
	AUX_UNMAPS,
	AUX_DONTNEEDS,
	AUX_SPLITS,
	AUX_CHILDREN,
	AUX_COLLAPSES,
	AUX_MOVES,
	AUX_FALLBACKS,
};

static const char *const op_names[] = { "fault",  "unmap", "dontneed", "mprotect",
					"mremap", "fork",  "exit",     "collapse",
					"move",   "elude", NULL };
static const char *const aux_names[] = { "faults",    "unmaps", "dontneeds", "splits", "children",
					 "collapses", "moves",  "fallbacks", NULL };

static struct {
	uint64_t bytes, mix[STRESSOR_MIX_MAX], child_bytes, keep_bytes, advise, pin, threads;
	struct elude elude;
	const char *move_to;
} opt;

static struct groups groups;
static size_t page_bytes;

struct own {
	struct huge area;
	struct huge child; /* reserved here, used by children only */
	struct elude elude;
	size_t next_group;
};

static const struct param params[] = {
	{ "bytes", PARAM_BYTES, "64M", 65536, 1ull << 44, NULL,
	  "memory of each thread, rounded to huge pages", &opt.bytes },
	{ "mix", PARAM_MIX,
	  "fault:8,unmap:2,dontneed:2,mprotect:1,mremap:1,fork:1,exit:1,collapse:1", 0, 0, op_names,
	  "operations and their weights: fault a fresh huge page; unmap, dontneed, mprotect and "
	  "mremap part of one; fork a child that writes to all (copy-on-write); a child that "
	  "faults its own, gives up parts and exits; collapse (MADV_COLLAPSE); move: such a child "
	  "changes cgroups on the way; elude: fault one, give up a part, and the rest in the "
	  "moment in which somebody takes it off the LRU list to reclaim it (/proc/kpageflags, "
	  "root)",
	  opt.mix },
	{ "child-bytes", PARAM_BYTES, "4M", 65536, 1ull << 40, NULL,
	  "memory that a child of exit and move faults, rounded to huge pages", &opt.child_bytes },
	{ "keep", PARAM_BYTES, "0", 0, 1ull << 30, NULL,
	  "what is left of a huge page of which a part is given up, rounded to small pages; 0: a "
	  "random part is given up",
	  &opt.keep_bytes },
	{ "companions", PARAM_COUNT, "0", 0, 65536, NULL,
	  "small pages that elude faults just before a huge one: who reclaims has them in hand "
	  "together, and looks at the small ones first",
	  &opt.elude.companions },
	{ "nap", PARAM_DURATION, "0", 0, 60000000, NULL,
	  "the longest sleep of elude when it has given up a part; who reclaims meanwhile is put "
	  "aside, page in hand, when it wakes",
	  &opt.elude.nap_us },
	{ "patience", PARAM_DURATION, "20ms", 0, 60000000, NULL,
	  "how long elude waits for that moment; 0: it does not look, and gives up the rest at "
	  "once",
	  &opt.elude.patience_us },
	{ "move-to", PARAM_PATH, "", 0, 0, NULL,
	  "cgroup folders with commas between them, for the operation move", &opt.move_to },
	{ "advise", PARAM_BOOL, "true", 0, 0, NULL,
	  "ask for huge pages with MADV_HUGEPAGE; false: as the system is set", &opt.advise },
	{ "pin", PARAM_BOOL, "false", 0, 0, NULL,
	  "lock the program's own pages: who reclaims its group is not busy with those", &opt.pin },
	{ "threads", PARAM_COUNT, "1", 1, 256, NULL, "threads, each with its own memory",
	  &opt.threads },
	{ NULL },
};

static unsigned int threads(void)
{
	return (unsigned int)opt.threads;
}

static int open_groups(void)
{
	if (opt.mix[OP_MOVE] && !*opt.move_to) {
		stressor_why("--mix has move, but --move-to names no group");
		return -EINVAL;
	}
	return groups_open(&groups, opt.move_to);
}

static void do_without_collapse(struct stressor_run *run)
{
	stressor_say("this kernel has no MADV_COLLAPSE: fault instead of collapse");
	run->aux[AUX_FALLBACKS]++;
	opt.mix[OP_FAULT] += opt.mix[OP_COLLAPSE];
	opt.mix[OP_COLLAPSE] = 0;
}

static int prepare_all(void)
{
	int err = huge_probe("", &page_bytes);

	if (!err)
		err = open_groups();
	if (!err && opt.pin && mlockall(MCL_CURRENT) < 0) {
		err = -errno;
		stressor_why("--pin: mlockall: %s", strerror(-err));
	}
	return err;
}

static int prepare(struct stressor_run *run)
{
	struct own *own;
	int err = run->thread == 0 ? prepare_all() : 0;

	if (err)
		return err;
	own = run->own = calloc(1, sizeof(*own));
	if (!own)
		return -ENOMEM;
	err = huge_init(&own->area, opt.bytes, page_bytes, opt.advise);
	if (own->area.count < opt.bytes / page_bytes)
		run->pressure++; /* fewer places than asked for, but some */
	if (!err)
		err = huge_init(&own->child, opt.child_bytes, page_bytes, opt.advise);
	own->elude = opt.elude;
	if (!err)
		err = elude_init(&own->elude);
	own->area.keep_bytes = own->child.keep_bytes = opt.keep_bytes;
	if (!err && run->thread == 0 && opt.mix[OP_COLLAPSE] && !huge_collapses(&own->area, run))
		do_without_collapse(run);
	return err;
}

static int life_of_sharer(struct stressor_run *run, void *arg)
{
	struct own *own = arg;

	huge_write_all(&own->area);
	return 0;
}

/* Fault huge pages, give up parts of them, and end with the rest still mapped. */
static int life_of_owner(struct stressor_run *run, void *arg)
{
	struct own *own = arg;
	int err = 0;

	for (uint32_t i = 0; !err && i < own->child.count; i++)
		err = huge_dontneed(&own->child, run, i);
	return err;
}

/* The same, under way from one group to the next. */
static int life_of_mover(struct stressor_run *run, void *arg)
{
	struct own *own = arg;
	int err = groups_enter(&groups, own->next_group % groups.count);

	if (!err)
		err = life_of_owner(run, own);
	if (!err)
		err = groups_enter(&groups, (own->next_group + 1) % groups.count);
	return err;
}

static int do_fork(struct stressor_run *run, struct own *own, uint32_t i)
{
	return child_live(run, life_of_sharer, own);
}

static int do_exit(struct stressor_run *run, struct own *own, uint32_t i)
{
	int err = child_live(run, life_of_owner, own);

	stressor_random(run); /* the next child makes other choices */
	return err;
}

static int do_move(struct stressor_run *run, struct own *own, uint32_t i)
{
	int err = child_live(run, life_of_mover, own);

	stressor_random(run);
	own->next_group++;
	return err;
}

static int do_collapse(struct stressor_run *run, struct own *own, uint32_t i)
{
	int err = huge_collapse(&own->area, i);

	/* Known to the kernel, but not for this area as it is now (its pages are shared, or none
	 * are there). */
	return err == -EINVAL ? STRESSOR_PRESSURE : err;
}

/* Blind, where the kernel does not tell. */
static int do_elude(struct stressor_run *run, struct own *own, uint32_t i)
{
	int err = elude_once(&own->elude, &own->area, run, i);

	if (err != -EOPNOTSUPP)
		return err;
	stressor_say("/proc/kpageflags cannot be read: elude does not look out");
	run->aux[AUX_FALLBACKS]++;
	own->elude.patience_us = 0;
	return 0;
}

static const struct {
	enum aux counts_as;
	int (*on_area)(struct huge *, struct stressor_run *, uint32_t place);
	int (*run)(struct stressor_run *, struct own *, uint32_t place);
} ops[] = {
	[OP_FAULT] = { AUX_FAULTS, .on_area = huge_fault },
	[OP_UNMAP] = { AUX_UNMAPS, .on_area = huge_unmap },
	[OP_DONTNEED] = { AUX_DONTNEEDS, .on_area = huge_dontneed },
	[OP_MPROTECT] = { AUX_SPLITS, .on_area = huge_mprotect },
	[OP_MREMAP] = { AUX_SPLITS, .on_area = huge_mremap },
	[OP_FORK] = { AUX_CHILDREN, .run = do_fork },
	[OP_EXIT] = { AUX_CHILDREN, .run = do_exit },
	[OP_COLLAPSE] = { AUX_COLLAPSES, .run = do_collapse },
	[OP_MOVE] = { AUX_MOVES, .run = do_move },
	[OP_ELUDE] = { AUX_UNMAPS, .run = do_elude },
};

static int work(struct stressor_run *run)
{
	struct own *own = run->own;
	unsigned int op = stressor_pick(run, opt.mix);
	uint32_t place = (uint32_t)stressor_below(run, own->area.count);

	run->doing = op_names[op];
	run->aux[ops[op].counts_as]++;
	if (ops[op].on_area)
		return ops[op].on_area(&own->area, run, place);
	return ops[op].run(run, own, place);
}

static void finish(struct stressor_run *run)
{
	struct own *own = run->own;

	if (own) {
		huge_clear(&own->area);
		huge_clear(&own->child);
		elude_clear(&own->elude);
		free(own);
	}
	run->own = NULL;
	if (run->thread == 0)
		groups_close(&groups);
}

static const struct stressor thp_churn = {
	.name = "thp-churn",
	.about = "Faults, splits, shares and gives up transparent huge pages.",
	.step = "one operation of the mix on one huge page, or one child's life",
	.params = params,
	.aux = aux_names,
	.threads = threads,
	.prepare = prepare,
	.work = work,
	.finish = finish,
};

STRESSOR_MAIN(thp_churn)
