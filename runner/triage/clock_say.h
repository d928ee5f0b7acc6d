/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of a clock that lies. Each says nothing, with -ENODATA, of a case that is not its.
 */
#ifndef HANGAR_TRIAGE_CLOCK_SAY_H
#define HANGAR_TRIAGE_CLOCK_SAY_H

#include <jansson.h>

#include "triage/clock_facts.h"
#include "triage/words.h"

/* What is being said of one case. */
struct telling {
	struct words w;
	json_t *details;
	char *conclusion;
	size_t size;
	const char *release;
};

int clock_say_delta(const struct triage_case *c, struct telling *t);
int clock_say_stuck(const struct triage_case *c, struct telling *t);
int clock_say_skew(const struct triage_case *c, struct telling *t);
int clock_say_too_long(const struct triage_case *c, struct telling *t);
int clock_say_division(const struct triage_case *c, struct telling *t);
int clock_say_below_zero(const struct triage_case *c, struct telling *t);

/* A division by a difference of the clock, where and when the overflow makes one of zero? */
bool clock_divided(const struct triage_case *c);

/* A stall or warning whose own line has a negative time? */
bool clock_told_below_zero(const struct triage_case *c);

void telling_conclude(struct telling *t, const char *cause, bool artefact);
void telling_number(struct telling *t, const char *key, uint64_t value);
/* The overflow's cause, its fix and the way round it. */
void telling_fix(struct telling *t);

#endif
