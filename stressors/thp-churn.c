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

#include "child.h"
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
	uint64_t bytes, mix[STRESSOR_MIX_MAX], child_bytes, patience_us, advise, threads;
	const char *move_to;
} opt;

static struct groups groups;
static size_t page_bytes;

struct own {
	struct huge area;
	struct huge child; /* reserved here, used by children only */
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
	  "moment "
	  "in which somebody takes it off the LRU list to reclaim it (/proc/kpageflags, root)",
	  opt.mix },
	{ "child-bytes", PARAM_BYTES, "4M", 65536, 1ull << 40, NULL,
	  "memory that a child of exit and move faults, rounded to huge pages", &opt.child_bytes },
	{ "patience", PARAM_DURATION, "20ms", 0, 60000000, NULL,
	  "how long elude waits for that moment", &opt.patience_us },
	{ "move-to", PARAM_PATH, "", 0, 0, NULL,
	  "cgroup folders with commas between them, for the operation move", &opt.move_to },
	{ "advise", PARAM_BOOL, "true", 0, 0, NULL,
	  "ask for huge pages with MADV_HUGEPAGE; false: as the system is set", &opt.advise },
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

/* A whole, suitable area answers EINVAL only when the kernel does not know the advice. */
static int probe_collapse(struct stressor_run *run, struct own *own)
{
	int err;

	if (!opt.mix[OP_COLLAPSE])
		return 0;
	err = huge_fault(&own->area, run, 0);
	if (!err)
		err = huge_collapse(&own->area, 0);
	if (err != -EINVAL)
		return 0; /* known; a storm may refuse it all the same */
	stressor_say("this kernel has no MADV_COLLAPSE: fault instead of collapse");
	run->aux[AUX_FALLBACKS]++;
	opt.mix[OP_FAULT] += opt.mix[OP_COLLAPSE];
	opt.mix[OP_COLLAPSE] = 0;
	return 0;
}

static int prepare(struct stressor_run *run)
{
	struct own *own;
	int err = 0;

	if (run->thread == 0)
		err = huge_probe("", &page_bytes);
	if (!err && run->thread == 0)
		err = open_groups();
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
	return !err && run->thread == 0 ? probe_collapse(run, own) : err;
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

static int do_fault(struct stressor_run *run, struct own *own, uint32_t i)
{
	return huge_fault(&own->area, run, i);
}

static int do_unmap(struct stressor_run *run, struct own *own, uint32_t i)
{
	return huge_unmap(&own->area, run, i);
}

static int do_dontneed(struct stressor_run *run, struct own *own, uint32_t i)
{
	return huge_dontneed(&own->area, run, i);
}

static int do_mprotect(struct stressor_run *run, struct own *own, uint32_t i)
{
	return huge_mprotect(&own->area, run, i);
}

static int do_mremap(struct stressor_run *run, struct own *own, uint32_t i)
{
	return huge_mremap(&own->area, run, i);
}

/* Blind, where the kernel does not tell. */
static int do_elude(struct stressor_run *run, struct own *own, uint32_t i)
{
	int err = huge_elude(&own->area, run, i, opt.patience_us);

	if (err != -EOPNOTSUPP)
		return err;
	stressor_say("/proc/kpageflags cannot be read: dontneed instead of elude");
	run->aux[AUX_FALLBACKS]++;
	opt.mix[OP_DONTNEED] += opt.mix[OP_ELUDE];
	opt.mix[OP_ELUDE] = 0;
	return 0;
}

static const struct {
	int (*run)(struct stressor_run *, struct own *, uint32_t place);
	enum aux counts_as;
} ops[] = {
	[OP_FAULT] = { do_fault, AUX_FAULTS },
	[OP_UNMAP] = { do_unmap, AUX_UNMAPS },
	[OP_DONTNEED] = { do_dontneed, AUX_DONTNEEDS },
	[OP_MPROTECT] = { do_mprotect, AUX_SPLITS },
	[OP_MREMAP] = { do_mremap, AUX_SPLITS },
	[OP_FORK] = { do_fork, AUX_CHILDREN },
	[OP_EXIT] = { do_exit, AUX_CHILDREN },
	[OP_COLLAPSE] = { do_collapse, AUX_COLLAPSES },
	[OP_MOVE] = { do_move, AUX_MOVES },
	[OP_ELUDE] = { do_elude, AUX_UNMAPS },
};

static int work(struct stressor_run *run)
{
	struct own *own = run->own;
	unsigned int op = stressor_pick(run, opt.mix);
	uint32_t place = (uint32_t)stressor_below(run, own->area.count);

	run->doing = op_names[op];
	run->aux[ops[op].counts_as]++;
	return ops[op].run(run, own, place);
}

static void finish(struct stressor_run *run)
{
	struct own *own = run->own;

	if (own) {
		huge_clear(&own->area);
		huge_clear(&own->child);
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
