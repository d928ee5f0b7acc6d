/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is this finding the bug? "It crashed somehow" finds the wrong commit, so only what the scenario
 * named counts as reproduced, and a pattern that names no kind can only match a fault of the
 * kernel, never a note or hangar's own trouble.
 */
#include <string.h>

#include "scenario/scenario.h"
#include "scenario/tree.h"

static bool kind_matches(enum finding_kind wanted, enum finding_kind is)
{
	if (wanted != FINDING_NONE)
		return wanted == is;
	return finding_kind_class(is) == CLASS_FAULT;
}

/* A pattern from the kernel's own path ("/hangar/...") is compared as it is. */
static bool group_matches(const char *wanted, const char *is)
{
	return !strcmp(wanted, is) || group_within(wanted, is);
}

bool pattern_matches(const struct pattern *p, const struct finding *f)
{
	if (!kind_matches(p->kind, f->kind))
		return false;
	for (char **frame = p->stack; frame && *frame; frame++)
		if (!finding_stack_has(f->stack, *frame))
			return false;
	if (p->text && !strstr(f->text, p->text))
		return false;
	if (p->comm && strcmp(p->comm, f->comm))
		return false;
	return !p->group || group_matches(p->group, f->group);
}

static bool any_matches(const struct pattern *patterns, unsigned int n, const struct finding *f)
{
	for (unsigned int i = 0; i < n; i++)
		if (pattern_matches(&patterns[i], f))
			return true;
	return false;
}

enum finding_judged expect_judge(const struct expect_spec *e, const struct finding *f)
{
	/* The signature comes first: {"allow": ["oom-kill"]} must not hide the one OOM kill it
	 * names. */
	if (any_matches(e->reproduce, e->n_reproduce, f))
		return JUDGED_EXPECTED;
	if (any_matches(e->allow, e->n_allow, f))
		return JUDGED_ALLOWED;
	switch (finding_kind_class(f->kind)) {
	case CLASS_NOTE:
		return JUDGED_NOTE;
	case CLASS_OWN:
		return JUDGED_BROKEN;
	case CLASS_FAULT:
		break;
	}
	return e->must_reproduce && !e->n_reproduce ? JUDGED_EXPECTED : JUDGED_OTHER;
}
