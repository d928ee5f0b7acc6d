/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernels built to check themselves: sanitizers, lockdep, the ring buffer's sanity test. Lockdep
 * put its titles in brackets until 4.11 and after "WARNING: " since, where only the title tells it
 * from a WARN.
 */
#include "kmsg/recognisers.h"

#include "base/cleanup.h"

static const struct recogniser rows[] = {
	{ "kasan", FINDING_KASAN, ROLE_REPORT, "4.0 and later", { "BUG: KASAN: {what}" } },
	{ "kfence", FINDING_KFENCE, ROLE_REPORT, "5.12 and later", { "BUG: KFENCE: {what}" } },
	{ "kmsan", FINDING_KMSAN, ROLE_REPORT, "6.1 and later", { "BUG: KMSAN: {what}" } },
	{ "kcsan", FINDING_KCSAN, ROLE_REPORT, "5.8 and later", { "BUG: KCSAN: {what}" } },
	{ "ubsan",
	  FINDING_UBSAN,
	  ROLE_REPORT,
	  "'Undefined behaviour' to 5.6",
	  { "UBSAN: {what}" } },
	{ "lockdep",
	  FINDING_LOCKDEP,
	  ROLE_REPORT,
	  "4.12 and later",
	  { "WARNING: possible circular locking dependency detected",
	    "WARNING: possible recursive locking detected",
	    "WARNING: possible irq lock inversion dependency detected",
	    "WARNING: inconsistent lock state", "WARNING: suspicious RCU usage",
	    "WARNING: bad unlock balance detected!", "WARNING: held lock freed!",
	    "WARNING: lock held when returning to user space!",
	    "WARNING: {comm}/{pid} still has locks held!",
	    "WARNING: {what}-safe -> {*}-unsafe lock order detected",
	    "WARNING: Nested lock was not taken", "[ BUG: Invalid wait context ]",
	    "BUG: MAX_LOCKDEP_{what} too low!", "BUG: MAX_LOCK_DEPTH too low!",
	    "INFO: trying to register non-static key." } },
	{ "lockdep-bracket",
	  FINDING_LOCKDEP,
	  ROLE_REPORT,
	  "to 4.11, el6, el7",
	  { "[ INFO: possible circular locking dependency detected ]",
	    "[ INFO: possible recursive locking detected ]",
	    "[ INFO: possible irq lock inversion dependency detected ]",
	    "[ INFO: inconsistent lock state ]", "[ INFO: suspicious RCU usage. ]",
	    "[ INFO: {what}-safe -> {*}-unsafe lock order detected ]",
	    "[ BUG: bad unlock balance detected! ]", "[ BUG: held lock freed! ]",
	    "[ BUG: lock held when returning to user space! ]",
	    "[ BUG: {comm}/{pid} still has locks held! ]" } },
	/* 2^59 ns between two trace events: the clock jumped, tracing only noticed it first. */
	{ "ring-buffer-delta",
	  FINDING_CLOCK,
	  ROLE_REPORT,
	  "2.6.32 and later",
	  { "Delta way too big! {*} ts=" } },
};

const struct recogniser_family recognisers_checkers = { rows, ARRAY_SIZE(rows) };
