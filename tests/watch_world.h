/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the tests of runner/watch: a small run built by hand, and a sink that keeps what is told. */
#ifndef TESTS_WATCH_WORLD_H
#define TESTS_WATCH_WORLD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "watch/watch.h"

#define WORLD_COPIES 2
#define WORLD_TOLD 32

struct world {
	struct scenario scenario;
	struct plan plan;
	struct plan_group groups[2];
	struct plan_launch launches[WORLD_COPIES];
	struct host host;
	struct launcher launcher;
	struct copy copies[WORLD_COPIES];
	struct watch_ctx ctx;
	struct finding told[WORLD_TOLD];
	unsigned int count;
};

static inline uint32_t world_take(void *ctx, struct finding *f)
{
	struct world *w = ctx;

	if (w->count < WORLD_TOLD)
		w->told[w->count] = *f;
	return ++w->count;
}

/* Two copies in "victims.0", without cgroups: found by their pids. */
static inline void world_init(struct world *w, const char *root)
{
	memset(w, 0, sizeof(*w));
	snprintf(w->host.root, sizeof(w->host.root), "%s", root);
	snprintf(w->groups[0].path, sizeof(w->groups[0].path), "outside");
	snprintf(w->groups[1].path, sizeof(w->groups[1].path), "victims.0");
	w->plan.groups = w->groups;
	w->plan.n_groups = 2;
	w->plan.launches = w->launches;
	w->plan.n_launches = WORLD_COPIES;
	for (unsigned int i = 0; i < WORLD_COPIES; i++) {
		w->launches[i].slot = i;
		w->launches[i].group = 1;
		snprintf(w->launches[i].name, sizeof(w->launches[i].name), "alloc#%u", i);
	}
	w->launcher.plan = &w->plan;
	w->launcher.copies = w->copies;
	w->launcher.slots = calloc(1, slots_bytes(WORLD_COPIES));
	w->scenario.watch = (struct watch_spec){ .tasks_every_us = 1000000,
						 .stuck_for_us = 10000000,
						 .quiet_for_us = 5000000,
						 .clock_jump_us = 1000000,
						 .pressure_stall_us = 150000,
						 .pressure_window_us = 1000000,
						 .samples_every_us = 1000000 };
	w->ctx = (struct watch_ctx){ .scenario = &w->scenario,
				     .plan = &w->plan,
				     .host = &w->host,
				     .launcher = &w->launcher,
				     .sink = { world_take, w } };
}

static inline void world_clear(struct world *w)
{
	free(w->launcher.slots);
}

#endif
