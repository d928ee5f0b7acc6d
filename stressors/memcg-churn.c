/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memcg-churn: memory cgroups made, filled, moved between, limited, reclaimed and removed; or, as a
 * foreigner, other people's groups reclaimed from outside. The foreigner is the point of it: pages
 * are isolated by a task that does not own them, while their owners unmap them and exit, so that
 * the last reference may well be the reclaimer's.
 */
#include "stressor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/cleanup.h"
#include "pens.h"
#include "workdir.h"

#define GROUPS_MAX 64

enum mode { MODE_OWN, MODE_FOREIGN };
enum op { OP_CREATE, OP_MOVE, OP_LIMIT, OP_RECLAIM, OP_RMDIR };
enum aux { AUX_CREATES, AUX_MOVES, AUX_LIMITS, AUX_RECLAIMS, AUX_RMDIRS, AUX_FALLBACKS };

static const char *const mode_names[] = { "own", "foreign", NULL };
static const char *const op_names[] = { "create", "move", "limit", "reclaim", "rmdir", NULL };
static const char *const aux_names[] = { "creates", "moves",     "limits", "reclaims",
					 "rmdirs",  "fallbacks", NULL };

static struct {
	const char *groups, *dir;
	uint64_t mode, mix[STRESSOR_MIX_MAX], pens, limit, guest_bytes, file_bytes, stay_us;
	uint64_t reclaim_bytes, pause_us, nice, threads;
} opt;

static struct memcg groups[GROUPS_MAX];
static size_t group_count;
static struct workdir folder = WORKDIR_NONE;
static bool no_reclaim; /* this kernel lacks memory.reclaim */

struct own {
	struct pens pens;
	bool nice; /* it gives way */
};

static const struct param params[] = {
	{ "groups", PARAM_PATH, NULL, 0, 0, NULL, "memory cgroup folders with commas between them",
	  &opt.groups },
	{ "mode", PARAM_CHOICE, "own", 0, 0, mode_names,
	  "own: groups of its own are made inside those; foreign: those themselves are reclaimed "
	  "and limited",
	  &opt.mode },
	{ "mix", PARAM_MIX, "create:2,move:6,limit:2,reclaim:3,rmdir:2", 0, 0, op_names,
	  "operations and their weights: create a group; a process that fills it and moves to the "
	  "next; a limit below what is in use, and back; reclaim (memory.reclaim, or "
	  "memory.force_empty with cgroup v1); rmdir; a foreigner does only limit and reclaim",
	  opt.mix },
	{ "pens", PARAM_COUNT, "8", 1, 10000, NULL, "groups of each thread, in mode own",
	  &opt.pens },
	{ "limit", PARAM_BYTES, "8M", 1 << 16, 1ull << 40, NULL, "limit of each of them",
	  &opt.limit },
	{ "guest-bytes", PARAM_BYTES, "2M", 4096, 1ull << 40, NULL,
	  "memory that a process takes in each group that it enters", &opt.guest_bytes },
	{ "stay", PARAM_DURATION, "0", 0, 60000000, NULL,
	  "how long a process keeps that before it ends, also what it took in the group before, "
	  "which may be removed meanwhile",
	  &opt.stay_us },
	{ "dir", PARAM_PATH, ".", 0, 0, NULL, "where those processes write, in a folder of its own",
	  &opt.dir },
	{ "file-bytes", PARAM_BYTES, "64K", 0, 1 << 30, NULL,
	  "written by each, and left in the page cache; 0: nothing", &opt.file_bytes },
	{ "reclaim-bytes", PARAM_BYTES, "4M", 4096, 1ull << 40, NULL,
	  "reclaimed at a time, and how far a limit goes below what is in use",
	  &opt.reclaim_bytes },
	{ "pause", PARAM_DURATION, "0", 0, 60000000, NULL, "time between two steps",
	  &opt.pause_us },
	{ "nice", PARAM_COUNT, "0", 0, 19, NULL,
	  "how far it gives way to others: a reclaimer that loses its CPU half way keeps the pages "
	  "in hand meanwhile",
	  &opt.nice },
	{ "threads", PARAM_COUNT, "1", 1, 64, NULL, "threads", &opt.threads },
	{ NULL },
};

static unsigned int threads(void)
{
	return (unsigned int)opt.threads;
}

static int open_group(const char *path)
{
	int err;

	if (group_count == GROUPS_MAX) {
		stressor_why("--groups names more than %d groups", GROUPS_MAX);
		return -EINVAL;
	}
	err = memcg_open(&groups[group_count], AT_FDCWD, path);
	if (!err)
		group_count++;
	if (!err && opt.mode == MODE_OWN)
		err = memcg_delegate(&groups[group_count - 1]);
	if (err == -EBUSY)
		stressor_why("--groups: %s has processes in it, so no groups with limits can be "
			     "made there",
			     path);
	else if (err)
		stressor_why("--groups: %s as a memory cgroup: %s", path, strerror(-err));
	return err == -EBUSY ? -EINVAL : err;
}

static int open_groups(void)
{
	_cleanup_free_ char *list = strdup(opt.groups);
	char *save = NULL;
	int err = list ? 0 : -ENOMEM;

	if (err)
		return err;
	for (char *path = strtok_r(list, ",", &save); path && !err;
	     path = strtok_r(NULL, ",", &save))
		err = open_group(path);
	if (!err && !group_count) {
		stressor_why("--groups names none");
		err = -EINVAL;
	}
	return err == -ENOENT ? -EOPNOTSUPP : err;
}

static int prepare_foreign(void)
{
	opt.mix[OP_CREATE] = opt.mix[OP_MOVE] = opt.mix[OP_RMDIR] = 0;
	if (opt.mix[OP_LIMIT] + opt.mix[OP_RECLAIM])
		return 0;
	stressor_why("--mix has neither limit nor reclaim, and mode foreign does nothing else");
	return -EINVAL;
}

static int prepare_own(struct stressor_run *run, struct own *own)
{
	int err = run->thread == 0 && opt.file_bytes ? workdir_make(&folder, opt.dir, run) : 0;

	if (err)
		return err;
	own->pens = (struct pens){
		.in = &groups[run->thread % group_count],
		.limit_bytes = opt.limit,
		.guest_bytes = opt.guest_bytes,
		.file_bytes = opt.file_bytes,
		.stay_us = opt.stay_us,
		.dirfd = folder.fd,
	};
	return pens_init(&own->pens, run, (uint32_t)opt.pens);
}

static int prepare(struct stressor_run *run)
{
	struct own *own;
	int err = run->thread == 0 ? open_groups() : 0;

	if (err)
		return err;
	own = run->own = calloc(1, sizeof(*own));
	if (!own)
		return -ENOMEM;
	return opt.mode == MODE_OWN ? prepare_own(run, own) : prepare_foreign();
}

static int do_reclaim(struct stressor_run *run, struct memcg *g)
{
	int err = no_reclaim ? -ENOENT : memcg_reclaim(g, opt.reclaim_bytes);

	if (err != -ENOENT)
		return err == -EBUSY ? STRESSOR_PRESSURE : err;
	if (!no_reclaim)
		stressor_say("this kernel has no memory.reclaim: memory.high instead");
	no_reclaim = true;
	run->aux[AUX_FALLBACKS]++;
	return memcg_squeeze(g, opt.reclaim_bytes);
}

static int do_limit(struct memcg *g)
{
	int err = memcg_squeeze(g, opt.reclaim_bytes);

	return err == -EBUSY ? STRESSOR_PRESSURE : err; /* v1: so much could not be reclaimed */
}

static int foreign(struct stressor_run *run)
{
	enum op op = stressor_pick(run, opt.mix);
	struct memcg *g = &groups[stressor_below(run, group_count)];

	run->doing = op_names[op];
	run->aux[op == OP_LIMIT ? AUX_LIMITS : AUX_RECLAIMS]++;
	return op == OP_LIMIT ? do_limit(g) : do_reclaim(run, g);
}

static int on_own(struct stressor_run *run, struct pens *p)
{
	enum op op = stressor_pick(run, opt.mix);
	uint32_t i = (uint32_t)stressor_below(run, p->count);
	int err;

	run->doing = op_names[op];
	run->aux[op]++; /* enum aux begins as enum op does */
	err = op == OP_RMDIR ? 0 : pens_make(p, i);
	if (err)
		return err;
	switch (op) {
	case OP_CREATE:
		return 0;
	case OP_MOVE:
		return pens_invite(p, run, i);
	case OP_LIMIT:
		return do_limit(&p->all[i].group);
	case OP_RECLAIM:
		return do_reclaim(run, &p->all[i].group);
	case OP_RMDIR:
		break;
	}
	return pens_remove(p, i);
}

/* Of this thread alone, by itself: prepare() is another's. */
static void give_way(struct own *own)
{
	own->nice = true;
	if (setpriority(PRIO_PROCESS, 0, (int)opt.nice) < 0)
		stressor_say("setpriority: %m");
}

static int work(struct stressor_run *run)
{
	struct own *own = run->own;

	if (!own->nice)
		give_way(own);
	if (opt.pause_us)
		stressor_pause(run, opt.pause_us);
	return opt.mode == MODE_OWN ? on_own(run, &own->pens) : foreign(run);
}

static void finish(struct stressor_run *run)
{
	struct own *own = run->own;

	if (own)
		pens_clear(&own->pens);
	free(take_ptr(run->own));
	if (run->thread > 0)
		return;
	workdir_remove(&folder);
	while (group_count > 0)
		memcg_close(&groups[--group_count]);
}

static const struct stressor memcg_churn = {
	.name = "memcg-churn",
	.about = "Makes, fills, limits, reclaims and removes memory cgroups, or reclaims others'.",
	.step = "one operation of the mix on one group",
	.params = params,
	.aux = aux_names,
	.threads = threads,
	.prepare = prepare,
	.work = work,
	.finish = finish,
};

STRESSOR_MAIN(memcg_churn)
