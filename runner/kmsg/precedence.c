/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One event often has two headlines: a WARN and its message, a BUG() and the list that was found
 * damaged, an oops and its die line. Which of them names it is settled here, for all kinds in one
 * place.
 */
#include "kmsg/precedence.h"

unsigned int precedence_rank(enum finding_kind kind)
{
	switch (kind) {
	case FINDING_WARNING:
		return 1;
	case FINDING_LIST_CORRUPTION:
	case FINDING_REFCOUNT:
	case FINDING_UBSAN:
	case FINDING_CLOCK:
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
