/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run's record completed with what its crash left: files placed, findings read, the verdict
 * given, reports written. */
#ifndef HANGAR_COMPLETE_H
#define HANGAR_COMPLETE_H

#include "base/diag.h"
#include "collect/pair.h"
#include "collect/place.h"
#include "verdict.h"

struct completion {
	enum verdict verdict;
	char reason[512];
	char vmcore[32]; /* how it was placed, "" when there is none */
};

/**
 * complete_run - write all into the run directory of @l
 * outside.jsonl is put in place whole, by a rename, after every file is there: a collect that is
 * interrupted is done again from the begin. Originals that are to be moved go last. Returns 0 or
 * -errno with @d.
 */
int complete_run(const struct lost *l, const struct pair *p, enum place_how how,
		 struct completion *ret, struct diag *d);

#endif
