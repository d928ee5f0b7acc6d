/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An analyser's answer: a JSON object whose members are all there and of the right types, and which
 * agrees with what is known from elsewhere. Members: reader    who says it ("drgn 0.0.22") release
 * text tasks     array of [pid, tgid, comm]: every thread there is; null: not known (notes) cpus
 * array of { cpu, pid, comm, mode ("kernel", "user"), stack: [text] } blocked   array of { pid,
 * comm, stack: [text] } with tgid, ppid, cgroup where known panicked  true, false; null: not known
 *   taint     number or null
 *   memory    object of numbers, each named *_bytes
 *   memcgs    array of { path, usage_bytes, limit_bytes (null: none), failcnt, oom_kills }
 *   subjects  array of { subject, facts } or { subject, unreadable }; none at all: see subject.h
 *   notes     array of text: what could not be read, and why
 */
#ifndef HANGAR_VMCORE_ANSWER_H
#define HANGAR_VMCORE_ANSWER_H

#include <jansson.h>

#include "base/diag.h"
#include "vmcore/header.h"
#include "vmcore/roles.h"
#include "vmcore/vmcore.h"

/**
 * answer_take - check the types of what a program printed
 * Members that are not named above are dropped. Returns 0 with *ret the caller's; -EBADMSG with @d:
 * "is no JSON (...)", "has no cpus".
 */
int answer_take(const char *text, size_t size, json_t **ret, struct diag *d);

/**
 * answer_check - can this be the truth?
 * Held against the vmcore's own notes, the run's record, and itself: kthreadd lives as long as the
 * kernel, and what a CPU runs is a task. Returns 0; -ESTALE (another kernel), -EBADMSG (cannot be),
 * @d: a sentence for the list of refusals.
 */
int answer_check(const json_t *answer, const struct vmcore_header *h,
		 const struct vmcore_facts *facts, const struct roles *roles, struct diag *d);

#endif
