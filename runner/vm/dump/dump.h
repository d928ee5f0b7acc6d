/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The dump ladder, pulled from outside the guest: each rung is one way to a vmcore. The first whose vmcore passes the
 * reading test (vmcore_test) wins; the next is tried otherwise.
 */
#ifndef HANGAR_DUMP_H
#define HANGAR_DUMP_H

#include "vm/host/outside.h"

struct dump_rung {
	const char *name;  /* as in --dump: "qmp" "sysrq-c" "nmi" "watchdog" */
	bool needs_kdump;  /* the guest must have loaded a crash kernel */
	/* Before the storm: 0, or 1 with @why and the remedy. */
	int (*check)(const struct outside *o, struct diag *why);
	/* Take it into <run directory>/vmcore; 0 or -errno with @d. Time limits are in the rung, times o->pace. */
	int (*fire)(struct outside *o, struct diag *d);
};

extern const struct dump_rung *const dump_rungs[]; /* in their usual order; ends with NULL */

#endif
