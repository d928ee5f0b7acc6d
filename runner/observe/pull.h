/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the trigger is to be pulled. Pure: all that it rests on is handed in. */
#ifndef HANGAR_PULL_H
#define HANGAR_PULL_H

#include <stdbool.h>

#include "finding.h"

struct pull_facts {
	bool has_trigger;
	bool armed;
	bool any_fault; /* every fault is a reason, not the scenario's alone */
	bool panicked;  /* the console said so: a dump may be under way, and an NMI would kill it */
	bool booted;    /* the console told of a new boot since the heart was first heard */
	bool superseded; /* another run beats on that machine */
};

/* Is this finding a reason to pull? Silence always is, unless the scenario allows it. */
bool pull_is_due(const struct finding *f, bool any_fault);

enum pull { PULL_NOTHING, PULL_SPARE, PULL_WOULD, PULL_FIRE };

/* What comes of it, and why in a few words. */
enum pull pull_decide(const struct pull_facts *p, const char **ret_why);

#endif
