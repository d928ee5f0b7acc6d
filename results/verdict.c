/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The verdict, one row each. A finding that matched the signature outranks all else: it was synced
 * before anything dangerous was done, so it holds even when the rest of the run fell apart. Any
 * other claim needs a whole record.
 */
#include "verdict.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

/* `git bisect run`: 125 is "skip this commit". */
#define EXIT_SKIP 125

struct verdict_row {
	const char *name;
	int exit_code;
	bool ktap_ok;
	const char *ktap_directive;
	const char *junit;
	const char *kcidb;
};

static const struct verdict_row rows[VERDICT_COUNT] = {
	[VERDICT_SURVIVED] = { "SURVIVED", 0, true, NULL, NULL, "PASS" },
	[VERDICT_REPRODUCED] = { "REPRODUCED", 1, false, NULL, "failure", "FAIL" },
	[VERDICT_OTHER_FAULT] = { "OTHER_FAULT", EXIT_SKIP, false, "ERROR", "error", "FAIL" },
	[VERDICT_SKIPPED] = { "SKIPPED", EXIT_SKIP, true, "SKIP", "skipped", "SKIP" },
	[VERDICT_INCONCLUSIVE] = { "INCONCLUSIVE", EXIT_SKIP, true, "SKIP", "skipped", "DONE" },
	[VERDICT_BROKEN] = { "BROKEN", EXIT_BROKEN, false, "ERROR", "error", "ERROR" },
};

static const struct verdict_row *row_of(enum verdict v)
{
	return &rows[(unsigned int)v < VERDICT_COUNT ? v : VERDICT_BROKEN];
}

/*
 * A positive control is there to show that the trap catches: reproducing is its pass, surviving its
 * failure.
 */
static const struct verdict_row *face_of(enum verdict v, bool must_reproduce)
{
	if (must_reproduce && v == VERDICT_REPRODUCED)
		v = VERDICT_SURVIVED;
	else if (must_reproduce && v == VERDICT_SURVIVED)
		v = VERDICT_REPRODUCED;
	return row_of(v);
}

enum verdict verdict_decide(const struct tally *t)
{
	if (t->expected)
		return VERDICT_REPRODUCED;
	if (t->record_lost)
		return VERDICT_BROKEN;
	if (t->other)
		return VERDICT_OTHER_FAULT;
	if (t->broken)
		return VERDICT_BROKEN;
	if (t->skipped)
		return VERDICT_SKIPPED;
	if (t->stopped_early)
		return VERDICT_INCONCLUSIVE;
	return VERDICT_SURVIVED;
}

const char *verdict_name(enum verdict v)
{
	return row_of(v)->name;
}

int verdict_parse(const char *name, enum verdict *ret)
{
	for (unsigned int i = 0; i < VERDICT_COUNT; i++)
		if (!strcmp(rows[i].name, name)) {
			*ret = (enum verdict)i;
			return 0;
		}
	return -EINVAL;
}

int verdict_exit_code(enum verdict v, bool any_fault)
{
	if (any_fault && v == VERDICT_OTHER_FAULT)
		v = VERDICT_REPRODUCED;
	return row_of(v)->exit_code;
}

void verdict_ktap(enum verdict v, bool must_reproduce, bool *ret_ok, const char **ret_directive)
{
	const struct verdict_row *row = face_of(v, must_reproduce);

	*ret_ok = row->ktap_ok;
	*ret_directive = row->ktap_directive;
}

const char *verdict_junit(enum verdict v, bool must_reproduce)
{
	return face_of(v, must_reproduce)->junit;
}

const char *verdict_kcidb(enum verdict v)
{
	return row_of(v)->kcidb;
}
