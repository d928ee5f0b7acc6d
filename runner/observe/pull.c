/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An NMI into a machine that is writing its dump loses the dump, and one into a machine that has
 * booted again loses a healthy machine. Each is seen on the console or from the heartbeat, so each
 * is asked before the trigger.
 */
#include "observe/pull.h"

bool pull_is_due(const struct finding *f, bool any_fault)
{
	if (f->judged == JUDGED_EXPECTED)
		return true;
	return f->judged == JUDGED_OTHER && (any_fault || f->kind == FINDING_SILENCE);
}

enum pull pull_decide(const struct pull_facts *p, const char **ret_why)
{
	const char *why = "";
	enum pull pull = PULL_FIRE;

	if (!p->has_trigger) {
		why = "no trigger was given: --ipmi or --exec names one";
		pull = PULL_NOTHING;
	} else if (p->panicked) {
		why = "the kernel has panicked by itself: a dump may be under way, and an NMI "
		      "would end it";
		pull = PULL_SPARE;
	} else if (p->booted) {
		why = "the console tells of a new boot: that machine is another one by now";
		pull = PULL_SPARE;
	} else if (p->superseded) {
		why = "another run beats on that machine: it lives";
		pull = PULL_SPARE;
	} else if (!p->armed) {
		why = "not armed: with --arm it would have been done";
		pull = PULL_WOULD;
	}
	*ret_why = why;
	return pull;
}
