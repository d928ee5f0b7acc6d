/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The verdict of a run and what each face shows of it. `git bisect run` reads 1-127 except 125 as
 * bad and 128 or more as stop, which fixes the exit codes.
 */
#ifndef HANGAR_VERDICT_H
#define HANGAR_VERDICT_H

#include <stdbool.h>

enum verdict {
	VERDICT_SURVIVED,
	VERDICT_REPRODUCED,
	VERDICT_OTHER_FAULT,
	VERDICT_SKIPPED,
	VERDICT_INCONCLUSIVE,
	VERDICT_BROKEN,
	VERDICT_COUNT,
};

#define EXIT_BROKEN 128 /* bad usage, bad scenario, harness failed */

/* What a run came to: everything that the decision rests on. */
struct tally {
	unsigned int expected; /* findings that match the signature */
	unsigned int other;    /* faults neither expected nor allowed */
	unsigned int broken;   /* stressors or harness parts that failed */
	bool record_lost;      /* the journal could not be written to the end */
	bool skipped;          /* a need is not met */
	bool stopped_early;    /* by the user, a signal, or a runner that died */
};

/*
 * Pure. REPRODUCED > BROKEN (record lost) > OTHER_FAULT > BROKEN > SKIPPED > INCONCLUSIVE >
 * SURVIVED.
 */
enum verdict verdict_decide(const struct tally *t);

const char *verdict_name(enum verdict v);               /* "SURVIVED" */
int verdict_parse(const char *name, enum verdict *ret); /* -EINVAL */
int verdict_exit_code(enum verdict v, bool any_fault);
/* KTAP: *ret_ok and the directive ("SKIP", "ERROR", NULL); @must_reproduce: a positive control. */
void verdict_ktap(enum verdict v, bool must_reproduce, bool *ret_ok, const char **ret_directive);
/* JUnit element inside <testcase>: "failure", "error", "skipped" or NULL for a pass. */
const char *verdict_junit(enum verdict v, bool must_reproduce);
const char *verdict_kcidb(enum verdict v); /* PASS, FAIL, SKIP, DONE, ERROR */

#endif
