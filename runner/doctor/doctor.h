/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Would it work? For each way to a dump, and for the detectors that lead there: what this machine
 * has, whether that suffices, and the command that changes it. One table of checks; a trigger works
 * when no check that it rests on is bad or unknown. Nothing is changed, and no root is needed,
 * though without it some answers are "unknown".
 */
#ifndef HANGAR_DOCTOR_H
#define HANGAR_DOCTOR_H

#include <jansson.h>
#include <stdio.h>

#include "base/diag.h"
#include "doctor/facts.h"

enum doctor_trigger {
	DOCTOR_SYSRQ_C,
	DOCTOR_PANIC_OOPS,
	DOCTOR_PANIC_HUNG_TASK,
	DOCTOR_PANIC_SOFT_LOCKUP,
	DOCTOR_NMI,
	DOCTOR_WATCHDOG,
	DOCTOR_KDUMP,
	DOCTOR_PSTORE,
	DOCTOR_QMP,
	DOCTOR_TRIGGERS,
};

enum doctor_verdict { DOCTOR_GOOD, DOCTOR_WARN, DOCTOR_BAD, DOCTOR_UNKNOWN };

struct doctor_row;

struct doctor_check {
	const char *name;
	const char *reads; /* file or files, as people would look at them */
	const char *about; /* what it is good for */
	uint32_t triggers; /* 1 << enum doctor_trigger: those that rest on it */
	enum doctor_verdict (*judge)(const struct doctor_facts *f, struct doctor_row *r);
};

extern const struct doctor_check *const doctor_checks[]; /* in the order of the report; NULL */

struct doctor_row {
	const struct doctor_check *check;
	enum doctor_verdict verdict;
	char found[256];
	char remedy[512]; /* exact command or file; "" when all is good */
};

#define DOCTOR_ROWS_MAX 48

struct doctor_report {
	struct doctor_facts facts;
	struct doctor_row rows[DOCTOR_ROWS_MAX];
	unsigned int count;
};

/* Look at the machine whose files lie below @root ("" the live one). 0, or -errno when there is no
 * /proc to read. */
int doctor_run(const char *root, struct doctor_report *ret);
void doctor_judge(struct doctor_report *r); /* the rows from r->facts. Pure. */

/* The first row that keeps @t from working, NULL: none does. */
const struct doctor_row *doctor_hindrance(const struct doctor_report *r, enum doctor_trigger t);

const char *doctor_trigger_name(enum doctor_trigger t);
int doctor_trigger_parse(const char *name, enum doctor_trigger *ret); /* 0 or -EINVAL */
const char *doctor_verdict_name(enum doctor_verdict v);

/* In one go, for whoever is about to arm: 0 the trigger would work below @root; 1 with @why. */
int doctor_agrees(const char *root, enum doctor_trigger t, struct diag *why);

void doctor_print(const struct doctor_report *r, uint32_t wanted, FILE *to);
json_t *doctor_json(const struct doctor_report *r, uint32_t wanted); /* or NULL */

#endif
