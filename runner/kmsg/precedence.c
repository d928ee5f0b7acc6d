/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One event often has two headlines: a WARN and its message, a BUG() and the list that was found
 * damaged, an oops and its die line. Which of them names it is settled here, for all kinds in one
 * place.
 */
#include "kmsg/precedence.h"

#include <stddef.h>
#include <string.h>

#include "base/cleanup.h"

unsigned int precedence_rank(enum finding_kind kind)
{
	switch (kind) {
	case FINDING_WARNING:
		return 1;
	case FINDING_LIST_CORRUPTION:
	case FINDING_REFCOUNT:
	case FINDING_UBSAN:
	case FINDING_CLOCK:
	case FINDING_HARD_LOCKUP: /* the text of a WARN in 2.6.37 to 3.x */
		return 3;
	default:
		return 2;
	}
}

bool precedence_takes_die_line(enum finding_kind kind)
{
	switch (kind) {
	case FINDING_HUNG_TASK:
	case FINDING_SOFT_LOCKUP:
	case FINDING_RCU_STALL:
	case FINDING_WORKQUEUE_LOCKUP:
	case FINDING_OOM_KILL:
	case FINDING_GLOBAL_OOM:
	case FINDING_PAGE_ALLOC_FAILURE:
		return false;
	default:
		return true;
	}
}

/* May stand between "cut here" and "end trace" beside another of these. */
static bool is_framed(enum finding_kind kind)
{
	switch (kind) {
	case FINDING_WARNING:
	case FINDING_BUG:
	case FINDING_LIST_CORRUPTION:
	case FINDING_REFCOUNT:
	case FINDING_UBSAN:
	case FINDING_CLOCK:
	case FINDING_FS_ERROR:
	case FINDING_HARD_LOCKUP:
		return true;
	default:
		return false;
	}
}

bool precedence_joins(enum finding_kind open, enum finding_kind next)
{
	return is_framed(open) && is_framed(next);
}

bool precedence_follows(const char *panic)
{
	static const char *const texts[] = {
		"Fatal exception",
		"Fatal machine check",
		"panic_on_warn set",
		"kernel: panic_on_warn set",
		"KASAN: panic_on_warn set",
		"KFENCE: panic_on_warn set",
		"KCSAN: panic_on_warn set",
		"UBSAN: panic_on_warn set",
		"kfence.fault=panic set",
		"kasan.fault=panic set",
		"kmsan.panic set",
		"hung_task: blocked tasks",
		"softlockup: ",
		"Hard LOCKUP",
		"RCU Stall",
		"scheduling while atomic",
		"Aiee, killing interrupt handler!",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (!strncmp(panic, texts[i], strlen(texts[i])))
			return true;
	return false;
}
