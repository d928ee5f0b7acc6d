/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What cannot be seen here. A watcher less is said and gone without, but a run that could not see
 * its own bug proves nothing, and is skipped.
 */
#include "base/cleanup.h"
#include "scenario/plan_parts.h"

#define REMEDY_PSI "boot a kernel since 4.20 with CONFIG_PSI, or with psi=1"
#define REMEDY_TRACEFS "mount -t tracefs nodev /sys/kernel/tracing, on a kernel with CONFIG_FTRACE"
#define REMEDY_KMSG "run as root, or sysctl kernel.dmesg_restrict=0"

/* Kinds that others than the kernel log tell too. */
static bool only_in_log(enum finding_kind kind)
{
	return kind != FINDING_NONE && kind < FINDING_STALL && kind != FINDING_OOM_KILL &&
	       kind != FINDING_CLOCK && kind != FINDING_MEMORY_LEAK;
}

static bool bug_only_in_log(const struct expect_spec *e)
{
	for (unsigned int i = 0; i < e->n_reproduce; i++)
		if (!only_in_log(e->reproduce[i].kind))
			return false;
	return e->n_reproduce > 0;
}

static int check_sources(struct plan *p, const struct host *h)
{
	const struct watch_spec *w = &p->scenario->watch;
	int err = 0;

	if (w->kmsg && !h->kmsg)
		err = plan_say(p, bug_only_in_log(&p->scenario->expect), "watcher kmsg",
			       REMEDY_KMSG, "/dev/kmsg cannot be read");
	if (!err && w->pressure && !h->psi)
		err = plan_say(p, false, "watcher pressure", REMEDY_PSI,
			       "the kernel tells no pressure");
	if (!err && w->tasks && !h->root_user)
		err = plan_say(p, false, "stacks of the tasks watcher", "run as root",
			       "only root may read /proc/PID/stack");
	return err;
}

static int check_trace_buffer(struct plan *p, const struct host *h)
{
	const struct trace_spec *t = &p->scenario->trace;

	if (!trace_wanted(t) || (h->root_user && h->tracefs))
		return 0;
	return plan_say(p, t->required, "trace", h->root_user ? REMEDY_TRACEFS : "run as root",
			h->root_user ? "no tracefs is mounted on /sys/kernel/tracing, and none in "
				       "/sys/kernel/debug"
				     : "only root may trace the kernel");
}

static bool can_hold(const struct host *h, const struct condition *c)
{
	bool any = false, all = true;

	for (unsigned int i = 0; i < c->n_parts; i++) {
		bool one = can_hold(h, &c->parts[i]);

		any |= one;
		all &= one;
	}
	switch (c->kind) {
	case COND_PSI:
		return h->psi;
	case COND_USAGE:
	case COND_OOM_KILLS:
		return host_has_groups(h) && h->memory;
	case COND_STEPS:
		return true;
	case COND_ALL:
		return all;
	case COND_ANY:
		return any;
	}
	return true;
}

static int check_conditions(struct plan *p, const struct host *h)
{
	const struct scenario *s = p->scenario;
	char what[128];
	int err = 0;

	for (unsigned int i = 0; i < s->n_phases && !err; i++) {
		const struct phase_spec *phase = &s->phases[i];

		if (!phase->until || can_hold(h, phase->until))
			continue;
		snprintf(what, sizeof(what), "condition of phase \"%s\"", phase->name);
		err = plan_say(p, phase->until_is_needed, what,
			       "run as root on a kernel with PSI and the memory controller",
			       "it can never hold here, so time alone ends the phase");
	}
	return err;
}

int plan_check_watch(struct plan *p, const struct host *h)
{
	int err = check_sources(p, h);

	if (!err)
		err = check_trace_buffer(p, h);
	return err ? err : check_conditions(p, h);
}
