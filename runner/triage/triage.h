/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `hangar triage`: any kernel log to the findings that an expert would name, explained. One way:
 *   bytes -> lines (input.h: plain or compressed, dmesg, console, syslog, journal text, /dev/kmsg,
 * pstore)
 *         -> records (kmsg/line.h) -> reports (kmsg/kmsg.h: the same reader as the live watcher)
 *         -> cases: repeats collapsed, boots told apart -> explanations (explain.h) -> text or JSON
 * Memory is constant whatever the input's length: lines are kept only while their report is open.
 */
#ifndef HANGAR_TRIAGE_H
#define HANGAR_TRIAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "finding.h"

/* The lines of one report, prefix stripped, in order; NUL-terminated each. */
struct report_text {
	const char *const *lines;
	const uint64_t *numbers; /* of each line in the input, from 1 */
	unsigned int count;
	bool cut; /* there were more than are kept */
};

/* One thing that went wrong, however often the kernel told of it. */
struct triage_case {
	struct finding f;        /* of the first telling, with the stack */
	uint64_t line;           /* of its headline, from 1 */
	uint64_t last_line;      /* of the last line that belongs to it, repeats included */
	unsigned int count;      /* tellings */
	double longest_seconds;  /* of all tellings */
	unsigned int boot;       /* from 1: which boot of the log */
	unsigned int severity;   /* enum severity */
	char when[40];           /* wall clock as the log writes it; "": it does not */
	struct report_text text; /* of the first telling */
	char after[200]; /* OOM: what the kernel said of the victim later (oom_reaper); "": nothing
			  */
	const struct bystanders *bystanders; /* tasks that SysRq showed in this boot; NULL: none */
};

enum severity { SEVERITY_NOTICE, SEVERITY_ERROR, SEVERITY_SEVERE, SEVERITY_FATAL };
const char *severity_name(enum severity s);
enum severity severity_of(const struct finding *f); /* by kind: a table */

/* As --json and the manual page spell it: an OOM kill is "oom-kill", whose limit ever it was. */
const char *triage_kind_name(enum finding_kind kind);

#endif
