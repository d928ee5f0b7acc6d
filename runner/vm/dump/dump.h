/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The dump ladder, pulled from outside the guest: each rung is one way to a vmcore. The first whose
 * vmcore passes the reading test (vmcore_test) wins; the next is tried otherwise.
 */
#ifndef HANGAR_DUMP_H
#define HANGAR_DUMP_H

#include "vm/host/state.h"

struct dump_rung {
	const char *name; /* as in --dump: "qmp" "sysrq-c" "nmi" "watchdog" */
	bool needs_kdump; /* the guest must have loaded a crash kernel */
	bool needs_guest; /* its user space must answer */
	bool ends_guest;  /* whatever comes of it, the guest is gone */
	/* Take it into <run directory>/vmcore; 0 or -errno with @d. */
	int (*fire)(struct outside *o, struct diag *d);
};

extern const struct dump_rung rung_qmp, rung_sysrq_c, rung_nmi, rung_watchdog;
extern const struct dump_rung *const dump_rungs[]; /* in their usual order; ends with NULL */

/* o->ladder from --dump and the scenario. 0; -EINVAL with @d naming the word. */
int ladder_choose(struct outside *o, struct diag *d);

/* Say once, before the storm, which rungs are usable; needs what the guest tells of its crash
 * kernel. */
void ladder_check(struct outside *o);

/**
 * ladder_climb - try the rungs until one leaves a vmcore that can be read
 * @alive: the guest waits for our word (its trigger asked)
 * Journals "dump" for each rung tried. Returns true when the guest goes on living.
 */
bool ladder_climb(struct outside *o, bool alive);

/* A vmcore that came unasked, by a crash of its own: the reading test, and the "dump" event. @err:
 * of capture_take(). */
void ladder_captured(struct outside *o, uint64_t began_us, int err, struct diag *d);

/*
 * Wait for the crash kernel's vmcore and put it in place. @why: what set it off, for the message.
 * 0; -ETIMEDOUT, -EIO (it said what failed), -errno with @d.
 */
int capture_take(struct outside *o, const char *why, struct diag *d);

#endif
