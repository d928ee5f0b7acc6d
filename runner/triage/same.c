/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Watchdogs tell a stall again each time their limit passes: 22 s, 45 s, 67 s of the same CPU, with
 * another stack each time. What stays is who is stuck.
 */
#include "triage/same.h"

#include <string.h>

#include "base/cleanup.h"

#define BY_TASK 1u
#define BY_CPU 2u
#define BY_SIGNATURE 4u

static const struct {
	enum finding_kind kind;
	unsigned int by; /* any of these makes it the same */
} rows[] = {
	{ FINDING_HUNG_TASK, BY_TASK },
	{ FINDING_SOFT_LOCKUP, BY_TASK },
	{ FINDING_HARD_LOCKUP, BY_CPU },
	{ FINDING_RCU_STALL, BY_SIGNATURE },
	{ FINDING_WORKQUEUE_LOCKUP, BY_SIGNATURE },
	{ FINDING_FS_ERROR, BY_SIGNATURE },
	{ FINDING_IO_ERROR, BY_SIGNATURE },
	{ FINDING_MCE, BY_SIGNATURE },
	{ FINDING_BUG, BY_SIGNATURE }, /* SLUB finds the same damage in one object after another */
	{ FINDING_MEMORY_LEAK, BY_SIGNATURE },
	{ FINDING_CLOCK, BY_SIGNATURE },
};

bool same_case(const struct finding *a, const struct finding *b)
{
	unsigned int by = 0;

	if (a->kind != b->kind)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].kind == a->kind)
			by = rows[i].by;
	return (by & BY_TASK && a->pid == b->pid && !strcmp(a->comm, b->comm)) ||
	       (by & BY_CPU && a->cpu >= 0 && a->cpu == b->cpu) ||
	       (by & BY_SIGNATURE && !strcmp(a->signature, b->signature));
}
