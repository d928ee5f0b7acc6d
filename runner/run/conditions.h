/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a phase ends by what happens instead of by time. Acquire and decide are apart:
 * condition_gauges_read() fills plain numbers from files opened before the storm, condition_holds()
 * is pure.
 */
#ifndef HANGAR_CONDITIONS_H
#define HANGAR_CONDITIONS_H

#include "launch/launch.h"

enum { PSI_CPU, PSI_MEMORY, PSI_IO, PSI_COUNT };

struct gauges {
	bool psi_known[PSI_COUNT];
	uint64_t psi_some[PSI_COUNT], psi_full[PSI_COUNT]; /* avg10 in percent x 100 */
	uint64_t oom_kills;                                /* all groups since the run began */
};

struct condition_source {
	int psi_fd[PSI_COUNT]; /* -1: no PSI here */
	const struct launcher *launcher;
	const struct cgroup_tree *tree;
};

#define CONDITION_LEAVES_MAX 32 /* no scenario we know compares more than three numbers */

/* What each counting condition ("steps", "oom-kills") stood at when the phase began: it counts from
 * there. */
struct condition_base {
	unsigned int count;
	struct {
		const struct condition *leaf;
		uint64_t value;
	} leaves[CONDITION_LEAVES_MAX];
};

void condition_source_open(struct condition_source *s, const struct host *h,
			   const struct launcher *l, const struct cgroup_tree *t);
void condition_source_close(struct condition_source *s);
void gauges_read(const struct condition_source *s, struct gauges *g);

/* Note where every counting leaf of @c (may be NULL) stands now. */
void condition_base_take(struct condition_base *base, const struct condition *c,
			 const struct condition_source *s);

/* The value that @c compares, since @base. False: it cannot be known now, the condition does not
 * hold. */
bool condition_value(const struct condition *c, const struct condition_source *s,
		     const struct gauges *g, const struct condition_base *base,
		     uint64_t *ret_value);
bool condition_holds(const struct condition *c, const struct condition_source *s,
		     const struct gauges *g, const struct condition_base *base);

#endif
