/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How bad a kind is, by what it leaves behind: FATAL, the machine or a CPU of it is gone or its
 * memory no longer to be trusted; SEVERE, somebody waits for ever or data may be lost; ERROR,
 * something failed and the rest goes on; NOTICE, only the log looks bad.
 */
#include "triage/triage.h"

#include "base/cleanup.h"

static const struct {
	enum finding_kind kind;
	enum severity severity;
} rows[] = {
	{ FINDING_PANIC, SEVERITY_FATAL },         { FINDING_OOPS, SEVERITY_FATAL },
	{ FINDING_BUG, SEVERITY_FATAL },           { FINDING_GPF, SEVERITY_FATAL },
	{ FINDING_NULL_DEREF, SEVERITY_FATAL },    { FINDING_PAGING_FAULT, SEVERITY_FATAL },
	{ FINDING_HARD_LOCKUP, SEVERITY_FATAL },   { FINDING_LIST_CORRUPTION, SEVERITY_FATAL },
	{ FINDING_KASAN, SEVERITY_FATAL },         { FINDING_KFENCE, SEVERITY_FATAL },
	{ FINDING_HUNG_TASK, SEVERITY_SEVERE },    { FINDING_SOFT_LOCKUP, SEVERITY_SEVERE },
	{ FINDING_RCU_STALL, SEVERITY_SEVERE },    { FINDING_WORKQUEUE_LOCKUP, SEVERITY_SEVERE },
	{ FINDING_BAD_PAGE, SEVERITY_SEVERE },     { FINDING_REFCOUNT, SEVERITY_SEVERE },
	{ FINDING_ATOMIC_SLEEP, SEVERITY_SEVERE }, { FINDING_KMSAN, SEVERITY_SEVERE },
	{ FINDING_FS_ERROR, SEVERITY_SEVERE },     { FINDING_MCE, SEVERITY_SEVERE },
	{ FINDING_MEMORY_LEAK, SEVERITY_NOTICE },  { FINDING_CLOCK, SEVERITY_NOTICE },
};

enum severity severity_of(const struct finding *f)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].kind == f->kind)
			return rows[i].severity;
	return SEVERITY_ERROR;
}

const char *severity_name(enum severity s)
{
	static const char *const names[] = { "notice", "error", "severe", "fatal" };

	return (size_t)s < ARRAY_SIZE(names) ? names[s] : "?";
}

const char *triage_kind_name(enum finding_kind kind)
{
	return finding_kind_name(kind == FINDING_GLOBAL_OOM ? FINDING_OOM_KILL : kind);
}
