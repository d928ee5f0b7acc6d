/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plan: the scenario laid flat on this host. No clock, nothing changed. What the host cannot do
 * is a skip with the knob and the remedy.
 */
#ifndef HANGAR_PLAN_H
#define HANGAR_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "catalogue.h"
#include "host.h"
#include "scenario.h"

struct plan_group {
	char path[192]; /* relative to our subtree: "victims.3", "outer.0/inner.1"; "outside" is
			   index 0 */
	char spec[192]; /* "victims" or "outer/inner": what "in" names */
	int parent;     /* index or -1 */
	const struct group_spec *from; /* NULL for "outside": no knobs */
	uint32_t without; /* bit 1 << enum knob: named by the author, not to be set here (told by a
			     skip) */
};

struct plan_launch { /* one process to keep running: one slot */
	unsigned int slot;
	unsigned int phase;
	unsigned int group; /* index in groups */
	char **argv; /* argv[0]: the program's path, or a name for PATH (fio); "{group:NAME}" in the
			rest is replaced by cgroup_bind() */
	char name[64]; /* "alloc-and-write#17", "mixed.fio#18" */
	char out[96];  /* "out/017-alloc-and-write.log" */
	bool is_fio;   /* no steps are counted: progress is not watched */
	bool keep;
	bool oom_protected;
	uint64_t seed;
	const struct run_spec *from;
};

struct plan_skip {
	char what[128]; /* knob, need or watcher */
	char why[256];
	char remedy[256];
	bool fatal; /* true: the run is SKIPPED; false: said and gone on without */
};

struct plan {
	const struct scenario *scenario; /* borrowed */
	uint64_t seed;
	uint64_t total_us;
	struct plan_group *groups;
	unsigned int n_groups;
	struct plan_launch *launches; /* by phase, then group, then copy */
	unsigned int n_launches;
	struct plan_skip *skips;
	unsigned int n_skips;
	char scratch_dir[4096]; /* where "dir" parameters point: set by setup before launch;
				   placeholder before */
};

/**
 * plan_make - lay @s on @h
 * @c: where the programs are
 * @seed: of this run (the caller's choice, else the scenario's, else drawn)
 * @scratch_dir: what "{scratch}" and the default of "dir" become
 * @out_dir: the run directory, for fio's --output
 * The only files looked at are those that the scenario needs (programs, paths, settings), below the
 * host's root. Returns 0 or -ENOMEM, -EINVAL with @d (more copies than pids, no such stressor).
 */
int plan_make(const struct scenario *s, const struct host *h, const struct catalogue *c,
	      uint64_t seed, const char *scratch_dir, const char *out_dir, struct plan **ret,
	      struct diag *d);
struct plan *plan_free(struct plan *p);
bool plan_is_skipped(const struct plan *p); /* any fatal skip */

#endif
