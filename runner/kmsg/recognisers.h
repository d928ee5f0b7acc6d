/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel says when something is wrong: a table, one row a message, one form for each
 * spelling that an era used. To add a message: a row (or a form) in a recognisers_*.c, and the log
 * line that it was made from in tests/data/kmsg/headlines.txt. A test refuses a form without a
 * line, and a line that two rows claim.
 */
#ifndef HANGAR_KMSG_RECOGNISERS_H
#define HANGAR_KMSG_RECOGNISERS_H

#include "finding.h"
#include "kmsg/pattern.h"

#define RECOGNISER_FORMS 24

enum recogniser_role {
	ROLE_REPORT, /* a finding; lines that belong to it follow (stack, CPU line, details) */
	ROLE_LINE,   /* a finding, complete in itself */
	ROLE_BLOCK,  /* a finding; indented lines that follow at once belong to it */
	ROLE_DIE,    /* "Oops: 0002 [#1]": part of the open report, a finding of its own only where
			none is open */
	ROLE_ATTR,   /* tells more of the open report, never a finding */
	ROLE_PANIC,  /* follows up a fault seen just before, else a finding of its own */
	/* an OOM report is told apart (group or machine) only some lines after its begin, see oom.h
	 */
	ROLE_OOM_BEGIN,
	ROLE_OOM_CAUSE,
	ROLE_OOM_KILL,
	ROLE_OOM_END,
};

struct recogniser {
	const char *name; /* "soft-lockup", for tests and messages */
	enum finding_kind kind;
	enum recogniser_role role;
	const char *eras;                    /* which kernels print it, for people */
	const char *forms[RECOGNISER_FORMS]; /* pattern.h; ends with NULL */
};

struct recogniser_family { /* one recognisers_*.c */
	const struct recogniser *rows;
	unsigned int count;
};

extern const struct recogniser_family recognisers_stalls, recognisers_memory, recognisers_faults,
	recognisers_checkers, recognisers_devices;
extern const struct recogniser_family *const recogniser_families[]; /* ends with NULL */

/* The row that @text (prefix stripped) is a line of, with its fields; NULL: none, or known noise.
 */
const struct recogniser *recognise(const char *text, struct kmsg_fields *ret);

/* Does this row alone recognise @text? Sets *ret_form. */
bool recogniser_matches(const struct recogniser *row, const char *text, struct kmsg_fields *ret,
			unsigned int *ret_form);

#endif
