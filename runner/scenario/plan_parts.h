/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of plan_make(), one file each. */
#ifndef HANGAR_PLAN_PARTS_H
#define HANGAR_PLAN_PARTS_H

#include "scenario/plan.h"

/* Slots are 128 bytes each in one shared mapping: 32 MiB at most. */
#define LAUNCHES_MAX (256u << 10)

/* Fill p->groups: "outside", then every instance of every group, parents first. 0 or -ENOMEM
 * (plan_groups.c). */
int plan_add_groups(struct plan *p);

/* Fill p->launches (plan_launch.c). 0, -ENOMEM, or -EINVAL with @d. */
int plan_add_launches(struct plan *p, const struct host *h, const struct catalogue *c,
		      const char *out_dir, struct diag *d);

/* Note what the host lacks. 0 or -ENOMEM (plan_needs.c, plan_limits.c, plan_watch.c). */
int plan_check_needs(struct plan *p, const struct host *h);
int plan_check_limits(struct plan *p, const struct host *h);
int plan_check_watch(struct plan *p, const struct host *h);

/**
 * plan_say - add a skip; one with the same @what is not added twice, but may become fatal
 * @fatal: the run is SKIPPED
 * Returns 0 or -ENOMEM.
 */
int plan_say(struct plan *p, bool fatal, const char *what, const char *remedy, const char *why, ...)
	__attribute__((format(printf, 5, 6)));

/* Can control groups be made at all? */
bool host_has_groups(const struct host *h);
/* Is kernel release @release at least @min (NULL: yes) and at most @max? "4.5" as @max
 * includes 4.5.9 (release.c). */
bool release_at_least(const char *release, const char *min);
bool release_at_most(const char *release, const char *max);

#endif
