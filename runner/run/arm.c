/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two yeses are needed to crash a machine: the user's, on the command line, and the doctor's. One
 * without the other is no run at all: better none than a night without its dump.
 */
#include "run/arm.h"

struct respond_options arm_options(const struct session *s)
{
	return (struct respond_options){ .wire_fd = s->wire_fd, .arm = s->options.arm };
}

int arm_usage(const struct session *s, struct diag *d)
{
	const struct respond_options o = arm_options(s);
	const struct trigger_ops *t;

	return trigger_choose(&s->scenario->on_match, &o, &t, d);
}

int arm_skip(struct session *s, const struct diag *d)
{
	return session_skip(s, "--arm", "see `hangar doctor`, or leave --arm out", d);
}

int arm_check(struct session *s, struct diag *d)
{
	const struct respond_options o = arm_options(s);
	int r = trigger_check_arm(&s->scenario->on_match, &s->host, &o, d);

	return r > 0 ? arm_skip(s, d) : r;
}
